package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/oklog/ulid/v2"
	"golang.org/x/mod/sumdb/note"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/archive/archivetest"
	"github.com/remit-register/remit/projections"
)

// verifyEvents is the size of the synthetic log whose verification is measured:
//
//	go test ./cmd/remit -run TestVerifyIsFast -v -verify-events 1000000
var verifyEvents = flag.Int("verify-events", 20_000, "events of the synthetic log whose verification is measured")

// auditedLog is a synthetic log with its key.
type auditedLog struct {
	events [][]byte
	signer note.Signer
	key    string
}

// newAuditedLog makes a log of n events: a small world, and then changes of who holds what in it, a few to a
// transaction.
func newAuditedLog(t testing.TB, n int) *auditedLog {
	t.Helper()
	l := &auditedLog{events: make([][]byte, 0, n)}
	l.signer, l.key = archivetest.Key(t, "remit.test/log", "log")
	random := rand.New(rand.NewPCG(1, 2))
	day := domain.NewDate(2013, time.April, 1)
	var facts []domain.Fact
	for i := range 50 {
		facts = append(facts, domain.OrganisationEstablished{
			Code: domain.OrganisationCode(fmt.Sprintf("Q%02d", i)), Name: fmt.Sprint("Body ", i), Tier: domain.TierICB,
			LegalPerson: true, EffectiveOn: day, Source: "test",
		})
	}
	for i := range 100 {
		facts = append(facts, domain.FootprintOpened{
			Code: domain.FootprintCode(fmt.Sprintf("F%03d", i)), Kind: domain.KindLocation, EffectiveOn: day, Source: "test",
		})
	}
	for i := range 20 {
		facts = append(facts, domain.FunctionDefined{
			Code:    domain.FunctionCode(fmt.Sprintf("function-%02d", i)),
			Details: domain.FunctionDetails{Name: fmt.Sprint("Function ", i), FootprintKind: domain.KindLocation, Source: "test"},
		})
	}
	for no := domain.EventNo(1); int(no) <= n; {
		count := min(1+random.IntN(4), n+1-int(no))
		for i := range count {
			l.add(t, no, i, count, l.fact(facts, int(no), random, day))
			no++
		}
	}
	return l
}

// fact returns the fact of an event: of the world, or else a change in it.
func (l *auditedLog) fact(world []domain.Fact, no int, random *rand.Rand, day domain.Date) domain.Fact {
	if no <= len(world) {
		return world[no-1]
	}
	on := day.AddDays(random.IntN(5000))
	function := domain.FunctionCode(fmt.Sprintf("function-%02d", random.IntN(20)))
	footprint := random.IntN(100)
	holder := domain.OrganisationCode(fmt.Sprintf("Q%02d", (footprint/2+random.IntN(4))%50)) // one of a few that are possible there
	return domain.FunctionAllocated{
		Function: function, EffectiveOn: on, Source: "test", Confidence: domain.ConfidenceExact,
		Changes: []domain.HoldingChange{{
			On: on, Subjects: []domain.Subject{{Function: function}}, Roles: domain.Roles()[:2],
			Footprints: []domain.FootprintCode{domain.FootprintCode(fmt.Sprintf("F%03d", footprint))},
			Holdings:   []domain.Holding{{Holder: holder, Confidence: domain.ConfidenceExact, Source: "test"}},
		}},
	}
}

func (l *auditedLog) add(t testing.TB, no domain.EventNo, index, count int, fact domain.Fact) {
	t.Helper()
	first := no - domain.EventNo(index)
	id := ulid.ULID{}
	copy(id[:], fmt.Sprintf("%16d", first))
	data, err := eventstore.EncodeEvent(domain.Event{
		No: no, TransactionID: id.String(), Index: index, Count: count, CommandID: uuid.NewSHA1(uuid.Nil, id[:]).String(),
		Actor:      domain.Actor{Subject: domain.SystemSubject, Role: domain.ActorSystem},
		RecordedAt: time.Date(2026, time.January, 1, 0, 0, int(first), 0, time.UTC), EffectiveOn: fact.Effective(), Fact: fact,
	})
	if err != nil {
		t.Fatal(err)
	}
	l.events = append(l.events, data)
}

// publish returns the archive of the first n events; it must end on a transaction.
func (l *auditedLog) publish(t testing.TB, n int) archivetest.Files {
	t.Helper()
	return archivetest.Publish(t, l.events[:n], "remit.test/log", l.signer)
}

// ends returns the first number from n on with which a transaction ends.
func (l *auditedLog) ends(t testing.TB, n int) int {
	t.Helper()
	for ; ; n++ {
		e, err := eventstore.DecodeEvent(l.events[n-1])
		if err != nil {
			t.Fatal(err)
		}
		if e.Index+1 == e.Count {
			return n
		}
	}
}

// commandLine runs a command line in this process.
func commandLine(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	began, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	a := &app{
		stdin: strings.NewReader(""), stdout: &out, stderr: &said, getenv: func(string) string { return "" },
		clock: func() time.Time { return began },
	}
	code = a.main(t.Context(), args)
	return code, out.String(), said.String()
}

// demand runs a command line and demands an exit code, and parts of what it says.
func demand(t testing.TB, want int, parts []string, args ...string) (stdout string) {
	t.Helper()
	code, stdout, stderr := commandLine(t, args...)
	if code != want {
		t.Fatalf("%q exits with %d, not %d:\n%s%s", args, code, want, stdout, stderr)
	}
	for _, part := range parts {
		if !strings.Contains(stdout+stderr, part) {
			t.Errorf("%q says nothing of %q:\n%s%s", args, part, stdout, stderr)
		}
	}
	return stdout
}

// fields are those of a JSON answer.
func fields(t testing.TB, text string) map[string]any {
	t.Helper()
	var found map[string]any
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return found
}

func TestVerifyArchive(t *testing.T) {
	log := newAuditedLog(t, 700)
	dir, data := t.TempDir(), t.TempDir()
	log.publish(t, 700).Write(t, dir)
	log.publish(t, 700).Write(t, filepath.Join(data, "archive"))
	keyFile := filepath.Join(t.TempDir(), "log.vkey")
	if err := os.WriteFile(keyFile, []byte("# the register's key\n"+log.key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	demand(t, exitOK, []string{"everything verifies", "remit.test/log", "700", "v1:sha256:"}, "verify", dir, "--key", log.key)
	demand(t, exitOK, []string{"everything verifies"}, "verify", dir, "--key", keyFile)
	demand(t, exitOK, []string{"everything verifies"}, "verify", data, "--key", keyFile)
	t.Run("digest", func(t *testing.T) {
		views := projections.New(func() time.Time { return time.Now().AddDate(10, 0, 0) })
		for from := 0; from < len(log.events); {
			to := log.ends(t, from+1)
			var events []domain.Event
			for _, raw := range log.events[from:to] {
				e, err := eventstore.DecodeEvent(raw)
				if err != nil {
					t.Fatal(err)
				}
				events = append(events, e)
			}
			if err := views.Apply(events); err != nil {
				t.Fatal(err)
			}
			from = to
		}
		seen := map[any]bool{}
		for _, at := range []domain.AsOf{
			{On: domain.NewDate(2020, time.January, 1), Known: 700},
			{On: domain.NewDate(2020, time.January, 1), Known: 400},
			{On: domain.NewDate(2025, time.January, 1), Known: 700},
		} {
			want, err := views.Digest(at)
			if err != nil {
				t.Fatal(err)
			}
			got := fields(t, demand(t, exitOK, nil, "verify", dir, "--key", log.key, "-o", "json", "--on", at.On.String(),
				"--known-position", fmt.Sprint(uint64(at.Known))))
			if got["digest"] != want.Digest || got["holdings"] != fmt.Sprint(want.Holdings) || got["effectiveOn"] != at.On.String() ||
				want.Holdings == 0 || seen[want.Digest] {
				t.Errorf("as of %v: got %v, want %+v", at, got, want)
			}
			seen[want.Digest] = true
			known := views.RecordedAt(want.AsOf.Known).Format(time.RFC3339)
			byTime := fields(t, demand(t, exitOK, nil, "verify", dir, "--key", log.key, "-o", "json", "--on", at.On.String(), "--known-at", known))
			if byTime["digest"] != want.Digest {
				t.Errorf("known at %s: got %v, want %+v", known, byTime, want)
			}
		}
	})
	t.Run("findings", func(t *testing.T) {
		files := log.publish(t, 700)
		files["tile/entries/001"][700] ^= 1
		damaged := t.TempDir()
		files.Write(t, damaged)
		demand(t, exitFindings, []string{"does not verify: tile/entries/001", "is not the one that was signed"}, "verify", damaged, "--key", log.key)
		_, _, stderr := commandLine(t, "verify", damaged, "--key", log.key, "-o", "json")
		if got := fields(t, stderr); got["exitCode"] != 3.0 {
			t.Errorf("got %v", got)
		}
		if err := os.Remove(filepath.Join(damaged, "checkpoint")); err != nil {
			t.Fatal(err)
		}
		demand(t, exitFindings, []string{"checkpoint is missing"}, "verify", damaged, "--key", log.key)
		_, another := archivetest.Key(t, "remit.test/log", "another")
		demand(t, exitFindings, []string{"is not signed by the key given"}, "verify", dir, "--key", another)
	})
	t.Run("usage", func(t *testing.T) {
		demand(t, exitUsage, []string{"--key is missing", "'remit key' on the register's machine prints it"}, "verify", dir)
		demand(t, exitUsage, []string{"must not leave the register's machine"}, "verify", dir, "--key", "PRIVATE+KEY+x+y+z")
		demand(t, exitUsage, []string{"neither a key nor a file"}, "verify", dir, "--key", "nothing.vkey")
		demand(t, exitUsage, []string{"is no verifier key"}, "verify", dir, "--key", "a+b+c")
		demand(t, exitUsage, []string{"there is no such archive or proof"}, "verify", filepath.Join(dir, "nothing"), "--key", log.key)
		demand(t, exitUsage, []string{"is no archive"}, "verify", t.TempDir(), "--key", log.key)
		demand(t, exitUsage, []string{"lies after everything"}, "verify", dir, "--key", log.key, "--known-position", "701")
		demand(t, exitUsage, []string{"one register at a time"}, "verify", "http://a", "http://b", "--key", log.key)
		demand(t, exitUsage, []string{"about a whole log"}, "verify", keyFile, "--key", log.key, "--since", "x")
	})
}

func TestVerifySince(t *testing.T) {
	log := newAuditedLog(t, 700)
	early, late := log.ends(t, 300), log.ends(t, 600)
	kept := filepath.Join(t.TempDir(), "seen.checkpoint")
	archived := func(files archivetest.Files) string {
		dir := t.TempDir()
		files.Write(t, dir)
		return dir
	}
	demand(t, exitOK, []string{"There is no checkpoint in " + kept + " yet"}, "verify", archived(log.publish(t, early)), "--key", log.key, "--since", kept)
	want := func(files archivetest.Files) {
		t.Helper()
		got, err := os.ReadFile(kept)
		if err != nil || !bytes.Equal(got, files[archive.CheckpointPath]) {
			t.Errorf("kept %q, %v", got, err)
		}
	}
	want(log.publish(t, early))
	got := fields(t, demand(t, exitOK, nil, "verify", archived(log.publish(t, late)), "--key", log.key, "--since", kept, "-o", "json"))
	if got["sinceEvents"] != fmt.Sprint(early) || got["events"] != fmt.Sprint(late) {
		t.Errorf("got %v", got)
	}
	want(log.publish(t, late))
	demand(t, exitOK, nil, "verify", archived(log.publish(t, late)), "--key", log.key, "--since", kept)

	// A register that shows less, or another history, is refused, and what was kept stays.
	fork := newAuditedLog(t, 700)
	at := fork.ends(t, 200)
	fork.events = fork.events[:at]
	for no := at + 1; no <= 700; no++ {
		fork.add(t, domain.EventNo(no), 0, 1, domain.OrganisationRenamed{Code: "Q00", Name: "Forged", EffectiveOn: domain.NewDate(2020, time.May, 1), Source: "x"})
	}
	demand(t, exitFindings, []string{fmt.Sprintf("its first %d events had the root", late)}, "verify", archived(fork.publish(t, 700)), "--key", log.key, "--since", kept)
	demand(t, exitFindings, []string{fmt.Sprintf("it has %d events with root", early), "lost its end"},
		"verify", archived(log.publish(t, early)), "--key", log.key, "--since", kept)
	damaged := log.publish(t, 700)
	damaged["tile/0/000"][5] ^= 1
	demand(t, exitFindings, []string{"(tile/0/000)"}, "verify", archived(damaged), "--key", log.key, "--since", kept)
	want(log.publish(t, late))
	if left, err := filepath.Glob(kept + "*"); err != nil || len(left) != 1 {
		t.Errorf("left %v, %v", left, err)
	}

	// What was kept is checked too.
	if err := os.WriteFile(kept, bytes.Replace(log.publish(t, early)[archive.CheckpointPath], fmt.Append(nil, early), fmt.Append(nil, early-1), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	demand(t, exitFindings, []string{kept + ", which you kept, does not verify"}, "verify", archived(log.publish(t, 700)), "--key", log.key, "--since", kept)
}

func TestVerifyOverTheNetwork(t *testing.T) {
	log := newAuditedLog(t, 700)
	files := log.publish(t, 700)
	served := maps.Clone(files)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, ok := served[strings.TrimPrefix(r.URL.Path, "/log/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(data)
	}))
	defer server.Close()
	for _, url := range []string{server.URL, server.URL + "/", server.URL + "/log", server.URL + "/log/"} {
		demand(t, exitOK, []string{"everything verifies"}, "verify", url, "--key", log.key)
	}
	demand(t, exitOK, []string{"everything verifies"}, "--server", server.URL, "verify", "--key", log.key)
	delete(served, "tile/entries/000")
	demand(t, exitFindings, []string{"tile/entries/000 is missing"}, "verify", server.URL, "--key", log.key)
	server.Close()
	demand(t, exitUnreachable, []string{"cannot be verified for now"}, "verify", server.URL, "--key", log.key)
}

func TestVerifyProofs(t *testing.T) {
	log := newAuditedLog(t, 700)
	keys, err := archive.ParseTrustedKeys(log.key)
	if err != nil {
		t.Fatal(err)
	}
	prover := archive.NewProver(log.publish(t, 700), keys)
	head, err := prover.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	proofs, err := prover.Events(t.Context(), head, []domain.EventNo{1, 300, 700})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var files []string
	for _, proof := range proofs {
		file := filepath.Join(dir, fmt.Sprintf("%d%s", proof.No, archive.ProofFileSuffix))
		if err := os.WriteFile(file, proof.Text(), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	demand(t, exitOK, []string{"the event is recorded", "FunctionAllocated", "700"}, "verify", files[1], "--key", log.key)
	got := fields(t, demand(t, exitOK, nil, "verify", files[0], "--key", log.key, "-o", "json"))
	if fact, _ := got["fact"].(map[string]any); got["type"] != "OrganisationEstablished" || fact["name"] != "Body 0" || got["treeSize"] != "700" {
		t.Errorf("got %v", got)
	}
	demand(t, exitOK, []string{"All 3 events are recorded"}, "verify", dir, "--key", log.key)
	demand(t, exitOK, []string{"All 2 events are recorded"}, "verify", files[0], files[2], "--key", log.key)

	// One that is about something else is found among the others.
	wrong := bytes.Replace(proofs[1].Text(), []byte("index 299"), []byte("index 298"), 1)
	if err := os.WriteFile(files[1], wrong, 0o600); err != nil {
		t.Fatal(err)
	}
	demand(t, exitFindings, []string{files[1] + " does not verify", "is not event 299 of the log that was signed", "OrganisationEstablished"},
		"verify", dir, "--key", log.key)
	demand(t, exitFindings, []string{"is not event 299"}, "verify", files[1], "--key", log.key)
	_, another := archivetest.Key(t, "remit.test/log", "another")
	demand(t, exitFindings, []string{"is not signed by the key given"}, "verify", files[0], "--key", another)
	demand(t, exitFindings, []string{"no proof"}, "verify", filepath.Join("testdata", "serve.txtar"), "--key", log.key)
}

// TestVerifyIsFast measures the verification of a synthetic log, its replay and the digest of its map included. A million
// events are to take less than 20 s on two cores.
func TestVerifyIsFast(t *testing.T) {
	log := newAuditedLog(t, *verifyEvents)
	dir := t.TempDir()
	log.publish(t, *verifyEvents).Write(t, dir)
	log.events = nil
	began := time.Now()
	demand(t, exitOK, []string{"everything verifies"}, "verify", dir, "--key", log.key)
	took := time.Since(began)
	t.Logf("%d events verified in %s: %.0f a second", *verifyEvents, took.Round(time.Millisecond), float64(*verifyEvents)/took.Seconds())
	if *verifyEvents >= 1_000_000 && took > 20*time.Second*time.Duration(*verifyEvents/1_000_000) {
		t.Errorf("%s is more than 20 s for a million events", took)
	}
}
