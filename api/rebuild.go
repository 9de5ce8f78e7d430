package api

import (
	"context"
	"log/slog"

	"connectrpc.com/connect"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// RebuildViews rebuilds the views beside those that questions are answered from. It ends when the caller goes away, does
// not read, or the server stops.
func (s *operatorService) RebuildViews(
	ctx context.Context, r *remitv1.RebuildViewsRequest, stream *connect.ServerStream[remitv1.RebuildViewsResponse],
) error {
	ctx, w, end, err := s.watches.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	w.standsAlone = true // it tells of the mending
	tell := func(m *remitv1.RebuildViewsResponse) error { return send(ctx, w, stream, m, func() {}) }
	on := date(r.GetEffectiveOn())
	if on == 0 {
		on = s.queries.today()
	}
	told := domain.EventNo(0)
	rebuilt, err := s.queries.views.Rebuild(ctx, s.queries.store, projections.RebuildOptions{
		On: on,
		Progress: func(done, total domain.EventNo) error {
			if done < total && done-told < total/100 {
				return nil
			}
			told = done
			return tell(&remitv1.RebuildViewsResponse{Position: number(done), Of: number(total)})
		},
	})
	if ctx.Err() != nil {
		return w.ended(ctx)
	}
	if err != nil {
		return err //nolint:wrapcheck // it says what was being done
	}
	s.noteRebuilt(ctx, rebuilt)
	position := number(rebuilt.After.AsOf.Known)
	return tell(&remitv1.RebuildViewsResponse{Position: position, Of: position, Rebuilt: &remitv1.RebuiltViews{
		Agrees: len(rebuilt.Differs) == 0, Differs: rebuilt.Differs, EffectiveOn: on.String(), Position: position,
		DigestBefore: rebuilt.Before.Digest, HoldingsBefore: number(domain.EventNo(rebuilt.Before.Holdings)), //nolint:gosec // not negative
		DigestAfter: rebuilt.After.Digest, HoldingsAfter: number(domain.EventNo(rebuilt.After.Holdings)), //nolint:gosec // not negative
	}})
}

// noteRebuilt writes into the log what came of a rebuild, and lets whoever keeps copies of the views know.
func (s *operatorService) noteRebuilt(ctx context.Context, rebuilt projections.Rebuilt) {
	at := slog.Uint64("position", uint64(rebuilt.After.AsOf.Known))
	if len(rebuilt.Differs) == 0 {
		s.logger.InfoContext(ctx, "the views were rebuilt from the journal, and agree with what was shown", at)
		return
	}
	s.logger.ErrorContext(ctx, "the views were not what the journal says: answers were wrong, and are mended", at,
		slog.Any("differs", rebuilt.Differs), slog.String("digest_before", rebuilt.Before.Digest),
		slog.String("digest_after", rebuilt.After.Digest))
	s.mended(context.WithoutCancel(ctx))
}
