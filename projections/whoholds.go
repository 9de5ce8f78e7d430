package projections

import (
	"cmp"
	"slices"

	"github.com/remit-register/remit/domain"
)

// HoldersQuery asks who holds a function somewhere.
type HoldersQuery struct {
	Function domain.FunctionCode
	// Part limits the answer to one part; "" for the whole function and all of its parts.
	Part domain.PartCode
	// Footprint is a footprint, a body, which stands for the footprints that it covers on the date (or for itself,
	// for a function of its own operation), or "ENG" for all.
	Footprint domain.FootprintCode
	// Role limits the answer to one role; "" for all.
	Role domain.Role
	AsOf domain.AsOf
}

// Holders answers who holds a function somewhere, and what is planned.
type Holders struct {
	AsOf domain.AsOf
	// Footprints are those that the question was about, expanded as of AsOf, sorted.
	Footprints []domain.FootprintCode
	// Holdings has one entry for each part, footprint, role and holder, sorted in this order. A remit that nobody
	// holds has none; one whose holder is not known has an entry that is Undetermined.
	Holdings []Entry
	// Planned are the transfers in flight and the announcements that concern these remits, as known, in the order of
	// their making. None of it has happened.
	Planned []Planned
}

// Planned is what one receiver is to get by a transfer in flight or by an announcement.
type Planned struct {
	TransferID domain.TransferID
	Kind       domain.TransferKind
	// State is never a finished one, except replaced: an announcement whose place another one took stays visible.
	State   domain.TransferState
	Subject domain.Subject
	Sender  domain.OrganisationCode
	// Receiver is "" where the remits end: a transfer is taken back that had resulted in them.
	Receiver domain.OrganisationCode
	// Footprints are those of the question that the receiver is to get; none when the announcement does not say.
	Footprints []domain.FootprintCode
	Roles      []domain.Role
	// EffectiveOn is the date scheduled, or else proposed or announced.
	EffectiveOn domain.Date
	Instrument  domain.InstrumentCode
	Confidence  domain.Confidence
	Source      string
	// Plan is the announcement that a transfer carries out.
	Plan domain.TransferID
	// Replaces and ReplacedBy link announcements.
	Replaces   domain.TransferID
	ReplacedBy domain.TransferID
	// SameLegalPerson says that a gateway of the transfer is decided by a body that is no person apart from a party.
	SameLegalPerson bool
}

// WhoHolds answers who holds a function somewhere. It refuses with domain.UnknownFunction or domain.UnknownFootprint,
// and with domain.InvalidArgument for a position not reached yet. A footprint of another kind than the function's has
// no holdings: kinds are never converted by guess.
func (v *Views) WhoHolds(q HoldersQuery) (Holders, error) {
	var answer Holders
	err := v.read(q.AsOf, func(a domain.AsOf) error {
		footprints, err := v.expand(q.Function, q.Footprint, a)
		if err != nil {
			return err
		}
		answer = Holders{AsOf: a, Footprints: footprints, Holdings: v.holders(q, footprints, a)}
		answer.Planned = v.planned(q, footprints, a.Known)
		return nil
	})
	return answer, err
}

// At is the shortest question: who holds one remit. It returns no entries for a remit that nobody holds, or of which
// nothing was ever recorded. It refuses with domain.InvalidArgument for a position not reached yet.
func (v *Views) At(r domain.Remit, a domain.AsOf) ([]Entry, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	a, err := v.pinAsOf(a)
	if err != nil {
		return nil, err
	}
	c, role := v.holdings.find(r.Subject, r.Footprint), roleIndex(r.Role)
	if c == nil || role < 0 {
		return nil, nil
	}
	m := matcher{views: v, asOf: a}
	m.names[role], m.roles[role] = r.Role, true
	return m.entries(nil, c), nil
}

// expand returns the footprints of a function that a code stands for; the caller holds the lock.
func (v *Views) expand(code domain.FunctionCode, at domain.FootprintCode, a domain.AsOf) ([]domain.FootprintCode, error) {
	function, ok := v.functions.Get(code, a.Known)
	if !ok {
		return nil, v.unknownFunction(code, a.Known)
	}
	footprints, ok := v.organisations.Expand(function.Details, at, a)
	if !ok {
		return nil, v.unknownFootprint(at, a.Known, "Name a footprint, an organisation or \"ENG\".")
	}
	return footprints, nil
}

func (v *Views) holders(q HoldersQuery, footprints []domain.FootprintCode, a domain.AsOf) []Entry {
	filter := Filter{}
	if q.Role != "" {
		filter.Roles = []domain.Role{q.Role}
	}
	match := v.newMatcher(filter, a)
	var entries []Entry
	for _, footprint := range footprints {
		for c := v.holdings.at(q.Function, footprint); c != nil; c = c.next {
			if q.Part == "" || q.Part == c.subject.Part {
				entries = match.entries(entries, c)
			}
		}
	}
	sortByPart(entries)
	return entries
}

// sortByPart brings entries of several footprints into the order of the map: by part before footprint.
func sortByPart(entries []Entry) {
	byPart := func(a, b Entry) int { return cmp.Compare(a.Remit.Subject.Part, b.Remit.Subject.Part) }
	if !slices.IsSortedFunc(entries, byPart) {
		slices.SortStableFunc(entries, byPart)
	}
}
