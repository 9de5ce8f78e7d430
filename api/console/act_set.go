package console

import (
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// set puts values into the field of a message that a path names. A path that there is not is left alone: the paths are
// those of the forms, and a test fills each.
func set(m proto.Message, path string, values ...string) {
	setIn(m.ProtoReflect(), strings.Split(path, "."), values)
}

func setIn(m protoreflect.Message, path, values []string) {
	field := m.Descriptor().Fields().ByJSONName(path[0])
	if field == nil || len(values) == 0 {
		return
	}
	if field.IsList() {
		setList(m.Mutable(field).List(), field, path[1:], values)
		return
	}
	if len(path) > 1 {
		setIn(m.Mutable(field).Message(), path[1:], values)
		return
	}
	if value, ok := valueOf(field, values[0]); ok {
		m.Set(field, value)
	}
}

// setList puts values into a list: a path goes on into the entry that it numbers, and values without a path are the
// list's entries.
func setList(list protoreflect.List, field protoreflect.FieldDescriptor, path, values []string) {
	if len(path) == 0 {
		list.Truncate(0)
		for _, text := range values {
			if value, ok := valueOf(field, text); ok {
				list.Append(value)
			}
		}
		return
	}
	n, err := strconv.Atoi(path[0])
	if err != nil || n < 0 || n >= maxEntries {
		return
	}
	for list.Len() <= n {
		list.AppendMutable()
	}
	if len(path) > 1 {
		setIn(list.Get(n).Message(), path[1:], values)
	}
}

// valueOf reads a value of a field's type. What is no value of it is left out, so that the API says so.
func valueOf(field protoreflect.FieldDescriptor, text string) (protoreflect.Value, bool) {
	switch field.Kind() { //nolint:exhaustive // the kinds that requests have
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(text), true
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(text == "true"), true
	case protoreflect.Int32Kind:
		n, err := strconv.ParseInt(text, 10, 32)
		return protoreflect.ValueOfInt32(int32(n)), err == nil
	case protoreflect.Int64Kind:
		n, err := strconv.ParseInt(text, 10, 64)
		return protoreflect.ValueOfInt64(n), err == nil
	case protoreflect.EnumKind:
		if v := field.Enum().Values().ByName(protoreflect.Name(text)); v != nil {
			return protoreflect.ValueOfEnum(v.Number()), true
		}
	}
	return protoreflect.Value{}, false
}

// valuesAt returns what a message has at a path, as a form gives it; nothing for what is not set.
func valuesAt(m protoreflect.Message, path []string) []string {
	field := m.Descriptor().Fields().ByJSONName(path[0])
	if field == nil || !m.Has(field) {
		return nil
	}
	if !field.IsList() {
		if field.Message() != nil && len(path) > 1 {
			return valuesAt(m.Get(field).Message(), path[1:])
		}
		return []string{textOfValue(field, m.Get(field))}
	}
	list := m.Get(field).List()
	if len(path) > 2 && field.Message() != nil {
		if n, err := strconv.Atoi(path[1]); err == nil && n >= 0 && n < list.Len() {
			return valuesAt(list.Get(n).Message(), path[2:])
		}
		return nil
	}
	if field.Message() != nil {
		return nil
	}
	values := make([]string, list.Len())
	for i := range values {
		values[i] = textOfValue(field, list.Get(i))
	}
	return values
}

// textOfValue writes a value as a form gives it.
func textOfValue(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	if field.Enum() != nil {
		if v := field.Enum().Values().ByNumber(value.Enum()); v != nil {
			return string(v.Name())
		}
	}
	return value.String()
}

// listAt returns the list of messages at a path, nil when there is none.
func listAt(m protoreflect.Message, path []string) protoreflect.List {
	field := m.Descriptor().Fields().ByJSONName(path[0])
	switch {
	case field == nil || !m.Has(field):
		return nil
	case field.IsList():
		return m.Get(field).List()
	case field.Message() != nil && len(path) > 1:
		return listAt(m.Get(field).Message(), path[1:])
	}
	return nil
}
