package reference

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/remit-register/remit/domain"
)

func readFiles(t *testing.T) *register {
	t.Helper()
	r, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What is wrong with a file is named with its line, and all of it at once.
func TestProblemsAreGathered(t *testing.T) {
	r := &reader{}
	readTable(r, "nothing", parseRename)
	faulty := row{
		reader: r, file: "organisations", line: 7, columns: []string{"from", "legal_person"}, cells: []string{"1 April", "maybe"},
	}
	faulty.date("from")
	faulty.yes("legal_person")
	if faulty.text("code") != "" || faulty.texts("code") != nil {
		t.Error("a column that is not there has a value")
	}
	var told []string
	for _, problem := range r.problems {
		told = append(told, problem.Error())
	}
	if len(told) != 5 || !strings.HasPrefix(told[0], "nothing.csv") || !strings.HasPrefix(told[1], "organisations.csv line 7: ") {
		t.Errorf("told %q", told)
	}
}

func TestCodesAreUnique(t *testing.T) {
	r := readFiles(t)
	seen := map[string]bool{}
	once := func(kind, code string) {
		if key := kind + " " + code; code == "" || seen[key] {
			t.Errorf("%q is there twice, or has no code", key)
		} else {
			seen[key] = true
		}
	}
	for _, x := range r.instruments {
		once("instrument", string(x.Code))
	}
	for _, x := range r.functions {
		once("function", string(x.Code))
	}
	for _, x := range r.organisations {
		once("code", string(x.Code))
	}
	for _, x := range r.footprints {
		once("code", string(x.Code)) // One request field takes either, so they share one space of names.
	}
	for _, x := range r.reorganisations {
		once("reorganisation", x.ID)
	}
	for _, x := range r.plans {
		once("plan", x.ID)
	}
	for _, x := range r.planned {
		once("planned reorganisation", x.ID)
	}
}

func TestOrganisations(t *testing.T) {
	r := readFiles(t)
	for _, o := range r.organisations {
		wantPeriod(t, "organisation "+string(o.Code), o.period)
		wantConfidence(t, string(o.Code), o.Confidence)
		if !slices.Contains(domain.Tiers(), o.Tier) || !slices.Contains(domain.Forms(), o.Form) {
			t.Errorf("%s: unknown tier %q or form %q", o.Code, o.Tier, o.Form)
		}
		if o.LegalPerson == (o.LegalParent != "") {
			t.Errorf("%s: must be either a legal person or act for one", o.Code)
		}
		if parent := r.organisation(o.LegalParent); o.LegalParent != "" && (!parent.LegalPerson || parent.From > o.From) {
			t.Errorf("%s acts for %q, which is no legal person or opens later", o.Code, o.LegalParent)
		}
	}
	for _, p := range r.populations {
		if body := r.organisation(p.Organisation); body.Tier != domain.TierICB || !body.contains(p.EffectiveOn) {
			t.Errorf("%s is no ICB, or not open, when its population is counted", p.Organisation)
		}
	}
	for _, rename := range r.renames {
		if !r.organisation(rename.Code).contains(rename.EffectiveOn) {
			t.Errorf("%s is not open when it is renamed", rename.Code)
		}
	}
}

func TestMembershipsAndCoverageAreSeamless(t *testing.T) {
	r := readFiles(t)
	began := domain.NewDate(2022, 7, 1)
	for _, o := range r.organisations {
		if (o.Tier != domain.TierICB && o.Tier != domain.TierProvider) || (o.To != 0 && o.To <= began) {
			continue
		}
		var periods []period
		for _, m := range r.memberships {
			if m.Organisation != o.Code {
				continue
			}
			periods = append(periods, m.period)
			wantWithin(t, "parent of "+string(o.Code), m.period, r.organisation(m.Parent).period)
		}
		wantSeamless(t, "parents of "+string(o.Code), periods, period{max(o.From, began), o.To})
	}
	for _, f := range r.footprints {
		var periods []period
		for _, c := range r.coverage {
			if c.Footprint != f.Code {
				continue
			}
			periods = append(periods, c.period)
			wantWithin(t, "coverage of "+string(f.Code), c.period, r.organisation(c.Organisation).period)
		}
		wantSeamless(t, "coverage of "+string(f.Code), periods, f.period)
	}
}

func TestEveryEndHasItsReorganisation(t *testing.T) {
	r := readFiles(t)
	ends := map[domain.OrganisationCode]domain.Date{}
	for _, x := range r.reorganisations {
		wantConfidence(t, x.ID, x.Confidence)
		for _, code := range x.Ends {
			ends[code] = x.On
		}
		for _, code := range x.Establishes {
			if r.organisation(code).From != x.On {
				t.Errorf("%s establishes %s, which opens on %s", x.ID, code, r.organisation(code).From)
			}
		}
		for _, s := range x.Successions {
			if !slices.Contains(x.Ends, s.Predecessor) || !r.organisation(s.Successor).contains(x.On) {
				t.Errorf("%s: %s to %s: the one must end and the other be open", x.ID, s.Predecessor, s.Successor)
			}
		}
	}
	for _, o := range r.organisations {
		if ends[o.Code] != o.To {
			t.Errorf("%s ends on %q by its own row, on %q by its reorganisation", o.Code, o.To, ends[o.Code])
		}
	}
}

func TestSplitsAddUp(t *testing.T) {
	r := readFiles(t)
	for _, x := range r.reorganisations {
		shares := map[string]*big.Rat{}
		add := func(predecessor, share string) {
			if shares[predecessor] == nil {
				shares[predecessor] = new(big.Rat)
			}
			part, ok := new(big.Rat).SetString(share)
			if !ok {
				t.Fatalf("%s: share %q is no number", x.ID, share)
			}
			shares[predecessor].Add(shares[predecessor], part)
		}
		for _, s := range x.Successions {
			if s.Share != "" {
				add(string(s.Predecessor), s.Share)
			}
		}
		for _, s := range x.FootprintSuccessions {
			add(string(s.Predecessor), s.Share)
		}
		for predecessor, sum := range shares {
			if sum.Cmp(big.NewRat(1, 1)) != 0 {
				t.Errorf("%s: the shares of %s add up to %s", x.ID, predecessor, sum.FloatString(6))
			}
		}
	}
}

// A body with several successors leaves a line for every location: to the successor that covers it afterwards.
func TestSplitsDisposeOfEveryLocation(t *testing.T) {
	r := readFiles(t)
	for _, x := range r.reorganisations {
		for _, ended := range x.Ends {
			successors := slices.DeleteFunc(slices.Clone(x.Successions), func(s domain.Succession) bool { return s.Predecessor != ended })
			if len(successors) < 2 || r.organisation(ended).Tier != domain.TierICB {
				continue
			}
			for _, location := range r.locationsAfter(x, ended) {
				if want, got := r.covering(location, x.On), lineFor(x, ended, location); got != want {
					t.Errorf("%s: %s of %s goes to %q, is covered by %q", x.ID, location, ended, got, want)
				}
			}
		}
	}
}

// locationsAfter returns the locations of a body that ends, those that end themselves replaced by what follows them.
func (r *register) locationsAfter(x reorganisation, ended domain.OrganisationCode) []domain.FootprintCode {
	var locations []domain.FootprintCode
	for _, c := range r.coverage {
		if c.Organisation != ended {
			continue
		}
		isSucceeded := false
		for _, s := range x.FootprintSuccessions {
			if s.Predecessor == c.Footprint {
				isSucceeded = true
				locations = append(locations, s.Successor)
			}
		}
		if !isSucceeded {
			locations = append(locations, c.Footprint)
		}
	}
	return locations
}

func (r *register) covering(location domain.FootprintCode, on domain.Date) domain.OrganisationCode {
	for _, c := range r.coverage {
		if c.Footprint == location && c.contains(on) {
			return c.Organisation
		}
	}
	return ""
}

func lineFor(x reorganisation, from domain.OrganisationCode, location domain.FootprintCode) domain.OrganisationCode {
	for _, line := range x.Dispositions {
		if line.From == from && slices.Contains(line.Footprints, location) {
			return line.To
		}
	}
	return ""
}

func TestFunctionsAndInstruments(t *testing.T) {
	r := readFiles(t)
	for _, f := range r.functions {
		if group := f.Details.Group; group != "" && r.function(group).Name == "" {
			t.Errorf("%s: there is no function %q", f.Code, group)
		}
		for _, tier := range slices.Concat(f.Details.DestinationTiers, f.Details.OwnOperationOf) {
			if !slices.Contains(domain.Tiers(), tier) {
				t.Errorf("%s: there is no tier %q", f.Code, tier)
			}
		}
		if (f.Details.FootprintKind == domain.KindOwnOperation) != (len(f.Details.OwnOperationOf) > 0) {
			t.Errorf("%s: whose own operation is it?", f.Code)
		}
		for _, basis := range f.Details.LegalBasis {
			wantBody(t, r, string(f.Code), basis.Binds)
		}
	}
	for _, i := range r.instruments {
		wantConfidence(t, string(i.Code), i.Details.Confidence)
		for _, exclusion := range i.Details.Exclusions {
			wantBody(t, r, string(i.Code), exclusion.Body)
		}
	}
}

func TestRowsOfHoldingsResolve(t *testing.T) {
	r := readFiles(t)
	check := func(what string, function domain.FunctionCode, roles []domain.Role, in domain.InstrumentCode, c domain.Confidence, rules ...rule) {
		if r.function(function).Name == "" {
			t.Errorf("%s: there is no function %q", what, function)
		}
		for _, role := range roles {
			if !slices.Contains(domain.Roles(), role) {
				t.Errorf("%s: there is no role %q", what, role)
			}
		}
		wantInstrument(t, r, what, in)
		wantConfidence(t, what, c)
		for _, rule := range rules {
			wantRule(t, r, what, rule)
		}
	}
	for _, a := range r.baseline {
		check("baseline of "+string(a.Function), a.Function, a.Roles, a.Instrument, a.Confidence, a.Holder)
	}
	for _, o := range r.history {
		check(o.Source, o.Function, o.Roles, o.Instrument, o.Confidence, o.Before, o.Holder)
	}
	for i, p := range r.plans {
		check(p.ID, p.Function, p.Roles, p.Instrument, p.Confidence, rule(p.Sender), p.Receivers)
		isEarlier := slices.ContainsFunc(r.plans[:i], func(x plannedTransfer) bool { return x.ID == p.Replaces })
		if p.Replaces != "" && !isEarlier {
			t.Errorf("%s replaces %q, which does not come before it", p.ID, p.Replaces)
		}
	}
	for _, p := range r.planned {
		wantInstrument(t, r, p.ID, p.Plan.Instrument)
		wantConfidence(t, p.ID, p.Plan.Confidence)
		for _, code := range slices.Concat(p.Plan.Originals, p.Plan.Results) {
			wantBody(t, r, p.ID, code)
		}
	}
}

func wantRule(t *testing.T, r *register, what string, x rule) {
	t.Helper()
	switch x.word() {
	case ruleEveryICB, ruleCoveringICB, ruleMemberICB, ruleRegion, ruleSelf, ruleUndetermined:
	case ruleICBsIn:
		for _, code := range x.codes() {
			if r.organisation(code).Tier != domain.TierRegional {
				t.Errorf("%s: %q is no region", what, code)
			}
		}
	default:
		wantBody(t, r, what, domain.OrganisationCode(x))
	}
}

func wantBody(t *testing.T, r *register, what string, code domain.OrganisationCode) {
	t.Helper()
	if code != "" && r.organisation(code).Code == "" {
		t.Errorf("%s: there is no organisation %q", what, code)
	}
}

func wantInstrument(t *testing.T, r *register, what string, code domain.InstrumentCode) {
	t.Helper()
	if code != "" && !slices.ContainsFunc(r.instruments, func(i domain.RegisterInstrument) bool { return i.Code == code }) {
		t.Errorf("%s: there is no instrument %q", what, code)
	}
}

func wantConfidence(t *testing.T, what string, c domain.Confidence) {
	t.Helper()
	if c != domain.ConfidenceExact && c != domain.ConfidenceApproximate && c != domain.ConfidenceAssumed {
		t.Errorf("%s: %q is no confidence", what, c)
	}
}

func wantPeriod(t *testing.T, what string, p period) {
	t.Helper()
	if p.From == 0 || (p.To != 0 && p.To <= p.From) {
		t.Errorf("%s: from %q to %q is no period", what, p.From, p.To)
	}
}

func wantWithin(t *testing.T, what string, inner, outer period) {
	t.Helper()
	wantPeriod(t, what, inner)
	if outer.From == 0 || inner.From < outer.From || (outer.To != 0 && (inner.To == 0 || inner.To > outer.To)) {
		t.Errorf("%s: [%s, %s) is not within [%s, %s)", what, inner.From, inner.To, outer.From, outer.To)
	}
}

// wantSeamless checks that the periods, in their order, fill the whole without gap or overlap.
func wantSeamless(t *testing.T, what string, parts []period, whole period) {
	t.Helper()
	next := whole.From
	for i, p := range parts {
		if p.From != next || (p.To == 0) != (i == len(parts)-1 && whole.To == 0) {
			t.Errorf("%s: [%s, %s) does not follow on %s", what, p.From, p.To, next)
		}
		next = p.To
	}
	if len(parts) == 0 || next != whole.To {
		t.Errorf("%s: they end on %q, not on %q", what, next, whole.To)
	}
}
