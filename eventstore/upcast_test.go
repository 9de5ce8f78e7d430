package eventstore

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/remit-register/remit/domain"
	eventv1 "github.com/remit-register/remit/proto/remit/event/v1"
)

// messageOf is the message in which a fact is stored today: that of its name, unless another took its place.
func messageOf(f domain.Fact) string {
	if _, ok := f.(domain.ReorganisationPlanned); ok {
		return "ReorganisationPlannedSealed"
	}
	return f.FactType()
}

// upcasts are the numbers of facts that are read and no longer written, and what they are written as now.
func upcasts() map[protoreflect.FieldNumber]protoreflect.FieldNumber {
	now := make(map[protoreflect.FieldNumber]protoreflect.FieldNumber)
	now[123] = 126
	return now
}

// numberOf is the number of the fact in stored bytes, 0 for none.
func numberOf(t *testing.T, data []byte) protoreflect.FieldNumber {
	t.Helper()
	var message eventv1.Event
	if err := proto.Unmarshal(data, &message); err != nil {
		t.Fatal(err)
	}
	m := message.ProtoReflect()
	field := m.WhichOneof(m.Descriptor().Oneofs().ByName("fact"))
	if field == nil {
		return 0
	}
	return field.Number()
}

// isUpcast tells whether stored bytes are of a form that is no longer written.
func isUpcast(t *testing.T, data []byte) bool {
	t.Helper()
	_, former := upcasts()[numberOf(t, data)]
	return former
}

// What the first version stored of an announced reorganisation, byte for byte as testdata/events-2026-11-21.txt has it,
// is read as the fact of today, whose note may be personal: the note of old was in the clear, and so it is known to be.
func TestUpcastOfAnAnnouncedReorganisation(t *testing.T) {
	frozen, err := os.ReadFile("testdata/events-2026-11-21.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(frozen), "\nReorganisationPlanned ")
	stored, _, _ := strings.Cut(line, "\n")
	old, err := hex.DecodeString(stored)
	if err != nil || numberOf(t, old) != 123 {
		t.Fatalf("%q is no announced reorganisation of the first version (%v)", stored, err)
	}
	e, err := DecodeEvent(old)
	if err != nil {
		t.Fatal(err)
	}
	fact, ok := e.Fact.(domain.ReorganisationPlanned)
	if !ok || !fact.Note.IsEmpty() || fact.PublishedNote == "" || fact.ID == "" || len(fact.Originals) != 2 {
		t.Errorf("read as %+v", e.Fact)
	}
	today, err := EncodeEvent(e)
	if err != nil || numberOf(t, today) != 126 {
		t.Errorf("an event of today is written as %d (%v)", numberOf(t, today), err)
	}
	if again, err := hex.DecodeString(stored); err != nil || LeafHash(again) != LeafHash(old) || LeafHash(today) == LeafHash(old) {
		t.Error("the leaf is not that of the bytes as they were stored")
	}
	for number, now := range upcasts() {
		for _, sample := range everyFact() {
			data, err := EncodeEvent(filledEvent(t, sample))
			if err != nil {
				t.Fatal(err)
			}
			if numberOf(t, data) == number {
				t.Errorf("%s is still written as %d, not as %d", sample.FactType(), number, now)
			}
		}
	}
}
