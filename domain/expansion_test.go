package domain

import (
	"slices"
	"testing"
)

// expansionWorld is a country with a region, two boards of which one ends, a place and three trusts.
func expansionWorld(t *testing.T) *Organisations {
	t.Helper()
	r := newRegister(NewDate(2026, 11, 21))
	d2022, d2026 := NewDate(2022, 7, 1), NewDate(2026, 4, 1)
	establish := func(code OrganisationCode, tier Tier, form Form, parent, legal OrganisationCode, on Date) EstablishOrganisation {
		return EstablishOrganisation{
			Code: code, Name: string(code), Tier: tier, Form: form, LegalPerson: legal == "", LegalParent: legal, Parent: parent,
			EffectiveOn: on,
		}
	}
	for _, cmd := range []Command{
		establish("SOS", TierNational, FormMinister, "", "", d2022),
		establish("X24", TierNational, FormStatutoryBody, "", "", d2022),
		establish("Y61", TierRegional, FormOffice, "X24", "X24", d2022),
		establish("QUE", TierICB, FormStatutoryBody, "Y61", "", d2022),
		establish("QHG", TierICB, FormStatutoryBody, "Y61", "", d2022),
		establish("PLACE", TierPlace, FormPartnership, "QUE", "QUE", d2022),
		establish("RGT", TierProvider, FormTrust, "QUE", "", d2022),
		establish("RC9", TierProvider, FormTrust, "QHG", "", d2022),
		establish("RNEW", TierProvider, FormTrust, "QHG", "", d2026),
		ChangeFootprints{EffectiveOn: d2022, Open: []NewFootprint{
			{"06H", "06H", KindLocation}, {"06N", "06N", KindLocation}, {"M1J4Y", "M1J4Y", KindLocation}, {"E10", "E10", KindCouncilArea},
		}, Coverage: []Coverage{{"QUE", []FootprintCode{"06H", "06N"}}, {"QHG", []FootprintCode{"M1J4Y", "E10"}}}},
		Reorganise{EffectiveOn: d2026, Ends: []OrganisationCode{"QHG"}, Successions: []Succession{
			{Predecessor: "QHG", Successor: "QUE", Kind: SuccessionAbsorb},
		}, FootprintSuccessions: []FootprintSuccession{{Predecessor: "06N", Successor: "06H"}}},
	} {
		if _, err := r.give(order{caller: system(), command: cmd, id: "w", reason: "world"}); err != nil {
			t.Fatal(err)
		}
	}
	return &r.state.Organisations
}

func TestExpand(t *testing.T) {
	t.Parallel()
	orgs := expansionWorld(t)
	areas := FunctionDetails{FootprintKind: KindLocation}
	councils := FunctionDetails{FootprintKind: KindCouncilArea}
	own := FunctionDetails{FootprintKind: KindOwnOperation, OwnOperationOf: []Tier{TierProvider}}
	ownOfMany := FunctionDetails{FootprintKind: KindOwnOperation, OwnOperationOf: []Tier{TierProvider, TierICB}}
	then, now := NewDate(2025, 1, 1), NewDate(2026, 11, 21)
	for _, c := range []struct {
		name    string
		details FunctionDetails
		code    FootprintCode
		on      Date
		want    []FootprintCode
		known   bool
	}{
		{"a footprint is itself", areas, "06H", now, []FootprintCode{"06H"}, true},
		{"even when it has ended", areas, "06N", now, []FootprintCode{"06N"}, true},
		{"one of another kind is nothing", areas, "E10", now, nil, true},
		{"a kind of its own", councils, "ENG", now, []FootprintCode{"E10"}, true},
		{"a board is what it covers", areas, "QUE", then, []FootprintCode{"06H", "06N"}, true},
		{"on the date", areas, "QUE", now, []FootprintCode{"06H", "M1J4Y"}, true},
		{"a board that has ended covers nothing", areas, "QHG", now, nil, true},
		{"but did", areas, "QHG", then, []FootprintCode{"M1J4Y"}, true},
		{"a region is what its boards cover", areas, "Y61", then, []FootprintCode{"06H", "06N", "M1J4Y"}, true},
		{"a national body is everything", areas, "X24", now, []FootprintCode{"06H", "M1J4Y"}, true},
		{"so is the minister", areas, "SOS", now, []FootprintCode{"06H", "M1J4Y"}, true},
		{"and England", areas, "ENG", now, []FootprintCode{"06H", "M1J4Y"}, true},
		{"a trust covers nothing", areas, "RGT", now, nil, true},
		{"before anything was there", areas, "ENG", NewDate(2020, 1, 1), nil, true},
		{"nothing has that code", areas, "99Z", now, nil, false},
		{"own operation: a trust is itself", own, "RGT", now, []FootprintCode{"RGT"}, true},
		{"a board is its trusts", own, "QUE", then, []FootprintCode{"RGT"}, true},
		{"those that it has taken over too", own, "QUE", now, []FootprintCode{"RC9", "RGT", "RNEW"}, true},
		{"open on the date", own, "ENG", then, []FootprintCode{"RC9", "RGT"}, true},
		{"a region is theirs", own, "Y61", now, []FootprintCode{"RC9", "RGT", "RNEW"}, true},
		{"a place has none", own, "PLACE", now, nil, true},
		{"a location is none", own, "06H", now, nil, true},
		{"where boards count, a board is itself", ownOfMany, "QUE", now, []FootprintCode{"QUE"}, true},
		{"and in a region with its trusts", ownOfMany, "Y61", then, []FootprintCode{"QHG", "QUE", "RC9", "RGT"}, true},
		{"nobody has that code", own, "99Z", now, nil, false},
	} {
		got, known := orgs.Expand(c.details, c.code, Now(c.on))
		if known != c.known || !slices.Equal(got, c.want) {
			t.Errorf("%s: %s on %s is %v, %v; want %v, %v", c.name, c.code, c.on, got, known, c.want, c.known)
		}
	}
}

func TestFootprintOpen(t *testing.T) {
	t.Parallel()
	orgs := expansionWorld(t)
	areas := FunctionDetails{FootprintKind: KindLocation}
	own := FunctionDetails{FootprintKind: KindOwnOperation, OwnOperationOf: []Tier{TierProvider}}
	for _, c := range []struct {
		details FunctionDetails
		code    FootprintCode
		on      string
		want    bool
	}{
		{areas, "06N", "2026-03-31", true},
		{areas, "06N", "2026-04-01", false},
		{areas, "06N", "2022-06-30", false},
		{areas, "E10", "2026-04-01", false},
		{areas, "RGT", "2026-04-01", false},
		{own, "RGT", "2026-04-01", true},
		{own, "RNEW", "2026-03-31", false},
		{own, "QUE", "2026-04-01", false},
		{own, "06H", "2026-04-01", false},
	} {
		on, err := ParseDate(c.on)
		if err != nil {
			t.Fatal(err)
		}
		if got := orgs.FootprintOpen(c.details, c.code, Now(on)); got != c.want {
			t.Errorf("%s of %s is open on %s: %v", c.code, c.details.FootprintKind, c.on, got)
		}
	}
}

func TestBodiesBehindBodies(t *testing.T) {
	t.Parallel()
	orgs := expansionWorld(t)
	then, now := Now(NewDate(2025, 1, 1)), Now(NewDate(2026, 11, 21))
	for _, c := range []struct {
		code  OrganisationCode
		a     AsOf
		legal OrganisationCode
	}{
		{"X24", now, "X24"}, {"Y61", now, "X24"}, {"PLACE", now, "QUE"}, {"PLACE", Now(NewDate(2020, 1, 1)), ""}, {"Q99", now, ""},
	} {
		if legal, ok := orgs.LegalPersonOf(c.code, c.a); legal != c.legal || ok != (c.legal != "") {
			t.Errorf("behind %s is %q", c.code, legal)
		}
	}
	if !orgs.SameLegalPerson("Y61", "X24", now) || orgs.SameLegalPerson("QUE", "X24", now) || orgs.SameLegalPerson("Q99", "Q99", now) {
		t.Error("SameLegalPerson is wrong")
	}
	if got := orgs.Ancestors("RC9", then); !slices.Equal(got, []OrganisationCode{"RC9", "QHG", "Y61", "X24"}) {
		t.Errorf("RC9 belonged to %v", got)
	}
	if got := orgs.Ancestors("RC9", now); !slices.Equal(got, []OrganisationCode{"RC9", "QUE", "Y61", "X24"}) {
		t.Errorf("RC9 belongs to %v", got)
	}
	if region, ok := orgs.RegionOf("RC9", now); !ok || region != "Y61" {
		t.Errorf("RC9 is in %q", region)
	}
	if _, ok := orgs.RegionOf("X24", now); ok {
		t.Error("a national body is in no region")
	}
	if got := orgs.Heirs("QHG", now); !slices.Equal(got, []OrganisationCode{"QUE"}) {
		t.Errorf("QHG was followed by %v", got)
	}
	if got := orgs.Heirs("QHG", then); !slices.Equal(got, []OrganisationCode{"QHG"}) {
		t.Errorf("before it ended, QHG was %v", got)
	}
	if minister, ok := orgs.Minister(now); !ok || minister != "SOS" {
		t.Errorf("the minister is %q", minister)
	}
}
