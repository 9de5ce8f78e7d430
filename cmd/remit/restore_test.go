package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// remit runs the real program, and returns what it says on stdout, on stderr, and whether it went well.
func remit(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	binary, err := realBinary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err = cmd.Run()
	return out.String(), said.String(), err
}

func mustRemit(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, err := remit(t, args...)
	if err != nil {
		t.Fatalf("remit %s: %v\n%s%s", strings.Join(args, " "), err, stdout, stderr)
	}
	return stdout
}

// establish records a body, and returns the number of its event.
func (s *server) establish(t *testing.T, code string) int {
	t.Helper()
	answer, err := s.client("registrar@X24").organisations().EstablishOrganisation(t.Context(), &remitv1.EstablishOrganisationRequest{
		CommandId: uuid.NewString(), Code: code, Name: "Body " + code, Tier: remitv1.Tier_TIER_NATIONAL,
		Form: remitv1.Form_FORM_STATUTORY_BODY, LegalPerson: true, EffectiveOn: "2013-04-01", Source: "test", Reason: "a personal text",
	})
	if err != nil {
		t.Fatal(err)
	}
	no, err := strconv.Atoi(answer.GetReceipt().GetPosition())
	if err != nil {
		t.Fatal(err)
	}
	return no
}

// established starts a register with so many bodies in it, whose archive has them all, and stops it.
func established(t *testing.T, dir string, bodies int) (events []string) {
	t.Helper()
	s := launch(t, "--data", dir, "--empty")
	s.mustGetReady(t)
	last := s.establish(t, "X24")
	for i := range bodies - 1 {
		last = s.establish(t, fmt.Sprintf("A%d", i))
	}
	// What is acknowledged is shown a moment later to who does not ask for it.
	shown := &remitv1.ListEventsRequest{MinPosition: strconv.Itoa(last)}
	if _, err := s.client("").audit().ListEvents(t.Context(), shown); err != nil {
		t.Fatal(err)
	}
	events = allEvents(t, s)
	s.stop(t)
	return events
}

// refuses starts a register that must not start, and returns what it says.
func refuses(t *testing.T, dir string) string {
	t.Helper()
	_, said, err := remit(t, "serve", "--listen", "127.0.0.1:0", "--empty", "--data", dir)
	if err == nil {
		t.Fatalf("it served:\n%s", said)
	}
	return said
}

// TestTruncatedJournal damages the journal so that the server under it forgets records and would give their numbers out
// again: the register does not start, and names the command that restores it. No number is given out twice.
func TestTruncatedJournal(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, msgs string){
		"block cut, index gone": func(t *testing.T, msgs string) {
			t.Helper()
			info, err := os.Stat(filepath.Join(msgs, "1.blk"))
			if err == nil {
				err = os.Truncate(filepath.Join(msgs, "1.blk"), info.Size()/2)
			}
			if err == nil {
				err = os.Remove(filepath.Join(msgs, "index.db"))
			}
			if err != nil {
				t.Fatal(err)
			}
		},
		"all blocks gone": func(t *testing.T, msgs string) {
			t.Helper()
			if err := os.RemoveAll(msgs); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			before := established(t, dir, 12)
			damage(t, filepath.Join(dir, "nats", "jetstream", "$G", "streams", "REMIT_JOURNAL", "msgs"))
			said := refuses(t, dir)
			command := fmt.Sprintf("remit restore --from %s --data %s", filepath.Join(dir, "archive"), dir)
			if !strings.Contains(said, command) {
				t.Fatalf("it does not name the command %q:\n%s", command, said)
			}
			out := mustRemit(t, strings.Fields(command)[1:]...)
			for _, want := range []string{"Restored 12 events", "12 are there; 0 are not", "Epoch 2 begins with event 13"} {
				if !strings.Contains(out, want) {
					t.Errorf("it does not say %q:\n%s", want, out)
				}
			}
			s := launch(t, "--data", dir, "--empty")
			s.mustGetReady(t)
			if after := allEvents(t, s); len(after) != 13 || !slices.Equal(after[:12], before) {
				t.Errorf("the events are not the same:\n%s", strings.Join(after, "\n"))
			}
			if no := s.establish(t, "B1"); no != 14 {
				t.Errorf("the next event has number %d", no)
			}
			s.stop(t)
			s = launch(t, "--data", dir, "--empty") // journal and archive agree about the new epoch
			s.mustGetReady(t)
			s.stop(t)
		})
	}
}

// TestBackupDrill backs a register up while commands come in, kills it, throws its directory away and restores it from
// the backup: all that was backed up is the same, and what came after is told apart by its epoch.
func TestBackupDrill(t *testing.T) {
	dir, backup := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "backup")
	loaded, err := loadedRegister()
	if err == nil {
		err = os.CopyFS(dir, os.DirFS(loaded))
	}
	if err == nil {
		err = os.Chmod(filepath.Join(dir, "log.key"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := launch(t, "--data", dir)
	s.mustGetReady(t)
	l := &ledger{target: 30, enough: make(chan struct{})}
	group := l.commanders(t.Context(), s, 4)
	mustRemit(t, "--server", s.url, "--as", "op@X24;operator", "backup", backup)
	<-l.enough
	mustRemit(t, "--server", s.url, "--as", "op@X24;operator", "backup", backup, "--with-key", filepath.Join(dir, "log.key"))
	size := backupSize(t, backup)
	s.establish(t, "ZZ99") // recorded after the backup, so it will be lost
	want, events := mapAt(t, s, size), allEvents(t, s)
	s.kill(t)
	group.Wait()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	out := mustRemit(t, "restore", "--from", backup, "--data", dir, "--reason", "a drill")
	for _, say := range []string{fmt.Sprintf("Restored %d events", size), "MAY BE LOST: events after", "; 0 are not", "Epoch 2 begins"} {
		if !strings.Contains(out, say) {
			t.Errorf("it does not say %q:\n%s", say, out)
		}
	}
	s = launch(t, "--data", dir)
	s.mustGetReady(t)
	if got := mapAt(t, s, size); got != want {
		t.Error("the map as known at the backup's position is another one")
	}
	after := allEvents(t, s)
	if len(after) != size+1 || !slices.Equal(after[:size], events[:size]) {
		t.Errorf("there are %d events, of %d before, or others", len(after), size)
	}
	if !strings.Contains(after[size], "EpochBegan epoch/2") || strings.Contains(strings.Join(after, "\n"), "organisation/ZZ99") {
		t.Errorf("event %d is %s", size+1, after[size])
	}
	epochs, err := s.client("").operator().ListEpochs(t.Context(), &remitv1.ListEpochsRequest{})
	if err != nil || epochs.GetEpoch() != 2 || epochs.GetEpochs()[0].GetRestoredPosition() != strconv.Itoa(size) || !epochs.GetEpochs()[0].GetMayHaveLost() {
		t.Errorf("the epochs are %v: %v", epochs, err)
	}
	s.stop(t)
}

// backupSize returns how many events a backup has, as its checkpoint says.
func backupSize(t *testing.T, folder string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	size, err := strconv.Atoi(strings.Split(string(text), "\n")[1])
	if err != nil {
		t.Fatal(err)
	}
	return size
}

// mapAt returns the map as known after an event.
func mapAt(t *testing.T, s *server, known int) string {
	t.Helper()
	return mustRemit(t, "--server", s.url, "-o", "jsonl", "map", "--on", today, "--known-position", strconv.Itoa(known))
}

// TestForgedRecord changes an event in the journal, with checksums that are right: the register does not start, names
// the record, and everything comes back from the archive.
func TestForgedRecord(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	before := established(t, dir, 8)
	h := &eventstoretest.Harness{Config: eventstore.Config{Dir: dir}}
	h.Rewrite(t, func(records [][]byte) [][]byte {
		records[3] = bytes.Replace(records[3], []byte("Body A2"), []byte("Body X2"), 1)
		return records
	})
	said := refuses(t, dir)
	for _, want := range []string{"record 5 follows tree", "The archive has a signed copy of the first 8 events", "remit restore --from"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	out := mustRemit(t, "restore", "--from", filepath.Join(dir, "archive"), "--data", dir)
	if !strings.Contains(out, "Nothing that was recorded is known to be lost.") {
		t.Errorf("it says\n%s", out)
	}
	s := launch(t, "--data", dir, "--empty")
	s.mustGetReady(t)
	if after := allEvents(t, s); len(after) != 9 || !slices.Equal(after[:8], before) {
		t.Errorf("the events are not the same:\n%s", strings.Join(after, "\n"))
	}
	s.stop(t)
}

// TestRestoreSaysWhatIsMissing refuses with a remedy, in plain words.
func TestRestoreSaysWhatIsMissing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	established(t, dir, 3)
	elsewhere := filepath.Join(t.TempDir(), "other data")
	folder := filepath.Join(dir, "archive")
	vkey := strings.TrimSpace(mustRemit(t, "key", "--data", dir, "-q"))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--from", t.TempDir(), "--data", dir}, "holds no archive and no backup"},
		{[]string{"--from", folder, "--data", dir}, "the register is whole"},
		{[]string{"--from", folder, "--data", elsewhere}, "with --key"},
		{[]string{"--from", folder, "--data", elsewhere, "--key", vkey}, "--accept-loss"},
		{[]string{"--from", folder, "--data", elsewhere, "--key", "nonsense"}, "--key"},
	} {
		_, said, err := remit(t, append([]string{"restore"}, c.args...)...)
		if err == nil || !strings.Contains(said, c.want) {
			t.Errorf("remit restore %s: %v; it does not say %q:\n%s", strings.Join(c.args, " "), err, c.want, said)
		}
	}
	out := mustRemit(t, "restore", "--from", folder, "--data", elsewhere, "--key", vkey, "--accept-loss")
	if !strings.Contains(out, "begins a new log") || !strings.Contains(out, "0 are there; 3 are not") {
		t.Errorf("it says\n%s", out)
	}
	s := launch(t, "--data", elsewhere, "--empty")
	s.mustGetReady(t)
	if no := s.establish(t, "B1"); no != 5 {
		t.Errorf("the next event has number %d", no)
	}
	s.stop(t)
	if again := strings.TrimSpace(mustRemit(t, "key", "--data", elsewhere, "-q")); again == vkey {
		t.Error("the new log has the old key")
	}
}
