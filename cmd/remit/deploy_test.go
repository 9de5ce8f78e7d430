package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRunbooks checks that every test that a document for operators says rehearses it is there, and that every command
// that one names is one of the program's.
func TestRunbooks(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(deployFolder, "runbooks", "*.md"))
	if err != nil || len(paths) < 6 {
		t.Fatalf("%d runbooks, %v", len(paths), err)
	}
	tests := declaredTests(t)
	a, _, _ := testApp(t)
	root := a.root()
	for _, path := range append(paths, filepath.Join(deployFolder, "UPGRADE.md")) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rehearsals := regexp.MustCompile("`(Test\\w+)`").FindAllSubmatch(content, -1)
		if len(rehearsals) == 0 && filepath.Base(path) != "README.md" {
			t.Errorf("%s is rehearsed by nothing", path)
		}
		for _, name := range rehearsals {
			if !tests[string(name[1])] {
				t.Errorf("%s: there is no test %s", path, name[1])
			}
		}
		for _, used := range regexp.MustCompile("`remit ((?:--as \\S+ )?)([a-z][a-z ]*)").FindAllSubmatch(content, -1) {
			words := strings.Fields(string(used[2]))
			if found, _, err := root.Find(words); err != nil || found == root {
				t.Errorf("%s: there is no command remit %s", path, used[2])
			}
		}
	}
}

// declaredTests finds the names of all tests of the project.
func declaredTests(t *testing.T) map[string]bool {
	t.Helper()
	return declarations(t, regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`))
}

// declarations finds what the project's test files declare.
func declarations(t *testing.T, declaration *regexp.Regexp) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, pattern := range []string{"*", "*/*"} {
		paths, err := filepath.Glob(filepath.Join("..", "..", pattern, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range declaration.FindAllSubmatch(content, -1) {
				found[string(name[1])] = true
			}
		}
	}
	return found
}

// TestFuzzTargetsAreListed holds CONTRIBUTING and the fuzz targets together.
func TestFuzzTargetsAreListed(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	declared := declarations(t, regexp.MustCompile(`(?m)^func (Fuzz\w+)\(f \*testing\.F\)`))
	for name := range declared {
		if !strings.Contains(string(guide), "`"+name+"`") {
			t.Errorf("CONTRIBUTING does not list %s", name)
		}
	}
	for _, listed := range regexp.MustCompile("`(Fuzz\\w+)`").FindAllStringSubmatch(string(guide), -1) {
		if !declared[listed[1]] {
			t.Errorf("CONTRIBUTING lists %s, which there is not", listed[1])
		}
	}
	if len(declared) < 20 {
		t.Errorf("there are only %d fuzz targets", len(declared))
	}
}

// TestUnit has systemd check the unit, where it is there, with the program at a place where it is.
func TestUnit(t *testing.T) {
	unit, err := os.ReadFile(filepath.Join(deployFolder, "remit.service"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=\n", "StateDirectory=remit", "KillSignal=SIGTERM"} {
		if !strings.Contains(string(unit), want) {
			t.Errorf("the unit does not have %q", want)
		}
	}
	const program = "/usr/local/bin/remit"
	if !bytes.Contains(unit, []byte("ExecStart="+program+" serve ")) {
		t.Fatal("the unit does not serve")
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "remit.service")
	if err := os.WriteFile(path, bytes.ReplaceAll(unit, []byte(program), []byte(self)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(analyze, "verify", "--man=no", path).CombinedOutput(); err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("systemd says: %v\n%s", err, out)
	}
}
