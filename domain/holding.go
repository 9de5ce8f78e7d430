package domain

import (
	"cmp"
	"slices"
)

// Remit is the unit of consistency: one role in one function (or part) for one footprint.
type Remit struct {
	Subject   Subject
	Footprint FootprintCode
	Role      Role
}

// Holding says that an organisation holds a remit, and by virtue of what.
type Holding struct {
	// Holder is a legal person for the roles that need one. It is "" when Undetermined.
	Holder OrganisationCode
	// ActingThrough is the body that acts for the holder, "" when it acts itself.
	ActingThrough OrganisationCode
	// AccountableTo is the body to which the holder answers, where it is recorded.
	AccountableTo OrganisationCode
	// HeldThrough is the committee or post through which the body holds it, where it is recorded.
	HeldThrough string
	Instrument  InstrumentCode
	// Arrangement is the delegation, direction or joint exercise under which it is held, if any.
	Arrangement ArrangementID
	Confidence  Confidence
	// Source cites the publication or decision that says so.
	Source string
	// Undetermined says that somebody holds it, but the record does not know who.
	Undetermined bool
}

// Named is the body as a person would name it: the one that acts, or else the holder.
func (h Holding) Named() OrganisationCode { return cmp.Or(h.ActingThrough, h.Holder) }

// IsHeldBy tells whether the body named holds it, itself or through its legal parent.
func (h Holding) IsHeldBy(named OrganisationCode) bool {
	return named != "" && (h.Holder == named || h.ActingThrough == named)
}

// HoldingChange is a set: every combination of its subjects, footprints and roles changes in the same way on its date.
//
// A sole or joint remit has one line of changes: each change replaces what was there. A concurrent remit has one line
// for each body that ever held it; Slot names the body whose line changes.
type HoldingChange struct {
	On         Date
	Subjects   []Subject
	Footprints []FootprintCode
	Roles      []Role
	Slot       OrganisationCode
	// Holdings are the holders from On: none when it ends, several together when the remit is joint.
	Holdings []Holding
	// TakenFrom is the body that held it before On, "" for nobody. Where Relies is set the change rests on that: a late
	// fact that would make it untrue is refused.
	TakenFrom OrganisationCode
	Relies    bool
	// Retracts takes back what was recorded for On: a correction.
	Retracts bool
}

// Remits calls yield with each remit that the change covers, until yield returns false.
func (c HoldingChange) Remits(yield func(Remit) bool) {
	for _, subject := range c.Subjects {
		for _, footprint := range c.Footprints {
			for _, role := range c.Roles {
				if !yield(Remit{subject, footprint, role}) {
					return
				}
			}
		}
	}
}

// LineValue is what a change point puts on a line. Points that say the same share one: it is never changed.
type LineValue struct {
	Holdings  []Holding
	TakenFrom OrganisationCode
	Relies    bool
}

// Line is the dated history of one remit, or of one body's part in a concurrent remit.
type Line struct {
	Slot OrganisationCode
	// Points are what stands as known now: on each date that counts the point recorded last, and the one before it on
	// the same date. However often a line was corrected, there are no more of them than it has dates.
	Points Timeline[*LineValue]
	// gone are the points that no longer stand, the last one that went first. newest is the last event of all.
	gone   *gonePoint
	newest EventNo
}

// gonePoint is a point of a line that took its place, or that was taken back, and those that went before it.
type gonePoint struct {
	Point[*LineValue]
	before *gonePoint
}

// with returns the line with a point added; l stays as it is.
func (l Line) with(p Point[*LineValue]) Line {
	points := l.Points.With(p)
	l.newest = max(l.newest, p.No)
	end := points.upTo(p.From)
	start := end
	for start > 0 && points[start-1].From == p.From {
		start--
	}
	const stand = 2
	stays := max(start, end-stand)
	if points[end-1].Retracted {
		stays = end
	}
	for _, q := range points[start:stays] {
		l.gone = &gonePoint{q, l.gone}
	}
	l.Points = slices.Delete(points, start, stays)
	return l
}

// Recorded returns every point that was ever recorded on the line.
func (l Line) Recorded() Timeline[*LineValue] {
	var all Timeline[*LineValue]
	for g := l.gone; g != nil; g = g.before {
		all = append(all, g.Point)
	}
	// Of several points of one event on one date those that went are the earlier ones.
	slices.Reverse(all)
	all = append(all, l.Points...)
	slices.SortStableFunc(all, func(a, b Point[*LineValue]) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.No, b.No))
	})
	return all
}

// at returns the point in force, or false when none is.
func (l Line) at(a AsOf) (Point[*LineValue], bool) {
	if a.Known >= l.newest {
		return l.Points.At(a)
	}
	return l.Recorded().At(a)
}

// Held is a holding in force, since when and by virtue of which event.
type Held struct {
	Remit Remit
	Holding
	From  Date
	Event EventNo
}

// Holdings is who holds what, on both clocks.
type Holdings struct {
	lines  table[Remit, []Line]
	values table[lineKey, *LineValue]
}

// lineKey is what tells apart the values of lines that nobody holds, or one body.
type lineKey struct {
	held    bool
	holding Holding
	from    OrganisationCode
	relies  bool
}

func (h *Holdings) init(undo *undoLog) {
	h.lines.init(undo)
	h.values.init(undo)
}

// value returns what a change puts on lines. Millions of points share a few thousand values, so that they take little
// memory; those of several bodies are rare, and not shared.
func (h *Holdings) value(change *HoldingChange) *LineValue {
	key := lineKey{from: change.TakenFrom, relies: change.Relies}
	switch len(change.Holdings) {
	case 0:
	case 1:
		key.held, key.holding = true, change.Holdings[0]
	default:
		return &LineValue{Holdings: change.Holdings, TakenFrom: change.TakenFrom, Relies: change.Relies}
	}
	shared, ok := h.values.m[key]
	if !ok {
		shared = &LineValue{Holdings: change.Holdings, TakenFrom: change.TakenFrom, Relies: change.Relies}
		h.values.set(key, shared)
	}
	return shared
}

// Apply folds the changes of one event.
func (h *Holdings) Apply(no EventNo, changes []HoldingChange) {
	h.apply(no, changes, func(Date) bool { return false })
}

// corrected folds a correction, which may only restore what was there before on some dates.
func (h *Holdings) corrected(no EventNo, f Corrected) { h.apply(no, f.Changes, f.TakesBack) }

func (h *Holdings) apply(no EventNo, changes []HoldingChange, restores func(Date) bool) {
	for i := range changes {
		change := &changes[i]
		point := Point[*LineValue]{
			From: change.On, No: no, Retracted: change.Retracts, Restores: restores(change.On), Value: h.value(change),
		}
		for remit := range change.Remits {
			h.lines.set(remit, withPoint(h.lines.m[remit], change.Slot, point))
		}
	}
}

func withPoint(lines []Line, slot OrganisationCode, p Point[*LineValue]) []Line {
	next := slices.Clone(lines)
	for i := range next {
		if next[i].Slot == slot {
			next[i] = next[i].with(p)
			return next
		}
	}
	next = append(next, Line{Slot: slot}.with(p))
	slices.SortFunc(next, func(a, b Line) int { return cmp.Compare(a.Slot, b.Slot) })
	return next
}

// Lines returns the lines of a remit; they are not to be changed.
func (h *Holdings) Lines(r Remit) []Line { return h.lines.m[r] }

// At returns who holds the remit, in the order of the bodies' codes.
func (h *Holdings) At(r Remit, a AsOf) []Held { return HeldIn(r, h.lines.m[r], a) }

// HeldIn returns who holds the remit r whose lines are given.
func HeldIn(r Remit, lines []Line, a AsOf) []Held {
	var held []Held
	for _, line := range lines {
		p, ok := line.at(a)
		if !ok {
			continue
		}
		for _, holding := range p.Value.Holdings {
			held = append(held, Held{Remit: r, Holding: holding, From: p.From, Event: p.No})
		}
	}
	return held
}

// Remits returns every remit of which anything was ever recorded, sorted.
func (h *Holdings) Remits() []Remit { return slices.SortedFunc(h.lines.keys(), CompareRemits) }

// CompareRemits orders remits by function, part, footprint and role.
func CompareRemits(a, b Remit) int {
	return cmp.Or(
		cmp.Compare(a.Subject.Function, b.Subject.Function),
		cmp.Compare(a.Subject.Part, b.Subject.Part),
		cmp.Compare(a.Footprint, b.Footprint),
		cmp.Compare(slices.Index(Roles(), a.Role), slices.Index(Roles(), b.Role)),
	)
}

// Of returns the remits about a subject, sorted.
func (h *Holdings) Of(subject Subject) []Remit {
	var remits []Remit
	for remit := range h.lines.keys() {
		if remit.Subject == subject {
			remits = append(remits, remit)
		}
	}
	slices.SortFunc(remits, CompareRemits)
	return remits
}
