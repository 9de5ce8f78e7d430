package api_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/archive/archivetest"
)

// testArchive is an archive that a test brings up to date when it wants.
type testArchive struct {
	mu    sync.Mutex
	files archivetest.Files // guarded by mu
	keys  archive.TrustedKeys
}

// ReadFile returns a file as it is now.
func (a *testArchive) ReadFile(ctx context.Context, path string) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.files.ReadFile(ctx, path)
}

// newProvingServer starts an empty register whose archive is empty too.
func newProvingServer(t *testing.T, patience time.Duration) (*server, *testArchive) {
	t.Helper()
	_, key := archivetest.Key(t, "remit.test/log", "log")
	keys, err := archive.ParseTrustedKeys(key)
	if err != nil {
		t.Fatal(err)
	}
	a := &testArchive{files: archivetest.Files{}, keys: keys}
	s := newServer(t, func(c *api.Config) {
		c.Prover, c.ProofPatience = archive.NewProver(a, keys), patience
	})
	return s, a
}

// publish brings the archive up to date with the journal.
func (a *testArchive) publish(t *testing.T, s *server) {
	t.Helper()
	var events [][]byte
	last := s.store.Position()
	enough := errors.New("enough")
	err := s.store.FollowBytes(t.Context(), 0, func(_ domain.EventNo, more [][]byte) error {
		if events = append(events, more...); domain.EventNo(len(events)) == last {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
	signer, _ := archivetest.Key(t, "remit.test/log", "log")
	files := archivetest.Publish(t, events, "remit.test/log", signer)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.files = files
}

// proved verifies proofs as a stranger does, and returns the events by number.
func (a *testArchive) proved(t *testing.T, list []any) map[string]domain.Event {
	t.Helper()
	events := map[string]domain.Event{}
	for _, item := range list {
		proof := obj(item)
		proven, err := archive.VerifyProof(fmt.Append(nil, proof["proof"]), a.keys)
		if err != nil {
			t.Fatalf("%v: %v", proof["position"], err)
		}
		if fmt.Sprint(uint64(proven.Event.No)) != proof["position"] || fmt.Sprint(uint64(proven.Head.Size)) != proof["treeSize"] {
			t.Errorf("the proof of event %v proves event %d of %d", proof["position"], proven.Event.No, proven.Head.Size)
		}
		events[fmt.Sprint(proof["position"])] = proven.Event
	}
	return events
}

func TestProofs(t *testing.T) {
	s, a := newProvingServer(t, time.Minute)
	if _, err := load(t.Context(), s.store.Store, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.views.WaitFor(t.Context(), s.store.Position()); err != nil {
		t.Fatal(err)
	}
	a.publish(t, s)
	t.Run("who holds", func(t *testing.T) { testWhoHoldsProofs(t, s, a) })
	t.Run("history", func(t *testing.T) { testHistoryProofs(t, s, a) })
	t.Run("explanation", func(t *testing.T) { testExplanationProofs(t, s, a) })
	t.Run("inclusion and consistency", func(t *testing.T) { testTreeProofs(t, s, a) })
	t.Run("what makes no sense", func(t *testing.T) { testBadProofRequests(t, s) })
	t.Run("an event", func(t *testing.T) {
		got := s.ok(t, "", "AuditService/GetEvent", object{"position": "1204", "withProof": true})
		event := a.proved(t, []any{got["proof"]})["1204"]
		if event.Fact.FactType() != obj(got["event"])["type"] || event.CommandID != obj(got["event"])["commandId"] {
			t.Errorf("the proof is of %+v, the answer %v", event, got["event"])
		}
		if plain := s.ok(t, "", "AuditService/GetEvent", object{"position": "1204"}); plain["proof"] != nil {
			t.Errorf("a proof without being asked: %v", plain["proof"])
		}
	})
	t.Run("an event of just now", func(t *testing.T) {
		receipt := obj(s.ok(t, "po@S1Y5D", "TransferService/ProposeTransfer", with(proposal()))["receipt"])
		answered := make(chan answer, 1)
		go func() {
			answered <- s.call(t, "", "AuditService/GetEvent", object{"position": receipt["position"], "withProof": true})
		}()
		a.publish(t, s)
		got := <-answered
		if got.status != 200 {
			t.Fatalf("%s", got.raw)
		}
		a.proved(t, []any{got.body["proof"]})
	})
}

func testWhoHoldsProofs(t *testing.T, s *server, a *testArchive) {
	for _, request := range []object{
		{"function": "eprr", "footprint": "06H"},
		{"function": "continuing-healthcare", "footprint": "D4U1Y", "asOf": object{"effectiveOn": "2026-03-31"}},
		{"function": "continuing-healthcare", "footprint": "U2G6B", "role": "ROLE_ACCOUNTABLE"},
		{"function": "vaccination-screening", "footprint": "ENG"},
	} {
		request["withProof"] = true
		got := s.ok(t, "", "MapService/WhoHolds", request)
		events := a.proved(t, items(got["proofs"]))
		if len(items(got["holdings"])) == 0 {
			t.Errorf("%v: nobody holds it", request)
		}
		for _, item := range items(got["holdings"]) {
			holding := obj(item)
			event, ok := events[fmt.Sprint(holding["sourceEvent"])]
			if !ok {
				t.Errorf("%v: no proof of event %v", request, holding["sourceEvent"])
				continue
			}
			// What the event says is what the answer says: here of the holder, the rest likewise.
			says := false
			for _, change := range domain.ChangesOf(event.Fact) {
				for _, h := range change.Holdings {
					says = says || string(h.Holder) == holding["holder"] && change.On.String() == holding["from"]
				}
			}
			if !says {
				t.Errorf("%v: event %d does not say that %v holds it from %v", request, event.No, holding["holder"], holding["from"])
			}
		}
	}
	if plain := s.ok(t, "", "MapService/WhoHolds", object{"function": "eprr", "footprint": "06H"}); len(items(plain["proofs"])) != 0 {
		t.Errorf("proofs without being asked: %v", plain["proofs"])
	}
	t.Run("what ended", func(t *testing.T) {
		got := s.ok(t, "", "MapService/WhoHolds", object{
			"function": "continuing-healthcare", "footprint": "D4U1Y", "asOf": object{"effectiveOn": "2026-03-31"}, "withProof": true,
		})
		events := a.proved(t, items(got["proofs"]))
		for _, item := range items(got["holdings"]) {
			to := fmt.Sprint(obj(item)["to"])
			ends := to == ""
			for _, event := range events {
				for _, change := range domain.ChangesOf(event.Fact) {
					ends = ends || change.On.String() == to
				}
			}
			if !ends {
				t.Errorf("nothing proves that it ends on %s", to)
			}
		}
	})
}

// Every event of an explanation is proved, those about the instruments that it relies on among them.
func testExplanationProofs(t *testing.T, s *server, a *testArchive) {
	request := object{"function": "pharmacy-optometry-dental", "footprint": "00L", "asOf": object{"effectiveOn": "2026-11-21"}}
	plain := s.ok(t, "", "MapService/ExplainHolding", request)
	if len(items(plain["proofs"])) != 0 {
		t.Errorf("proofs without being asked: %v", plain["proofs"])
	}
	request["withProof"] = true
	got := s.ok(t, "", "MapService/ExplainHolding", request)
	events := a.proved(t, items(got["proofs"]))
	instruments := 0
	for _, item := range items(got["events"]) {
		shown := obj(item)
		event, ok := events[fmt.Sprint(shown["position"])]
		if !ok || event.Fact.FactType() != shown["type"] {
			t.Errorf("no proof of event %v", shown["position"])
		} else if event.Fact.FactType() == (domain.InstrumentRegistered{}).FactType() {
			instruments++
		}
	}
	if len(events) != len(items(got["events"])) || instruments == 0 || instruments != len(items(got["instruments"])) {
		t.Errorf("%d proofs of %d events, %d of %d instruments", len(events), len(items(got["events"])), instruments, len(items(got["instruments"])))
	}
}

func testHistoryProofs(t *testing.T, s *server, a *testArchive) {
	request := object{"function": "continuing-healthcare", "footprint": "U2G6B", "withProof": true, "pageSize": 2}
	seen := 0
	for {
		got := s.ok(t, "", "MapService/GetHistory", request)
		events := a.proved(t, items(got["proofs"]))
		for _, item := range items(got["entries"]) {
			entry := obj(item)
			if event, ok := events[fmt.Sprint(entry["position"])]; !ok || event.Fact.FactType() != entry["type"] {
				t.Errorf("no proof of event %v", entry["position"])
			}
			seen++
		}
		if request["pageToken"] = got["nextPageToken"]; request["pageToken"] == "" {
			break
		}
	}
	if seen < 3 {
		t.Errorf("%d entries are no more than a page", seen)
	}
}

// hash decodes a hash in an answer.
func hash(t *testing.T, v any) tlog.Hash {
	t.Helper()
	text, _ := v.(string)
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) != tlog.HashSize {
		t.Fatalf("%v is no hash: %v", v, err)
	}
	return tlog.Hash(raw)
}

func hashList(t *testing.T, v any) []tlog.Hash {
	t.Helper()
	var list []tlog.Hash
	for _, item := range items(v) {
		list = append(list, hash(t, item))
	}
	return list
}

func integer(t *testing.T, v any) int64 {
	t.Helper()
	text, _ := v.(string)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func testTreeProofs(t *testing.T, s *server, a *testArchive) {
	latest := s.ok(t, "", "AuditService/GetCheckpoint", object{})
	head, err := archive.OpenCheckpoint(fmt.Append(nil, latest["checkpoint"]), a.keys)
	if err != nil {
		t.Fatal(err)
	}
	if integer(t, latest["treeSize"]) != int64(head.Head.Size) || hash(t, latest["rootHash"]) != tlog.Hash(head.Head.Root) ||
		latest["origin"] != "remit.test/log" || latest["position"] != latest["treeSize"] || len(items(latest["signedBy"])) != 1 {
		t.Errorf("got %v for %v", latest, head)
	}
	roots := map[int64]tlog.Hash{integer(t, latest["treeSize"]): tlog.Hash(head.Head.Root)}
	for _, size := range []string{"", "1000", "5"} {
		got := s.ok(t, "", "AuditService/ProveInclusion", object{"position": "4", "treeSize": size})
		n, root := integer(t, got["treeSize"]), hash(t, got["rootHash"])
		if err := tlog.CheckRecord(hashList(t, got["hashes"]), n, root, 3, hash(t, got["leafHash"])); err != nil || got["leafIndex"] != "3" {
			t.Errorf("event 4 of %d: %v", n, err)
		}
		if known, ok := roots[n]; ok && known != root {
			t.Errorf("%d events have the root %s, not %s", n, root, known)
		}
		roots[n] = root
	}
	for _, second := range []string{"", "1000", "5"} {
		got := s.ok(t, "", "AuditService/ProveConsistency", object{"firstSize": "5", "secondSize": second})
		first, second := integer(t, got["firstSize"]), integer(t, got["secondSize"])
		err := tlog.CheckTree(hashList(t, got["hashes"]), second, roots[second], first, roots[first])
		if err != nil || hash(t, got["firstRoot"]) != roots[first] || hash(t, got["secondRoot"]) != roots[second] {
			t.Errorf("that %d begin %d: %v", first, second, err)
		}
	}
}

func testBadProofRequests(t *testing.T, s *server) {
	beyond := fmt.Sprint(uint64(s.store.Position() + 1))
	for _, test := range []struct {
		procedure string
		request   object
		field     string
	}{
		{"ProveInclusion", object{"position": "5", "treeSize": "4"}, "treeSize"},
		{"ProveInclusion", object{"position": "5", "treeSize": beyond}, "treeSize"},
		{"ProveInclusion", object{}, "position"},
		{"ProveConsistency", object{"firstSize": "0"}, "firstSize"},
		{"ProveConsistency", object{"firstSize": "6", "secondSize": "5"}, "firstSize"},
		{"ProveConsistency", object{"firstSize": "6", "secondSize": beyond}, "secondSize"},
		{"ProveConsistency", object{"firstSize": beyond}, "firstSize"},
		{"GetCheckpoint", object{"minPosition": beyond}, "minPosition"},
	} {
		info := s.refused(t, "", "AuditService/"+test.procedure, test.request, "invalid_argument", "INVALID_ARGUMENT")
		if info.metadata[test.field] == nil {
			t.Errorf("%s %v: got %v", test.procedure, test.request, info)
		}
	}
	s.refused(t, "", "AuditService/ProveInclusion", object{"position": beyond}, "not_found", "UNKNOWN_EVENT")
	s.refused(t, "", "AuditService/ProveInclusion", object{"position": "0"}, "not_found", "UNKNOWN_EVENT")
	s.refused(t, "", "AuditService/GetEvent", object{"position": beyond, "withProof": true}, "not_found", "UNKNOWN_EVENT")
	info := s.refused(t, "", "MapService/WhoHolds", object{
		"function": "eprr", "footprint": "06H", "withProof": true, "asOf": object{"knownPosition": beyond},
	}, "invalid_argument", "INVALID_ARGUMENT")
	if info.message == "" {
		t.Errorf("got %v", info)
	}
}

func TestNotArchivedYet(t *testing.T) {
	s, a := newProvingServer(t, time.Millisecond)
	if info := s.refused(t, "", "AuditService/GetCheckpoint", object{}, "unavailable", "NOT_ARCHIVED_YET"); info.message == "" {
		t.Errorf("got %v", info)
	}
	if _, err := load(t.Context(), s.store.Store, domain.NewDate(2013, time.January, 1)); err != nil {
		t.Fatal(err)
	}
	if err := s.views.WaitFor(t.Context(), s.store.Position()); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		procedure string
		request   object
	}{
		{"GetEvent", object{"position": "1", "withProof": true}},
		{"ProveInclusion", object{"position": "1"}},
		{"ProveConsistency", object{"firstSize": "1"}},
	} {
		s.refused(t, "", "AuditService/"+test.procedure, test.request, "unavailable", "NOT_ARCHIVED_YET")
	}
	a.publish(t, s)
	s.ok(t, "", "AuditService/GetEvent", object{"position": "1", "withProof": true})
	t.Run("a damaged archive proves nothing", func(t *testing.T) {
		a.mu.Lock()
		for path, data := range a.files {
			if path != archive.CheckpointPath {
				data[len(data)-1] ^= 1
			}
		}
		a.mu.Unlock()
		s.refused(t, "", "AuditService/GetEvent", object{"position": "1", "withProof": true}, "internal", "INTERNAL")
	})
}

func TestWithoutAnArchive(t *testing.T) {
	s := newServer(t)
	s.refused(t, "", "AuditService/GetCheckpoint", object{}, "unimplemented", "UNSUPPORTED")
	s.refused(t, "", "AuditService/ProveInclusion", object{"position": "1"}, "not_found", "UNKNOWN_EVENT")
}
