package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// What differs from run to run is put in words before an answer is compared.
var volatile = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"`), `"UUID"`},
	{regexp.MustCompile(`[0-7][0-9A-HJKMNP-TV-Z]{25}`), `ULID`},
	{regexp.MustCompile(`"20\d\d-\d\d-\d\dT[0-9:.]+Z"`), `"INSTANT"`},
	{regexp.MustCompile(`recorded at 20\d\d-\d\d-\d\dT[0-9:.]+Z`), `recorded at INSTANT`},
	{regexp.MustCompile(`"p-[0-9a-f]{20}"`), `"PSEUDONYM"`},
	{regexp.MustCompile(`"[0-9a-f]{64}"`), `"SHA256"`},
	{regexp.MustCompile(`sha256:[0-9a-f]{64}`), `sha256:SHA256`},
	{regexp.MustCompile(`("(?:position|knownPosition|sourceEvent|lastEvent|nextAfterPosition)": ?)"\d+"`), `$1"NUMBER"`},
	{regexp.MustCompile(`("causeEvents": ?\[)[^\]]*\]`), `$1"NUMBERS"]`},
	{regexp.MustCompile(`("value": ?)"[^"]+"`), `$1"BINARY"`},
	{regexp.MustCompile(`("nextPageToken": ?)"[^"]+"`), `$1"TOKEN"`},
}

// golden compares an answer with the file of its name under testdata/calls.
func golden(t *testing.T, name string, raw []byte) {
	t.Helper()
	for _, v := range volatile {
		raw = v.pattern.ReplaceAll(raw, []byte(v.text))
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, raw, "", "  "); err != nil {
		t.Fatalf("%s: %v in %s", name, err, raw)
	}
	indented.WriteByte('\n')
	path := filepath.Join("testdata", "calls", name+".json")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, indented.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), indented.String()); diff != "" {
		t.Errorf("%s differs from %s (rewrite with -update):\n%s", name, path, diff)
	}
}
