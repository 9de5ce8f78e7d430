package checkpoint

import (
	"fmt"
	"reflect"
	"unsafe"
)

// What may be shared is written once, under a number, and afterwards by that number. These are the marks.
const (
	isNil = 0
	isNew = 1
	// A number n that was given before is written as n + firstRef.
	firstRef = 2
)

// ref is what may be shared: where it is, of what type, and for slices how long.
type ref struct {
	p  unsafe.Pointer
	op *op
	n  int
}

// slice writes the elements of slices, those without pointers in one piece.
func (c *Codec) slice(o *op) {
	element := c.op(o.typ.Elem())
	o.write = func(e *encoder, p unsafe.Pointer) {
		header := at[sliceHeader](p)
		if header.data == nil {
			e.number(isNil)
			return
		}
		// What is empty has no place of its own.
		if header.len > 0 && e.shared(ref{header.data, o, header.len}) {
			return
		}
		if header.len == 0 {
			e.number(isNew)
		}
		e.number(uint64(header.len)) //nolint:gosec // not negative
		e.elements(element, header.data, header.len)
	}
	o.read = func(d *decoder, p unsafe.Pointer) {
		r, isNew := d.ref(o)
		if !isNew {
			*at[sliceHeader](p) = sliceHeader{r.p, r.n, r.n}
			return
		}
		n := d.length(o.typ.Elem().Size())
		list := reflect.MakeSlice(o.typ, n, n)
		if d.err != nil {
			return
		}
		if n > 0 {
			d.refs = append(d.refs, ref{list.UnsafePointer(), o, n})
		}
		*at[sliceHeader](p) = sliceHeader{list.UnsafePointer(), n, n}
		d.elements(element, list.UnsafePointer(), n)
	}
}

func (c *Codec) pointer(o *op) {
	target := c.op(o.typ.Elem())
	o.write = func(e *encoder, p unsafe.Pointer) {
		to := *at[unsafe.Pointer](p)
		if to == nil {
			e.number(isNil)
			return
		}
		if !e.shared(ref{to, o, 0}) {
			target.write(e, to)
		}
	}
	o.read = func(d *decoder, p unsafe.Pointer) {
		r, isNew := d.ref(o)
		if isNew {
			r = ref{reflect.New(target.typ).UnsafePointer(), o, 0}
			d.refs = append(d.refs, r)
		}
		*at[unsafe.Pointer](p) = r.p
		if isNew {
			target.read(d, r.p)
		}
	}
}

func (c *Codec) mapping(o *op) {
	key, value := c.op(o.typ.Key()), c.op(o.typ.Elem())
	o.write = func(e *encoder, p unsafe.Pointer) {
		m := reflect.NewAt(o.typ, p).Elem()
		if m.IsNil() {
			e.number(isNil)
			return
		}
		if e.shared(ref{m.UnsafePointer(), o, 0}) {
			return
		}
		e.number(uint64(m.Len())) //nolint:gosec // not negative
		k, v := reflect.New(key.typ), reflect.New(value.typ)
		for each := m.MapRange(); each.Next() && e.err == nil; {
			k.Elem().SetIterKey(each)
			v.Elem().SetIterValue(each)
			key.write(e, k.UnsafePointer())
			value.write(e, v.UnsafePointer())
		}
	}
	o.read = func(d *decoder, p unsafe.Pointer) {
		r, isNew := d.ref(o)
		if !isNew {
			*at[unsafe.Pointer](p) = r.p
			return
		}
		n := d.length(1)
		m := reflect.MakeMapWithSize(o.typ, n)
		d.refs = append(d.refs, ref{m.UnsafePointer(), o, 0})
		*at[unsafe.Pointer](p) = m.UnsafePointer()
		k, v := reflect.New(key.typ), reflect.New(value.typ)
		for range n {
			k.Elem().SetZero()
			v.Elem().SetZero()
			key.read(d, k.UnsafePointer())
			value.read(d, v.UnsafePointer())
			if d.err != nil {
				return
			}
			m.SetMapIndex(k.Elem(), v.Elem())
		}
	}
}

// dynamic writes what is in an interface: a value of a registered type.
func (c *Codec) dynamic(o *op) {
	o.write = func(e *encoder, p unsafe.Pointer) {
		held := reflect.NewAt(o.typ, p).Elem().Elem()
		if !held.IsValid() {
			e.number(isNil)
			return
		}
		i, ok := c.byType[held.Type()]
		if !ok {
			e.fail(fmt.Errorf("a %s in a %s: %w", held.Type(), o.typ, ErrUnsupported))
			return
		}
		e.number(uint64(i) + 1) //nolint:gosec // not negative
		value := reflect.New(held.Type())
		value.Elem().Set(held)
		c.registered[i].write(e, value.UnsafePointer())
	}
	o.read = func(d *decoder, p unsafe.Pointer) {
		i := d.number()
		if i == isNil || d.err != nil {
			return
		}
		if i > uint64(len(c.registered)) || !c.registered[i-1].typ.Implements(o.typ) {
			d.fail(fmt.Errorf("type %d in a %s: %w", i, o.typ, ErrDamaged))
			return
		}
		concrete := c.registered[i-1]
		value := reflect.New(concrete.typ)
		concrete.read(d, value.UnsafePointer())
		reflect.NewAt(o.typ, p).Elem().Set(value.Elem())
	}
}
