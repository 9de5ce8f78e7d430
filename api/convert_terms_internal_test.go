package api

import (
	"testing"

	"buf.build/go/protovalidate"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// TestHundredths holds the rule for numbers with two decimals and their reading together.
func TestHundredths(t *testing.T) {
	for _, test := range []struct {
		text string
		want int64
		back string
	}{
		{"0", 0, "0.00"},
		{"2", 200, "2.00"},
		{"12.5", 1250, "12.50"},
		{"0.07", 7, "0.07"},
		{"999999999.99", 99999999999, "999999999.99"},
	} {
		if err := protovalidate.Validate(&remitv1.StaffTerms{Wte: test.text}); err != nil {
			t.Errorf("%s: %v", test.text, err)
		}
		if got := hundredths(test.text); got != test.want {
			t.Errorf("%s: got %d", test.text, got)
		}
		if got := hundredthsText(test.want); got != test.back {
			t.Errorf("%d: got %s", test.want, got)
		}
	}
	if got := hundredthsText(-5); got != "-0.05" {
		t.Errorf("got %s", got)
	}
	for _, text := range []string{"-1", "1.", ".5", "1.555", "1e3", "01", "one", "1,5", " 1", "9999999999"} {
		if protovalidate.Validate(&remitv1.StaffTerms{Wte: text}) == nil {
			t.Errorf("%q is let through", text)
		}
	}
}

func TestRulesOfFigures(t *testing.T) {
	for _, test := range []struct {
		year, figure string
		ok           bool
	}{
		{"2026/27", "0", true},
		{"1999/00", "-3.5", true},
		{"2009/10", "123456789012345.123456", true},
		{"2026/28", "0", false},
		{"2026/26", "0", false},
		{"2026-27", "0", false},
		{"26/27", "0", false},
		{"2026/27", "3,5", false},
		{"2026/27", "+1", false},
		{"2026/27", "007", false},
	} {
		money := protovalidate.Validate(&remitv1.MoneyTerm{Class: remitv1.CostClass_COST_CLASS_RUNNING_COST, Year: test.year})
		outcome := protovalidate.Validate(&remitv1.Outcome{Metric: "m", Actual: test.figure})
		if ok := money == nil && outcome == nil; ok != test.ok {
			t.Errorf("%v: got %v, %v", test, money, outcome)
		}
	}
}

// TestStaffStated tells staff of nobody from staff that nobody spoke of.
func TestStaffStated(t *testing.T) {
	if got := staffTerms(&remitv1.StaffTerms{Wte: "0"}); !got.Stated || staffMessage(got).GetWte() != "0.00" {
		t.Errorf("nobody: got %+v", got)
	}
	if got := staffTerms(nil); got != (domain.StaffTerms{}) {
		t.Errorf("not spoken of: got %+v", got)
	}
	if got := (shown{text: func(domain.Text) string { return "" }}).terms(domain.Terms{}); got.GetStaff() != nil {
		t.Errorf("not spoken of: got %v", got.GetStaff())
	}
}
