package console

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// heldLine is a set of holdings that differ in nothing but the place, the role and the event that says so.
type heldLine struct {
	// Alike is what they have in common; its place, role and event are one of theirs.
	Alike *remitv1.Holding
	// Roles are in the order of the register.
	Roles []remitv1.Role
	// Places are codes in order, and Where says them in words.
	Places []string
	Where  placesText
	// Events are the numbers of the events that say so, in order.
	Events []string
}

// placesText says where, in a few words, and lists the places where the words do not name them.
type placesText struct {
	Text string
	List []link
}

// heldTable is a table of lines, and which columns it has.
type heldTable struct {
	Look                     look
	ID, Caption              string
	Lines                    []heldLine
	ShowFunction, ShowHolder bool
}

// gather puts holdings that are alike into lines.
func (l look) gather(holdings []*remitv1.Holding) []heldLine {
	byPlace := map[string]*heldLine{}
	var order []*heldLine
	for _, h := range holdings {
		key := alike(h) + "\x00" + h.GetRole().String()
		line, ok := byPlace[key]
		if !ok {
			line = &heldLine{Alike: h, Roles: []remitv1.Role{h.GetRole()}}
			byPlace[key] = line
			order = append(order, line)
		}
		line.Places = append(line.Places, h.GetFootprint())
		line.Events = append(line.Events, h.GetSourceEvent())
	}
	byRole := map[string]int{}
	var lines []heldLine
	for _, line := range order {
		slices.Sort(line.Places)
		line.Places = slices.Compact(line.Places)
		key := alike(line.Alike) + "\x00" + strings.Join(line.Places, ",")
		if i, ok := byRole[key]; ok {
			lines[i].Roles = append(lines[i].Roles, line.Roles...)
			lines[i].Events = append(lines[i].Events, line.Events...)
			continue
		}
		byRole[key] = len(lines)
		lines = append(lines, *line)
	}
	for i := range lines {
		line := &lines[i]
		slices.Sort(line.Roles)
		slices.SortFunc(line.Events, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
		line.Events = slices.Compact(line.Events)
		line.Where = l.where(line.Alike.GetFunction(), line.Alike.GetHolder(), line.Places)
	}
	return lines
}

// alike writes what holdings must have in common to be put into one line.
func alike(h *remitv1.Holding) string {
	return strings.Join([]string{
		h.GetFunction(), h.GetPart(), h.GetHolder(), h.GetActingThrough(), h.GetAccountableTo(), h.GetHeldThrough(), h.GetFrom(),
		h.GetTo(), h.GetInstrument(), h.GetArrangementId(), h.GetConfidence().String(), h.GetSource(),
		fmt.Sprint(h.GetUndetermined(), h.GetSameLegalPerson()),
	}, "\x00")
}

// fewPlaces is how many places are named in a table; of more the number is said.
const fewPlaces = 3

// listedPlaces is how many places are listed at most: the map shows more of them better.
const listedPlaces = 30

// where says in few words in which places a body holds a function.
func (l look) where(function, holder string, codes []string) placesText {
	own := l.functions[function].GetDetails().GetFootprintKind() == remitv1.FootprintKind_FOOTPRINT_KIND_OWN_OPERATION
	if own {
		if len(codes) == 1 && codes[0] == holder {
			return placesText{Text: "Its own operations"}
		}
		return l.named(codes, "The operations of ", plural(len(codes), "body", "bodies"))
	}
	switch covered := l.organisations[holder].GetFootprints(); {
	case len(codes) == l.openFootprints && len(codes) > fewPlaces:
		return placesText{Text: "All of England"}
	case len(covered) == len(codes) && len(codes) > 1 && sameSet(covered, codes):
		return placesText{Text: fmt.Sprintf("All of its %d places", len(codes))}
	}
	return l.named(codes, "", plural(len(codes), "place", "places"))
}

// named names a few places, or counts many and lists them.
func (l look) named(codes []string, before, many string) placesText {
	if len(codes) <= fewPlaces {
		texts := make([]string, len(codes))
		for i, code := range codes {
			texts[i] = l.Place(code)
		}
		return placesText{Text: before + strings.Join(texts, "; ")}
	}
	text := placesText{Text: before + many}
	if len(codes) > listedPlaces {
		return text
	}
	for _, code := range codes {
		text.List = append(text.List, l.PlaceLink(code))
	}
	return text
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// sorted orders lines by function, holder, and first date.
func (l look) sorted(lines []heldLine) []heldLine {
	slices.SortStableFunc(lines, func(a, b heldLine) int {
		return cmp.Or(l.byFunction(a.Alike.GetFunction(), b.Alike.GetFunction()), cmp.Compare(a.Roles[0], b.Roles[0]),
			l.byBody(a.Alike.GetHolder(), b.Alike.GetHolder()), cmp.Compare(a.Alike.GetFrom(), b.Alike.GetFrom()))
	})
	return lines
}
