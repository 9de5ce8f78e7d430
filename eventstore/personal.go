package eventstore

import (
	"encoding/hex"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/remit-register/remit/domain"
	eventv1 "github.com/remit-register/remit/proto/remit/event/v1"
)

// PersonalTexts returns the personal texts of an event: the reason, and those of its fact by the names under which they
// are stored, such as "rationale" or "ratings[0].comment".
func PersonalTexts(e domain.Event) ([]domain.CommittedText, error) {
	stored, err := EncodeEvent(e)
	if err != nil {
		return nil, err
	}
	var message eventv1.Event
	if err := proto.Unmarshal(stored, &message); err != nil {
		return nil, fmt.Errorf("read event %d as it is stored: %w", e.No, err)
	}
	var texts []domain.CommittedText
	found := func(field string, commitment []byte) {
		texts = append(texts, domain.CommittedText{
			Event: e.No, Field: field, Commitment: domain.Commitment(hex.EncodeToString(commitment)),
			Organisation: e.Actor.Organisation,
		})
	}
	event := message.ProtoReflect()
	fact := event.WhichOneof(event.Descriptor().Oneofs().ByName("fact"))
	if len(message.GetReason()) > 0 {
		found("reason", message.GetReason())
	}
	if fact != nil {
		eachPersonal(event.Get(fact).Message(), "", found)
	}
	return texts, nil
}

// eachPersonal calls found with every commitment in a message, in the order of its fields. Prefix is put before names.
func eachPersonal(m protoreflect.Message, prefix string, found func(field string, commitment []byte)) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		name := prefix + field.JSONName()
		visit := func(name string, v protoreflect.Value) {
			if field.Message() != nil {
				eachPersonal(v.Message(), name+".", found)
			} else if IsPersonal(field) {
				found(name, v.Bytes())
			}
		}
		switch {
		case !m.Has(field) || field.IsMap():
		case field.IsList():
			for at := range m.Get(field).List().Len() {
				visit(fmt.Sprintf("%s[%d]", name, at), m.Get(field).List().Get(at))
			}
		default:
			visit(name, m.Get(field))
		}
	}
}

// IsPersonal tells whether a field of the stored form holds the commitment to a personal text.
func IsPersonal(field protoreflect.FieldDescriptor) bool {
	personal, ok := proto.GetExtension(field.Options(), eventv1.E_Personal).(bool)
	return ok && personal
}
