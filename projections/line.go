package projections

import (
	"sort"

	"github.com/remit-register/remit/domain"
)

// blockSize is the most points that a block holds. It bounds what an insertion moves and what a lookup scans.
const blockSize = 512

// point is one recorded change of a line: from date from the line has a value, as the register knew it from event no
// until before event end, when something else was recorded for the same date.
//
// A retraction closes the point that it takes back and is itself known during no event at all; it is kept for the
// history.
type point struct {
	from  domain.Date
	value valueID
	no    domain.EventNo
	end   domain.EventNo
}

func (p *point) isKnown(known domain.EventNo) bool { return p.no <= known && known < p.end }

// line is the dated history of one remit, or of one body's part in a concurrent remit: its points in the order of date
// and event. It answers as domain.Timeline does, in a time that hardly grows with the number of its points.
type line struct {
	slot   domain.OrganisationCode
	blocks []block
}

// block is a stretch of a line's points. No point of it is known at an event before minNo, or from maxEnd on.
type block struct {
	first  domain.Date
	minNo  domain.EventNo
	maxEnd domain.EventNo
	points []point
}

func (b *block) mayKnow(known domain.EventNo) bool { return b.minNo <= known && known < b.maxEnd }

// upper returns the number of points of the block up to and including a date.
func (b *block) upper(on domain.Date) int {
	low, high := 0, len(b.points)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if b.points[middle].from <= on {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// summarise works out first, minNo and maxEnd after a change.
func (b *block) summarise() {
	b.first, b.minNo, b.maxEnd = b.points[0].from, domain.Latest, 0
	for i := range b.points {
		p := &b.points[i]
		if p.no < p.end {
			b.minNo, b.maxEnd = min(b.minNo, p.no), max(b.maxEnd, p.end)
		}
	}
}

// find returns the block in which a date lies: the last that begins on or before it, -1 when none does.
func (l *line) find(on domain.Date) int {
	if len(l.blocks) == 1 {
		if l.blocks[0].first <= on {
			return 0
		}
		return -1
	}
	return sort.Search(len(l.blocks), func(i int) bool { return l.blocks[i].first > on }) - 1
}

// at returns the point in force on a date as known, or nil.
func (l *line) at(on domain.Date, known domain.EventNo) *point {
	for i := l.find(on); i >= 0; i-- {
		b := &l.blocks[i]
		if !b.mayKnow(known) {
			continue
		}
		for j := b.upper(on) - 1; j >= 0; j-- {
			if b.points[j].isKnown(known) {
				return &b.points[j]
			}
		}
	}
	return nil
}

// next returns the first point in force after a date as known, or nil.
func (l *line) next(on domain.Date, known domain.EventNo) *point {
	for i := max(l.find(on), 0); i < len(l.blocks); i++ {
		b := &l.blocks[i]
		if !b.mayKnow(known) {
			continue
		}
		for j := b.upper(on); j < len(b.points); j++ {
			if b.points[j].isKnown(known) {
				return &b.points[j]
			}
		}
	}
	return nil
}

// each calls yield with every point recorded, in the order of date and event, and with the event that took its place
// on its date: domain.Latest for none.
func (l *line) each(yield func(p point, replaced domain.EventNo) bool) {
	var previous point
	started := false
	for i := range l.blocks {
		for _, p := range l.blocks[i].points {
			if started && !yield(previous, replacedBy(previous, p)) {
				return
			}
			previous, started = p, true
		}
	}
	if started {
		yield(previous, domain.Latest)
	}
}

func replacedBy(p, next point) domain.EventNo {
	if next.from == p.from {
		return next.no
	}
	return domain.Latest
}

// add records a change. Events come in the order of their numbers, so among the points of one date the new one is the
// last.
func (l *line) add(from domain.Date, no domain.EventNo, value valueID) {
	p := point{from: from, value: value, no: no, end: domain.Latest}
	if value == retracted {
		p.end = no
	}
	if len(l.blocks) == 0 {
		l.blocks = []block{newBlock(p)}
		return
	}
	i := max(l.find(from), 0)
	at := l.blocks[i].upper(from)
	l.close(i, at, from, no)
	l.insert(i, at, p)
}

func newBlock(points ...point) block {
	b := block{points: points}
	b.summarise()
	return b
}

// close ends the knowledge of the point before position at of block i, when it is of the same date.
func (l *line) close(i, at int, from domain.Date, no domain.EventNo) {
	if at == 0 {
		return
	}
	b := &l.blocks[i]
	before := &b.points[at-1]
	if before.from == from && before.end == domain.Latest {
		before.end = no
		b.summarise()
	}
}

func (l *line) insert(i, at int, p point) {
	b := &l.blocks[i]
	if len(b.points) < blockSize {
		b.points = append(b.points, point{})
		copy(b.points[at+1:], b.points[at:])
		b.points[at] = p
		b.first = b.points[0].from
		if p.no < p.end {
			b.minNo, b.maxEnd = min(b.minNo, p.no), max(b.maxEnd, p.end)
		}
		return
	}
	if at == blockSize {
		// Most lines grow at their end: full blocks stay full.
		l.insertBlock(i+1, newBlock(p))
		return
	}
	l.insertBlock(i+1, newBlock(append([]point(nil), b.points[blockSize/2:]...)...))
	b = &l.blocks[i]
	b.points = append([]point(nil), b.points[:blockSize/2]...)
	b.summarise()
	if at > blockSize/2 {
		i, at = i+1, at-blockSize/2
	}
	l.insert(i, at, p)
}

func (l *line) insertBlock(i int, b block) {
	l.blocks = append(l.blocks, block{})
	copy(l.blocks[i+1:], l.blocks[i:])
	l.blocks[i] = b
}
