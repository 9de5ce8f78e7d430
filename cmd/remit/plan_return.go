package main

import (
	"context"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) planReturn() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:     "plan-return",
		Aliases: []string{"plan-returns"},
		Short:   "The transition plans that bodies return, and how they are confirmed or challenged",
		Long: `The transition plans that bodies return for a period. The panel of the region, or of a national body, confirms or
challenges each; a body that is challenged returns its plan again.`,
	})
	cmd.AddCommand(a.planReturnSubmit(), a.planReturnModerate(), a.planReturnList())
	return cmd
}

func (a *app) planReturnSubmit() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "submit CODE --period PERIOD --summary TEXT",
		Short: "Record a body's return of its transition plan",
		Example: `  remit --as po@S1Y5D plan-return submit S1Y5D --period 2026/27 --summary "Six functions move by April" \
      --evidence "title=Transition plan,uri=https://example.nhs.uk/plan.pdf"`,
		Args: cobra.ExactArgs(1),
	}
	var request remitv1.SubmitPlanReturnRequest
	cmd.Flags().StringVar(&request.Period, "period", "", "period of the plan, such as 2026/27")
	cmd.Flags().StringVar(&request.Summary, "summary", "", "the plan in short")
	evidence := cmd.Flags().StringArray("evidence", nil,
		"a `DOCUMENT`: \"title=…,uri=…,sha256=…,expires=2027-01-01\", or file=PATH to work out its SHA-256; may be repeated")
	required(cmd, "period", "summary")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.SubmitPlanReturnRequest) (*remitv1.SubmitPlanReturnResponse, error) {
			return c.programme().SubmitPlanReturn
		},
		func(args []string) (_ *remitv1.SubmitPlanReturnRequest, err error) {
			request.Organisation = args[0]
			request.Evidence, err = a.evidenceFrom(*evidence)
			return &request, err
		})
}

func (a *app) planReturnModerate() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "moderate ID --result RESULT",
		Short: "Record confirm and challenge of a plan return, by the panel of the region or a national body",
		Example: `  remit --as panel@Y61 plan-return moderate 01KABCDEFGHJKMNPQRSTVWXYZ0 --result challenged \
      --comment "The people plan names no date"`,
		Args: cobra.ExactArgs(1),
	}
	result := wordVar[remitv1.ModerationResult](cmd, "result", "the result")
	comment := cmd.Flags().String("comment", "", "in words")
	required(cmd, "result")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.ModeratePlanReturnRequest) (*remitv1.ModeratePlanReturnResponse, error) {
			return c.programme().ModeratePlanReturn
		},
		func(args []string) (*remitv1.ModeratePlanReturnRequest, error) {
			return &remitv1.ModeratePlanReturnRequest{PlanReturnId: args[0], Result: result.value(), Comment: *comment}, nil
		})
}

func (a *app) planReturnList() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "The plan returns, in the order of submission",
		Example: `  remit plan-return list --period 2026/27 -o csv`,
		Args:    cobra.NoArgs,
	}
	asOf := a.asOf(cmd)
	organisation := cmd.Flags().String("org", "", "only those of the body `CODE`")
	period := cmd.Flags().String("period", "", "only those of this period")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		return a.showPlanReturns(cmd, &remitv1.ListPlanReturnsRequest{
			AsOf: at, PageSize: listPage, Organisation: *organisation, Period: *period,
		}, *limit)
	})
	return cmd
}

func (a *app) showPlanReturns(cmd *cobra.Command, request *remitv1.ListPlanReturnsRequest, limit int) error {
	return pages[*remitv1.ListPlanReturnsResponse, *remitv1.PlanReturn]{
		ask: func(c *client, token string) (*remitv1.ListPlanReturnsResponse, error) {
			request.PageToken = token
			return c.programme().ListPlanReturns(cmd.Context(), request)
		},
		items: (*remitv1.ListPlanReturnsResponse).GetPlanReturns,
		keep: func(r *remitv1.ListPlanReturnsResponse, all []*remitv1.PlanReturn) {
			r.PlanReturns, r.NextPageToken = all, ""
		},
		columns: []column[*remitv1.PlanReturn]{
			{"plan return", (*remitv1.PlanReturn).GetPlanReturnId},
			{"body", (*remitv1.PlanReturn).GetOrganisation},
			{"period", (*remitv1.PlanReturn).GetPeriod},
			{"summary", (*remitv1.PlanReturn).GetSummary},
			{"moderation", moderationText},
			{"revision", (*remitv1.PlanReturn).GetRevision},
		},
	}.show(a, limit)
}

// moderationText says what the last moderation found.
func moderationText(p *remitv1.PlanReturn) string {
	if len(p.GetModerations()) == 0 {
		return ""
	}
	last := p.GetModerations()[len(p.GetModerations())-1]
	return word(last.GetResult()) + " by " + last.GetBy() + unless(last.GetComment() == "", ": "+last.GetComment())
}
