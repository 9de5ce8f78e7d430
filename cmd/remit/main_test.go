package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// start is when the clock of every process under test begins: midday of a day that does not end while it runs.
const start = "2026-11-21T12:00:00Z"

// today is the civil date of that clock.
const today = "2026-11-21"

// temporary is where the tests of this package put what several of them share. It is removed at their end.
var temporary string

var update = flag.Bool("update", false, "rewrite what the scripts in testdata compare with")

// cleaner runs the tests and removes what they shared.
type cleaner struct{ m *testing.M }

func (c cleaner) Run() int {
	flag.Parse()
	var err error
	if temporary, err = os.MkdirTemp("", "remit-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(temporary)
	return c.m.Run()
}

func TestMain(m *testing.M) {
	testscript.Main(cleaner{m}, map[string]func(){"remit": testMain})
}

// testMain is main with a clock that begins at a given time.
func testMain() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	begun := time.Now()
	began, err := time.Parse(time.RFC3339, start)
	if err != nil {
		panic(err)
	}
	clock := func() time.Time { return began.Add(time.Since(begun)) }
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, clock: clock}
	code := a.main(ctx, os.Args[1:])
	stop()
	os.Exit(code) //nolint:gocritic // stop was called
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata",
		RequireUniqueNames: true,
		UpdateScripts:      *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TODAY", today)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve":    serveCmd,
			"register": registerCmd,
			"loaded":   loadedCmd,
			"exits":    exitsCmd,
			"keep":     keepCmd,
			"plain":    plainCmd,
		},
	})
}

// server is a register that runs in a process of its own.
type server struct {
	cmd    *exec.Cmd
	url    string
	stderr *lines
}

// lines collects what a process writes, and tells when it listens, and when it says READY.
type lines struct {
	listens chan string // gets the URL, once
	ready   chan string // gets the URL, once

	mu  sync.Mutex
	all bytes.Buffer
}

// String returns what was written so far.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

func (l *lines) read(scanner *bufio.Scanner) {
	defer close(l.ready)
	defer close(l.listens)
	for scanner.Scan() {
		l.mu.Lock()
		l.all.WriteString(scanner.Text() + "\n")
		l.mu.Unlock()
		if url, ok := strings.CutPrefix(scanner.Text(), "READY "); ok {
			l.ready <- url
		}
		if text, ok := strings.CutPrefix(scanner.Text(), "remit listens on "); ok {
			url, _, _ := strings.Cut(text, " ")
			l.listens <- url
		}
	}
}

// startServer starts `remit serve` on a free port.
func startServer(binary string, args ...string) (*server, error) {
	cmd := exec.Command(binary, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	pipe, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd, stderr: &lines{listens: make(chan string, 1), ready: make(chan string, 1)}}
	go s.stderr.read(bufio.NewScanner(pipe))
	return s, nil
}

// awaitReady returns once the server says that it is ready.
func (s *server) awaitReady() error {
	url, ok := <-s.stderr.ready
	if !ok {
		return errors.Join(fmt.Errorf("the server did not get ready:\n%s", s.stderr), s.cmd.Wait())
	}
	s.url = url
	return nil
}

// end sends the process a signal and waits until it has ended.
func (s *server) end(signal os.Signal) error {
	if err := s.cmd.Process.Signal(signal); err != nil {
		return err
	}
	for range s.stderr.ready { // until it says nothing more
	}
	return s.cmd.Wait()
}

// serveCmd is `serve FLAGS`: it starts a register in the directory data of the script, and stops it at its end.
func serveCmd(ts *testscript.TestScript, _ bool, args []string) {
	s, err := startServer("remit", append([]string{"--data", ts.MkAbs("data")}, args...)...)
	ts.Check(err)
	ts.Check(s.awaitReady())
	ts.Setenv("REMIT_SERVER", s.url)
	ts.Setenv("ADDRESS", strings.TrimPrefix(s.url, "http://"))
	ts.Defer(func() {
		if err := s.end(syscall.SIGTERM); err != nil {
			ts.Fatalf("the server did not end well: %v\n%s", err, s.stderr)
		}
		if !strings.Contains(s.stderr.String(), "remit stops") {
			ts.Fatalf("the server ended without a word:\n%s", s.stderr)
		}
	})
}

// registerCmd is `register`: serve, with the reference register in it.
func registerCmd(ts *testscript.TestScript, _ bool, args []string) {
	loadedCmd(ts, false, []string{"data"})
	serveCmd(ts, false, args)
}

// loadedCmd is `loaded DIRECTORY`: it puts the files of a register with the reference register into a directory.
func loadedCmd(ts *testscript.TestScript, _ bool, args []string) {
	loaded, err := loadedRegister()
	ts.Check(err)
	ts.Check(copyRegister(ts.MkAbs(args[0]), loaded))
}

// copyRegister copies the data directory of a stopped register. The signing key stays its owner's alone.
func copyRegister(to, from string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	err := os.Chmod(filepath.Join(to, "log.key"), 0o600)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// loadedRegister returns a directory with the reference register in it, which was loaded once for all tests.
var loadedRegister = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(temporary, "loaded")
	s, err := startServer("remit", "--data", dir)
	if err != nil {
		return "", err
	}
	if err := s.awaitReady(); err != nil {
		return "", err
	}
	return dir, s.end(syscall.SIGTERM)
})

// exitsCmd is `exits CODE COMMAND …`: the command must exit with the code.
func exitsCmd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exits with %d, not %s", code, args[0])
	}
}

// keepCmd is `keep NAME`: the last command's output becomes the value of a variable. `keep NAME PATTERN` takes what the
// pattern's first group matches in the output, or else in what it said on stderr.
func keepCmd(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 1 {
		ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
		return
	}
	pattern := regexp.MustCompile(args[1])
	for _, file := range []string{"stdout", "stderr"} {
		if match := pattern.FindStringSubmatch(ts.ReadFile(file)); match != nil {
			ts.Setenv(args[0], match[1])
			return
		}
	}
	ts.Fatalf("%s is not in the output", args[1])
}

// plainCmd is `plain FILE`: it writes the last command's output to a file, with words in the place of what differs from
// run to run: ids, instants and numbers of events. `plain FILE stderr` takes what was said on stderr.
func plainCmd(ts *testscript.TestScript, _ bool, args []string) {
	from := "stdout"
	if len(args) == 2 {
		from = args[1]
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(plain(ts.ReadFile(from))), 0o600))
}

// plain puts words in the place of what differs from run to run.
func plain(text string) string {
	for _, of := range []struct{ pattern, word string }{
		{`[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z`, "TIME"},
		{`\b[0-9A-HJKMNP-TV-Z]{26}\b`, "ULID"},
		{`\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`, "UUID"},
		{`\b[0-9a-f]{64}\b`, "DIGEST"},
		{`\bp-[0-9a-f]{20}\b`, "PSEUDONYM"},
	} {
		text = regexp.MustCompile(of.pattern).ReplaceAllString(text, of.word)
	}
	number := regexp.MustCompile(`^[0-9]{3,6}$`)
	text = regexp.MustCompile(`[\w-]+`).ReplaceAllStringFunc(text, func(token string) string {
		if number.MatchString(token) {
			return "NO"
		}
		return token
	})
	return regexp.MustCompile(`(\S) {2,}`).ReplaceAllString(text, "$1  ")
}
