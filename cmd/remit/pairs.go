package main

import (
	"fmt"
	"slices"
	"strings"
)

// pairs reads "name=value,name=value" with the names given. A value may hold commas: a new pair begins only where one
// of the names and "=" follow the comma.
func pairs(text string, names ...string) (map[string]string, error) {
	found := map[string]string{}
	for text != "" {
		name, rest, ok := strings.Cut(text, "=")
		name = strings.TrimSpace(name)
		switch {
		case !ok || !slices.Contains(names, name):
			return nil, fmt.Errorf("%q does not begin with one of %s=", text, strings.Join(names, "=, "))
		case found[name] != "":
			return nil, fmt.Errorf("%s is given twice", name)
		}
		end := nextPair(rest, names)
		found[name] = strings.TrimSpace(rest[:end])
		text = strings.TrimPrefix(rest[end:], ",")
	}
	return found, nil
}

// nextPair returns where the value at the beginning of text ends.
func nextPair(text string, names []string) int {
	for i := range len(text) {
		if text[i] != ',' {
			continue
		}
		name, _, ok := strings.Cut(text[i+1:], "=")
		if ok && slices.Contains(names, strings.TrimSpace(name)) {
			return i
		}
	}
	return len(text)
}
