package main

import (
	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) allocate() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "allocate FUNCTION --to CODE --roles ROLES --on DATE --source TEXT",
		Short: "Record a baseline: who held a function when the record began",
		Long: `Record a baseline: that a body holds roles of a function from a date. It is for remits that nobody holds yet; where
several may hold a role, for bodies that do not hold it yet. A registrar records it, and its source is required. It waits
for a second person, and takes effect once somebody else agrees: see "remit second".`,
		Example: `  remit --as registrar@X24 allocate eprr --to S1Y5D --in 06H --roles overview --on today --source "Board paper 12/26"
  remit --as second-registrar@X24 second 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args: cobra.ExactArgs(1),
	}
	var request remitv1.AllocateFunctionRequest
	flags := cmd.Flags()
	flags.StringVar(&request.Holder, "to", "", "`CODE` of the body, as named, that holds them")
	in := codesVar(cmd, "in", "`CODES` of footprints or organisations, or ENG; left out: all that the holder covers")
	roles := wordsVar[remitv1.Role](cmd, "roles", "the roles held")
	on := a.dateVar(cmd, "on", "the first date on which they are held so")
	flags.StringVar(&request.Instrument, "instrument", "", "`CODE` of the legal instrument relied on")
	flags.StringVar(&request.AccountableTo, "accountable-to", "", "`CODE` of the body to which the holder answers")
	flags.StringVar(&request.HeldThrough, "held-through", "", "committee or post through which it is held; never a person's name")
	confidence := wordVar[remitv1.Confidence](cmd, "confidence", "how sure date and holder are")
	flags.StringVar(&request.Source, "source", "", "publication or decision that says so")
	required(cmd, "to", "roles", "on", "source")
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		request.Function, request.Part = subject(args[0])
		request.Footprints, request.Roles, request.EffectiveOn = *in, roles.values, on.text
		request.Confidence = confidence.value()
		return send(cmd.Context(), i, &request, c.functions().AllocateFunction)
	})
	return cmd
}

func (a *app) occurrence() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "occurrence FUNCTION --kind KIND (--to CODE | --undetermined) --roles ROLES --on DATE --source TEXT",
		Short: "Record a change that happened by law or outside the register",
		Long: `Record a change that happened by law or outside the register's gateways: it sets the holder from its date, whoever
held before. A registrar records it, and its source is required. Where the date lies before today, so is --reason. It waits for
a second person, and takes effect once somebody else agrees: see "remit second".`,
		Example: `  remit --as registrar@X24 occurrence eprr --kind administrative --from X24 --to Y61 --in 06H --roles overview \
      --on 2026-11-01 --source "Letter of 30 October 2026" --reason "Learned on 20 November"
  remit --as second-registrar@X24 second 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args: cobra.ExactArgs(1),
	}
	var request remitv1.RecordOccurrenceRequest
	flags := cmd.Flags()
	kind := routeVar(cmd, "how it happened")
	flags.StringVar(&request.From, "from", "", "`CODE` of the body that held it before; left out: nobody, or nobody knows")
	flags.StringVar(&request.To, "to", "", "`CODE` of the body, as named, that holds it")
	flags.BoolVar(&request.Undetermined, "undetermined", false, "somebody holds it, but nobody knows who")
	in := codesVar(cmd, "in", "`CODES` of footprints or organisations, or ENG; left out: all that the receiving body covers")
	roles := wordsVar[remitv1.Role](cmd, "roles", "the roles that moved")
	on := a.dateVar(cmd, "on", "the first date on which it was so")
	flags.StringVar(&request.Instrument, "instrument", "", "`CODE` of the legal instrument relied on")
	confidence := wordVar[remitv1.Confidence](cmd, "confidence", "how sure date and holder are")
	flags.StringVar(&request.Source, "source", "", "publication or decision that says so")
	required(cmd, "kind", "roles", "on", "source")
	cmd.MarkFlagsOneRequired("to", "undetermined")
	cmd.MarkFlagsMutuallyExclusive("to", "undetermined")
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		request.Function, request.Part = subject(args[0])
		request.Kind, request.Footprints, request.Roles, request.EffectiveOn = kind.value(), *in, roles.values, on.text
		request.Confidence = confidence.value()
		return send(cmd.Context(), i, &request, c.records().RecordOccurrence)
	})
	return cmd
}
