package domain

import (
	"fmt"
	"slices"
)

// The invariants of the register, each as a check of a whole register or of what one command recorded. They read the
// register only through its views, and share no code with the rules that are to keep them.

// changeDates are the dates on which anything of a remit changes, as known now.
func changeDates(s *State, r Remit) []Date {
	var dates []Date
	for _, line := range s.Holdings.Lines(r) {
		for _, p := range line.Points {
			dates = append(dates, p.From)
		}
	}
	slices.Sort(dates)
	return slices.Compact(dates)
}

// soleHolders is invariant 1: a sole remit has at most one holder on any date.
func soleHolders(s *State) error {
	for _, remit := range s.Holdings.Remits() {
		fn, ok := s.Functions.Get(remit.Subject.Function, Latest)
		if !ok {
			return fmt.Errorf("invariant 1: %v is about an unknown function", remit)
		}
		for _, on := range changeDates(s, remit) {
			held := s.Holdings.At(remit, Now(on))
			if fn.Details.RuleOf(remit.Role) == RuleSole && len(held) > 1 {
				return fmt.Errorf("invariant 1: %v has %d holders on %s", remit, len(held), on)
			}
			if err := distinctHolders(held); err != nil {
				return fmt.Errorf("%v on %s: %w", remit, on, err)
			}
		}
	}
	return nil
}

// distinctHolders says that nobody holds a remit twice.
func distinctHolders(held []Held) error {
	seen := map[OrganisationCode]bool{}
	for _, h := range held {
		if seen[h.Holder] {
			return fmt.Errorf("%q holds it twice", h.Holder)
		}
		seen[h.Holder] = true
	}
	return nil
}

// legalHolders is invariant 2: holders exist on the date on which their holding begins, and where the role needs a
// legal person they are one.
func legalHolders(s *State) error {
	for _, remit := range s.Holdings.Remits() {
		for _, line := range s.Holdings.Lines(remit) {
			for _, p := range line.Points.Known(Latest) {
				for _, h := range p.Value.Holdings {
					if err := legalHolder(s, remit.Role, h, p.From); err != nil {
						return fmt.Errorf("invariant 2: %v from %s (event %d): %w", remit, p.From, p.No, err)
					}
				}
			}
		}
	}
	return nil
}

func legalHolder(s *State, role Role, h Holding, on Date) error {
	if h.Undetermined {
		if h.Holder != "" || h.ActingThrough != "" {
			return fmt.Errorf("undetermined, yet held by %q", h.Named())
		}
		return nil
	}
	for _, code := range []OrganisationCode{h.Holder, h.ActingThrough} {
		if code == "" && code != h.Holder {
			continue
		}
		body, ok := s.Organisations.Body(code, Latest)
		if !ok || !body.IsOpen(Now(on)) {
			return fmt.Errorf("%q does not exist", code)
		}
	}
	holder, _ := s.Organisations.Body(h.Holder, Latest)
	if role.NeedsLegalPerson() && !holder.LegalPerson {
		return fmt.Errorf("%s is no legal person", h.Holder)
	}
	if !role.NeedsLegalPerson() && h.ActingThrough != "" {
		return fmt.Errorf("%s is recorded for %s, not as named", h.ActingThrough, h.Holder)
	}
	return nil
}

// accountabilityStays is invariant 3: only a statutory change, or an administrative one of a function that no statute
// confers, moves accountability from one body to another.
func accountabilityStays(s *State, e Event) error {
	if mayMoveAccountability(s, e) {
		return nil
	}
	for _, change := range ChangesOf(e.Fact) {
		for remit := range change.Remits {
			if remit.Role != RoleAccountable {
				continue
			}
			before := s.Holdings.At(remit, AsOf{change.On, e.No - 1})
			after := s.Holdings.At(remit, AsOf{change.On, e.No})
			if !slices.Equal(holderCodes(before), holderCodes(after)) {
				return fmt.Errorf("invariant 3: %s moved accountability of %v from %v to %v",
					e.Fact.FactType(), remit, holderCodes(before), holderCodes(after))
			}
		}
	}
	return nil
}

func mayMoveAccountability(s *State, e Event) bool {
	kind, function := TransferKind(""), FunctionCode("")
	switch f := e.Fact.(type) {
	case FunctionAllocated, FunctionDivided, HoldingsDisposed, Corrected:
		return true
	case OccurrenceRecorded:
		kind, function = f.Kind, f.Function
	case TransferCompleted:
		transfer, _ := s.Transfers.Get(f.ID, e.No)
		kind, function = transfer.Kind, f.Function
	}
	fn, _ := s.Functions.Get(function, e.No)
	return kind == KindStatutory || kind == KindAdministrative && fn.Details.LegalStatus == LegalNotStatutory
}

func holderCodes(held []Held) []OrganisationCode {
	var codes []OrganisationCode
	for _, h := range held {
		codes = append(codes, h.Holder)
	}
	slices.Sort(codes)
	return codes
}

// revocationStaysWithin says that ending an arrangement gives back no more than what it was about, and leaves nothing
// under it.
func revocationStaysWithin(s *State, e Event) error {
	f, ok := e.Fact.(DelegationRevoked)
	if !ok {
		return nil
	}
	x, _ := s.Delegations.Get(f.ID, e.No)
	footprints := withSuccessors(s, x.Footprints)
	for _, change := range f.Changes {
		for remit := range change.Remits {
			if remit.Subject != x.Subject || !slices.Contains(x.Roles, remit.Role) || !slices.Contains(footprints, remit.Footprint) {
				return fmt.Errorf("revoking %s, which is about %v of %s in %v, changed %v", f.ID, x.Roles, x.Subject, x.Footprints, remit)
			}
		}
	}
	for _, remit := range s.Holdings.Of(x.Subject) {
		for _, held := range s.Holdings.At(remit, AsOf{f.EffectiveOn, e.No}) {
			if held.Arrangement == f.ID {
				return fmt.Errorf("%v is still held under %s, which was revoked from %s", remit, f.ID, f.EffectiveOn)
			}
		}
	}
	return nil
}

// withSuccessors are footprints and all that followed them.
func withSuccessors(s *State, codes []FootprintCode) []FootprintCode {
	all := slices.Clone(codes)
	for _, succession := range s.Organisations.FootprintSuccessions(Latest) {
		if slices.Contains(all, succession.Predecessor) {
			all = append(all, succession.Successor)
		}
	}
	return all
}

// oneApproved is invariant 6: no two approved or scheduled transfers move one remit. What stays where it is does not move,
// whatever results from it.
func oneApproved(s *State) error {
	moving := map[Remit]TransferID{}
	for _, transfer := range s.Transfers.All(Latest) {
		if transfer.State != StateApproved && transfer.State != StateScheduled {
			continue
		}
		for _, remit := range movedBy(transfer) {
			if other, ok := moving[remit]; ok {
				return fmt.Errorf("invariant 6: %s and %s both move %v", other, transfer.ID, remit)
			}
			moving[remit] = transfer.ID
		}
	}
	return nil
}

func movedBy(t Transfer) []Remit {
	var remits []Remit
	for _, role := range t.Roles {
		if t.Residue != ResidueStays {
			for _, footprint := range t.Footprints() {
				remits = append(remits, Remit{t.Subject, footprint, role})
			}
		}
		for _, result := range t.Results {
			for _, footprint := range result.Footprints {
				remits = append(remits, Remit{Subject{result.Function, result.Part}, footprint, role})
			}
		}
	}
	return remits
}

// duties is invariant 7 over the whole log: who proposed or assessed a transfer, or formed its package, does not decide
// its gateways nor do without its conditions, and who submitted the evidence of a condition does not confirm its
// discharge.
func duties(events []Event) error {
	busy := map[string]string{}
	for _, e := range events {
		who := e.Actor.Person()
		switch f := e.Fact.(type) {
		case TransferProposed:
			busy[string(f.ID)+who] = "proposed"
		case ReadinessAssessed:
			busy[string(f.ID)+who] = "assessed"
		case PackageFormed:
			for _, id := range f.Members {
				busy[string(id)+who] = "packed"
			}
		case GatewayDecided:
			if did := busy[string(f.ID)+who]; did != "" {
				return fmt.Errorf("invariant 7: %s %s %s and decides %s", who, did, f.ID, f.Gateway)
			}
		case ConditionWaived:
			if did := busy[string(f.ID)+who]; did != "" {
				return fmt.Errorf("invariant 7: %s %s %s and waives %s", who, did, f.ID, f.Condition)
			}
		case ConditionEvidenced:
			busy[string(f.ID)+string(f.Condition)+who] = "evidenced"
		case ConditionDischarged:
			if busy[string(f.ID)+string(f.Condition)+who] != "" {
				return fmt.Errorf("invariant 7: %s evidenced and discharged %s of %s", who, f.Condition, f.ID)
			}
		}
	}
	return nil
}

// nothingLeftBehind is invariant 8: no remit is held by a body, on a footprint, or on the whole of a divided function,
// on a date on which that no longer exists.
func nothingLeftBehind(s *State) error {
	ends := endings(s)
	for _, remit := range s.Holdings.Remits() {
		fn, _ := s.Functions.Get(remit.Subject.Function, Latest)
		for _, on := range slices.Concat(changeDates(s, remit), ends) {
			held := s.Holdings.At(remit, Now(on))
			if len(held) == 0 {
				continue
			}
			if !slices.Contains(fn.Subjects(Now(on)), remit.Subject) {
				return fmt.Errorf("invariant 8: on %s the function has no %s, yet %v is held", on, remit.Subject, remit)
			}
			if !s.Organisations.FootprintOpen(fn.Details, remit.Footprint, Now(on)) {
				return fmt.Errorf("invariant 8: %s has ended on %s, yet %v is held", remit.Footprint, on, remit)
			}
			for _, h := range held {
				if err := legalHolder(s, remit.Role, h.Holding, on); err != nil {
					return fmt.Errorf("invariant 8: %v on %s: %w", remit, on, err)
				}
			}
		}
	}
	return nil
}

// endings are the dates on which bodies and footprints ended or functions were divided.
func endings(s *State) []Date {
	var dates []Date
	for _, body := range s.Organisations.Bodies(Latest) {
		for _, p := range body.Open.Known(Latest) {
			if !p.Value {
				dates = append(dates, p.From)
			}
		}
	}
	for _, fp := range s.Organisations.Footprints(Latest) {
		for _, p := range fp.Open.Known(Latest) {
			if !p.Value {
				dates = append(dates, p.From)
			}
		}
	}
	for _, fn := range s.Functions.All(Latest) {
		for _, p := range fn.Divisions.Known(Latest) {
			dates = append(dates, p.From)
		}
	}
	slices.Sort(dates)
	return slices.Compact(dates)
}

// chainHolds says that no change rests on what is no longer so: whoever a change took a remit from held it the moment
// before. Dates on which a line was changed more than once are left out, since the changes between are superseded.
func chainHolds(s *State) error {
	for _, remit := range s.Holdings.Remits() {
		for _, line := range s.Holdings.Lines(remit) {
			for _, p := range line.Points.Known(Latest) {
				same := func(q Point[*LineValue]) bool { return q.From == p.From }
				if !p.Value.Relies || countIf(line.Recorded(), same) > 1 {
					continue
				}
				var before []Holding
				if b, ok := line.Points.At(Now(p.From - 1)); ok {
					before = b.Value.Holdings
				}
				if !restsOn(p.Value.TakenFrom, before) {
					return fmt.Errorf("%v on %s (event %d) rests on %q holding it, but it was %v",
						remit, p.From, p.No, p.Value.TakenFrom, before)
				}
			}
		}
	}
	return nil
}

func restsOn(taken OrganisationCode, before []Holding) bool {
	if taken == "" {
		return !slices.ContainsFunc(before, func(h Holding) bool { return !h.Undetermined })
	}
	return slices.ContainsFunc(before, func(h Holding) bool { return h.Holder == taken })
}

func countIf[V any](list []V, is func(V) bool) int {
	n := 0
	for _, v := range list {
		if is(v) {
			n++
		}
	}
	return n
}

// coverIsOpen says that whoever covers a footprint is open as long as it does.
func coverIsOpen(s *State) error {
	ends := endings(s)
	for _, fp := range s.Organisations.Footprints(Latest) {
		for _, on := range append(pointDates(fp.CoveredBy), ends...) {
			by, ok := fp.CoveredBy.At(Now(on))
			if !ok || by.Value == "" || !fp.IsOpen(Now(on)) {
				continue
			}
			if body, _ := s.Organisations.Body(by.Value, Latest); !body.IsOpen(Now(on)) {
				return fmt.Errorf("%s covers %s on %s, when it is not open", by.Value, fp.Code, on)
			}
		}
	}
	return nil
}

func pointDates[V any](t Timeline[V]) []Date {
	var dates []Date
	for _, p := range t.Known(Latest) {
		dates = append(dates, p.From)
	}
	return dates
}
