package domain

import (
	"fmt"
	"strconv"
)

// RootHash is the root of the tree of events after some event: SHA-256 in hex.
type RootHash string

// FirstEpoch is the epoch in which every register begins.
const FirstEpoch = 1

// EpochBegan says that the register was restored, and what it was restored to: the numbers after it are given out in
// another epoch than those that may have been given out before and lost. The event's reason says why.
type EpochBegan struct {
	// Epoch counts from 2; before the first such event it is 1.
	Epoch int
	// RestoredSize and RestoredRoot are the tree of all events that were restored: those before this one.
	RestoredSize EventNo
	RestoredRoot RootHash
	// Unsigned is how many of them, the last ones, the archive's signed checkpoint did not cover: they were taken from
	// what was left of the old journal, where each followed from the one before.
	Unsigned EventNo
	// MayHaveLost says that events after RestoredSize may have been recorded in the epoch before, and are lost.
	MayHaveLost bool
	// LostUpTo is the number of the last event that is known to have been recorded before; 0 when none is known that was
	// not restored.
	LostUpTo EventNo
	// FormerLog is the name of the log that ended, where a new one with another key had to begin; "" where the same log
	// goes on.
	FormerLog string
}

// FactType is the fact's name.
func (EpochBegan) FactType() string { return "EpochBegan" }

// Entity is the epoch.
func (f EpochBegan) Entity() string {
	if f.Epoch == 0 {
		return "epoch/"
	}
	return "epoch/" + strconv.Itoa(f.Epoch)
}

// Effective is zero: an epoch begins when it is recorded.
func (EpochBegan) Effective() Date { return 0 }

// BeginEpoch records that the register was restored. It is the register's own: no person may give it.
type BeginEpoch struct {
	RestoredSize EventNo  `json:"restoredSize,omitempty"`
	RestoredRoot RootHash `json:"restoredRoot,omitempty"`
	Unsigned     EventNo  `json:"unsigned,omitempty"`
	MayHaveLost  bool     `json:"mayHaveLost,omitempty"`
	LostUpTo     EventNo  `json:"lostUpTo,omitempty"`
	FormerLog    string   `json:"formerLog,omitempty"`
}

// Method is the command's name.
func (BeginEpoch) Method() string { return "BeginEpoch" }

// decide checks that the register is what was restored, all of it and nothing more.
func (c BeginEpoch) decide(d *decision) {
	if c.RestoredSize != d.s.last {
		d.invalid("restoredSize", fmt.Sprintf("The register has %d events, not %d.", d.s.last, c.RestoredSize))
	}
	if c.RestoredRoot == "" {
		d.invalid("restoredRoot", "The root of the tree is required.")
	}
	if c.Unsigned > c.RestoredSize {
		d.invalid("unsigned", "More events cannot be unsigned than there are.")
	}
	if c.LostUpTo != 0 && (!c.MayHaveLost || c.LostUpTo <= c.RestoredSize) {
		d.invalid("lostUpTo", "Only events after those that were restored can be lost.")
	}
	if d.ok() {
		d.emit(EpochBegan{
			Epoch: d.s.Epochs.At(d.s.last) + 1, RestoredSize: c.RestoredSize, RestoredRoot: c.RestoredRoot, Unsigned: c.Unsigned,
			MayHaveLost: c.MayHaveLost, LostUpTo: c.LostUpTo, FormerLog: c.FormerLog,
		})
	}
}

// Epoch is an epoch of the register and the event that began it.
type Epoch struct {
	EpochBegan
	Event EventNo
}

// Epochs are the epochs of the register after the first.
type Epochs struct {
	began table[struct{}, []Epoch]
}

// NewEpochs returns the epochs of a register before its first event.
func NewEpochs() *Epochs {
	e := &Epochs{}
	e.init(nil)
	return e
}

func (x *Epochs) init(undo *undoLog) { x.began.init(undo) }

// Apply folds an event and tells whether an epoch began with it.
func (x *Epochs) Apply(e *Event) bool {
	f, ok := e.Fact.(EpochBegan)
	if ok {
		x.began.set(struct{}{}, appended(x.began.m[struct{}{}], Epoch{f, e.No}))
	}
	return ok
}

// All returns the epochs after the first, in their order.
func (x *Epochs) All() []Epoch { return x.began.m[struct{}{}] }

// At returns the epoch in which event no was recorded.
func (x *Epochs) At(no EventNo) int {
	epoch := FirstEpoch
	for _, began := range x.began.m[struct{}{}] {
		if began.Event <= no {
			epoch = began.Epoch
		}
	}
	return epoch
}
