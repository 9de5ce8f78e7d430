package main

import (
	"context"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) risk() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:     "risk",
		Aliases: []string{"risks"},
		Short:   "The risks of transfers, and of bodies that move functions",
		Long:    `The risk log: each risk has an owner, a likelihood and an impact from 1 to 5, and a date of review.`,
	})
	cmd.AddCommand(a.riskRaise(), a.riskUpdate(), a.riskClose(), a.riskList())
	return cmd
}

func (a *app) riskRaise() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "raise --owner CODE --likelihood N --impact N --description TEXT",
		Short: "Record a risk of a transfer, or of a body's own",
		Example: `  remit --as po@S1Y5D risk raise --transfer 01KABCDEFGHJKMNPQRSTVWXYZ0 --owner S1Y5D --likelihood 3 --impact 4 \
      --description "Two duty officers leave before the transfer" --mitigation "Cover agreed with the region" --review-on 2027-01-15`,
		Args: cobra.NoArgs,
	}
	var request remitv1.RaiseRiskRequest
	flags := cmd.Flags()
	flags.StringVar(&request.TransferId, "transfer", "", "`ID` of the transfer; left out: a risk of the owner's own")
	flags.StringVar(&request.Owner, "owner", "", "`CODE` of the body that owns it")
	flags.Int32Var(&request.Likelihood, "likelihood", 0, "how likely it is, 1 to 5")
	flags.Int32Var(&request.Impact, "impact", 0, "how grave it would be, 1 to 5")
	flags.StringVar(&request.Description, "description", "", "what may happen")
	flags.StringVar(&request.Mitigation, "mitigation", "", "what is done about it")
	review := a.dateVar(cmd, "review-on", "date on which it is looked at again")
	required(cmd, "owner", "likelihood", "impact", "description")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.RaiseRiskRequest) (*remitv1.RaiseRiskResponse, error) {
			return c.transfers().RaiseRisk
		},
		func([]string) (*remitv1.RaiseRiskRequest, error) {
			request.ReviewOn = review.text
			return &request, nil
		})
}

func (a *app) riskUpdate() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "update ID",
		Short:   "Replace what is recorded of a risk: what is left out stays",
		Example: `  remit --as po@S1Y5D risk update 01KABCDEFGHJKMNPQRSTVWXYZ0 --likelihood 1 --mitigation "Both posts are filled"`,
		Args:    cobra.ExactArgs(1),
	}
	var request remitv1.UpdateRiskRequest
	flags := cmd.Flags()
	flags.StringVar(&request.Owner, "owner", "", "`CODE` of the body that owns it")
	flags.Int32Var(&request.Likelihood, "likelihood", 0, "how likely it is, 1 to 5")
	flags.Int32Var(&request.Impact, "impact", 0, "how grave it would be, 1 to 5")
	flags.StringVar(&request.Mitigation, "mitigation", "", "what is done about it")
	review := a.dateVar(cmd, "review-on", "date on which it is looked at again")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.UpdateRiskRequest) (*remitv1.UpdateRiskResponse, error) {
			return c.transfers().UpdateRisk
		},
		func(args []string) (*remitv1.UpdateRiskRequest, error) {
			request.RiskId, request.ReviewOn = args[0], review.text
			return &request, nil
		})
}

func (a *app) riskClose() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "close ID --reason TEXT",
		Short:   "Record that a risk is over",
		Example: `  remit --as po@S1Y5D risk close 01KABCDEFGHJKMNPQRSTVWXYZ0 --reason "The transfer is complete"`,
		Args:    cobra.ExactArgs(1),
	}
	i := a.issuing(cmd)
	required(cmd, "reason")
	return gives(cmd, i,
		func(c *client) func(context.Context, *remitv1.CloseRiskRequest) (*remitv1.CloseRiskResponse, error) {
			return c.transfers().CloseRisk
		},
		func(args []string) (*remitv1.CloseRiskRequest, error) {
			return &remitv1.CloseRiskRequest{RiskId: args[0]}, nil
		})
}

func (a *app) riskList() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "The risks that are open, in the order in which they were raised",
		Example: `  remit risk list --owner S1Y5D
  remit risk list --transfer 01KABCDEFGHJKMNPQRSTVWXYZ0 --include-closed -o csv`,
		Args: cobra.NoArgs,
	}
	asOf := a.asOf(cmd)
	transfer := cmd.Flags().String("transfer", "", "only of the transfer `ID`")
	owner := cmd.Flags().String("owner", "", "only those that the body `CODE` owns")
	closed := cmd.Flags().Bool("include-closed", false, "also those that are over")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		return a.showRisks(cmd, &remitv1.ListRisksRequest{
			AsOf: at, PageSize: listPage, TransferId: *transfer, Owner: *owner, IncludeClosed: *closed,
		}, *limit)
	})
	return cmd
}

func (a *app) showRisks(cmd *cobra.Command, request *remitv1.ListRisksRequest, limit int) error {
	return pages[*remitv1.ListRisksResponse, *remitv1.Risk]{
		ask: func(c *client, token string) (*remitv1.ListRisksResponse, error) {
			request.PageToken = token
			return c.transfers().ListRisks(cmd.Context(), request)
		},
		items: (*remitv1.ListRisksResponse).GetRisks,
		keep:  func(r *remitv1.ListRisksResponse, all []*remitv1.Risk) { r.Risks, r.NextPageToken = all, "" },
		columns: []column[*remitv1.Risk]{
			{"risk", (*remitv1.Risk).GetRiskId},
			{"score", func(r *remitv1.Risk) string {
				return number(r.GetScore()) + " (" + number(r.GetLikelihood()) + "x" + number(r.GetImpact()) + ")"
			}},
			{"owner", (*remitv1.Risk).GetOwner},
			{"transfer", (*remitv1.Risk).GetTransferId},
			{"description", (*remitv1.Risk).GetDescription},
			{"mitigation", (*remitv1.Risk).GetMitigation},
			{"review", (*remitv1.Risk).GetReviewOn},
			{"closed", func(r *remitv1.Risk) string { return unless(!r.GetClosed(), "yes, "+r.GetClosedBecause()) }},
			{"revision", (*remitv1.Risk).GetRevision},
		},
	}.show(a, limit)
}
