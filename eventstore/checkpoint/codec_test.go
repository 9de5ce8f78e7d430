package checkpoint_test

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"github.com/remit-register/remit/eventstore/checkpoint"
)

type shape interface{ sides() int }

type square struct{ side float64 }

func (square) sides() int { return 4 }

type star struct{ points []int }

func (s star) sides() int { return 2 * len(s.points) }

// ring leads to itself.
type ring struct {
	name string
	next *ring
}

// hidden must not be written field by field.
type hidden struct {
	value int
	how   func() int
}

type everything struct {
	truth    bool
	small    int8
	large    uint64
	ratio    float32
	text     string
	again    string
	bytes    []byte
	numbers  []int32
	none     []int
	empty    []int
	list     []string
	shared   []string
	pair     [2]string
	sizes    map[string]map[int]string
	same     map[string]map[int]string
	nothing  map[int]int
	set      map[struct{}][]string
	pointer  *int
	alias    *int
	absent   *int
	circle   *ring
	shapes   []shape
	noShape  shape
	noFunc   func()
	hidden   hidden
	embedded struct{ inside, deep string }
}

func example() everything {
	n := 7
	list := []string{"a", "b", ""}
	sizes := map[string]map[int]string{"x": {1: "one", 2: "two"}, "nil": nil, "empty": {}}
	circle := &ring{name: "first"}
	circle.next = &ring{name: "second", next: circle}
	return everything{
		truth: true, small: -3, large: 1 << 63, ratio: 1.5, text: "häh", again: "häh", bytes: []byte{0, 255},
		numbers: []int32{-1, 1 << 30}, none: nil, empty: []int{}, list: list, shared: list, pair: [2]string{"a", "z"},
		sizes: sizes, same: sizes, set: map[struct{}][]string{{}: {"one"}},
		nothing: nil, pointer: &n, alias: &n, absent: nil, circle: circle, shapes: []shape{square{2}, nil, star{[]int{1, 2}}},
		hidden: hidden{value: 9, how: func() int { return 9 }}, embedded: struct{ inside, deep string }{"in", "deep"},
	}
}

func newCodec() *checkpoint.Codec {
	return checkpoint.New[everything](
		checkpoint.Surrogate(func(h hidden) int { return h.value }, func(v int) hidden { return hidden{value: v} }),
		checkpoint.Register(square{}, star{}),
	)
}

func encoded(t testing.TB, c *checkpoint.Codec, v any) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := c.Encode(&out, v); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestComesBackAsItWas(t *testing.T) {
	want := example()
	var got everything
	data := encoded(t, newCodec(), &want)
	if err := newCodec().Decode(bytes.NewReader(data), uint64(len(data)), &got); err != nil {
		t.Fatal(err)
	}
	want.hidden.how = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestSharedStaysShared(t *testing.T) {
	want := example()
	var got everything
	data := encoded(t, newCodec(), &want)
	if err := newCodec().Decode(bytes.NewReader(data), uint64(len(data)), &got); err != nil {
		t.Fatal(err)
	}
	got.sizes["new"] = nil
	if _, ok := got.same["new"]; !ok {
		t.Error("two maps that were one")
	}
	if got.pointer != got.alias || got.circle.next.next != got.circle {
		t.Error("two things that were one")
	}
	if &got.list[0] != &got.shared[0] {
		t.Error("two lists that were one")
	}
	if cap(got.list) != len(got.list) {
		t.Error("lengthening one list would change the other")
	}
}

func TestRefusesWhatItCannotKeep(t *testing.T) {
	for name, v := range map[string]everything{
		"a function":             {noFunc: func() {}},
		"an unregistered type":   {noShape: &square{}},
		"an unregistered nested": {shapes: []shape{(*star)(nil)}},
	} {
		if err := newCodec().Encode(&bytes.Buffer{}, &v); !errors.Is(err, checkpoint.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := newCodec().Encode(&bytes.Buffer{}, &square{}); !errors.Is(err, checkpoint.ErrUnsupported) {
		t.Errorf("another type: %v", err)
	}
}

func TestFingerprintTellsTypesApart(t *testing.T) {
	type one struct{ A, B int32 }
	type renamed struct{ A, C int32 }
	type wider struct {
		A int32
		B int64
	}
	type holder[T any] struct{ V []map[string]*T }
	prints := map[any]string{}
	for name, c := range map[string]*checkpoint.Codec{
		"one": checkpoint.New[holder[one]](), "renamed": checkpoint.New[holder[renamed]](), "wider": checkpoint.New[holder[wider]](),
		"with a type": checkpoint.New[holder[one]](checkpoint.Register(square{})),
		"surrogate":   checkpoint.New[holder[one]](checkpoint.Surrogate(func(one) int { return 0 }, func(int) one { return one{} })),
	} {
		mark := c.Fingerprint()
		if other, ok := prints[mark]; ok {
			t.Errorf("%s is like %s", name, other)
		}
		prints[mark] = name
	}
	if one, again := newCodec(), newCodec(); one.Fingerprint() != again.Fingerprint() {
		t.Error("one codec is unlike itself")
	}
}

// FuzzDecode gives the decoder anything: it answers with a value or an error.
func FuzzDecode(f *testing.F) {
	v := example()
	f.Add(encoded(f, newCodec(), &v))
	f.Add([]byte{})
	c := newCodec()
	f.Fuzz(func(t *testing.T, data []byte) {
		var got everything
		if c.Decode(bytes.NewReader(data), uint64(len(data)), &got) != nil {
			return
		}
		if err := c.Encode(&bytes.Buffer{}, &got); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}
