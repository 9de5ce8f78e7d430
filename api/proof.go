package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// Prover proves what is recorded, from a signed archive. *archive.Prover is one.
type Prover interface {
	// Await returns the newest checkpoint once it covers a number of events, and archive.ErrNotArchivedYet when ctx ends
	// before that.
	Await(ctx context.Context, size domain.EventNo) (archive.SignedHead, error)
	// Events proves events under a checkpoint that covers them.
	Events(ctx context.Context, head archive.SignedHead, numbers []domain.EventNo) ([]archive.EventProof, error)
	// Inclusion proves that an event is in the tree of the first size events.
	Inclusion(ctx context.Context, head archive.SignedHead, no, size domain.EventNo) (archive.Inclusion, error)
	// Consistency proves that the tree of the first events is the beginning of that of the second.
	Consistency(ctx context.Context, head archive.SignedHead, first, second domain.EventNo) (archive.Consistency, error)
}

// maxProofs is how many events are proved in one answer.
const maxProofs = 1000

// proofs gives the proofs that answers come with.
type proofs struct {
	prover   Prover // nil: the register keeps no archive
	patience time.Duration
}

// head returns a checkpoint that covers a number of events, which must be recorded. It waits for it, not for long.
func (p *proofs) head(ctx context.Context, size domain.EventNo) (archive.SignedHead, error) {
	if p.prover == nil {
		return archive.SignedHead{}, domain.Refuse(Unsupported, "This register keeps no archive, so it cannot prove anything.",
			"Ask without a proof.")
	}
	patient, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	head, err := p.prover.Await(patient, size)
	switch {
	case err == nil:
		return head, nil
	case !errors.Is(err, archive.ErrNotArchivedYet) || ctx.Err() != nil:
		return head, fmt.Errorf("wait for a checkpoint of %d events: %w", size, err)
	case head.Origin == "":
		return head, domain.Refuse(NotArchivedYet, "The register has not signed a checkpoint yet.", "Ask again in a moment.")
	default:
		return head, domain.Refuse(NotArchivedYet,
			fmt.Sprintf("Event %d is recorded, but no signed checkpoint covers it yet: the last one covers %d events.",
				size, head.Head.Size),
			"Ask again in a moment, or without a proof.", "position", number(size), "treeSize", number(head.Head.Size))
	}
}

// of proves events. Each is proved once, in the order of their numbers.
func (p *proofs) of(ctx context.Context, events []domain.EventNo) ([]*remitv1.EventProof, error) {
	events = slices.Compact(slices.Sorted(slices.Values(events)))
	if len(events) == 0 {
		return nil, nil
	}
	if len(events) > maxProofs {
		return nil, domain.Refuse(domain.TooLarge,
			fmt.Sprintf("The answer rests on %d events, more than the %d that can be proved at a time.", len(events), maxProofs),
			"Ask about fewer places, for one role, or in smaller pages.")
	}
	head, err := p.head(ctx, events[len(events)-1])
	if err != nil {
		return nil, err
	}
	list, err := p.prover.Events(ctx, head, events)
	if err != nil {
		return nil, fmt.Errorf("prove %d events: %w", len(events), err)
	}
	return mapped(list, func(e archive.EventProof) *remitv1.EventProof {
		return &remitv1.EventProof{Position: number(e.No), TreeSize: number(head.Head.Size), Proof: string(e.Text())}
	}), nil
}

// ofHolders proves what an answer about holders rests on.
func (p *proofs) ofHolders(
	ctx context.Context, views *projections.Views, q projections.HoldersQuery, answer projections.Holders,
) ([]*remitv1.EventProof, error) {
	history, err := views.History(projections.HistoryQuery{
		Function: q.Function, Part: q.Part, Footprint: q.Footprint, Role: q.Role, AsOf: answer.AsOf,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	within := slices.DeleteFunc(history.Changes, func(c projections.Change) bool {
		_, found := slices.BinarySearch(answer.Footprints, c.Remit.Footprint)
		return !found
	})
	return p.of(ctx, basis(within, answer.AsOf.On))
}

// ofChanges proves the events of changes.
func (p *proofs) ofChanges(ctx context.Context, changes []projections.Change) ([]*remitv1.EventProof, error) {
	var events []domain.EventNo
	for _, c := range changes {
		events = append(events, c.Event)
		if c.SupersededBy != 0 {
			events = append(events, c.SupersededBy)
		}
	}
	return p.of(ctx, events)
}

// basis returns the events that who holds remits on a date rests on, given all of their changes by date: of each line
// the change in force, the next one, and what was taken back in between.
func basis(changes []projections.Change, on domain.Date) []domain.EventNo {
	type line struct {
		remit domain.Remit
		slot  domain.OrganisationCode
	}
	var events []domain.EventNo
	since := map[line][]domain.EventNo{} // what a line rests on, up to the change in hand
	ended := map[line]bool{}
	for _, c := range changes {
		of := line{c.Remit, c.Slot}
		switch {
		case c.SupersededBy != 0 || ended[of]:
		case c.Retraction:
			since[of] = append(since[of], c.Event)
		case c.EffectiveOn <= on:
			since[of] = []domain.EventNo{c.Event}
		default:
			since[of] = append(since[of], c.Event)
			ended[of] = true
		}
	}
	for _, list := range since {
		events = append(events, list...)
	}
	return events
}

func hashes(list []tlog.Hash) [][]byte {
	raw := make([][]byte, 0, len(list))
	for _, hash := range list {
		raw = append(raw, hash[:])
	}
	return raw
}
