package openapi

import (
	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// schemas makes the schema of each message that is referred to, once.
type schemas struct {
	words     map[protoreflect.FullName]string
	reference string // what a reference to a schema begins with
	made      object
}

// ref returns a reference to the schema of a message, and makes it unless it is there.
func (s *schemas) ref(message protoreflect.MessageDescriptor) string {
	name := string(message.FullName())
	if _, ok := s.made[name]; ok {
		return s.reference + name
	}
	schema := object{"type": "object"}
	s.made[name] = schema // before its fields, which may refer to it
	if known := wellKnown(message); known != nil {
		s.made[name] = known
		return s.reference + name
	}
	if words := s.words[message.FullName()]; words != "" {
		schema["description"] = words
	}
	properties, required := object{}, []any{}
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		rules := rulesOf(field)
		properties[field.JSONName()] = s.field(field, rules)
		if rules.GetRequired() {
			required = append(required, field.JSONName())
		}
	}
	schema["properties"], schema["additionalProperties"] = properties, false
	if len(required) > 0 {
		schema["required"] = required
	}
	return s.reference + name
}

// wellKnown returns the schema of a message that has a JSON of its own; nil for others.
func wellKnown(message protoreflect.MessageDescriptor) object {
	switch message.FullName() {
	case "google.protobuf.Timestamp":
		return object{"type": "string", "format": "date-time"}
	case "google.protobuf.Struct":
		return object{"type": "object"}
	}
	return nil
}

// rulesOf returns the rules of the format of a field; none is nil.
func rulesOf(field protoreflect.FieldDescriptor) *validate.FieldRules {
	rules, _ := proto.GetExtension(field.Options(), validate.E_Field).(*validate.FieldRules)
	return rules
}

func (s *schemas) field(field protoreflect.FieldDescriptor, rules *validate.FieldRules) object {
	var schema object
	switch {
	case field.IsMap():
		schema = object{"type": "object", "additionalProperties": s.single(field.MapValue(), nil)}
	case field.IsList():
		repeated := rules.GetRepeated()
		schema = object{"type": "array", "items": s.single(field, repeated.GetItems())}
		if repeated.HasMinItems() {
			schema["minItems"] = repeated.GetMinItems()
		}
		if repeated.HasMaxItems() {
			schema["maxItems"] = repeated.GetMaxItems()
		}
		if repeated.GetUnique() {
			schema["uniqueItems"] = true
		}
	default:
		schema = s.single(field, rules)
	}
	if words := s.words[field.FullName()]; words != "" {
		schema["description"] = words
	}
	if field.Message() != nil && field.HasPresence() && !field.IsList() { // answers write what is not there as null
		schema = object{"anyOf": []any{object{"$ref": schema["$ref"]}, object{"type": "null"}}, "description": s.words[field.FullName()]}
	}
	return schema
}

// single is the schema of one value of a field.
func (s *schemas) single(field protoreflect.FieldDescriptor, rules *validate.FieldRules) object {
	switch field.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return object{"$ref": s.ref(field.Message())}
	case protoreflect.EnumKind:
		return object{"type": "string", "enum": enumNames(field.Enum(), rules.GetEnum().GetNotIn())}
	case protoreflect.BoolKind:
		return object{"type": "boolean"}
	case protoreflect.StringKind:
		return text(rules.GetString())
	case protoreflect.BytesKind:
		return object{"type": "string", "contentEncoding": "base64"}
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Uint64Kind, protoreflect.Sfixed64Kind,
		protoreflect.Fixed64Kind: // a text, since numbers of JSON lose their last digits
		return object{"type": []any{"string", "integer"}, "pattern": "^-?[0-9]+$"}
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Uint32Kind, protoreflect.Sfixed32Kind,
		protoreflect.Fixed32Kind:
		return whole(rules.GetInt32())
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return object{"type": "number"}
	}
	return object{}
}

func whole(rules *validate.Int32Rules) object {
	schema := object{"type": "integer"}
	if rules.HasGte() {
		schema["minimum"] = rules.GetGte()
	}
	if rules.HasLte() {
		schema["maximum"] = rules.GetLte()
	}
	return schema
}

func enumNames(enum protoreflect.EnumDescriptor, without []int32) []string {
	names := make([]string, 0, enum.Values().Len())
	for i := range enum.Values().Len() {
		value := enum.Values().Get(i)
		if len(without) > 0 && value.Number() == 0 {
			continue // the only value that rules leave out
		}
		names = append(names, string(value.Name()))
	}
	return names
}

// text is the schema of a text. The formats of rules.proto let the empty text through, as do these.
func text(rules *validate.StringRules) object {
	schema := object{"type": "string"}
	if rules.HasMinLen() {
		schema["minLength"] = rules.GetMinLen()
	}
	if rules.HasMaxLen() {
		schema["maxLength"] = rules.GetMaxLen()
	}
	if rules.GetUuid() {
		schema["pattern"] = "^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?$"
	}
	for _, format := range []struct {
		rule    protoreflect.ExtensionType
		pattern string
	}{
		{remitv1.E_IsoDate, "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"},
		{remitv1.E_OdsCode, "^([A-Z0-9]{2,12})?$"},
		{remitv1.E_Slug, "^([a-z0-9]+(-[a-z0-9]+)*)?$"},
		{remitv1.E_Decimal, "^(0|[1-9][0-9]{0,17})?$"},
		{remitv1.E_Share, "^(0([.][0-9]{1,12})?|1([.]0{1,12})?)?$"},
		{remitv1.E_Hundredths, "^((0|[1-9][0-9]{0,8})([.][0-9]{1,2})?)?$"},
		{remitv1.E_FinancialYear, "^([0-9]{4}/[0-9]{2})?$"},
		{remitv1.E_Entity, "^([a-z]+(-[a-z]+)*/[A-Za-z0-9-]+)?$"},
		{remitv1.E_EventType, "^([A-Z][A-Za-z]*)?$"},
		{remitv1.E_Figure, "^(-?(0|[1-9][0-9]{0,14})([.][0-9]{1,6})?)?$"},
	} {
		if on, _ := proto.GetExtension(rules, format.rule).(bool); on {
			schema["pattern"] = format.pattern
		}
	}
	return schema
}
