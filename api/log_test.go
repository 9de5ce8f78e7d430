package api_test

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// newLog starts an empty register with an archive.
func newLog(t *testing.T) (_ *server, _ *archive.Archive, folder string) {
	t.Helper()
	folder = t.TempDir()
	a, err := archive.New(archive.Config{Data: t.TempDir(), Dir: folder, Clock: eventstoretest.Start, Name: "example.org/log"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Open(); err != nil {
		t.Fatal(err)
	}
	return newServer(t, func(c *api.Config) { c.Log, c.LogStatus = a.Source(), a.Status }), a, folder
}

// httpTiles gives tiles over HTTP to golang.org/x/mod.
type httpTiles struct {
	t      *testing.T
	source archive.Source
}

func (httpTiles) Height() int                         { return 8 }
func (httpTiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (h httpTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, 0, len(tiles))
	for _, tile := range tiles {
		data, err := h.source.ReadFile(h.t.Context(), archive.TilePath(uint64(tile.L), uint64(tile.N), tile.W))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

// Somebody with the verifier key and another implementation of the tree checks every event over HTTP.
func TestLogIsServed(t *testing.T) {
	s, a, _ := newLog(t)
	if _, err := load(t.Context(), s.store.Store, 0); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(a.Attach(t.Context(), s.store.Store), a.Finish(t.Context())); err != nil {
		t.Fatal(err)
	}
	source := archive.HTTP(s.URL+"/log/", nil)
	signed, err := source.ReadFile(t.Context(), archive.CheckpointPath)
	if err != nil {
		t.Fatal(err)
	}
	verifiers, err := archive.NewVerifiers(a.Keys().VerifierKeys()...)
	if err != nil {
		t.Fatal(err)
	}
	c, err := archive.ParseCheckpoint(signed, verifiers)
	if err != nil || c.Origin != "example.org/log" || c.Head != s.store.Head() {
		t.Fatalf("checkpoint %+v, %v; the journal has %s", c, err, s.store.Head())
	}
	size := int64(c.Head.Size)
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: tlog.Hash(c.Head.Root)}, httpTiles{t, source})
	for first := int64(0); first < size; first += archive.TileWidth {
		width := int(min(archive.TileWidth, size-first))
		bundle, err := source.ReadFile(t.Context(), archive.EntriesPath(uint64(first/archive.TileWidth), width))
		if err != nil {
			t.Fatal(err)
		}
		events, err := archive.ParseBundle(bundle)
		if err != nil || len(events) != width {
			t.Fatalf("%d events, %v", len(events), err)
		}
		indexes := make([]int64, width)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
		}
		hashes, err := reader.ReadHashes(indexes)
		if err != nil {
			t.Fatal(err)
		}
		for i, event := range events {
			e, err := eventstore.DecodeEvent(event)
			if hashes[i] != tlog.RecordHash(event) || err != nil || int64(e.No) != first+int64(i)+1 {
				t.Fatalf("event %d of the log is not in the tree, or another: %v", first+int64(i)+1, err)
			}
		}
	}
}

// What the log's files are served with, and that nothing else is.
func TestLogHeaders(t *testing.T) {
	s, a, _ := newLog(t)
	s.store.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("A1")))
	if err := errors.Join(a.Attach(t.Context(), s.store.Store), a.Finish(t.Context())); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		method, path string
		status       int
		kind, cache  string
	}{
		{"GET", "/log/checkpoint", 200, "text/plain; charset=utf-8", "no-cache"},
		{"HEAD", "/log/checkpoint", 200, "text/plain; charset=utf-8", "no-cache"},
		{"GET", "/log/tile/0/000.p/1", 200, "application/octet-stream", "immutable"},
		{"GET", "/log/tile/entries/000.p/1", 200, "application/octet-stream", "immutable"},
		{"GET", "/log/tile/0/000", 404, "text/plain; charset=utf-8", "no-store"},
		{"GET", "/log/tile/0/../../../log.key", 404, "", ""},
		{"GET", "/log/%2e%2e/log.key", 404, "", ""},
		{"GET", "/log/log.key", 404, "", ""},
		{"GET", "/log/checkpoint.tmp", 404, "", ""},
		{"GET", "/log/", 404, "", ""},
		{"POST", "/log/checkpoint", 405, "", ""},
		{"DELETE", "/log/tile/0/000.p/1", 405, "", ""},
	} {
		request, err := http.NewRequestWithContext(t.Context(), test.method, s.URL+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		header := answer.Header
		if answer.StatusCode != test.status || test.kind != "" && header.Get("Content-Type") != test.kind ||
			!strings.Contains(header.Get("Cache-Control"), test.cache) {
			t.Errorf("%s %s answers %s with %v", test.method, test.path, answer.Status, header)
		}
	}
	if _, err := archive.HTTP(s.URL+"/log", nil).ReadFile(t.Context(), archive.TilePath(0, 1, 0)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a tile that is not there: %v", err)
	}
}

// An archive that cannot be written is a warning for whoever asks whether the register is ready.
func TestReadyTellsOfTheArchive(t *testing.T) {
	s, a, folder := newLog(t)
	ready := func() string {
		answer := s.do(t, request{method: http.MethodGet, path: "/readyz"}.build(t, s))
		if answer.status != http.StatusOK {
			t.Errorf("/readyz answers %d: %s", answer.status, answer.raw)
		}
		return string(answer.raw)
	}
	if !strings.Contains(ready(), "no checkpoint yet") {
		t.Error("nothing is said of an archive without a checkpoint")
	}
	s.store.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("A1")))
	if err := errors.Join(a.Attach(t.Context(), s.store.Store), a.Finish(t.Context())); err != nil {
		t.Fatal(err)
	}
	if text := ready(); strings.Contains(text, "warnings") || !strings.Contains(text, `"archived":"1"`) {
		t.Errorf("/readyz says %s", text)
	}
	s.store.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("B2")))
	foreign := filepath.Join(folder, archive.EntriesPath(0, 2))
	if err := os.WriteFile(foreign, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := a.Finish(t.Context()); !errors.Is(err, archive.ErrDamaged) {
		t.Fatalf("it finished: %v", err)
	}
	if text := ready(); !strings.Contains(text, "cannot be written: see the log. It holds 1 of 2 events") {
		t.Errorf("/readyz says %s", text)
	}
}
