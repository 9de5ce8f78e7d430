package main

import (
	"context"
	"errors"
	"fmt"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) watch() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "watch",
		Short: "What changes, as it changes",
		Long: `Follow the register: what changes on the map, what happens to a transfer, what is recorded. A watch goes on until
Ctrl-C, or until --limit changes. When it is cut off it says after which position to go on: nothing is lost, and
nothing is told twice.

With -o json or jsonl every message is one line, signs of life and positions too.`,
	})
	cmd.AddCommand(a.watchMap(), a.watchTransfer(), a.watchEvents())
	return cmd
}

// watching is what the commands of watch have in common.
type watching struct {
	after *string
	limit *int
}

func watchFlags(cmd *cobra.Command, limited string) watching {
	return watching{
		after: cmd.Flags().String("after", "", "go on after this `POSITION`"),
		limit: cmd.Flags().Int("limit", 0, "end after `N` "+limited+"; 0: go on"),
	}
}

// watcher returns a client for answers that go on for as long as the caller likes.
func (a *app) watcher() (*client, error) {
	c, err := a.client()
	if err != nil {
		return nil, err
	}
	c.http.Timeout = 0
	return c, nil
}

// followStream shows the messages of a watch: as JSON, or with show, which shows at most room changes, where that is not
// 0, and returns how many there were.
func followStream[M any, P interface {
	*M
	proto.Message
}](ctx context.Context, a *app, stream *connect.ServerStreamForClient[M], limit int, show func(m P, room int) int) error {
	defer stream.Close()
	shown := 0
	for stream.Receive() {
		message := P(stream.Msg())
		n := show(message, limit-shown)
		if a.format == formatJSON || a.format == formatJSONL {
			if err := printLines(a, []P{message}); err != nil {
				return err
			}
		}
		if shown += n; limit > 0 && shown >= limit {
			return nil
		}
	}
	if err := stream.Err(); err != nil && !errors.Is(ctx.Err(), context.Canceled) {
		return err
	}
	return nil
}

// atMost returns the first items of a list, where room is above 0.
func atMost[T any](items []T, room int) []T {
	if room > 0 && len(items) > room {
		return items[:room]
	}
	return items
}

// tell writes a line for people.
func (a *app) tell(format string, args ...any) {
	if a.format != formatJSON && a.format != formatJSONL {
		_, _ = fmt.Fprintf(a.stdout, format+"\n", args...) // who no longer reads is no longer told
	}
}

func (a *app) watchMap() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "map",
		Short: "The map, and what changes on it",
		Long: `What changes on the map, or on a part of it: of a date, or of today, which moves on at midnight in London together with
whatever was recorded for the new day. As a table only the changes are shown; as JSON the map comes first.`,
		Example: `  remit watch map --function eprr
  remit watch map --org S1Y5D -o jsonl
  remit watch map --on 2027-04-01 --after 3116`,
		Args: cobra.NoArgs,
	}
	w := watchFlags(cmd, "changes")
	on := a.dateVar(cmd, "on", "the date of the map; left out: today, moving on")
	afterOn := a.dateVar(cmd, "after-date", "with --after, for a watch of today: the date that it showed")
	functions := codesVar(cmd, "function", "only these functions (`CODES`)")
	organisations := codesVar(cmd, "org", "only what these organisations hold, before or after (`CODES`)")
	footprints := codesVar(cmd, "in", "only in these footprints; an organisation stands for its own operation (`CODES`)")
	roles := wordsVar[remitv1.Role](cmd, "role", "only these roles")
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		if *w.after != "" && on.text == "" && afterOn.text == "" {
			return usagef("to go on with a watch of today, give --after-date: the date that it showed; or give --on")
		}
		c, err := a.watcher()
		if err != nil {
			return err
		}
		stream, err := c.maps().WatchMap(cmd.Context(), &remitv1.WatchMapRequest{
			EffectiveOn: on.text, AfterPosition: *w.after, AfterEffectiveOn: afterOn.text, Functions: *functions,
			Organisations: *organisations, Footprints: *footprints, Roles: roles.values,
		})
		if err != nil {
			return err
		}
		return followStream(cmd.Context(), a, stream, *w.limit, a.showMapMessage)
	})
	return cmd
}

func (a *app) showMapMessage(m *remitv1.WatchMapResponse, room int) int {
	if m.GetSnapshot() != nil && m.GetComplete() {
		a.say("Watching the map of %s from position %s on.", m.GetEffectiveOn(), m.GetPosition())
	}
	was, is := changed((*remitv1.MapChange).GetBefore, (*remitv1.MapChange).GetAfter)
	for _, c := range atMost(m.GetStep().GetChanges(), room) {
		a.tell("%s  %s  %s %s %s: %s -> %s  (events %s)", m.GetPosition(), m.GetEffectiveOn(),
			subjectText(c.GetFunction(), c.GetPart()), c.GetFootprint(), word(c.GetRole()),
			orNone(was(c)), orNone(is(c)), joinWords(c.GetCauseEvents()))
	}
	return len(m.GetStep().GetChanges())
}

func (a *app) watchTransfer() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "transfer TRANSFER",
		Short:   "A transfer, and what happens to it",
		Example: `  remit watch transfer 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args:    cobra.ExactArgs(1),
	}
	w := watchFlags(cmd, "events")
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.watcher()
		if err != nil {
			return err
		}
		stream, err := c.transfers().WatchTransfer(cmd.Context(), &remitv1.WatchTransferRequest{
			TransferId: args[0], AfterPosition: *w.after,
		})
		if err != nil {
			return err
		}
		return followStream(cmd.Context(), a, stream, *w.limit, func(m *remitv1.WatchTransferResponse, room int) int {
			if s := m.GetSnapshot(); s != nil {
				a.tell("%s  %s", m.GetPosition(), word(s.GetState()))
			}
			for _, e := range atMost(m.GetStep().GetEvents(), room) {
				a.tell("%s  %s: %s", e.GetPosition(), word(m.GetStep().GetTransfer().GetState()), e.GetType())
			}
			return len(m.GetStep().GetEvents())
		})
	})
	return cmd
}

func (a *app) watchEvents() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "events",
		Short: "What is recorded",
		Example: `  remit watch events
  remit watch events --after 0 -o jsonl
  remit watch events --org S1Y5D --type TransferProposed,TransferCompleted`,
		Args: cobra.NoArgs,
	}
	w := watchFlags(cmd, "events")
	entities := codesVar(cmd, "entity", "only about these `ENTITIES`, such as transfer/01J…, function/eprr or organisation/X24")
	kinds := codesVar(cmd, "type", "only of these `TYPES`, such as TransferProposed")
	organisations := codesVar(cmd, "org", "only recorded in the name of these organisations, about them, or naming them (`CODES`)")
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		c, err := a.watcher()
		if err != nil {
			return err
		}
		stream, err := c.audit().WatchEvents(cmd.Context(), &remitv1.WatchEventsRequest{
			AfterPosition: *w.after, Entities: *entities, Types: *kinds, Organisations: *organisations,
		})
		if err != nil {
			return err
		}
		return followStream(cmd.Context(), a, stream, *w.limit, func(m *remitv1.WatchEventsResponse, room int) int {
			for _, e := range atMost(m.GetRecorded().GetEvents(), room) {
				a.tell("%s  %s  %s  %s  %s", e.GetPosition(), instantText(e.GetRecordedAt()), e.GetType(), e.GetEntity(),
					actorText(e.GetActor()))
			}
			return len(m.GetRecorded().GetEvents())
		})
	})
	return cmd
}
