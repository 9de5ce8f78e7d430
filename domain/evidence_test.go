package domain

import "testing"

// Evidence stands until the day on which it expires; what was assessed on it goes stale then, also behind a gateway that
// was passed.
func TestEvidenceExpires(t *testing.T) {
	t.Parallel()
	expiry := NewDate(2026, 12, 1)
	assessed := Assessment{
		ReadinessAssessed: ReadinessAssessed{Party: PartySender, Ratings: []DomainRating{{
			Domain: "people", Rating: RatingGreen, Evidence: []Evidence{{ExpiresOn: expiry}},
		}}},
		Event: 2,
	}
	passed := Gateway{
		GatewayPlan: GatewayPlan{Code: "sender-readiness", Party: PartySender},
		Decisions:   []RecordedDecision{{GatewayDecided: GatewayDecided{Decision: DecisionPass}, Event: 3}},
	}
	transfer := Transfer{Assessments: []Assessment{assessed}, Gateways: []Gateway{passed}}
	for today, stale := range map[Date]bool{expiry - 1: false, expiry: true, expiry + 1: true} {
		checks := map[string]func(*decision){
			"deciding":   func(d *decision) { d.checkAssessed(transfer, PartySender) },
			"completing": func(d *decision) { d.checkGateways(transfer) },
		}
		for when, check := range checks {
			d := &decision{s: NewState(), meta: Meta{Today: today}}
			check(d)
			refusal := Refusal{Violations: d.violations}
			if got := refusal.Has(AssessmentStale); got != stale {
				t.Errorf("%s on %s: stale is %t, want %t (%v)", when, today, got, stale, &refusal)
			}
		}
	}
}
