package api

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
)

func TestAccessFileKeepsTheNewestAttempts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.log")
	var complaints bytes.Buffer
	open := func() *AccessFile {
		a, err := OpenAccessFile(path, slog.New(slog.NewTextHandler(&complaints, nil)))
		if err != nil {
			t.Fatal(err)
		}
		a.maxBytes, a.keep = 1000, 2
		return a
	}
	a := open()
	attempt := func(n int) Attempt {
		return Attempt{At: time.Unix(int64(n), 0).UTC(), Right: "WhoHolds", Reason: domain.NotSignedIn, Why: "No\ntoken."}
	}
	const many = 40
	for n := range many {
		a.Refused(attempt(n))
		if n == many/2 { // a restart goes on where it was
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			a = open()
		}
	}
	var kept bytes.Buffer
	if _, err := a.WriteTo(&kept); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(kept.String()), "\n")
	for i, line := range lines {
		var got Attempt
		if err := json.Unmarshal([]byte(line), &got); err != nil || !got.At.Equal(attempt(many-len(lines)+i).At) {
			t.Errorf("line %d: %s %v", i, line, err)
		}
	}
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) != 3 || len(lines) < 15 || len(lines) >= many {
		t.Errorf("%d lines in %v, %v", len(lines), files, err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 || info.Size() > 1000 {
			t.Errorf("%s: %v %v", file, info, err)
		}
	}
	if err := a.Close(); err != nil || complaints.Len() > 0 {
		t.Errorf("%v %s", err, complaints.String())
	}
}

func TestAccessFileThatCannotBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.log")
	var complaints bytes.Buffer
	a, err := OpenAccessFile(path, slog.New(slog.NewTextHandler(&complaints, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.file.Close(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		a.Refused(Attempt{Right: "WhoHolds", Reason: domain.NotSignedIn})
	}
	if got := strings.Count(complaints.String(), "access log"); got == 0 || strings.Count(complaints.String(), "\n") != 1 {
		t.Errorf("complaints: %s", complaints.String())
	}
}
