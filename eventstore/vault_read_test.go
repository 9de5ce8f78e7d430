package eventstore_test

import (
	"bytes"
	"context"
	"fmt"
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

// A vault that lost records without a trace opens, and says how many texts are missing; those whose erasure is recorded
// are not.
func TestLostTextsAreCounted(t *testing.T) {
	h := stopped(t)
	if h.LostTexts() != 0 {
		t.Errorf("%d texts of a sound register are lost", h.LostTexts())
	}
	keep(t, h)
	h.Tamper(t, func(ctx context.Context, js jetstream.JetStream) error {
		stream, err := js.Stream(ctx, eventstoretest.VaultStream)
		if err != nil {
			return err
		}
		for no := uint64(5); no <= 6; no++ {
			if err := stream.DeleteMsg(ctx, no); err != nil {
				return fmt.Errorf("record %d: %w", no, err)
			}
		}
		return nil
	})
	s, err := eventstore.Open(t.Context(), h.Config)
	if err != nil {
		t.Fatal(err)
	}
	if s.LostTexts() != 2 {
		t.Errorf("%d texts are lost, not 2", s.LostTexts())
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
