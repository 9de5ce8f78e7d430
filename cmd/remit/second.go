package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) second() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "second [ID]",
		Short: "What waits for a second person; with an id, agree to it or decline it",
		Long: `Baselines, occurrences, corrections, reorganisations and erasures take effect only once a second person agrees: somebody
else than who gave them, with the same right. Without an id, this lists what waits. With one, it agrees to it, and what was
asked for is recorded now, if the rules still allow it; with --decline it says no.`,
		Example: `  remit second
  remit --as second-registrar@X24 second 01KABCDEFGHJKMNPQRSTVWXYZ0
  remit --as second-registrar@X24 second 01KABCDEFGHJKMNPQRSTVWXYZ0 --decline --reason "The letter says Y61, not Y62"`,
		Args: cobra.MaximumNArgs(1),
	}
	decline := cmd.Flags().Bool("decline", false, "say no")
	methods := codesVar(cmd, "method", "list only these commands (`NAMES`), such as RecordOccurrence or Reorganise")
	organisation := cmd.Flags().String("org", "", "list only what was given for the body `CODE`")
	asOf := a.asOf(cmd)
	limit := limitVar(cmd, 0)
	i := a.issuing(cmd)
	give := gives(&cobra.Command{}, i,
		func(c *client) func(context.Context, *remitv1.SecondRequest) (*remitv1.SecondResponse, error) {
			return c.records().Second
		},
		func(args []string) (*remitv1.SecondRequest, error) {
			return &remitv1.SecondRequest{AwaitingId: args[0], Decline: *decline}, nil
		}).RunE
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return give(cmd, args)
		}
		if *decline {
			return usagef("--decline needs the id of what is declined: 'remit second' lists what waits")
		}
		at, err := asOf.value()
		if err != nil {
			return err
		}
		return a.showAwaiting(cmd, &remitv1.ListAwaitingSecondRequest{
			AsOf: at, PageSize: listPage, Methods: *methods, Organisation: *organisation,
		}, *limit)
	})
	return cmd
}

func (a *app) showAwaiting(cmd *cobra.Command, request *remitv1.ListAwaitingSecondRequest, limit int) error {
	return pages[*remitv1.ListAwaitingSecondResponse, *remitv1.AwaitingSecond]{
		ask: func(c *client, token string) (*remitv1.ListAwaitingSecondResponse, error) {
			request.PageToken = token
			return c.records().ListAwaitingSecond(cmd.Context(), request)
		},
		items: (*remitv1.ListAwaitingSecondResponse).GetAwaiting,
		keep: func(r *remitv1.ListAwaitingSecondResponse, all []*remitv1.AwaitingSecond) {
			r.Awaiting, r.NextPageToken = all, ""
		},
		columns: awaitingColumns(),
	}.show(a, limit)
}

func awaitingColumns() []column[*remitv1.AwaitingSecond] {
	return []column[*remitv1.AwaitingSecond]{
		{"awaiting", (*remitv1.AwaitingSecond).GetAwaitingId},
		{"command", (*remitv1.AwaitingSecond).GetMethod},
		{"about", awaitingText},
		{"given by", func(w *remitv1.AwaitingSecond) string {
			return w.GetSubject() + ", " + w.GetRole() + " of " + w.GetOrganisation()
		}},
		{"recorded at", func(w *remitv1.AwaitingSecond) string { return instantText(w.GetRecordedAt()) }},
		{"reason", (*remitv1.AwaitingSecond).GetReason},
		{"event", (*remitv1.AwaitingSecond).GetSourceEvent},
	}
}

// awaitingText says in a few words what was asked for.
func awaitingText(w *remitv1.AwaitingSecond) string {
	fields := w.GetCommand().GetFields()
	var text string
	for _, name := range []string{"function", "from", "holder", "to", "event", "name", "effectiveOn"} {
		value := fields[name].GetStringValue()
		if value == "" {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += name + " " + value
	}
	return text + erasedText(w)
}

// erasedText says what an erasure that waits would erase.
func erasedText(w *remitv1.AwaitingSecond) string {
	fields := w.GetCommand().GetFields()
	var list []string
	for _, v := range fields["recorded"].GetListValue().GetValues() {
		text := v.GetStructValue().GetFields()
		list = append(list, text["event"].GetStringValue()+":"+text["field"].GetStringValue())
	}
	for _, v := range fields["pseudonyms"].GetListValue().GetValues() {
		list = append(list, v.GetStringValue())
	}
	return strings.Join(list, ", ")
}
