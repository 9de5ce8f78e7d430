package eventstoretest

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// DiskFiles is a disk as the archive's writer uses a file system.
type DiskFiles struct{ *Disk }

func fault(err syscall.Errno, doing, name string) error {
	if err == 0 {
		return nil
	}
	return &fs.PathError{Op: doing, Path: name, Err: err}
}

// find returns what has a path, and the folder that it is or would be in.
func (d *Disk) find(path string) (folder, found *inode, name string, err syscall.Errno) {
	if d.off {
		return nil, nil, "", syscall.EIO
	}
	found = d.root
	for part := range strings.SplitSeq(strings.Trim(filepath.ToSlash(path), "/"), "/") {
		if found == nil {
			return nil, nil, "", syscall.ENOENT
		}
		if !found.folder {
			return nil, nil, "", syscall.ENOTDIR
		}
		if part != "" {
			folder, name = found, part
			found = found.names[part]
		}
	}
	return folder, found, name, 0
}

// ReadFile returns the content of a file.
func (f DiskFiles) ReadFile(name string) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, found, _, err := f.find(name)
	if err == 0 && found == nil {
		err = syscall.ENOENT
	}
	if err == 0 && found.lost {
		err = syscall.EIO
	}
	if err != 0 {
		return nil, fault(err, "read", name)
	}
	return slices.Clone(found.data), nil
}

// ReadDir returns the names in a folder.
func (f DiskFiles) ReadDir(name string) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, found, _, err := f.find(name)
	if err == 0 && found == nil {
		err = syscall.ENOENT
	}
	if err != 0 {
		return nil, fault(err, "list", name)
	}
	return slices.Sorted(maps.Keys(found.names)), nil
}

// WriteFile writes and syncs a file.
func (f DiskFiles) WriteFile(name string, data []byte, mode fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	folder, found, last, err := f.find(name)
	if err == 0 && found == nil {
		found = f.newInode(false, uint32(mode))
		err = f.rename(naming{{folder: folder, name: last, inode: found}})
	} else if err == 0 {
		err = f.change(found, change{})
	}
	if err == 0 {
		err = f.change(found, change{data: slices.Clone(data)})
	}
	if err == 0 {
		err = f.sync(found)
	}
	return fault(err, "write", name)
}

// Rename gives a file another name.
func (f DiskFiles) Rename(from, to string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	folder, found, last, err := f.find(from)
	if err == 0 && found == nil {
		err = syscall.ENOENT
	}
	toFolder, _, toLast, toErr := f.find(to)
	if err == 0 {
		err = toErr
	}
	if err == 0 {
		err = f.rename(naming{{folder: folder, name: last}, {folder: toFolder, name: toLast, inode: found}})
	}
	return fault(err, "rename", from)
}

// SyncDir syncs a folder.
func (f DiskFiles) SyncDir(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, found, _, err := f.find(name)
	if err == 0 && found == nil {
		err = syscall.ENOENT
	}
	if err == 0 {
		err = f.sync(found)
	}
	return fault(err, "sync", name)
}

// Mkdir makes a folder.
func (f DiskFiles) Mkdir(name string, mode fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	folder, found, last, err := f.find(name)
	if err == 0 && found != nil {
		err = syscall.EEXIST
	}
	if err == 0 {
		err = f.rename(naming{{folder: folder, name: last, inode: f.newInode(true, uint32(mode))}})
	}
	return fault(err, "make", name)
}

// RemoveAll removes what has a name.
func (f DiskFiles) RemoveAll(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	folder, found, last, err := f.find(name)
	if err == syscall.ENOENT || err == 0 && found == nil {
		return nil
	}
	if err == 0 {
		err = f.rename(naming{{folder: folder, name: last}})
	}
	return fault(err, "remove", name)
}

// FailReads has whatever reads the file at a path fail, as bad sectors do. It can be written, moved and removed.
func (d *Disk) FailReads(t testing.TB, path string) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	_, found, _, err := d.find(path)
	if err != 0 || found == nil || found.folder {
		t.Fatalf("there is no file %s on the disk", path)
	}
	found.lost = true
}

// Copy writes what is on the disk below a path into a folder of the machine.
func (d *Disk) Copy(t testing.TB, path, to string) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	_, found, _, err := d.find(path)
	if err != 0 || found == nil {
		return
	}
	if err := found.copy(to); err != nil {
		t.Fatal(err)
	}
}

func (i *inode) copy(to string) error {
	if !i.folder {
		return os.WriteFile(to, i.data, fs.FileMode(i.mode)) //nolint:wrapcheck // the test says what it copies
	}
	if err := os.MkdirAll(to, fs.FileMode(i.mode)); err != nil {
		return err //nolint:wrapcheck // as above
	}
	for name, below := range i.names {
		if err := below.copy(filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return nil
}
