package archive

import (
	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// Proven is an event that a proof proves to be recorded.
type Proven struct {
	SignedHead

	// Event is the event. Its personal texts are commitments.
	Event domain.Event
	// Stored are its stored bytes: a remit.event.v1.Event.
	Stored []byte
}

// VerifyProof checks the text of a proof file by itself: that a trusted key signed the checkpoint in it, that the event
// in it is where it says in the tree of that checkpoint, and that it is the event of that number. What does not prove
// itself is a Finding.
func VerifyProof(text []byte, keys TrustedKeys) (Proven, error) {
	p, err := ParseProofFile(text)
	if err != nil {
		return Proven{}, err
	}
	head, err := OpenCheckpoint(p.Checkpoint, keys)
	if err != nil {
		return Proven{}, err
	}
	size, index := int64(head.Head.Size), int64(p.Index) //nolint:gosec // both were read with fewer bits
	if index >= size {
		return Proven{}, foundf("the proof is about event %d, but its checkpoint covers %d events only", p.Index+1, size)
	}
	leaf := tlog.RecordHash(p.Event)
	if err := tlog.CheckRecord(p.Hashes, size, tlog.Hash(head.Head.Root), index, leaf); err != nil {
		return Proven{}, foundf("the event in the proof, whose bytes have the hash %s, is not event %d of the log that was "+
			"signed: its path does not lead to the root %s of %d events", eventstore.Hash(leaf), p.Index+1, head.Head.Root, size)
	}
	e, err := eventstore.DecodeEvent(p.Event)
	if err != nil {
		return Proven{}, foundf("event %d was signed as it is, but is no event that this version can read: %v", p.Index+1, err)
	}
	if uint64(e.No) != p.Index+1 {
		return Proven{}, foundf("the log that was signed has event %d in the place of event %d", e.No, p.Index+1)
	}
	return Proven{SignedHead: head, Event: e, Stored: p.Event}, nil
}
