package projections_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// TestFootprintsOfAFilterMustBeKnown asks for parts of the map by codes that are no footprints: the answer is a refusal
// and not that there is nothing.
func TestFootprintsOfAFilterMustBeKnown(t *testing.T) {
	j := smallJournal(t)
	v, on := j.views(t), domain.Now(date(t, "2024-01-01"))
	asked := map[string]func(projections.Filter) error{
		"the map": func(f projections.Filter) error {
			_, err := v.Map(projections.MapQuery{AsOf: on, Filter: f})
			return err
		},
		"a comparison": func(f projections.Filter) error {
			_, err := v.Compare(projections.CompareQuery{From: on, To: on, Filter: f})
			return err
		},
		"steps": func(f projections.Filter) error {
			return v.Steps(projections.StepsQuery{From: on, To: on, Filter: f}, func(projections.Step) bool { return true })
		},
		"dates": func(f projections.Filter) error {
			_, err := v.ChangeDates(projections.ChangeDatesQuery{AsOf: on, Filter: f})
			return err
		},
	}
	for name, ask := range asked {
		for _, code := range []domain.FootprintCode{"06H", "QNQ"} {
			if err := ask(projections.Filter{Footprints: []domain.FootprintCode{code}}); err != nil {
				t.Errorf("%s of %s: %v", name, code, err)
			}
		}
		for _, code := range []domain.FootprintCode{"NOPE", domain.England} {
			err := ask(projections.Filter{Footprints: []domain.FootprintCode{"06H", code}})
			wantRefusal(t, err, domain.UnknownFootprint)
			if !strings.Contains(err.Error(), string(code)) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestWhatWasNotKnownYet asks as known before something was recorded: the refusal says that it is known by now.
func TestWhatWasNotKnownYet(t *testing.T) {
	j := smallJournal(t)
	v, before := j.views(t), domain.AsOf{On: date(t, "2024-01-01"), Known: 0}
	asked := map[string]func(domain.AsOf) error{
		"eprr": func(a domain.AsOf) error { _, _, err := v.Function("eprr", a); return err },
		"QNQ":  func(a domain.AsOf) error { _, _, err := v.Organisation("QNQ", a); return err },
		"06H":  func(a domain.AsOf) error { _, _, err := v.Footprint("06H", a); return err },
		"X24": func(a domain.AsOf) error {
			_, err := v.Map(projections.MapQuery{AsOf: a, Filter: projections.Filter{Footprints: []domain.FootprintCode{"X24"}}})
			return err
		},
	}
	for code, ask := range asked {
		var refusal *domain.Refusal
		if err := ask(before); !errors.As(err, &refusal) {
			t.Fatalf("%s: got %v, want a refusal", code, err)
		}
		said := refusal.Violations[0]
		if !strings.Contains(said.Message, `"`+code+`" yet as known after event 0`) || said.Facts["knownPosition"] != "0" {
			t.Errorf("%s is refused with %+v", code, said)
		}
		if err := ask(domain.Now(before.On)); err != nil {
			t.Errorf("%s as known now: %v", code, err)
		}
	}
	_, _, err := v.Function("nothing", before)
	wantRefusal(t, err, domain.UnknownFunction)
	if strings.Contains(err.Error(), "yet") {
		t.Errorf("what is unknown to this day is refused with %v", err)
	}
}
