package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/projections"
)

func (a *app) verify() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify [URL | DIRECTORY | FILE...] --key KEY",
		Short: "Check that a register only ever grew, and that what it says is recorded",
		Long: `Check, with the log's public key and nothing else, that

  a running register       (a URL; left out: that of --server)
  an archive               (its directory, no server needed)
  proofs of single events  (files as --proof writes them, or a directory of them; no server needed)

prove themselves: the signature under the checkpoint; that every event's bytes are those under the signed root, and every
hash in between; that the events decode, are numbered without a gap and come in whole transactions. All events are then
replayed to the point of --on and --known-at, and the digest of the map is printed: registers that hold the same events
have the same digest. None of the code that writes the log is used.

The key comes from the register's operator: "remit key" on the register's machine prints it. A key that the register
itself hands out together with its answers proves nothing.

--since FILE is an auditor's habit: the log must extend the checkpoint in the file, and the file is rewritten with the
new one only when everything verifies. The first time, when the file is not there, it is made. Signatures of other keys,
such as witnesses', are shown and do no harm.

It exits with 3 and one sentence when anything does not prove itself, and with 6 when the register cannot be reached.`,
		Example: `  remit verify --key log.vkey --since last-seen.checkpoint
  remit verify https://remit.example --key remit.local/log/4f…+1a2b3c4d+AZ… --on 2026-04-01
  remit verify /srv/remit/archive --key log.vkey -o json
  remit who eprr --in 06H --proof evidence && remit verify evidence --key log.vkey`,
		Args: cobra.ArbitraryArgs,
	}
	v := &verification{app: a}
	cmd.Flags().StringVar(&v.key, "key", "", "the log's public `KEY`, or the file with it, or several, one a line")
	cmd.Flags().StringVar(&v.since, "since", "",
		"`FILE` with the checkpoint that was seen last: the log must extend it; rewritten when it does, made when missing")
	v.asOf = a.asOf(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		if err := v.prepare(); err != nil {
			return err
		}
		v.pointGiven = cmd.Flags().Changed("on") || cmd.Flags().Changed("known-at") || cmd.Flags().Changed("known-position")
		return v.run(cmd.Context(), args)
	})
	return cmd
}

// verification is one run of the command.
type verification struct {
	app        *app
	key, since string
	asOf       *asOfFlags
	pointGiven bool // one of the flags of asOf

	keys archive.TrustedKeys
}

// unreachableError says that something could not be read over the network.
type unreachableError struct{ err error }

// Error says what could not be read.
func (e unreachableError) Error() string { return e.err.Error() }

// Unwrap returns the error within.
func (e unreachableError) Unwrap() error { return e.err }

// prepare reads the keys.
func (v *verification) prepare() error {
	if v.key == "" {
		return usagef("--key is missing: a log is checked against a key that came to you another way, as a key that the register " +
			"hands out with its answers proves nothing. 'remit key' on the register's machine prints it")
	}
	text, err := keyText(v.key)
	if err != nil {
		return err
	}
	if v.keys, err = archive.ParseTrustedKeys(text); err != nil {
		return usagef("--key: %w", err)
	}
	return nil
}

// keyText returns the verifier keys that --key gives, itself or in the file that it names: a key a line.
func keyText(key string) (string, error) {
	text := key
	if content, err := os.ReadFile(key); err == nil {
		text = string(content)
	} else if !strings.Contains(key, "+") {
		return "", usagef("--key %q is neither a key nor a file that can be read: %w", key, err)
	}
	if strings.Contains(text, "PRIVATE+KEY") {
		return "", usagef("--key is the key that signs, which must not leave the register's machine: give the public one, " +
			"which 'remit key' prints there")
	}
	return text, nil
}

// run finds out what is to be verified, and does it.
func (v *verification) run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		args = []string{v.app.server}
	}
	if strings.Contains(args[0], "://") {
		if len(args) > 1 {
			return usagef("verify one register at a time")
		}
		base := strings.TrimSuffix(strings.TrimRight(args[0], "/"), "/log") + "/log"
		over, err := v.app.over(args[0])
		if err != nil {
			return err
		}
		return v.log(ctx, args[0], archive.HTTP(base, over), true)
	}
	var files []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return usagef("there is no such archive or proof: %w", err)
		}
		if !info.IsDir() {
			files = append(files, arg)
			continue
		}
		dir, proofs := lookInto(arg)
		if dir != "" && len(args) == 1 {
			return v.log(ctx, arg, archive.Dir(dir), false)
		}
		if len(proofs) == 0 {
			return usagef("%s is no archive (it has no checkpoint and no tiles), nor has it files that end in %s", arg, archive.ProofFileSuffix)
		}
		files = append(files, proofs...)
	}
	if v.since != "" || v.pointGiven {
		return usagef("--since, --on, --known-at and --known-position are about a whole log, not about proofs of single events")
	}
	return v.proofs(files)
}

// lookInto returns the archive that a directory is, or a data directory has; or else the proofs in it.
func lookInto(dir string) (log string, proofs []string) {
	for _, candidate := range []string{dir, filepath.Join(dir, "archive")} {
		for _, name := range []string{archive.CheckpointPath, "tile"} {
			if _, err := os.Stat(filepath.Join(candidate, name)); err == nil {
				return candidate, nil
			}
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", nil // told as a directory without any
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), archive.ProofFileSuffix) {
			proofs = append(proofs, filepath.Join(dir, entry.Name()))
		}
	}
	return "", proofs
}

// log verifies a whole log.
func (v *verification) log(ctx context.Context, name string, source archive.Source, remote bool) error {
	since, err := v.readSince()
	if err != nil {
		return err
	}
	views := projections.New(v.app.clock)
	found, err := archive.Verify(ctx, archive.Verification{
		Source: source, Keys: v.keys, Since: since, Apply: views.Apply, Progress: v.app.progress("verifying"),
	})
	switch {
	case archive.IsFinding(err):
		return findingsError{fmt.Sprintf("%s does not verify: %v", name, err)}
	case err != nil && remote:
		return unreachableError{fmt.Errorf("the register at %s cannot be verified for now: %w", name, err)}
	case err != nil:
		return fmt.Errorf("verify %s: %w", name, err)
	}
	digest, err := v.digest(views)
	if err != nil {
		return err
	}
	if err := v.writeSince(found); err != nil {
		return err
	}
	return v.show(name, found, since, views, digest)
}

// readSince reads the checkpoint that the auditor kept, nil for none.
func (v *verification) readSince() (*archive.SignedHead, error) {
	if v.since == "" {
		return nil, nil //nolint:nilnil // no checkpoint is no error
	}
	kept, err := os.ReadFile(v.since)
	if errors.Is(err, fs.ErrNotExist) {
		v.app.say("There is no checkpoint in %s yet: it is made when everything verifies.", v.since)
		return nil, nil //nolint:nilnil // as above
	}
	if err != nil {
		return nil, fmt.Errorf("read the checkpoint that was seen last: %w", err)
	}
	head, err := archive.OpenCheckpoint(kept, v.keys)
	if err != nil {
		return nil, findingsError{fmt.Sprintf("%s, which you kept, does not verify: %v", v.since, err)}
	}
	return &head, nil
}

// writeSince keeps the checkpoint that was verified: the whole of it or nothing.
func (v *verification) writeSince(found archive.Verified) error {
	if v.since == "" {
		return nil
	}
	if err := replaceFile(v.since, found.Note); err != nil {
		return fmt.Errorf("everything verifies, but the checkpoint cannot be kept: %w", err)
	}
	return nil
}

// replaceFile puts new content in the place of a file, on disk before it returns.
func replaceFile(path string, content []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = file.Write(content)
	if err = errors.Join(err, file.Chmod(0o644), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// digest returns the digest of the map at the point of the flags.
func (v *verification) digest(views *projections.Views) (projections.Digest, error) {
	at := domain.AsOf{Known: domain.Latest}
	var err error
	on := v.asOf.on.text
	if on == "" {
		on = "today"
	}
	if at.On, err = v.app.date(on); err != nil {
		return projections.Digest{}, err
	}
	if v.asOf.position != "" {
		n, err := strconv.ParseUint(v.asOf.position, 10, 63)
		if err != nil {
			return projections.Digest{}, usagef("--known-position %q is not the number of an event", v.asOf.position)
		}
		at.Known = domain.EventNo(n)
	}
	if v.asOf.knownAt != "" {
		instant, err := v.app.instant(v.asOf.knownAt)
		if err != nil {
			return projections.Digest{}, usageError{fmt.Errorf("--known-at: %w", err)}
		}
		if !instant.IsZero() {
			if at.Known, err = views.ResolveKnown(instant); err != nil {
				return projections.Digest{}, usageError{fmt.Errorf("--known-at: %w", err)}
			}
		}
	}
	digest, err := views.Digest(at)
	if _, refused := domain.AsRefusal(err); refused {
		return digest, usageError{err}
	}
	return digest, err
}
