package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func (a *app) export() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export [FILE]",
		Short: "The map as a CSV file for a spreadsheet: every holding on a date, or those that you choose",
		Long: `Write the map as CSV, to a file or to standard output: every holding in force on a date, as known at a time, with the
columns of "remit map -o csv". With -o jsonl or -o json it is written so. A file that exists is replaced only once the
register has answered.`,
		Example: `  remit export map.csv
  remit export march.csv --on 2026-03-31 --org QMM
  remit export --known-at 2026-10-31 --role accountable > accountable.csv`,
		Args: cobra.MaximumNArgs(1),
	}
	query := a.mapQuery(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		switch {
		case !cmd.Flags().Changed("output"):
			a.format = formatCSV
		case a.format == formatTable:
			return usagef("export writes csv, jsonl or json; 'remit map' shows a table")
		}
		request, err := query(cmd.Context())
		if err != nil {
			return err
		}
		list := a.mapPages(cmd.Context(), request)
		c, err := a.client()
		if err != nil {
			return err
		}
		answer, holdings, err := list.collect(c, 0)
		if err != nil {
			return err
		}
		if err := a.into(args, func() error { return list.print(a, answer, holdings) }); err != nil {
			return err
		}
		a.say("%s on %s, as known after event %s.", plural(len(holdings), "holding"), answer.GetAsOf().GetEffectiveOn(),
			answer.GetAsOf().GetKnownPosition())
		return nil
	})
	return cmd
}

// into has what is written to stdout written to the file that the arguments name, if they name one.
func (a *app) into(args []string, write func() error) (err error) {
	if len(args) == 0 {
		return write()
	}
	file, err := os.Create(args[0])
	if err != nil {
		return usageError{err}
	}
	stdout := a.stdout
	a.stdout = file
	defer func() {
		a.stdout = stdout
		if closeErr := file.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("write %s: %w", args[0], closeErr)
		}
	}()
	return write()
}
