package projections

import (
	"cmp"
	"slices"
	"sort"

	"github.com/remit-register/remit/domain"
)

// point is one recorded change of a line: from date from the line has a value, says event no. Of the points of one
// date the last that is recorded at a position counts there; if that is a retraction, nothing is known of the date.
type point struct {
	from  domain.Date
	value valueID
	no    domain.EventNo
}

// line is the dated history of one remit, or of one body's part in a concurrent remit. It answers as domain.Timeline
// does.
//
// Its points are kept by epochs: stretches of the log. What is known at a position is found in the epoch of that
// position alone, which begins with a copy of every point that counted at its start. A new epoch begins when the
// current one has had as many changes as it has points that count, and some hundred at least: so copies never take
// more room than the changes themselves, and a lookup passes over few points that do not count, however often the line
// was corrected.
type line struct {
	// dated are the points of the current epoch.
	dated
	// past has the epochs before, nil for none: few lines have any.
	past *pastEpochs
	slot domain.OrganisationCode
	// last is the newest event.
	last domain.EventNo
	// changes counts the changes of the current epoch, counting the points that count at its end.
	changes, counting int32
	// role is the place of the line's role in the order of domain.Roles.
	role int8
}

// pastEpochs are the epochs before the current one, which begins with event start.
type pastEpochs struct {
	start  domain.EventNo
	epochs []epoch
}

// epoch is what a line knows from event start on, until the next epoch starts.
type epoch struct {
	start domain.EventNo
	dated
}

// epochAt returns the points of the epoch in which a position lies.
func (l *line) epochAt(known domain.EventNo) *dated {
	if l.past == nil || known >= l.past.start {
		return &l.dated
	}
	// The first epoch starts at 0.
	epochs := l.past.epochs
	return &epochs[sort.Search(len(epochs), func(i int) bool { return epochs[i].start > known })-1].dated
}

// lastKnown returns the index of the last point before end that counts at a position, -1 for none. End lies between
// two dates.
func lastKnown(points []point, end int, known domain.EventNo) int {
	for i := end - 1; i >= 0; i-- {
		if points[i].no > known {
			continue
		}
		if points[i].value != retracted {
			return i
		}
		for i > 0 && points[i-1].from == points[i].from {
			i--
		}
	}
	return -1
}

// firstKnown returns the index of the point from start on that counts at a position on the first date that has one,
// -1 for none. Start lies between two dates.
func firstKnown(points []point, start int, known domain.EventNo) int {
	found := -1
	for i := start; i < len(points); i++ {
		if points[i].no <= known {
			found = i
		}
		if i+1 < len(points) && points[i+1].from == points[i].from {
			continue
		}
		if found >= 0 && points[found].value != retracted {
			return found
		}
		found = -1
	}
	return -1
}

// at returns the point in force on a date as known, or nil.
func (l *line) at(on domain.Date, known domain.EventNo) *point {
	d := l.epochAt(known)
	if i := lastKnown(d.points, d.upper(on), known); i >= 0 {
		return &d.points[i]
	}
	return nil
}

// next returns the first point in force after a date as known, or nil.
func (l *line) next(on domain.Date, known domain.EventNo) *point {
	d := l.epochAt(known)
	if i := firstKnown(d.points, d.upper(on), known); i >= 0 {
		return &d.points[i]
	}
	return nil
}

// span returns the point in force as known, or nil, and the date of the next one, zero for none. Of the points of the
// epoch in which known lies, those before end are of dates up to the one that is asked for.
func span(points []point, end int, known domain.EventNo) (in *point, to domain.Date) {
	i := lastKnown(points, end, known)
	if i < 0 {
		return nil, 0
	}
	if next := firstKnown(points, end, known); next >= 0 {
		to = points[next].from
	}
	return &points[i], to
}

// replacedBy returns the event that recorded something else for the date of a point, domain.Latest for none.
func (l *line) replacedBy(p point) domain.EventNo {
	if l.past != nil {
		for i := range l.past.epochs {
			if no := l.past.epochs[i].replacedBy(p); no != domain.Latest {
				return no
			}
		}
	}
	return l.dated.replacedBy(p)
}

// epochs returns all epochs in order.
func (l *line) epochs() []epoch {
	if l.past == nil {
		return []epoch{{dated: l.dated}}
	}
	return append(slices.Clip(l.past.epochs), epoch{l.past.start, l.dated})
}

// each calls yield with every point recorded, in the order of date and event, and with the event that took its place
// on its date: domain.Latest for none.
func (l *line) each(yield func(p point, replaced domain.EventNo) bool) {
	points := l.recorded()
	for i, p := range points {
		replaced := domain.Latest
		if i+1 < len(points) && points[i+1].from == p.from {
			replaced = points[i+1].no
		}
		if !yield(p, replaced) {
			return
		}
	}
}

// recorded returns every point once: from the epoch in which it was recorded.
func (l *line) recorded() []point {
	if l.past == nil {
		return l.points
	}
	var all []point
	for _, e := range l.epochs() {
		for _, p := range e.points {
			if p.no >= e.start {
				all = append(all, p)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b point) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.no, b.no))
	})
	return all
}

// add records a change. Events come in the order of their numbers, so among the points of one date the new one is the
// last. epochChanges is the fewest changes of an epoch: lines with fewer have only one.
func (l *line) add(p point, epochChanges int32) {
	if l.changes >= max(epochChanges, l.counting) && p.no > l.last {
		l.begin(p.no)
	}
	at := l.upper(p.from)
	if at > 0 && l.points[at-1].from == p.from && l.points[at-1].value != retracted {
		l.counting--
	}
	if p.value != retracted {
		l.counting++
	}
	l.insert(at, p)
	l.changes++
	l.last = p.no
}

// begin begins a new epoch with the points that count before event no.
func (l *line) begin(no domain.EventNo) {
	if l.past == nil {
		l.past = &pastEpochs{}
	}
	current := make([]point, 0, 2*l.counting)
	for i, p := range l.points {
		isLast := i+1 == len(l.points) || l.points[i+1].from != p.from
		if isLast && p.value != retracted {
			current = append(current, p)
		}
	}
	before := l.dated
	before.points = append([]point(nil), l.points...)
	l.past.epochs = append(l.past.epochs, epoch{l.past.start, before})
	l.past.start, l.points, l.changes = no, current, 0
	l.mark()
}
