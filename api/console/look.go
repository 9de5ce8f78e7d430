package console

import (
	"cmp"
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// look is what pages show of codes: names, beside the codes, that lead to the pages about them as at the same point.
type look struct {
	*names

	at asAt
}

// link is a name that leads somewhere. Code is shown beside the text where it says more than the text.
type link struct {
	Text, Code, Address string
}

func (v *visit) look() (look, error) {
	n, err := v.names()
	return look{n, v.at}, err
}

// BodyLink leads to a body.
func (l look) BodyLink(code string) link {
	if _, ok := l.organisations[code]; !ok {
		return link{Text: code}
	}
	return link{l.Body(code), code, l.at.To("/organisations/" + code)}
}

// FunctionLink leads to a function.
func (l look) FunctionLink(code string) link {
	if _, ok := l.functions[code]; !ok {
		return link{Text: code}
	}
	return link{Text: l.Function(code), Address: l.at.To("/functions/" + code)}
}

// PlaceLink leads to who does what in a place.
func (l look) PlaceLink(code string) link {
	return link{l.Place(code), code, l.at.To("/map", "view", "place", "place", code)}
}

// EventLink leads to an event.
func (l look) EventLink(number string) link {
	return link{Text: "event " + number, Address: "/audit/" + number}
}

// TransferLink leads to a transfer.
func (l look) TransferLink(id, text string) link {
	return link{Text: text, Address: l.at.To("/transfers/" + id)}
}

// DelegationLink leads to a delegation.
func (l look) DelegationLink(id, text string) link {
	return link{Text: text, Address: l.at.To("/delegations/" + id)}
}

// PartName names a part of a function.
func (l look) PartName(function, part string) string {
	for _, p := range l.functions[function].GetParts() {
		if p.GetCode() == part {
			return p.GetName()
		}
	}
	return part
}

// ShortBody names a body in few words, for the head of a column.
func (l look) ShortBody(code string) string {
	name := strings.TrimPrefix(l.Body(code), "NHS ")
	if region, ok := strings.CutPrefix(name, "England "); ok && l.organisations[code].GetTier() == remitv1.Tier_TIER_REGIONAL {
		name = region
	}
	for long, short := range map[string]string{
		"Integrated Care Board": "ICB", "NHS Foundation Trust": "FT", "NHS Trust": "Trust", "Department of Health and Social Care": "DHSC",
	} {
		name = strings.ReplaceAll(name, long, short)
	}
	if name == "England" {
		return "NHS England"
	}
	return name
}

// open are the bodies on a tier that exist on the date, by name.
func (l look) open(tiers ...remitv1.Tier) []*remitv1.Organisation {
	var found []*remitv1.Organisation
	for _, o := range l.allOrganisations {
		if o.GetOpen() && (len(tiers) == 0 || slices.Contains(tiers, o.GetTier())) {
			found = append(found, o)
		}
	}
	slices.SortStableFunc(found, func(a, b *remitv1.Organisation) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return found
}

// byBody orders bodies: by tier, then by name.
func (l look) byBody(a, b string) int {
	return cmp.Or(cmp.Compare(l.rank(a), l.rank(b)), cmp.Compare(l.Body(a), l.Body(b)), cmp.Compare(a, b))
}

func (l look) rank(code string) int {
	if o, ok := l.organisations[code]; ok {
		return int(o.GetTier())
	}
	return 100
}

// byFunction orders functions by name.
func (l look) byFunction(a, b string) int {
	return cmp.Or(cmp.Compare(l.Function(a), l.Function(b)), cmp.Compare(a, b))
}

// functionOptions are the functions to choose from, by name.
func (l look) functionOptions(first ...option) []option {
	options := make([]option, 0, len(l.allFunctions))
	for _, f := range l.allFunctions {
		options = append(options, option{Value: f.GetCode(), Text: f.GetDetails().GetName()})
	}
	slices.SortFunc(options, func(a, b option) int { return cmp.Compare(a.Text, b.Text) })
	return append(slices.Clip(first), options...)
}

// bodyOptions are the bodies on some tiers to choose from, by name.
func (l look) bodyOptions(tiers []remitv1.Tier, first ...option) []option {
	options := slices.Clip(first)
	for _, o := range l.open(tiers...) {
		options = append(options, option{Value: o.GetCode(), Text: o.GetName()})
	}
	return options
}

// PlaceSuggestions are what a place may be called, for a box with suggestions.
func (l look) PlaceSuggestions() []string {
	suggestions := []string{"England (ENG)"}
	for _, o := range l.open(remitv1.Tier_TIER_ICB, remitv1.Tier_TIER_REGIONAL) {
		suggestions = append(suggestions, o.GetName()+" ("+o.GetCode()+")")
	}
	for _, f := range l.allFootprints {
		if f.GetOpen() {
			suggestions = append(suggestions, f.GetName()+" ("+f.GetCode()+")")
		}
	}
	return suggestions
}

// sought is among what somebody looks for something by name.
type sought int

const (
	amongBodies sought = iota
	amongPlaces        // footprints, bodies and England
)

// resolve reads what somebody wrote for a body or a place: its code, "Name (CODE)", its name, or a part of its name that
// only one has. It returns the code, or some names that fit where there are several. What exists on the date comes first.
func (l look) resolve(text string, among sought) (code string, several []string) {
	if at := strings.LastIndex(text, "("); at > 0 && strings.HasSuffix(text, ")") {
		if inside := strings.ToUpper(text[at+1 : len(text)-1]); l.knows(inside, among) {
			return inside, nil
		}
	}
	if l.knows(strings.ToUpper(text), among) {
		return strings.ToUpper(text), nil
	}
	written := plainName(text)
	for _, open := range []bool{true, false} {
		for candidate, name := range l.called(among, open) {
			switch lower := plainName(name); {
			case lower == written:
				return candidate, nil
			case strings.Contains(lower, written):
				code = candidate
				several = append(several, name+" ("+candidate+")")
			}
		}
		if len(several) > 0 {
			break
		}
	}
	if len(several) == 1 {
		return code, nil
	}
	slices.Sort(several)
	return "", several
}

// plainName writes a name in the way in which names are compared.
func plainName(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), "integrated care board", "icb")
}

func (l look) knows(code string, among sought) bool {
	if _, ok := l.organisations[code]; ok {
		return true
	}
	_, ok := l.footprints[code]
	return among == amongPlaces && (ok || code == "ENG")
}

// called are names by code, of what exists on the date or of what does not.
func (l look) called(among sought, open bool) map[string]string {
	names := map[string]string{}
	for code, o := range l.organisations {
		if o.GetOpen() == open {
			names[code] = o.GetName()
		}
	}
	if among != amongPlaces {
		return names
	}
	for code, f := range l.footprints {
		if f.GetOpen() == open {
			names[code] = f.GetName()
		}
	}
	if open {
		names["ENG"] = "England"
	}
	return names
}

// choose reads a body or place that somebody wrote in a field of a form, and notes what is wrong with it.
func (l look) choose(f *form, field, called string, among sought) string {
	text := f.text(field)
	if text == "" {
		return ""
	}
	code, several := l.resolve(text, among)
	switch {
	case code != "":
	case len(several) == 0:
		f.wrong(field, "The register knows no "+called+" with this name or code")
	case len(several) > 5:
		f.wrong(field, "Many are called so, such as "+strings.Join(several[:5], ", ")+": write more of the name, or the code")
	default:
		f.wrong(field, "Several are called so: "+strings.Join(several, ", "))
	}
	return code
}

// option is one of several to choose from.
type option struct {
	Value, Text, Hint string
}

// BodySuggestions are what a body may be called, for a box with suggestions.
func (l look) BodySuggestions() []string {
	bodies := l.open()
	suggestions := make([]string, len(bodies))
	for i, o := range bodies {
		suggestions[i] = o.GetName() + " (" + o.GetCode() + ")"
	}
	return suggestions
}
