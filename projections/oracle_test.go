package projections_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// recorded is one remit's share of a holding change, as the oracle remembers it.
type recorded struct {
	remit    domain.Remit
	slot     domain.OrganisationCode
	on       domain.Date
	no       domain.EventNo
	holdings []domain.Holding
	retracts bool
}

// oracle is the naive model of the map: a list of everything that was ever recorded. It answers by going through it.
type oracle []recorded

func oracleOf(events []domain.Event) oracle {
	var o oracle
	for _, e := range events {
		for _, c := range domain.ChangesOf(e.Fact) {
			for remit := range c.Remits {
				o = append(o, recorded{remit, c.Slot, c.On, e.No, c.Holdings, c.Retracts})
			}
		}
	}
	return o
}

type lineKey struct {
	remit domain.Remit
	slot  domain.OrganisationCode
}

func compareLines(a, b lineKey) int {
	return cmp.Or(domain.CompareRemits(a.remit, b.remit), cmp.Compare(a.slot, b.slot))
}

// lines lists the lines of which anything was ever recorded, in the order of the map.
func (o oracle) lines() []lineKey {
	lines := map[lineKey]bool{}
	for _, r := range o {
		lines[lineKey{r.remit, r.slot}] = true
	}
	return slices.SortedFunc(maps.Keys(lines), compareLines)
}

// dates returns what is known of each date of a line: what was recorded last, unless that takes it back.
func (o oracle) dates(l lineKey, known domain.EventNo) map[domain.Date]recorded {
	dates := map[domain.Date]recorded{}
	for _, r := range o {
		if r.remit == l.remit && r.slot == l.slot && r.no <= known {
			dates[r.on] = r
		}
	}
	maps.DeleteFunc(dates, func(_ domain.Date, r recorded) bool { return r.retracts })
	return dates
}

// at returns what is in force on a line, and the date of the next change, zero for none.
func (o oracle) at(l lineKey, a domain.AsOf) (in recorded, to domain.Date, ok bool) {
	for on, r := range o.dates(l, a.Known) {
		if on <= a.On && (!ok || on > in.on) {
			in, ok = r, true
		}
		if on > a.On && (to == 0 || on < to) {
			to = on
		}
	}
	return in, to, ok
}

func (o oracle) holdings(l lineKey, on domain.Date, known domain.EventNo) []domain.Holding {
	in, _, _ := o.at(l, domain.AsOf{On: on, Known: known})
	return in.holdings
}

// entries returns the map without SameLegalPerson, filtered by remit.
func (o oracle) entries(a domain.AsOf, lets func(domain.Remit) bool) []projections.Entry {
	var entries []projections.Entry
	for _, l := range o.lines() {
		if !lets(l.remit) {
			continue
		}
		in, to, _ := o.at(l, a)
		for _, h := range in.holdings {
			held := domain.Held{Remit: l.remit, Holding: h, From: in.on, Event: in.no}
			entries = append(entries, projections.Entry{Held: held, To: to})
		}
	}
	return entries
}

// differences returns the remits whose holders differ, with the holders before and after as text.
func (o oracle) differences(from, to domain.AsOf) map[domain.Remit][2]string {
	everywhere := func(domain.Remit) bool { return true }
	before, after := o.entries(from, everywhere), o.entries(to, everywhere)
	differences := map[domain.Remit][2]string{}
	for _, l := range o.lines() {
		x, y := holderText(before, l.remit), holderText(after, l.remit)
		if x != y {
			differences[l.remit] = [2]string{x, y}
		}
	}
	return differences
}

// holderText says who holds a remit, without by virtue of what.
func holderText(entries []projections.Entry, r domain.Remit) string {
	var holders []string
	for _, e := range entries {
		if e.Remit == r {
			holders = append(holders, fmt.Sprintf("%s/%s/%s/%s/%v ", e.Holder, e.ActingThrough, e.AccountableTo, e.HeldThrough, e.Undetermined))
		}
	}
	slices.Sort(holders)
	return fmt.Sprint(holders)
}

// history returns the changes of a line as known.
func (o oracle) history(l lineKey, known domain.EventNo) []projections.Change {
	var changes []projections.Change
	for i, r := range o {
		if r.remit != l.remit || r.slot != l.slot || r.no > known {
			continue
		}
		c := projections.Change{
			Remit: l.remit, Slot: l.slot, EffectiveOn: r.on, Event: r.no, Retraction: r.retracts, After: r.holdings,
		}
		for _, later := range o[i+1:] {
			if later.remit == r.remit && later.slot == r.slot && later.on == r.on && later.no <= known && c.SupersededBy == 0 {
				c.SupersededBy = later.no
			}
		}
		if c.SupersededBy == r.no {
			continue
		}
		then := known
		if c.SupersededBy != 0 {
			then = r.no
		}
		c.Before = o.holdings(l, r.on-1, then)
		if r.retracts {
			c.Before, c.After = o.holdings(l, r.on, r.no-1), o.holdings(l, r.on, then)
		}
		changes = append(changes, c)
	}
	return changes
}
