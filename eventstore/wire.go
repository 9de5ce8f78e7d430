package eventstore

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// coder writes a value in the protobuf wire format, or reads it back. Each stored type is described once, by a
// function that visits its fields in the order of their numbers; the same function serves both directions, so that
// they cannot differ.
//
// There is exactly one encoding of a value: fields in ascending order, zero values left out, shortest numbers. The
// reader accepts no other, and no field that it does not know: what was written by a newer release is refused, never
// read in part. It follows that what can be read can be written again to the same bytes.
//
// The first error stays; after it, visits do nothing.
type coder struct {
	writing bool
	out     []byte // written so far
	in      string // left to read; strings that were read share its memory
	err     error
	// whole is what in was made of, where it is read at the outermost level only and may be kept; parts are the byte
	// strings that were read of it.
	whole []byte
	parts []string
	// commitments of the personal texts that were visited, in hex
	commitments []string
	// what oneof compares with, for the innermost choice: type of the member to be written, nil once it is; field of the
	// member to be read
	memberType  reflect.Type
	memberField protowire.Number
	// room is a pointer to a zero value of the type of the last member of a oneof: see roomFor.
	room any
	// words are texts that were read lately, nil where texts share the memory of what they are read from.
	words *words
	// groups says to which group of facts a field belongs, counted from 1: see facts.
	groups [factFields]uint8
	// made is the text that ids and digests of an event are parts of.
	made strings.Builder
}

// errNotCanonical says that bytes are not in the one form in which the register writes.
var errNotCanonical = errors.New("not in canonical form")

func (c *coder) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// encode returns v as described by body.
func encode[T any](v *T, body func(*coder, *T)) ([]byte, error) {
	c := coder{writing: true}
	body(&c, v)
	return c.out, c.err
}

// decode reads v as described by body, all of data and nothing else.
func decode[T any](data []byte, v *T, body func(*coder, *T)) error {
	c := coder{in: string(data)}
	body(&c, v)
	c.end()
	return c.err
}

// end fails unless everything was read.
func (c *coder) end() {
	if c.err == nil && !c.writing && c.in != "" {
		number, kind, _ := protowire.ConsumeTag([]byte(c.in))
		c.fail(fmt.Errorf("field %d of wire type %d is not known here, or out of order: written by a newer release? %w",
			number, kind, errNotCanonical))
	}
}

// next tells whether field num comes next, and consumes its tag.
func (c *coder) next(num protowire.Number, kind protowire.Type) bool {
	if c.err != nil || c.in == "" {
		return false
	}
	tag, size := peekVarint(c.in)
	if size == 0 {
		c.fail(errNotCanonical)
		return false
	}
	if tag != protowire.EncodeTag(num, kind) {
		return false
	}
	c.in = c.in[size:]
	return true
}

// peek returns the number of the field that comes next, 0 when there is none.
func (c *coder) peek() protowire.Number {
	tag, _ := peekVarint(c.in)
	num, _ := protowire.DecodeTag(tag)
	return max(num, 0)
}

// peekVarint returns the number at the start of s and its size, 0 when there is none in shortest form.
func peekVarint(s string) (value uint64, size int) {
	if s != "" && s[0] < 0x80 {
		return uint64(s[0]), 1
	}
	for size < len(s) && size < protowire.SizeVarint(^uint64(0)) {
		b := s[size]
		value |= uint64(b&0x7f) << (7 * size)
		size++
		if b < 0x80 {
			if size != protowire.SizeVarint(value) {
				return 0, 0
			}
			return value, size
		}
	}
	return 0, 0
}

// ahead returns how many fields num come next, one after the other.
func (c *coder) ahead(num protowire.Number) (count int) {
	for rest := c.in; ; count++ {
		tag, size := peekVarint(rest)
		if size == 0 || tag != protowire.EncodeTag(num, protowire.BytesType) {
			return count
		}
		length, more := peekVarint(rest[size:])
		if rest = rest[size+more:]; more == 0 || length > uint64(len(rest)) {
			return count
		}
		rest = rest[length:]
	}
}

func (c *coder) tag(num protowire.Number, kind protowire.Type) {
	c.out = protowire.AppendTag(c.out, num, kind)
}

func (c *coder) readVarint() uint64 {
	value, size := peekVarint(c.in)
	if size == 0 {
		c.fail(errNotCanonical)
		return 0
	}
	c.in = c.in[size:]
	return value
}

func (c *coder) readBytes() string {
	size := c.readVarint()
	if size > uint64(len(c.in)) {
		c.fail(errNotCanonical)
		return ""
	}
	value := c.in[:size]
	c.in = c.in[size:]
	return value
}

// number visits a whole number that is not negative.
func number[T ~int | ~int32 | ~int64 | ~uint32 | ~uint64](c *coder, num protowire.Number, v *T) {
	switch {
	case c.err != nil:
	case !c.writing:
		if c.next(num, protowire.VarintType) {
			read := c.readVarint()
			*v = T(read)
			if read == 0 || *v < 0 || uint64(*v) != read {
				c.fail(errNotCanonical)
			}
		}
	case *v < 0:
		c.fail(fmt.Errorf("field %d is %d: negative: %w", num, *v, ErrBadRequest))
	case *v != 0:
		c.tag(num, protowire.VarintType)
		c.out = protowire.AppendVarint(c.out, uint64(*v))
	}
}

// signed visits a number that may be negative, as sint64.
func signed(c *coder, num protowire.Number, v *int64) {
	zigzag := protowire.EncodeZigZag(*v)
	number(c, num, &zigzag)
	if !c.writing {
		*v = protowire.DecodeZigZag(zigzag)
	}
}

// truth visits a truth value.
func truth(c *coder, num protowire.Number, v *bool) {
	var bit uint32
	if *v {
		bit = 1
	}
	number(c, num, &bit)
	if bit > 1 {
		c.fail(errNotCanonical)
	}
	if !c.writing {
		*v = bit == 1
	}
}

// text visits a string, valid UTF-8.
func text[T ~string](c *coder, num protowire.Number, v *T) {
	switch {
	case c.err != nil:
	case !c.writing:
		if c.next(num, protowire.BytesType) {
			*v = T(c.readText())
			if *v == "" {
				c.fail(errNotCanonical)
			}
		}
	case *v != "":
		c.writeText(num, string(*v))
	}
}

func (c *coder) readText() string {
	s := c.readBytes()
	if c.words != nil {
		word, ok := c.words.word(s)
		if !ok {
			c.fail(errNotCanonical)
		}
		return word
	}
	if !utf8.ValidString(s) {
		c.fail(errNotCanonical)
	}
	return s
}

func (c *coder) writeText(num protowire.Number, s string) {
	if !utf8.ValidString(s) {
		c.fail(fmt.Errorf("field %d is not valid UTF-8: %w", num, ErrBadRequest))
	}
	c.tag(num, protowire.BytesType)
	c.out = protowire.AppendString(c.out, s)
}

// texts visits a list of strings.
func texts[T ~string](c *coder, num protowire.Number, v *[]T) {
	if c.writing {
		for _, s := range *v {
			c.writeText(num, string(s))
		}
		return
	}
	makeList(c, num, v)
	for c.next(num, protowire.BytesType) {
		*v = append(*v, T(c.readText()))
	}
	if len(*v) == 0 {
		*v = nil
	}
}

// makeList makes room for a list that is to be read, where v has none.
func makeList[T any](c *coder, num protowire.Number, v *[]T) {
	if cap(*v) > 0 {
		return
	}
	if n := c.ahead(num); n > 0 {
		*v = make([]T, 0, n)
	}
}

// binary visits bytes of a fixed size.
func binary(c *coder, num protowire.Number, size int, v *string) {
	switch {
	case c.err != nil:
	case !c.writing:
		if c.next(num, protowire.BytesType) {
			*v = c.readBytes()
			if len(*v) != size {
				c.fail(fmt.Errorf("field %d has %d bytes, not %d: %w", num, len(*v), size, errNotCanonical))
			}
		}
	case *v != "":
		if len(*v) != size {
			c.fail(fmt.Errorf("field %d has %d bytes, not %d: %w", num, len(*v), size, errNotCanonical))
		}
		c.tag(num, protowire.BytesType)
		c.out = protowire.AppendString(c.out, *v)
	}
}

// bytesOf returns what was just read as bytes: those of whole, where they are known, or a copy.
func (c *coder) bytesOf(read string) []byte {
	if c.whole == nil {
		return []byte(read)
	}
	c.parts = append(c.parts, read)
	end := len(c.whole) - len(c.in)
	return c.whole[end-len(read) : end : end]
}

// blobs visits a list of byte strings.
func blobs(c *coder, num protowire.Number, v *[][]byte) {
	if c.writing {
		size := 0
		for _, b := range *v {
			size += protowire.SizeTag(num) + protowire.SizeBytes(len(b))
		}
		c.out = slices.Grow(c.out, size)
		for _, b := range *v {
			c.tag(num, protowire.BytesType)
			c.out = protowire.AppendBytes(c.out, b)
		}
		return
	}
	if n := c.ahead(num); n > 0 {
		*v = make([][]byte, 0, n)
	}
	for c.next(num, protowire.BytesType) {
		*v = append(*v, c.bytesOf(c.readBytes()))
	}
}

// one visits a message that is left out when all of it is zero.
func one[T any](c *coder, num protowire.Number, v *T, body func(*coder, *T)) {
	if c.writing {
		before := len(c.out)
		start := c.open(num)
		body(c, v)
		if len(c.out) == start {
			c.out = c.out[:before]
			return
		}
		c.close(start)
		return
	}
	if c.next(num, protowire.BytesType) && readMessage(c, v, body) == 0 {
		c.fail(errNotCanonical)
	}
}

// many visits a list of messages.
func many[T any](c *coder, num protowire.Number, v *[]T, body func(*coder, *T)) {
	if c.writing {
		for i := range *v {
			start := c.open(num)
			body(c, &(*v)[i])
			c.close(start)
		}
		return
	}
	makeList(c, num, v)
	for c.next(num, protowire.BytesType) {
		var zero T
		*v = append(*v, zero)
		readMessage(c, &(*v)[len(*v)-1], body)
	}
	if len(*v) == 0 {
		*v = nil
	}
}

// readMessage reads a message whose tag was consumed and returns its size.
func readMessage[T any](c *coder, v *T, body func(*coder, *T)) int {
	message := c.readBytes()
	rest := c.in
	c.in = message
	if c.err == nil {
		body(c, v)
		c.end()
	}
	c.in = rest
	return len(message)
}

// open begins message num and returns where its content starts. The room for its size is enough for 127 bytes.
func (c *coder) open(num protowire.Number) (start int) {
	c.tag(num, protowire.BytesType)
	c.out = append(c.out, 0)
	return len(c.out)
}

// close ends the message whose content starts there.
func (c *coder) close(start int) {
	size := len(c.out) - start
	if more := protowire.SizeVarint(uint64(size)) - 1; more > 0 { //nolint:gosec // a size is not negative
		c.out = append(c.out, make([]byte, more)...)
		copy(c.out[start+more:], c.out[start:start+size])
	}
	protowire.AppendVarint(c.out[:start-1], uint64(size)) //nolint:gosec // a size is not negative
}
