package main

import (
	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) footprints() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "footprints",
		Aliases: []string{"footprint"},
		Short:   "The areas for which functions are held, and who covers them on a date; change",
		Long: `The footprints that exist on a date, by code, with the body that covers each. An organisation's own business is a
footprint too, under the organisation's code; those are not listed.`,
		Example: `  remit footprints --org S1Y5D
  remit footprints --org QMM --on 2026-03-31
  remit footprints --kind location -o csv`,
		Args: cobra.NoArgs,
	}
	cmd.AddCommand(a.footprintsChange())
	asOf := a.asOf(cmd)
	kind := wordVar[remitv1.FootprintKind](cmd, "kind", "only of this kind")
	organisation := cmd.Flags().String("org", "", "only those covered by the body `CODE`, or by one that belongs to it")
	closed := cmd.Flags().Bool("include-closed", false, "also those that do not exist on the date")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		return a.showFootprints(cmd, &remitv1.ListFootprintsRequest{
			AsOf: at, PageSize: listPage, Kind: kind.value(), Organisation: *organisation, IncludeClosed: *closed,
		}, *limit)
	})
	return cmd
}

func (a *app) showFootprints(cmd *cobra.Command, request *remitv1.ListFootprintsRequest, limit int) error {
	return pages[*remitv1.ListFootprintsResponse, *remitv1.Footprint]{
		ask: func(c *client, token string) (*remitv1.ListFootprintsResponse, error) {
			request.PageToken = token
			return c.organisations().ListFootprints(cmd.Context(), request)
		},
		items: (*remitv1.ListFootprintsResponse).GetFootprints,
		keep: func(r *remitv1.ListFootprintsResponse, all []*remitv1.Footprint) {
			r.Footprints, r.NextPageToken = all, ""
		},
		columns: footprintColumns(),
	}.show(a, limit)
}

func footprintColumns() []column[*remitv1.Footprint] {
	return []column[*remitv1.Footprint]{
		{"code", (*remitv1.Footprint).GetCode},
		{"name", (*remitv1.Footprint).GetName},
		{"kind", func(f *remitv1.Footprint) string { return word(f.GetKind()) }},
		{"covered by", (*remitv1.Footprint).GetCoveredBy},
		{"region", (*remitv1.Footprint).GetRegion},
		{"from", (*remitv1.Footprint).GetOpenedOn},
		{"to", (*remitv1.Footprint).GetClosedOn},
	}
}
