package main

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) events() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "events [NUMBER]",
		Short: "What was recorded, event by event",
		Long: `The register's log: every event in the order of recording, or the one with the number given, with everything that was
recorded of it. People appear under pseudonyms; auditors and registrars of a national body, and registrars of the body
in whose name a person acted, also see who that is.`,
		Example: `  remit events --entity transfer/01KABCDEFGHJKMNPQRSTVWXYZ0
  remit events --entity organisation/S1Y5D -o json
  remit events --type TransferCompleted
  remit events 1204 -o json
  remit events 1204 --proof 1204.tlog-proof`,
		Args: cobra.MaximumNArgs(1),
	}
	entity := cmd.Flags().String("entity", "", "only about this `ENTITY`, such as transfer/01J…, function/eprr or organisation/X24")
	kind := cmd.Flags().String("type", "", "only of this `TYPE`, such as TransferProposed")
	after := cmd.Flags().Uint64("after", 0, "only after event number `N`")
	limit := limitVar(cmd, 100)
	proof := cmd.Flags().String("proof", "", "with NUMBER: also write the proof that it is recorded to this `FILE`; see 'remit verify'")
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return a.showEvent(cmd, args[0], *proof)
		}
		if *proof != "" {
			return usagef("--proof is of one event: give its number")
		}
		return a.showEvents(cmd, &remitv1.ListEventsRequest{
			Entity: *entity, Type: *kind, AfterPosition: strconv.FormatUint(*after, 10),
		}, *limit)
	})
	return cmd
}

func (a *app) showEvents(cmd *cobra.Command, request *remitv1.ListEventsRequest, limit int) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	var answer *remitv1.ListEventsResponse
	var events []*remitv1.Event
	for answer == nil || answer.GetNextAfterPosition() != "" && (limit == 0 || len(events) < limit) {
		request.PageSize = listPage
		if limit > 0 {
			request.PageSize = int32(min(listPage, limit-len(events)))
		}
		if answer != nil {
			request.AfterPosition = answer.GetNextAfterPosition()
		}
		if answer, err = c.audit().ListEvents(cmd.Context(), request); err != nil {
			return err
		}
		events = append(events, answer.GetEvents()...)
	}
	if next := answer.GetNextAfterPosition(); next != "" {
		a.say("Only the first %d are shown: go on with --after %s, or see --limit.", len(events), next)
	}
	if len(events) == 0 && a.format == formatTable {
		a.say("There is nothing to show.")
	}
	answer.Events = events
	return list(a, answer, events, eventColumns())
}

func (a *app) showEvent(cmd *cobra.Command, number, proofFile string) error {
	if _, err := strconv.ParseUint(number, 10, 63); err != nil {
		return usagef("%q is not the number of an event", number)
	}
	c, err := a.client()
	if err != nil {
		return err
	}
	answer, err := c.audit().GetEvent(cmd.Context(), &remitv1.GetEventRequest{Position: number, WithProof: proofFile != ""})
	if err != nil {
		return err
	}
	if proofFile != "" {
		if err := a.writeProof(proofFile, answer.GetProof()); err != nil {
			return err
		}
	}
	e := answer.GetEvent()
	return object(a, answer, e, eventColumns(), func(s *sheet) {
		s.title("Event %s: %s", e.GetPosition(), e.GetType())
		for _, c := range eventColumns()[2:] {
			s.field(c.head, c.cell(e))
		}
		s.field("command id", e.GetCommandId())
		s.field("digest", e.GetDigest())
		s.title("Fact")
		fields := e.GetFact().GetFields()
		names := make([]string, 0, len(fields))
		for name := range fields {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			text, err := marshal(fields[name])
			if err != nil {
				s.err = err
			}
			s.field(name, string(text))
		}
	})
}

func eventColumns() []column[*remitv1.Event] {
	return []column[*remitv1.Event]{
		{"event", (*remitv1.Event).GetPosition},
		{"type", (*remitv1.Event).GetType},
		{"entity", (*remitv1.Event).GetEntity},
		{"effective on", (*remitv1.Event).GetEffectiveOn},
		{"late", func(e *remitv1.Event) string { return yes(e.GetLate()) }},
		{"recorded at", func(e *remitv1.Event) string { return instantText(e.GetRecordedAt()) }},
		{"actor", func(e *remitv1.Event) string { return actorText(e.GetActor()) }},
		{"transaction", (*remitv1.Event).GetTransactionId},
		{"reason", (*remitv1.Event).GetReason},
	}
}

// actorText names who did it: pseudonym, body and role.
func actorText(actor *remitv1.Actor) string {
	text := actor.GetSubject()
	if actor.GetPerson() != "" {
		text = actor.GetPerson() + " = " + text
	}
	if actor.GetOrganisation() != "" {
		text += "@" + actor.GetOrganisation()
	}
	if actor.GetRole() != "" {
		text += fmt.Sprintf(" (%s)", actor.GetRole())
	}
	return text
}
