package projections

import (
	"cmp"
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
)

// PackageReadiness is how ready the transfers of a package are, taken together.
type PackageReadiness struct {
	domain.Package
	// Stages counts its transfers by where they stand.
	Stages []StageCount
	// Gateways are in the order in which they are decided; transfers that were dropped are left out.
	Gateways []PackageGateway
	// DueFrom and DueUntil are the first and the last date on which one of them takes effect, or took effect; zero where
	// all were dropped.
	DueFrom, DueUntil domain.Date
	// OpenConditions are those that are not settled, OverdueConditions those of them that were due before the date.
	OpenConditions, OverdueConditions int
}

// PackageGateway counts the transfers of a package that have a gateway, and those of them at which it is passed.
type PackageGateway struct {
	Code              domain.GatewayCode
	Passed, Transfers int
}

// FunctionWithoutReceiver is a function that is to be reviewed for transfer and that nobody could take: what Coherence
// finds as FindingNoReceiver, at all bodies together.
type FunctionWithoutReceiver struct {
	Function domain.FunctionCode
	Name     string
	// Message says what is found, and Remedy what would put it right, each in plain English.
	Message, Remedy string
	// Organisations are the bodies that hold it where it has no receiver, and Footprints how many those places are.
	Organisations []domain.OrganisationCode
	Footprints    int
	// Exploring are the transfers of it for which options are being explored, in the order of their making.
	Exploring []domain.TransferID
	// Events are those from which it follows, in the order of the log.
	Events []domain.EventNo
}

// packagesOf returns the packages to which transfers belong, in the order of forming.
func (g *agenda) packagesOf(transfers map[domain.TransferID]bool) []PackageReadiness {
	var list []PackageReadiness
	for _, p := range g.views.packages.All(g.asOf.Known) {
		if slices.ContainsFunc(p.Members, func(id domain.TransferID) bool { return transfers[id] }) {
			list = append(list, g.packageReadiness(p))
		}
	}
	return list
}

func (g *agenda) packageReadiness(p domain.Package) PackageReadiness {
	r := PackageReadiness{Package: p}
	stages := make(map[domain.TransferState]int)
	for _, id := range p.Members {
		t, _ := g.transfer(id)
		stages[t.State]++
		if isDropped(t) {
			continue
		}
		if due := t.Due(); due != 0 {
			r.DueFrom, r.DueUntil = min(cmp.Or(r.DueFrom, due), due), max(r.DueUntil, due)
		}
		for _, gateway := range t.Gateways {
			r.count(t, gateway)
		}
		for _, c := range t.Conditions {
			if isOpen(c) {
				r.OpenConditions++
				r.OverdueConditions += count01(c.DueOn < g.asOf.On)
			}
		}
	}
	r.Stages = stageCounts(stages)
	return r
}

// count adds a gateway of a member.
func (r *PackageReadiness) count(t domain.Transfer, gateway domain.Gateway) {
	i := slices.IndexFunc(r.Gateways, func(x PackageGateway) bool { return x.Code == gateway.Code })
	if i < 0 {
		i = len(r.Gateways)
		r.Gateways = append(r.Gateways, PackageGateway{Code: gateway.Code})
	}
	r.Gateways[i].Transfers++
	r.Gateways[i].Passed += count01(t.Passed(gateway))
}

func count01(is bool) int {
	if is {
		return 1
	}
	return 0
}

// isOpen tells whether a condition is not settled.
func isOpen(c domain.TransferCondition) bool {
	return c.State == domain.ConditionStateOpen || c.State == domain.ConditionStateEvidenced
}

// stageCounts lists how many transfers stand where.
func stageCounts(stages map[domain.TransferState]int) []StageCount {
	var list []StageCount
	for _, state := range slices.Sorted(maps.Keys(stages)) {
		list = append(list, StageCount{state, stages[state]})
	}
	return list
}

// withoutReceiver returns the functions that have no receiver, by code; bodies are those asked about, nil for all.
func (v *Views) withoutReceiver(a domain.AsOf, functions []domain.FunctionCode, bodies map[domain.OrganisationCode]bool) ([]FunctionWithoutReceiver, error) {
	found, err := v.Coherence(CoherenceQuery{
		AsOf: a, Kinds: []FindingKind{FindingNoReceiver}, Functions: functions, Organisations: slices.Sorted(maps.Keys(bodies)),
	})
	if err != nil {
		return nil, err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	g := &agenda{views: v, asOf: a}
	var list []FunctionWithoutReceiver
	for _, f := range found.Findings { // by function and body
		if last := len(list) - 1; last < 0 || list[last].Function != f.Function {
			list = append(list, g.lacksReceiver(f.Function))
		}
		x := &list[len(list)-1]
		x.Organisations = append(x.Organisations, f.Organisation)
		x.Footprints += len(f.Footprints)
		x.Events = sortedEvents(append(x.Events, f.CauseEvents...))
	}
	return list, nil
}

func (g *agenda) lacksReceiver(code domain.FunctionCode) FunctionWithoutReceiver {
	f, _ := g.views.functions.Get(code, g.asOf.Known)
	says, _ := receiverSays(f.Details.ReceiverClaim)
	x := FunctionWithoutReceiver{Function: code, Name: f.Details.Name, Message: g.title(code) + " " + says.what + ".", Remedy: says.remedy}
	for _, id := range g.views.plans.order {
		if t, ok := g.transfer(id); ok && t.State == domain.StateExploring && t.Subject.Function == code {
			x.Exploring = append(x.Exploring, id)
		}
	}
	return x
}
