package api

import (
	"encoding/hex"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	eventv1 "github.com/remit-register/remit/proto/remit/event/v1"
)

// checkTypes refuses types of events that there are not: whoever asks for them would wait in vain.
func checkTypes(field string, types ...string) error {
	facts := (*eventv1.Event)(nil).ProtoReflect().Descriptor().Oneofs().ByName("fact").Fields()
	known := make(map[string]bool, facts.Len())
	for i := range facts.Len() {
		known[string(facts.Get(i).Message().Name())] = true
	}
	for _, name := range types {
		if name != "" && !known[name] {
			return invalid([]fieldViolation{{field, fmt.Sprintf("there is no type of event %q: give one that events have, such as TransferProposed", name)}})
		}
	}
	return nil
}

// fact returns an event's fact as JSON: every field under the name under which it is stored, empty ones too. Dates are
// written as everywhere in the contract, and personal texts as the vault has them.
func (s shown) fact(e domain.Event) (*structpb.Struct, error) {
	stored, err := eventstore.EncodeEvent(e)
	if err != nil {
		return nil, fmt.Errorf("write the event as it is stored: %w", err)
	}
	var m eventv1.Event
	if err := proto.Unmarshal(stored, &m); err != nil {
		return nil, fmt.Errorf("read the event as it is stored: %w", err)
	}
	event := m.ProtoReflect()
	which := event.WhichOneof(event.Descriptor().Oneofs().ByName("fact"))
	if which == nil {
		return nil, fmt.Errorf("the event has no fact that this version knows")
	}
	return s.object(event.Get(which).Message()), nil
}

func (s shown) object(m protoreflect.Message) *structpb.Struct {
	fields := m.Descriptor().Fields()
	object := &structpb.Struct{Fields: make(map[string]*structpb.Value, fields.Len())}
	for i := range fields.Len() {
		field := fields.Get(i)
		object.Fields[field.JSONName()] = s.field(m.Get(field), field)
	}
	return object
}

func (s shown) field(v protoreflect.Value, field protoreflect.FieldDescriptor) *structpb.Value {
	switch {
	case field.IsList():
		return s.list(v.List(), field)
	case field.IsMap():
		entries := &structpb.Struct{Fields: map[string]*structpb.Value{}}
		for key, value := range v.Map().Range {
			entries.Fields[key.String()] = s.value(value, field.MapValue())
		}
		return structpb.NewStructValue(entries)
	}
	return s.value(v, field)
}

func (s shown) list(list protoreflect.List, field protoreflect.FieldDescriptor) *structpb.Value {
	values := &structpb.ListValue{Values: make([]*structpb.Value, 0, list.Len())}
	for i := range list.Len() {
		values.Values = append(values.Values, s.value(list.Get(i), field))
	}
	return structpb.NewListValue(values)
}

func (s shown) value(v protoreflect.Value, field protoreflect.FieldDescriptor) *structpb.Value {
	switch known := v.Interface().(type) {
	case protoreflect.Message:
		if !known.IsValid() {
			return structpb.NewNullValue()
		}
		return structpb.NewStructValue(s.object(known))
	case []byte:
		return structpb.NewStringValue(s.bytes(known, field))
	case bool:
		return structpb.NewBoolValue(known)
	case uint32:
		if isDate(field) {
			return structpb.NewStringValue(storedDate(known))
		}
		return structpb.NewNumberValue(float64(known))
	default:
		return structpb.NewStringValue(v.String())
	}
}

// bytes shows a personal text; other bytes are shown in hexadecimal digits.
func (s shown) bytes(raw []byte, field protoreflect.FieldDescriptor) string {
	text := hex.EncodeToString(raw)
	if eventstore.IsPersonal(field) {
		return s.text(domain.Text{Commitment: text})
	}
	return text
}

// isDate tells whether a stored number is a civil date: these are the numbers named "on" or "…_on".
func isDate(field protoreflect.FieldDescriptor) bool {
	name := string(field.Name())
	return name == "on" || strings.HasSuffix(name, "_on")
}

// storedDate reads a date stored as the decimal number YYYYMMDD, 0 for none.
func storedDate(n uint32) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", n/10000, n/100%100, n%100)
}
