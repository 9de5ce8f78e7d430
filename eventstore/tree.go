package eventstore

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/transparency-dev/merkle/compact"

	"github.com/remit-register/remit/domain"
)

// Hash is a SHA-256 hash of the RFC 6962 tree whose leaves are the events' stored bytes.
type Hash [32]byte

// String returns the hash in hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// TreeHead is the tree after its first Size events: leaf index = event number - 1. Two journals with equal heads hold
// the same events, byte for byte, however they were packed into commits.
type TreeHead struct {
	Size domain.EventNo
	Root Hash
}

// String returns "size:root".
func (h TreeHead) String() string { return fmt.Sprintf("%d:%s", h.Size, h.Root) }

// Tree is the growing RFC 6962 tree, of which it keeps the right edge: memory and time of an append are logarithmic.
// It is not safe for concurrent use.
type Tree struct {
	edge *compact.Range
}

// NewTree returns the empty tree.
func NewTree() *Tree {
	factory := compact.RangeFactory{Hash: hashChildren}
	return &Tree{edge: factory.NewEmptyRange(0)}
}

// LeafHash returns the hash of the leaf that holds an event's stored bytes.
func LeafHash(event []byte) Hash {
	var buffer [1024]byte
	return sha256.Sum256(append(append(buffer[:0], leafPrefix), event...))
}

// hashChildren returns the hash of an inner node. The tree library's own hasher does the same, in more than twice the
// time.
func hashChildren(left, right []byte) []byte {
	var node [1 + 2*sha256.Size]byte
	node[0] = nodePrefix
	copy(node[1:], left)
	copy(node[1+sha256.Size:], right)
	sum := sha256.Sum256(node[:])
	return sum[:]
}

// Source: RFC 6962 section 2.1.
const (
	leafPrefix = 0
	nodePrefix = 1
)

// Append adds the leaf with this hash.
func (t *Tree) Append(leaf Hash) error {
	if err := t.edge.Append(leaf[:], nil); err != nil {
		return fmt.Errorf("append leaf %d: %w", t.edge.End(), err)
	}
	return nil
}

// Size returns the number of leaves.
func (t *Tree) Size() domain.EventNo { return domain.EventNo(t.edge.End()) }

// Head returns size and root of the tree as it stands.
func (t *Tree) Head() (TreeHead, error) {
	head := TreeHead{Size: t.Size()}
	if head.Size == 0 {
		head.Root = sha256.Sum256(nil)
		return head, nil
	}
	root, err := t.edge.GetRootHash(nil)
	if err != nil {
		return TreeHead{}, fmt.Errorf("root of %d leaves: %w", head.Size, err)
	}
	head.Root = Hash(root)
	return head, nil
}
