package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/eventstoretest"
	"github.com/remit-register/remit/projections"
)

var damageAll = flag.Bool("damage-all", false, "damage every file of a register in every way, not a sample")

// damage is what is done to one file of a stopped register.
type damage struct {
	name string
	do   func(path string, data []byte) error
}

func damages() []damage {
	flip := func(part, of int) damage {
		return damage{fmt.Sprintf("flip %d/%d", part, of), func(path string, data []byte) error {
			if len(data) == 0 {
				return errNothing
			}
			data[(len(data)-1)*part/of] ^= 0x10
			return os.WriteFile(path, data, 0o600)
		}}
	}
	return []damage{
		flip(0, 1), flip(1, 4), flip(1, 2), flip(3, 4), flip(1, 1),
		{"truncate to half", func(path string, data []byte) error { return os.WriteFile(path, data[:len(data)/2], 0o600) }},
		{"truncate to nothing", func(path string, _ []byte) error { return os.WriteFile(path, nil, 0o600) }},
		{"delete", func(path string, _ []byte) error { return os.Remove(path) }},
		{"swap", swapFile},
		{"flip, and no index", func(path string, data []byte) error {
			if filepath.Ext(path) != ".blk" || len(data) == 0 {
				return errNothing
			}
			_ = os.Remove(filepath.Join(filepath.Dir(path), "index.db"))
			data[len(data)/2] ^= 0x10
			return os.WriteFile(path, data, 0o600)
		}},
	}
}

// errNothing says that a damage does not apply to a file.
var errNothing = errors.New("nothing to damage")

// swapFile exchanges a file with another one of the same kind.
func swapFile(path string, data []byte) error {
	other := ""
	for _, pair := range [][2]string{
		{"REMIT_JOURNAL", "REMIT_VAULT"},
		{"log.checkpoint", filepath.Join("archive", "checkpoint")},
		{filepath.Join("tile", "0"), filepath.Join("tile", "entries")},
	} {
		for i := range pair {
			if candidate := strings.Replace(path, pair[i], pair[1-i], 1); candidate != path && other == "" {
				other = candidate
			}
		}
	}
	if strings.Contains(path, "views") {
		paths, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(paths, func(p string) bool { return p != path }); i >= 0 {
			other = paths[i]
		}
	}
	theirs, err := os.ReadFile(other)
	if err != nil || bytes.Equal(theirs, data) {
		return errNothing
	}
	return errors.Join(os.WriteFile(path, theirs, 0o600), os.WriteFile(other, data, 0o600))
}

// answers is what a register says of itself.
type answers struct {
	holdings projections.Digest
	events   [sha256.Size]byte
	head     eventstore.TreeHead
	texts    int
	people   int
}

// damageOptions is how the registers are opened that are damaged.
func damageOptions(dir string) serveOptions {
	return serveOptions{data: dir, archiveMode: archiveAsync, drainTimeout: 5 * time.Second}
}

func openDamaged(ctx context.Context, dir string) (*register, error) {
	o, logger := damageOptions(dir), slog.New(slog.DiscardHandler)
	return openRegister(ctx, o.store(time.Now, logger), o.log(time.Now, logger))
}

// ask returns what an open register answers, once its archive was compared with the journal or says why not.
func (a *answers) ask(ctx context.Context, r *register) error {
	if err := r.caughtUp(ctx); err != nil {
		return err
	}
	for r.archive.Status().Err == nil && !r.archive.Status().Checked {
		waiting, cancel := context.WithCancel(ctx)
		go func() { defer cancel(); _ = r.archive.WaitFailed(waiting) }()
		if err := r.archive.WaitChecked(waiting); err != nil && ctx.Err() != nil {
			return err
		}
		cancel()
	}
	var err error
	if a.holdings, err = r.views.Digest(domain.Now(benchDate)); err != nil {
		return err
	}
	a.head = r.store.Head()
	hash := sha256.New()
	enough := errors.New("enough")
	err = r.store.FollowBytes(ctx, 0, func(first domain.EventNo, events [][]byte) error {
		for _, event := range events {
			hash.Write(event)
		}
		if first+domain.EventNo(len(events)) > a.head.Size {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		return err
	}
	hash.Sum(a.events[:0])
	a.texts, a.people = r.store.Vault().Count()
	return nil
}

// damageable makes a register with all kinds of files, stopped, and returns what it answers.
func damageable(t *testing.T, dir string) (want answers) {
	t.Helper()
	for range 2 { // for two checkpoints of the views
		r, err := openDamaged(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		requests := benchSetup()
		if r.store.Position() > 0 {
			requests = []eventstore.Request{damageablePeople(t, r.store.Vault())}
		}
		for range 140 {
			requests = append(requests, benchNext(0, 0))
		}
		var tickets []eventstore.Ticket
		for _, request := range requests {
			ticket, err := r.store.Enqueue(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			tickets = append(tickets, ticket)
		}
		for _, ticket := range tickets {
			if _, err := ticket.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := want.ask(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if err := r.close(); err != nil {
			t.Fatal(err)
		}
	}
	return want
}

// damageablePeople makes two people known, erases one, and returns a command of the other.
func damageablePeople(t *testing.T, vault *eventstore.Vault) eventstore.Request {
	t.Helper()
	var pseudonyms []string
	for _, subject := range []string{"gone@example.org", "jane@example.org"} {
		pseudonym, err := vault.Pseudonym(t.Context(), subject, benchSender)
		if err != nil {
			t.Fatal(err)
		}
		pseudonyms = append(pseudonyms, pseudonym)
	}
	if err := vault.ErasePerson(t.Context(), pseudonyms[0]); err != nil {
		t.Fatal(err)
	}
	request := benchNext(0, 0)
	request.Caller.Subject = pseudonyms[1]
	return request
}

// TestEveryDamagedFile damages the files of a stopped register one by one. It opens and answers as before, having
// repaired what was wrong; or it refuses, and says what to do.
func TestEveryDamagedFile(t *testing.T) {
	dir := t.TempDir()
	want := damageable(t, dir)
	paths := filesOf(t, dir)
	var group errgroup.Group
	group.SetLimit(4)
	n := 0
	for _, path := range paths {
		for _, d := range damages() {
			if n++; !*damageAll && n%7 != 0 {
				continue
			}
			group.Go(func() error {
				if outcome, err := damaged(t, dir, path, d, want); err != nil {
					t.Errorf("%s: %s: %v", path, d.name, err)
				} else {
					t.Logf("%s: %s: %s", path, d.name, outcome)
				}
				return nil
			})
		}
	}
	_ = group.Wait() // it has no errors
}

// TestEveryUnreadableFile has the reads of one file after the other fail, as bad sectors do: as TestEveryDamagedFile.
func TestEveryUnreadableFile(t *testing.T) {
	dir := t.TempDir()
	want := damageable(t, dir)
	for _, path := range filesOf(t, dir) {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			disk := eventstoretest.NewDisk()
			data := filepath.Join(disk.Mount(t), "data")
			if err := os.CopyFS(data, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			private(t, data)
			disk.FailReads(t, filepath.Join("data", path))
			outcome, err := opened(t, data, want)
			if err != nil {
				t.Error(err)
			}
			t.Log(outcome)
		})
	}
}

// filesOf lists the files of a register, relative to its directory.
func filesOf(t *testing.T, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			paths = append(paths, path[len(dir)+1:])
		}
		return err
	})
	if err != nil || len(paths) < 15 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	return paths
}

// damaged damages a file of a copy, opens that, and says what came of it; an error when it should not have.
func damaged(t *testing.T, from, path string, d damage, want answers) (string, error) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		return "", err
	}
	data, err := os.ReadFile(filepath.Join(dir, path))
	if err == nil {
		err = d.do(filepath.Join(dir, path), data)
	}
	if errors.Is(err, errNothing) {
		return "does not apply", nil
	}
	if err == nil {
		err = os.Chmod(filepath.Join(dir, archive.KeyFile), 0o600)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return opened(t, dir, want)
}

// opened opens a register that was damaged, and says what came of it; an error when it should not have, or hangs.
func opened(t *testing.T, dir string, want answers) (string, error) {
	t.Helper()
	const patience = 20 * time.Second
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	type result struct {
		outcome string
		err     error
	}
	done := make(chan result, 1)
	go func() {
		outcome, err := reopen(ctx, dir, want)
		done <- result{outcome, err}
	}()
	select {
	case r := <-done:
		return r.outcome, r.err
	case <-time.After(patience + 5*time.Second):
		return "", errors.New("it hangs")
	}
}

func reopen(ctx context.Context, dir string, want answers) (string, error) {
	r, err := openDamaged(ctx, dir)
	if err != nil {
		return "refused", checkRefusal(dir, err)
	}
	var got answers
	err = got.ask(ctx, r)
	status := r.archive.Status()
	if closeErr := r.close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "refused while open", checkRefusal(dir, err)
	}
	if got != want {
		return "", fmt.Errorf("it answers %+v, not %+v", got, want)
	}
	if status.Err != nil {
		return "", fmt.Errorf("the archive: %w", status.Err)
	}
	trusted, err := archive.ParseTrustedKeys(strings.Join(r.archive.Keys().VerifierKeys(), "\n"))
	if err != nil {
		return "", err
	}
	verified, err := archive.Verify(ctx, archive.Verification{Source: r.archive.Source(), Keys: trusted})
	if err != nil || verified.Head != want.head {
		return "", fmt.Errorf("its archive has %s, not %s: %w", verified.Head, want.head, err)
	}
	return fmt.Sprintf("answers as before, %d files repaired", status.Repaired), nil
}

// checkRefusal checks that an operator is told what is wrong and what to do.
func checkRefusal(dir string, err error) error {
	known := false
	for _, sentinel := range []error{
		eventstore.ErrDamaged, eventstore.ErrVaultIncomplete, eventstore.ErrSettings, archive.ErrDamaged, archive.ErrSignature, archive.ErrKeyFile,
	} {
		known = known || errors.Is(err, sentinel)
	}
	told := openError(damageOptions(dir), err)
	remedy := regexp.MustCompile(`remit restore|[Pp]ut back|set it back|chmod|move that file aside|copy its file|[Rr]estore`)
	if !known || !remedy.MatchString(told.Error()) {
		return fmt.Errorf("it refused without saying what to do: %w", told)
	}
	return nil
}
