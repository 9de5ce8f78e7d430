package domain

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Which route may move which roles: the table of domain experts, written out. A dot is "may not".
func TestMayMove(t *testing.T) {
	t.Parallel()
	const all, few = "accountable exercising delivering overview funding", "delivering overview funding"
	for _, c := range []struct {
		kind   TransferKind
		status LegalStatus
		want   string
	}{
		{KindStatutory, LegalStatutory, all},
		{KindStatutory, LegalNotStatutory, all},
		{KindStatutory, LegalUnknown, all},
		{KindDelegation, LegalStatutory, "exercising delivering funding"},
		{KindDelegation, LegalNotStatutory, "exercising delivering funding"},
		{KindDirection, LegalStatutory, "exercising delivering funding"},
		{KindDirection, LegalNotStatutory, "exercising delivering funding"},
		{KindJointExercise, LegalStatutory, "exercising"},
		{KindJointExercise, LegalNotStatutory, "exercising"},
		{KindPooling, LegalStatutory, "delivering funding"},
		{KindPooling, LegalNotStatutory, "delivering funding"},
		{KindDelivery, LegalStatutory, "delivering"},
		{KindDelivery, LegalNotStatutory, "delivering"},
		{KindAdministrative, LegalStatutory, few},
		{KindAdministrative, LegalUnknown, few},
		{KindAdministrative, "", few},
		{KindAdministrative, LegalNotStatutory, all},
		{KindReorganisation, LegalNotStatutory, ""},
		{"takeover", LegalNotStatutory, ""},
	} {
		may := mayMove(c.kind, c.status)
		for _, role := range Roles() {
			want := slices.Contains(strings.Fields(c.want), string(role))
			if got := slices.Contains(may, role); got != want {
				t.Errorf("%s of a %s function moves %s: %v, want %v", c.kind, c.status, role, got, want)
			}
		}
	}
}

func TestNeedsInstrument(t *testing.T) {
	t.Parallel()
	want := map[TransferKind]bool{
		KindStatutory: true, KindDelegation: true, KindDirection: true, KindJointExercise: true,
		KindPooling: false, KindDelivery: false, KindAdministrative: false, KindReorganisation: false,
	}
	if len(routes()) != 7 {
		t.Errorf("there are %d routes", len(routes()))
	}
	for _, kind := range routes() {
		if got := needsInstrument(kind); got != want[kind] {
			t.Errorf("%s needs an instrument: %v", kind, got)
		}
	}
}

// By default a duty, its exercise and its money have one holder; work and overview may have several.
func TestRuleOf(t *testing.T) {
	t.Parallel()
	defaults := map[Role]RemitRule{
		RoleAccountable: RuleSole, RoleExercising: RuleSole, RoleFunding: RuleSole,
		RoleDelivering: RuleConcurrent, RoleOverview: RuleConcurrent,
	}
	for _, role := range Roles() {
		if got := (FunctionDetails{}).RuleOf(role); got != defaults[role] {
			t.Errorf("%s is %s by default, want %s", role, got, defaults[role])
		}
		for _, rule := range []RemitRule{RuleSole, RuleJoint, RuleConcurrent} {
			details := FunctionDetails{Rules: ruled(role, rule)}
			for _, other := range Roles() {
				want := defaults[other]
				if other == role {
					want = rule
				}
				if got := details.RuleOf(other); got != want {
					t.Errorf("with %s %s, %s is %s, want %s", role, rule, other, got, want)
				}
			}
		}
	}
}

// ruled is a rule for one role, the others being as by default.
func ruled(role Role, rule RemitRule) map[Role]RemitRule {
	rules := make(map[Role]RemitRule)
	rules[role] = rule
	return rules
}

func TestSameSection(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"14Z25", "14Z25", true},
		{"s.14Z25", "14Z25", true},
		{"s. 14Z25", "section 14Z25", true},
		{"Section 14Z25(2)", "s.14z25", true},
		{"14Z25(1)(a)", "14Z25(2)", true},
		{"sect. 27B", "27B", true},
		{"27B", "27C", false},
		{"14Z2", "14Z25", false},
		{"4Z25", "14Z25", false},
		{"", "", false},
		{"", "33", false},
	} {
		if got := sameSection(c.a, c.b); got != c.want {
			t.Errorf("sameSection(%q, %q) = %v", c.a, c.b, got)
		}
		if got := sameSection(c.b, c.a); got != c.want {
			t.Errorf("sameSection(%q, %q) = %v", c.b, c.a, got)
		}
	}
}

func TestInstrumentOnADate(t *testing.T) {
	t.Parallel()
	made := Instrument{Details: InstrumentDetails{Status: InstrumentStatusMade, Commencements: []Commencement{
		{On: 10, Footprints: []FootprintCode{"06H"}}, {On: 20}, {},
	}}}
	discarded := made
	discarded.DiscardedOn = 30
	planned := Instrument{Details: InstrumentDetails{Status: InstrumentStatusPlanned}}
	ahead := Instrument{Details: InstrumentDetails{Status: InstrumentStatusInForce, Commencements: []Commencement{{On: 10}}}}
	for _, c := range []struct {
		name      string
		in        Instrument
		footprint FootprintCode
		on        Date
		inForce   bool
		status    InstrumentStatus
	}{
		{"before", made, "06H", 9, false, InstrumentStatusMade},
		{"commenced there", made, "06H", 10, true, InstrumentStatusInForce},
		{"commenced elsewhere", made, "01F", 19, false, InstrumentStatusInForce},
		{"commenced everywhere", made, "01F", 20, true, InstrumentStatusInForce},
		{"the day before its end", discarded, "06H", 29, true, InstrumentStatusInForce},
		{"discarded", discarded, "06H", 30, false, InstrumentStatusDiscarded},
		{"a Bill", planned, "06H", 100, false, InstrumentStatusPlanned},
		{"made for a day to come", ahead, "06H", 9, false, InstrumentStatusMade},
	} {
		if got := c.in.InForce(c.footprint, c.on); got != c.inForce {
			t.Errorf("%s: in force %v", c.name, got)
		}
		if got := c.in.Status(c.on); got != c.status {
			t.Errorf("%s: status %s", c.name, got)
		}
	}
}

func TestExclusionsAreOfABodyAndASection(t *testing.T) {
	t.Parallel()
	in := Instrument{Details: InstrumentDetails{Exclusions: []Exclusion{{"X24", "14Z25", "reg. 2"}, {"", "33", "reg. 3"}}}}
	for _, c := range []struct {
		body     OrganisationCode
		sections []string
		want     string
	}{
		{"X24", []string{"s.1", "s.14Z25(3)"}, "reg. 2"},
		{"QYG", []string{"s.14Z25(3)"}, ""},
		{"QYG", []string{"section 33"}, "reg. 3"},
		{"X24", []string{""}, ""},
		{"X24", nil, ""},
	} {
		var basis []LegalBasis
		for _, section := range c.sections {
			basis = append(basis, LegalBasis{Section: section})
		}
		exclusion, excluded := in.Excludes(c.body, basis)
		if exclusion.Source != c.want || excluded != (c.want != "") {
			t.Errorf("%s %v: %v, %v", c.body, c.sections, exclusion, excluded)
		}
	}
}

// An event stays small: the changes of a large reorganisation are spread over several, none lost and in their order.
func TestChunked(t *testing.T) {
	t.Parallel()
	footprints := func(n int) []FootprintCode {
		codes := make([]FootprintCode, n)
		for i := range codes {
			codes[i] = FootprintCode(fmt.Sprint("f", i))
		}
		return codes
	}
	change := func(n int, source string) HoldingChange {
		return HoldingChange{Footprints: footprints(n), Holdings: []Holding{{Holder: "QYG", Source: source}}}
	}
	var many []HoldingChange
	for i := range 1000 {
		many = append(many, change(1+i%7, "map"))
	}
	long := strings.Repeat("x", maxChunk/2)
	for _, c := range []struct {
		name    string
		changes []HoldingChange
		chunks  int
	}{
		{"none", nil, 0},
		{"one", []HoldingChange{change(1, "map")}, 1},
		{"one that is too large by itself", []HoldingChange{change(maxChunk, "map")}, 1},
		{"a large one after a small one", []HoldingChange{change(1, "map"), change(maxChunk, "map"), change(1, "map")}, 3},
		{"long sources", []HoldingChange{change(1, long), change(1, long), change(1, long)}, 3},
		{"many", many, 8},
	} {
		var joinedUp []HoldingChange
		chunks := chunked(c.changes)
		for _, chunk := range chunks {
			joinedUp = append(joinedUp, chunk...)
			if len(chunk) == 0 || len(chunk) > 1 && roughSize(chunk) > maxChunk {
				t.Errorf("%s: a chunk of %d changes, %d bytes", c.name, len(chunk), roughSize(chunk))
			}
		}
		if len(chunks) != c.chunks {
			t.Errorf("%s: %d chunks, want %d", c.name, len(chunks), c.chunks)
		}
		if fmt.Sprint(joinedUp) != fmt.Sprint(c.changes) {
			t.Errorf("%s: the changes are not the same any more", c.name)
		}
	}
}

// roughSize is what the texts and codes of changes take at least.
func roughSize(changes []HoldingChange) int {
	size := 0
	for _, c := range changes {
		for _, f := range c.Footprints {
			size += len(f)
		}
		for _, h := range c.Holdings {
			size += len(h.Holder) + len(h.Source) + len(h.HeldThrough)
		}
	}
	return size
}
