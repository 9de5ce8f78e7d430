// Package checkpoint writes a value of Go, with all that it leads to, and reads it back: structs with their unexported
// fields, maps, slices, pointers. It is for caches that the program that wrote them reads again: the form follows the
// types, so that there is nothing to keep in step with them and nothing to forget, and it is readable only where the
// types are the same (see Codec.Fingerprint). Nothing that must outlive a release belongs in it.
//
// What is shared stays shared: two pointers, slices or maps that were the same are the same again, and equal strings
// become one. Slices come back without spare capacity, so that lengthening one never changes another.
//
// Fields that nobody exported are read and set through pointers (package unsafe), as reflection alone may not. All of
// it is in memory.go: typed memory that is allocated by reflection, offsets that reflection gives, and nothing that the
// garbage collector would not see. A Decoder checks what it reads, so that damaged input is an error at worst.
package checkpoint

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"unsafe"
)

// ErrUnsupported says that a value cannot be written: a function, a channel, or in an interface a type that is not
// registered.
var ErrUnsupported = errors.New("cannot be kept in a checkpoint")

// Codec knows how to write and read values of one type. It may be used concurrently.
type Codec struct {
	root       *op
	ops        map[reflect.Type]*op
	custom     map[reflect.Type]custom
	registered []*op
	byType     map[reflect.Type]int
}

// op writes and reads values of one type, which are at p.
type op struct {
	typ reflect.Type
	// plain says that values hold no pointers: they are copied as they are.
	plain bool
	write func(e *encoder, p unsafe.Pointer)
	read  func(d *decoder, p unsafe.Pointer)
}

// custom is how a type is written that must not be written field by field: as another one.
type custom struct {
	surrogate reflect.Type
	pack      func(from, to unsafe.Pointer)
	unpack    func(from, to unsafe.Pointer)
}

// Option changes how a Codec writes.
type Option func(*Codec)

// Register names types that may be found in interfaces, by a value of each.
func Register(values ...any) Option {
	return func(c *Codec) {
		for _, v := range values {
			t := reflect.TypeOf(v)
			if _, again := c.byType[t]; !again {
				c.byType[t] = len(c.registered)
				c.registered = append(c.registered, c.op(t))
			}
		}
	}
}

// Surrogate has values of T written as what pack makes of them, and made again by unpack.
func Surrogate[T, S any](pack func(T) S, unpack func(S) T) Option {
	return func(c *Codec) {
		c.custom[reflect.TypeFor[T]()] = custom{
			surrogate: reflect.TypeFor[S](),
			pack:      func(from, to unsafe.Pointer) { *at[S](to) = pack(*at[T](from)) },
			unpack:    func(from, to unsafe.Pointer) { *at[T](to) = unpack(*at[S](from)) },
		}
	}
}

// New returns a codec for values of T. Options apply in their order: surrogates come before types that lead to them.
func New[T any](options ...Option) *Codec {
	c := &Codec{ops: map[reflect.Type]*op{}, custom: map[reflect.Type]custom{}, byType: map[reflect.Type]int{}}
	for _, option := range options {
		option(c)
	}
	c.root = c.op(reflect.TypeFor[T]())
	return c
}

// op returns how a type is written. A type that leads to itself finds its op under way.
func (c *Codec) op(t reflect.Type) *op {
	if o, ok := c.ops[t]; ok {
		return o
	}
	o := &op{typ: t}
	c.ops[t] = o
	if s, ok := c.custom[t]; ok {
		c.surrogate(o, s)
		return o
	}
	if isPlain(t) {
		c.plain(o)
		return o
	}
	switch t.Kind() { //nolint:exhaustive // the rest has no pointers, or is not supported
	case reflect.String:
		o.write = func(e *encoder, p unsafe.Pointer) { e.text(*at[string](p)) }
		o.read = func(d *decoder, p unsafe.Pointer) { *at[string](p) = d.text() }
	case reflect.Struct:
		c.structure(o)
	case reflect.Array:
		c.array(o)
	case reflect.Slice:
		c.slice(o)
	case reflect.Map:
		c.mapping(o)
	case reflect.Pointer:
		c.pointer(o)
	case reflect.Interface:
		c.dynamic(o)
	default:
		unsupported(o)
	}
	return o
}

// isPlain tells whether values of a type hold no pointers.
func isPlain(t reflect.Type) bool {
	switch t.Kind() { //nolint:exhaustive // the rest holds pointers
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8,
		reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return true
	case reflect.Array:
		return isPlain(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !isPlain(t.Field(i).Type) {
				return false
			}
		}
		return true
	}
	return false
}

func (c *Codec) plain(o *op) {
	size := o.typ.Size()
	o.plain = true
	o.write = func(e *encoder, p unsafe.Pointer) { e.raw(bytesAt(p, size)) }
	o.read = func(d *decoder, p unsafe.Pointer) { d.raw(bytesAt(p, size)) }
}

func (c *Codec) surrogate(o *op, s custom) {
	inner := c.op(s.surrogate)
	o.write = func(e *encoder, p unsafe.Pointer) {
		to := reflect.New(s.surrogate)
		s.pack(p, to.UnsafePointer())
		inner.write(e, to.UnsafePointer())
	}
	o.read = func(d *decoder, p unsafe.Pointer) {
		from := reflect.New(s.surrogate)
		inner.read(d, from.UnsafePointer())
		if d.err == nil {
			s.unpack(from.UnsafePointer(), p)
		}
	}
}

func (c *Codec) structure(o *op) {
	fields := c.fields(o.typ)
	o.write = func(e *encoder, p unsafe.Pointer) {
		for _, f := range fields {
			f.op.write(e, beyond(p, f.offset))
		}
	}
	o.read = func(d *decoder, p unsafe.Pointer) {
		for _, f := range fields {
			if d.err != nil {
				return
			}
			f.op.read(d, beyond(p, f.offset))
		}
	}
}

// field is a field of a struct, or several without pointers that follow one another.
type field struct {
	offset uintptr
	op     *op
}

func (c *Codec) fields(t reflect.Type) []field {
	var fields []field
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		if !isPlain(f.Type) || c.custom[f.Type].surrogate != nil {
			fields = append(fields, field{f.Offset, c.op(f.Type)})
			continue
		}
		last := f
		for i+1 < t.NumField() && isPlain(t.Field(i+1).Type) && c.custom[t.Field(i+1).Type].surrogate == nil {
			i++
			last = t.Field(i)
		}
		size := last.Offset + last.Type.Size() - f.Offset
		run := &op{typ: f.Type}
		run.write = func(e *encoder, p unsafe.Pointer) { e.raw(bytesAt(p, size)) }
		run.read = func(d *decoder, p unsafe.Pointer) { d.raw(bytesAt(p, size)) }
		fields = append(fields, field{f.Offset, run})
	}
	return fields
}

func (c *Codec) array(o *op) {
	element, n := c.op(o.typ.Elem()), o.typ.Len()
	o.write = func(e *encoder, p unsafe.Pointer) { e.elements(element, p, n) }
	o.read = func(d *decoder, p unsafe.Pointer) { d.elements(element, p, n) }
}

// unsupported writes only what is nil.
func unsupported(o *op) {
	o.write = func(e *encoder, p unsafe.Pointer) {
		if !reflect.NewAt(o.typ, p).Elem().IsZero() {
			e.fail(fmt.Errorf("a %s: %w", o.typ, ErrUnsupported))
		}
	}
	o.read = func(*decoder, unsafe.Pointer) {}
}

// Fingerprint tells types apart: two codecs have the same one when they write alike. It covers the names and types of
// all fields, everything registered, and the kind of machine.
func (c *Codec) Fingerprint() [sha256.Size]byte {
	hash := sha256.New()
	seen := map[reflect.Type]int{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		if n, again := seen[t]; again {
			fmt.Fprintf(hash, "#%d\n", n)
			return
		}
		seen[t] = len(seen)
		fmt.Fprintf(hash, "%s %s %s %d\n", t.PkgPath(), t, t.Kind(), t.Size())
		if s, ok := c.custom[t]; ok {
			visit(s.surrogate)
			return
		}
		switch t.Kind() { //nolint:exhaustive // the rest leads nowhere
		case reflect.Struct:
			for f := range t.Fields() {
				fmt.Fprintf(hash, "%s %d ", f.Name, f.Offset)
				visit(f.Type)
			}
		case reflect.Map:
			visit(t.Key())
			visit(t.Elem())
		case reflect.Slice, reflect.Array, reflect.Pointer:
			visit(t.Elem())
		}
	}
	fmt.Fprintf(hash, "%s %s\n", runtime.GOARCH, c.root.typ)
	visit(c.root.typ)
	for _, o := range c.registered {
		visit(o.typ)
	}
	return [sha256.Size]byte(hash.Sum(nil))
}
