package domain

import (
	"fmt"
	"slices"
)

func (c RecordPopulation) decide(d *decision) {
	d.body(c.Organisation, "organisation")
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	if !slices.Contains([]PopulationBasis{PopulationResident, PopulationRegistered}, c.Basis) {
		d.invalid("basis", "A population is resident or registered.")
	}
	if c.Count <= 0 || c.Year <= 0 || c.Source == "" {
		d.invalid("count", "A population needs a count, the year of the count and a source.")
	}
	if d.ok() {
		d.emit(PopulationRecorded{
			Organisation: c.Organisation, Basis: c.Basis, Year: c.Year, Count: c.Count, EffectiveOn: c.EffectiveOn,
			Confidence: orExact(c.Confidence), Source: c.Source,
		})
	}
}

func (c RecordCost) involved(*decision) (involved, *Refusal) {
	return about(AsBody, c.Organisation), nil
}

func (c RecordCost) decide(d *decision) {
	d.body(c.Organisation, "organisation")
	if c.Function != "" {
		d.function(c.Function)
	}
	if c.TransferID != "" {
		_, refusal := d.transfer(c.TransferID)
		d.add(refusal)
	}
	if !slices.Contains(CostClasses(), c.Class) {
		d.invalid("class", "The class is one of: "+listed(CostClasses())+".")
	}
	if c.Pounds < 0 && c.TransferID == "" {
		d.invalid("pounds", "Only the change that a transfer brings can be below zero.")
	}
	if c.Year == "" || c.Base == "" || c.Source == "" {
		d.invalid("base", "A cost needs its financial year, the base on which it rests and a source.")
	}
	if d.ok() {
		d.emit(CostRecorded{
			ID: d.meta.ID, Organisation: c.Organisation, Function: c.Function, Transfer: c.TransferID, Class: c.Class,
			Recurrent: c.Recurrent, Excluded: c.Excluded, Pounds: c.Pounds, Year: c.Year, Base: c.Base, Source: c.Source,
		})
	}
}

func (c FormCommittee) involved(*decision) (involved, *Refusal) {
	return about(AsCommitteeOf, c.Bodies...), nil
}

func (c FormCommittee) decide(d *decision) {
	if c.Name == "" || len(c.Bodies) == 0 || len(distinct(c.Bodies)) != len(c.Bodies) {
		d.invalid("bodies", "A committee needs a name and its bodies, each named once.")
	}
	for _, code := range c.Bodies {
		if body, ok := d.body(code, "bodies"); ok {
			d.isOpen(body, d.meta.Today)
		}
	}
	c.Terms.check(d)
	if d.ok() {
		d.emit(CommitteeFormed{ID: d.meta.ID, Name: c.Name, Bodies: c.Bodies, Terms: c.Terms})
	}
}

func (t CommitteeTerms) check(d *decision) {
	members := t.Executive + t.NonExecutive
	if t.Executive < 0 || t.NonExecutive < 0 || members == 0 {
		d.invalid("terms", "A committee needs members.")
	}
	if t.Quorum < 1 || t.Quorum > members || t.QuorumNonExecutive < 0 || t.QuorumNonExecutive > min(t.NonExecutive, t.Quorum) {
		d.invalid("terms.quorum", "The quorum is from 1 to the number of members, and its non-executive part no more than there are.")
	}
}

func (d *decision) committee(id string) (Committee, *Refusal) {
	x, ok := d.s.Committees.Get(id, Latest)
	if !ok {
		return x, Refuse(UnknownCommittee, fmt.Sprintf("There is no committee with the id %q.", id),
			"List the events of type CommitteeFormed to find its id.", "committee", id)
	}
	return x, nil
}

func (c ChangeCommittee) involved(d *decision) (involved, *Refusal) {
	x, refusal := d.committee(c.CommitteeID)
	return about(AsCommitteeOf, x.Bodies...), refusal
}

func (c ChangeCommittee) decide(d *decision) {
	x, _ := d.committee(c.CommitteeID)
	d.expects(x.Revision, "The committee")
	d.undissolved(x)
	terms := c.Terms
	if c.Dissolve {
		terms = x.Terms
	} else {
		terms.check(d)
	}
	if d.ok() {
		d.emit(CommitteeChanged{ID: x.ID, Terms: terms, Dissolved: c.Dissolve})
	}
}

func (d *decision) undissolved(x Committee) {
	if x.Dissolved {
		d.refuse(WrongState, "The committee is dissolved.", "Form another one.", "committee", x.ID)
	}
}

func (c RecordAdvice) involved(d *decision) (involved, *Refusal) {
	x, refusal := d.committee(c.CommitteeID)
	return about(AsCommitteeOf, x.Bodies...), refusal
}

func (c RecordAdvice) decide(d *decision) {
	x, _ := d.committee(c.CommitteeID)
	d.undissolved(x)
	if c.TransferID != "" {
		_, refusal := d.transfer(c.TransferID)
		d.add(refusal)
	}
	switch {
	case c.MeetingOn == 0:
		d.invalid("meetingOn", "A date is required.")
	case c.MeetingOn > d.meta.Today:
		d.refuse(NotYetEffective, fmt.Sprintf("The meeting is dated %s, after today, %s.", c.MeetingOn, d.meta.Today),
			"Record its advice once it has met.", "meetingOn", c.MeetingOn.String())
	}
	if !slices.Contains([]OpinionKind{OpinionAssure, OpinionAdvise, OpinionAlert}, c.Advice) {
		d.invalid("advice", "Advice is assure, advise or alert.")
	}
	if c.Attendance.Executive < 0 || c.Attendance.NonExecutive < 0 ||
		c.Attendance.Executive > x.Terms.Executive || c.Attendance.NonExecutive > x.Terms.NonExecutive {
		d.invalid("attendance", "No more can attend than the committee has members.")
	}
	if d.ok() {
		d.emit(AdviceRecorded{
			ID: d.meta.ID, Committee: x.ID, Transfer: c.TransferID, MeetingOn: c.MeetingOn, MinuteRef: c.MinuteRef,
			Attendance: c.Attendance, Quorate: x.IsQuorate(c.Attendance), Advice: c.Advice, Text: c.Text,
		})
	}
}

func (c SubmitPlanReturn) involved(*decision) (involved, *Refusal) {
	return about(AsBody, c.Organisation), nil
}

func (c SubmitPlanReturn) decide(d *decision) {
	d.body(c.Organisation, "organisation")
	if c.Period == "" || c.Summary.IsEmpty() {
		d.invalid("period", "A plan return needs its period and a summary.")
	}
	if d.ok() {
		d.emit(PlanReturnSubmitted{
			ID: d.meta.ID, Organisation: c.Organisation, Period: c.Period, Summary: c.Summary, Evidence: c.Evidence,
		})
	}
}

func (c ModeratePlanReturn) involved(d *decision) (involved, *Refusal) {
	x, ok := d.s.Programme.Return(c.PlanReturnID, Latest)
	if !ok {
		return involved{}, Refuse(UnknownPlanReturn, fmt.Sprintf("There is no plan return with the id %q.", c.PlanReturnID),
			"List the events of type PlanReturnSubmitted to find its id.", "planReturn", c.PlanReturnID)
	}
	return about(AsBody, x.Organisation), nil
}

func (c ModeratePlanReturn) decide(d *decision) {
	x, _ := d.s.Programme.Return(c.PlanReturnID, Latest)
	d.expects(x.Revision, "The plan return")
	if !slices.Contains([]ModerationResult{ModerationConfirmed, ModerationChallenged}, c.Result) {
		d.invalid("result", "The result is confirmed or challenged.")
	}
	if c.Result == ModerationChallenged && c.Comment.IsEmpty() {
		d.invalid("comment", "Say what is challenged.")
	}
	if d.ok() {
		d.emit(PlanReturnModerated{ID: x.ID, By: d.meta.Caller.Organisation, Result: c.Result, Comment: c.Comment})
	}
}
