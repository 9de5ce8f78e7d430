package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/remit-register/remit/domain"
)

// The synthetic register: a hundred thousand remits, each of them changed again and again on any date of ten years, and
// one more that is corrected all the time.
const (
	scaleFunctions  = 20
	scaleFootprints = 1000
	scaleBodies     = 50
	scaleDays       = 3650
	scaleStart      = domain.Date(735_000) // in 2013
	// scaleCorrections is how often the one remit is corrected, in a register of a million events or more.
	scaleCorrections = 200_000
	// scaleBlock is how many events are folded at a time.
	scaleBlock = 100
)

// scaleWork makes the events of the synthetic register, always the same ones.
type scaleWork struct {
	random     *rand.Rand
	functions  []domain.FunctionCode
	footprints []domain.FootprintCode
	bodies     []domain.OrganisationCode
	last       domain.EventNo
	// correctedOn is the date that the corrected remit's next correction takes back.
	correctedOn domain.Date
}

func newScaleWork() *scaleWork {
	w := &scaleWork{random: rand.New(rand.NewPCG(1, 2))}
	for i := range scaleFunctions {
		w.functions = append(w.functions, domain.FunctionCode(fmt.Sprintf("function-%02d", i)))
	}
	for i := range scaleFootprints {
		w.footprints = append(w.footprints, domain.FootprintCode(fmt.Sprintf("F%04d", i)))
	}
	for i := range scaleBodies {
		w.bodies = append(w.bodies, domain.OrganisationCode(fmt.Sprintf("Q%02d", i)))
	}
	return w
}

// world is what must be there first.
func (w *scaleWork) world() []domain.Fact {
	var facts []domain.Fact
	for _, code := range w.footprints {
		facts = append(facts, domain.FootprintOpened{Code: code, Kind: domain.KindLocation, EffectiveOn: scaleStart})
	}
	for _, code := range w.bodies {
		facts = append(facts, domain.OrganisationEstablished{
			Code: code, Tier: domain.TierICB, LegalPerson: true, EffectiveOn: scaleStart,
		})
	}
	for _, code := range w.functions {
		facts = append(facts, domain.FunctionDefined{Code: code, Details: domain.FunctionDetails{FootprintKind: domain.KindLocation}})
	}
	return facts
}

// remit draws one of the remits.
func (w *scaleWork) remit() domain.Remit {
	return domain.Remit{
		Subject:   domain.Subject{Function: w.functions[w.random.IntN(scaleFunctions)]},
		Footprint: w.footprints[w.random.IntN(scaleFootprints)], Role: domain.Roles()[w.random.IntN(len(domain.Roles()))],
	}
}

func (w *scaleWork) date() domain.Date { return scaleStart + domain.Date(w.random.IntN(scaleDays)) }

// change gives a remit to one of the few bodies that are possible in its footprint.
func (w *scaleWork) change(r domain.Remit, on domain.Date) domain.HoldingChange {
	area := len(r.Footprint) + int(r.Footprint[len(r.Footprint)-3]) + w.random.IntN(4)
	return domain.HoldingChange{
		On: on, Subjects: []domain.Subject{r.Subject}, Footprints: []domain.FootprintCode{r.Footprint}, Roles: []domain.Role{r.Role},
		Holdings: []domain.Holding{{Holder: w.bodies[area%scaleBodies], Confidence: domain.ConfidenceExact, Source: "bench"}},
	}
}

// moved says that a remit drawn is held by somebody else from a date drawn on.
func (w *scaleWork) moved() domain.Fact {
	r, on := w.remit(), w.date()
	return domain.FunctionAllocated{
		Function: r.Subject.Function, EffectiveOn: on, Source: "bench", Confidence: domain.ConfidenceExact,
		Changes: []domain.HoldingChange{w.change(r, on)},
	}
}

// correctedRemit is the one that is corrected all the time.
func (w *scaleWork) correctedRemit() domain.Remit {
	return domain.Remit{
		Subject: domain.Subject{Function: "function-00"}, Footprint: domain.FootprintCode(w.bodies[0]), Role: domain.RoleAccountable,
	}
}

// corrected takes back what the correction before it said, and says something else.
func (w *scaleWork) corrected() domain.Fact {
	right := w.change(w.correctedRemit(), w.date())
	changes := []domain.HoldingChange{right}
	if w.correctedOn != 0 {
		wrong := right
		wrong.On, wrong.Holdings, wrong.Retracts = w.correctedOn, nil, true
		changes = []domain.HoldingChange{wrong, right}
	}
	w.correctedOn = right.On
	return domain.Corrected{Event: w.last, About: "function/function-00", EffectiveOn: right.On, Source: "bench", Changes: changes}
}

// events makes events of facts, a transaction each, a second apart.
func (w *scaleWork) events(facts ...domain.Fact) []domain.Event {
	events := make([]domain.Event, 0, len(facts))
	for _, fact := range facts {
		w.last++
		at := time.Unix(1_500_000_000+int64(w.last), 0).UTC()
		events = append(events, domain.Event{
			No: w.last, Count: 1, TransactionID: fmt.Sprintf("%026d", w.last), RecordedAt: at, EffectiveOn: fact.Effective(),
			Late: true, Fact: fact,
		})
	}
	return events
}

// facts yields so many facts, the world first. Of ten, two are corrections of the one remit until there are enough.
func (w *scaleWork) facts(n int) func(yield func(domain.Fact) bool) {
	return func(yield func(domain.Fact) bool) {
		for _, fact := range w.world() {
			if n--; !yield(fact) {
				return
			}
		}
		for i := range n {
			fact := w.next(i)
			if !yield(fact) {
				return
			}
		}
	}
}

// next is the n-th fact after the world.
func (w *scaleWork) next(n int) domain.Fact {
	if n%10 < 2 && n/10*2 < scaleCorrections {
		return w.corrected()
	}
	return w.moved()
}
