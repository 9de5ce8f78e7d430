package domain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// checkLaterFacts refuses changes that would make a later recorded change untrue: one that takes the remit from a body
// that would then no longer hold it (CONTRADICTS_LATER_FACT names them).
func (d *decision) checkLaterFacts(changes []HoldingChange) {
	var events []string
	var remits []string
	for _, change := range changes {
		d.checkOutlived(change)
		for remit := range change.Remits {
			if later, ok := d.contradicted(remit, change); ok {
				events = append(events, strconv.FormatUint(uint64(later.No), 10))
				remits = append(remits, fmt.Sprintf("%s of %s in %s from %s", remit.Role, remit.Subject, remit.Footprint, later.From))
			}
		}
	}
	if len(events) == 0 {
		return
	}
	slices.Sort(events)
	events = slices.Compact(events)
	d.refuse(ContradictsLaterFact,
		fmt.Sprintf("Later recorded changes rest on who held the remits before: %s.", firstFew(remits)),
		"Correct the later facts first, or choose another date.", "events", strings.Join(events, ","))
}

// checkOutlived refuses a late holding that nothing ends although its body, its footprint or the undivided function
// ended since.
func (d *decision) checkOutlived(change HoldingChange) {
	bodyEnd := d.firstEnd(change)
	for remit := range change.Remits {
		end, what := bodyEnd, "the holder"
		if e := d.footprintEnd(remit.Footprint, change.On); e != 0 && (end == 0 || e < end) {
			end, what = e, "the footprint"
		}
		if e := d.divisionAfter(remit.Subject, change.On); e != 0 && (end == 0 || e < end) {
			end, what = e, "the undivided function"
		}
		if end == 0 || len(change.Holdings) == 0 || d.changesBy(remit, change, end) {
			continue
		}
		d.refuse(ContradictsLaterFact,
			fmt.Sprintf("%s of %s in %s would go on after %s ended on %s.", remit.Role, remit.Subject, remit.Footprint, what, end),
			"Record first who holds it from that date.", "footprint", string(remit.Footprint), "on", end.String())
	}
}

// firstEnd returns the first date after a change on which one of its holders, or the body that acts, closes.
func (d *decision) firstEnd(change HoldingChange) Date {
	var first Date
	for _, h := range change.Holdings {
		for _, code := range []OrganisationCode{h.Holder, h.ActingThrough} {
			if end := d.bodyEnd(code, change.On); end != 0 && (first == 0 || end < first) {
				first = end
			}
		}
	}
	return first
}

func (d *decision) bodyEnd(code OrganisationCode, after Date) Date {
	body, ok := d.s.Organisations.Body(code, Latest)
	if !ok {
		return 0
	}
	return closing(body.Open, after)
}

func (d *decision) footprintEnd(code FootprintCode, after Date) Date {
	if fp, ok := d.s.Organisations.Footprint(code, Latest); ok {
		return closing(fp.Open, after)
	}
	return d.bodyEnd(OrganisationCode(code), after)
}

func (d *decision) divisionAfter(s Subject, after Date) Date {
	fn, _ := d.s.Functions.Get(s.Function, Latest)
	if p, ok := fn.Divisions.Next(Now(after)); ok && s.Part == "" {
		return p.From
	}
	return 0
}

func closing(open Timeline[bool], after Date) Date {
	if p, ok := open.Next(Now(after)); ok && !p.Value {
		return p.From
	}
	return 0
}

// changesBy tells whether the line has a recorded change after the one given, up to a date.
func (d *decision) changesBy(r Remit, change HoldingChange, end Date) bool {
	for _, line := range d.s.Holdings.Lines(r) {
		if p, ok := line.Points.Next(Now(change.On)); ok && line.Slot == change.Slot && p.From <= end {
			return true
		}
	}
	return false
}

func (d *decision) contradicted(r Remit, change HoldingChange) (Point[*LineValue], bool) {
	for _, line := range d.s.Holdings.Lines(r) {
		if line.Slot != change.Slot {
			continue
		}
		next, ok := line.Points.Next(Now(change.On))
		if !ok || !next.Value.Relies {
			return next, false
		}
		if next.Value.TakenFrom == "" {
			return next, len(change.Holdings) > 0
		}
		stillHeld := slices.ContainsFunc(change.Holdings, func(h Holding) bool { return h.Holder == next.Value.TakenFrom })
		return next, !stillHeld
	}
	return Point[*LineValue]{}, false
}

// checkNoneLater refuses when any of the remits is held, after the date, in a way that would then no longer make sense.
func (d *decision) checkNoneLater(remits []Remit, on Date, senseless func(Holding) bool) {
	var events, what []string
	for _, remit := range remits {
		for _, line := range d.s.Holdings.Lines(remit) {
			for _, p := range line.Points.Known(Latest) {
				if p.From > on && slices.ContainsFunc(p.Value.Holdings, senseless) {
					events = append(events, strconv.FormatUint(uint64(p.No), 10))
					what = append(what, fmt.Sprintf("%s of %s in %s from %s", remit.Role, remit.Subject, remit.Footprint, p.From))
				}
			}
		}
	}
	if len(events) > 0 {
		slices.Sort(events)
		d.refuse(ContradictsLaterFact, fmt.Sprintf("Later recorded changes would no longer make sense: %s.", firstFew(what)),
			"Correct the later facts first, or choose another date.", "events", strings.Join(slices.Compact(events), ","))
	}
}
