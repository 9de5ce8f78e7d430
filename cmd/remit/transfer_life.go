package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) transferExplore() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explore FUNCTION --kind KIND --from CODE --roles ROLES --on DATE --option OPTION …",
		Short: "Record the options for a function that has no receiver yet",
		Long: `Record that a function is to move, with the options for who is to get it. Nothing is assessed or decided on options: a
proposal that names the exploration (--plan ID) and one of its options (--option CODE) carries it out.`,
		Example: `  remit --as po@S1Y5D transfer explore eprr --kind delegation --from S1Y5D --in 06H --roles exercising,delivering \
      --on 2027-04-01 --option "code=region,receiver=Y61,description=One team for the region" \
      --option "code=provider,description=A trust that is to be found" --rationale "The team is too small"
  remit --as po@S1Y5D transfer propose eprr --plan 01KABCDEFGHJKMNPQRSTVWXYZ0 --option region --kind delegation \
      --from S1Y5D --to Y61 --in 06H --roles exercising,delivering --instrument nhsa2006-s65z5 --on 2027-04-01`,
		Args: cobra.ExactArgs(1),
	}
	var request remitv1.ExploreTransferRequest
	kind := routeVar(cmd, "the legal route foreseen")
	cmd.Flags().StringVar(&request.Sender, "from", "", "`CODE` of the body that gives the function away")
	in := codesVar(cmd, "in", "`CODES` of footprints or organisations, or ENG; left out: all that the sender covers")
	roles := wordsVar[remitv1.Role](cmd, "roles", "the roles that are to move")
	on := a.dateVar(cmd, "on", "the date foreseen")
	formVar(cmd, "option", "an `OPTION`: \"code=region,receiver=Y61,description=…\"; receiver left out: not known; may be repeated",
		func(text string) error {
			given, err := pairs(text, "code", "receiver", "description")
			if err != nil {
				return err
			}
			request.Options = append(request.Options, &remitv1.TransferOption{
				Code: given["code"], Receiver: given["receiver"], Description: given["description"],
			})
			return nil
		})
	cmd.Flags().StringVar(&request.Rationale, "rationale", "", "why the function is to move")
	required(cmd, "kind", "from", "roles", "on", "option")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.ExploreTransferRequest) (*remitv1.ExploreTransferResponse, error) {
			return c.transfers().ExploreTransfer
		},
		func(args []string) (*remitv1.ExploreTransferRequest, error) {
			request.Function, request.Part = subject(args[0])
			request.Kind, request.Footprints, request.Roles, request.EffectiveOn = kind.value(), *in, roles.values, on.text
			return &request, nil
		})
}

func (a *app) transferPause() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "pause ID --reason TEXT",
		Short:   "Stop a transfer for the time being",
		Long:    `Stop a transfer for the time being. What was assessed and decided stays; nothing new is taken until it is resumed.`,
		Example: `  remit --as po@S1Y5D transfer pause 01KABCDEFGHJKMNPQRSTVWXYZ0 --reason "The region recruits a new director"`,
		Args:    cobra.ExactArgs(1),
	}
	i := a.issuing(cmd)
	required(cmd, "reason")
	return gives(cmd, i,
		func(c *client) func(context.Context, *remitv1.PauseTransferRequest) (*remitv1.PauseTransferResponse, error) {
			return c.transfers().PauseTransfer
		},
		func(args []string) (*remitv1.PauseTransferRequest, error) {
			return &remitv1.PauseTransferRequest{TransferId: args[0]}, nil
		})
}

func (a *app) transferResume() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "resume ID",
		Short:   "Let a paused transfer go on where it stopped",
		Example: `  remit --as po@S1Y5D transfer resume 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args:    cobra.ExactArgs(1),
	}
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.ResumeTransferRequest) (*remitv1.ResumeTransferResponse, error) {
			return c.transfers().ResumeTransfer
		},
		func(args []string) (*remitv1.ResumeTransferRequest, error) {
			return &remitv1.ResumeTransferRequest{TransferId: args[0]}, nil
		})
}

func (a *app) transferCallIn() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "call-in ID --reason TEXT",
		Short: "Put a transfer under the full gateways, by a body above both parties",
		Long: `Put a transfer that goes by notice, or by a lighter framework, under the full one: from then on it needs assessments,
decisions and confirmation like any large transfer. The panel of the region or of a national body calls in.`,
		Example: `  remit --as panel@Y61 transfer call-in 01KABCDEFGHJKMNPQRSTVWXYZ0 --reason "Three boards have objected"`,
		Args:    cobra.ExactArgs(1),
	}
	i := a.issuing(cmd)
	required(cmd, "reason")
	return gives(cmd, i,
		func(c *client) func(context.Context, *remitv1.CallInRequest) (*remitv1.CallInResponse, error) {
			return c.transfers().CallIn
		},
		func(args []string) (*remitv1.CallInRequest, error) {
			return &remitv1.CallInRequest{TransferId: args[0]}, nil
		})
}

func (a *app) transferReverse() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reverse ID --on DATE",
		Short: "Propose to take back what a completed transfer moved",
		Long: `Propose a transfer back: the same function, footprints and roles, from the receiver to the sender. It is a transfer of
its own, with gateways of its own; once it completes, the first one is shown as reversed.`,
		Example: `  remit --as po@S1Y5D transfer reverse 01KABCDEFGHJKMNPQRSTVWXYZ0 --on 2027-10-01 \
      --rationale "The region's team is dissolved" --liability "Each for its own acts"`,
		Args: cobra.ExactArgs(1),
	}
	on := a.dateVar(cmd, "on", "the date on which it is to take effect")
	instrument := cmd.Flags().String("instrument", "", "`CODE` of the legal instrument relied on; left out: that of the first transfer")
	rationale := cmd.Flags().String("rationale", "", "why it goes back")
	terms := a.termsVar(cmd)
	required(cmd, "on")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.ReverseTransferRequest) (*remitv1.ReverseTransferResponse, error) {
			return c.transfers().ReverseTransfer
		},
		func(args []string) (*remitv1.ReverseTransferRequest, error) {
			return &remitv1.ReverseTransferRequest{
				TransferId: args[0], EffectiveOn: on.text, Instrument: *instrument, Rationale: *rationale, Terms: terms.value(),
			}, nil
		})
}

func (a *app) transferMilestone() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "milestone ID --kind KIND (--planned DATE | --done DATE)",
		Short: "Say when a step of carrying out a transfer is planned, or was done",
		Long: `Record a step of carrying out a transfer, each on its own clock: when it is planned, or when it was done, for all
footprints or for some. Staff, money and data need not move on the day on which the function does.`,
		Example: `  remit --as po@S1Y5D transfer milestone 01KABCDEFGHJKMNPQRSTVWXYZ0 --kind staff --planned 2027-06-01
  remit --as po@S1Y5D transfer milestone 01KABCDEFGHJKMNPQRSTVWXYZ0 --kind data-access --in 06H --done today`,
		Args: cobra.ExactArgs(1),
	}
	kind := wordVar[remitv1.MilestoneKind](cmd, "kind", "the step")
	in := codesVar(cmd, "in", "`CODES` of footprints; left out: all of the transfer")
	planned := a.dateVar(cmd, "planned", "the date planned")
	done := a.dateVar(cmd, "done", "the date on which it was done")
	required(cmd, "kind")
	cmd.MarkFlagsOneRequired("planned", "done")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.RecordMilestoneRequest) (*remitv1.RecordMilestoneResponse, error) {
			return c.transfers().RecordMilestone
		},
		func(args []string) (*remitv1.RecordMilestoneRequest, error) {
			return &remitv1.RecordMilestoneRequest{TransferId: args[0], Milestone: &remitv1.Milestone{
				Kind: kind.value(), Footprints: *in, PlannedOn: planned.text, ActualOn: done.text,
			}}, nil
		})
}

func (a *app) transferReview() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "review ID --conclusion TEXT [--outcome OUTCOME …]",
		Short: "Record what a completed transfer came to, measured against what was promised",
		Example: `  remit --as po@S1Y5D transfer review 01KABCDEFGHJKMNPQRSTVWXYZ0 --on today \
      --outcome "metric=Plans exercised in the year,unit=%,baseline=71,target=95,actual=93.5" \
      --conclusion "Better than before, two trusts are late"`,
		Args: cobra.ExactArgs(1),
	}
	var request remitv1.ReviewTransferRequest
	on := a.dateVar(cmd, "on", "the date of the review; left out: today")
	formVar(cmd, "outcome", "a `MEASURE`: \"metric=…,unit=%,baseline=71,target=95,actual=93.5\"; may be repeated",
		func(text string) error {
			given, err := pairs(text, "metric", "unit", "baseline", "target", "actual")
			if err != nil {
				return err
			}
			request.Outcomes = append(request.Outcomes, &remitv1.Outcome{
				Metric: given["metric"], Unit: given["unit"], Baseline: given["baseline"], Target: given["target"], Actual: given["actual"],
			})
			return nil
		})
	cmd.Flags().StringVar(&request.Conclusion, "conclusion", "", "what the review found")
	required(cmd, "conclusion")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.ReviewTransferRequest) (*remitv1.ReviewTransferResponse, error) {
			return c.transfers().ReviewTransfer
		},
		func(args []string) (*remitv1.ReviewTransferRequest, error) {
			request.TransferId = args[0]
			var err error
			request.ReviewedOn, err = a.orToday(on)
			return &request, err
		})
}

// orToday returns the date of a flag, or today where it was left out.
func (a *app) orToday(d *dateFlag) (string, error) {
	if d.text != "" {
		return d.text, nil
	}
	today, err := a.today()
	return today.String(), err
}

// resultFrom reads what a receiver gets in place of the remits themselves: FUNCTION[/PART][:FOOTPRINT,FOOTPRINT].
func resultFrom(text string) (*remitv1.TransferResult, error) {
	name, footprints, some := strings.Cut(text, ":")
	result := &remitv1.TransferResult{}
	result.Function, result.Part = subject(name)
	if some {
		result.Footprints = strings.Split(footprints, ",")
	}
	if name == "" || some && footprints == "" {
		return nil, usagef("%q is no result: write it as green-plan, or green-plan:RC9,RGT", text)
	}
	return result, nil
}
