package eventstoretest

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
)

// Disk is a file system in memory that tells what was written from what would be left if the power were cut. It keeps
// names as a journalling file system does: in order, and what syncs a file or a folder brings to disk all changes of
// names up to the last one that concerns it. Content is on disk once its file is synced, and what was not may be left in
// part: sector by sector, in any order. With Strict it promises what POSIX does and no more: a name is on disk once its
// folder is synced.
type Disk struct {
	// Strict is set before the disk is used.
	Strict bool

	mu       sync.Mutex
	root     *inode
	last     uint64   // guarded by mu: number of the last inode
	naming   []naming // guarded by mu: changes of names that are not on disk yet, in order
	used     int      // guarded by mu: bytes of all files
	steps    int      // guarded by mu: changes so far
	off      bool     // guarded by mu: the power is cut
	limit    int      // guarded by mu: bytes that fit, 0 for any number
	failing  bool     // guarded by mu: syncs fail
	failed   int      // guarded by mu: syncs that failed
	atStep   int      // guarded by mu: the step at which something happens, 0 for none
	whatThen func()   // guarded by mu: what happens then, under mu
}

// inode is a file or a folder. It is guarded by the disk's mutex.
type inode struct {
	no       uint64
	folder   bool
	mode     uint32 // permissions
	names    map[string]*inode
	kept     map[string]*inode // names, as they are on disk
	data     []byte
	synced   []byte // data, as it is on disk
	lost     bool   // data cannot be read
	unsynced []change
}

// change is a change of a file's content: these bytes at this place, or with no data that it ends there.
type change struct {
	at   int
	data []byte
}

// naming is a change of names that is on disk as a whole or not at all.
type naming []entry

// entry is a name in a folder that got another inode, or none.
type entry struct {
	folder *inode
	name   string
	inode  *inode
	was    *inode
}

// NewDisk returns an empty disk.
func NewDisk() *Disk {
	d := &Disk{}
	d.root = d.newInode(true, 0o755)
	return d
}

func (d *Disk) newInode(folder bool, mode uint32) *inode {
	d.last++
	i := &inode{no: d.last, folder: folder, mode: mode & 0o7777}
	if folder {
		i.names, i.kept = map[string]*inode{}, map[string]*inode{}
	}
	return i
}

// step notes a change that is about to be made, and tells why it cannot be.
func (d *Disk) step() syscall.Errno {
	if d.off {
		return syscall.EIO
	}
	d.steps++
	if d.atStep > 0 && d.steps >= d.atStep {
		d.atStep = 0
		d.whatThen()
	}
	if d.off {
		return syscall.EIO
	}
	return 0
}

// Steps returns how many changes and syncs there were.
func (d *Disk) Steps() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.steps
}

// Fill has the disk be full with so many bytes more; -1: it is large enough again.
func (d *Disk) Fill(more int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.limit = d.used + more; more < 0 {
		d.limit = 0
	}
}

// FailSyncs has syncs fail, or no longer. As on Linux, what a failed sync did not bring to disk counts as written
// afterwards: it can be read, no later sync tries again, and it is gone when the power is cut.
func (d *Disk) FailSyncs(fail bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failing = fail
}

// FailedSyncs returns how many syncs failed.
func (d *Disk) FailedSyncs() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failed
}

// CutAt has the power cut before step n from now, counted from 1. The channel is closed then.
func (d *Disk) CutAt(n int) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	done := make(chan struct{})
	d.atStep, d.whatThen = d.steps+n, func() {
		d.off = true
		close(done)
	}
	return done
}

// IsOff tells whether the power was cut.
func (d *Disk) IsOff() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.off
}

// Cut cuts the power, if it is not cut: nothing can be read or written any more. It returns a disk with what is left: all
// that was synced, and of the rest what chance has it; without chance nothing. It may be called several times.
func (d *Disk) Cut(chance *rand.Rand) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = true
	left := NewDisk()
	left.Strict = d.Strict
	names := map[*inode]map[string]*inode{}
	lucky := 0
	if chance != nil {
		lucky = chance.IntN(len(d.naming) + 1)
	}
	for _, n := range d.naming[:lucky] {
		for _, e := range n {
			if names[e.folder] == nil {
				names[e.folder] = maps.Clone(e.folder.kept)
			}
			set(names[e.folder], e.name, e.inode)
		}
	}
	left.root = left.remember(d.root, names, chance)
	return left
}

func set(names map[string]*inode, name string, i *inode) {
	if i == nil {
		delete(names, name)
		return
	}
	names[name] = i
}

// remember copies what is left of an inode.
func (d *Disk) remember(from *inode, names map[*inode]map[string]*inode, chance *rand.Rand) *inode {
	i := d.newInode(from.folder, from.mode)
	if !from.folder {
		i.synced = slices.Clone(from.synced)
		for _, c := range from.unsynced {
			if chance != nil && chance.IntN(2) == 0 {
				i.synced = c.torn(chance).apply(i.synced)
			}
		}
		i.data = slices.Clone(i.synced)
		d.used += len(i.data)
		return i
	}
	left, ok := names[from]
	if !ok {
		left = from.kept
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		i.names[name] = d.remember(left[name], names, chance)
	}
	i.kept = maps.Clone(i.names)
	return i
}

// sector is what a disk writes whole or not at all.
const sector = 512

// torn returns a change of which, by chance, only the sectors before some place were written.
func (c change) torn(chance *rand.Rand) change {
	if len(c.data) == 0 || chance.IntN(3) > 0 {
		return c
	}
	end := (c.at + chance.IntN(len(c.data))) / sector * sector
	if end <= c.at {
		return c
	}
	return change{c.at, c.data[:end-c.at]}
}

// apply returns data with the change made.
func (c change) apply(data []byte) []byte {
	if c.data == nil {
		return resize(data, c.at)
	}
	if end := c.at + len(c.data); end > len(data) {
		data = resize(data, end)
	}
	copy(data[c.at:], c.data)
	return data
}

func resize(data []byte, size int) []byte {
	if size <= len(data) {
		clear(data[size:])
		return data[:size]
	}
	return append(data, make([]byte, size-len(data))...)
}

// change makes a change to a file.
func (d *Disk) change(i *inode, c change) syscall.Errno {
	if err := d.step(); err != 0 {
		return err
	}
	grows := c.at + len(c.data) - len(i.data)
	if grows > 0 && d.limit > 0 && d.used+grows > d.limit {
		return syscall.ENOSPC
	}
	before := len(i.data)
	i.data = c.apply(i.data)
	d.used += len(i.data) - before
	i.unsynced = append(i.unsynced, c)
	return 0
}

// rename makes changes of names, as one.
func (d *Disk) rename(n naming) syscall.Errno {
	if err := d.step(); err != 0 {
		return err
	}
	for at, e := range n {
		n[at].was = e.folder.names[e.name]
		set(e.folder.names, e.name, e.inode)
	}
	d.naming = append(d.naming, n)
	return 0
}

// sync brings an inode to disk.
func (d *Disk) sync(i *inode) syscall.Errno {
	if err := d.step(); err != 0 {
		return err
	}
	if d.failing {
		i.unsynced = nil
		d.failed++
		return syscall.EIO
	}
	for _, c := range i.unsynced {
		i.synced = c.apply(i.synced)
	}
	i.unsynced = nil
	d.syncNames(i)
	return 0
}

// syncNames brings to disk the changes of names that a sync of an inode does.
func (d *Disk) syncNames(i *inode) {
	keep := func(n naming) {
		for _, e := range n {
			set(e.folder.kept, e.name, e.inode)
		}
	}
	if d.Strict {
		d.naming = slices.DeleteFunc(d.naming, func(n naming) bool {
			ours := n.concerns(i, true)
			if ours {
				keep(n)
			}
			return ours
		})
		return
	}
	for at, n := range slices.Backward(d.naming) {
		if n.concerns(i, false) {
			for _, earlier := range d.naming[:at+1] {
				keep(earlier)
			}
			d.naming = slices.Delete(d.naming, 0, at+1)
			return
		}
	}
}

// concerns tells whether a change of names is one in a folder; or else one of the inode itself.
func (n naming) concerns(i *inode, inFolder bool) bool {
	return slices.ContainsFunc(n, func(e entry) bool {
		return e.folder == i || !inFolder && (e.inode == i || e.was == i)
	})
}
