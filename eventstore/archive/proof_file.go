package archive

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-register/remit/eventstore"
)

// ProofFile is everything that it takes to check, with the log's public key and nothing else, that an event is
// recorded. As text it has the form of C2SP tlog-proof: a line that says so; "extra" and the event's stored bytes in
// base64; "index" and its place in the log from 0; the hashes of its path to the root, one a line; an empty line; and the
// signed checkpoint. Source: https://c2sp.org/tlog-proof.
type ProofFile struct {
	// Event is the event's stored bytes.
	Event []byte
	// Index is the number of the event less one.
	Index uint64
	// Hashes is the path from the event to the root, from below.
	Hashes []tlog.Hash
	// Checkpoint is the signed checkpoint.
	Checkpoint []byte
}

// ProofFileSuffix ends the names of files with proofs.
const ProofFileSuffix = ".tlog-proof"

const (
	proofHeader = "c2sp.org/tlog-proof@v1"
	// A path has at most this many hashes.
	maxPathHashes = 63
	// maxNoteBytes is the size of the largest checkpoint.
	maxNoteBytes = 64 << 10
)

// Text returns the proof as the text of a file. ParseProofFile reads it.
func (p ProofFile) Text() []byte {
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s\nextra %s\nindex %d\n", proofHeader, base64.StdEncoding.EncodeToString(p.Event), p.Index)
	for _, hash := range p.Hashes {
		fmt.Fprintf(&text, "%s\n", hash)
	}
	text.WriteByte('\n')
	text.Write(p.Checkpoint)
	return text.Bytes()
}

// ParseProofFile reads the text of a proof. There is one text for each proof; any other is refused with a Finding.
func ParseProofFile(text []byte) (ProofFile, error) {
	head, checkpoint, ok := bytes.Cut(text, []byte("\n\n"))
	if !ok {
		return ProofFile{}, foundf("the file is no proof: it has no empty line before a checkpoint")
	}
	if len(checkpoint) > maxNoteBytes {
		return ProofFile{}, foundf("the file is no proof: its checkpoint has %d bytes, more than %d", len(checkpoint), maxNoteBytes)
	}
	const fixed = 3 // lines before the hashes
	lines := strings.Split(string(head), "\n")
	if lines[0] != proofHeader || len(lines) < fixed || len(lines) > fixed+maxPathHashes {
		return ProofFile{}, foundf("the file is no proof: it does not begin with %q, an event, an index and up to %d hashes",
			proofHeader, maxPathHashes)
	}
	p := ProofFile{Checkpoint: checkpoint}
	if err := p.readEvent(lines[1]); err != nil {
		return ProofFile{}, err
	}
	if err := p.readIndex(lines[2]); err != nil {
		return ProofFile{}, err
	}
	for n, line := range lines[fixed:] {
		hash, err := tlog.ParseHash(line)
		if err != nil || hash.String() != line {
			return ProofFile{}, foundf("line %d of the proof is no hash", fixed+n+1)
		}
		p.Hashes = append(p.Hashes, hash)
	}
	return p, nil
}

func (p *ProofFile) readEvent(line string) error {
	text, ok := strings.CutPrefix(line, "extra ")
	if !ok {
		return foundf("the proof does not hold the event that it proves: its second line does not begin with %q", "extra ")
	}
	event, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") || len(event) == 0 || len(event) > eventstore.MaxEventBytes {
		return foundf("the event in the proof is not in base64, or not of 1 to %d bytes", eventstore.MaxEventBytes)
	}
	p.Event = event
	return nil
}

func (p *ProofFile) readIndex(line string) error {
	text, ok := strings.CutPrefix(line, "index ")
	index, err := strconv.ParseUint(text, 10, maxSizeBits)
	if !ok || err != nil || strconv.FormatUint(index, 10) != text {
		return foundf("the third line of the proof, %.40q, is no index", line)
	}
	p.Index = index
	return nil
}
