package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) who() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "who FUNCTION --in CODE",
		Short: "Who holds a function in a place, on any date, as known at any time",
		Long: `Who holds a function in a place: who is accountable, who exercises it, who does the work, who keeps an overview
and who funds it; and what is planned there, which has not happened.

FUNCTION is a code that "remit functions" lists; FUNCTION/PART asks about a part. The place is a footprint such as 06H,
an organisation such as S1Y5D for all that it covers on the date, or ENG.`,
		Example: `  remit who eprr --in 06H
  remit who eprr --in S1Y5D --on 2026-03-31
  remit who vaccination-screening --in QYG --role accountable --known-at 2026-01-31
  remit who eprr --in 06H --planned -o json
  remit who eprr --in 06H --proof evidence`,
		Args: cobra.ExactArgs(1),
	}
	asked := a.placeFlags(cmd, "the place: a footprint, an organisation or ENG")
	planned := cmd.Flags().Bool("planned", false, "list what is planned there instead of who holds it")
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, question, err := asked.question(args[0])
		if err != nil {
			return err
		}
		answer, err := c.maps().WhoHolds(cmd.Context(), question)
		if err != nil {
			return err
		}
		if err := asked.keep(answer.GetProofs()); err != nil {
			return err
		}
		return a.showWho(cmd.Context(), c, question, answer, *planned)
	})
	return cmd
}

// placeFlags are those of a question about a function in a place.
type placeFlags struct {
	app       *app
	in, proof *string
	asOf      *asOfFlags
	role      *enumFlag[remitv1.Role]
}

func (a *app) placeFlags(cmd *cobra.Command, place string) *placeFlags {
	return &placeFlags{
		app: a, in: inVar(cmd, place), asOf: a.asOf(cmd), role: wordVar[remitv1.Role](cmd, "role", "only this role"), proof: proofDirVar(cmd),
	}
}

// question returns what is asked about a function, or FUNCTION/PART, and whom to ask.
func (f *placeFlags) question(about string) (*client, *remitv1.WhoHoldsRequest, error) {
	at, err := f.asOf.value()
	if err != nil {
		return nil, nil, err
	}
	c, err := f.app.client()
	if err != nil {
		return nil, nil, err
	}
	function, part := subject(about)
	return c, &remitv1.WhoHoldsRequest{
		AsOf: at, Function: function, Part: part, Footprint: *f.in, Role: f.role.value(), WithProof: *f.proof != "",
	}, nil
}

// keep writes the answer's proofs, where they were asked for.
func (f *placeFlags) keep(proofs []*remitv1.EventProof) error {
	if *f.proof == "" {
		return nil
	}
	return f.app.writeProofs(*f.proof, proofs)
}

// inVar adds the required flag for a place.
func inVar(cmd *cobra.Command, usage string) *string {
	in := cmd.Flags().String("in", "", "`CODE` of "+usage)
	required(cmd, "in")
	return in
}

func (a *app) showWho(
	ctx context.Context, c *client, asked *remitv1.WhoHoldsRequest, answer *remitv1.WhoHoldsResponse, planned bool,
) error {
	a.sayAsOf(answer.GetAsOf())
	if planned {
		return list(a, answer, answer.GetPlanned(), plannedColumns())
	}
	var names map[string]string
	if a.format == formatTable {
		var err error
		if names, err = c.names(ctx, answer.GetAsOf()); err != nil {
			return err
		}
		if len(answer.GetHoldings()) == 0 {
			if err := a.sayNobody(ctx, c, answer.GetAsOf(), asked); err != nil {
				return err
			}
		}
	}
	if err := list(a, answer, answer.GetHoldings(), a.holdingColumns(names)); err != nil {
		return err
	}
	return a.showPlanned(answer.GetPlanned())
}

// showPlanned adds what is planned to a table; in a form that has no place for it, it tells how to get it.
func (a *app) showPlanned(planned []*remitv1.PlannedMove) error {
	if len(planned) == 0 {
		return nil
	}
	switch a.format {
	case formatTable:
		if _, err := fmt.Fprintln(a.stdout, "\nPlanned, not happened:"); err != nil {
			return err
		}
		return printTable(a, a.stdout, planned, plannedColumns())
	case formatCSV, formatJSONL:
		a.say("%s planned there: see --planned.", plural(len(planned), "move"))
	case formatJSON:
	}
	return nil
}

// plural counts things: "1 move", "2 moves".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
