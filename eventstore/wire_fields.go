package eventstore

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/remit-register/remit/domain"
)

// date visits a civil date, stored as the decimal number YYYYMMDD.
func date(c *coder, num protowire.Number, v *domain.Date) {
	var digits uint32
	if c.writing && *v != 0 {
		digits = digitsOf(*v)
	}
	number(c, num, &digits)
	if !c.writing && digits != 0 {
		if *v = dateOf(digits); digitsOf(*v) != digits || digits < 1_00_00 || digits > 9999_99_99 {
			c.fail(fmt.Errorf("field %d: %d is not a date: %w", num, digits, errNotCanonical))
		}
	}
}

// dateOf and digitsOf turn the decimal number YYYYMMDD into a date and back. Domain dates count days, with 1 January of
// year 1 as day 1. A year is taken to begin with March, so that its leap day is the last; months then begin
// (153m+2)/5 days into it. Events have several dates each: time.Date takes ten times as long.
func dateOf(digits uint32) domain.Date {
	year, month, day := int32(digits/10000), int32(digits/100%100), int32(digits%100) //nolint:gosec // ten digits or fewer
	month -= 3
	if month < 0 {
		month += 12
		year--
	}
	return domain.Date(365*year + year/4 - year/100 + year/400 + (153*month+2)/5 + day - marchFirst)
}

func digitsOf(d domain.Date) uint32 {
	days := int32(d) + marchFirst - 1 // since 1 March of year 0
	era := days / daysIn400
	ofEra := days % daysIn400
	year := (ofEra - ofEra/1460 + ofEra/36524 - ofEra/146096) / 365
	ofYear := ofEra - (365*year + year/4 - year/100)
	month := (5*ofYear + 2) / 153
	day := ofYear - (153*month+2)/5 + 1
	year += 400 * era
	if month += 3; month > 12 {
		month -= 12
		year++
	}
	return uint32(year*10000 + month*100 + day) //nolint:gosec // four, two and two digits
}

const (
	// marchFirst is how many days lie between 1 March of year 0 and day 0.
	marchFirst = 306
	daysIn400  = 146097
)

// digest visits 32 bytes that are hex in the domain.
func digest(c *coder, num protowire.Number, v *string) {
	switch {
	case c.err != nil:
	case !c.writing:
		var raw string
		if binary(c, num, digestSize, &raw); raw != "" {
			var buffer [3 * digestSize]byte
			*v = c.make(hex.AppendEncode(buffer[digestSize:digestSize], append(buffer[:0], raw...)))
		}
	case *v != "":
		c.tag(num, protowire.BytesType)
		c.out = protowire.AppendVarint(c.out, digestSize)
		start := len(c.out)
		var err error
		if c.out, err = hex.AppendDecode(c.out, []byte(*v)); err != nil || len(c.out) != start+digestSize {
			c.fail(fmt.Errorf("field %d: %q is not %d bytes in hex: %w", num, *v, digestSize, ErrBadRequest))
		}
	}
}

const digestSize = 32

// digests visits a list of values like that of digest.
func digests(c *coder, num protowire.Number, v *[]string) {
	raw := make([][]byte, 0, len(*v))
	for _, d := range *v {
		b, err := hex.DecodeString(d)
		if err != nil {
			c.fail(fmt.Errorf("field %d: %w: %w", num, ErrBadRequest, err))
		}
		raw = append(raw, b)
	}
	blobs(c, num, &raw)
	if c.writing {
		return
	}
	for _, b := range raw {
		*v = append(*v, hex.EncodeToString(b))
	}
}

// sealed visits a text that could name a person: its commitment, never the text.
func sealed(c *coder, num protowire.Number, v *domain.Text) {
	if c.writing && v.Clear != "" && v.Commitment == "" {
		c.fail(fmt.Errorf("field %d: a personal text was not sealed: %w", num, ErrBadRequest))
	}
	digest(c, num, &v.Commitment)
	if v.Commitment != "" {
		c.commitments = append(c.commitments, v.Commitment)
	}
}

// sealedList visits a list of texts that could name a person.
func sealedList(c *coder, num protowire.Number, v *[]domain.Text) {
	commitments := make([]string, 0, len(*v))
	for _, t := range *v {
		if t.Commitment == "" {
			c.fail(fmt.Errorf("field %d: a personal text was not sealed: %w", num, ErrBadRequest))
		}
		commitments = append(commitments, t.Commitment)
	}
	digests(c, num, &commitments)
	c.commitments = append(c.commitments, commitments...)
	if c.writing {
		return
	}
	for _, commitment := range commitments {
		*v = append(*v, domain.Text{Commitment: commitment})
	}
}

// pair is an entry of a map, which protobuf stores as a list of messages.
type pair[K, V ~string] struct {
	key   K
	value V
}

func pairFields[K, V ~string](c *coder, p *pair[K, V]) {
	text(c, 1, &p.key)
	text(c, 2, &p.value)
}

// pairs visits a map, in the order of its keys. Keys and values are not empty.
func pairs[K, V ~string](c *coder, num protowire.Number, v *map[K]V) {
	entries := make([]pair[K, V], 0, len(*v))
	for _, key := range slices.Sorted(maps.Keys(*v)) {
		entries = append(entries, pair[K, V]{key, (*v)[key]})
	}
	many(c, num, &entries, pairFields[K, V])
	for i, e := range entries {
		if e.key == "" || e.value == "" || i > 0 && entries[i-1].key >= e.key {
			c.fail(errNotCanonical)
		}
	}
	if c.writing || len(entries) == 0 {
		return // what is written may be read by others at the same time
	}
	*v = make(map[K]V, len(entries))
	for _, e := range entries {
		(*v)[e.key] = e.value
	}
}
