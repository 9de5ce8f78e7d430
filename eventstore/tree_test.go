package eventstore

import (
	"fmt"
	"testing"

	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"
)

// The tree is that of RFC 6962, as two other implementations compute it.
func TestTree(t *testing.T) {
	tree := NewTree()
	var hashes []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, 0, len(indexes))
		for _, i := range indexes {
			found = append(found, hashes[i])
		}
		return found, nil
	})
	head, err := tree.Head()
	if err != nil || head.Size != 0 || head.Root != Hash(rfc6962.DefaultHasher.EmptyRoot()) {
		t.Errorf("the empty tree is %s (%v)", head, err)
	}
	for i := range int64(70) {
		leaf := fmt.Appendf(nil, "leaf %d", i)
		if LeafHash(leaf) != Hash(rfc6962.DefaultHasher.HashLeaf(leaf)) {
			t.Fatal("leaf hash differs")
		}
		if err := tree.Append(LeafHash(leaf)); err != nil {
			t.Fatal(err)
		}
		added, err := tlog.StoredHashes(i, leaf, reader)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, added...)
		want, err := tlog.TreeHash(i+1, reader)
		if err != nil {
			t.Fatal(err)
		}
		if head, err := tree.Head(); err != nil || head.Root != Hash(want) || int64(head.Size) != i+1 {
			t.Fatalf("tree of %d leaves is %s, not %s (%v)", i+1, head, want, err)
		}
	}
}

func TestVersions(t *testing.T) {
	for version, older := range map[string]bool{
		"2.15.1": false, "2.15.2": false, "2.16.0-RC.1": false, "3.0.0": false, "2.15.0": true, "2.14.99": true, "1.99.99": true,
		"": true, "dev": true, "2.x.1": true,
	} {
		if olderThan(version, oldestServer) != older {
			t.Errorf("%q is older than %s: %t", version, oldestServer, !older)
		}
	}
}

func TestHeadFile(t *testing.T) {
	dir := t.TempDir()
	for size := range 3 {
		var f headFile
		known, err := f.open(dir)
		if err != nil || int(known.Size) != size*1000 {
			t.Errorf("after %d, the head is %s (%v)", size, known, err)
		}
		next := TreeHead{Size: known.Size + 1000, Root: LeafHash([]byte{byte(size)})}
		if err := f.keep(next); err != nil {
			t.Error(err)
		}
		if err := f.close(); err != nil {
			t.Error(err)
		}
		if again, err := f.open(dir); err != nil || again != next {
			t.Errorf("%s was kept and %s is there (%v)", next, again, err)
		}
		if err := f.close(); err != nil {
			t.Error(err)
		}
	}
}
