package eventstoretest

import "reflect"

// Same tells whether two values hold the same, unexported fields included, but for fields with one of the names left out. It
// is strict: what it calls different may be equal to cmp, which takes fifty times as long to say so, and says where.
func Same(a, b any, leftOut ...string) bool {
	c := comparison{leftOut: map[string]bool{}, seen: map[pair]bool{}}
	for _, name := range leftOut {
		c.leftOut[name] = true
	}
	return c.same(reflect.ValueOf(a), reflect.ValueOf(b))
}

// comparison is that of two values.
type comparison struct {
	leftOut map[string]bool // names of fields
	seen    map[pair]bool   // those that are being compared, or were
}

// pair is two pointers of a type: a struct and its first field have the same address.
type pair struct {
	of   reflect.Type
	a, b uintptr
}

func (c comparison) same(a, b reflect.Value) bool {
	if a.IsValid() != b.IsValid() || a.IsValid() && a.Type() != b.Type() {
		return false
	}
	switch a.Kind() { //nolint:exhaustive // the others are compared by Equal
	case reflect.Invalid:
		return true
	case reflect.Pointer:
		return c.samePointer(a, b)
	case reflect.Interface:
		return c.same(a.Elem(), b.Elem())
	case reflect.Struct:
		return c.sameStruct(a, b)
	case reflect.Map:
		return c.sameMap(a, b)
	case reflect.Slice:
		if a.IsNil() != b.IsNil() || a.Len() != b.Len() {
			return false
		}
		return c.sameElements(a, b)
	case reflect.Array:
		return c.sameElements(a, b)
	case reflect.Func:
		return a.IsNil() && b.IsNil()
	}
	return a.Equal(b)
}

func (c comparison) samePointer(a, b reflect.Value) bool {
	if a.IsNil() || b.IsNil() {
		return a.IsNil() && b.IsNil()
	}
	p := pair{a.Type(), a.Pointer(), b.Pointer()}
	if p.a == p.b || c.seen[p] {
		return true
	}
	c.seen[p] = true
	return c.same(a.Elem(), b.Elem())
}

func (c comparison) sameStruct(a, b reflect.Value) bool {
	t := a.Type()
	for i := range t.NumField() {
		if !c.leftOut[t.Field(i).Name] && !c.same(a.Field(i), b.Field(i)) {
			return false
		}
	}
	return true
}

func (c comparison) sameMap(a, b reflect.Value) bool {
	if a.IsNil() != b.IsNil() || a.Len() != b.Len() {
		return false
	}
	for entries := a.MapRange(); entries.Next(); {
		if !c.same(entries.Value(), b.MapIndex(entries.Key())) {
			return false
		}
	}
	return true
}

func (c comparison) sameElements(a, b reflect.Value) bool {
	for i := range a.Len() {
		if !c.same(a.Index(i), b.Index(i)) {
			return false
		}
	}
	return true
}
