package eventstore

import (
	"hash/maphash"
	"strings"
	"unicode/utf8"
)

// words are texts that were read lately. Codes, roles and sources come in event after event: the same text is given
// again instead of a new copy, so that nothing that was read holds on to the bytes that it was read from, and texts that
// are equal are found to be so at once. It is not safe for concurrent use.
type words struct {
	seed  maphash.Seed
	slots [wordSlots]string
}

const (
	wordSlots = 1024
	// wordLongest is the longest text that is kept: longer ones are seldom the same.
	wordLongest = 64
)

func newWords() *words { return &words{seed: maphash.MakeSeed()} }

// word returns a text equal to s that shares no memory with it, and false when it is not valid UTF-8.
func (w *words) word(s string) (string, bool) {
	if len(s) > wordLongest {
		return strings.Clone(s), utf8.ValidString(s)
	}
	slot := &w.slots[maphash.String(w.seed, s)%wordSlots]
	if *slot == s {
		return *slot, true
	}
	if !utf8.ValidString(s) {
		return "", false
	}
	*slot = strings.Clone(s)
	return *slot, true
}

// ids is how long a transaction's and a command's id and a digest are together, as texts.
const ids = 26 + 36 + 2*digestSize

// makeRoom begins a text of so many bytes, for make.
func (c *coder) makeRoom(size int) {
	c.made.Reset()
	c.made.Grow(size)
}

// make returns bytes as a text, which where there is room is a part of one that others are parts of.
func (c *coder) make(text []byte) string {
	start := c.made.Len()
	if start+len(text) > c.made.Cap() {
		return string(text)
	}
	c.made.Write(text)
	return c.made.String()[start:]
}

// newReader returns a coder that reads many events, which keep nothing of the bytes that they are read from.
func newReader() *coder { return &coder{words: newWords()} }
