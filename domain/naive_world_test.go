package domain_test

import (
	"cmp"
	"slices"

	"github.com/remit-register/remit/domain"
)

// told is one dated fact about a body or a footprint, as it was recorded: from a date on, what is so, or nothing
// changes on it after all.
type told struct {
	what     string
	code     string
	on       domain.Date
	no       domain.EventNo
	value    string
	retracts bool
}

// What is told of bodies and footprints.
const (
	toldName        = "name"
	toldOpen        = "open"
	toldParent      = "parent"
	toldLegalParent = "legal parent"
	toldExists      = "exists"
	toldCoveredBy   = "covered by"
	yes             = "yes"
)

// world is the naive model of bodies, footprints and functions: a list of all that was told, gone through for each
// answer. It shares no code with timelines or views.
type world struct {
	facts  []told
	events []domain.Event
}

func worldOf(events []domain.Event) *world {
	w := &world{events: events}
	for _, e := range events {
		tell := func(what string, code string, on domain.Date, value string) {
			w.facts = append(w.facts, told{what, code, on, e.No, value, false})
		}
		switch f := e.Fact.(type) {
		case domain.OrganisationEstablished:
			tell(toldName, string(f.Code), f.EffectiveOn, f.Name)
			tell(toldOpen, string(f.Code), f.EffectiveOn, yes)
			tell(toldParent, string(f.Code), f.EffectiveOn, string(f.Parent))
			tell(toldLegalParent, string(f.Code), f.EffectiveOn, string(f.LegalParent))
		case domain.OrganisationRenamed:
			tell(toldName, string(f.Code), f.EffectiveOn, f.Name)
		case domain.OrganisationMoved:
			if f.Parent != "" {
				tell(toldParent, string(f.Code), f.EffectiveOn, string(f.Parent))
			}
			if f.LegalParent != "" {
				tell(toldLegalParent, string(f.Code), f.EffectiveOn, string(f.LegalParent))
			}
		case domain.OrganisationClosed:
			tell(toldOpen, string(f.Code), f.EffectiveOn, "")
		case domain.FootprintOpened:
			tell(toldExists, string(f.Code), f.EffectiveOn, yes)
		case domain.CoverageChanged:
			for _, code := range f.Footprints {
				tell(toldCoveredBy, string(code), f.EffectiveOn, string(f.Organisation))
			}
		case domain.FootprintsSucceeded:
			for _, s := range f.Successions {
				if w.at(toldExists, string(s.Predecessor), domain.AsOf{On: f.EffectiveOn, Known: e.No}) == yes {
					tell(toldExists, string(s.Predecessor), f.EffectiveOn, "")
					tell(toldCoveredBy, string(s.Predecessor), f.EffectiveOn, "")
				}
			}
		case domain.Corrected:
			w.correct(e.No, f)
		}
	}
	return w
}

// correct takes back what an event told, where it is still the last word on its date, and tells what is right.
func (w *world) correct(no domain.EventNo, f domain.Corrected) {
	done := map[[2]string]bool{}
	wrong := slices.DeleteFunc(slices.Clone(w.facts), func(t told) bool {
		last, ok := w.word(t.what, t.code, t.on, domain.Latest)
		return t.no != f.Event || t.retracts || !ok || last.no != t.no
	})
	slices.SortStableFunc(wrong, func(a, b told) int { return cmp.Compare(a.on, b.on) })
	for _, t := range wrong {
		if done[[2]string{t.what, t.code}] {
			continue
		}
		done[[2]string{t.what, t.code}] = true
		below, ok := w.word(t.what, t.code, t.on, t.no-1)
		w.facts = append(w.facts, told{t.what, t.code, t.on, no, below.value, !ok || below.retracts})
		if f.Withdrawn {
			continue
		}
		right := t.value
		switch t.what {
		case toldName:
			right = cmp.Or(f.Name, right)
		case toldCoveredBy:
			right = cmp.Or(string(f.Covering), right)
		}
		w.facts = append(w.facts, told{t.what, t.code, cmp.Or(f.EffectiveOn, t.on), no, right, false})
	}
}

// word returns the last word on a fact of one date, as known.
func (w *world) word(what, code string, on domain.Date, known domain.EventNo) (last told, ok bool) {
	for _, t := range w.facts {
		if t.what == what && t.code == code && t.on == on && t.no <= known {
			last, ok = t, true
		}
	}
	return last, ok
}

// at returns what is so at a point: the last word on the greatest date up to it that was not taken back.
func (w *world) at(what, code string, a domain.AsOf) string { return w.inForce(what, code, a).value }

func (w *world) inForce(what, code string, a domain.AsOf) told {
	var best told
	for _, t := range w.facts {
		if t.what != what || t.code != code || t.on > a.On || t.no > a.Known || t.on < best.on {
			continue
		}
		if last, _ := w.word(what, code, t.on, a.Known); !last.retracts {
			best = last
		}
	}
	return best
}

// hasEnded tells whether a body was open and is not any more.
func (w *world) hasEnded(code domain.OrganisationCode, a domain.AsOf) bool {
	last := w.inForce(toldOpen, string(code), a)
	return last.on != 0 && last.value != yes
}

// codes are those of bodies (open) or of footprints (exists) that are known, sorted.
func (w *world) codes(what string, known domain.EventNo) []string {
	var codes []string
	for _, t := range w.facts {
		if t.what == what && t.no <= known {
			codes = append(codes, t.code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func (w *world) established(code domain.OrganisationCode, known domain.EventNo) (body domain.OrganisationEstablished, ok bool) {
	for _, e := range w.events {
		if f, is := e.Fact.(domain.OrganisationEstablished); is && f.Code == code && e.No <= known {
			body, ok = f, true
		}
	}
	return body, ok
}

// above are a body and those that it belongs to, from the bottom up.
func (w *world) above(code domain.OrganisationCode, a domain.AsOf) []domain.OrganisationCode {
	chain := []domain.OrganisationCode{code}
	for {
		code = domain.OrganisationCode(w.at(toldParent, string(code), a))
		if code == "" || slices.Contains(chain, code) {
			return chain
		}
		chain = append(chain, code)
	}
}

// aboveOf returns the first of a tier among a body and those that it belongs to, "" for none.
func (w *world) aboveOf(tier domain.Tier, code domain.OrganisationCode, a domain.AsOf) domain.OrganisationCode {
	for _, above := range w.above(code, a) {
		if body, ok := w.established(above, a.Known); ok && body.Tier == tier {
			return above
		}
	}
	return ""
}

// person is the person in law behind a body, "" for none.
func (w *world) person(code domain.OrganisationCode, a domain.AsOf) domain.OrganisationCode {
	for range 20 {
		if body, ok := w.established(code, a.Known); !ok || body.LegalPerson {
			return unlessNot(ok, code)
		}
		code = domain.OrganisationCode(w.at(toldLegalParent, string(code), a))
	}
	return ""
}

func unlessNot[S ~string](so bool, text S) S {
	if so {
		return text
	}
	return ""
}

// details are what a function is, as known.
func (w *world) details(code domain.FunctionCode, known domain.EventNo) domain.FunctionDetails {
	var details domain.FunctionDetails
	for _, e := range w.events {
		switch f := e.Fact.(type) {
		case domain.FunctionDefined:
			if f.Code == code && e.No <= known {
				details = f.Details
			}
		case domain.FunctionRevised:
			if f.Code == code && e.No <= known {
				details = f.Details
			}
		}
	}
	return details
}

// at which body what is found in a footprint is found: the one that covers it, or whose own operation it is.
func (w *world) coveredBy(footprint domain.FootprintCode, a domain.AsOf) domain.OrganisationCode {
	if slices.Contains(w.codes(toldExists, a.Known), string(footprint)) {
		return domain.OrganisationCode(w.at(toldCoveredBy, string(footprint), a))
	}
	return domain.OrganisationCode(footprint)
}

// expanded are the footprints of a function that a code stands for.
func (w *world) expanded(function domain.FunctionCode, code string, a domain.AsOf) []domain.FootprintCode {
	details := w.details(function, a.Known)
	own := details.FootprintKind == domain.KindOwnOperation
	if details.Name == "" {
		return nil // not known yet
	}
	if slices.Contains(w.codes(toldExists, a.Known), code) {
		if own {
			return nil
		}
		return []domain.FootprintCode{domain.FootprintCode(code)}
	}
	asked, _ := w.established(domain.OrganisationCode(code), a.Known)
	if own && slices.Contains(details.OwnOperationOf, asked.Tier) {
		return []domain.FootprintCode{domain.FootprintCode(code)}
	}
	everywhere := code == domain.England || asked.Tier == domain.TierNational
	what := toldExists
	if own {
		what = toldOpen
	}
	var footprints []domain.FootprintCode
	for _, each := range w.codes(what, a.Known) {
		body, _ := w.established(domain.OrganisationCode(each), a.Known)
		by := w.coveredBy(domain.FootprintCode(each), a)
		if w.at(what, each, a) != yes || own && !slices.Contains(details.OwnOperationOf, body.Tier) {
			continue
		}
		if everywhere || by != "" && slices.Contains(w.above(by, a), domain.OrganisationCode(code)) {
			footprints = append(footprints, domain.FootprintCode(each))
		}
	}
	return footprints
}
