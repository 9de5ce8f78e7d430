package archive

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// TrustedKeys are the verifier keys that an auditor trusts, one or more.
type TrustedKeys struct {
	list []note.Verifier
}

// NewTrustedKeys returns the keys with these verifiers.
func NewTrustedKeys(verifiers ...note.Verifier) TrustedKeys { return TrustedKeys{verifiers} }

// ParseTrustedKeys reads verifier keys in the form of C2SP signed-note (name+hash+key), one a line. Empty lines and lines that
// begin with # are left out.
func ParseTrustedKeys(text string) (TrustedKeys, error) {
	var keys TrustedKeys
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		verifier, err := note.NewVerifier(line)
		if err != nil {
			return TrustedKeys{}, fmt.Errorf("%q is no verifier key: %w", line, err)
		}
		keys.list = append(keys.list, verifier)
	}
	if len(keys.list) == 0 {
		return TrustedKeys{}, errors.New("no verifier key is given")
	}
	return keys, nil
}

// String lists the keys as name+hash.
func (k TrustedKeys) String() string {
	names := make([]string, 0, len(k.list))
	for _, v := range k.list {
		names = append(names, keyName(v.Name(), v.KeyHash()))
	}
	return strings.Join(names, ", ")
}

func keyName(name string, hash uint32) string { return fmt.Sprintf("%s+%08x", name, hash) }

// SignedHead is a checkpoint whose signature was checked: what a register has put its name to.
type SignedHead struct {
	// Origin names the log.
	Origin string
	Head   eventstore.TreeHead
	// SignedBy are the trusted keys that signed, as name+hash.
	SignedBy []string
	// OtherSignatures are those of keys that are not known here, as name+hash: they prove nothing to this auditor, and do
	// no harm. Witnesses' cosignatures are such until their keys are given.
	OtherSignatures []string
	// Note is the checkpoint as it was read.
	Note []byte
}

// OpenCheckpoint reads a checkpoint and checks its signature: one of the keys must have signed it, under the log's own
// name. Its error is a Finding. Source: https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note.
func OpenCheckpoint(signed []byte, keys TrustedKeys) (SignedHead, error) {
	opened, err := note.Open(signed, note.VerifierList(keys.list...))
	unverified, isUnverified := errors.AsType[*note.UnverifiedNoteError](err)
	invalid, isInvalid := errors.AsType[*note.InvalidSignatureError](err)
	switch {
	case isUnverified:
		return SignedHead{}, foundf("the checkpoint is not signed by the key given (%s), but by %s. Where the operator "+
			"says that the key was replaced, give the old and the new one in one file", keys, strings.Join(signatures(unverified.Note.UnverifiedSigs), ", "))
	case isInvalid:
		return SignedHead{}, foundf("the signature of %s under the checkpoint is not that of its text: the text was changed, "+
			"or the signature forged", keyName(invalid.Name, invalid.Hash))
	case err != nil:
		return SignedHead{}, foundf("the checkpoint is no signed note: %v", err)
	}
	head, err := readHead(opened.Text)
	if err != nil {
		return SignedHead{}, err
	}
	head.Note = slices.Clone(signed)
	head.OtherSignatures = signatures(opened.UnverifiedSigs)
	for _, s := range opened.Sigs {
		if s.Name == head.Origin {
			head.SignedBy = append(head.SignedBy, keyName(s.Name, s.Hash))
		}
	}
	if len(head.SignedBy) == 0 {
		return SignedHead{}, foundf("the checkpoint is of the log %q, but the key given (%s) is that of another log", head.Origin, keys)
	}
	return head, nil
}

func signatures(list []note.Signature) []string {
	names := make([]string, 0, len(list))
	for _, s := range list {
		names = append(names, keyName(s.Name, s.Hash))
	}
	return names
}

// readHead reads the text of a checkpoint: origin, size and root, each on a line, and perhaps further lines.
func readHead(text string) (SignedHead, error) {
	lines := strings.Split(text, "\n")
	const needed = 3
	if len(lines) <= needed || lines[0] == "" {
		return SignedHead{}, foundf("the checkpoint does not have a line each for origin, size and root")
	}
	size, err := strconv.ParseUint(lines[1], 10, maxSizeBits)
	if err != nil || strconv.FormatUint(size, 10) != lines[1] {
		return SignedHead{}, foundf("the size %q in the checkpoint is no number", lines[1])
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	head := SignedHead{Origin: lines[0], Head: eventstore.TreeHead{Size: domain.EventNo(size)}}
	if err != nil || len(root) != len(head.Head.Root) {
		return SignedHead{}, foundf("the root %q in the checkpoint is no hash", lines[2])
	}
	copy(head.Head.Root[:], root)
	return head, nil
}

// maxSizeBits leaves room for the numbering of inner nodes, of which there are as many again as events.
const maxSizeBits = 62
