package domain

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"
)

// The random commands of the property tests. They are drawn so that many are accepted: from what the register knows,
// with a sprinkle of nonsense; steps of transfers mostly by somebody who may take them.

// smallWorld is where the random commands begin: a minister, a national body with two regions, three integrated care
// boards, two trusts and a place; six footprints; four functions with different rules.
func smallWorld() []Command {
	opened := NewDate(2024, 4, 1)
	body := func(code OrganisationCode, tier Tier, form Form, parent, legal OrganisationCode) Command {
		return EstablishOrganisation{
			Code: code, Name: string(code), Tier: tier, Form: form, LegalPerson: legal == "", LegalParent: legal,
			Parent: parent, EffectiveOn: opened,
		}
	}
	cover := func(by OrganisationCode, codes ...FootprintCode) Command {
		c := ChangeFootprints{EffectiveOn: opened, Coverage: []Coverage{{by, codes}}}
		for _, code := range codes {
			c.Open = append(c.Open, NewFootprint{code, string(code), KindLocation})
		}
		return c
	}
	allocate := func(function FunctionCode, holder OrganisationCode, in []FootprintCode, roles ...Role) Command {
		return AllocateFunction{
			Function: function, Holder: holder, Footprints: in, Roles: roles, EffectiveOn: opened, Source: "baseline",
		}
	}
	world := []Command{
		body("SOS", TierNational, FormMinister, "", ""),
		body("NHSE", TierNational, FormStatutoryBody, "", ""),
		body("R1", TierRegional, FormOffice, "NHSE", "NHSE"), body("R2", TierRegional, FormOffice, "NHSE", "NHSE"),
		body("A", TierICB, FormStatutoryBody, "R1", ""), body("B", TierICB, FormStatutoryBody, "R1", ""),
		body("C", TierICB, FormStatutoryBody, "R2", ""),
		body("T", TierProvider, FormTrust, "A", ""), body("U", TierProvider, FormTrust, "B", ""),
		body("P", TierPlace, FormPartnership, "A", "A"),
		cover("A", "f1", "f2"), cover("B", "f3", "f4"), cover("C", "f5", "f6"),
		RegisterInstrument{"act", InstrumentDetails{
			Title: "An Act", Status: InstrumentStatusInForce, MayCarry: routes(), Commencements: []Commencement{{On: opened}},
		}},
		RegisterInstrument{"power", InstrumentDetails{
			Title: "A power", Status: InstrumentStatusInForce, MayCarry: []TransferKind{KindDelegation, KindPooling},
			Commencements: []Commencement{{On: opened}}, Exclusions: []Exclusion{{"NHSE", "s.9", "a regulation"}},
		}},
	}
	for _, code := range []OrganisationCode{"A", "B"} {
		world = append(world, RecordPopulation{
			Organisation: code, Basis: PopulationRegistered, Year: 2024, Count: 1000, EffectiveOn: opened, Source: "a count",
		})
	}
	world = append(world, smallFunctions()...)
	everyRole := Roles()
	return append(world,
		allocate("plain", "A", nil, everyRole...), allocate("plain", "C", nil, everyRole...),
		allocate("shared", "NHSE", []FootprintCode{"ENG"}, RoleAccountable), allocate("shared", "B", nil, RoleAccountable),
		allocate("shared", "R1", []FootprintCode{"f1", "f3"}, RoleExercising, RoleFunding),
		allocate("joint", "A", nil, RoleAccountable, RoleExercising), allocate("own", "A", []FootprintCode{"T"}, everyRole...),
	)
}

// smallFunctions are the functions of the small world: one with the default rules, which no statute confers; one whose
// duty binds several, under a section that a power excludes; one exercised jointly; one of trusts' own operations.
func smallFunctions() []Command {
	return []Command{
		DefineFunction{"plain", FunctionDetails{
			Name: "Plain", FootprintKind: KindLocation, Class: ClassDelivery, Category: CategoryReviewForTransfer, ReceiverClaim: "no_receiver", LegalStatus: LegalNotStatutory,
			LegalBasis: []LegalBasis{{CheckedBy: "head-of-legal", CheckedOn: NewDate(2026, 1, 1)}},
		}},
		DefineFunction{"shared", FunctionDetails{
			Name: "Shared", FootprintKind: KindLocation, LegalStatus: LegalStatutory, LegalBasis: []LegalBasis{{Section: "9(1)"}},
			Rules: twoRules(RoleAccountable, RuleConcurrent, RoleDelivering, RuleSole), RetainedRole: RoleOverview,
		}},
		DefineFunction{"joint", FunctionDetails{
			Name: "Joint", FootprintKind: KindLocation, LegalStatus: LegalUnknown, Class: ClassStrategy,
			Rules: twoRules(RoleExercising, RuleJoint, RoleDelivering, RuleJoint),
		}},
		DefineFunction{"own", FunctionDetails{
			Name: "Own", FootprintKind: KindOwnOperation, OwnOperationOf: []Tier{TierProvider}, LegalStatus: LegalUnknown,
		}},
	}
}

func twoRules(a Role, ruleOfA RemitRule, b Role, ruleOfB RemitRule) map[Role]RemitRule {
	rules := ruled(a, ruleOfA)
	rules[b] = ruleOfB
	return rules
}

// draw is a way to draw a command, and who gives it.
type draw struct {
	weight int
	draw   func(*rapid.T) order
}

// draws are the draws of every command; the steps of transfers weigh more, since a transfer takes many.
func (m *machine) draws() []draw {
	return append(m.lifeDraws(), []draw{
		{1, m.drawEstablish},
		{1, m.drawRename},
		{1, m.drawMove},
		{1, m.drawFootprints},
		{1, m.drawAnnounce},
		{1, m.drawMerge},
		{1, m.drawSplit},
		{2, m.drawLocations},
		{1, m.drawRevise},
		{1, m.drawDivide},
		{1, m.drawInstrument},
		{3, m.drawBaseline},
		{3, m.drawOccurrence},
		{3, m.drawFittingOccurrence},
		{1, m.drawPlan},
		{2, m.drawFittingPlan},
		{3, m.drawCarryOut},
		{1, m.drawPropose},
		{4, m.drawFittingProposal},
		{2, m.drawAmend},
		{2, m.drawGatewayStep},
		{25, m.drawNextStep},
		{2, m.drawFinish},
		{3, m.drawDelegate},
		{3, m.drawDelegationStep},
	}...)
}

// drawCommand draws one of the draws, each as often as it weighs.
func (m *machine) drawCommand(t *rapid.T) order {
	total := 0
	for _, d := range m.draws() {
		total += d.weight
	}
	n := below(t, "command", total)
	for _, d := range m.draws() {
		if n -= d.weight; n < 0 {
			return d.draw(t)
		}
	}
	return order{}
}

// below draws a number from 0 to n-1, each as likely as the other: rapid's own ranges prefer small numbers, so that a
// chance of one in fifty would come true every other time. It fails towards 0.
func below(t *rapid.T, label string, n int) int {
	if n == 1 {
		return 0
	}
	return rapid.Custom(func(t *rapid.T) int {
		for {
			number := 0
			for bit := 1; bit < n; bit *= 2 {
				if rapid.Bool().Draw(t, "bit") {
					number += bit
				}
			}
			if number < n {
				return number
			}
		}
	}).Draw(t, label)
}

// pick draws one of a list; skips the action when there is none.
func pick[V any](t *rapid.T, label string, list []V) V {
	if len(list) == 0 {
		t.Skip("no " + label)
	}
	return list[below(t, label, len(list))]
}

// some draws a part of a list in its order, perhaps none of it.
func some[V any](t *rapid.T, label string, list []V) []V {
	var part []V
	for _, v := range list {
		if below(t, label, 3) == 2 {
			part = append(part, v)
		}
	}
	return part
}

// chance comes true in so many of a hundred cases.
func chance(t *rapid.T, label string, percent int) bool { return below(t, label, 100) >= 100-percent }

// bodies are the codes of all bodies, and a wrong one now and then.
func (m *machine) bodies(t *rapid.T) []OrganisationCode {
	var codes []OrganisationCode
	for _, body := range m.state.Organisations.Bodies(Latest) {
		codes = append(codes, body.Code)
	}
	if chance(t, "wrong body", 2) {
		return []OrganisationCode{"NOBODY"}
	}
	return codes
}

func (m *machine) body(t *rapid.T, label string) OrganisationCode { return pick(t, label, m.bodies(t)) }

// open are the bodies of a tier that are open today.
func (m *machine) open(tiers ...Tier) []OrganisationCode {
	var codes []OrganisationCode
	for _, body := range m.state.Organisations.Bodies(Latest) {
		if body.IsOpen(Now(m.today)) && slices.Contains(tiers, body.Tier) {
			codes = append(codes, body.Code)
		}
	}
	return codes
}

// locations are the footprints that exist today.
func (m *machine) locations() []FootprintCode {
	var codes []FootprintCode
	for _, fp := range m.state.Organisations.Footprints(Latest) {
		if fp.IsOpen(Now(m.today)) {
			codes = append(codes, fp.Code)
		}
	}
	return codes
}

func (m *machine) drawFootprintCodes(t *rapid.T) []FootprintCode {
	switch below(t, "which footprints", 10) {
	case 0:
		return nil
	case 1:
		return []FootprintCode{"ENG"}
	case 2:
		return []FootprintCode{FootprintCode(m.body(t, "as footprint"))}
	case 3:
		return []FootprintCode{"T", "U"}
	default:
		return []FootprintCode{pick(t, "footprint", m.locations())}
	}
}

// date draws a date: today mostly, or one of the past or the future.
func (m *machine) date(t *rapid.T) Date {
	switch below(t, "when", 10) {
	case 0, 1, 2:
		return m.today.AddDays(-1 - below(t, "days ago", 500))
	case 3:
		return m.today.AddDays(1 + below(t, "days ahead", 100))
	default:
		return m.today
	}
}

func (m *machine) function(t *rapid.T) (FunctionCode, PartCode) {
	fn := pick(t, "function", m.state.Functions.All(Latest))
	return fn.Code, pick(t, "part", fn.Subjects(Now(m.today))).Part
}

func (m *machine) roles(t *rapid.T) []Role {
	roles := some(t, "role", Roles())
	if len(roles) == 0 {
		return []Role{pick(t, "role", Roles())}
	}
	return roles
}

func (m *machine) instrument(t *rapid.T) InstrumentCode {
	return pick(t, "instrument", []InstrumentCode{"act", "act", "power", ""})
}

// subjects are the people: few, so that they meet themselves.
func (m *machine) by(t *rapid.T, body OrganisationCode) Caller {
	caller := person(pick(t, "who", []string{"ann", "bob", "cat", "dan"}), body)
	if chance(t, "other body", 3) {
		caller.Organisation = m.body(t, "caller's body")
	}
	if chance(t, "one role", 3) {
		caller.Roles = []ActorRole{pick(t, "caller's role", ActorRoles())}
	}
	return caller
}

// command is an order by somebody of a body, with a reason most of the time.
func (m *machine) order(t *rapid.T, by OrganisationCode, cmd Command) order {
	o := order{caller: m.by(t, by), command: cmd}
	if chance(t, "reason", 85) {
		o.reason = "because"
	}
	if chance(t, "revision", 3) {
		o.revision = uint64(1 + below(t, "expected revision", 5))
	}
	return o
}

func (m *machine) registrar(t *rapid.T, cmd Command) order {
	return m.order(t, pick(t, "registrar", []OrganisationCode{"NHSE", "NHSE", "SOS", "R1"}), cmd)
}

func (m *machine) newCode() string { return fmt.Sprint("N", m.ids) }

func (m *machine) drawEstablish(t *rapid.T) order {
	b := m.newBody(t)
	return m.registrar(t, EstablishOrganisation{
		Code: b.Code, Name: b.Name, Tier: b.Tier, Form: b.Form, LegalPerson: b.LegalPerson, LegalParent: b.LegalParent,
		Parent: b.Parent, EffectiveOn: m.date(t),
	})
}

func (m *machine) newBody(t *rapid.T) NewBody {
	b := NewBody{
		Code: OrganisationCode(m.newCode()), Name: "New", Form: FormStatutoryBody, LegalPerson: true,
		Tier:   pick(t, "tier", []Tier{TierICB, TierICB, TierProvider, TierPlace}),
		Parent: pick(t, "region", m.open(TierRegional, TierICB)),
	}
	if b.Tier == TierPlace {
		b.Form, b.LegalPerson, b.LegalParent = FormPartnership, false, pick(t, "legal parent", m.open(TierICB, TierNational))
	}
	return b
}

func (m *machine) drawRename(t *rapid.T) order {
	return m.registrar(t, RenameOrganisation{Code: m.body(t, "body"), Name: "Renamed", EffectiveOn: m.date(t)})
}

func (m *machine) drawMove(t *rapid.T) order {
	c := MoveOrganisation{Code: m.body(t, "body"), EffectiveOn: m.date(t)}
	if chance(t, "parent", 60) {
		c.Parent = m.body(t, "parent")
	}
	if chance(t, "legal parent", 60) {
		c.LegalParent = m.body(t, "legal parent")
	}
	return m.registrar(t, c)
}

func (m *machine) drawFootprints(t *rapid.T) order {
	c := ChangeFootprints{EffectiveOn: m.date(t)}
	if chance(t, "open", 30) {
		c.Open = []NewFootprint{{FootprintCode("g" + m.newCode()), "New", KindLocation}}
	}
	c.Coverage = []Coverage{{m.body(t, "covering"), some(t, "covered", m.locations())}}
	return m.registrar(t, c)
}

func (m *machine) drawAnnounce(t *rapid.T) order {
	c := PlanReorganisation{
		Kind: pick(t, "kind", []SuccessionKind{SuccessionMerge, SuccessionMerge, SuccessionRename}), EffectiveOn: m.date(t),
		Originals: []OrganisationCode{m.body(t, "original")},
	}
	if chance(t, "a successor is known", 40) {
		c.Results = []OrganisationCode{m.body(t, "result")}
	}
	return m.registrar(t, c)
}

func (m *machine) drawRevise(t *rapid.T) order {
	fn := pick(t, "function", m.state.Functions.All(Latest))
	details := fn.Details
	details.Class = pick(t, "class", []FunctionClass{"", ClassStrategy, ClassDelivery})
	details.Category = pick(t, "category", []Category{"", CategoryReviewForTransfer})
	details.ReceiverClaim = pick(t, "receiver's claim", []string{"", "no_receiver", "not_claimed", "partly", "contested", "claimed"})
	details.LegalStatus = pick(t, "legal status", []LegalStatus{LegalStatutory, LegalUnknown, LegalNotStatutory})
	if chance(t, "other rules", 20) {
		details.Rules = ruled(pick(t, "role", Roles()), pick(t, "rule", []RemitRule{RuleSole, RuleJoint, RuleConcurrent}))
	}
	if chance(t, "a new one", 20) {
		return m.registrar(t, DefineFunction{FunctionCode(m.newCode()), details})
	}
	return m.registrar(t, ReviseFunction{fn.Code, details})
}

func (m *machine) drawDivide(t *rapid.T) order {
	return m.registrar(t, DivideFunction{
		Code: pick(t, "function", m.state.Functions.All(Latest)).Code, Parts: []Part{{Code: "one", Name: "One"}},
		Rest: Part{Code: "rest", Name: "The rest"}, EffectiveOn: m.date(t),
	})
}

func (m *machine) drawInstrument(t *rapid.T) order {
	switch below(t, "instrument step", 10) {
	case 0:
		return m.registrar(t, DiscardInstrument{Code: m.instrument(t), EffectiveOn: m.date(t)})
	case 1, 2:
		return m.registrar(t, RegisterInstrument{InstrumentCode(m.newCode()), InstrumentDetails{
			Title: "New", Status: InstrumentStatusPlanned, MayCarry: routes(),
		}})
	default:
		return m.registrar(t, CommenceInstrument{m.instrument(t), Commencement{On: m.date(t)}})
	}
}

func (m *machine) drawBaseline(t *rapid.T) order {
	function, part := m.function(t)
	return m.registrar(t, AllocateFunction{
		Function: function, Part: part, Holder: m.body(t, "holder"), Footprints: m.drawFootprintCodes(t), Roles: m.roles(t),
		EffectiveOn: m.date(t), Source: "a map",
	})
}
