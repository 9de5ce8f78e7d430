package projections

import (
	"cmp"
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
)

// gap returns the draft of a gap.
func (x *inquiry) gap(function domain.FunctionCode, body domain.OrganisationCode, severity Severity) *draft {
	d, isNew := x.drafts.at(findingKey{FindingGap, function, body, ""}, severity)
	if isNew {
		d.says("Record who holds it, or transfer it to a body that will.", "%s has a gap", x.title(function))
	}
	return d
}

// plannedGap returns the draft of a gap that planned transfers would leave of one or several roles.
func (x *inquiry) plannedGap(
	function domain.FunctionCode, body domain.OrganisationCode, severity Severity, t *cellTally, roles []domain.Role, what string,
) *draft {
	var why []unfit
	for _, role := range roles {
		if u := t.unfit[roleIndex(role)]; u.why != "" {
			why = append(why, u)
		}
	}
	if len(why) > 0 && !slices.ContainsFunc(why, func(u unfit) bool { return !u.expected }) {
		severity = SeverityMedium // as one that an announced end will leave
	}
	d := x.gap(function, body, severity)
	d.says("Amend the transfer: name a body that can hold it on that date, or leave it where it is.",
		"%s would have a gap", x.title(function))
	d.details[what] = true
	for _, u := range why {
		d.details[u.why] = true
	}
	return d
}

// gaps finds footprints in which a function is required and missing.
func (x *inquiry) gaps() {
	for _, code := range slices.Sorted(maps.Keys(x.functions)) {
		f := x.functions[code]
		if f.since == 0 || !x.asksFor(code) {
			continue
		}
		required := x.required(f.details)
		function, _ := x.views.functions.Get(code, x.asOf.Known)
		for _, subject := range function.Subjects(x.asOf) {
			cells := f.cells[subject]
			roles := usualRoles(cells)
			for _, footprint := range required {
				x.missing(f, subject, footprint, cells[footprint], roles)
			}
		}
	}
}

// required returns the footprints of a function's kind, all over England. Many functions have the same.
func (x *inquiry) required(details domain.FunctionDetails) []domain.FootprintCode {
	kind := string(details.FootprintKind) + joinAnd(details.OwnOperationOf)
	footprints, ok := x.everywhere[kind]
	if !ok {
		footprints, _ = x.views.organisations.Expand(details, domain.England, x.asOf)
		x.everywhere[kind] = footprints
	}
	return footprints
}

// usualRoles returns which of exercising and delivering are held in most of the cells in which anything is.
func usualRoles(cells map[domain.FootprintCode]*cellTally) []domain.Role {
	var count [roleCount]int
	whole := 0
	for _, t := range cells {
		if t.any {
			whole++
		}
		for role, held := range t.held {
			if held {
				count[role]++
			}
		}
	}
	var usual []domain.Role
	for _, role := range []domain.Role{domain.RoleExercising, domain.RoleDelivering} {
		if 2*count[roleIndex(role)] > whole {
			usual = append(usual, role)
		}
	}
	return usual
}

func (x *inquiry) missing(
	f *functionTally, subject domain.Subject, footprint domain.FootprintCode, t *cellTally, roles []domain.Role,
) {
	body := x.at(f, footprint)
	if t == nil || !t.any {
		since, cause := x.lastEnd(f, footprint, t)
		var d *draft
		if t != nil && slices.Contains(t.givenUp[:], true) {
			d = x.plannedGap(subject.Function, body, SeverityHigh, t, domain.Roles(), "nobody would hold "+anything(subject))
		} else {
			d = x.gap(subject.Function, body, SeverityHigh)
			d.details["nobody holds "+anything(subject)] = true
		}
		d.in(footprint)
		d.seen(since, cause)
		return
	}
	for _, role := range roles {
		i := roleIndex(role)
		if t.held[i] {
			continue
		}
		var d *draft
		if t.givenUp[i] {
			d = x.plannedGap(subject.Function, body, SeverityMedium, t, []domain.Role{role},
				"nobody would be "+string(role)+" "+orIt(subject))
		} else {
			d = x.gap(subject.Function, body, SeverityMedium)
			d.details["nobody is "+string(role)+" "+orIt(subject)] = true
		}
		d.in(footprint)
		since, cause := x.beginning(f, footprint)
		if t.endedBy[i] != 0 {
			since, cause = max(since, t.endedOn[i]), t.endedBy[i]
		}
		d.seen(since, cause)
	}
}

func anything(subject domain.Subject) string {
	if subject.Part == "" {
		return "anything of it"
	}
	return "anything of its part " + string(subject.Part)
}

func orIt(subject domain.Subject) string {
	if subject.Part == "" {
		return "it"
	}
	return "its part " + string(subject.Part)
}

// lastEnd returns from when nobody holds anything in a footprint any more, or at all, and by which event.
func (x *inquiry) lastEnd(f *functionTally, footprint domain.FootprintCode, t *cellTally) (domain.Date, domain.EventNo) {
	since, cause := x.beginning(f, footprint)
	if t == nil {
		return since, cause
	}
	for i := range t.endedOn {
		if t.endedBy[i] != 0 && t.endedOn[i] >= since {
			since, cause = t.endedOn[i], t.endedBy[i]
		}
	}
	return since, cause
}

// beginning returns from when a function is required in a footprint: since it exists and the function is held
// anywhere. The event is that by which the footprint exists, or else by which the function does.
func (x *inquiry) beginning(f *functionTally, footprint domain.FootprintCode) (domain.Date, domain.EventNo) {
	opened, event := domain.Date(0), f.event
	if fp, ok := x.views.organisations.Footprint(footprint, x.asOf.Known); ok {
		if p, ok := fp.Open.At(x.asOf); ok {
			opened, event = p.From, p.No
		}
	} else if state := x.body(domain.OrganisationCode(footprint)); state.known {
		opened, event = state.since, state.event
	}
	return max(opened, f.since), cmp.Or(event, f.event)
}
