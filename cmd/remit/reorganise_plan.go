package main

import (
	"context"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) reorganisePlan() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plan --kind KIND --before CODES --on DATE",
		Short: "Record that a reorganisation is announced: nothing has happened, and no body changes",
		Long: `Record that a reorganisation is announced, by a registrar of a national body. "remit org CODE" shows it as announced,
never as happened. On its day it is carried out by "remit reorganise FILE". Bodies afterwards that have no code yet are left
out, and described in --note.`,
		Example: `  remit --as registrar@X24 reorganise plan --kind merge --before S1Y5D,D7T5G --after S1Y5D --on 2027-04-01 \
      --confidence approximate --source "Board papers of October 2026"
  remit --as registrar@X24 reorganise plan --kind abolish --before X24 --on 2027-04-01 --instrument health-bill-2026 \
      --confidence assumed --source "Health Bill, as introduced" --note "Its functions pass to the Secretary of State"`,
		Args: cobra.NoArgs,
	}
	var request remitv1.PlanReorganisationRequest
	flags := cmd.Flags()
	kind := wordVar[remitv1.SuccessionKind](cmd, "kind", "what is to happen")
	before := codesVar(cmd, "before", "the bodies before (`CODES`)")
	after := codesVar(cmd, "after", "the bodies after (`CODES`); left out: not known, or none")
	on := a.dateVar(cmd, "on", "the date announced")
	flags.StringVar(&request.Instrument, "instrument", "", "`CODE` of the legal instrument foreseen")
	confidence := wordVar[remitv1.Confidence](cmd, "confidence", "how sure it is")
	flags.StringVar(&request.Source, "source", "", "publication or decision that announced it")
	flags.StringVar(&request.Note, "note", "", "what else is known; never a person's name")
	required(cmd, "kind", "before", "on")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.PlanReorganisationRequest) (*remitv1.PlanReorganisationResponse, error) {
			return c.organisations().PlanReorganisation
		},
		func([]string) (*remitv1.PlanReorganisationRequest, error) {
			request.Kind, request.Originals, request.Results = kind.value(), *before, *after
			request.EffectiveOn, request.Confidence = on.text, confidence.value()
			return &request, nil
		})
}
