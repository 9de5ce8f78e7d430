package domain

import (
	"cmp"
	"slices"
	"strings"
)

// Instrument is what the register knows of a legal instrument.
type Instrument struct {
	Code    InstrumentCode
	Details InstrumentDetails
	// DiscardedOn is the date from which it has no force, zero while it stands.
	DiscardedOn Date
	ReplacedBy  InstrumentCode
	Revision    uint64
}

// InForce tells whether the instrument is in force for a footprint on a date: it has commenced there by then, and has
// not been discarded.
func (i Instrument) InForce(footprint FootprintCode, on Date) bool {
	if i.Details.Status == InstrumentStatusSpent || i.DiscardedOn != 0 && on >= i.DiscardedOn {
		return false
	}
	return slices.ContainsFunc(i.Details.Commencements, func(c Commencement) bool {
		return c.On != 0 && c.On <= on && (len(c.Footprints) == 0 || slices.Contains(c.Footprints, footprint))
	})
}

// Status returns where the instrument stands on a date.
func (i Instrument) Status(on Date) InstrumentStatus {
	if i.DiscardedOn != 0 && on >= i.DiscardedOn {
		return InstrumentStatusDiscarded
	}
	commenced := slices.ContainsFunc(i.Details.Commencements, func(c Commencement) bool { return c.On != 0 && c.On <= on })
	if commenced && i.Details.Status != InstrumentStatusSpent {
		return InstrumentStatusInForce
	}
	if i.Details.Status == InstrumentStatusInForce {
		return InstrumentStatusMade
	}
	return i.Details.Status
}

// MayCarry tells whether the power may be used for a route.
func (i Instrument) MayCarry(kind TransferKind) bool {
	return slices.Contains(i.Details.MayCarry, kind)
}

// Excludes returns the first exclusion that forbids the power to carry a function of body with the given legal basis.
func (i Instrument) Excludes(body OrganisationCode, basis []LegalBasis) (Exclusion, bool) {
	for _, exclusion := range i.Details.Exclusions {
		if exclusion.Body != "" && exclusion.Body != body {
			continue
		}
		for _, b := range basis {
			if sameSection(b.Section, exclusion.Section) {
				return exclusion, true
			}
		}
	}
	return Exclusion{}, false
}

// Instruments is the register of legal instruments.
type Instruments struct {
	byCode table[InstrumentCode, Versions[Instrument]]
}

// NewInstruments returns an empty register of instruments.
func NewInstruments() *Instruments {
	i := &Instruments{}
	i.init(nil)
	return i
}

func (i *Instruments) init(undo *undoLog) { i.byCode.init(undo) }

// Apply folds an event and tells whether it was about an instrument.
func (i *Instruments) Apply(e *Event) bool {
	switch f := e.Fact.(type) {
	case InstrumentRegistered:
		i.change(e.No, f.Code, func(in *Instrument) { in.Details = f.Details })
	case InstrumentCommenced:
		i.change(e.No, f.Code, func(in *Instrument) {
			in.Details.Commencements = appended(in.Details.Commencements, f.Commencement)
		})
	case InstrumentDiscarded:
		i.change(e.No, f.Code, func(in *Instrument) { in.DiscardedOn, in.ReplacedBy = f.EffectiveOn, f.ReplacedBy })
	default:
		return false
	}
	return true
}

func (i *Instruments) change(no EventNo, code InstrumentCode, do func(*Instrument)) {
	in, _ := i.byCode.m[code].Latest()
	in.Code = code
	in.Revision++
	do(&in)
	i.byCode.set(code, i.byCode.m[code].With(no, in))
}

// Get returns an instrument as known.
func (i *Instruments) Get(code InstrumentCode, known EventNo) (Instrument, bool) {
	return i.byCode.m[code].At(known)
}

// All returns all instruments as known, by code.
func (i *Instruments) All(known EventNo) []Instrument {
	return sortedVersions(i.byCode, known, func(a, b Instrument) int { return cmp.Compare(a.Code, b.Code) })
}

// sameSection compares two citations of a section: "s.14Z25", "section 14Z25" and "14Z25(2)" are the same section.
func sameSection(a, b string) bool {
	return a != "" && sectionNumber(a) == sectionNumber(b)
}

func sectionNumber(citation string) string {
	s := strings.ToLower(strings.ReplaceAll(citation, " ", ""))
	for _, prefix := range []string{"section", "sect.", "s."} {
		s = strings.TrimPrefix(s, prefix)
	}
	number, _, _ := strings.Cut(s, "(")
	return number
}
