package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// dateFlag is a civil date: ISO, or one of the words today, yesterday and tomorrow.
type dateFlag struct {
	app  *app
	text string // ISO, "" for none
}

// String returns the date as ISO.
func (d *dateFlag) String() string { return d.text }

// Set takes a date.
func (d *dateFlag) Set(text string) error {
	date, err := d.app.date(text)
	if err != nil {
		return err
	}
	d.text = date.String()
	return nil
}

// Type names the flag's values in the help.
func (d *dateFlag) Type() string { return "DATE" }

// date reads a date as people write it; "" is none.
func (a *app) date(text string) (domain.Date, error) {
	today, err := a.today()
	if err != nil {
		return 0, err
	}
	switch text {
	case "today":
		return today, nil
	case "yesterday":
		return today.AddDays(-1), nil
	case "tomorrow":
		return today.AddDays(1), nil
	}
	date, err := domain.ParseDate(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date: write it as 2026-04-01, or today, yesterday, tomorrow", text)
	}
	return date, nil
}

// dateVar adds a date flag.
func (a *app) dateVar(cmd *cobra.Command, name, usage string) *dateFlag {
	d := &dateFlag{app: a}
	cmd.Flags().Var(d, name, usage)
	return d
}

// asOfFlags say at which point on both clocks to look.
type asOfFlags struct {
	app      *app
	on       *dateFlag
	knownAt  string
	position string
}

// asOf adds the flags for a point on both clocks.
func (a *app) asOf(cmd *cobra.Command) *asOfFlags {
	f := &asOfFlags{app: a, on: a.dateVar(cmd, "on", "the date asked about; left out: today")}
	f.known(cmd)
	return f
}

// known adds the flags for what was known.
func (f *asOfFlags) known(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.knownAt, "known-at", "",
		"as the register knew it at this `TIME`, such as 2026-04-01T09:00:00Z, or at the end of a date; left out: now")
	cmd.Flags().StringVar(&f.position, "known-position", "", "as the register knew it after event number `N`")
	cmd.MarkFlagsMutuallyExclusive("known-at", "known-position")
}

// value returns the point asked for.
func (f *asOfFlags) value() (*remitv1.AsOf, error) { return f.at(f.on.text) }

// at returns the point on the date given.
func (f *asOfFlags) at(on string) (*remitv1.AsOf, error) {
	asOf := &remitv1.AsOf{EffectiveOn: on, KnownPosition: f.position}
	if f.knownAt == "" {
		return asOf, nil
	}
	instant, err := f.app.instant(f.knownAt)
	if err != nil {
		return nil, usageError{fmt.Errorf("--known-at: %w", err)}
	}
	if !instant.IsZero() {
		asOf.KnownAt = timestamppb.New(instant)
	}
	return asOf, nil
}

// instant reads an instant: RFC 3339, or a date for its end in Europe/London. The zero time is now, or later on the
// present day.
func (a *app) instant(text string) (time.Time, error) {
	if text == "now" {
		return time.Time{}, nil
	}
	if instant, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return instant, nil
	}
	zone, err := london()
	if err != nil {
		return time.Time{}, err
	}
	date, err := a.date(text)
	if err != nil || date == 0 {
		return time.Time{}, fmt.Errorf("%q is neither a time such as 2026-04-01T09:00:00Z nor a date such as 2026-04-01", text)
	}
	today, err := a.today()
	if err != nil || date == today {
		return time.Time{}, err
	}
	next, err := time.ParseInLocation(time.DateOnly, date.AddDays(1).String(), zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("find the end of %s: %w", date, err)
	}
	return next.Add(-time.Microsecond), nil
}

// subject divides FUNCTION or FUNCTION/PART.
func subject(text string) (function, part string) {
	function, part, _ = strings.Cut(text, "/")
	return function, part
}

// subjectText is the reverse of subject.
func subjectText(function, part string) string {
	return domain.Subject{Function: domain.FunctionCode(function), Part: domain.PartCode(part)}.String()
}

// required marks flags that must be given.
func required(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		_ = cmd.MarkFlagRequired(name) // fails only for a flag that does not exist
	}
}

// completeWords has the shell complete a flag's words.
func completeWords(cmd *cobra.Command, flag string, words []string) {
	complete := cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	_ = cmd.RegisterFlagCompletionFunc(flag, complete) // fails only for a flag that does not exist
}

// codesVar adds a flag of several codes, separated by commas or given again.
func codesVar(cmd *cobra.Command, name, usage string) *[]string {
	return cmd.Flags().StringSlice(name, nil, usage)
}

// limitVar adds the flag that cuts a list.
func limitVar(cmd *cobra.Command, otherwise int) *int {
	return cmd.Flags().Int("limit", otherwise, "show at most `N`; 0 shows all")
}
