package archive_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/oklog/ulid/v2"
	"golang.org/x/mod/sumdb/note"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/archive/archivetest"
)

// logFiles is an archive in memory.
type logFiles = archivetest.Files

// logKey returns a log's key pair.
func logKey(t testing.TB, name, seed string) (note.Signer, note.Verifier) {
	t.Helper()
	signer, public := archivetest.Key(t, name, seed)
	verifier, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return signer, verifier
}

func publishLog(t testing.TB, events [][]byte, origin string, signers ...note.Signer) logFiles {
	t.Helper()
	return archivetest.Publish(t, events, origin, signers...)
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
