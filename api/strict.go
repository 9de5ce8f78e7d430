package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// jsonViolations says why data is not the JSON of a message: malformed, or by the path of each field that the message
// does not have or that is not what the message has there. It finds all of them, where protojson stops at the first.
// rest is the JSON without these fields, nil when there is none.
func jsonViolations(data []byte, message protoreflect.MessageDescriptor) (violations []fieldViolation, rest []byte) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return []fieldViolation{{wholeRequest, "is not valid JSON: " + jsonProblem(err)}}, nil
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return []fieldViolation{{wholeRequest, "is not valid JSON: something follows its end"}}, nil
	}
	w := walk{}
	if !w.message("", value, message) {
		return w.found, nil
	}
	rest, err := json.Marshal(value)
	if err != nil {
		return append(w.found, fieldViolation{wholeRequest, "cannot be read"}), nil
	}
	return w.found, rest
}

func jsonProblem(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too soon"
	}
	return err.Error()
}

// walk compares JSON with what a message may have, and takes out of it what it may not. Its methods tell whether what
// they were given may stay.
type walk struct{ found []fieldViolation }

// wrong notes a violation.
func (w *walk) wrong(path, text string) bool {
	if path == "" {
		path = wholeRequest
	}
	w.found = append(w.found, fieldViolation{path, text})
	return false
}

func (w *walk) message(path string, value any, message protoreflect.MessageDescriptor) bool {
	if message.FullName() == "google.protobuf.Timestamp" {
		return w.timestamp(path, value)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return w.wrong(path, "must be an object")
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		field := message.Fields().ByJSONName(name)
		if field == nil {
			field = message.Fields().ByTextName(name)
		}
		if !w.field(strings.TrimPrefix(path+"."+name, "."), object[name], field, message) {
			delete(object, name)
		}
	}
	return true
}

func (w *walk) field(
	path string, value any, field protoreflect.FieldDescriptor, message protoreflect.MessageDescriptor,
) bool {
	switch {
	case field == nil:
		return w.wrong(path, "unknown field of "+string(message.Name()))
	case value == nil: // as if it were left out
		return true
	case field.IsList():
		return w.list(path, value, field)
	}
	return w.single(path, value, field)
}

func (w *walk) list(path string, value any, field protoreflect.FieldDescriptor) bool {
	list, ok := value.([]any)
	if !ok {
		return w.wrong(path, "must be a list")
	}
	stays := true
	for i, element := range list {
		stays = w.single(path+index(uint64(i)), element, field) && stays
	}
	return stays
}

func (w *walk) single(path string, value any, field protoreflect.FieldDescriptor) bool {
	if field.Message() != nil {
		return w.message(path, value, field.Message())
	}
	if field.Enum() != nil {
		return w.enum(path, value, field.Enum())
	}
	switch field.Kind() { //nolint:exhaustive // requests have whole numbers of 32 bits besides, and nothing else
	case protoreflect.BoolKind:
		if _, ok := value.(bool); !ok {
			return w.wrong(path, "must be true or false")
		}
	case protoreflect.StringKind:
		if _, ok := value.(string); !ok {
			return w.wrong(path, "must be a text in quotation marks")
		}
	default:
		if _, err := strconv.ParseInt(fmt.Sprint(value), 10, 32); err != nil {
			return w.wrong(path, "must be a whole number")
		}
	}
	return true
}

func (w *walk) enum(path string, value any, enum protoreflect.EnumDescriptor) bool {
	switch v := value.(type) {
	case string:
		if enum.Values().ByName(protoreflect.Name(v)) != nil {
			return true
		}
	case json.Number:
		n, err := strconv.ParseInt(v.String(), 10, 32)
		if err == nil && enum.Values().ByNumber(protoreflect.EnumNumber(n)) != nil {
			return true
		}
	}
	names := make([]string, 0, enum.Values().Len())
	for i := 1; i < enum.Values().Len(); i++ {
		names = append(names, string(enum.Values().Get(i).Name()))
	}
	return w.wrong(path, "must be one of "+strings.Join(names, ", "))
}

func (w *walk) timestamp(path string, value any) bool {
	text, _ := value.(string)
	if _, err := time.Parse(time.RFC3339Nano, text); err != nil {
		return w.wrong(path, "must be an instant such as 2026-04-01T09:30:00Z")
	}
	return true
}

func index(i uint64) string { return "[" + strconv.FormatUint(i, 10) + "]" }
