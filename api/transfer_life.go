package api

import (
	"context"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// ExploreTransfer records options for what has no receiver yet.
func (s *transferService) ExploreTransfer(
	ctx context.Context, r *remitv1.ExploreTransferRequest,
) (*remitv1.ExploreTransferResponse, error) {
	done, err := submit(ctx, s.commands, r, exploreTransfer(r))
	return &remitv1.ExploreTransferResponse{Receipt: done.receipt, TransferId: done.id}, err
}

// PauseTransfer halts a transfer.
func (s *transferService) PauseTransfer(
	ctx context.Context, r *remitv1.PauseTransferRequest,
) (*remitv1.PauseTransferResponse, error) {
	done, err := submit(ctx, s.commands, r, pauseTransfer(r))
	return &remitv1.PauseTransferResponse{Receipt: done.receipt}, err
}

// ResumeTransfer lets a paused transfer go on.
func (s *transferService) ResumeTransfer(
	ctx context.Context, r *remitv1.ResumeTransferRequest,
) (*remitv1.ResumeTransferResponse, error) {
	done, err := submit(ctx, s.commands, r, resumeTransfer(r))
	return &remitv1.ResumeTransferResponse{Receipt: done.receipt}, err
}

// CallIn puts a transfer under the fullest framework.
func (s *transferService) CallIn(
	ctx context.Context, r *remitv1.CallInRequest,
) (*remitv1.CallInResponse, error) {
	done, err := submit(ctx, s.commands, r, callIn(r))
	return &remitv1.CallInResponse{Receipt: done.receipt}, err
}

// RecordMilestone says when a step is planned, or was done.
func (s *transferService) RecordMilestone(
	ctx context.Context, r *remitv1.RecordMilestoneRequest,
) (*remitv1.RecordMilestoneResponse, error) {
	done, err := submit(ctx, s.commands, r, recordMilestone(r))
	return &remitv1.RecordMilestoneResponse{Receipt: done.receipt}, err
}

// ReviewTransfer says what a completed transfer came to.
func (s *transferService) ReviewTransfer(
	ctx context.Context, r *remitv1.ReviewTransferRequest,
) (*remitv1.ReviewTransferResponse, error) {
	done, err := submit(ctx, s.commands, r, reviewTransfer(r))
	return &remitv1.ReviewTransferResponse{Receipt: done.receipt}, err
}

// ReverseTransfer proposes a transfer back.
func (s *transferService) ReverseTransfer(
	ctx context.Context, r *remitv1.ReverseTransferRequest,
) (*remitv1.ReverseTransferResponse, error) {
	done, err := submit(ctx, s.commands, r, reverseTransfer(r))
	return &remitv1.ReverseTransferResponse{Receipt: done.receipt, TransferId: done.id}, err
}
