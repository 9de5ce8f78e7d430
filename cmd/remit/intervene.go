package main

import (
	"context"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) intervene() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:     "intervene",
		Aliases: []string{"interventions"},
		Short:   "How a body above steps in: support, undertakings, directions, takeovers",
		Long: `Record how a body above steps in at a body below it. Support, undertakings and directions leave the holdings as they
are; a takeover moves the exercise of the functions named until it ends.`,
	})
	cmd.AddCommand(a.interveneRecord(), a.interveneEnd(), a.interveneList())
	return cmd
}

func (a *app) interveneRecord() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "record --kind KIND --by CODE --at CODE --on DATE --grounds TEXT --review-on DATE",
		Short: "Record that a body above steps in",
		Example: `  remit --as panel@X24 intervene record --kind takeover --by X24 --at S1Y5D --function eprr --on today \
      --instrument hca2022-s13yb --grounds "The plan failed two exercises" --review-on 2027-05-01
  remit --as panel@Y61 intervene record --kind support --by Y61 --at S1Y5D --on today \
      --grounds "Deficit in the second quarter" --review-on 2027-02-01`,
		Args: cobra.NoArgs,
	}
	var request remitv1.RecordInterventionRequest
	flags := cmd.Flags()
	kind := wordVar[remitv1.InterventionKind](cmd, "kind", "how it steps in")
	flags.StringVar(&request.By, "by", "", "`CODE` of the body that steps in")
	flags.StringVar(&request.In, "at", "", "`CODE` of the body at which it steps in")
	functions := codesVar(cmd, "function", "the functions concerned (`CODES`); a takeover must name them")
	on := a.dateVar(cmd, "on", "the first date on which it holds")
	flags.StringVar(&request.Grounds, "grounds", "", "why")
	review := a.dateVar(cmd, "review-on", "date on which it is reviewed")
	flags.StringVar(&request.Instrument, "instrument", "", "`CODE` of the legal instrument relied on; a takeover must name it")
	required(cmd, "kind", "by", "at", "on", "grounds", "review-on")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.RecordInterventionRequest) (*remitv1.RecordInterventionResponse, error) {
			return c.delegations().RecordIntervention
		},
		func([]string) (*remitv1.RecordInterventionRequest, error) {
			request.Kind, request.Functions, request.EffectiveOn, request.ReviewOn = kind.value(), *functions, on.text, review.text
			return &request, nil
		})
}

func (a *app) interveneEnd() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "end ID --on DATE",
		Short:   "End an intervention: what a takeover took goes back",
		Example: `  remit --as panel@X24 intervene end 01KABCDEFGHJKMNPQRSTVWXYZ0 --on today`,
		Args:    cobra.ExactArgs(1),
	}
	on := a.dateVar(cmd, "on", "the first date on which it no longer holds")
	required(cmd, "on")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.EndInterventionRequest) (*remitv1.EndInterventionResponse, error) {
			return c.delegations().EndIntervention
		},
		func(args []string) (*remitv1.EndInterventionRequest, error) {
			return &remitv1.EndInterventionRequest{InterventionId: args[0], EffectiveOn: on.text}, nil
		})
}

func (a *app) interveneList() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "The interventions that hold on a date",
		Example: `  remit intervene list --org S1Y5D --include-ended`,
		Args:    cobra.NoArgs,
	}
	asOf := a.asOf(cmd)
	organisation := cmd.Flags().String("org", "", "only with the body `CODE`, above or below")
	kinds := wordsVar[remitv1.InterventionKind](cmd, "kind", "only of these kinds")
	ended := cmd.Flags().Bool("include-ended", false, "also those that have ended")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		return a.showInterventions(cmd, &remitv1.ListInterventionsRequest{
			AsOf: at, PageSize: listPage, Organisation: *organisation, Kinds: kinds.values, IncludeEnded: *ended,
		}, *limit)
	})
	return cmd
}

func (a *app) showInterventions(cmd *cobra.Command, request *remitv1.ListInterventionsRequest, limit int) error {
	return pages[*remitv1.ListInterventionsResponse, *remitv1.Intervention]{
		ask: func(c *client, token string) (*remitv1.ListInterventionsResponse, error) {
			request.PageToken = token
			return c.delegations().ListInterventions(cmd.Context(), request)
		},
		items: (*remitv1.ListInterventionsResponse).GetInterventions,
		keep: func(r *remitv1.ListInterventionsResponse, all []*remitv1.Intervention) {
			r.Interventions, r.NextPageToken = all, ""
		},
		columns: []column[*remitv1.Intervention]{
			{"intervention", (*remitv1.Intervention).GetInterventionId},
			{"kind", func(v *remitv1.Intervention) string { return word(v.GetKind()) }},
			{"by", (*remitv1.Intervention).GetBy},
			{"at", (*remitv1.Intervention).GetIn},
			{"functions", func(v *remitv1.Intervention) string { return joinWords(v.GetFunctions()) }},
			{"from", (*remitv1.Intervention).GetEffectiveOn},
			{"to", (*remitv1.Intervention).GetEndedOn},
			{"review", (*remitv1.Intervention).GetReviewOn},
			{"instrument", (*remitv1.Intervention).GetInstrument},
			{"grounds", (*remitv1.Intervention).GetGrounds},
			{"revision", (*remitv1.Intervention).GetRevision},
		},
	}.show(a, limit)
}
