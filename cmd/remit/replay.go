package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) replay() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay [--to DATE]",
		Short: "The whole map as it was known, as one digest, or to the byte",
		Long: `The digest of the whole map on a date, as the register knew it at a time. Whatever is recorded afterwards, corrections
and reorganisations too, the same question as known then has the same digest for ever: write it under a committee's
paper, and anybody can produce the same map again.

--write writes the map itself, as the text that the digest is of, one line a holding; "sha256sum" computes the digest of
the file. It is checked before it is left there.`,
		Example: `  remit replay --to 2026-03-31
  remit replay --to 2026-03-31 --known-position 3116
  remit replay --to 2026-03-31 --known-at 2026-11-30 --write map-2026-03-31.txt`,
		Args: cobra.NoArgs,
	}
	known := &asOfFlags{app: a}
	to := a.dateVar(cmd, "to", "the date of the map; left out: today")
	known.known(cmd)
	file := cmd.Flags().String("write", "", "write the text of the map into this `FILE`; - for stdout, instead of the answer")
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		at, err := known.at(to.text)
		if err != nil {
			return err
		}
		return a.showReplay(cmd.Context(), at, *file)
	})
	return cmd
}

func (a *app) showReplay(ctx context.Context, at *remitv1.AsOf, file string) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	answer, err := c.audit().ReplayTo(ctx, &remitv1.ReplayToRequest{AsOf: at})
	if err != nil {
		return err
	}
	if file == "-" {
		return a.readReplay(ctx, c, answer, a.stdout)
	}
	if file != "" {
		if err := a.writeReplay(ctx, c, answer, file); err != nil {
			return err
		}
		a.say("Written to %s.", file)
	}
	columns := []column[*remitv1.ReplayToResponse]{
		{"date", func(r *remitv1.ReplayToResponse) string { return r.GetAsOf().GetEffectiveOn() }},
		{"known position", func(r *remitv1.ReplayToResponse) string { return r.GetAsOf().GetKnownPosition() }},
		{"holdings", (*remitv1.ReplayToResponse).GetHoldings},
		{"digest", (*remitv1.ReplayToResponse).GetDigest},
	}
	return list(a, answer, []*remitv1.ReplayToResponse{answer}, columns)
}

// writeReplay writes the text into a file that has its name only once it is whole and checked.
func (a *app) writeReplay(ctx context.Context, c *client, answer *remitv1.ReplayToResponse, path string) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("make the file beside %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = file.Close() // closed already, or not worth another error
			_ = os.Remove(file.Name())
		}
	}()
	if err := a.readReplay(ctx, c, answer, file); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return fmt.Errorf("give the file its name: %w", err)
	}
	return nil
}

// readReplay reads the text that an answer gave the digest of, and checks it.
func (a *app) readReplay(ctx context.Context, c *client, answer *remitv1.ReplayToResponse, w io.Writer) error {
	at := &remitv1.AsOf{
		EffectiveOn: answer.GetAsOf().GetEffectiveOn(), KnownPosition: answer.GetAsOf().GetKnownPosition(),
	}
	stream, err := c.audit().ReadReplay(ctx, &remitv1.ReadReplayRequest{AsOf: at})
	if err != nil {
		return err
	}
	defer stream.Close()
	hash, out := sha256.New(), bufio.NewWriter(w)
	for stream.Receive() {
		if _, err := io.WriteString(io.MultiWriter(hash, out), stream.Msg().GetText()); err != nil {
			return fmt.Errorf("write the map: %w", err)
		}
	}
	if err := stream.Err(); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the map: %w", err)
	}
	digest := hex.EncodeToString(hash.Sum(nil))
	if !strings.HasSuffix(answer.GetDigest(), ":"+digest) {
		return findingsError{fmt.Sprintf("the text has the digest %s, and not %s as the register said", digest, answer.GetDigest())}
	}
	return nil
}
