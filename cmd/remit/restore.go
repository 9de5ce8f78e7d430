package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
)

// restoreOptions say what to restore, and from what.
type restoreOptions struct {
	serveOptions

	from        string // folder or URL of an archive, or folder of a backup
	archive     string // folder of the register's own archive
	keys        []string
	acceptLoss  bool
	archiveOnly bool
	reason      string
}

func (a *app) restore() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore --from ARCHIVE",
		Short: "Restore a damaged or lost register from its archive or from a backup",
		Long: `Restore a register that does not start because its journal is damaged or lost: write the journal again from the archive
(or from a backup: see "remit backup"), with the same events, numbers and tree. The register must be stopped.

Everything is verified first: the signature of the archive's checkpoint, and every event up to its root. What the old
journal still has after that is taken over as far as it follows. What was there before is moved to a folder "damaged"
in the data directory, and nothing is deleted. Personal texts come from the backup's vault, and from the old one as far
as it can be read; what is in neither is recorded as missing. Where the archive is newer than the backup, restore from the
archive, and then once more from the backup: that brings back the texts that it has.

To an external cluster (--nats) events are written only where it has no journal, and nothing is taken from an old one.

The register goes on in a new epoch: an event records what was restored, and what may have been lost, so that numbers
given out before and after are told apart. A restore that was interrupted may simply be repeated.

The log goes on under its name and key if nothing is missing of what was signed, and the key is there. Otherwise it is
refused; --accept-loss begins another log, with another key, and that is recorded too.`,
		Example: `  remit restore --from remit-data/archive
  remit restore --from /mnt/backup/remit --data /srv/remit
  remit restore --from http://mirror.example:8080/log --key remit.example/log+0123abcd+AZ…`,
		Args: cobra.NoArgs,
	}
	var o restoreOptions
	flags := cmd.Flags()
	flags.StringVar(&o.from, "from", "", "`FOLDER` of the archive or backup, or URL of a served archive")
	flags.StringVar(&o.data, "data", a.env("REMIT_DATA", "./remit-data"), "`DIRECTORY` of the register to restore (also REMIT_DATA)")
	flags.StringVar(&o.archive, "archive", a.env("REMIT_ARCHIVE", ""), "`FOLDER` of its own archive (also REMIT_ARCHIVE); left out: archive in the data directory")
	flags.StringArrayVar(&o.keys, "key", nil, "verifier `KEY`, or a file with it, that must have signed; left out: that of the data directory or backup")
	flags.BoolVar(&o.acceptLoss, "accept-loss", false, "begin another log where the old one cannot be continued")
	flags.BoolVar(&o.archiveOnly, "archive-only", false, "take nothing from what is left of the old journal and vault")
	flags.StringVar(&o.reason, "reason", "", "why, to be recorded")
	flags.StringVar(&o.nats, "nats", "", "`URL` of an external NATS cluster with no journal, to restore to")
	flags.IntVar(&o.replicas, "replicas", 1, "copies of the journal on an external cluster: 1, 3 or 5")
	flags.StringVar(&o.credentials, "nats-credentials", "", "`FILE` with the credentials for the external cluster")
	flags.StringSliceVar(&o.monitors, "nats-monitor", nil, "`URL` of an external server's monitoring port; one for each server")
	flags.BoolVar(&o.unverified, "nats-accept-unverified-sync", false, "as for 'remit serve'")
	required(cmd, "from")
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		return a.runRestore(cmd.Context(), o)
	})
	return cmd
}

func (a *app) runRestore(ctx context.Context, o restoreOptions) error {
	r, err := a.restoration(o)
	if err != nil {
		return err
	}
	done, err := archive.Restore(ctx, r)
	if err != nil {
		return restoreError(o, err)
	}
	if a.format == formatJSON || a.format == formatJSONL {
		return json.NewEncoder(a.stdout).Encode(restoredFields(done)) //nolint:wrapcheck // stdout
	}
	_, err = fmt.Fprint(a.stdout, restoredText(o, done))
	return err //nolint:wrapcheck // stdout
}

// restoration reads the flags.
func (a *app) restoration(o restoreOptions) (archive.Restoration, error) {
	logger := slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	r := archive.Restoration{
		Store: o.store(a.clock, logger), Archive: o.archive, AcceptLoss: o.acceptLoss,
		ArchiveOnly: o.archiveOnly, Reason: o.reason, Progress: a.progress("restoring events"),
	}
	if strings.HasPrefix(o.from, "http://") || strings.HasPrefix(o.from, "https://") {
		r.From = archive.HTTP(o.from, nil)
	} else {
		if _, err := os.Stat(filepath.Join(o.from, archive.CheckpointPath)); err != nil {
			return r, fmt.Errorf("%s holds no archive and no backup: %w", o.from, err)
		}
		r.From, r.Folder = archive.Dir(o.from), o.from
	}
	if len(o.keys) > 0 {
		var lines []string
		for _, key := range o.keys {
			text, err := keyText(key)
			if err != nil {
				return r, err
			}
			lines = append(lines, strings.Fields(text)...)
		}
		verifiers, err := archive.NewVerifiers(lines...)
		if err != nil {
			return r, usagef("--key: %w", err)
		}
		r.Verifiers = verifiers
	}
	return r, nil
}

// restoreError says what to do about a restore that is refused.
func restoreError(o restoreOptions, err error) error {
	remedy := ""
	switch {
	case errors.Is(err, eventstore.ErrInUse):
		remedy = "\nStop the register first; nothing was changed."
	case errors.Is(err, eventstore.ErrNotEmpty):
		remedy = fmt.Sprintf("\nOnly an empty journal is restored to; nothing was changed. Move the streams REMIT_JOURNAL and "+
			"REMIT_VAULT at %s away with the nats tool first, or give another server.", o.nats)
	case errors.Is(err, archive.ErrWhole), errors.Is(err, archive.ErrLoss):
		remedy = "\nNothing was changed."
	case errors.Is(err, archive.ErrSignature):
		remedy = "\nNothing was changed. Is it the archive of this register? Its verifier key is given with --key."
	case errors.Is(err, archive.ErrDamaged):
		remedy = "\nNothing was changed. Try another copy of the archive: a backup, another disk, or a mirror's URL."
	case errors.Is(err, nats.ErrNoServers):
		remedy = "\nIs the NATS cluster running at the address that --nats gives?"
	case errors.Is(err, fs.ErrPermission):
		remedy = "\nIt needs to read the archive and to write the data directory."
	}
	return fmt.Errorf("restore: %w%s", err, remedy)
}

// restoredText says in plain words what a restore did.
func restoredText(o restoreOptions, done archive.Restored) string {
	var out strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	e := done.Epoch
	if done.Resumed {
		say("An earlier restore was interrupted while it put things into place. It is finished now; this is what it did.")
	}
	say("Restored %d events from %s into %s.", e.RestoredSize, o.from, o.data)
	say("The archive's checkpoint is signed, and covers %d events; each was hashed again and leads to its root.", done.Checkpoint.Head.Size)
	if more := e.RestoredSize - done.Checkpoint.Head.Size; more > 0 {
		say("The old journal had %d more that follow from them; they are restored too.", more)
	}
	if e.Unsigned > 0 {
		say("The last %d of all are in no checkpoint known here: nobody has signed them.", e.Unsigned)
	}
	switch {
	case e.LostUpTo > 0:
		say("LOST: events %d to %d. They had been recorded, and whoever holds a receipt with one of these numbers must give the "+
			"command again.", e.RestoredSize+1, e.LostUpTo)
	case e.MayHaveLost:
		say("MAY BE LOST: events after %d. Nothing here tells whether there were any.", e.RestoredSize)
	default:
		say("Nothing that was recorded is known to be lost.")
	}
	say("Personal texts: %d are there; %d are not (erased, or lost).", done.Texts, done.Missing)
	if done.UnreadableVault > 0 {
		say("%d records of the old vault could not be read.", done.UnreadableVault)
	}
	if e.FormerLog != "" {
		say("The log %s cannot be continued: the next start makes a new key and begins a new log. Give auditors the new "+
			"verifier key.", e.FormerLog)
	}
	if done.Aside != "" {
		say("What was there before is in %s. Keep it until everything is in order.", done.Aside)
	}
	say("Epoch %d begins with event %d. Start the register with: remit serve --data %s", e.Epoch, done.Position, o.data)
	return out.String()
}

// restoredFields is the same for programs.
func restoredFields(done archive.Restored) map[string]any {
	e := done.Epoch
	return map[string]any{
		"epoch": e.Epoch, "position": decimal(done.Position), "restored": decimal(e.RestoredSize), "root": string(e.RestoredRoot),
		"archived": decimal(done.Checkpoint.Head.Size), "unsigned": decimal(e.Unsigned), "mayHaveLost": e.MayHaveLost,
		"lostUpTo": decimal(e.LostUpTo), "formerLog": e.FormerLog, "texts": done.Texts, "textsMissing": done.Missing,
		"aside": done.Aside, "resumed": done.Resumed,
	}
}

// decimal writes a number of an event as the contract does.
func decimal(no domain.EventNo) string { return strconv.FormatUint(uint64(no), 10) }
