package archive

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/remit-register/remit/domain"
)

// ErrNotABackup means that a folder is neither empty nor an older backup of the same log.
var ErrNotABackup = errors.New("folder holds something else than an older backup of this register")

// Keeping says where a backup is kept.
type Keeping struct {
	// Folder is empty, missing, or an older backup of the same log, which is replaced.
	Folder string
	// Keys are those that must have signed; the zero value takes those that the backup comes with, and those of the older
	// backup where there is one.
	Keys TrustedKeys
	// KeyFile, if given, is the file with the signing keys, to be kept along.
	KeyFile string
	// Progress is told how many of all events are verified; nil for nothing.
	Progress func(done, total int)
}

// Kept says what is in a backup.
type Kept struct {
	SignedHead

	// Transactions is how many transactions it has, Vault how many records of the vault.
	Transactions, Vault int
	// Before is how many events the older backup had.
	Before domain.EventNo
}

// KeptSize returns how many events the backup in a folder has, for Backup.After; 0 where there is none. What is no backup
// is ErrNotABackup.
func KeptSize(folder string) (domain.EventNo, error) {
	k := &keeper{Keeping: Keeping{Folder: folder}}
	err := k.findOlder()
	return k.done.Before, err
}

// Keep reads a backup, verifies it whole (the signature, every event up to the root, the vault) and puts it into place in
// one step. Until then the older one stays.
func Keep(ctx context.Context, in io.Reader, to Keeping) (Kept, error) {
	k := &keeper{Keeping: to, work: to.Folder + ".new"}
	if err := k.findOlder(); err != nil {
		return Kept{}, err
	}
	err := k.keep(ctx, in)
	if err != nil {
		err = errors.Join(fmt.Errorf("keep the backup: %w", err), os.RemoveAll(k.work))
	}
	return k.done, err
}

// keeper is one backup on its way in.
type keeper struct {
	Keeping

	work  string // the folder in which it is made
	older *SignedHead
	done  Kept
	vault *vaultWriter
}

// oldEnds ends the name of the older backup while the new one takes its place.
const oldEnds = ".old"

// findOlder looks at what is in the folder, after bringing an interrupted replacement to its end.
func (k *keeper) findOlder() error {
	k.Folder = filepath.Clean(k.Folder)
	_, err := os.Stat(k.Folder)
	if errors.Is(err, fs.ErrNotExist) {
		err = os.Rename(k.Folder+oldEnds, k.Folder)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("look at the older backup: %w", err)
	}
	entries, err := os.ReadDir(k.Folder)
	if err != nil || len(entries) == 0 {
		return err //nolint:wrapcheck // it names the folder
	}
	keys, err := os.ReadFile(filepath.Join(k.Folder, VerifierKeyFile))
	if err != nil {
		return fmt.Errorf("%s: %w: %w", k.Folder, ErrNotABackup, err)
	}
	trusted, err := verifiersOf(string(keys))
	if err != nil {
		return fmt.Errorf("%s: %w: %w", k.Folder, ErrNotABackup, err)
	}
	signed, err := os.ReadFile(filepath.Join(k.Folder, CheckpointPath))
	if err != nil {
		return fmt.Errorf("%s: %w: %w", k.Folder, ErrNotABackup, err)
	}
	head, err := OpenCheckpoint(signed, NewTrustedKeys(trusted...))
	if err != nil {
		return fmt.Errorf("%s: %w: %w", k.Folder, ErrNotABackup, err)
	}
	k.older, k.done.Before = &head, head.Head.Size
	if len(k.Keys.list) == 0 {
		k.Keys = NewTrustedKeys(trusted...)
	}
	return nil
}

func (k *keeper) keep(ctx context.Context, in io.Reader) error {
	if err := os.RemoveAll(k.work); err != nil {
		return fmt.Errorf("clear an interrupted backup away: %w", err)
	}
	if err := makeFolder(osFiles{}, k.work, ownFolderMode); err != nil {
		return err
	}
	if err := k.linkOlder(); err != nil {
		return err
	}
	if err := k.receive(in); err != nil {
		return err
	}
	if k.KeyFile != "" {
		if err := copyFile(k.KeyFile, filepath.Join(k.work, KeyFile)); err != nil {
			return err
		}
	}
	if err := k.verify(ctx); err != nil {
		return err
	}
	if err := syncAll(k.work); err != nil {
		return err
	}
	return k.replace()
}

// linkOlder takes over the full files of the older backup, which never change.
func (k *keeper) linkOlder() error {
	if k.older == nil {
		return nil
	}
	err := fs.WalkDir(os.DirFS(k.Folder), ".", func(path string, entry fs.DirEntry, err error) error {
		full := isLogPath(path) && path != CheckpointPath && !strings.Contains(path, partialSuffix+"/")
		if err != nil || entry.IsDir() || !full && path != KeyFile {
			return err
		}
		to := filepath.Join(k.work, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(to), ownFolderMode); err != nil {
			return err //nolint:wrapcheck // said below
		}
		return os.Link(filepath.Join(k.Folder, filepath.FromSlash(path)), to)
	})
	if err != nil {
		return fmt.Errorf("take over the older backup: %w", err)
	}
	return nil
}

// receive writes what comes.
func (k *keeper) receive(in io.Reader) (err error) {
	file, err := os.OpenFile(filepath.Join(k.work, VaultFile), os.O_CREATE|os.O_WRONLY|os.O_EXCL, ownFileMode)
	if err != nil {
		return fmt.Errorf("make a file for the vault: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	buffered := bufio.NewWriter(file)
	k.vault = newVaultWriter(buffered)
	files := tar.NewReader(in)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read the backup: %w", err)
		}
		if err := k.take(header, files); err != nil {
			return err
		}
	}
	return errors.Join(k.vault.finish(), buffered.Flush())
}

// take writes a file of the backup. Nothing but what a backup has is written, and nothing outside of its folder.
func (k *keeper) take(header *tar.Header, in io.Reader) error {
	isVault := strings.HasPrefix(header.Name, vaultFolder)
	if header.Typeflag != tar.TypeReg || !isVault && header.Name != VerifierKeyFile && !isLogPath(header.Name) {
		return fmt.Errorf("the backup has %q, which is nothing of a backup's: %w", header.Name, ErrDamaged)
	}
	data, err := readLimited(in)
	if err != nil {
		return fmt.Errorf("read %s of the backup: %w", header.Name, err)
	}
	if isVault {
		k.done.Vault++
		return k.vault.add(data)
	}
	path := filepath.Join(k.work, filepath.FromSlash(header.Name))
	if err := os.MkdirAll(filepath.Dir(path), ownFolderMode); err != nil {
		return fmt.Errorf("make the folder of %s: %w", path, err)
	}
	if err := os.WriteFile(path, data, ownFileMode); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// verify checks all that was written, as an auditor would.
func (k *keeper) verify(ctx context.Context) error {
	if len(k.Keys.list) == 0 {
		lines, err := os.ReadFile(filepath.Join(k.work, VerifierKeyFile))
		if err != nil {
			return fmt.Errorf("read the backup's verifier keys: %w", err)
		}
		trusted, err := verifiersOf(string(lines))
		if err != nil {
			return err
		}
		k.Keys = NewTrustedKeys(trusted...)
	}
	found, err := Verify(ctx, Verification{Source: Dir(k.work), Keys: k.Keys, Since: k.older, Progress: k.Progress})
	if err != nil {
		return fmt.Errorf("verify the backup: %w", err)
	}
	k.done.SignedHead, k.done.Transactions = found.SignedHead, found.Transactions
	for _, err := range readVaultFile(filepath.Join(k.work, VaultFile)) {
		if err != nil {
			return fmt.Errorf("verify the backup: %w", err)
		}
	}
	return nil
}

// replace puts the new backup into the place of the older one.
func (k *keeper) replace() error {
	old := k.Folder + oldEnds
	steps := []func() error{
		func() error { return os.RemoveAll(old) },
		func() error { return ignoreMissing(os.Rename(k.Folder, old)) },
		func() error { return os.Rename(k.work, k.Folder) },
		func() error { return osFiles{}.SyncDir(filepath.Dir(k.Folder)) },
		func() error { return os.RemoveAll(old) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("put the backup into place: %w", err)
		}
	}
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
