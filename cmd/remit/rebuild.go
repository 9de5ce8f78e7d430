package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) rebuild() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rebuild",
		Short: "Rebuild what questions are answered from, beside it, and say whether it was right",
		Long: `Fold the journal anew from its first event, beside what the running register answers questions from, and put the result
in its place in one step. Nothing stops: questions and watches are answered and commands taken all the while, and the
register stays ready.

What was shown before and what is shown since are compared, on every date and as known at every position, and the map
of one date is digested before and after, as "remit replay" does. Both agree, unless something is wrong with the
register: then the answer names what was otherwise, the register's log and metrics say so too, and the exit code is 3.

It needs as much memory again as the views have, until it is done. One rebuild goes on at a time. Interrupted, it leaves
everything as it was. It needs the role operator.`,
		Example: `  remit --as op@X24 rebuild
  remit --as op@X24 rebuild --on 2027-04-01 -o json`,
		Args: cobra.NoArgs,
	}
	on := a.dateVar(cmd, "on", "the date of the map that is digested; left out: today")
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		return a.runRebuild(cmd.Context(), on.text)
	})
	return cmd
}

func (a *app) runRebuild(ctx context.Context, on string) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	c.http.Timeout = 0 // it takes as long as it takes
	stream, err := c.operator().RebuildViews(ctx, &remitv1.RebuildViewsRequest{EffectiveOn: on})
	if err != nil {
		return err
	}
	defer stream.Close()
	progress := a.progress("rebuilding the views")
	var rebuilt *remitv1.RebuiltViews
	for stream.Receive() {
		m := stream.Msg()
		if rebuilt = m.GetRebuilt(); rebuilt != nil {
			break
		}
		done, doneErr := strconv.Atoi(m.GetPosition())
		of, ofErr := strconv.Atoi(m.GetOf())
		if err := errors.Join(doneErr, ofErr); err != nil {
			return fmt.Errorf("read the progress: %w", err)
		}
		progress(done, of)
	}
	if err := stream.Err(); err != nil {
		return err
	}
	if rebuilt == nil {
		return errors.New("the register did not say what came of the rebuild")
	}
	return a.showRebuilt(rebuilt)
}

func (a *app) showRebuilt(rebuilt *remitv1.RebuiltViews) error {
	if err := a.printRebuilt(rebuilt); err != nil {
		return err
	}
	if !rebuilt.GetAgrees() {
		return findingsError{"the register's answers were NOT what its journal says; they are now. What was otherwise:\n  " +
			strings.Join(rebuilt.GetDiffers(), "\n  ") +
			"\nAnswers before this may have been wrong. Nothing recorded was touched. Keep the register's log, and report it."}
	}
	a.say("The register's answers are what its journal says.")
	return nil
}

func (a *app) printRebuilt(rebuilt *remitv1.RebuiltViews) error {
	if a.format != formatTable {
		return list(a, rebuilt, []*remitv1.RebuiltViews{rebuilt}, []column[*remitv1.RebuiltViews]{
			{"date", (*remitv1.RebuiltViews).GetEffectiveOn},
			{"known position", (*remitv1.RebuiltViews).GetPosition},
			{"agrees", func(r *remitv1.RebuiltViews) string { return yes(r.GetAgrees()) }},
			{"holdings before", (*remitv1.RebuiltViews).GetHoldingsBefore},
			{"digest before", (*remitv1.RebuiltViews).GetDigestBefore},
			{"holdings after", (*remitv1.RebuiltViews).GetHoldingsAfter},
			{"digest after", (*remitv1.RebuiltViews).GetDigestAfter},
			{"differs", func(r *remitv1.RebuiltViews) string { return strings.Join(r.GetDiffers(), "; ") }},
		})
	}
	type state struct{ name, holdings, digest string }
	return printTable(a, a.stdout, []state{
		{"before", rebuilt.GetHoldingsBefore(), rebuilt.GetDigestBefore()},
		{"after", rebuilt.GetHoldingsAfter(), rebuilt.GetDigestAfter()},
	}, []column[state]{
		{"state", func(s state) string { return s.name }},
		{"date", func(state) string { return rebuilt.GetEffectiveOn() }},
		{"known position", func(state) string { return rebuilt.GetPosition() }},
		{"holdings", func(s state) string { return s.holdings }},
		{"digest", func(s state) string { return s.digest }},
	})
}
