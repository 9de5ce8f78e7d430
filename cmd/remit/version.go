package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "The version of this program",
		Args:  cobra.NoArgs,
		RunE: a.do(func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.stdout, "remit", versionText())
			return err
		}),
	}
}

// versionText is the version that the build recorded: that of a release, or a revision of the sources.
func versionText() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	text := build.Main.Version
	if text == "" {
		text = "(devel)"
	}
	return text + " " + build.GoVersion
}
