package projections

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"

	"github.com/remit-register/remit/domain"
)

// digestVersion names how the map is written down; another way of writing gets another version.
const digestVersion = "v1"

// writePage is how many entries WriteMap takes at a time: it writes them without holding the lock.
const writePage = 4096

// Digest is the whole map in one number: registers that hold the same events have the same digest as of the same
// point, however they came by them.
type Digest struct {
	AsOf domain.AsOf
	// Digest is "v1:sha256:" and the SHA-256 of the text of WriteMap in hex.
	Digest string
	// Holdings is how many entries the map has.
	Holdings int
}

// Digest computes the digest of the whole map. It refuses with domain.InvalidArgument for a position not reached yet.
func (v *Views) Digest(a domain.AsOf) (Digest, error) {
	hash := sha256.New()
	n, a, err := v.WriteMap(hash, a)
	if err != nil {
		return Digest{}, err
	}
	digest := digestVersion + ":sha256:" + hex.EncodeToString(hash.Sum(nil))
	return Digest{AsOf: a, Digest: digest, Holdings: n}, nil
}

// WriteMap writes the whole map as text, one line an entry, in the order of the map: function, part, footprint, role,
// holder, acting through, accountable to, held through, instrument, arrangement, confidence, source, undetermined,
// from, to and event, as quoted strings with a tab between them. It returns how many entries it wrote, and the AsOf as
// resolved. It refuses as Digest does, and fails when writing does.
func (v *Views) WriteMap(w io.Writer, a domain.AsOf) (int, domain.AsOf, error) {
	out := bufio.NewWriter(w)
	q := MapQuery{AsOf: a, Limit: writePage}
	var text []byte
	n := 0
	for {
		page, err := v.Map(q)
		if err != nil {
			return n, a, err
		}
		for i := range page.Holdings {
			text = appendEntry(text[:0], &page.Holdings[i])
			if _, err := out.Write(text); err != nil {
				return n, page.AsOf, fmt.Errorf("write the map: %w", err)
			}
		}
		n += len(page.Holdings)
		if page.Next != nil {
			q.AsOf, q.After = page.AsOf, page.Next
			continue
		}
		if err := out.Flush(); err != nil {
			return n, page.AsOf, fmt.Errorf("write the map: %w", err)
		}
		return n, page.AsOf, nil
	}
}

func appendEntry(text []byte, e *Entry) []byte {
	fields := [...]string{
		string(e.Remit.Subject.Function), string(e.Remit.Subject.Part), string(e.Remit.Footprint), string(e.Remit.Role),
		string(e.Holder), string(e.ActingThrough), string(e.AccountableTo), e.HeldThrough,
		string(e.Instrument), string(e.Arrangement), string(e.Confidence), e.Source,
		strconv.FormatBool(e.Undetermined), e.From.String(), e.To.String(), strconv.FormatUint(uint64(e.Event), 10),
	}
	for i, field := range fields {
		if i > 0 {
			text = append(text, '\t')
		}
		text = strconv.AppendQuote(text, field)
	}
	return append(text, '\n')
}
