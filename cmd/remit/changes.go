package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// changesFlags are the flags of remit changes.
type changesFlags struct {
	from, to, on       *dateFlag
	knownFrom, knownTo *asOfFlags
	functions, in      *[]string
	organisations      *[]string
	roles              *enumFlag[remitv1.Role]
	tiers              *enumFlag[remitv1.Tier]
	dates              *bool
	limit              *int
}

func (a *app) changes() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "changes",
		Short: "What changes from date to date, and what the register learned about a date, each with its cause",
		Long: `The way from one map to another, change by change, each with the events that caused it.

From --from to --to: what changes from date to date, as known now, or as known at --known-to.
With --on and --known-from: what the register learned about that date between then and --known-to (left out: now). Taken
together these changes explain exactly how "remit replay" as known then differs from now.

--dates lists only the dates on which the view changes, with the number of changes.`,
		Example: `  remit changes --from 2026-03-31 --to 2026-04-01 --function continuing-healthcare
  remit changes --on 2026-03-31 --known-from 3116
  remit changes --on 2026-03-31 --known-from 2026-11-20 --known-to 2026-11-22T09:00:00Z -o csv
  remit changes --dates --org S1Y5D`,
		Args: cobra.NoArgs,
	}
	f := &changesFlags{
		from: a.dateVar(cmd, "from", "the date before"), to: a.dateVar(cmd, "to", "the date after; left out: today"),
		on:        a.dateVar(cmd, "on", "one date, to see what was learned about it, or from which --dates looks back and ahead"),
		knownFrom: &asOfFlags{app: a}, knownTo: &asOfFlags{app: a},
	}
	cmd.Flags().Var(&knownFlag{of: f.knownFrom}, "known-from", "what the register knew at this `TIME`, or after event number N")
	cmd.Flags().Var(&knownFlag{of: f.knownTo}, "known-to", "up to what it knew at this `TIME`, or after event number N; left out: now")
	f.functions = codesVar(cmd, "function", "only these functions (`CODES`)")
	f.organisations = codesVar(cmd, "org", "only what these organisations held before or hold after (`CODES`)")
	f.in = codesVar(cmd, "in", placesUsage)
	f.tiers = wordsVar[remitv1.Tier](cmd, "tier", "only what bodies of these tiers held before or hold after")
	f.roles = wordsVar[remitv1.Role](cmd, "role", "only these roles")
	f.dates = cmd.Flags().Bool("dates", false, "list only the dates on which anything changes")
	f.limit = limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		if *f.dates {
			return a.showChangeDates(cmd.Context(), f)
		}
		return a.showChanges(cmd.Context(), f)
	})
	return cmd
}

// knownFlag is a point in what was known: a time, or the number of an event.
type knownFlag struct{ of *asOfFlags }

// String returns the point as given.
func (f *knownFlag) String() string {
	if f.of == nil {
		return ""
	}
	return f.of.knownAt + f.of.position
}

// Set takes a time, a date, or a number.
func (f *knownFlag) Set(text string) error {
	f.of.knownAt, f.of.position = "", ""
	for _, r := range text {
		if r < '0' || r > '9' {
			f.of.knownAt = text
			_, err := f.of.app.instant(text)
			return err
		}
	}
	f.of.position = text
	return nil
}

// Type names the flag's values in the help.
func (f *knownFlag) Type() string { return "TIME" }

func (a *app) showChanges(ctx context.Context, f *changesFlags) error {
	from, to, knownFrom := f.from.text, f.to.text, f.knownFrom
	if f.on.text != "" {
		if from != "" || to != "" {
			return usagef("--on is one date: give it, or --from and --to")
		}
		from, to = f.on.text, f.on.text
	}
	isKnown := knownFrom.knownAt != "" || knownFrom.position != ""
	if from == "" && !isKnown {
		return usagef("give --from, --known-from, or --dates: between which dates, or since what was known?")
	}
	if !isKnown {
		knownFrom = f.knownTo // only dates apart
	}
	if from == "" {
		from = to
	}
	before, err := knownFrom.at(from)
	if err != nil {
		return err
	}
	after, err := f.knownTo.at(to)
	if err != nil {
		return err
	}
	footprints, err := a.places(ctx, *f.in, before, after)
	if err != nil {
		return err
	}
	request := &remitv1.ListChangesRequest{
		From: before, To: after, PageSize: listPage, Functions: *f.functions, Organisations: *f.organisations,
		Footprints: footprints, Tiers: f.tiers.values, Roles: f.roles.values,
	}
	return pages[*remitv1.ListChangesResponse, *remitv1.ListedChange]{
		ask: func(c *client, token string) (*remitv1.ListChangesResponse, error) {
			request.PageToken = token
			return c.maps().ListChanges(ctx, request)
		},
		items: (*remitv1.ListChangesResponse).GetChanges,
		keep: func(r *remitv1.ListChangesResponse, all []*remitv1.ListedChange) {
			r.Changes, r.NextPageToken = all, ""
		},
		columns: listedChangeColumns(),
	}.show(a, *f.limit)
}

func listedChangeColumns() []column[*remitv1.ListedChange] {
	of := func(cell func(*remitv1.MapChange) string) func(*remitv1.ListedChange) string {
		return func(c *remitv1.ListedChange) string { return cell(c.GetChange()) }
	}
	columns := []column[*remitv1.ListedChange]{
		{"on", (*remitv1.ListedChange).GetEffectiveOn},
		{"known position", (*remitv1.ListedChange).GetPosition},
		{"learned", func(c *remitv1.ListedChange) string { return yes(c.GetLearned()) }},
	}
	for _, c := range changeColumns() {
		columns = append(columns, column[*remitv1.ListedChange]{c.head, of(c.cell)})
	}
	return append(columns, column[*remitv1.ListedChange]{"cause", func(c *remitv1.ListedChange) string {
		var causes []string
		for _, cause := range c.GetCauses() {
			causes = append(causes, cause.GetType()+" of "+cause.GetEntity())
		}
		return strings.Join(causes, ", ")
	}})
}

func (a *app) showChangeDates(ctx context.Context, f *changesFlags) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	at, err := f.knownTo.at(f.on.text)
	if err != nil {
		return err
	}
	footprints, err := a.places(ctx, *f.in, at)
	if err != nil {
		return err
	}
	answer, err := c.maps().ListChangeDates(ctx, &remitv1.ListChangeDatesRequest{
		AsOf: at, From: f.from.text, Until: f.to.text, Functions: *f.functions, Organisations: *f.organisations,
		Footprints: footprints, Tiers: f.tiers.values, Roles: f.roles.values,
	})
	if err != nil {
		return err
	}
	a.sayAsOf(answer.GetAsOf())
	a.say("The change before: %s. The next one: %s.", orNone(answer.GetPrevious()), orNone(answer.GetNext()))
	return list(a, answer, answer.GetDates(), []column[*remitv1.ChangeDate]{
		{"on", (*remitv1.ChangeDate).GetEffectiveOn},
		{"changes", func(d *remitv1.ChangeDate) string { return strconv.Itoa(int(d.GetChanges())) }},
	})
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
