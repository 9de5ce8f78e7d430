package domain

import (
	"fmt"
	"slices"
)

// gateway finds a gateway of a transfer.
func (d *decision) gateway(id TransferID, code GatewayCode) (Transfer, Gateway, *Refusal) {
	t, refusal := d.transfer(id)
	if refusal != nil {
		return t, Gateway{}, refusal
	}
	g, ok := t.Gateway(code)
	if !ok {
		codes := make([]GatewayCode, 0, len(t.Gateways))
		for _, gateway := range t.Gateways {
			codes = append(codes, gateway.Code)
		}
		return t, g, Refuse(UnknownGateway, fmt.Sprintf("The transfer has no gateway %q.", code),
			"Its gateways are: "+listed(codes)+".", "transfer", string(id), "gateway", string(code))
	}
	return t, g, nil
}

// decide records a party's assessment: every domain of the framework, each once.
func (c AssessReadiness) decide(d *decision) {
	t, ok := d.live(c.TransferID, StateProposed, StateAssessing)
	if !ok {
		return
	}
	seen := map[string]bool{}
	for _, rating := range c.Ratings {
		if !slices.Contains(t.Domains, rating.Domain) {
			d.invalid("ratings", fmt.Sprintf("%q is not a domain of %s.", rating.Domain, t.Framework))
		}
		if seen[rating.Domain] {
			d.invalid("ratings", fmt.Sprintf("The domain %s is rated twice.", rating.Domain))
		}
		seen[rating.Domain] = true
		d.checkRating(rating)
	}
	for _, domain := range t.Domains {
		if !seen[domain] {
			d.invalid("ratings", fmt.Sprintf("The domain %s is not rated.", domain))
		}
	}
	if d.ok() {
		d.emit(ReadinessAssessed{ID: t.ID, Party: c.Party, Ratings: c.Ratings})
	}
}

func (d *decision) checkRating(r DomainRating) {
	ratings := []Rating{RatingGreen, RatingAmber, RatingRed, RatingNotApplicable}
	if !slices.Contains(ratings, r.Rating) {
		d.invalid("ratings", fmt.Sprintf("%q is not a rating; it is one of: %s.", r.Rating, listed(ratings)))
	}
	if r.Rating == RatingNotApplicable && r.Comment.IsEmpty() {
		d.invalid("ratings", fmt.Sprintf("Say in a comment why %s is not applicable.", r.Domain))
	}
}

// decide records an independent opinion.
func (c RecordOpinion) decide(d *decision) {
	t, ok := d.live(c.TransferID, StateProposed, StateAssessing)
	d.checkOpinion(c.Opinion)
	if ok && d.ok() {
		d.emit(OpinionRecorded{ID: t.ID, Gateway: c.Gateway, Opinion: c.Opinion})
	}
}

func (d *decision) checkOpinion(o Opinion) {
	if !slices.Contains([]OpinionKind{OpinionAssure, OpinionAdvise, OpinionAlert}, o.Opinion) {
		d.invalid("opinion", "An opinion is assure, advise or alert.")
	}
	if o.By == "" {
		d.invalid("by", "Say which function or body gives the opinion.")
	}
}

// decide records the decision of the body that decides a gateway.
func (c DecideGateway) decide(d *decision) {
	t, ok := d.live(c.TransferID, StateProposed, StateAssessing)
	g, _ := t.Gateway(c.Gateway)
	if !ok {
		return
	}
	if t.Passed(g) {
		d.refuse(WrongState, fmt.Sprintf("The gateway %s is passed already.", g.Code),
			"Amend the transfer if it must be decided again.", "gateway", string(g.Code))
	}
	c.checkForm(d, g)
	d.checkDuties(t, c.Gateway)
	if c.Decision.Passes() {
		c.checkReady(d, t, g)
	}
	state := c.stateAfter(d, t)
	if d.ok() {
		d.emitNow(GatewayDecided{
			ID: t.ID, Gateway: c.Gateway, Decision: c.Decision, DecidedBy: c.DecidedBy, DecidedOn: c.DecidedOn,
			Rationale: c.Rationale, Authority: c.Authority, Opinions: c.Opinions, Conditions: numbered(t, c.Conditions),
			Statements: c.Statements, State: state,
		})
	}
}

func numbered(t Transfer, conditions []Condition) []Condition {
	list := slices.Clone(conditions)
	for i := range list {
		list[i].ID = ConditionID(fmt.Sprintf("c%d", len(t.Conditions)+i+1))
	}
	return list
}

// checkForm checks what the decision says by itself.
func (c DecideGateway) checkForm(d *decision, g Gateway) {
	decisions := []GatewayDecision{DecisionPass, DecisionPassWithConditions, DecisionDefer, DecisionFail}
	if !slices.Contains(decisions, c.Decision) {
		d.invalid("decision", "A decision is one of: "+listed(decisions)+".")
	}
	if c.DecidedBy != g.Decider {
		d.invalid("decidedBy", fmt.Sprintf("The gateway %s is decided by %s, not %q.", g.Code, g.Decider, c.DecidedBy))
	}
	switch {
	case c.DecidedOn == 0:
		d.invalid("decidedOn", "A date is required.")
	case c.DecidedOn > d.meta.Today:
		d.refuse(NotYetEffective, fmt.Sprintf("The decision is dated %s, after today, %s.", c.DecidedOn, d.meta.Today),
			"Record it once it is made.", "decidedOn", c.DecidedOn.String(), "today", d.meta.Today.String())
	}
	if c.Decision == DecisionPassWithConditions && len(c.Conditions) == 0 {
		d.invalid("conditions", "A pass with conditions needs at least one condition.")
	}
	if c.Decision != DecisionPassWithConditions && len(c.Conditions) > 0 {
		d.invalid("conditions", "Only a pass with conditions sets conditions.")
	}
	for _, opinion := range c.Opinions {
		d.checkOpinion(opinion)
	}
	for _, condition := range c.Conditions {
		d.checkCondition(condition)
	}
}

func (d *decision) checkCondition(c Condition) {
	d.body(c.Owner, "owner")
	if c.Description.IsEmpty() {
		d.invalid("conditions", "A condition needs a description.")
	}
	if c.DueOn == 0 {
		d.invalid("conditions", "A condition needs a due date.")
	}
	if !slices.Contains([]ConditionTiming{TimingBeforeEffect, TimingAfterEffect, TimingContinuing}, c.Timing) {
		d.invalid("conditions", "A condition's timing is before_effect, after_effect or continuing.")
	}
}

// checkDuties keeps those who proposed a transfer, made the case for its package or assessed from deciding at a gateway,
// or doing without what was decided there (invariant 7).
func (d *decision) checkDuties(t Transfer, gateway GatewayCode) {
	person := d.person()
	madeCase := func(p Package) bool { return p.Person == person }
	what := ""
	switch {
	case slices.ContainsFunc(t.Assessments, func(a Assessment) bool { return a.Person == person }):
		what = "assessed readiness"
	case slices.Contains(t.Authors, person):
		what = "proposed or amended the transfer"
	case slices.ContainsFunc(d.s.Packages.Of(t.ID, Latest), madeCase):
		what = "made the case for its package"
	}
	if what != "" {
		d.refuse(SegregationOfDuties, "The person who decides also "+what+".",
			"Have somebody decide who neither proposed nor assessed it.", "gateway", string(gateway))
	}
}

// person is who gives the command, as events name their actors.
func (d *decision) person() string {
	return Actor{Subject: d.meta.Caller.Subject, Organisation: d.meta.Caller.Organisation}.Person()
}

// checkReady checks what a pass needs: a fresh assessment of the own side, both sides' gateways before a confirmation,
// and an independent opinion.
func (c DecideGateway) checkReady(d *decision, t Transfer, g Gateway) {
	switch {
	case len(t.Notice.Statements) > 0:
		c.checkNotice(d, t)
	case g.Party == PartyConfirmer:
		for _, other := range t.Gateways {
			if other.Party != PartyConfirmer && !t.Passed(other) {
				d.refuse(GatewayNotPassed, fmt.Sprintf("The gateway %s is not passed.", other.Code),
					"Confirm once both parties have decided that they are ready.", "gateway", string(other.Code))
			}
		}
	default:
		d.checkAssessed(t, g.Party)
	}
	if g.OpinionRequired {
		d.checkOpinions(t, g, slices.Concat(c.Opinions, t.freshOpinions(g)))
	}
}

// checkOpinions refuses when no opinion is independent.
func (d *decision) checkOpinions(t Transfer, g Gateway, opinions []Opinion) {
	remedy := "Give the opinion with the decision, or record it before."
	for _, o := range opinions {
		if d.isIndependent(o, t, g) {
			return
		}
		remedy = fmt.Sprintf("%s is a party, or the same person in law as one: have somebody apart from them give the opinion.", o.By)
	}
	d.refuse(IndependentOpinionRequired, fmt.Sprintf("The gateway %s cannot be passed without an independent opinion.", g.Code),
		remedy, "gateway", string(g.Code))
}

// isIndependent tells whether an opinion comes from somebody other than the parties and the body that decides, and from
// no body that is one person in law with them (invariant 7). Whoever gives it need not be in the register.
func (d *decision) isIndependent(o Opinion, t Transfer, g Gateway) bool {
	return !d.isParty(OrganisationCode(o.By), t.Sender, t.Receiver(), g.Decider)
}

// checkNotice checks that every statement of a notice is signed, and that it is not dated back.
func (c DecideGateway) checkNotice(d *decision, t Transfer) {
	if c.DecidedOn < d.meta.Today {
		d.invalid("decidedOn", "A notice counts from the day on which it is recorded: give today's date.")
	}
	for _, statement := range t.Notice.Statements {
		if !slices.Contains(c.Statements, statement) {
			d.invalid("statements", fmt.Sprintf("The statement on %s is not signed.", statement))
		}
	}
}

// noticeEnds returns the first date on which a transfer by notice can take effect, zero for another transfer.
func (t Transfer) noticeEnds() Date {
	var last Date
	for _, g := range t.Gateways {
		if decision, ok := lastOf(g.Decisions); ok && len(t.Notice.Statements) > 0 {
			last = max(last, decision.DecidedOn)
		}
	}
	if last == 0 {
		return 0
	}
	return last.AddWorkingDays(t.Notice.WorkingDays)
}

// checkAssessed refuses when a party has no assessment that is newer than the last amendment and rests on evidence that
// stands (invariant 9).
func (d *decision) checkAssessed(t Transfer, p Party) {
	a, fresh := t.Assessed(p)
	switch {
	case a.Event == 0:
		d.refuse(AssessmentStale, fmt.Sprintf("The %s has not assessed its readiness.", p),
			"Have the party assess all domains first.", "party", string(p))
	case !fresh:
		d.refuse(AssessmentStale, fmt.Sprintf("The %s assessed before the transfer was amended.", p),
			"Have the party assess again.", "party", string(p))
	default:
		d.checkEvidence(a)
	}
}

// checkEvidence refuses when evidence that an assessment rests on has expired (invariant 9).
func (d *decision) checkEvidence(a Assessment) {
	for _, rating := range a.Ratings {
		for _, evidence := range rating.Evidence {
			if evidence.ExpiresOn != 0 && evidence.ExpiresOn <= d.meta.Today {
				d.refuse(AssessmentStale, fmt.Sprintf("The %s's evidence on %s expired on %s.", a.Party, rating.Domain, evidence.ExpiresOn),
					"Have the party assess again on evidence that stands.", "party", string(a.Party), "domain", rating.Domain)
			}
		}
	}
}

// freshOpinions are the opinions given at a gateway since the transfer was last amended.
func (t Transfer) freshOpinions(g Gateway) []Opinion {
	var fresh []Opinion
	for _, o := range g.Opinions {
		if o.Event > t.AmendedNo {
			fresh = append(fresh, o.Opinion)
		}
	}
	return fresh
}

// stateAfter says where the decision puts the transfer. The last gateway also checks what approval needs.
func (c DecideGateway) stateAfter(d *decision, t Transfer) TransferState {
	switch {
	case c.Decision == DecisionFail:
		return StateRejected
	case !c.Decision.Passes():
		return StateAssessing
	}
	for _, g := range t.Gateways {
		if g.Code != c.Gateway && !t.Passed(g) {
			return StateAssessing
		}
	}
	d.checkApproval(t, t.EffectiveOn)
	return StateApproved
}

// checkApproval holds the rules of the last gateway that completion checks again: no overlap, retained aspects held,
// terms complete.
func (d *decision) checkApproval(t Transfer, on Date) {
	d.checkOverlap(t)
	d.checkRetained(t, on)
	d.checkTerms(t.Kind, t.Terms)
}

// checkOverlap keeps two approved transfers from moving the same remit (invariant 6).
func (d *decision) checkOverlap(t Transfer) {
	for _, other := range d.s.Transfers.All(Latest) {
		if other.ID == t.ID || other.State != StateApproved && other.State != StateScheduled {
			continue
		}
		for remit := range other.Changed {
			if t.moves(remit) {
				d.refuse(OverlappingTransfer, fmt.Sprintf("Transfer %s, which is %s, moves %s in %s too.", other.ID, other.State, remit.Role, remit.Footprint),
					"Withdraw or amend one of them.", "transfer", string(other.ID), "footprint", string(remit.Footprint))
				break
			}
		}
	}
}

// moves tells whether a remit changes hands when the transfer takes effect.
func (t Transfer) moves(r Remit) bool {
	for changed := range t.Changed {
		if changed == r {
			return true
		}
	}
	return false
}

// checkRetained refuses when an aspect that stays behind has no holder: each must be held already, or the transfer
// names its holder. The function's own retained role counts unless the transfer moves it.
func (d *decision) checkRetained(t Transfer, on Date) {
	aspects := slices.Clone(t.Retained)
	fn, _ := d.s.Functions.Get(t.Subject.Function, Latest)
	if role := fn.Details.RetainedRole; role != "" && !slices.Contains(t.Roles, role) &&
		!slices.ContainsFunc(aspects, func(r Retained) bool { return r.Role == role }) {
		aspects = append(aspects, Retained{Role: role, Part: t.Subject.Part})
	}
	for _, aspect := range aspects {
		for _, footprint := range t.Footprints() {
			remit := Remit{t.retainedSubject(aspect), footprint, aspect.Role}
			held := d.s.Holdings.At(remit, Now(on))
			switch {
			case aspect.Holder != "":
				d.checkKeeper(t, fn, aspect, remit, held)
			case len(held) == 0:
				d.refuse(RetainedAspectUnheld, fmt.Sprintf("Nobody holds %s of %s in %s, which is to stay behind.", aspect.Role, remit.Subject, footprint),
					"Name the body that keeps it under retained.", "role", string(aspect.Role), "footprint", string(footprint))
			}
		}
	}
}

// retainedSubject is what a retained aspect is about: a part that it names, or else what the transfer moves.
func (t Transfer) retainedSubject(aspect Retained) Subject {
	if aspect.Part != "" {
		return Subject{t.Subject.Function, aspect.Part}
	}
	return t.Subject
}

// checkKeeper keeps a named holder of a retained aspect from taking it away from somebody else, and accountability
// from beginning by a route that may not move it (invariant 3).
func (d *decision) checkKeeper(t Transfer, fn Function, aspect Retained, remit Remit, held []Held) {
	if _, already := givenBy(held, aspect.Holder); already {
		return
	}
	if aspect.Role == RoleAccountable && !slices.Contains(mayMove(t.Kind, fn.Details.LegalStatus), RoleAccountable) {
		d.refuse(KindMayNotMoveRole, fmt.Sprintf("A transfer of kind %s may not make %s accountable for %s.", t.Kind, aspect.Holder, remit.Subject),
			"Leave the aspect out: accountability stays where it is.", "role", string(aspect.Role), "kind", string(t.Kind))
	}
	if len(held) > 0 && fn.Details.RuleOf(aspect.Role) != RuleConcurrent && !t.moves(remit) && !held[0].Undetermined {
		d.refuse(RemitAlreadyHeld, fmt.Sprintf("%s of %s in %s is %s.", aspect.Role, remit.Subject, remit.Footprint, holdersOf(held)),
			"Leave the holder out: the aspect stays with whoever holds it.", "role", string(aspect.Role), "footprint", string(remit.Footprint))
	}
}
