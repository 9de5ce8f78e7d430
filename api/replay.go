package api

import (
	"bytes"
	"context"
	"fmt"

	"connectrpc.com/connect"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// ReplayTo returns the digest of the whole map at a point on both clocks.
func (s *auditService) ReplayTo(ctx context.Context, r *remitv1.ReplayToRequest) (*remitv1.ReplayToResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	digest, err := s.queries.views.Digest(at.AsOf)
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	return &remitv1.ReplayToResponse{
		AsOf: at.message(), Position: number(at.Known), Digest: digest.Digest, Holdings: fmt.Sprint(digest.Holdings),
	}, nil
}

// ReadReplay sends the text that the digest is of.
func (s *auditService) ReadReplay(
	ctx context.Context, r *remitv1.ReadReplayRequest, stream *connect.ServerStream[remitv1.ReadReplayResponse],
) error {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return err
	}
	ctx, w, end, err := s.watches.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	text := &textStream{give: func(lines []byte) error {
		return send(ctx, w, stream, &remitv1.ReadReplayResponse{
			AsOf: at.message(), Position: number(at.Known), Text: string(lines),
		}, func() {})
	}}
	if _, _, err := s.queries.views.WriteMap(text, at.AsOf); err != nil {
		return err //nolint:wrapcheck // a refusal, or the error of send
	}
	return text.give(text.kept.Bytes())
}

// textStream gathers text and gives it away in pieces of whole lines.
type textStream struct {
	give func(lines []byte) error
	kept bytes.Buffer
}

// Write takes text, and gives away what has gathered when it is enough.
func (t *textStream) Write(p []byte) (int, error) {
	t.kept.Write(p)
	if t.kept.Len() < readable {
		return len(p), nil
	}
	whole := bytes.LastIndexByte(t.kept.Bytes(), '\n') + 1
	if whole == 0 {
		return len(p), nil
	}
	return len(p), t.give(t.kept.Next(whole))
}
