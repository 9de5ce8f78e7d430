package eventstore

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/remit-register/remit/domain"
	eventv1 "github.com/remit-register/remit/proto/remit/event/v1"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestEveryFactIsListed(t *testing.T) {
	listed := map[string]bool{}
	for _, f := range everyFact() {
		listed[f.FactType()] = true
	}
	for _, name := range declared(t, "FactType") {
		if !listed[name] {
			t.Errorf("domain.%s is a fact that this package does not store: give it a message in proto/remit/event/v1, "+
				"describe it in a codec_*.go, and list it in everyFact", name)
		}
	}
}

// declared returns the names of the types of package domain that have the method.
func declared(t *testing.T, method string) []string {
	t.Helper()
	files, err := filepath.Glob("../domain/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("list package domain: %v, %d files", err, len(files))
	}
	var names []string
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == method && !strings.HasSuffix(file, "_test.go") {
				names = append(names, fmt.Sprint(f.Recv.List[0].Type))
			}
		}
	}
	return names
}

func TestEveryFactRoundTrips(t *testing.T) {
	for _, sample := range everyFact() {
		t.Run(sample.FactType(), func(t *testing.T) {
			for name, want := range map[string]domain.Event{"filled": filledEvent(t, sample), "empty": emptyEvent(t, sample)} {
				data, err := EncodeEvent(want)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				got, err := DecodeEvent(data)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: what was written and what was read (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

func emptyEvent(t *testing.T, sample domain.Fact) domain.Event {
	t.Helper()
	e := filledEvent(t, sample)
	e.Fact = sample
	return e
}

// The generated types are what others read the stored bytes with: they must find every field, and know no more.
func TestStoredFormIsTheSchema(t *testing.T) {
	for _, sample := range everyFact() {
		t.Run(sample.FactType(), func(t *testing.T) {
			data, err := EncodeEvent(filledEvent(t, sample))
			if err != nil {
				t.Fatal(err)
			}
			var message eventv1.Event
			if err := proto.Unmarshal(data, &message); err != nil {
				t.Fatal(err)
			}
			field := message.ProtoReflect().WhichOneof(message.ProtoReflect().Descriptor().Oneofs().ByName("fact"))
			if field == nil || string(field.Message().Name()) != messageOf(sample) {
				t.Errorf("the schema reads it as %v", field)
			}
			checkFilled(t, message.ProtoReflect())
			again, err := proto.MarshalOptions{Deterministic: true}.Marshal(&message)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(hex.EncodeToString(data), hex.EncodeToString(again)); diff != "" {
				t.Errorf("our bytes and those of the protobuf library differ (-ours +theirs):\n%s", diff)
			}
		})
	}
}

// checkFilled reports fields that the schema has and the codec did not write, and the other way round.
func checkFilled(t *testing.T, m protoreflect.Message) {
	t.Helper()
	if len(m.GetUnknown()) > 0 {
		t.Errorf("%s: fields were written that the schema does not have", m.Descriptor().FullName())
	}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		switch {
		case !m.Has(field):
			if field.ContainingOneof() == nil {
				t.Errorf("%s was not written", field.FullName())
			}
		case field.IsList() && field.Message() != nil:
			for j := range m.Get(field).List().Len() {
				checkFilled(t, m.Get(field).List().Get(j).Message())
			}
		case field.Message() != nil && !field.IsMap():
			checkFilled(t, m.Get(field).Message())
		}
	}
}

// A text that could name a person is never stored in the clear: where the domain has a Text, the schema has bytes that
// are marked personal, and nowhere else. Dates are told by their names.
func TestPersonalTextsAreSealed(t *testing.T) {
	checkPersonal(t, reflect.TypeFor[domain.Event](), (&eventv1.Event{}).ProtoReflect().Descriptor(), map[string]bool{})
	oneof := (&eventv1.Event{}).ProtoReflect().Descriptor().Oneofs().ByName("fact").Fields()
	messages := map[string]protoreflect.MessageDescriptor{}
	for i := range oneof.Len() {
		messages[string(oneof.Get(i).Message().Name())] = oneof.Get(i).Message()
	}
	for _, sample := range everyFact() {
		checkPersonal(t, reflect.TypeOf(sample), messages[messageOf(sample)], map[string]bool{})
	}
	awaited := (&eventv1.SecondAwaited{}).ProtoReflect().Descriptor().Oneofs().ByName("command").Fields()
	for _, sample := range everyFact() {
		if f, ok := sample.(domain.SecondAwaited); ok {
			message := awaited.ByName(protoreflect.Name(protoName(f.Command.Method())))
			if message == nil {
				t.Fatalf("the schema has no %s that waits for a second person", f.Command.Method())
			}
			checkPersonal(t, reflect.TypeOf(f.Command), message.Message(), map[string]bool{})
		}
	}
}

func checkPersonal(t *testing.T, goType reflect.Type, message protoreflect.MessageDescriptor, seen map[string]bool) {
	t.Helper()
	if message == nil || goType.Kind() != reflect.Struct || seen[goType.Name()] {
		return
	}
	seen[goType.Name()] = true
	for goField := range goType.Fields() {
		field := message.Fields().ByName(protoreflect.Name(protoName(goField.Name)))
		if field == nil {
			continue // fields of the envelope that are named otherwise; TestStoredFormIsTheSchema finds missing ones
		}
		inner := goField.Type
		if inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		isText := inner == reflect.TypeFor[domain.Text]()
		marked, _ := proto.GetExtension(field.Options(), eventv1.E_Personal).(bool)
		if isText != marked || isText && field.Kind() != protoreflect.BytesKind {
			t.Errorf("%s.%s is a text that could name a person: %t; %s is %s marked personal: %t",
				goType.Name(), goField.Name, isText, field.FullName(), field.Kind(), marked)
		}
		isDate := inner == reflect.TypeFor[domain.Date]()
		if named := field.Name() == "on" || strings.HasSuffix(string(field.Name()), "_on"); isDate != (named && field.Kind() == protoreflect.Uint32Kind) {
			t.Errorf("%s.%s is a date: %t; dates are stored as uint32 fields named on or …_on, and %s is %s",
				goType.Name(), goField.Name, isDate, field.FullName(), field.Kind())
		}
		checkPersonal(t, inner, field.Message(), seen)
	}
}

// protoName is the schema's name for a field of the domain.
func protoName(name string) string {
	for from, to := range map[string]string{"SHA256": "Sha256", "URI": "Uri", "ID": "Id", "WTE": "Wte"} {
		name = strings.ReplaceAll(name, from, to)
	}
	var out strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			out.WriteByte('_')
		}
		out.WriteRune(r)
	}
	return strings.ToLower(out.String())
}

// Stored bytes of every released version are read for ever. testdata/events-current.txt holds what this version
// writes; at a release it is copied to a name of its own, and that copy is never changed.
func TestGoldenEvents(t *testing.T) {
	var current strings.Builder
	for _, sample := range everyFact() {
		data, err := EncodeEvent(filledEvent(t, sample))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&current, "%s %x\n", sample.FactType(), data)
	}
	const golden = "testdata/events-current.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(current.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if stored, err := os.ReadFile(golden); err != nil || string(stored) != current.String() {
		t.Errorf("%s is not what is written now (%v): if that is meant, run the test with -update", golden, err)
	}
	files, err := filepath.Glob("testdata/events-*.txt")
	if err != nil || !slices.Contains(files, golden) {
		t.Fatalf("list golden files: %v, %v", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			replayGolden(t, file, strings.TrimSpace(line))
		}
	}
}

func replayGolden(t *testing.T, file, line string) {
	t.Helper()
	name, stored, _ := strings.Cut(line, " ")
	data, err := hex.DecodeString(stored)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	e, err := DecodeEvent(data)
	if err != nil {
		t.Errorf("%s: %s no longer replays: %v", file, name, err)
		return
	}
	again, err := EncodeEvent(e)
	if err != nil || e.Fact.FactType() != name {
		t.Errorf("%s: %s is read as %s (%v)", file, name, e.Fact.FactType(), err)
	}
	if isUpcast(t, data) {
		if same, err := DecodeEvent(again); err != nil || !reflect.DeepEqual(same, e) || bytes.Equal(again, data) {
			t.Errorf("%s: %s is read as %v, and as %v in the form of today (%v)", file, name, e, same, err)
		}
	} else if !bytes.Equal(again, data) {
		t.Errorf("%s: %s would be written differently", file, name)
	}
}

func TestUnsealedTextIsRefused(t *testing.T) {
	e := filledEvent(t, domain.TransferWithdrawn{})
	e.Reason = domain.Text{Clear: "because of Dr Smith"}
	if _, err := EncodeEvent(e); !errors.Is(err, ErrBadRequest) {
		t.Errorf("an unsealed text was encoded: %v", err)
	}
	e.Reason = domain.Text{Clear: "because of Dr Smith", Commitment: strings.Repeat("ab", 32)}
	data, err := EncodeEvent(e)
	if err != nil || strings.Contains(string(data), "Smith") {
		t.Errorf("the text is in the stored bytes (%v)", err)
	}
}

func TestOnlyCanonicalBytesAreRead(t *testing.T) {
	good, err := EncodeEvent(filledEvent(t, domain.TransferWithdrawn{}))
	if err != nil {
		t.Fatal(err)
	}
	envelope, _, found := bytes.Cut(good, []byte{0x82, 0x0d}) // the tag of field 208
	if !found {
		t.Fatalf("%x does not hold the fact where it was", good)
	}
	if _, err := DecodeEvent(slices.Concat(envelope, []byte{0xba, 0x0b, 0x02, 0x22, 0x00})); err != nil {
		t.Errorf("an empty command that awaits a second person: %v", err)
	}
	for name, bad := range map[string][]byte{
		"an unknown field at the end": append(slices.Clone(good), 0xf8, 0x7f, 0x01),
		"a number that is too long":   append([]byte{0x08, 0x87, 0x00}, good[2:]...),
		"a zero value written":        append([]byte{0x08, 0x00}, good[2:]...),
		"cut off":                     good[:len(good)-1],
		"nothing":                     {},
		"a field twice":               append([]byte{0x08, 0x07}, good...),
		"a choice without a member":   slices.Concat(envelope, []byte{0xba, 0x0b, 0x00}),
		"a choice with two members":   slices.Concat(envelope, []byte{0xba, 0x0b, 0x04, 0x22, 0x00, 0x2a, 0x00}),
		"a member that is not known":  slices.Concat(envelope, []byte{0xba, 0x0b, 0x02, 0x7a, 0x00}),
	} {
		if e, err := DecodeEvent(bad); !errors.Is(err, errNotCanonical) {
			t.Errorf("%s: was read as %v, error %v", name, e, err)
		}
	}
}

// Whatever bytes are accepted are the only ones for what they say.
func FuzzDecodeEvent(f *testing.F) {
	content, err := os.ReadFile("testdata/events-current.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		_, stored, _ := strings.Cut(strings.TrimSpace(line), " ")
		data, err := hex.DecodeString(stored)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := DecodeEvent(data)
		if err != nil {
			return
		}
		again, err := EncodeEvent(e)
		if isUpcast(t, data) && err == nil {
			return
		}
		if err != nil || string(again) != string(data) {
			t.Errorf("%x is read as %v and written as %x (%v)", data, e, again, err)
		}
	})
}

func FuzzDecodeCommit(f *testing.F) {
	data, err := encode(&commit{id: strings.Repeat("x", 16), events: [][]byte{{1}, {2, 3}}}, commitRecord)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		m, _, err := decodeCommit(data)
		if err != nil {
			return
		}
		again, err := encode(&m, commitRecord)
		if err != nil || string(again) != string(data) {
			t.Errorf("%x is written as %x (%v)", data, again, err)
		}
	})
}

func BenchmarkEncodeEvent(b *testing.B) {
	e := benchEvent()
	for b.Loop() {
		if _, err := EncodeEvent(e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeEvent(b *testing.B) {
	data, err := EncodeEvent(benchEvent())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := DecodeEvent(data); err != nil {
			b.Fatal(err)
		}
	}
}

func benchEvent() domain.Event {
	return domain.Event{
		No: 123456, TransactionID: "01JD7Z8X5QK4V2M9N6P3R1T0WY", Index: 0, Count: 1,
		CommandID:   "6f1d2c3b-4a59-4867-9758-9a8b7c6d5e4f",
		Actor:       domain.Actor{Subject: "p-0123456789abcdef", Organisation: "QNQ", Role: domain.ActorBoard},
		RecordedAt:  time.Date(2026, time.November, 21, 21, 30, 0, 123456000, time.UTC),
		EffectiveOn: domain.NewDate(2026, time.April, 1),
		Digest:      strings.Repeat("ab", 32),
		Fact: domain.OrganisationEstablished{
			Code: "QNQ", Name: "NHS Frimley Integrated Care Board", Tier: domain.TierICB,
			Form: domain.FormStatutoryBody, LegalPerson: true, Parent: "Y59", EffectiveOn: domain.NewDate(2026, time.April, 1),
			Confidence: domain.ConfidenceExact, Source: "ODS",
		},
	}
}
