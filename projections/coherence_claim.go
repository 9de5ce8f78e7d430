package projections

import (
	"cmp"
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
)

// receivers finds what the models of the bodies to be say about functions: no receiver, one that does not claim the
// function, or several that contest it; and functions whose legal basis nobody has checked.
func (x *inquiry) receivers() {
	for _, f := range x.views.functions.All(x.asOf.Known) {
		if !x.asksFor(f.Code) {
			continue
		}
		t := x.function(f.Code)
		if t.since == 0 {
			x.heldByNobody(f.Code, t)
		}
		switch {
		case f.Details.LegalStatus == domain.LegalUnknown:
			x.legalBasisUnknown(f.Code, t, "Have it checked by a lawyer, and record who checked it and when; until then it "+
				"counts as statutory.", "Nobody has checked whether statute confers %s")
		case f.Details.LegalStatus == domain.LegalStatutory && len(f.Details.LegalBasis) == 0:
			x.legalBasisUnknown(f.Code, t, "Record the Act and section, who checked it and when.",
				"Statute is said to confer %s, and no Act and section is recorded")
		}
		if f.Details.Category == domain.CategoryReviewForTransfer {
			x.receiver(f.Code, t)
		}
	}
}

// heldByNobody finds a function that nobody holds anywhere.
func (x *inquiry) heldByNobody(code domain.FunctionCode, f *functionTally) {
	d, _ := x.drafts.at(findingKey{FindingUnaccountable, code, "", ""}, SeverityMedium)
	d.says("Record who holds it, with the source.", "Nobody is recorded as holding %s anywhere", x.title(code))
	d.seen(x.definedOn(code), f.event)
}

// definedOn is from when a function that nobody holds is there: since it was defined, however often it was revised.
func (x *inquiry) definedOn(code domain.FunctionCode) domain.Date {
	first, _ := x.views.events.bounds("function/"+string(code), x.asOf.Known)
	return min(x.views.events.recordedOn(first), x.asOf.On)
}

func (x *inquiry) legalBasisUnknown(code domain.FunctionCode, f *functionTally, remedy, what string) {
	d, _ := x.drafts.at(findingKey{FindingLegalBasisUnknown, code, "", ""}, SeverityLow)
	d.says(remedy, what, x.title(code))
	d.involves(slices.Collect(maps.Keys(f.accountable))...)
	since := cmp.Or(f.since, x.definedOn(code))
	d.seen(since, f.event)
}

// receiverFinding is what a model says about the receiver of a function.
type receiverFinding struct {
	kind         FindingKind
	severity     Severity
	what, remedy string
}

// receiverSays reads what is recorded of the receiver's claim; false where there is nothing to be found.
func receiverSays(claim string) (receiverFinding, bool) {
	switch claim {
	case "no_receiver":
		return receiverFinding{
			FindingNoReceiver, SeverityMedium, "is to be reviewed for transfer and has no receiver",
			"Explore options with the bodies that could take it, or keep it.",
		}, true
	case "no_legal_body":
		return receiverFinding{
			FindingNoReceiver, SeverityMedium, "is to go where there is no body in law that could receive it",
			"Name a legal person that acts for the destination, or keep it.",
		}, true
	case "not_claimed":
		return receiverFinding{
			FindingUnclaimed, SeverityMedium, "is to go to a receiver whose own model does not list it",
			"Have the receiver say that it takes it before anything is proposed.",
		}, true
	case "partly":
		return receiverFinding{
			FindingUnclaimed, SeverityLow, "is to go to a receiver whose own model lists it only in part",
			"Divide it, or have the receiver say that it takes the whole of it before anything is proposed.",
		}, true
	case "contested":
		return receiverFinding{
			FindingContested, SeverityLow, "is contested between the models of those that are to have it",
			"Have the bodies agree who is to have it, and revise the function.",
		}, true
	}
	return receiverFinding{}, false
}

// receiver finds what is said about the receiver of a function, at each body that exercises it.
func (x *inquiry) receiver(code domain.FunctionCode, f *functionTally) {
	says, ok := receiverSays(f.details.ReceiverClaim)
	if !ok {
		return
	}
	for subject := range f.cells {
		for footprint, t := range f.cells[subject] {
			if f.moved[footprint] {
				continue
			}
			for _, h := range t.principals {
				d, isNew := x.drafts.at(findingKey{says.kind, code, h.holding.Named(), ""}, says.severity)
				if isNew {
					d.says(says.remedy, "%s %s; %s holds it", x.title(code), says.what, x.named(h.holding.Named()))
				}
				d.in(footprint)
				d.seen(h.from, f.event)
			}
		}
	}
}

// claimedRemit is what a body says about one remit.
type claimedRemit struct {
	remit    domain.Remit
	claimant domain.OrganisationCode
}

// claims finds claims and attestations that disagree with the record, and rival claims.
func (x *inquiry) claims() {
	last := map[claimedRemit]domain.Claim{}
	claimants := map[domain.Remit][]domain.OrganisationCode{}
	for _, c := range x.views.claims.Claims(x.asOf.Known) {
		if c.EffectiveOn > x.asOf.On || !x.asksFor(c.Function) {
			continue
		}
		said := domain.HoldingChange{
			Subjects: []domain.Subject{{Function: c.Function, Part: c.Part}}, Footprints: c.Footprints, Roles: c.Roles,
		}
		for remit := range said.Remits {
			key := claimedRemit{remit, c.Claimant}
			before, again := last[key]
			if !again {
				claimants[remit] = append(claimants[remit], c.Claimant)
			}
			if !again || c.EffectiveOn >= before.EffectiveOn {
				last[key] = c
			}
		}
	}
	for remit, bodies := range claimants {
		x.claimsOf(remit, bodies, last)
	}
	x.attestations()
}

// claimsOf compares the last words on one remit with the record and with one another.
func (x *inquiry) claimsOf(
	remit domain.Remit, bodies []domain.OrganisationCode, last map[claimedRemit]domain.Claim,
) {
	inForce, since, cause := x.views.recordedHolders(remit, x.asOf)
	var claimed []domain.OrganisationCode
	for _, body := range bodies {
		claim := last[claimedRemit{remit, body}]
		holds := slices.ContainsFunc(inForce, func(h domain.Holding) bool { return h.IsHeldBy(body) })
		if claim.Holds {
			claimed = append(claimed, body)
		}
		if claim.Holds == holds {
			continue
		}
		d := x.contested(remit, body)
		if claim.Holds {
			d.details["it says that it is "+string(remit.Role)+", the record names "+x.holders(inForce)] = true
		} else {
			d.details["it says that it is not "+string(remit.Role)+", the record names it"] = true
		}
		for _, h := range inForce {
			d.involves(h.Named())
		}
		d.seen(max(claim.EffectiveOn, since), claim.Event, cause)
	}
	rule := x.function(remit.Subject.Function).details.RuleOf(remit.Role)
	if len(claimed) < 2 || rule != domain.RuleSole {
		return
	}
	slices.Sort(claimed)
	for _, body := range claimed {
		d := x.contested(remit, body)
		d.details["to be "+string(remit.Role)+" is claimed by "+joinAnd(claimed)] = true
		d.involves(claimed...)
		own := last[claimedRemit{remit, body}]
		for _, other := range claimed {
			if claim := last[claimedRemit{remit, other}]; other != body {
				d.seen(max(claim.EffectiveOn, own.EffectiveOn), claim.Event, own.Event)
			}
		}
	}
}

func (x *inquiry) contested(remit domain.Remit, body domain.OrganisationCode) *draft {
	d, isNew := x.drafts.at(findingKey{FindingContested, remit.Subject.Function, body, ""}, SeverityMedium)
	if isNew {
		d.says("Settle who holds it, and correct the record or have the claim taken back.",
			"What %s says about %s is contested", x.named(body), x.title(remit.Subject.Function))
	}
	d.in(remit.Footprint)
	return d
}

// recordedHolders returns who holds a remit, since when and by which event the last change was.
func (v *Views) recordedHolders(r domain.Remit, a domain.AsOf) ([]domain.Holding, domain.Date, domain.EventNo) {
	var list []domain.Holding
	var since domain.Date
	var cause domain.EventNo
	c := v.holdings.find(r.Subject, r.Footprint)
	if c == nil {
		return nil, 0, 0
	}
	lines := c.of(roleIndex(r.Role))
	for i := range lines {
		p := lines[i].at(a.On, a.Known)
		if p == nil {
			continue
		}
		list = append(list, v.holdings.values.get(p.value)...)
		if p.from >= since {
			since, cause = p.from, p.no
		}
	}
	return list, since, cause
}

// holders writes who holds a remit.
func (x *inquiry) holders(list []domain.Holding) string {
	if len(list) == 0 {
		return "nobody"
	}
	names := make([]string, 0, len(list))
	for _, h := range list {
		if h.Undetermined {
			names = append(names, "somebody unknown")
			continue
		}
		names = append(names, string(h.Named()))
	}
	slices.Sort(names)
	return joinAnd(names)
}

// attestations finds bodies whose last attestation says that the register is not right.
func (x *inquiry) attestations() {
	if len(x.query.Functions) > 0 {
		return
	}
	last := map[domain.OrganisationCode]domain.Attestation{}
	for _, a := range x.views.claims.Attestations(x.asOf.Known) {
		if before, again := last[a.Organisation]; a.EffectiveOn <= x.asOf.On && (!again || a.EffectiveOn >= before.EffectiveOn) {
			last[a.Organisation] = a
		}
	}
	for code, a := range last {
		if a.Agrees {
			continue
		}
		d, _ := x.drafts.at(findingKey{FindingContested, "", code, ""}, SeverityMedium)
		d.says("Settle the exceptions that it names, and have it attest again.",
			"%s attested on %s that the register is not right about it", x.named(code), a.EffectiveOn)
		d.seen(a.EffectiveOn, a.Event)
	}
}
