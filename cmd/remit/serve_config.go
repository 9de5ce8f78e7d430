package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// configFlag names the file that sets the other flags.
const configFlag = "config"

// fromFile sets the flags that were not given, on the command line or in the environment, from a YAML file: each field
// is named like its flag, and holds one value or, where the flag may be repeated, a list. A field that is no flag is an
// error that names it and its line.
func fromFile(flags *pflag.FlagSet, path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return usagef("--config: %w", err)
	}
	return setFields(flags, path, content)
}

// setFields sets the flags that were not given from the content of the file at path.
func setFields(flags *pflag.FlagSet, path string, content []byte) error {
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return usagef("--config %s: %w", path, err)
	}
	if len(document.Content) == 0 { // nothing but comments
		return nil
	}
	fields := document.Content[0]
	if fields.Kind != yaml.MappingNode {
		return usagef("--config %s: it must hold fields, such as listen: 127.0.0.1:8080", path)
	}
	var problems error
	seen := map[string]bool{}
	for i := 0; i+1 < len(fields.Content); i += 2 {
		name, value := fields.Content[i], fields.Content[i+1]
		if seen[name.Value] {
			problems = errors.Join(problems, usagef("--config %s: line %d: %s is there twice", path, name.Line, name.Value))
		}
		seen[name.Value] = true
		if err := setField(flags, name.Value, value); err != nil {
			problems = errors.Join(problems, usagef("--config %s: line %d: %w", path, name.Line, err))
		}
	}
	return problems
}

// setField sets one flag, unless it was given otherwise.
func setField(flags *pflag.FlagSet, name string, value *yaml.Node) error {
	f := flags.Lookup(name)
	if f == nil || name == configFlag || name == "help" {
		return fmt.Errorf("%q is no field; the fields are %s", name, strings.Join(fieldNames(flags), ", "))
	}
	values := []string{value.Value}
	switch {
	case value.Kind == yaml.SequenceNode:
		if _, repeats := f.Value.(pflag.SliceValue); !repeats {
			return fmt.Errorf("%s takes one value, not a list", name)
		}
		values = nil
		for _, element := range value.Content {
			if element.Kind != yaml.ScalarNode {
				return fmt.Errorf("%s: line %d is no plain value", name, element.Line)
			}
			values = append(values, element.Value)
		}
	case value.Kind != yaml.ScalarNode:
		return fmt.Errorf("%s takes a plain value", name)
	case value.Tag == "!!null":
		return nil // left out
	}
	if f.Changed {
		return nil // the command line and the environment count more
	}
	for _, v := range values {
		if err := flags.Set(name, v); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// fieldNames are the names of all fields, sorted.
func fieldNames(flags *pflag.FlagSet) []string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name != configFlag && f.Name != "help" {
			names = append(names, f.Name)
		}
	})
	slices.Sort(names)
	return names
}
