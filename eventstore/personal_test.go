package eventstore

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/remit-register/remit/domain"
	eventv1 "github.com/remit-register/remit/proto/remit/event/v1"
)

// Every string of the log is in a reviewed list that says why it may be stored in the clear, for ever; whatever is not
// must be a personal text. And personal texts are bytes: there is no room for them in the clear.
func TestStringsInTheClearAreReviewed(t *testing.T) {
	reviewed := reviewedStrings(t)
	used := map[string]bool{}
	eachStored((&eventv1.Event{}).ProtoReflect().Descriptor(), map[protoreflect.FullName]bool{}, func(field protoreflect.FieldDescriptor) {
		full, name := string(field.FullName()), string(field.Name())
		if IsPersonal(field) {
			if field.Kind() != protoreflect.BytesKind {
				t.Errorf("%s is personal, and would be stored in the clear: make it bytes", full)
			}
			return
		}
		isText := field.Kind() == protoreflect.StringKind ||
			field.IsMap() && (field.MapKey().Kind() == protoreflect.StringKind || field.MapValue().Kind() == protoreflect.StringKind)
		switch {
		case !isText:
		case reviewed[full] != "":
			used[full] = true
		case reviewed[name] != "":
			used[name] = true
		default:
			t.Errorf("%s is stored in the clear, for ever: make it a personal text, or review it for testdata/clear-strings.txt", full)
		}
	})
	for name := range reviewed {
		if !used[name] {
			t.Errorf("testdata/clear-strings.txt lists %s, which is not stored", name)
		}
	}
}

// reviewedStrings reads the reasons by name.
func reviewedStrings(t *testing.T) map[string]string {
	t.Helper()
	content, err := os.ReadFile("testdata/clear-strings.txt")
	if err != nil {
		t.Fatal(err)
	}
	reviewed := map[string]string{}
	for line := range strings.Lines(string(content)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		name, reason, _ := strings.Cut(strings.TrimSpace(line), " ")
		if reviewed[name] != "" || strings.TrimSpace(reason) == "" {
			t.Errorf("%s is listed twice, or without a reason", name)
		}
		reviewed[name] = reason
	}
	return reviewed
}

// eachStored calls visit with every field that a message leads to.
func eachStored(m protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool, visit func(protoreflect.FieldDescriptor)) {
	if seen[m.FullName()] {
		return
	}
	seen[m.FullName()] = true
	for i := range m.Fields().Len() {
		field := m.Fields().Get(i)
		visit(field)
		if field.Message() != nil && !field.IsMap() {
			eachStored(field.Message(), seen, visit)
		}
	}
}

// A personal text of each kind of fact is put in, and not one of them is in the bytes that are stored.
func TestNoPersonalTextIsStored(t *testing.T) {
	const name = "Dr Ann Example"
	sealedTexts := 0
	for _, sample := range everyFact() {
		fact := reflect.New(reflect.TypeOf(sample))
		fact.Elem().Set(reflect.ValueOf(sample))
		(&filler{}).fill(t, fact.Elem())
		texts := 0
		err := eachText(fact, func(text *domain.Text) error {
			texts++
			text.Clear = fmt.Sprintf("%s, number %d", name, texts)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		filled, ok := reflect.TypeAssert[domain.Fact](fact.Elem())
		if !ok {
			t.Fatalf("%s is no fact", fact.Elem().Type())
		}
		e := filledEvent(t, sample)
		e.Fact = filled
		data, err := EncodeEvent(e)
		if err != nil || strings.Contains(string(data), name) {
			t.Errorf("%s stores a personal text in the clear (%v)", sample.FactType(), err)
		}
		found, err := PersonalTexts(e)
		if err != nil || len(found) != texts+1 || found[0].Field != "reason" {
			t.Errorf("%s has %d personal texts and a reason, and is said to have %v (%v)", sample.FactType(), texts, found, err)
		}
		sealedTexts += texts
	}
	if sealedTexts < 50 {
		t.Errorf("only %d personal texts were tried: this test cannot tell", sealedTexts)
	}
}

// Texts are named as the public contract shows them, and no fact has a field that could be taken for the reason.
func TestPersonalTextsHaveNames(t *testing.T) {
	texts, err := PersonalTexts(filledEvent(t, domain.ReadinessAssessed{}))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, text := range texts {
		names = append(names, text.Field)
	}
	for _, want := range []string{"reason", "ratings[0].comment", "ratings[1].evidence[1].uri"} {
		if !slices.Contains(names, want) {
			t.Errorf("no %s in %v", want, names)
		}
	}
	facts := (&eventv1.Event{}).ProtoReflect().Descriptor().Oneofs().ByName("fact").Fields()
	for i := range facts.Len() {
		if field := facts.Get(i).Message().Fields().ByName("reason"); field != nil {
			t.Errorf("%s is named like the reason of an event", field.FullName())
		}
	}
	if !IsPersonal((&eventv1.Event{}).ProtoReflect().Descriptor().Fields().ByName("reason")) {
		t.Error("the reason is not known to be personal: this test cannot tell")
	}
}
