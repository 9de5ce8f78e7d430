package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/remit-register/remit/domain"
)

func (a *app) rights() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rights",
		Short: "Who may do what: the table of rights, as this program checks it",
		Long: `Print the table of rights: every command, every question, and every path served beside them. What is not in it is
allowed to nobody. No register is asked: the table is part of the program.

A command may be given in a role at one of the bodies named, or further away: own is the body itself or one that followed
it, region is its region, national is any national body, any is every body.`,
		Example: `  remit rights
  remit rights -o csv > rights.csv`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = a.do(func(*cobra.Command, []string) error { return a.printRights() })
	return cmd
}

// rightRow is one way to have a right, in words.
type rightRow struct {
	Kind  string `json:"kind"`
	Right string `json:"right"`
	Role  string `json:"role"`
	Reach string `json:"reach"`
	Of    string `json:"of"`
}

func rightColumns() []column[rightRow] {
	return []column[rightRow]{
		{"kind", func(r rightRow) string { return r.Kind }},
		{"right", func(r rightRow) string { return r.Right }},
		{"role", func(r rightRow) string { return r.Role }},
		{"reach", func(r rightRow) string { return r.Reach }},
		{"of", func(r rightRow) string { return r.Of }},
	}
}

func (a *app) printRights() error {
	rows, out := rightRows(), json.NewEncoder(a.stdout)
	switch a.format {
	case formatCSV:
		return printCSV(a.stdout, rows, rightColumns())
	case formatJSON:
		out.SetIndent("", "  ")
		if err := out.Encode(rows); err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
		return nil
	case formatJSONL:
		for _, row := range rows {
			if err := out.Encode(row); err != nil {
				return fmt.Errorf("write JSON: %w", err)
			}
		}
		return nil
	case formatTable:
	}
	return printTable(a, a.stdout, rows, rightColumns())
}

// rightRows is the table of rights in words: a row for each way to have a right.
func rightRows() []rightRow {
	var rows []rightRow
	for _, right := range domain.Rights() {
		row := func(role, reach, of string) {
			rows = append(rows, rightRow{string(right.Kind), right.Method, role, reach, of})
		}
		switch {
		case right.Public:
			row("everybody, signed in or not", "", "")
		case right.As != "":
			row("as for "+right.As, "", "")
		case len(right.Ways) == 0:
			row("nobody: the register itself", "", "")
		case isEveryRole(right.Ways):
			row("every role", string(domain.ReachAny), "")
		default:
			for _, way := range right.Ways {
				row(string(way.Role), listed(way.Reaches), listed(way.Of))
			}
		}
	}
	return rows
}

// isEveryRole tells whether the ways are one for each role, anywhere.
func isEveryRole(ways []domain.Way) bool {
	for i, role := range domain.ActorRoles() {
		if i >= len(ways) || ways[i].Role != role || listed(ways[i].Reaches) != string(domain.ReachAny) {
			return false
		}
	}
	return len(ways) == len(domain.ActorRoles())
}

func listed[S ~string](words []S) string {
	list := make([]string, 0, len(words))
	for _, word := range words {
		list = append(list, string(word))
	}
	return strings.Join(list, ", ")
}
