package api

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"

	"connectrpc.com/connect"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// operatorService serves remit.v1.OperatorService.
type operatorService struct {
	queries *queries
	watches *watches
	backup  func(ctx context.Context, after domain.EventNo, out io.Writer) error
	mended  func(context.Context)
	logger  *slog.Logger
}

// Backup sends a backup, piece by piece: a caller who reads slowly has it wait, not gather in memory.
func (s *operatorService) Backup(
	ctx context.Context, r *remitv1.BackupRequest, stream *connect.ServerStream[remitv1.BackupResponse],
) error {
	if s.backup == nil {
		return plain(Unsupported, "This register keeps no archive, so there is nothing to back up.")
	}
	out := bufio.NewWriterSize(chunks{stream}, backupChunk)
	if err := s.backup(ctx, position(r.GetAfterPosition()), out); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return nil
}

// backupChunk is the size of a piece in bytes.
const backupChunk = 64 << 10

// chunks sends what is written.
type chunks struct {
	stream *connect.ServerStream[remitv1.BackupResponse]
}

// Write sends a piece.
func (c chunks) Write(p []byte) (int, error) {
	if err := c.stream.Send(&remitv1.BackupResponse{Chunk: p}); err != nil {
		return 0, fmt.Errorf("send a piece: %w", err)
	}
	return len(p), nil
}

// ListEpochs returns how often the register was restored.
func (s *operatorService) ListEpochs(
	ctx context.Context, r *remitv1.ListEpochsRequest,
) (*remitv1.ListEpochsResponse, error) {
	if err := s.queries.reach(ctx, position(r.GetMinPosition())); err != nil {
		return nil, err
	}
	epochs, at, err := s.queries.views.Epochs()
	if err != nil {
		return nil, fmt.Errorf("list the epochs: %w", err)
	}
	answer := &remitv1.ListEpochsResponse{Epoch: domain.FirstEpoch, Position: number(at)}
	for _, e := range epochs {
		m, err := epochMessage(e)
		if err != nil {
			return nil, err
		}
		answer.Epoch, answer.Epochs = m.GetEpoch(), append(answer.GetEpochs(), m)
	}
	return answer, nil
}

func epochMessage(e domain.Epoch) (*remitv1.Epoch, error) {
	root, err := hex.DecodeString(string(e.RestoredRoot))
	if err != nil {
		return nil, fmt.Errorf("show epoch %d: %w", e.Epoch, err)
	}
	m := &remitv1.Epoch{
		Epoch:    int32(e.Epoch), //nolint:gosec // a register is not restored so often
		Position: number(e.Event), RestoredPosition: number(e.RestoredSize), RestoredRoot: root,
		Unsigned: number(e.Unsigned), MayHaveLost: e.MayHaveLost, FormerLog: e.FormerLog,
	}
	if e.LostUpTo != 0 {
		m.LostUpTo = number(e.LostUpTo)
	}
	return m, nil
}
