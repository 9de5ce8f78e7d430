package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) importing() *cobra.Command {
	cmd := &cobra.Command{Use: "import", Short: "Compare other registers' files with this one, and propose what to record"}
	cmd.AddCommand(a.importODS(), a.importMap())
	return cmd
}

func (a *app) importODS() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ods FILE",
		Short: "Compare the national directory's bodies with the register: names, parents, opening and closing dates, successions",
		Long: `Compare bodies as the national directory (ODS) has them with those of the register, and print the differences. The file is
CSV with a header, or a JSON list of objects, with these columns:

  code, name, role, parent, changed, open, close, successor, succession

role is tier and form of a body that is new, as provider/trust or icb/statutory_body; legal_person (yes, no) is asked for
with it. changed is the date since which name and parent are as they are. Dates are as 2026-04-01. successor is the code of the body that follows, succession how: merge, absorb, recode.
A column that is missing, or empty, says nothing about the register.

Nothing is changed. --commands FILE writes the commands that would make the register say the same, for a registrar to
read, put right, and give with "remit load FILE". --propose submits those of them that wait for a second person anyhow,
and change nothing before that: closings and successions that have happened, which are reorganisations. Those to come are
announcements, for a registrar to give as well. What cannot be made a command from what the file says is told as a remark.
Exit code 3 says that there are differences, 4 that a proposal was refused.`,
		Example: `  remit import ods directory.csv
  remit import ods directory.csv --commands changes.jsonl
  remit --as registrar@X24 import ods directory.json --propose --reason "Directory of November"`,
		Args: cobra.ExactArgs(1),
	}
	o := odsImport{}
	cmd.Flags().StringVar(&o.commands, "commands", "", "write the commands to `FILE`, one a line")
	cmd.Flags().BoolVar(&o.propose, "propose", false, "submit what waits for a second person anyhow")
	cmd.Flags().StringVar(&o.reason, "reason", "The national directory says so", "why, for the record")
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error { return a.runImportODS(cmd.Context(), args[0], o) })
	return cmd
}

// odsImport says what to do with the differences.
type odsImport struct {
	commands string // file, "" for none
	propose  bool
	reason   string
}

// runImportODS compares a file with the register.
func (a *app) runImportODS(ctx context.Context, path string, o odsImport) error {
	file, err := a.openFile(path)
	if err != nil {
		return err
	}
	defer file.Close()
	bodies, err := readODS(file)
	if err != nil {
		return usagef("%s: %w", path, err)
	}
	today, err := a.today()
	if err != nil {
		return err
	}
	c, err := a.client()
	if err != nil {
		return err
	}
	var found []odsDifference
	for _, body := range bodies {
		known, err := c.organisation(ctx, body.Code)
		if err != nil {
			return fmt.Errorf("look for %s: %w", body.Code, err)
		}
		found = append(found, compareODS(body, known, today.String(), o.reason)...)
	}
	if err := a.writeDifferences(found, o); err != nil {
		return err
	}
	a.say("%d bodies compared, %s.", len(bodies), plural(len(found), "difference"))
	if o.propose {
		if err := a.propose(ctx, c, found); err != nil {
			return err
		}
	}
	if len(found) > 0 {
		return findingsError{"the directory and the register differ: nothing is changed by comparing them"}
	}
	return nil
}

// organisation returns a body as it is known now, nil for one that is not.
func (c *client) organisation(ctx context.Context, code string) (*remitv1.Organisation, error) {
	answer, err := c.organisations().GetOrganisation(ctx, &remitv1.GetOrganisationRequest{Code: code})
	if connect.CodeOf(err) == connect.CodeNotFound {
		return nil, nil //nolint:nilnil // that it is not there is an answer
	}
	if err != nil {
		return nil, err
	}
	return answer.GetOrganisation(), nil
}

// writeDifferences prints the differences, and writes their commands to a file where that is wanted. The file must not
// be there: somebody may be at work in it.
func (a *app) writeDifferences(found []odsDifference, o odsImport) (err error) {
	commands := io.Discard
	if o.commands != "" {
		file, openErr := os.OpenFile(o.commands, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if openErr != nil {
			return usagef("--commands: %w", openErr)
		}
		defer func() {
			if closeErr := file.Close(); err == nil {
				err = closeErr
			}
		}()
		commands = file
	}
	written := 0
	for _, d := range found {
		if _, err := fmt.Fprintf(a.stdout, "%s  %-10s  %s\n", d.code, d.what, d.text); err != nil {
			return fmt.Errorf("print the differences: %w", err)
		}
		if d.method == "" {
			continue
		}
		line, err := d.line()
		if err != nil {
			return err
		}
		if _, err := commands.Write(append(line, '\n')); err != nil {
			return fmt.Errorf("write %s: %w", o.commands, err)
		}
		written++
	}
	if o.commands != "" {
		a.say("%s written to %s: read them, and give them with 'remit load %s'.", plural(written, "command"), o.commands, o.commands)
	}
	return nil
}

// line is the difference's command as a line for `remit load`.
func (d odsDifference) line() ([]byte, error) {
	request, err := json.Marshal(d.request)
	if err != nil {
		return nil, fmt.Errorf("write a command: %w", err)
	}
	return json.Marshal(fileCommand{Method: "remit.v1.OrganisationService/" + d.method, Request: request})
}

// propose submits what waits for a second person, and tells what is refused of it. A command id that follows from the
// content makes twice once.
func (a *app) propose(ctx context.Context, c *client, found []odsDifference) error {
	done := 0
	var refused error
	for _, d := range found {
		if d.method != "Reorganise" {
			continue
		}
		line, err := d.line()
		if err != nil {
			return err
		}
		if _, err := c.give(ctx, line, false); err != nil {
			refused = errors.Join(refused, fmt.Errorf("%s %s: %w", d.code, d.what, err))
			continue
		}
		done++
	}
	a.say("%s proposed: 'remit second' lists what waits for a second person. The others are for a registrar to give: see --commands.",
		plural(done, "command"))
	return refused
}
