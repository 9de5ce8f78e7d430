package main

import (
	"debug/elf"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// TestContainerRecipe goes through the recipe of the image without building one: the program is built with its options, and
// needs nothing beside it; what begins in the image is a command line of the program; and it runs as nobody.
func TestContainerRecipe(t *testing.T) {
	recipe, err := os.ReadFile(filepath.Join(deployFolder, "Containerfile"))
	if err != nil {
		t.Fatal(err)
	}
	part := func(pattern string) string {
		t.Helper()
		found := regexp.MustCompile(pattern).FindSubmatch(recipe)
		if found == nil {
			t.Fatalf("the recipe has no %s", pattern)
		}
		return string(found[1])
	}
	for _, want := range []string{"\nFROM scratch\n", "\nUSER 65532:65532\n", "\nSTOPSIGNAL SIGTERM\n", "\nVOLUME /data\n"} {
		if !strings.Contains(string(recipe), want) {
			t.Errorf("the recipe does not have %q", want)
		}
	}
	modules, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if version := part(`FROM golang:([0-9.]+)-\w+ AS build`); !strings.Contains(string(modules), "\ngo "+version) {
		t.Errorf("it builds with Go %s, which is not that of go.mod", version)
	}
	var line []string
	if err := json.Unmarshal([]byte(part(`\nENTRYPOINT (\[.*\])`)), &line); err != nil || len(line) != 1 {
		t.Fatalf("%v %v", line, err)
	}
	if err := json.Unmarshal([]byte(part(`\nCMD (\[.*\])`)), &line); err != nil {
		t.Fatal(err)
	}
	a, _, _ := testApp(t)
	cmd, rest, err := a.root().Find(line)
	if err != nil || cmd.Name() != "serve" {
		t.Fatalf("%v is no command line: %v", line, err)
	}
	if err := cmd.ParseFlags(rest); err != nil {
		t.Error(err)
	}
	if runtime.GOOS != "linux" {
		t.Skip("the program for the image is one for Linux")
	}
	program := filepath.Join(t.TempDir(), "remit")
	build := exec.Command("sh", "-ec", part(`\nRUN (CGO_ENABLED=0 go build [^&\n]*)`))
	build.Args[2] = strings.ReplaceAll(build.Args[2], "/out/remit", program)
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	file, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if libraries, err := file.ImportedLibraries(); err != nil || len(libraries) > 0 || file.Section(".interp") != nil {
		t.Errorf("the program needs %v beside it (%v)", libraries, err)
	}
	run := exec.Command(program, "version")
	run.Env = []string{} // as in an image without anything
	if out, err := run.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
