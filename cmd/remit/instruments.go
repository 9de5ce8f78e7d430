package main

import (
	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) instruments() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "instruments [CODE]",
		Aliases: []string{"instrument"},
		Short:   "The legal instruments in the register, or all that is recorded of one; register, commence, discard",
		Long: `The legal instruments on which remits rest, by code, with their status on the date; with a code, all that is recorded
of that instrument. The commands below register instruments, and say when they come into force or have none any more.`,
		Example: `  remit instruments
  remit instruments --status planned
  remit instrument nhsa2006-s65z5`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.AddCommand(a.instrumentRegister(), a.instrumentCommence(), a.instrumentDiscard())
	asOf := a.asOf(cmd)
	statuses := wordsVar[remitv1.InstrumentStatus](cmd, "status", "only with these statuses")
	carry := wordVar[remitv1.TransferKind](cmd, "may-carry", "only those that may carry this legal route")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		if len(args) == 1 {
			return a.showInstrument(cmd, &remitv1.GetInstrumentRequest{AsOf: at, Code: args[0]})
		}
		return a.showInstruments(cmd, &remitv1.ListInstrumentsRequest{
			AsOf: at, PageSize: listPage, Statuses: statuses.values, MayCarry: carry.value(),
		}, *limit)
	})
	return cmd
}

func (a *app) showInstruments(cmd *cobra.Command, request *remitv1.ListInstrumentsRequest, limit int) error {
	return pages[*remitv1.ListInstrumentsResponse, *remitv1.Instrument]{
		ask: func(c *client, token string) (*remitv1.ListInstrumentsResponse, error) {
			request.PageToken = token
			return c.instruments().ListInstruments(cmd.Context(), request)
		},
		items: (*remitv1.ListInstrumentsResponse).GetInstruments,
		keep: func(r *remitv1.ListInstrumentsResponse, all []*remitv1.Instrument) {
			r.Instruments, r.NextPageToken = all, ""
		},
		columns: instrumentColumns(),
	}.show(a, limit)
}

func (a *app) showInstrument(cmd *cobra.Command, request *remitv1.GetInstrumentRequest) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	answer, err := c.instruments().GetInstrument(cmd.Context(), request)
	if err != nil {
		return err
	}
	a.sayAsOf(answer.GetAsOf())
	i := answer.GetInstrument()
	return object(a, answer, i, instrumentColumns(), func(s *sheet) { instrumentSheet(s, i) })
}

func instrumentSheet(s *sheet, i *remitv1.Instrument) {
	d := i.GetDetails()
	s.title("%s  %s", i.GetCode(), d.GetTitle())
	s.field("power", d.GetPower())
	s.field("status", word(d.GetStatus()))
	s.field("may carry", wordsOf(d.GetMayCarry()))
	for _, c := range d.GetCommencements() {
		text := c.GetOn()
		if len(c.GetFootprints()) > 0 {
			text += " for " + summary(c.GetFootprints(), 10)
		}
		if c.GetAuthority() != "" {
			text += ", by " + c.GetAuthority()
		}
		s.field("in force from", text)
	}
	s.field("no force from", i.GetDiscardedOn())
	s.field("replaced by", i.GetReplacedBy())
	s.field("confidence", word(d.GetConfidence()))
	s.field("source", d.GetSource())
	s.field("revision", i.GetRevision())
	if len(d.GetExclusions()) > 0 {
		s.title("Must not carry")
		rows(s, d.GetExclusions(), []column[*remitv1.Exclusion]{
			{"functions of", (*remitv1.Exclusion).GetBody},
			{"section", (*remitv1.Exclusion).GetSection},
			{"source", (*remitv1.Exclusion).GetSource},
		})
	}
}

func instrumentColumns() []column[*remitv1.Instrument] {
	return []column[*remitv1.Instrument]{
		{"code", (*remitv1.Instrument).GetCode},
		{"title", func(i *remitv1.Instrument) string { return i.GetDetails().GetTitle() }},
		{"power", func(i *remitv1.Instrument) string { return i.GetDetails().GetPower() }},
		{"status", func(i *remitv1.Instrument) string { return word(i.GetDetails().GetStatus()) }},
		{"may carry", func(i *remitv1.Instrument) string { return wordsOf(i.GetDetails().GetMayCarry()) }},
	}
}
