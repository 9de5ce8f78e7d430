package archive

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-register/remit/domain"
)

// A backup on its way is a tar: the verifier keys, the archive's files up to a checkpoint, the checkpoint, and the
// vault, record by record. On disk it is a folder with the same archive, which anybody can verify, and two files more:
// VerifierKeyFile and VaultFile. Where the operator adds KeyFile, the log can be continued from it.

// VerifierKeyFile is the name of the file in a backup with the verifier keys, one a line.
const VerifierKeyFile = "log.vkey"

// vaultFolder is where the tar has the vault's records, by number.
const vaultFolder = "vault/"

// Backup says what is backed up.
type Backup struct {
	// Archive is the register's own.
	Archive Source
	// VerifierKeys are those of the log, one or two.
	VerifierKeys []string
	// After leaves out full files that hold events up to this number only: those of an earlier backup.
	After domain.EventNo
	// Vault calls each with the records of the vault.
	Vault func(each func(record []byte) error) error
}

// Write writes the backup to out: first the checkpoint is read, then come the files up to it, and then the vault, so
// that every text that an event refers to is in it. It holds one file in memory at a time.
func (b Backup) Write(ctx context.Context, out io.Writer) error {
	signed, err := b.Archive.ReadFile(ctx, CheckpointPath)
	if err != nil {
		return fmt.Errorf("back up: read the checkpoint: %w", err)
	}
	verifiers, err := NewVerifiers(b.VerifierKeys...)
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	c, err := ParseCheckpoint(signed, verifiers)
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	w := &backupWriter{Backup: b, out: tar.NewWriter(out)}
	err = w.file(VerifierKeyFile, []byte(strings.Join(b.VerifierKeys, "\n")+"\n"))
	if err == nil {
		err = w.files(ctx, c.Head.Size)
	}
	if err == nil {
		err = w.file(CheckpointPath, signed)
	}
	if err == nil {
		err = w.vault(ctx)
	}
	if err == nil {
		err = w.out.Close()
	}
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return nil
}

// backupWriter is one backup on its way out.
type backupWriter struct {
	Backup

	out *tar.Writer
}

func (w *backupWriter) file(name string, data []byte) error {
	header := &tar.Header{Name: name, Size: int64(len(data)), Mode: int64(ownFileMode), Format: tar.FormatPAX}
	if err := w.out.WriteHeader(header); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if _, err := w.out.Write(data); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// files writes the bundles and tiles of the tree of so many events.
func (w *backupWriter) files(ctx context.Context, size domain.EventNo) error {
	for index := uint64(w.After) / TileWidth; index*TileWidth < uint64(size); index++ {
		n := int(min(TileWidth, uint64(size)-index*TileWidth))
		events, err := readEntries(ctx, w.Archive, index, n)
		if err != nil {
			return err
		}
		var bundle []byte
		for _, event := range events {
			if bundle, err = AppendEntry(bundle, event); err != nil {
				return err
			}
		}
		if err := w.file(EntriesPath(index, n), bundle); err != nil {
			return err
		}
	}
	for level := 0; uint64(size)>>(tileHeight*level) > 0; level++ {
		if err := w.tiles(ctx, level, uint64(size)>>(tileHeight*level), uint64(w.After)>>(tileHeight*(level+1))); err != nil {
			return err
		}
	}
	return nil
}

// tiles writes the tiles of a level that has so many hashes, from a tile on.
func (w *backupWriter) tiles(ctx context.Context, level int, hashes, from uint64) error {
	for index := from; index*TileWidth < hashes; index++ {
		n := int(min(TileWidth, hashes-index*TileWidth))
		tile := tlog.Tile{H: tileHeight, L: level, N: int64(index), W: n} //nolint:gosec // far below the limit
		data, err := readTile(ctx, w.Archive, tile)
		if err != nil {
			return err
		}
		if err := w.file(TilePath(uint64(level), index, n), data); err != nil { //nolint:gosec // not negative
			return err
		}
	}
	return nil
}

func (w *backupWriter) vault(ctx context.Context) error {
	no := 0
	err := w.Vault(func(record []byte) error {
		no++
		return errors.Join(w.file(fmt.Sprintf("%s%09d", vaultFolder, no), record), ctx.Err())
	})
	if err != nil {
		return fmt.Errorf("copy the vault: %w", err)
	}
	return nil
}

// verifiersOf returns the verifiers with these keys, one a line.
func verifiersOf(lines string) ([]note.Verifier, error) {
	keys, err := ParseTrustedKeys(lines)
	if err != nil {
		return nil, err
	}
	return keys.list, nil
}
