package api_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore/eventstoretest"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// backUp asks for a backup, and returns the pieces put together and how many there were.
func (s *server) backUp(t *testing.T, actor, after string, options ...connect.ClientOption) (data []byte, pieces int, err error) {
	t.Helper()
	ctx, info := connect.NewClientContext(t.Context())
	if actor != "" {
		info.RequestHeader().Set(api.ActorHeader, actor)
	}
	stream, err := remitv1connect.NewOperatorServiceClient(s.Client(), s.URL, options...).Backup(ctx, &remitv1.BackupRequest{AfterPosition: after})
	if err != nil {
		return nil, 0, err
	}
	for stream.Receive() {
		data = append(data, stream.Msg().GetChunk()...)
		pieces++
	}
	return data, pieces, errors.Join(stream.Err(), stream.Close())
}

func TestBackup(t *testing.T) {
	t.Parallel()
	text := bytes.Repeat([]byte("a piece of a tar "), 10_000)
	broken := errors.New("the disk is gone")
	s := newServer(t, func(c *api.Config) {
		c.Backup = func(_ context.Context, after domain.EventNo, out io.Writer) error {
			if after == 666 {
				panic("a fault")
			}
			if after == 7 {
				return broken
			}
			_, err := out.Write(text)
			return err
		}
	})
	for _, options := range [][]connect.ClientOption{nil, {connect.WithGRPC()}, {connect.WithGRPCWeb()}} {
		data, pieces, err := s.backUp(t, "op@X24;operator", "", options...)
		if err != nil || !bytes.Equal(data, text) || pieces < 1 {
			t.Errorf("got %d bytes in %d pieces: %v", len(data), pieces, err)
		}
	}
	for _, c := range []struct {
		actor, after string
		want         connect.Code
		log          string
	}{
		{"", "", connect.CodeUnauthenticated, ""},
		{"op@X24;registrar", "", connect.CodePermissionDenied, ""},
		{"op@X24;emperor", "", connect.CodeInvalidArgument, ""},
		{"op@X24;operator", "seven", connect.CodeInvalidArgument, ""},
		{"op@X24;operator", "7", connect.CodeInternal, "the disk is gone"},
		{"op@X24;operator", "666", connect.CodeInternal, "a fault"},
	} {
		data, _, err := s.backUp(t, c.actor, c.after)
		if connect.CodeOf(err) != c.want || len(data) > 0 || !strings.Contains(s.log.String(), c.log) {
			t.Errorf("%q after %q: %d bytes, %v", c.actor, c.after, len(data), err)
		}
	}
}

func TestNothingToBackUp(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	if _, _, err := s.backUp(t, "op@X24;operator", ""); connect.CodeOf(err) != connect.CodeUnimplemented {
		t.Errorf("without an archive it says %v", err)
	}
}

func TestListEpochs(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.store.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("X24")))
	if first := s.ok(t, "", "OperatorService/ListEpochs", object{}); first["epoch"] != 1.0 || first["position"] != "1" {
		t.Errorf("at first there is %v", first)
	}
	head := s.store.Head()
	receipt := s.store.MustSubmit(t, eventstoretest.Request(domain.BeginEpoch{
		RestoredSize: 1, RestoredRoot: domain.RootHash(head.Root.String()), MayHaveLost: true, LostUpTo: 9,
	}))
	answer := s.ok(t, "", "OperatorService/ListEpochs", object{"minPosition": "2"})
	epochs := items(answer["epochs"])
	if answer["epoch"] != 2.0 || len(epochs) != 1 {
		t.Fatalf("then there is %v", answer)
	}
	if e := obj(epochs[0]); e["position"] != "2" || e["restoredPosition"] != "1" || e["lostUpTo"] != "9" || e["mayHaveLost"] != true {
		t.Errorf("the epoch is %v", e)
	}
	event := obj(s.ok(t, "", "AuditService/GetEvent", object{"position": "2"})["event"])
	fact := obj(event["fact"])
	if event["type"] != "EpochBegan" || event["entity"] != "epoch/2" || fact["lostUpTo"] != "9" || fact["restoredRoot"] != head.Root.String() {
		t.Errorf("event %d is %v", receipt.Position, event)
	}
}
