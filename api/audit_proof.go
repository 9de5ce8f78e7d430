package api

import (
	"cmp"
	"context"
	"fmt"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// GetCheckpoint returns what the register signed last.
func (s *auditService) GetCheckpoint(
	ctx context.Context, r *remitv1.GetCheckpointRequest,
) (*remitv1.GetCheckpointResponse, error) {
	wanted := position(r.GetMinPosition())
	if err := s.recorded("minPosition", wanted); err != nil {
		return nil, err
	}
	head, err := s.queries.proofs.head(ctx, wanted)
	if err != nil {
		return nil, err
	}
	return &remitv1.GetCheckpointResponse{
		Origin: head.Origin, TreeSize: number(head.Head.Size), RootHash: head.Head.Root[:], Checkpoint: string(head.Note),
		SignedBy: head.SignedBy, Position: number(s.queries.store.Position()),
	}, nil
}

// recorded refuses a number of events, or the number of an event, that is beyond what is recorded.
func (s *auditService) recorded(field string, size domain.EventNo) error {
	if last := s.queries.store.Position(); size > last {
		return invalid([]fieldViolation{{field, fmt.Sprintf("is more than the %d events that are recorded", last)}})
	}
	return nil
}

// ProveInclusion proves that an event is in the log.
func (s *auditService) ProveInclusion(
	ctx context.Context, r *remitv1.ProveInclusionRequest,
) (*remitv1.ProveInclusionResponse, error) {
	no, size := position(r.GetPosition()), position(r.GetTreeSize())
	if err := s.queries.reach(ctx, min(no, s.queries.store.Position())); err != nil {
		return nil, err
	}
	if _, err := s.queries.views.Event(no); err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	if err := s.recorded("treeSize", size); err != nil {
		return nil, err
	}
	if size != 0 && no > size {
		return nil, invalid([]fieldViolation{{"treeSize", fmt.Sprintf("is too small to have event %d in it", no)}})
	}
	head, err := s.queries.proofs.head(ctx, max(no, size))
	if err != nil {
		return nil, err
	}
	proof, err := s.queries.proofs.prover.Inclusion(ctx, head, no, cmp.Or(size, head.Head.Size))
	if err != nil {
		return nil, fmt.Errorf("prove inclusion: %w", err)
	}
	return &remitv1.ProveInclusionResponse{
		Position: number(no), LeafIndex: number(no - 1), TreeSize: number(proof.Head.Size), RootHash: proof.Head.Root[:],
		LeafHash: proof.Leaf[:], Hashes: hashes(proof.Hashes), Checkpoint: string(head.Note),
	}, nil
}

// ProveConsistency proves that the log as it was is the beginning of the log as it is.
func (s *auditService) ProveConsistency(
	ctx context.Context, r *remitv1.ProveConsistencyRequest,
) (*remitv1.ProveConsistencyResponse, error) {
	first, second := position(r.GetFirstSize()), position(r.GetSecondSize())
	switch {
	case first == 0:
		return nil, invalid([]fieldViolation{{"firstSize", "is a number from 1"}})
	case second != 0 && first > second:
		return nil, invalid([]fieldViolation{{"firstSize", "is more than secondSize"}})
	}
	if err := cmp.Or(s.recorded("firstSize", first), s.recorded("secondSize", second)); err != nil {
		return nil, err
	}
	head, err := s.queries.proofs.head(ctx, max(first, second))
	if err != nil {
		return nil, err
	}
	proof, err := s.queries.proofs.prover.Consistency(ctx, head, first, cmp.Or(second, head.Head.Size))
	if err != nil {
		return nil, fmt.Errorf("prove consistency: %w", err)
	}
	return &remitv1.ProveConsistencyResponse{
		FirstSize: number(proof.First.Size), FirstRoot: proof.First.Root[:],
		SecondSize: number(proof.Second.Size), SecondRoot: proof.Second.Root[:],
		Hashes: hashes(proof.Hashes), Checkpoint: string(head.Note),
	}, nil
}

// withProof proves one event where that is asked for.
func (s *auditService) withProof(ctx context.Context, asked bool, no domain.EventNo) (*remitv1.EventProof, error) {
	if !asked {
		return nil, nil //nolint:nilnil // no proof is no error
	}
	list, err := s.queries.proofs.of(ctx, []domain.EventNo{no})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}
