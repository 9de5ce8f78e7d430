package eventstoretest

import (
	"context"
	"maps"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	fusefs "github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Mount mounts the disk and returns where, until the test ends. Where that is not possible the test is skipped.
func (d *Disk) Mount(t testing.TB) string {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); err != nil {
		t.Skipf("the machine cannot mount file systems of its users: %v", err)
	}
	dir := t.TempDir()
	none := time.Duration(0)
	server, err := fusefs.Mount(dir, &node{disk: d, inode: d.root}, &fusefs.Options{
		MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "remit-test", Name: "remit-test"},
		EntryTimeout: &none, AttrTimeout: &none,
		RootStableAttr: &fusefs.StableAttr{Ino: d.root.no, Mode: fuse.S_IFDIR},
	})
	if err != nil {
		t.Skipf("this user may not mount a file system: %v", err)
	}
	t.Cleanup(func() {
		if err := server.Unmount(); err == nil {
			return
		}
		// A server that lost its disk may keep files open until the process ends.
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount the disk: %v", err)
		}
	})
	return dir
}

// node is an inode as the kernel asks for it.
type node struct {
	fusefs.Inode

	disk  *Disk
	inode *inode
}

// handle is an open file: whether each write is to be synced.
type handle struct{ sync bool }

func handleOf(flags uint32) (fusefs.FileHandle, uint32) {
	return &handle{sync: flags&(syscall.O_SYNC|syscall.O_DSYNC) != 0}, fuse.FOPEN_DIRECT_IO
}

func (i *inode) kind() uint32 {
	if i.folder {
		return fuse.S_IFDIR
	}
	return fuse.S_IFREG
}

func (i *inode) fill(out *fuse.Attr) {
	out.Ino, out.Mode, out.Size, out.Nlink = i.no, i.kind()|i.mode, uint64(len(i.data)), 1
	out.Owner = fuse.Owner{Uid: uint32(os.Getuid()), Gid: uint32(os.Getgid())} //nolint:gosec // neither is negative
}

func (n *node) child(ctx context.Context, i *inode, out *fuse.EntryOut) *fusefs.Inode {
	i.fill(&out.Attr)
	return n.NewInode(ctx, &node{disk: n.disk, inode: i}, fusefs.StableAttr{Ino: i.no, Mode: i.kind()})
}

// Lookup finds a name.
func (n *node) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fusefs.Inode, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	found := n.inode.names[name]
	switch {
	case n.disk.off:
		return nil, syscall.EIO
	case found == nil:
		return nil, syscall.ENOENT
	}
	return n.child(ctx, found, out), 0
}

func (n *node) add(ctx context.Context, name string, folder bool, mode uint32, out *fuse.EntryOut) (*fusefs.Inode, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	added := n.disk.newInode(folder, mode)
	if err := n.disk.rename(naming{{folder: n.inode, name: name, inode: added}}); err != 0 {
		return nil, err
	}
	return n.child(ctx, added, out), 0
}

// Create makes a file.
func (n *node) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (
	*fusefs.Inode, fusefs.FileHandle, uint32, syscall.Errno,
) {
	added, err := n.add(ctx, name, false, mode, out)
	file, how := handleOf(flags)
	return added, file, how, err
}

// Mkdir makes a folder.
func (n *node) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fusefs.Inode, syscall.Errno) {
	return n.add(ctx, name, true, mode, out)
}

// Unlink removes a file's name.
func (n *node) Unlink(_ context.Context, name string) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if gone := n.inode.names[name]; gone != nil {
		n.disk.used -= len(gone.data)
	}
	return n.disk.rename(naming{{folder: n.inode, name: name}})
}

// Rmdir removes an empty folder.
func (n *node) Rmdir(_ context.Context, name string) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if gone := n.inode.names[name]; gone != nil && len(gone.names) > 0 {
		return syscall.ENOTEMPTY
	}
	return n.disk.rename(naming{{folder: n.inode, name: name}})
}

// Rename moves a name.
func (n *node) Rename(_ context.Context, name string, parent fusefs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	to, ok := parent.(*node)
	if !ok || flags != 0 {
		return syscall.EINVAL
	}
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	moved := n.inode.names[name]
	if replaced := to.inode.names[newName]; replaced != nil {
		n.disk.used -= len(replaced.data)
	}
	return n.disk.rename(naming{{folder: n.inode, name: name}, {folder: to.inode, name: newName, inode: moved}})
}

// Open opens a file.
func (n *node) Open(_ context.Context, flags uint32) (fusefs.FileHandle, uint32, syscall.Errno) {
	file, how := handleOf(flags)
	return file, how, 0
}

// Read reads.
func (n *node) Read(_ context.Context, _ fusefs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if n.disk.off || n.inode.lost {
		return nil, syscall.EIO
	}
	data := n.inode.data
	copied := copy(dest, data[min(int(off), len(data)):])
	return fuse.ReadResultData(dest[:copied]), 0
}

// Write writes, and syncs where the file was opened so.
func (n *node) Write(_ context.Context, f fusefs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if err := n.disk.change(n.inode, change{at: int(off), data: slices.Clone(data)}); err != 0 {
		return 0, err
	}
	if file, ok := f.(*handle); ok && file.sync {
		if err := n.disk.sync(n.inode); err != 0 {
			return 0, err
		}
	}
	return uint32(len(data)), 0 //nolint:gosec // the kernel writes little at a time
}

// Fsync syncs a file or a folder.
func (n *node) Fsync(context.Context, fusefs.FileHandle, uint32) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	return n.disk.sync(n.inode)
}

// Flush says that the kernel need not ask: a process that ends with files open would wait for its own answer.
func (n *node) Flush(context.Context, fusefs.FileHandle) syscall.Errno { return syscall.ENOSYS }

// Getattr tells what a file or folder is.
func (n *node) Getattr(_ context.Context, _ fusefs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	n.inode.fill(&out.Attr)
	return 0
}

// Setattr changes a file's size or permissions.
func (n *node) Setattr(_ context.Context, _ fusefs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if mode, ok := in.GetMode(); ok {
		n.inode.mode = mode & 0o7777
	}
	if size, ok := in.GetSize(); ok {
		if err := n.disk.change(n.inode, change{at: int(size)}); err != 0 { //nolint:gosec // files are small
			return err
		}
	}
	n.inode.fill(&out.Attr)
	return 0
}

// Readdir lists a folder.
func (n *node) Readdir(context.Context) (fusefs.DirStream, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if n.disk.off {
		return nil, syscall.EIO
	}
	var entries []fuse.DirEntry
	for _, name := range slices.Sorted(maps.Keys(n.inode.names)) {
		i := n.inode.names[name]
		entries = append(entries, fuse.DirEntry{Name: name, Ino: i.no, Mode: i.kind()})
	}
	return fusefs.NewListDirStream(entries), 0
}

// Statfs tells how much fits.
func (n *node) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	const free = 1 << 30
	out.Bsize, out.Frsize, out.NameLen = sector, sector, 255
	out.Blocks, out.Bfree, out.Bavail = 2*free/sector, free/sector, free/sector
	return 0
}
