package main

import (
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

func (a *app) paper() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "paper CODE",
		Short: "A transition committee's paper with a frozen data date, the same to the byte whenever it is made again",
		Long: `The paper of a body, a region or a transition committee: decisions to take, what is due, gaps that are open and opening,
changes since the paper before, risks, the running-cost envelope, and what shifts between tiers; each line with the events
on which it rests. Whatever is recorded afterwards, the paper of the same date as known then has the same digest for ever.

CODE is that of a body, or the id of a committee. Texts that could name a person are not in the paper: it gives the ids
by which to read them.`,
		Example: `  remit paper QYG --on 2026-03-31
  remit paper QYG --on 2026-03-31 --known-position 3116 --write paper.md
  remit paper Y61 --since 2026-10-31 --since-known 3116 --until 2027-04-01`,
		Args: cobra.ExactArgs(1),
	}
	asOf, since := a.asOf(cmd), &asOfFlags{app: a}
	sinceOn := a.dateVar(cmd, "since", "data date of the paper before; left out: the paper does not say what changed")
	cmd.Flags().Var(&knownFlag{of: since}, "since-known", "what the register knew then: a `TIME`, or after event number N; left out: as this paper")
	days := daysVar(cmd)
	until := a.dateVar(cmd, "until", "the last date for gaps that open and for plans; left out: a year after the data date")
	file := cmd.Flags().String("write", "", "write the paper into this `FILE`; - for stdout, and nothing else")
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		request := &remitv1.GetCommitteePaperRequest{AsOf: at, Days: days, Until: until.text}
		const ulid = 26
		if len(args[0]) == ulid {
			request.CommitteeId = args[0]
		} else {
			request.Organisations = []string{args[0]}
		}
		switch isKnown := since.knownAt != "" || since.position != ""; {
		case sinceOn.text == "" && isKnown:
			return usagef("--since-known needs --since: the data date of the paper before")
		case sinceOn.text != "" && !isKnown:
			request.Since = &remitv1.AsOf{EffectiveOn: sinceOn.text, KnownAt: at.GetKnownAt(), KnownPosition: at.GetKnownPosition()}
		case sinceOn.text != "":
			if request.Since, err = since.at(sinceOn.text); err != nil {
				return err
			}
		}
		return a.showPaper(cmd.Context(), request, *file)
	})
	return cmd
}

func (a *app) showPaper(ctx context.Context, request *remitv1.GetCommitteePaperRequest, file string) error {
	answer, err := asked(ctx, a, request,
		func(c *client) func(context.Context, *remitv1.GetCommitteePaperRequest) (*remitv1.GetCommitteePaperResponse, error) {
			return c.programme().GetCommitteePaper
		})
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(answer.GetText()))
	if digest := hex.EncodeToString(sum[:]); !strings.HasSuffix(answer.GetDigest(), ":"+digest) {
		return findingsError{fmt.Sprintf("the paper has the digest %s, and not %s as the register said", digest, answer.GetDigest())}
	}
	if file == "-" || file == "" && a.format == formatTable {
		if _, err := io.WriteString(a.stdout, answer.GetText()); err != nil {
			return fmt.Errorf("write the paper: %w", err)
		}
		a.say("%s", answer.GetDigest())
		return nil
	}
	if file != "" {
		if err := writeWhole(file, answer.GetText()); err != nil {
			return err
		}
		a.say("Written to %s.", file)
	}
	return list(a, answer, []*remitv1.GetCommitteePaperResponse{answer}, []column[*remitv1.GetCommitteePaperResponse]{
		{"date", func(r *remitv1.GetCommitteePaperResponse) string { return r.GetAsOf().GetEffectiveOn() }},
		{"known position", func(r *remitv1.GetCommitteePaperResponse) string { return r.GetAsOf().GetKnownPosition() }},
		{"of", func(r *remitv1.GetCommitteePaperResponse) string { return summaryOf(r.GetOrganisations(), 4, "bodies") }},
		{"digest", (*remitv1.GetCommitteePaperResponse).GetDigest},
		{"map digest", (*remitv1.GetCommitteePaperResponse).GetMapDigest},
	})
}

// writeWhole writes a file that has its name only once all of it is there.
func writeWhole(path, text string) (err error) {
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
	if _, err = file.WriteString(text); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err = file.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err = os.Rename(file.Name(), path); err != nil {
		return fmt.Errorf("give the file its name: %w", err)
	}
	return nil
}
