package archive

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// Checkpoint is what the register signs: that the tree of its log, which has this name, had this size and root.
type Checkpoint struct {
	// Origin names the log; the keys that sign have the same name.
	Origin string
	Head   eventstore.TreeHead
}

// Text returns what is signed: origin, size and root, each on a line.
// Source: https://c2sp.org/tlog-checkpoint, section Note text.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Head.Size, base64.StdEncoding.EncodeToString(c.Head.Root[:]))
}

// Sign returns the checkpoint as a signed note.
func (c Checkpoint) Sign(signers ...note.Signer) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signers...)
	if err != nil {
		return nil, fmt.Errorf("sign the checkpoint of %d events: %w", c.Head.Size, err)
	}
	return signed, nil
}

// ParseCheckpoint reads a checkpoint that is signed by the log's own key, one of those given. Signatures of other known
// keys must be right too; those of unknown keys, such as witnesses', say nothing. Lines after the root are left aside.
// ErrSignature: no known key of that name signed, or a signature is wrong. ErrDamaged: it is no checkpoint.
func ParseCheckpoint(signed []byte, verifiers note.Verifiers) (Checkpoint, error) {
	opened, err := note.Open(signed, verifiers)
	_, unverified := errors.AsType[*note.UnverifiedNoteError](err)
	_, wrong := errors.AsType[*note.InvalidSignatureError](err)
	switch {
	case unverified, wrong:
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrSignature, err)
	case err != nil:
		return Checkpoint{}, fmt.Errorf("read a checkpoint: %w: %w", ErrDamaged, err)
	}
	c, err := parseText(opened.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	for _, signature := range opened.Sigs {
		if signature.Name == c.Origin {
			return c, nil
		}
	}
	return Checkpoint{}, fmt.Errorf("checkpoint of %q has no signature in that name: %w", c.Origin, ErrSignature)
}

// parseText reads the text of a checkpoint. There is one way to write each number.
func parseText(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	const needed = 3
	if len(lines) <= needed || lines[0] == "" {
		return Checkpoint{}, fmt.Errorf("a checkpoint has a line each for origin, size and root: %w", ErrDamaged)
	}
	size, err := strconv.ParseUint(lines[1], 10, 63)
	if err != nil || strconv.FormatUint(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("size %q of a checkpoint is no number: %w", lines[1], ErrDamaged)
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	c := Checkpoint{Origin: lines[0], Head: eventstore.TreeHead{Size: domain.EventNo(size)}}
	if err != nil || len(root) != len(c.Head.Root) {
		return Checkpoint{}, fmt.Errorf("root %q of a checkpoint is no hash: %w", lines[2], ErrDamaged)
	}
	copy(c.Head.Root[:], root)
	return c, nil
}
