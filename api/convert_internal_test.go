package api

import (
	"maps"
	"strings"
	"testing"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// TestWords holds the domain's words and the enums of the contract together, both ways.
func TestWords(t *testing.T) {
	enums := map[string]protoreflect.EnumDescriptor{
		"Tier": remitv1.Tier(0).Descriptor(), "Form": remitv1.Form(0).Descriptor(), "Role": remitv1.Role(0).Descriptor(),
		"RemitRule":        remitv1.RemitRule(0).Descriptor(),
		"FootprintKind":    remitv1.FootprintKind(0).Descriptor(),
		"FunctionClass":    remitv1.FunctionClass(0).Descriptor(),
		"Category":         remitv1.Category(0).Descriptor(),
		"LegalStatus":      remitv1.LegalStatus(0).Descriptor(),
		"Confidence":       remitv1.Confidence(0).Descriptor(),
		"TransferKind":     remitv1.TransferKind(0).Descriptor(),
		"InstrumentStatus": remitv1.InstrumentStatus(0).Descriptor(),
		"TransferState":    remitv1.TransferState(0).Descriptor(),
		"Party":            remitv1.Party(0).Descriptor(),
		"GatewayDecision":  remitv1.GatewayDecision(0).Descriptor(),
		"OpinionKind":      remitv1.Opinion(0).Descriptor(),
		"ConditionTiming":  remitv1.ConditionTiming(0).Descriptor(),
		"ConditionState":   remitv1.ConditionState(0).Descriptor(),
		"DelegationState":  remitv1.DelegationState(0).Descriptor(),
		"Disposition":      remitv1.Disposition(0).Descriptor(),
		"SuccessionKind":   remitv1.SuccessionKind(0).Descriptor(),
		"MilestoneKind":    remitv1.MilestoneKind(0).Descriptor(),
		"InterventionKind": remitv1.InterventionKind(0).Descriptor(),
		"MatterKind":       remitv1.MatterKind(0).Descriptor(),
		"Residue":          remitv1.Residue(0).Descriptor(),
		"CostClass":        remitv1.CostClass(0).Descriptor(),
		"PopulationBasis":  remitv1.PopulationBasis(0).Descriptor(),
		"ModerationResult": remitv1.ModerationResult(0).Descriptor(),
		"FindingKind":      remitv1.FindingKind(0).Descriptor(),
		"Severity":         remitv1.Severity(0).Descriptor(),
		"TaskKind":         remitv1.TaskKind(0).Descriptor(),
		"Freshness":        remitv1.Freshness(0).Descriptor(),
		"PaperSectionKind": remitv1.PaperSectionKind(0).Descriptor(),
	}
	all := map[string][]string{}
	for _, path := range []string{
		"../domain/vocabulary.go", "../domain/matter.go", "../domain/fact_transfer.go", "../domain/terms.go",
		"../domain/fact_programme.go", "../projections/finding.go",
		"../projections/tasks.go", "../projections/tasks_transfer.go", "../projections/paper.go",
	} {
		maps.Copy(all, constants(t, path))
	}
	delete(all, "") // constants of no type
	for kind, words := range all {
		enum, ok := enums[kind]
		if !ok {
			if kind != "Rating" && kind != "ActorRole" { // plain words in the contract
				t.Errorf("no enum for %s", kind)
			}
			continue
		}
		if enum.Values().Len() != len(words)+1 {
			t.Errorf("%s has %d words, its enum %d values besides unspecified", kind, len(words), enum.Values().Len()-1)
		}
		for _, w := range words {
			value := enum.Values().ByName(protoreflect.Name(prefixOf(enum.Values()) + strings.ToUpper(w)))
			if value == nil {
				t.Errorf("%s %q has no value", kind, w)
			}
		}
	}
	if got := word[domain.InstrumentStatus](remitv1.InstrumentStatus_INSTRUMENT_STATUS_IN_FORCE); got != domain.InstrumentStatusInForce {
		t.Errorf("word: got %q", got)
	}
	if got := enumOf[remitv1.InstrumentStatus](domain.InstrumentStatusInForce); got != remitv1.InstrumentStatus_INSTRUMENT_STATUS_IN_FORCE {
		t.Errorf("enumOf: got %v", got)
	}
	if got := word[domain.Role](remitv1.Role(99)); got != "" {
		t.Errorf("an unknown value is the word %q", got)
	}
}

// TestDateRule holds the rule for dates and the domain's reading of them together: handlers read dates without looking
// for an error, because the rule let nothing else through.
func TestDateRule(t *testing.T) {
	accepts := func(text string) bool {
		return protovalidate.Validate(&remitv1.AsOf{EffectiveOn: text}) == nil
	}
	for day := time.Date(1999, 12, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2005; day = day.AddDate(0, 0, 1) {
		if text := day.Format("2006-01-02"); !accepts(text) || date(text).String() != text {
			t.Fatalf("%s is a date", text)
		}
	}
	for _, text := range []string{
		"2026-02-29", "2100-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00", "0000-01-01",
		"2026-1-1", "26-01-01", "2026-01-01T00:00:00Z", " 2026-01-01", "today", "２０２６-01-01",
	} {
		if accepts(text) {
			t.Errorf("%s is no date", text)
		}
	}
	for _, text := range []string{"", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"} {
		if !accepts(text) || date(text).String() != text {
			t.Errorf("%q is a date, or none", text)
		}
	}
}

func TestOtherRules(t *testing.T) {
	for _, test := range []struct {
		code, slug, position, share string
		ok                          bool
	}{
		{"X24", "eprr", "0", "0.588619", true},
		{"S1Y5D", "nhsa2006-s65z5", "1204", "1", true},
		{"ENG", "a", "999999999999999999", "0", true},
		{"x24", "eprr", "1", "1", false},
		{"X24", "EPRR", "1", "1", false},
		{"X24", "eprr-", "1", "1", false},
		{"X24", "eprr", "-1", "1", false},
		{"X24", "eprr", "01", "1", false},
		{"X24", "eprr", "1", "1.5", false},
		{"X24", "eprr", "1", ".5", false},
	} {
		err := protovalidate.Validate(&remitv1.WhoHoldsRequest{
			Function: test.slug, Footprint: test.code, MinPosition: test.position,
		})
		share := protovalidate.Validate(&remitv1.FootprintSuccession{Predecessor: "A1", Successor: "A2", Share: test.share})
		if ok := err == nil && share == nil; ok != test.ok {
			t.Errorf("%v: got %v, %v", test, err, share)
		}
	}
}
