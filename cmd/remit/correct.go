package main

import (
	"context"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) correct() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "correct EVENT (--withdraw | --holder CODE | --name NAME | --covering CODE | --effective-on DATE) --source TEXT --reason TEXT",
		Short: "Put a wrong event right: its holder, name, coverage or date, or that it never happened",
		Long: `Put a wrong event right. The event stays in the record; from the correction on, the register answers as if it had said
what is right, and whoever asks what was known before still sees what was known then (--known-at). "remit history" and
"remit events" show the numbers of events. A registrar of a national body corrects, a second person agrees.`,
		Example: `  remit history eprr --in 06H --role exercising
  remit --as registrar@X24 correct 1204 --holder Y61 --source "Letter of 30 October 2026" --reason "The wrong region was entered"
  remit --as registrar@X24 correct 1204 --effective-on 2026-11-02 --source "Letter of 30 October 2026" --reason "Typing error"
  remit --as registrar@X24 correct 1204 --withdraw --source "Letter of 30 October 2026" --reason "It never happened"`,
		Args: cobra.ExactArgs(1),
	}
	var request remitv1.CorrectRequest
	flags := cmd.Flags()
	flags.BoolVar(&request.Withdraw, "withdraw", false, "it never happened")
	flags.StringVar(&request.Holder, "holder", "", "`CODE` of the right body, as named, for an event that gave remits to a body")
	flags.StringVar(&request.Name, "name", "", "the right name, for an event that named a body")
	flags.StringVar(&request.Covering, "covering", "", "`CODE` of the right body, for an event that said who covers footprints")
	on := a.dateVar(cmd, "effective-on", "the right date")
	flags.StringVar(&request.Source, "source", "", "publication or decision that says so")
	i := a.issuing(cmd)
	required(cmd, "source", "reason")
	cmd.MarkFlagsOneRequired("withdraw", "holder", "name", "covering", "effective-on")
	return gives(cmd, i,
		func(c *client) func(context.Context, *remitv1.CorrectRequest) (*remitv1.CorrectResponse, error) {
			return c.records().Correct
		},
		func(args []string) (*remitv1.CorrectRequest, error) {
			request.Event, request.EffectiveOn = args[0], on.text
			return &request, nil
		})
}

func (a *app) claim() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "claim FUNCTION --by CODE --roles ROLES --on DATE --basis TEXT [--not]",
		Short: "Record a body's word that it holds a function, or that it does not",
		Long: `Record a body's word that it holds roles of a function, or with --not that it does not. The holdings stay as they are:
rival claims, and claims against the register, are findings of "remit coherence" until somebody settles them.`,
		Example: `  remit --as po@S1Y5D claim eprr --by S1Y5D --in 06H --roles exercising --on today --basis "Board minute B/26/112"
  remit --as po@D7T5G claim send --by D7T5G --not --roles delivering --on today --basis "Agreement with the council ended"`,
		Args: cobra.ExactArgs(1),
	}
	var request remitv1.ClaimRemitRequest
	flags := cmd.Flags()
	flags.StringVar(&request.Claimant, "by", "", "`CODE` of the body that says so")
	in := codesVar(cmd, "in", "`CODES` of footprints or organisations, or ENG; left out: all that the body covers")
	roles := wordsVar[remitv1.Role](cmd, "roles", "the roles")
	not := flags.Bool("not", false, "it says that it does not hold them")
	on := a.dateVar(cmd, "on", "the first date on which it is said to be so")
	flags.StringVar(&request.Basis, "basis", "", "on what the claim rests")
	required(cmd, "by", "roles", "on", "basis")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.ClaimRemitRequest) (*remitv1.ClaimRemitResponse, error) {
			return c.records().ClaimRemit
		},
		func(args []string) (*remitv1.ClaimRemitRequest, error) {
			request.Function, request.Part = subject(args[0])
			request.Footprints, request.Roles, request.EffectiveOn, request.Holds = *in, roles.values, on.text, !*not
			return &request, nil
		})
}

func (a *app) attest() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "attest CODE (--agrees | --exceptions TEXT)",
		Short: "Record a body's yearly word on all that the register says that it holds",
		Long: `Record that a body has looked through all that the register says that it holds ("remit map --org CODE"), and finds it
right, or where it finds it wrong.`,
		Example: `  remit --as po@S1Y5D attest S1Y5D --agrees
  remit --as po@S1Y5D attest S1Y5D --exceptions "Emergency preparedness in 06H is with the region since October"`,
		Args: cobra.ExactArgs(1),
	}
	var request remitv1.AttestRemitRequest
	cmd.Flags().BoolVar(&request.Agrees, "agrees", false, "the register is right")
	cmd.Flags().StringVar(&request.Exceptions, "exceptions", "", "where the register is wrong")
	cmd.MarkFlagsOneRequired("agrees", "exceptions")
	cmd.MarkFlagsMutuallyExclusive("agrees", "exceptions")
	on := a.dateVar(cmd, "on", "the date as on which the register was looked at; left out: today")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.AttestRemitRequest) (*remitv1.AttestRemitResponse, error) {
			return c.records().AttestRemit
		},
		func(args []string) (*remitv1.AttestRemitRequest, error) {
			request.Organisation, request.EffectiveOn = args[0], on.text
			return &request, nil
		})
}
