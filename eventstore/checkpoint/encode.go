package checkpoint

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"reflect"
	"unsafe"
)

// ErrDamaged says that what is read was not written by a codec like this one.
var ErrDamaged = errors.New("damaged checkpoint")

const buffered = 1 << 20

// encoder writes one value.
type encoder struct {
	out     *bufio.Writer
	err     error
	refs    map[ref]uint64
	strings map[string]uint64
	scratch [binary.MaxVarintLen64]byte
}

// Encode writes the value that v points to: a *T for a codec of T. The value must stand still meanwhile.
func (c *Codec) Encode(w io.Writer, v any) error {
	p := reflect.ValueOf(v)
	if p.Type() != reflect.PointerTo(c.root.typ) {
		return fmt.Errorf("a %s, not a *%s: %w", p.Type(), c.root.typ, ErrUnsupported)
	}
	e := &encoder{out: bufio.NewWriterSize(w, buffered), refs: map[ref]uint64{}, strings: map[string]uint64{}}
	c.root.write(e, p.UnsafePointer())
	if e.err == nil {
		e.err = e.out.Flush()
	}
	if e.err != nil {
		return fmt.Errorf("write a checkpoint: %w", e.err)
	}
	return nil
}

func (e *encoder) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

func (e *encoder) raw(b []byte) {
	if _, err := e.out.Write(b); err != nil {
		e.fail(err)
	}
}

func (e *encoder) number(n uint64) { e.raw(binary.AppendUvarint(e.scratch[:0], n)) }

// shared writes the number of what was written before and returns true, or gives it one.
func (e *encoder) shared(r ref) bool {
	if n, ok := e.refs[r]; ok {
		e.number(n + firstRef)
		return true
	}
	e.refs[r] = uint64(len(e.refs))
	e.number(isNew)
	return false
}

// text writes a string: in full the first time, then by its number.
func (e *encoder) text(s string) {
	if s == "" {
		e.number(isNil)
		return
	}
	if n, ok := e.strings[s]; ok {
		e.number(n + firstRef)
		return
	}
	e.strings[s] = uint64(len(e.strings))
	e.number(isNew)
	e.number(uint64(len(s)))
	if _, err := e.out.WriteString(s); err != nil {
		e.fail(err)
	}
}

func (e *encoder) elements(element *op, p unsafe.Pointer, n int) {
	size := element.typ.Size()
	if element.plain {
		e.raw(bytesAt(p, size*uintptr(n)))
		return
	}
	for i := 0; i < n && e.err == nil; i++ {
		element.write(e, beyond(p, uintptr(i)*size))
	}
}
