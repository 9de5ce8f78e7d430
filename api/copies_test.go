package api_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/domain/reference"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
	"github.com/remit-register/remit/projections"
)

// TestRehearsedIsWhatIsRecorded tries the commands of the reference register, a few together, on copies of the register while
// it is being loaded, and then records them: the events are the same, and so is the map with them, to the last holding.
func TestRehearsedIsWhatIsRecorded(t *testing.T) {
	t.Parallel()
	const together, copies = 40, 12
	steps, err := reference.Steps(0)
	if err != nil {
		t.Fatal(err)
	}
	store := eventstoretest.New(t)
	s := newServerOn(t, store)
	ids := map[string]domain.TransferID{}
	for at := 0; len(steps) > 0; at++ {
		batch := steps[:min(together, len(steps))]
		steps = steps[len(batch):]
		var tried *rehearsed
		if at%max(1, (len(steps)+len(batch))/together/copies+1) == 0 {
			tried = rehearse(t, s, batch, ids)
		}
		var events []domain.Event
		for _, step := range batch {
			receipt, err := store.Submit(t.Context(), stepRequest(t, step, ids))
			if err != nil {
				t.Fatalf("%s: %v", step.Key, err)
			}
			ids[step.CommandID] = domain.TransferID(receipt.TransactionID)
			events = append(events, receipt.Events...)
		}
		if tried != nil {
			tried.compare(t, s, batch, ids, events)
		}
	}
}

// stepRequest is the command of a step, which may refer to what earlier ones made.
func stepRequest(t *testing.T, step reference.Step, ids map[string]domain.TransferID) eventstore.Request {
	t.Helper()
	command, err := step.Command(func(id string) (domain.TransferID, error) { return ids[id], nil })
	if err != nil {
		t.Fatal(err)
	}
	reason := domain.Text{Clear: reference.Reason}
	secrets, err := eventstore.SealAll(nil, &reason)
	if err != nil {
		t.Fatal(err)
	}
	return eventstore.Request{
		CommandID: step.CommandID, Command: command, Reason: reason, Secrets: secrets, Caller: eventstoretest.System(),
	}
}

// rehearsed is what came of commands that were tried.
type rehearsed struct {
	events   []domain.Event
	holdings string
	ids      map[string]domain.TransferID
}

// rehearse tries the commands of steps on a copy of the register.
func rehearse(t *testing.T, s *server, steps []reference.Step, known map[string]domain.TransferID) *rehearsed {
	t.Helper()
	state, err := s.store.CopyModel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.views.WaitFor(t.Context(), state.Last()); err != nil {
		t.Fatal(err)
	}
	c, err := s.views.Copy(t.Context(), s.store, state)
	if err != nil {
		t.Fatal(err)
	}
	c.Try()
	x := &rehearsed{ids: maps.Clone(known)}
	rehearsal := s.store.Rehearse(c.State, c.RecordedAt(state.Last()))
	for i, step := range steps {
		n := uint64(i) + 1
		events, err := rehearsal.Try(n, stepRequest(t, step, x.ids))
		if err != nil {
			t.Fatalf("%s: %v", step.Key, err)
		}
		if err := c.Show(events); err != nil {
			t.Fatal(err)
		}
		x.ids[step.CommandID] = domain.TransferID(eventstore.RehearsedID(n))
		x.events = append(x.events, events...)
	}
	x.holdings = holdings(t, c.Views)
	c.Undo()
	return x
}

// holdings is the whole map of a day as text.
func holdings(t *testing.T, v *projections.Views) string {
	t.Helper()
	on, err := domain.ParseDate(today)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if _, _, err := v.WriteMap(&text, domain.Now(on)); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// compare compares what was tried with what was recorded: they differ in the ids that were given, and in when it was.
func (x *rehearsed) compare(t *testing.T, s *server, steps []reference.Step, ids map[string]domain.TransferID, events []domain.Event) {
	t.Helper()
	last := events[len(events)-1].No
	if err := s.views.WaitFor(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	var pairs []string
	for _, step := range steps {
		pairs = append(pairs, string(x.ids[step.CommandID]), string(ids[step.CommandID]))
	}
	given := strings.NewReplacer(pairs...)
	if len(x.events) != len(events) {
		t.Fatalf("%d events were tried and %d recorded, up to %d", len(x.events), len(events), last)
	}
	for i, e := range events {
		tried := x.events[i]
		if diff := cmp.Diff(fmt.Sprintf("%d %s %+v", e.No, e.EffectiveOn, e.Fact),
			given.Replace(fmt.Sprintf("%d %s %+v", tried.No, tried.EffectiveOn, tried.Fact))); diff != "" {
			t.Errorf("event %d (-recorded +tried):\n%s", e.No, diff)
		}
	}
	if holdings(t, s.views) != given.Replace(x.holdings) {
		t.Errorf("the map with the events up to %d is not the one that was shown before", last)
	}
}

// TestSimulationsOfAnEarlierPosition asks the same of a register that has copies of itself from before, and of one that has
// none and builds them up from the journal, while commands go on: what was known then stays what it was.
func TestSimulationsOfAnEarlierPosition(t *testing.T) {
	t.Parallel()
	store := eventstoretest.New(t)
	var copies *api.Copies
	s := newServerOn(t, store, func(c *api.Config) {
		copies = api.NewCopies(c.Store, c.Views, c.Clock, slog.New(slog.DiscardHandler))
		c.Copies = copies
	})
	loadInto(t, s)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { copies.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	rename := func(on *server, name string) {
		on.ok(t, "registrar@X24", "OrganisationService/RenameOrganisation", object{
			"commandId": uuid.NewString(), "code": "S1Y5D", "name": name, "effectiveOn": today,
		})
	}
	asked := []object{}
	answers := []object{}
	for i := range 5 {
		rename(s, fmt.Sprint("Name ", i))
		request := object{
			"asOf": object{"knownPosition": fmt.Sprint(s.store.Position())}, "commands": append(route("06H"),
				object{"as": "registrar@X24", "renameOrganisation": object{"code": "S1Y5D", "name": fmt.Sprint("Name ", i), "effectiveOn": today}}),
		}
		asked, answers = append(asked, request), append(answers, s.ok(t, "", "MapService/Simulate", request))
	}
	other := newServerOn(t, store)
	if err := other.views.WaitFor(t.Context(), store.Position()); err != nil {
		t.Fatal(err)
	}
	for i, request := range slices.Backward(asked) {
		for _, on := range []*server{s, other} {
			if diff := cmp.Diff(answers[i], on.ok(t, "", "MapService/Simulate", request)); diff != "" {
				t.Errorf("as known at %v (-then +now):\n%s", request["asOf"], diff)
			}
		}
	}
}

// heldUp is a journal that lets nothing in while it is closed.
type heldUp struct {
	eventstore.Journal

	open chan struct{}
}

// Append waits until the journal is open.
func (j heldUp) Append(ctx context.Context, id string, after uint64, data []byte) error {
	select {
	case <-j.open:
	case <-ctx.Done():
		return ctx.Err()
	}
	return j.Journal.Append(ctx, id, after, data)
}

// TestSimulatesWhileTheWriterIsHeldUp simulates while a command waits for a disk that does not answer.
func TestSimulatesWhileTheWriterIsHeldUp(t *testing.T) {
	t.Parallel()
	open := make(chan struct{})
	kept := eventstoretest.New(t)
	loaded := newServerOn(t, kept)
	loadInto(t, loaded)
	store := eventstoretest.New(t, kept.Keep(t).Copied(t), func(c *eventstore.Config) {
		c.WrapJournal = func(j eventstore.Journal) eventstore.Journal { return heldUp{j, open} }
		c.Timeout = time.Minute
	})
	s := newServerOn(t, store)
	if err := s.views.WaitFor(t.Context(), store.Position()); err != nil {
		t.Fatal(err)
	}
	position := store.Position()
	ticket, err := store.Enqueue(t.Context(), eventstoretest.Request(eventstoretest.Rename("S1Y5D", "Another name")))
	if err != nil {
		t.Fatal(err)
	}
	answer := s.call(t, "", "MapService/Simulate", object{"commands": route("06H")})
	if answer.status != http.StatusOK || answer.body["position"] != fmt.Sprint(position) {
		t.Errorf("%d: %s", answer.status, answer.raw)
	}
	close(open)
	if _, err := ticket.Wait(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestSimulatesOnNothingThatWasWrong simulates on views that differ from the journal, and again when they were mended.
func TestSimulatesOnNothingThatWasWrong(t *testing.T) {
	t.Parallel()
	store := eventstoretest.New(t)
	if _, err := load(t.Context(), store.Store, 0); err != nil {
		t.Fatal(err)
	}
	views := projections.NewReading(store.Clock.Now, projections.LogFunc(func(from, to domain.EventNo) ([]domain.Event, error) {
		return store.Read(context.WithoutCancel(t.Context()), from, to)
	}))
	s := newServerOn(t, store, func(c *api.Config) { c.Views = views })
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { _ = views.Run(ctx, tampered{store.Store}) })
	t.Cleanup(func() { stop(); running.Wait() })
	if err := views.WaitFor(t.Context(), store.Position()); err != nil {
		t.Fatal(err)
	}
	before := func() string {
		answer := s.ok(t, "", "MapService/Simulate", object{"commands": []object{{"as": "registrar@X24", "recordOccurrence": object{
			"function": "eprr", "from": "QE1", "to": "QOP", "footprints": []string{"00Q"}, "roles": []string{"ROLE_ACCOUNTABLE"},
			"effectiveOn": today, "kind": "TRANSFER_KIND_STATUTORY", "source": "letter",
		}}}})
		for _, c := range items(answer["changes"]) {
			for _, h := range items(obj(c)["before"]) {
				return fmt.Sprint(obj(h)["holder"])
			}
		}
		t.Fatalf("nothing would change: %v", answer)
		return ""
	}
	if held := before(); held != "X24" {
		t.Errorf("the views that were tampered with say %s", held)
	}
	if rebuilt, err := s.rebuild(t.Context(), "op@X24;operator"); err != nil || rebuilt.GetAgrees() {
		t.Fatalf("rebuilt %v: %v", rebuilt, err)
	}
	if held := before(); held != "QE1" {
		t.Errorf("after the rebuild a copy says %s", held)
	}
}
