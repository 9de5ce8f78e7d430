package main

import (
	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) history() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "history FUNCTION [--in CODE]",
		Short: "How the holding of a function in a place came to be",
		Long: `Every recorded change of who holds a function in a place, by date, and the event that recorded it. What a later event
recorded otherwise for the same date is marked as superseded: it is what was believed until then.

An organisation stands for the footprints that it covers on --on.`,
		Example: `  remit history eprr --in 06H
  remit history specialised-services --in QYG --role exercising
  remit history eprr --in 06H --known-at 2026-01-31 -o json`,
		Args: cobra.ExactArgs(1),
	}
	in := cmd.Flags().String("in", "", "`CODE` of the place: a footprint or an organisation; left out: everywhere")
	asOf := a.asOf(cmd)
	role := wordVar[remitv1.Role](cmd, "role", "only this role")
	limit := limitVar(cmd, 0)
	proof := proofDirVar(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		function, part := subject(args[0])
		return a.showHistory(cmd, &remitv1.GetHistoryRequest{
			AsOf: at, PageSize: listPage, Function: function, Part: part, Footprint: *in, Role: role.value(),
			WithProof: *proof != "",
		}, *limit, *proof)
	})
	return cmd
}

// provenPage is the size of a page of changes that are proved: each may rest on two events, and 1,000 are proved at most.
const provenPage = 500

func (a *app) showHistory(cmd *cobra.Command, request *remitv1.GetHistoryRequest, limit int, proofDir string) error {
	if proofDir != "" {
		request.PageSize = provenPage
	}
	var proofs []*remitv1.EventProof
	err := pages[*remitv1.GetHistoryResponse, *remitv1.HistoryEntry]{
		ask: func(c *client, token string) (*remitv1.GetHistoryResponse, error) {
			request.PageToken = token
			answer, err := c.maps().GetHistory(cmd.Context(), request)
			proofs = append(proofs, answer.GetProofs()...)
			return answer, err
		},
		items:   (*remitv1.GetHistoryResponse).GetEntries,
		keep:    func(r *remitv1.GetHistoryResponse, all []*remitv1.HistoryEntry) { r.Entries, r.NextPageToken = all, "" },
		columns: historyColumns(),
	}.show(a, limit)
	if err != nil || proofDir == "" {
		return err
	}
	return a.writeProofs(proofDir, proofs)
}

func historyColumns() []column[*remitv1.HistoryEntry] {
	was, is := changed((*remitv1.HistoryEntry).GetBefore, (*remitv1.HistoryEntry).GetAfter)
	return []column[*remitv1.HistoryEntry]{
		{"function", func(e *remitv1.HistoryEntry) string { return subjectText(e.GetFunction(), e.GetPart()) }},
		{"footprint", (*remitv1.HistoryEntry).GetFootprint},
		{"role", func(e *remitv1.HistoryEntry) string { return word(e.GetRole()) }},
		{"from", (*remitv1.HistoryEntry).GetEffectiveOn},
		{"before", was},
		{"after", is},
		{"part of", (*remitv1.HistoryEntry).GetSlot},
		{"superseded by", (*remitv1.HistoryEntry).GetSupersededBy},
		{"event", (*remitv1.HistoryEntry).GetPosition},
		{"type", (*remitv1.HistoryEntry).GetType},
		{"entity", (*remitv1.HistoryEntry).GetEntity},
		{"recorded at", func(e *remitv1.HistoryEntry) string { return instantText(e.GetRecordedAt()) }},
		{"late", func(e *remitv1.HistoryEntry) string { return yes(e.GetLate()) }},
	}
}
