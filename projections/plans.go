package projections

import (
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
)

// transferIndex lists transfers in the order of their making, and by function with when they were in flight.
type transferIndex struct {
	order      []domain.TransferID
	byID       map[domain.TransferID]*flight
	byFunction map[domain.FunctionCode][]*flight
	// carriedOutBy has the transfers that carry out an announcement.
	carriedOutBy map[domain.TransferID][]*flight
	// resulting are those that change the kind of footprint, in order.
	resulting []domain.TransferID
	// until has for each transfer, in the order of making, the event that finished it, domain.Latest for none.
	until []domain.EventNo
}

// flight is a transfer and the event from which on it was in flight. It is never changed.
type flight struct {
	id domain.TransferID
	// place is where it stands in the order of making.
	place int
	from  domain.EventNo
}

// isLive tells whether a transfer was in flight as known: it was made, and not finished.
func (x *transferIndex) isLive(f *flight, known domain.EventNo) bool {
	return f.from <= known && known < x.until[f.place]
}

func newTransferIndex() *transferIndex {
	return &transferIndex{
		byID:         map[domain.TransferID]*flight{},
		byFunction:   map[domain.FunctionCode][]*flight{},
		carriedOutBy: map[domain.TransferID][]*flight{},
	}
}

// apply follows an event about an entity that transfers have folded already.
func (x *transferIndex) apply(e *domain.Event, entity string, transfers *domain.Transfers) {
	id, ok := strings.CutPrefix(entity, "transfer/")
	if !ok {
		return
	}
	transfer, ok := transfers.Get(domain.TransferID(id), domain.Latest)
	if !ok {
		return
	}
	f, ok := x.byID[transfer.ID]
	if !ok {
		f = x.begin(transfer, e.No)
	}
	// An announcement that was replaced stays visible.
	if x.until[f.place] == domain.Latest && transfer.State.IsFinished() && transfer.State != domain.StateReplaced {
		x.until[f.place] = e.No
	}
}

func (x *transferIndex) begin(t domain.Transfer, no domain.EventNo) *flight {
	f := &flight{id: t.ID, place: len(x.order), from: no}
	x.order, x.until = append(x.order, t.ID), append(x.until, domain.Latest)
	if len(t.Results) > 0 {
		x.resulting = append(x.resulting, t.ID)
	}
	x.byID[t.ID] = f
	for _, function := range functionsOf(t) {
		x.byFunction[function] = append(x.byFunction[function], f)
	}
	if t.Plan != "" {
		x.carriedOutBy[t.Plan] = append(x.carriedOutBy[t.Plan], f)
	}
	return f
}

// functionsOf returns the functions under which a transfer is listed: its own and those in which it results.
func functionsOf(t domain.Transfer) []domain.FunctionCode {
	functions := []domain.FunctionCode{t.Subject.Function}
	for _, result := range t.Results {
		functions = append(functions, result.Function)
	}
	slices.Sort(functions)
	return slices.Compact(functions)
}

// maxReplacements bounds a walk along announcements that replace one another: a recorded circle must not hang.
const maxReplacements = 64

// isOpen tells whether a transfer, or what took its place in the end, is still to happen.
func (v *Views) isOpen(t domain.Transfer, known domain.EventNo) bool {
	for range maxReplacements {
		f, ok := v.plans.byID[t.ID]
		if !ok || !v.plans.isLive(f, known) {
			return false
		}
		if t.ReplacedBy == "" {
			return true
		}
		if t, ok = v.transfers.Get(t.ReplacedBy, known); !ok {
			return true
		}
	}
	return true
}

// planned returns what is planned for the remits of a question; the caller holds the lock.
func (v *Views) planned(q HoldersQuery, footprints []domain.FootprintCode, known domain.EventNo) []Planned {
	var planned []Planned
	for _, f := range v.plans.byFunction[q.Function] {
		if !v.plans.isLive(f, known) {
			continue
		}
		t, ok := v.transfers.Get(f.id, known)
		if !ok || !v.isOpen(t, known) {
			continue
		}
		if concerns(t, t.Subject, q) {
			for _, move := range t.Moves {
				common := slices.DeleteFunc(intersect(footprints, move.Footprints), v.carriedOut(t, known))
				if len(common) > 0 || len(move.Footprints) == 0 {
					planned = append(planned, plannedMove(t, t.Subject, move.Receiver, common))
				}
			}
		}
		planned = append(planned, plannedResults(t, q, footprints)...)
	}
	return planned
}

// plannedResults returns what a transfer that changes the kind of footprint is to result in. Where it takes such a one
// back, nobody gets what that resulted in.
func plannedResults(t domain.Transfer, q HoldersQuery, footprints []domain.FootprintCode) []Planned {
	var planned []Planned
	receiver := t.Receiver()
	if t.Reverses != "" {
		receiver = ""
	}
	for _, result := range t.Results {
		subject := domain.Subject{Function: result.Function, Part: result.Part}
		common := intersect(footprints, result.Footprints)
		if concerns(t, subject, q) && len(common) > 0 {
			planned = append(planned, plannedMove(t, subject, receiver, common))
		}
	}
	return planned
}

// carriedOut returns what tells whether an announcement has been carried out for a footprint: a completed transfer
// that refers to it moved all of its roles there.
func (v *Views) carriedOut(plan domain.Transfer, known domain.EventNo) func(domain.FootprintCode) bool {
	var completed []domain.Transfer
	for _, f := range v.plans.carriedOutBy[plan.ID] {
		t, ok := v.transfers.Get(f.id, known)
		if ok && t.State == domain.StateCompleted {
			completed = append(completed, t)
		}
	}
	return func(footprint domain.FootprintCode) bool {
		return slices.ContainsFunc(completed, func(t domain.Transfer) bool {
			missing := func(r domain.Role) bool { return !slices.Contains(t.Roles, r) }
			return t.ReceiverFor(footprint) != "" && !slices.ContainsFunc(plan.Roles, missing)
		})
	}
}

// concerns tells whether what a transfer does with a subject is about the function, part and role of a question.
func concerns(t domain.Transfer, s domain.Subject, q HoldersQuery) bool {
	samePart := q.Part == "" || s.Part == "" || q.Part == s.Part
	return s.Function == q.Function && samePart && (q.Role == "" || len(t.Roles) == 0 || slices.Contains(t.Roles, q.Role))
}

// intersect returns what a sorted list and another list have in common, sorted.
func intersect(sorted, list []domain.FootprintCode) []domain.FootprintCode {
	var common []domain.FootprintCode
	for _, code := range list {
		if _, ok := slices.BinarySearch(sorted, code); ok {
			common = append(common, code)
		}
	}
	slices.Sort(common)
	return common
}

func plannedMove(
	t domain.Transfer, subject domain.Subject, receiver domain.OrganisationCode, footprints []domain.FootprintCode,
) Planned {
	return Planned{
		TransferID: t.ID, Kind: t.Kind, State: t.State, Subject: subject,
		Sender: t.Sender, Receiver: receiver, Footprints: footprints, Roles: t.Roles,
		EffectiveOn: t.Due(), Instrument: t.Instrument, Confidence: t.Confidence, Source: t.Source,
		Plan: t.Plan, Replaces: t.Replaces, ReplacedBy: t.ReplacedBy,
		SameLegalPerson: slices.ContainsFunc(t.Gateways, func(g domain.Gateway) bool { return g.SameLegalPerson }),
	}
}

// after returns the transfers made after one, all of them for "".
func (x *transferIndex) after(id domain.TransferID) []domain.TransferID {
	f, ok := x.byID[id]
	if !ok {
		return x.order
	}
	return x.order[f.place+1:]
}
