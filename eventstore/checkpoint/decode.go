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

// decoder reads one value.
type decoder struct {
	in  *bufio.Reader
	err error
	// left is how many bytes there can be: more than that is not made room for.
	left    uint64
	refs    []ref
	strings []string
}

// Decode reads into what v points to, a *T that is zero, what a codec with the same fingerprint wrote. There are at
// most size bytes. What was not written so is ErrDamaged; v is of no use then.
func (c *Codec) Decode(r io.Reader, size uint64, v any) error {
	p := reflect.ValueOf(v)
	if p.Type() != reflect.PointerTo(c.root.typ) {
		return fmt.Errorf("a %s, not a *%s: %w", p.Type(), c.root.typ, ErrUnsupported)
	}
	d := &decoder{in: bufio.NewReaderSize(r, int(min(buffered, size))), left: size}
	c.root.read(d, p.UnsafePointer())
	if d.err != nil {
		return fmt.Errorf("read a checkpoint: %w", d.err)
	}
	if _, err := d.in.ReadByte(); err != io.EOF {
		return fmt.Errorf("read a checkpoint: more than one value: %w", ErrDamaged)
	}
	return nil
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// take notes that so many bytes are read, and tells whether there can be so many.
func (d *decoder) take(n uint64) bool {
	if d.err != nil {
		return false
	}
	if n > d.left {
		d.fail(fmt.Errorf("%d bytes of %d: %w", n, d.left, ErrDamaged))
		return false
	}
	d.left -= n
	return true
}

// damaged says of an error of reading that the checkpoint is damaged, once.
func damaged(err error) error {
	if errors.Is(err, ErrDamaged) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

func (d *decoder) raw(into []byte) {
	if !d.take(uint64(len(into))) {
		return
	}
	if _, err := io.ReadFull(d.in, into); err != nil {
		d.fail(damaged(err))
	}
}

func (d *decoder) number() uint64 {
	if d.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(d.in)
	if err != nil {
		d.fail(damaged(err))
		return 0
	}
	return n
}

// length reads how many elements follow. Each takes a byte at least, or no memory.
func (d *decoder) length(size uintptr) int {
	n := d.number()
	if n > d.left && (size > 0 || n > buffered) {
		d.fail(fmt.Errorf("%d elements in %d bytes: %w", n, d.left, ErrDamaged))
		return 0
	}
	return int(n) //nolint:gosec // no more than there are bytes
}

// ref reads what may be shared: what was read before, or nil, or that it is new and follows.
func (d *decoder) ref(o *op) (r ref, fresh bool) {
	switch n := d.number(); {
	case d.err != nil, n == isNil:
		return ref{}, false
	case n == isNew:
		return ref{}, true
	case n-firstRef >= uint64(len(d.refs)) || d.refs[n-firstRef].op != o:
		d.fail(fmt.Errorf("number %d for a %s: %w", n, o.typ, ErrDamaged))
		return ref{}, false
	default:
		return d.refs[n-firstRef], false
	}
}

func (d *decoder) text() string {
	switch n := d.number(); {
	case d.err != nil, n == isNil:
		return ""
	case n == isNew:
		size := d.length(1)
		if d.err != nil {
			return ""
		}
		text := make([]byte, size)
		d.raw(text)
		d.strings = append(d.strings, string(text))
		return d.strings[len(d.strings)-1]
	case n-firstRef >= uint64(len(d.strings)):
		d.fail(fmt.Errorf("string %d: %w", n, ErrDamaged))
		return ""
	default:
		return d.strings[n-firstRef]
	}
}

func (d *decoder) elements(element *op, p unsafe.Pointer, n int) {
	size := element.typ.Size()
	if element.plain {
		d.raw(bytesAt(p, size*uintptr(n)))
		return
	}
	for i := 0; i < n && d.err == nil; i++ {
		element.read(d, beyond(p, uintptr(i)*size))
	}
}
