package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// proposalFlags are what a proposal and its amendments say.
type proposalFlags struct {
	footprints *[]string
	roles      *enumFlag[remitv1.Role]
	instrument string
	on         *dateFlag
	rationale  string
	retain     []string
	framework  string
}

func (a *app) proposalVar(cmd *cobra.Command) *proposalFlags {
	p := &proposalFlags{}
	flags := cmd.Flags()
	p.footprints = codesVar(cmd, "in", "`CODES` of footprints or organisations, or ENG; left out: all that the sender covers")
	p.roles = wordsVar[remitv1.Role](cmd, "roles", "the roles that move")
	flags.StringVar(&p.instrument, "instrument", "", "`CODE` of the legal instrument relied on, such as nhsa2006-s65z5")
	p.on = a.dateVar(cmd, "on", "the date on which it is to take effect")
	flags.StringVar(&p.rationale, "rationale", "", "why the function moves")
	flags.StringArrayVar(&p.retain, "retain", nil,
		"`WHAT` stays behind: \"role=overview,holder=S1Y5D,description=…\" (also part=); may be repeated")
	flags.StringVar(&p.framework, "framework", "", "`CODE` of the gateway framework; left out: the lightest that fits")
	return p
}

func (a *app) transferPropose() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "propose FUNCTION --kind KIND --from CODE --to CODE --roles ROLES --on DATE",
		Short: "Propose a transfer: the codes, the sender's holding, the receiver and the legal route are checked",
		Long: `Propose to move roles of a function from one body to another. The terms may be given now or later with
"remit transfer terms". A future date is a plan: completion waits for it. Where the receiver is to hold something else than
the sender did, such as each trust its own operation in place of an area, --result says what, and --residue what becomes of
what the sender held.`,
		Example: `  remit --as po@S1Y5D transfer propose eprr --kind delegation --from S1Y5D --to Y61 --in 06H \
      --roles exercising,delivering --instrument nhsa2006-s65z5 --on today --rationale "One team for the region" \
      --retain "role=overview,holder=S1Y5D,description=Annual assurance" \
      --reserved "Major incident declaration" --limits "Within the region's plan" \
      --liability "Each for its own acts" --notice "6 months" --review-on 2027-11-01`,
		Args: cobra.ExactArgs(1),
	}
	kind := routeVar(cmd, "the legal route")
	from := cmd.Flags().String("from", "", "`CODE` of the body that gives the function away")
	to := cmd.Flags().String("to", "", "`CODE` of the body that gets it")
	plan := cmd.Flags().String("plan", "", "`ID` of the announcement, or of the exploration, that it carries out")
	option := cmd.Flags().String("option", "", "`CODE` of the option that is chosen, where --plan is an exploration")
	var results []*remitv1.TransferResult
	formVar(cmd, "result", "what the receiver gets where the kind of footprint changes: `FUNCTION[/PART][:FOOTPRINTS]`; may be repeated",
		func(text string) error {
			result, err := resultFrom(text)
			results = append(results, result)
			return err
		})
	residue := wordVar[remitv1.Residue](cmd, "residue", "what becomes of what the sender held, with --result")
	p := a.proposalVar(cmd)
	terms := a.termsVar(cmd)
	required(cmd, "kind", "from", "to", "roles", "on")
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		retained, err := retainedFrom(p.retain)
		if err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		function, part := subject(args[0])
		return send(cmd.Context(), i, &remitv1.ProposeTransferRequest{
			Function: function, Part: part, Kind: kind.value(), Sender: *from, Receiver: *to, Footprints: *p.footprints,
			Roles: p.roles.values, Instrument: p.instrument, EffectiveOn: p.on.text, Rationale: p.rationale,
			Retained: retained, Terms: terms.value(), Framework: p.framework, Plan: *plan, Option: *option,
			Results: results, Residue: residue.value(),
		}, c.transfers().ProposeTransfer)
	})
	return cmd
}

func (a *app) transferAmend() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "amend ID",
		Short: "Change a proposal; what was assessed and decided on it may no longer count",
		Long: `Change what a proposal says: what is left out stays as it was. Assessments and decisions that rest on what changes
have to be made again.`,
		Example: `  remit --as po@S1Y5D transfer amend 01KABCDEFGHJKMNPQRSTVWXYZ0 --on 2027-04-01 --reason "The board meets later"`,
		Args:    cobra.ExactArgs(1),
	}
	p := a.proposalVar(cmd)
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		retained, err := retainedFrom(p.retain)
		if err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, &remitv1.AmendTransferRequest{
			TransferId: args[0], Footprints: *p.footprints, Roles: p.roles.values, Instrument: p.instrument,
			EffectiveOn: p.on.text, Rationale: p.rationale, Retained: retained, Framework: p.framework,
		}, c.transfers().AmendTransfer)
	})
	return cmd
}

func (a *app) transferPlan() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plan FUNCTION --kind KIND --from CODE --to CODE[:FOOTPRINTS] --roles ROLES --on DATE",
		Short: "Record an announcement: nothing has happened, and only the codes are checked",
		Long: `Record that a transfer was announced, with one receiver or several. It is shown as planned, never as happened. With
--replaces it takes the place of an earlier announcement; both stay visible.`,
		Example: `  remit --as po@X24 transfer plan vaccination-screening --kind statutory --from X24 --to QYG --to S1Y5D:06H,06K \
      --roles accountable,exercising,funding --on 2027-04-01 --instrument health-bill-2026 --confidence approximate \
      --source "Letter of 3 November 2026"
  remit --as po@X24 transfer plan vaccination-screening --replaces 01KABCDEFGHJKMNPQRSTVWXYZ0 --kind statutory \
      --from X24 --to QYG --roles accountable --on 2028-04-01 --source "Letter of 1 December 2026"`,
		Args: cobra.ExactArgs(1),
	}
	kind := routeVar(cmd, "the legal route foreseen")
	var plan remitv1.TransferPlan
	flags := cmd.Flags()
	flags.StringVar(&plan.Sender, "from", "", "`CODE` of the body that gives the function away")
	to := flags.StringArray("to", nil, "who is to get it: `CODE`, or CODE:FOOTPRINT,FOOTPRINT; may be repeated")
	roles := wordsVar[remitv1.Role](cmd, "roles", "the roles that move")
	on := a.dateVar(cmd, "on", "the date announced")
	flags.StringVar(&plan.Instrument, "instrument", "", "`CODE` of the legal instrument foreseen")
	flags.StringVar(&plan.Rationale, "rationale", "", "why the function is to move")
	confidence := wordVar[remitv1.Confidence](cmd, "confidence", "how sure date and receivers are")
	flags.StringVar(&plan.Source, "source", "", "publication or decision that announced it")
	replaces := flags.String("replaces", "", "`ID` of the announcement whose place it takes")
	required(cmd, "kind", "from", "to", "roles", "on")
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		plan.Function, plan.Part = subject(args[0])
		plan.Kind, plan.Roles, plan.EffectiveOn, plan.Confidence = kind.value(), roles.values, on.text, confidence.value()
		var err error
		if plan.Moves, err = movesFrom(*to); err != nil {
			return err
		}
		return a.sendPlan(cmd, i, &plan, *replaces)
	})
	return cmd
}

// movesFrom reads receivers: CODE, or CODE:FOOTPRINT,FOOTPRINT.
func movesFrom(texts []string) ([]*remitv1.Move, error) {
	moves := make([]*remitv1.Move, 0, len(texts))
	for _, text := range texts {
		receiver, footprints, some := strings.Cut(text, ":")
		move := &remitv1.Move{Receiver: receiver}
		if some {
			move.Footprints = strings.Split(footprints, ",")
		}
		if receiver == "" || some && footprints == "" {
			return nil, usageError{fmt.Errorf("--to %q: write it as QYG, or S1Y5D:06H,06K", text)}
		}
		moves = append(moves, move)
	}
	return moves, nil
}

func (a *app) sendPlan(cmd *cobra.Command, i *issue, plan *remitv1.TransferPlan, replaces string) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	if replaces != "" {
		return send(cmd.Context(), i, &remitv1.ReplacePlanRequest{TransferId: replaces, Replacement: plan}, c.transfers().ReplacePlan)
	}
	return send(cmd.Context(), i, &remitv1.PlanTransferRequest{
		Kind: plan.GetKind(), Function: plan.GetFunction(), Part: plan.GetPart(), Sender: plan.GetSender(),
		Moves: plan.GetMoves(), Roles: plan.GetRoles(), Instrument: plan.GetInstrument(), EffectiveOn: plan.GetEffectiveOn(),
		Rationale: plan.GetRationale(), Confidence: plan.GetConfidence(), Source: plan.GetSource(),
	}, c.transfers().PlanTransfer)
}
