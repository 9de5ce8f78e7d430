package domain

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Decision is what the register says to a command that it accepts.
type Decision struct {
	Facts []Fact
	// Role is the role in which the caller gave the command.
	Role ActorRole
	// Reason is the one given with the command, or with the one that it seconds.
	Reason Text
}

// Decide checks a command against the register and returns the facts that it makes, in the order in which they are to
// be recorded. The state is as before when it returns. Its error is a *Refusal that lists every rule broken.
func (s *State) Decide(cmd Command, m Meta) (Decision, error) {
	mark := s.Mark()
	defer s.Rollback(mark)
	d := &decision{s: s, meta: m}
	role, refusal := d.authorise(cmd)
	if refusal != nil {
		return Decision{}, refusal
	}
	cmd.decide(d)
	if needsSecond(cmd) && role != ActorSystem {
		d.await(cmd)
	}
	if len(d.violations) > 0 {
		return Decision{}, &Refusal{Violations: d.violations}
	}
	if len(d.facts) == 0 {
		return Decision{}, fmt.Errorf("%s was accepted but says nothing", cmd.Method())
	}
	return Decision{Facts: d.facts, Role: role, Reason: d.meta.Reason}, nil
}

// decision is one command on its way through the rules.
type decision struct {
	s          *State
	meta       Meta
	violations []Violation
	facts      []Fact
	// proposed are the lines of a function map that need a second person.
	proposed []proposedLine
}

func (d *decision) now() AsOf { return Now(d.meta.Today) }

func (d *decision) ok() bool { return len(d.violations) == 0 }

// refuse notes a broken rule; facts are name and value in turn. The same refusal is noted once.
func (d *decision) refuse(reason Reason, message, remedy string, facts ...string) {
	for _, v := range d.violations {
		if v.Reason == reason && v.Message == message {
			return
		}
	}
	d.violations = append(d.violations, violation(reason, message, remedy, facts))
}

func (d *decision) invalid(field, message string) {
	d.refuse(InvalidArgument, message, "Correct the field "+field+".", "field", field)
}

// add takes over the violations of a refusal, if there is one.
func (d *decision) add(r *Refusal) {
	if r == nil {
		return
	}
	for _, v := range r.Violations {
		if !slices.ContainsFunc(d.violations, func(w Violation) bool { return w.Reason == v.Reason && w.Message == v.Message }) {
			d.violations = append(d.violations, v)
		}
	}
}

// emit records a fact to come.
func (d *decision) emit(f Fact) { d.facts = append(d.facts, f) }

// emitNow records a fact to come and lets the rest of the decision see it.
func (d *decision) emitNow(f Fact) {
	d.emit(f)
	err := d.s.Apply(Event{
		No: d.s.last + 1, TransactionID: d.meta.ID, RecordedAt: d.meta.Now, EffectiveOn: f.Effective(), Fact: f,
	})
	if err != nil {
		d.refuse(InvalidArgument, fmt.Sprintf("The fact cannot be applied: %v.", err), "")
	}
}

// takesEffect checks the date of a fact that holds from it: given, not after today, and not before today without a
// reason. Only transfers and plans can lie ahead.
func (d *decision) takesEffect(on Date, field string) {
	switch {
	case on == 0:
		d.invalid(field, "A date is required.")
	case on > d.meta.Today:
		d.refuse(NotYetEffective, fmt.Sprintf("The date %s is after today, %s.", on, d.meta.Today),
			"Record it on the day or later, or record a plan.", "effectiveOn", on.String(), "today", d.meta.Today.String())
	case on < d.meta.Today && d.meta.Reason.IsEmpty():
		d.refuse(BackdatedWithoutReason, fmt.Sprintf("The date %s is before today, %s, and no reason is given.", on, d.meta.Today),
			"Give a reason for recording it late.", "effectiveOn", on.String(), "today", d.meta.Today.String())
	}
}

// expects checks the revision that the caller saw.
func (d *decision) expects(revision uint64, entity string) {
	want := d.meta.ExpectedRevision
	if want != 0 && want != revision {
		d.refuse(RevisionConflict, fmt.Sprintf("%s has revision %d, not %d: somebody changed it meanwhile.", entity, revision, want),
			"Read it again, and repeat the command if it still makes sense.",
			"revision", strconv.FormatUint(revision, 10), "expectedRevision", strconv.FormatUint(want, 10))
	}
}

// function finds a function.
func (d *decision) function(code FunctionCode) (Function, bool) {
	fn, ok := d.s.Functions.Get(code, Latest)
	if !ok {
		d.refuse(UnknownFunction, fmt.Sprintf("There is no function with the code %q.", code),
			"List the functions to find its code, or define it first.", "function", string(code))
	}
	return fn, ok
}

// subject finds a function and checks that the part named is one that the function has on the date.
func (d *decision) subject(code FunctionCode, part PartCode, on Date) (Function, Subject, bool) {
	fn, ok := d.function(code)
	if !ok {
		return fn, Subject{}, false
	}
	subject := Subject{code, part}
	if !slices.Contains(fn.Subjects(Now(on)), subject) {
		names := make([]string, 0, 4)
		for _, s := range fn.Subjects(Now(on)) {
			names = append(names, s.String())
		}
		d.refuse(UnknownFunction, fmt.Sprintf("On %s the function has no remits under %q.", on, subject),
			"Name one of: "+strings.Join(names, ", ")+".", "function", string(code), "part", string(part))
		return fn, subject, false
	}
	return fn, subject, true
}

// body finds an organisation.
func (d *decision) body(code OrganisationCode, field string) (Organisation, bool) {
	body, ok := d.s.Organisations.Body(code, Latest)
	if !ok {
		d.refuse(UnknownOrganisation, fmt.Sprintf("There is no organisation with the code %q.", code),
			"List the organisations to find its code, or establish it first.", "organisation", string(code), "field", field)
	}
	return body, ok
}

// instrument finds an instrument.
func (d *decision) instrument(code InstrumentCode) (Instrument, bool) {
	in, ok := d.s.Instruments.Get(code, Latest)
	if !ok {
		d.refuse(UnknownInstrument, fmt.Sprintf("There is no instrument with the code %q.", code),
			"List the instruments to find its code, or register it first.", "instrument", string(code))
	}
	return in, ok
}

// knownInstrument checks an instrument that may be left out.
func (d *decision) knownInstrument(code InstrumentCode) {
	if code != "" {
		d.instrument(code)
	}
}

// expand turns the footprints of a request into those meant on a date, sorted and without repeats.
func (d *decision) expand(fn Function, codes []FootprintCode, on Date) []FootprintCode {
	var all []FootprintCode
	for _, code := range codes {
		expanded, ok := d.s.Organisations.Expand(fn.Details, code, Now(on))
		switch {
		case !ok:
			d.refuse(UnknownFootprint, fmt.Sprintf("There is no footprint or organisation with the code %q.", code),
				"List the footprints to find its code.", "footprint", string(code))
		case len(expanded) == 0:
			d.refuse(UnknownFootprint,
				fmt.Sprintf("%s stands for no footprint of the kind %s on %s.", code, fn.Details.FootprintKind, on),
				"Name a footprint of the function's kind, or a body that covers some on that date.",
				"footprint", string(code), "kind", string(fn.Details.FootprintKind), "on", on.String())
		}
		all = append(all, expanded...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	for _, code := range all {
		if !d.s.Organisations.FootprintOpen(fn.Details, code, Now(on)) {
			d.refuse(UnknownFootprint, fmt.Sprintf("The footprint %s does not exist on %s.", code, on),
				"Name a footprint that exists on the date.", "footprint", string(code), "on", on.String())
		}
	}
	return all
}

// roles checks that roles are named, known and named once.
func (d *decision) roles(roles []Role) bool {
	if len(roles) == 0 {
		d.invalid("roles", "At least one role is required.")
		return false
	}
	seen := make(map[Role]bool)
	for _, role := range roles {
		if !slices.Contains(Roles(), role) {
			d.invalid("roles", fmt.Sprintf("%q is not a role.", role))
		}
		if seen[role] {
			d.invalid("roles", fmt.Sprintf("The role %s is named twice.", role))
		}
		seen[role] = true
	}
	return d.ok()
}

// AsRefusal returns the refusal in an error, if it is one.
func AsRefusal(err error) (*Refusal, bool) {
	var refusal *Refusal
	ok := errors.As(err, &refusal)
	return refusal, ok
}

// joined writes a list for programs: "a,b".
func joined[S ~string](list []S) string { return joinedWith(list, ",") }

// listed writes a list for people: "a, b".
func listed[S ~string](list []S) string { return joinedWith(list, ", ") }

func joinedWith[S ~string](list []S, between string) string {
	parts := make([]string, 0, len(list))
	for _, s := range list {
		parts = append(parts, string(s))
	}
	return strings.Join(parts, between)
}
