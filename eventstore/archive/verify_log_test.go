package archive_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/oklog/ulid/v2"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
)

// logFiles is an archive in memory.
type logFiles map[string][]byte

// ReadFile returns a file.
func (m logFiles) ReadFile(_ context.Context, path string) ([]byte, error) {
	data, ok := m[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return data, nil
}

// clone returns a copy that can be changed by itself.
func (m logFiles) clone() logFiles {
	other := logFiles{}
	for path, data := range m {
		other[path] = append([]byte(nil), data...)
	}
	return other
}

// seeded gives the same bytes for the same text, for ever.
type seeded struct {
	text string
	n    int
}

// Read fills p.
func (s *seeded) Read(p []byte) (int, error) {
	for i := range p {
		sum := sha256.Sum256(fmt.Append(nil, s.text, s.n))
		p[i] = sum[0]
		s.n++
	}
	return len(p), nil
}

// logKey returns a log's key pair.
func logKey(t testing.TB, name, seed string) (note.Signer, note.Verifier) {
	t.Helper()
	private, public, err := note.GenerateKey(&seeded{text: seed}, name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return signer, verifier
}

// publishLog makes the archive of a log with tlog alone: none of it is the writer's.
func publishLog(t testing.TB, events [][]byte, origin string, signers ...note.Signer) logFiles {
	t.Helper()
	files := logFiles{}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = stored[index]
		}
		return found, nil
	})
	for i, event := range events {
		hashes, err := tlog.StoredHashes(int64(i), event, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hashes...)
	}
	for _, tile := range tlog.NewTiles(8, 0, int64(len(events))) {
		data, err := tlog.ReadTileData(tile, reader)
		if err != nil {
			t.Fatal(err)
		}
		files[archive.TilePath(uint64(tile.L), uint64(tile.N), tile.W)] = data
	}
	for first := 0; first < len(events); first += archive.TileWidth {
		var bundle []byte
		n := min(archive.TileWidth, len(events)-first)
		for _, event := range events[first : first+n] {
			var err error
			if bundle, err = archive.AppendEntry(bundle, event); err != nil {
				t.Fatal(err)
			}
		}
		files[archive.EntriesPath(uint64(first/archive.TileWidth), n)] = bundle
	}
	root, err := tlog.TreeHash(int64(len(events)), reader)
	if err != nil {
		t.Fatal(err)
	}
	files[archive.CheckpointPath] = signNote(t, fmt.Sprintf("%s\n%d\n%s\n", origin, len(events), root), signers...)
	return files
}

func signNote(t testing.TB, text string, signers ...note.Signer) []byte {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// renamings returns a whole transaction of count events from number first on: renamings of a body, each with another name.
func renamings(first domain.EventNo, count int) []domain.Event {
	at := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC).Add(time.Duration(first) * time.Second)
	id := ulid.ULID{}
	copy(id[:], fmt.Sprintf("transaction%5d", first))
	command := uuid.NewSHA1(uuid.Nil, id[:]).String()
	events := make([]domain.Event, count)
	for i := range events {
		no := first + domain.EventNo(i)
		events[i] = domain.Event{
			No: no, TransactionID: id.String(), Index: i, Count: count, CommandID: command,
			Actor:      domain.Actor{Subject: domain.SystemSubject, Role: domain.ActorSystem},
			RecordedAt: at, EffectiveOn: domain.NewDate(2026, time.November, 21),
			Fact: domain.OrganisationRenamed{Code: "X24", Name: fmt.Sprintf("Body %d", no), EffectiveOn: domain.NewDate(2026, time.November, 21), Source: "test"},
		}
	}
	return events
}

func encodeAll(t testing.TB, events []domain.Event) [][]byte {
	t.Helper()
	stored := make([][]byte, 0, len(events))
	for _, e := range events {
		data, err := eventstore.EncodeEvent(e)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, data)
	}
	return stored
}

// someEvents returns the stored bytes of n events in transactions of 1 to 5, the last of which may be cut to fit.
func someEvents(t testing.TB, n int) [][]byte {
	t.Helper()
	return encodeAll(t, someHistory(n))
}

// someHistory returns the events of someEvents.
func someHistory(n int) []domain.Event {
	var events []domain.Event
	for len(events) < n {
		next := renamings(domain.EventNo(len(events)+1), min(n-len(events), 1+len(events)%5))
		events = append(events, next...)
	}
	return events
}

func signerOf(t testing.TB) note.Signer {
	t.Helper()
	signer, _ := logKey(t, testLog, "log")
	return signer
}

func keysOf(t testing.TB) archive.TrustedKeys {
	t.Helper()
	_, verifier := logKey(t, testLog, "log")
	return archive.NewTrustedKeys(verifier)
}
