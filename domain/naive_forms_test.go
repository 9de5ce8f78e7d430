package domain_test

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections" //nolint:depguard // only here are there histories of all commands to show views
)

// forms asks views every form of question, and compares the answers with those of the naive models.
type forms struct {
	*rapid.T

	views *projections.Views
	world *world
	lines []lineOf
	// begun is the last event of the small world in which each history begins, last that of the history.
	begun, last domain.EventNo
}

// lineOf is what was recorded of one line.
type lineOf struct {
	remit    domain.Remit
	slot     domain.OrganisationCode
	versions versions
}

func newForms(t *rapid.T) forms {
	_, events := domain.RandomHistory(t)
	views := projections.New(func() time.Time { return events[len(events)-1].RecordedAt })
	if err := views.Apply(events); err != nil {
		t.Fatal(err)
	}
	list := versionsOf(events)
	x := forms{T: t, views: views, world: worldOf(events), last: events[len(events)-1].No}
	for _, e := range events {
		if e.Actor.Subject == domain.SystemSubject && e.No == x.begun+1 {
			x.begun = e.No
		}
	}
	for _, remit := range list.remits() {
		for _, slot := range list.slots(remit) {
			of := slices.DeleteFunc(slices.Clone(list), func(v version) bool { return v.remit != remit || v.slot != slot })
			x.lines = append(x.lines, lineOf{remit, slot, of})
		}
	}
	return x
}

// point draws a point on both clocks: often a day on which something changes, or the one before.
func (x forms) point() domain.AsOf {
	on := domain.NewDate(2024, 3, 1).AddDays(rapid.IntRange(0, 1500).Draw(x.T, "on"))
	if rapid.IntRange(0, 3).Draw(x.T, "on a day of change") > 0 {
		versions := rapid.SampledFrom(x.lines).Draw(x.T, "line").versions
		on = rapid.SampledFrom(versions).Draw(x.T, "version").on - domain.Date(rapid.IntRange(0, 1).Draw(x.T, "days before"))
	}
	known := x.last
	if rapid.Bool().Draw(x.T, "as known then") {
		known = max(x.begun, drawTransactionEnd(x.T, x.world.events))
	}
	return domain.AsOf{On: on, Known: known}
}

// entries is the map, line by line.
func (x forms) entries(a domain.AsOf) []projections.Entry {
	var entries []projections.Entry
	for _, l := range x.lines {
		to := domain.Date(0)
		for _, v := range l.versions {
			last, _ := l.versions.last(l.remit, l.slot, v.on, a.Known)
			if v.on > a.On && v.no <= a.Known && last.on == v.on && !last.retracts && (to == 0 || v.on < to) {
				to = v.on
			}
		}
		for _, held := range l.versions.held(l.remit, a.On, a.Known) {
			entries = append(entries, projections.Entry{Held: held, To: to})
		}
	}
	x.markPersons(entries, a)
	return entries
}

// markPersons marks who is named beside the body that is accountable, and is one person in law with it.
func (x forms) markPersons(entries []projections.Entry, a domain.AsOf) {
	for i := range entries {
		e := &entries[i]
		isBody := false
		for _, other := range entries {
			if other.Remit.Role != domain.RoleAccountable || other.Remit.Subject != e.Remit.Subject || other.Remit.Footprint != e.Remit.Footprint ||
				e.Remit.Role == domain.RoleAccountable || e.Undetermined {
				continue
			}
			person := x.world.person(e.Named(), a)
			isBody = isBody || other.Named() == e.Named()
			e.SameLegalPerson = e.SameLegalPerson || person != "" && person == x.world.person(other.Named(), a)
		}
		e.SameLegalPerson = e.SameLegalPerson && !isBody
	}
}

// same fails where two answers differ, written out.
func (x forms) same(what string, got, want any) {
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w && (g != "[]" || w != "[]") {
		x.Fatalf("%s:\ngot  %s\nwant %s", what, g, w)
	}
}

// is returns an answer that may not be refused.
func is[V any](x forms, answer V, err error) V {
	if err != nil {
		x.Fatal(err)
	}
	return answer
}

// TestEveryFormOfQuestionIsAnsweredLikeANaiveModel asks, of registers in which random people gave random commands,
// corrections and reorganisations among them, every form of question on random points of both clocks.
func TestEveryFormOfQuestionIsAnsweredLikeANaiveModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := newForms(t)
		for range 2 {
			a, b := x.point(), x.point()
			whole := x.entries(a)
			x.whoHolds(a, whole)
			x.partsOfTheMap(a, whole)
			x.replay(a, whole)
			x.rollups(a, whole)
			x.shift(a)
			x.envelope(a)
			x.bodies(a)
			x.footprints(a)
			x.history(a)
			x.findings(a)
			x.changes(a, b, whole)
		}
	})
}

// anyCode draws a footprint, a body, or the whole country.
func (x forms) anyCode(a domain.AsOf) string {
	codes := slices.Concat([]string{domain.England}, x.world.codes(toldOpen, a.Known), x.world.codes(toldExists, a.Known))
	return rapid.SampledFrom(codes).Draw(x.T, "code")
}

func (x forms) whoHolds(a domain.AsOf, whole []projections.Entry) {
	remit := rapid.SampledFrom(x.lines).Draw(x.T, "asked about").remit
	code, function := x.anyCode(a), remit.Subject.Function
	q := projections.HoldersQuery{Function: function, Footprint: domain.FootprintCode(code), AsOf: a}
	if rapid.Bool().Draw(x.T, "of one part and role") {
		q.Part, q.Role = remit.Subject.Part, remit.Role
	}
	answer, err := x.views.WhoHolds(q)
	if refusal, ok := domain.AsRefusal(err); ok && refusal.Violations[0].Reason == domain.UnknownFunction {
		x.same("unknown function", x.world.details(function, a.Known).Name, "")
		return
	}
	holders := is(x, answer, err)
	footprints := x.world.expanded(function, code, a)
	x.same("footprints of "+code, holders.Footprints, footprints)
	x.same("who holds", holders.Holdings, kept(whole, func(e projections.Entry) bool {
		return e.Remit.Subject.Function == function && slices.Contains(footprints, e.Remit.Footprint) &&
			(q.Part == "" || q.Part == e.Remit.Subject.Part) && (q.Role == "" || q.Role == e.Remit.Role)
	}))
	x.same("what is planned", texts(holders.Planned), texts(x.planned(q, footprints)))
}

func kept[V any](list []V, lets func(V) bool) []V {
	return slices.DeleteFunc(slices.Clone(list), func(v V) bool { return !lets(v) })
}

// partsOfTheMap asks for the map by organisation, tier, function, footprint and role.
func (x forms) partsOfTheMap(a domain.AsOf, whole []projections.Entry) {
	body := domain.OrganisationCode(rapid.SampledFrom(x.world.codes(toldOpen, a.Known)).Draw(x.T, "body"))
	some := rapid.SampledFrom(x.lines).Draw(x.T, "some").remit
	known := slices.Contains(x.world.codes(toldExists, a.Known), string(some.Footprint))
	if !known || x.world.details(some.Subject.Function, a.Known).Name == "" {
		i := slices.IndexFunc(x.lines, func(l lineOf) bool { return l.versions[0].no <= x.begun })
		some = x.lines[i].remit // of the small world from its beginning
	}
	tier := rapid.SampledFrom([]domain.Tier{domain.TierICB, domain.TierRegional, domain.TierNational, domain.TierProvider}).Draw(x.T, "tier")
	parts := []struct {
		filter projections.Filter
		lets   func(projections.Entry) bool
	}{
		{projections.Filter{}, func(projections.Entry) bool { return true }},
		{
			projections.Filter{Organisations: []domain.OrganisationCode{body}},
			func(e projections.Entry) bool { return e.Holder == body || e.ActingThrough == body },
		},
		{projections.Filter{Tiers: []domain.Tier{tier}}, func(e projections.Entry) bool {
			named, _ := x.world.established(e.Named(), a.Known)
			return named.Tier == tier
		}},
		{
			projections.Filter{Functions: []domain.FunctionCode{some.Subject.Function}},
			func(e projections.Entry) bool { return e.Remit.Subject.Function == some.Subject.Function },
		},
		{
			projections.Filter{Footprints: []domain.FootprintCode{some.Footprint}, Roles: []domain.Role{some.Role}},
			func(e projections.Entry) bool {
				return e.Remit.Footprint == some.Footprint && e.Remit.Role == some.Role
			},
		},
	}
	for _, p := range parts {
		page, err := x.views.Map(projections.MapQuery{AsOf: a, Filter: p.filter})
		x.same(fmt.Sprintf("map by %+v", p.filter), is(x, page, err).Holdings, kept(whole, p.lets))
	}
}

// replay writes the whole map down, line by line, as its digest is made of it.
func (x forms) replay(a domain.AsOf, whole []projections.Entry) {
	var text strings.Builder
	for _, e := range whole {
		for _, code := range []any{
			e.Remit.Subject.Function, e.Remit.Subject.Part, e.Remit.Footprint, e.Remit.Role, e.Holder, e.ActingThrough, e.AccountableTo,
			e.HeldThrough, e.Instrument, e.Arrangement, e.Confidence, e.Source, fmt.Sprint(e.Undetermined), e.From.String(), e.To.String(),
		} {
			fmt.Fprintf(&text, "%q\t", code)
		}
		fmt.Fprintf(&text, "\"%d\"\n", e.Event)
	}
	digest, err := x.views.Digest(a)
	digest = is(x, digest, err)
	x.same("digest", digest.Digest, fmt.Sprintf("v1:sha256:%x", sha256.Sum256([]byte(text.String()))))
	x.same("holdings", digest.Holdings, len(whole))
}

// changes compares two maps: their differences, the way from one to the other, and the dates between.
func (x forms) changes(a, b domain.AsOf, whole []projections.Entry) {
	compared, err := x.views.Compare(projections.CompareQuery{From: a, To: b})
	var got, want []string
	for _, d := range is(x, compared, err).Changes {
		got = append(got, fmt.Sprint(d.Remit, whoIn(d.Before, d.Remit), whoIn(d.After, d.Remit)))
	}
	other := x.entries(b)
	for _, remit := range x.remits() {
		if before, after := whoIn(whole, remit), whoIn(other, remit); before != after {
			want = append(want, fmt.Sprint(remit, before, after))
		}
	}
	x.same("differences", got, want)
	from := domain.AsOf{On: min(a.On, b.On), Known: min(a.Known, b.Known)}
	to := domain.AsOf{On: max(a.On, b.On), Known: max(a.Known, b.Known)}
	way := projections.StepsQuery{From: from, To: to}
	walked := x.entries(from)
	listed, err := x.views.ListChanges(projections.ListQuery{StepsQuery: way})
	for _, c := range is(x, listed, err).Changes {
		walked = slices.DeleteFunc(walked, func(e projections.Entry) bool { return e.Remit == c.Change.Remit })
		walked = append(walked, c.Change.After...)
	}
	slices.SortStableFunc(walked, func(a, b projections.Entry) int { return domain.CompareRemits(a.Remit, b.Remit) })
	x.same("the way from map to map", walked, x.entries(to))
	x.changeDates(from, to)
}

// changeDates counts on each day the remits whose holders are not those of the day before.
func (x forms) changeDates(from, to domain.AsOf) {
	function := x.lines[0].remit.Subject.Function
	answer, err := x.views.ChangeDates(projections.ChangeDatesQuery{
		AsOf: to, From: from.On, Until: to.On, Filter: projections.Filter{Functions: []domain.FunctionCode{function}},
	})
	isKnown := func(l lineOf) bool { return l.remit.Subject.Function == function && l.versions[0].no <= to.Known }
	if _, refused := domain.AsRefusal(err); refused && !slices.ContainsFunc(x.lines, isKnown) {
		return // the function is not known yet
	}
	counts := map[domain.Date]int{}
	for _, remit := range x.remits() {
		var days []domain.Date
		for _, l := range x.lines {
			for _, v := range l.versions {
				if l.remit == remit && remit.Subject.Function == function {
					days = append(days, v.on)
				}
			}
		}
		slices.Sort(days)
		for _, day := range slices.Compact(days) {
			if day >= from.On && day <= to.On && x.held(remit, day-1, to.Known) != x.held(remit, day, to.Known) {
				counts[day]++
			}
		}
	}
	got := map[domain.Date]int{}
	for _, d := range is(x, answer, err).Dates {
		got[d.On] = d.Changes
	}
	x.same("dates of changes", got, counts)
}

func (x forms) held(r domain.Remit, on domain.Date, known domain.EventNo) string {
	var entries []projections.Entry
	for _, l := range x.lines {
		if l.remit == r {
			for _, held := range l.versions.held(r, on, known) {
				entries = append(entries, projections.Entry{Held: held})
			}
		}
	}
	return whoIn(entries, r)
}

func (x forms) remits() []domain.Remit {
	var remits []domain.Remit
	for _, l := range x.lines {
		remits = append(remits, l.remit)
	}
	return slices.Compact(remits) // of several lines, one after the other
}

// whoIn says who holds a remit, without since when and by virtue of what.
func whoIn(entries []projections.Entry, r domain.Remit) string {
	var holders []string
	for _, e := range entries {
		if e.Remit == r {
			holders = append(holders, fmt.Sprint(e.Holder, "/", e.ActingThrough, "/", e.AccountableTo, "/", e.HeldThrough, "/", e.Undetermined))
		}
	}
	slices.Sort(holders)
	return fmt.Sprint(holders)
}

// history is every version of every line of one function in one footprint, as known.
func (x forms) history(a domain.AsOf) {
	asked := rapid.SampledFrom(x.lines).Draw(x.T, "history of").remit
	page, err := x.views.History(projections.HistoryQuery{Function: asked.Subject.Function, Footprint: asked.Footprint, AsOf: a})
	if _, refused := domain.AsRefusal(err); refused {
		return // not known yet
	}
	var got, want []string
	for _, c := range is(x, page, err).Changes {
		got = append(got, fmt.Sprint(c.Remit, c.Slot, c.EffectiveOn, c.Event, c.Retraction, whoOf(c.After)))
	}
	for _, l := range x.lines {
		for i, v := range l.versions {
			again := slices.ContainsFunc(l.versions[i+1:], func(w version) bool { return w.no == v.no && w.on == v.on })
			if l.remit.Subject.Function != asked.Subject.Function || l.remit.Footprint != asked.Footprint || v.no > a.Known || again {
				continue
			}
			after := v.holdings
			if v.retracts { // what holds on its date after all: as it was believed, where something else was recorded since
				after = nil
				known := a.Known
				if last, _ := l.versions.last(l.remit, l.slot, v.on, known); last.no != v.no {
					known = v.no
				}
				for _, held := range l.versions.held(l.remit, v.on, known) {
					after = append(after, held.Holding)
				}
			}
			want = append(want, fmt.Sprint(v.remit, v.slot, v.on, v.no, v.retracts, whoOf(after)))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	x.same("history", got, want)
}

func whoOf(holdings []domain.Holding) []string {
	var holders []string
	for _, h := range holdings {
		holders = append(holders, fmt.Sprint(h.Holder, "/", h.ActingThrough, "/", h.Undetermined))
	}
	slices.SortFunc(holders, cmp.Compare)
	return holders
}
