package eventstore_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// A vault with a record that cannot be read, or holds another text than was recorded, does not open: wherever it is, and
// although records around it were erased.
func TestDamagedVaultIsRefused(t *testing.T) {
	h := stopped(t)
	h.Start(t)
	for no := 2; no <= 3; no++ {
		events, err := h.Read(t.Context(), 2, 3)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Vault().Erase(t.Context(), events[no-2].Reason.Commitment); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Stop(t); err != nil {
		t.Fatal(err)
	}
	keep(t, h)
	block := filepath.Join(h.StreamDir(eventstoretest.VaultStream), "msgs", "1.blk")
	sound, err := os.ReadFile(block)
	if err != nil {
		t.Fatal(err)
	}
	texts := 0
	for at := 0; ; at++ {
		found := bytes.Index(sound[at:], []byte("Jane Smith"))
		if found < 0 {
			break
		}
		texts++
		at += found
		bad := slices.Clone(sound)
		bad[at] ^= 0x10
		if err := os.WriteFile(block, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		config := h.Config
		config.Dir = t.TempDir()
		if err := os.CopyFS(config.Dir, os.DirFS(h.Config.Dir)); err != nil {
			t.Fatal(err)
		}
		refused(t, config, eventstore.ErrDamaged, "remit restore")
	}
	if texts != 4 {
		t.Errorf("%d texts were found in the vault, not 4", texts)
	}
}

// A text that was replaced under a sound checksum does not open its commitment.
func TestForgedTextIsRefused(t *testing.T) {
	h := stopped(t)
	keep(t, h)
	h.Tamper(t, func(ctx context.Context, js jetstream.JetStream) error {
		stream, err := js.Stream(ctx, eventstoretest.VaultStream)
		if err != nil {
			return err
		}
		msg, err := stream.GetMsg(ctx, 2)
		if err != nil {
			return err
		}
		_, err = js.Publish(ctx, "remit.vault", bytes.Replace(msg.Data, []byte("Jane"), []byte("John"), 1))
		return err
	})
	refused(t, h.Config, eventstore.ErrDamaged, "remit restore")
}

// A vault that lost records without a trace does not open: a server that repairs itself calls them deleted. Once it is
// accepted that they are missing that is recorded, and what is lost later is refused again.
func TestIncompleteVaultIsRefused(t *testing.T) {
	h := stopped(t)
	keep(t, h)
	lose := func(no uint64) {
		t.Helper()
		h.Tamper(t, func(ctx context.Context, js jetstream.JetStream) error {
			stream, err := js.Stream(ctx, eventstoretest.VaultStream)
			if err != nil {
				return err
			}
			return stream.DeleteMsg(ctx, no)
		})
	}
	lost := func(want int) {
		t.Helper()
		s, err := eventstore.Open(t.Context(), h.Config)
		if err != nil {
			t.Fatal(err)
		}
		if s.LostTexts() != want {
			t.Errorf("%d texts are lost, not %d", s.LostTexts(), want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	lost(0)
	lose(5)
	lose(6)
	refused(t, h.Config, eventstore.ErrVaultIncomplete, "2 personal texts or people")
	h.Config.AcceptMissing = true
	lost(2)
	h.Config.AcceptMissing = false
	lost(2)
	lose(4)
	refused(t, h.Config, eventstore.ErrVaultIncomplete, "1 personal texts or people")
}
