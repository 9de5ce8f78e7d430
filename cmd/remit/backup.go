package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// backupOptions say what to back up, and where to.
type backupOptions struct {
	folder  string
	data    string // of a register that is stopped; "" for the one that runs
	archive string
	key     string
	withKey string
}

func (a *app) backup() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup FOLDER",
		Short: "Back the register up while it runs, or while it is stopped",
		Long: `Copy the register to a folder: its archive up to the newest checkpoint, and the personal texts and people that the
archive does not have. It may run and take commands meanwhile. All of it is verified before the backup is put into
place: the signature, every event up to the root, and the vault. A folder with an older backup of the same register is
extended, and replaced in one step; any other folder must be empty or missing.

The backup holds personal texts: only you can read it, and what is erased later in the register is not erased in it.
Anybody may check the archive in it with "remit verify". "remit restore --from FOLDER" restores from it.

The key that signs is not in it unless you add it: without that key, what is restored elsewhere begins a log of its own.`,
		Example: `  remit --as op@X24 backup /mnt/backup/remit
  remit backup /mnt/backup/remit --data /srv/remit
  remit --as op@X24 backup /mnt/backup/remit --with-key /srv/remit/log.key`,
		Args: cobra.ExactArgs(1),
	}
	var o backupOptions
	flags := cmd.Flags()
	flags.StringVar(&o.data, "data", "", "`DIRECTORY` of a register that is stopped; left out: ask the one that runs")
	flags.StringVar(&o.archive, "archive", "", "`FOLDER` of its archive, with --data; left out: archive in that directory")
	flags.StringVar(&o.key, "key", "", "verifier `KEY`, or a file with it, that must have signed; left out: the register's own word is taken")
	flags.StringVar(&o.withKey, "with-key", "", "`FILE` with the signing key, log.key in the data directory, to keep a copy of too")
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		o.folder = args[0]
		return a.runBackup(cmd.Context(), o)
	})
	return cmd
}

func (a *app) runBackup(ctx context.Context, o backupOptions) error {
	to := archive.Keeping{Folder: o.folder, KeyFile: o.withKey, Progress: a.progress("verifying the backup")}
	if o.key != "" {
		text, err := keyText(o.key)
		if err != nil {
			return err
		}
		if to.Keys, err = archive.ParseTrustedKeys(text); err != nil {
			return usagef("--key: %w", err)
		}
	}
	after, err := archive.KeptSize(o.folder)
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	write := func(ctx context.Context, out io.Writer) error { return a.backUpStopped(ctx, o, after, out) }
	if o.data == "" {
		write = func(ctx context.Context, out io.Writer) error { return a.backUpRunning(ctx, after, out) }
	}
	kept, err := piped(ctx, to, write)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "Backed up %d events in %d transactions to %s (%d of them were there), verified up to the root %s.\n",
		kept.Head.Size, kept.Transactions, o.folder, kept.Before, kept.Head.Root)
	return err //nolint:wrapcheck // stdout
}

// piped keeps what write writes. An error of write comes first: what is kept breaks off because of it.
func piped(ctx context.Context, to archive.Keeping, write func(context.Context, io.Writer) error) (archive.Kept, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in, out := io.Pipe()
	written := make(chan error, 1)
	go func() {
		err := write(ctx, out)
		_ = out.CloseWithError(err) // never fails
		written <- err
	}()
	kept, err := archive.Keep(ctx, in, to)
	_ = in.CloseWithError(errors.New("the backup could not be kept")) // never fails
	if writeErr := <-written; writeErr != nil && (err == nil || errors.Is(err, writeErr)) {
		return kept, writeErr
	}
	return kept, err //nolint:wrapcheck // it says what was being done
}

// backUpRunning has the running register write its backup.
func (a *app) backUpRunning(ctx context.Context, after domain.EventNo, out io.Writer) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	c.http.Timeout = 0 // a backup takes as long as it takes
	stream, err := c.operator().Backup(ctx, &remitv1.BackupRequest{AfterPosition: decimal(after)})
	if err != nil {
		return err
	}
	for stream.Receive() {
		if _, err := out.Write(stream.Msg().GetChunk()); err != nil {
			return errors.Join(err, stream.Close())
		}
	}
	return errors.Join(stream.Err(), stream.Close())
}

// backupPatience is how long a backup waits for the archive.
const backupPatience = 10 * time.Second

// backUp writes the backup of an open register: of everything recorded when it begins, unless the archive is further
// behind than backupPatience. The command says how many events were backed up.
func (r *register) backUp(ctx context.Context, after domain.EventNo, out io.Writer) error {
	patient, cancel := context.WithTimeout(ctx, backupPatience)
	defer cancel()
	if err := r.archive.WaitFor(patient, r.store.Position()); err != nil {
		r.logger.WarnContext(ctx, "a backup begins without the newest events, which are not archived yet", slog.Any("error", err))
	}
	b := archive.Backup{
		Archive: r.archive.Source(), VerifierKeys: r.archive.Keys().VerifierKeys(), After: after, Vault: r.store.Vault().Snapshot,
	}
	return b.Write(ctx, out) //nolint:wrapcheck // it says what was being done
}

// backUpStopped writes the backup of a register that is stopped.
func (a *app) backUpStopped(ctx context.Context, o backupOptions, after domain.EventNo, out io.Writer) (err error) {
	if _, err := os.Stat(o.data); err != nil {
		return fmt.Errorf("look for the register: %w", err)
	}
	folder := o.archive
	if folder == "" {
		folder = filepath.Join(o.data, "archive")
	}
	keys, err := archive.LoadKeys(o.data)
	if err != nil {
		return fmt.Errorf("%w: is %s the data directory of a register?", err, o.data)
	}
	logger := slog.New(slog.NewTextHandler(a.stderr, nil))
	store, err := eventstore.Open(ctx, eventstore.Config{Dir: o.data, Clock: a.clock, Logger: logger})
	if err != nil {
		return openError(serveOptions{data: o.data}, err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	b := archive.Backup{
		Archive: archive.Dir(folder), VerifierKeys: keys.VerifierKeys(), After: after, Vault: store.Vault().Snapshot,
	}
	if err := b.Write(ctx, out); err != nil {
		return err //nolint:wrapcheck // it says what was being done
	}
	a.sayBehind(folder, store.Position())
	return nil
}

// sayBehind warns where the journal of a stopped register has more than its archive.
func (a *app) sayBehind(folder string, last domain.EventNo) {
	text, err := fs.ReadFile(os.DirFS(folder), archive.CheckpointPath)
	if err != nil {
		return
	}
	if lines := strings.SplitN(string(text), "\n", 3); len(lines) > 2 && lines[1] != decimal(last) {
		a.say("Its journal has %d events, but its archive only %s: start and stop it once, and the archive catches up.", last, lines[1])
	}
}

func (c *client) operator() remitv1connect.OperatorServiceClient {
	return remitv1connect.NewOperatorServiceClient(c.http, c.url, c.options...)
}
