package console

import (
	"cmp"
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// historyLine is one recorded change, of some roles in some places at once.
type historyLine struct {
	Entry *remitv1.HistoryEntry
	Roles []remitv1.Role
	Where placesText
	// Before and After are the bodies as named.
	Before, After []link

	places []string
}

// history puts changes together that differ only in place and role, the latest first. What one body gave up and another
// got by the same event is one change, too.
func (l look) history(entries []*remitv1.HistoryEntry) []historyLine {
	lines := make([]historyLine, len(entries))
	for i, e := range entries {
		lines[i] = historyLine{
			Entry: e, Roles: []remitv1.Role{e.GetRole()}, Before: l.bodiesOf(e.GetBefore()), After: l.bodiesOf(e.GetAfter()),
			places: []string{e.GetFootprint()},
		}
	}
	lines = together(lines, func(h historyLine) string { return h.key(h.roles(), texts(h.Before), texts(h.After)) },
		func(into *historyLine, h historyLine) { into.places = append(into.places, h.places...) })
	for i := range lines {
		slices.Sort(lines[i].places)
	}
	lines = together(lines, func(h historyLine) string {
		if len(h.Before) > 0 && len(h.After) > 0 {
			return h.key(h.roles(), strings.Join(h.places, ","), texts(h.Before), texts(h.After))
		}
		return h.key(h.roles(), strings.Join(h.places, ","), h.Entry.GetPosition())
	}, func(into *historyLine, h historyLine) {
		into.Before, into.After = l.union(into.Before, h.Before), l.union(into.After, h.After)
	})
	lines = together(lines, func(h historyLine) string { return h.key(strings.Join(h.places, ","), texts(h.Before), texts(h.After)) },
		func(into *historyLine, h historyLine) { into.Roles = append(into.Roles, h.Roles...) })
	for i := range lines {
		slices.Sort(lines[i].Roles)
		lines[i].Where = l.named(lines[i].places, "", plural(len(lines[i].places), "place", "places"))
	}
	slices.SortStableFunc(lines, func(a, b historyLine) int {
		return cmp.Or(cmp.Compare(b.Entry.GetEffectiveOn(), a.Entry.GetEffectiveOn()), cmp.Compare(a.Roles[0], b.Roles[0]))
	})
	return lines
}

// key is what lines have in common that are put together.
func (h historyLine) key(more ...string) string {
	e := h.Entry
	return strings.Join(append(more, e.GetEffectiveOn(), e.GetPart(), e.GetType(), e.GetEntity(), e.GetSupersededBy()), "\x00")
}

func (h historyLine) roles() string {
	var b strings.Builder
	for _, role := range h.Roles {
		b.WriteString(role.String())
	}
	return b.String()
}

// together puts lines of one key into the first of them, in order.
func together(lines []historyLine, key func(historyLine) string, put func(into *historyLine, h historyLine)) []historyLine {
	at := map[string]int{}
	var left []historyLine
	for _, h := range lines {
		k := key(h)
		if i, ok := at[k]; ok {
			put(&left[i], h)
			continue
		}
		at[k] = len(left)
		left = append(left, h)
	}
	return left
}

// union are the bodies of two lists, each once.
func (l look) union(a, b []link) []link {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(x, y link) int { return l.byBody(x.Code, y.Code) })
	return slices.CompactFunc(all, func(x, y link) bool { return x.Code == y.Code && x.Text == y.Text })
}
