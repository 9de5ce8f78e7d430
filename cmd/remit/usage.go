package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// plainUsage says in plain words what the library for command lines says of flags and words that are missing or do not
// go together. What it does not know it leaves as it is.
func plainUsage(cmd *cobra.Command, err error) error {
	text := err.Error()
	flags := func(pattern string) []string {
		match := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if match == nil {
			return nil
		}
		names := strings.FieldsFunc(match[1], func(r rune) bool { return strings.ContainsRune(`", `, r) })
		for i := range names {
			names[i] = "--" + names[i]
		}
		return names
	}
	if all := flags(`^required flag\(s\) (.+) not set$`); all != nil {
		return errors.New("missing: " + strings.Join(all, ", "))
	}
	if one := flags(`^at least one of the flags in the group \[(.+)\] is required$`); one != nil {
		return errors.New("missing: " + alternatives(one))
	}
	if both := flags(`^if any flags in the group .+; \[(.+)\] were all set$`); both != nil {
		return errors.New(strings.Join(both, " and ") + " do not go together")
	}
	if strings.Contains(text, "arg(s)") && cmd.HasParent() {
		return fmt.Errorf("too many or too few words: write it as %s %s", cmd.Parent().CommandPath(), cmd.Use)
	}
	return err
}
