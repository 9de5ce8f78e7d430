package main

import (
	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) transfer() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:     "transfer",
		Aliases: []string{"transfers"},
		Short:   "Move a function from one body to another, from the announcement to completion",
		Long: `The life of a transfer: plan (announced only), propose, assess by both parties, decide at each gateway, meet the
conditions, schedule, complete. "remit transfer complete ID --validate-only" lists all that is still missing. A small one
goes by notice: both boards sign its statements. Several alike are decided once: see "remit package".

An example, from S1Y5D to the region Y61, for the location 06H:

  remit --as po@S1Y5D transfer propose eprr --kind delegation --from S1Y5D --to Y61 --in 06H \
      --roles exercising,delivering --instrument nhsa2006-s65z5 --on today --rationale "One team for the region" \
      --retain "role=overview,holder=S1Y5D,description=Annual assurance" \
      --reserved "Major incident declaration" --limits "…" --liability "…" --notice "6 months" --review-on 2027-11-01
  remit --as assessor@S1Y5D transfer assess ID --party sender --all green
  remit --as assessor@Y61 transfer assess ID --party receiver --all green --rate "people=amber:consultation runs"
  remit --as board@S1Y5D transfer decide ID --gateway sender-readiness --decision pass --opinion by=internal-audit,opinion=assure
  remit --as board@Y61 transfer decide ID --gateway receiver-readiness --decision pass --opinion by=internal-audit,opinion=assure
  remit --as panel@X24 transfer decide ID --gateway confirmation --decision pass --opinion by=legal,opinion=assure
  remit --as po@S1Y5D transfer schedule ID --on today
  remit --as po@S1Y5D transfer complete ID`,
	})
	add := func(title string, commands ...*cobra.Command) {
		cmd.AddGroup(&cobra.Group{ID: title, Title: title})
		for _, c := range commands {
			c.GroupID = title
			cmd.AddCommand(c)
		}
	}
	add("Look:", a.transferShow(), a.transferList())
	add("Begin:", a.transferPlan(), a.transferExplore(), a.transferPropose(), a.transferAmend(), a.transferTerms())
	add("Decide:", a.transferAssess(), a.transferOpine(), a.transferDecide(), a.transferCondition(), a.transferCallIn())
	add("Carry out:", a.transferSchedule(), a.transferMilestone(), a.transferComplete(), a.transferReview())
	add("Stop, end or take back:", a.transferPause(), a.transferResume(), a.transferWithdraw(), a.transferReverse())
	return cmd
}

func (a *app) transferSchedule() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schedule ID --on DATE",
		Short: "Say when an approved transfer is to take effect",
		Example: `  remit --as po@S1Y5D transfer schedule 01KABCDEFGHJKMNPQRSTVWXYZ0 --on 2027-04-01
  remit --as po@S1Y5D transfer schedule 01KABCDEFGHJKMNPQRSTVWXYZ0 --on today --expected-revision 9`,
		Args: cobra.ExactArgs(1),
	}
	on := a.dateVar(cmd, "on", "the date on which it is to take effect")
	required(cmd, "on")
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, &remitv1.ScheduleTransferRequest{TransferId: args[0], EffectiveOn: on.text},
			c.transfers().ScheduleTransfer)
	})
	return cmd
}

func (a *app) transferComplete() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "complete ID",
		Short: "Record that the function has moved; refused, with all reasons at once, while anything is missing",
		Long: `Record that the remits have moved: from the date given, or scheduled, or else proposed. It is refused, with all
reasons at once, while a gateway, a condition, a term or anything else that is required is missing.`,
		Example: `  remit --as po@S1Y5D transfer complete 01KABCDEFGHJKMNPQRSTVWXYZ0 --validate-only
  remit --as po@S1Y5D transfer complete 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args: cobra.ExactArgs(1),
	}
	on := a.dateVar(cmd, "on", "the date from which it holds, not after today; left out: as scheduled or proposed")
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, &remitv1.CompleteTransferRequest{TransferId: args[0], EffectiveOn: on.text},
			c.transfers().CompleteTransfer)
	})
	return cmd
}

func (a *app) transferWithdraw() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "withdraw ID --reason TEXT",
		Short:   "End a transfer before it takes effect",
		Example: `  remit --as po@S1Y5D transfer withdraw 01KABCDEFGHJKMNPQRSTVWXYZ0 --reason "The region's team is not funded"`,
		Args:    cobra.ExactArgs(1),
	}
	i := a.issuing(cmd)
	required(cmd, "reason")
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, &remitv1.WithdrawTransferRequest{TransferId: args[0]}, c.transfers().WithdrawTransfer)
	})
	return cmd
}

func (a *app) transferTerms() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "terms ID",
		Short: "Replace the terms of a transfer: what is left out is no longer agreed",
		Example: `  remit --as po@S1Y5D transfer terms 01KABCDEFGHJKMNPQRSTVWXYZ0 --reserved "Major incident declaration" \
      --limits "Within the region's plan" --liability "Each for its own acts" --notice "6 months" --review-on 2027-11-01`,
		Args: cobra.ExactArgs(1),
	}
	terms := a.termsVar(cmd)
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		agreed := terms.value()
		if agreed == nil {
			return noTerms()
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, &remitv1.SetTermsRequest{TransferId: args[0], Terms: agreed}, c.transfers().SetTerms)
	})
	return cmd
}
