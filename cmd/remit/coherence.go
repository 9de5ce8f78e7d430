package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) coherence() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "coherence",
		Short: "What is wrong, missing or unsettled in the map: gaps, overlaps, orphans, claims, lapsed agreements",
		Long: `Check the map: functions that nobody answers for, holders that no longer exist, receivers that make no claim,
safeguards that were not met, delegations past their end, plans whose date has passed and more. --until looks ahead: the
planned transfers take effect on their dates, and findings say from when, and which transfers open or close them. The exit
code is 3 when there is a finding that is as grave as --fail-on says. --sums tells which functions are affected, and at how
many bodies. A planned date has passed (drift) when it lies before the date asked about and before today.`,
		Example: `  remit coherence --severity high
  remit coherence --kind no_receiver,unclaimed,contested --sums
  remit coherence --until 2027-04-01 --org S1Y5D
  remit coherence --function send,green-plan --fail-on none -o csv`,
		Args: cobra.NoArgs,
	}
	asOf := a.asOf(cmd)
	until := a.dateVar(cmd, "until", "look ahead to this date, plans included; left out: the date asked about only")
	functions := codesVar(cmd, "function", "only about these functions (`CODES`)")
	organisations := codesVar(cmd, "org", "only about these bodies (`CODES`)")
	kinds := wordsVar[remitv1.FindingKind](cmd, "kind", "only of these kinds")
	severity := wordVar[remitv1.Severity](cmd, "severity", "only those at least this grave")
	fail := failVar(cmd)
	sums := cmd.Flags().Bool("sums", false, "a line for each kind of finding and function, with how many bodies and footprints")
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		if *sums && a.format != formatTable && a.format != formatCSV {
			return usagef("--sums is for people and spreadsheets: leave it out, or ask for -o table or -o csv")
		}
		return a.showFindings(cmd.Context(), &remitv1.CheckCoherenceRequest{
			AsOf: at, Until: until.text, Functions: *functions, Organisations: *organisations, Kinds: kinds.values,
			Severity: severity.value(),
		}, *sums, failAt(cmd, fail(), severity.value()))
	})
	return cmd
}

// failVar adds the flag that says how grave a finding must be for the exit code 3; 0 is never.
func failVar(cmd *cobra.Command) func() remitv1.Severity {
	fail := remitv1.Severity_SEVERITY_HIGH
	formVar(cmd, "fail-on", "exit with 3 when a finding is at least this grave: low, medium, high or none; left out: as "+
		"--severity says where there is such a flag and it is given, and high otherwise", func(text string) (err error) {
		if text == "none" {
			fail = 0
			return nil
		}
		if fail, err = parseWord[remitv1.Severity](text); err != nil {
			return fmt.Errorf("%w, or none for never", err)
		}
		return nil
	})
	return func() remitv1.Severity { return fail }
}

// failAt is how grave a finding must be: as --fail-on says, or else as the one that was asked for.
func failAt(cmd *cobra.Command, fail, asked remitv1.Severity) remitv1.Severity {
	if asked != 0 && !cmd.Flags().Changed("fail-on") {
		return asked
	}
	return fail
}

// countGrave counts the findings that are at least so grave; 0 counts none.
func countGrave(findings []*remitv1.Finding, fail remitv1.Severity) int {
	grave := 0
	for _, f := range findings {
		if fail != 0 && f.GetSeverity() >= fail {
			grave++
		}
	}
	return grave
}

// showFindings shows the findings, and returns an error when there is one as grave as fail; 0 is never.
func (a *app) showFindings(ctx context.Context, request *remitv1.CheckCoherenceRequest, sums bool, fail remitv1.Severity) error {
	answer, err := asked(ctx, a, request,
		func(c *client) func(context.Context, *remitv1.CheckCoherenceRequest) (*remitv1.CheckCoherenceResponse, error) {
			return c.maps().CheckCoherence
		})
	if err != nil {
		return err
	}
	show := func() error { return list(a, answer, answer.GetFindings(), findingColumns()) }
	if sums {
		show = func() error { return a.printSums(answer.GetFindings()) }
	}
	if err := show(); err != nil {
		return err
	}
	grave := countGrave(answer.GetFindings(), fail)
	a.say("%s.", plural(len(answer.GetFindings()), "finding"))
	if grave > 0 {
		return findingsError{fmt.Sprintf("%s at least %s", plural(grave, "finding"), word(fail))}
	}
	return nil
}

func findingColumns() []column[*remitv1.Finding] {
	return []column[*remitv1.Finding]{
		{"severity", func(f *remitv1.Finding) string { return word(f.GetSeverity()) }},
		{"finding", func(f *remitv1.Finding) string { return word(f.GetKind()) }},
		{"function", (*remitv1.Finding).GetFunction},
		{"body", (*remitv1.Finding).GetOrganisation},
		{"in", func(f *remitv1.Finding) string { return summary(f.GetFootprints(), 4) }},
		{"since", (*remitv1.Finding).GetSince},
		{"opened by", func(f *remitv1.Finding) string { return effectsText(f.GetOpenedBy()) }},
		{"closed by", func(f *remitv1.Finding) string { return effectsText(f.GetClosedBy()) }},
		{"what", (*remitv1.Finding).GetMessage},
		{"remedy", (*remitv1.Finding).GetRemedy},
		{"events", func(f *remitv1.Finding) string { return fewOf(f.GetCauseEvents()) }},
	}
}

// effectsText shows the planned transfers that open or close a finding.
func effectsText(effects []*remitv1.PlannedEffect) string {
	texts := make([]string, 0, len(effects))
	for _, e := range effects {
		texts = append(texts, e.GetEffectiveOn()+" "+e.GetTransferId())
	}
	return summaryOf(texts, 2, "transfers")
}

// fewOf shows the first numbers of events, and how many more there are.
func fewOf(events []string) string {
	const most = 4
	if len(events) <= most {
		return joinWords(events)
	}
	return fmt.Sprintf("%s and %d more", joinWords(events[:most]), len(events)-most)
}
