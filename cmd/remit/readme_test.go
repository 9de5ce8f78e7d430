package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestReadme runs the tour of the README, block after block in one shell: every command line works, and what is said to
// be refused is refused.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := loadedRegister()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := copyRegister(filepath.Join(dir, "data"), loaded); err != nil {
		t.Fatal(err)
	}
	s, err := startServer("remit", "--data", filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	s.mustGetReady(t)
	t.Cleanup(func() {
		if err := s.end(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
	})
	events := len(allEvents(t, s))
	if known := fmt.Sprintf("--known-position %d ", events); !strings.Contains(string(readme), known) {
		t.Errorf("the reference register has %d events: the README does not say %q", events, known)
	}
	program, err := exec.LookPath("remit")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program, filepath.Join(dir, "remit")); err != nil {
		t.Fatal(err)
	}
	script, blocks := tour(string(readme))
	if blocks < 8 {
		t.Fatalf("the README has only %d blocks of commands", blocks)
	}
	cmd := exec.Command("sh", "-eux", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "REMIT_SERVER="+s.url, "REMIT_DATA=data")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// tour returns the README's blocks of remit commands as one shell script, and how many there are. The block after a
// sentence that ends in "at once:" must be refused.
func tour(readme string) (script string, blocks int) {
	var lines []string
	block := regexp.MustCompile("(?s)([^\n]*)\n\n```\n(.*?)```\n")
	for _, match := range block.FindAllStringSubmatch(readme, -1) {
		before, commands := match[1], match[2]
		if !regexp.MustCompile(`^([A-Z]=\$\()?\./remit`).MatchString(commands) {
			continue
		}
		blocks++
		if strings.HasSuffix(before, "at once:") {
			commands = "if (\n" + commands + "); then exit 99; elif [ $? != 4 ]; then exit 98; fi\n"
		}
		lines = append(lines, commands)
	}
	return strings.Join(lines, ""), blocks
}

// TestTenCommands counts the commands by which the README moves a function: as many as it says, but for the one that is
// refused.
func TestTenCommands(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, move, found := strings.Cut(string(readme), "**Move a function in ten commands.**")
	move, _, ended := strings.Cut(move, "\n**")
	if !found || !ended {
		t.Fatal("the README moves no function in ten commands")
	}
	if given := strings.Count(move, "--as "); given != 10+1 {
		t.Errorf("the README gives %d commands, one of which is refused", given)
	}
}
