package eventstore

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
)

// commandDigest is the SHA-256 (hex) by which "the same command again" is told from "another command with the same
// id", for ever: over the method, a newline, the pseudonymous actor as SUBJECT@ORGANISATION, a newline, and the
// command as canonical JSON: names from the json tags in alphabetical order, no zero values, no personal texts.
func commandDigest(command domain.Command, caller domain.Caller) (string, error) {
	var content bytes.Buffer
	content.WriteString(command.Method())
	content.WriteByte('\n')
	content.WriteString(caller.Subject + "@" + string(caller.Organisation))
	content.WriteByte('\n')
	if wrote, err := canonical(&content, reflect.ValueOf(command)); err != nil {
		return "", fmt.Errorf("digest of %s: %w", command.Method(), err)
	} else if !wrote {
		content.WriteString("{}")
	}
	sum := sha256.Sum256(content.Bytes())
	return hex.EncodeToString(sum[:]), nil
}

// canonical writes v as canonical JSON, and tells whether there was anything to write: nothing for a zero value.
func canonical(out *bytes.Buffer, v reflect.Value) (wrote bool, err error) {
	if v.IsValid() && v.Type() == reflect.TypeFor[domain.Text]() || !v.IsValid() || v.IsZero() {
		return false, nil
	}
	if m, ok := reflect.TypeAssert[encoding.TextMarshaler](v); ok {
		b, err := m.MarshalText()
		if err != nil {
			return false, fmt.Errorf("marshal %s: %w", v.Type(), err)
		}
		return true, canonicalString(out, string(b))
	}
	switch v.Kind() { //nolint:exhaustive // the rest are scalars
	case reflect.String:
		return true, canonicalString(out, v.String())
	case reflect.Pointer, reflect.Interface:
		return canonical(out, v.Elem())
	case reflect.Struct:
		return canonicalStruct(out, v)
	case reflect.Map:
		return canonicalMap(out, v)
	case reflect.Slice, reflect.Array:
		return canonicalList(out, v)
	default:
		return true, canonicalScalar(out, v.Interface())
	}
}

func canonicalScalar(out *bytes.Buffer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("marshal %T: %w", v, err)
	}
	out.Write(b)
	return nil
}

// canonicalString writes what json.Marshal would; most strings need no escape.
func canonicalString(out *bytes.Buffer, s string) error {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || strings.IndexByte(`"\<>&`, c) >= 0 {
			return canonicalScalar(out, s)
		}
	}
	out.WriteByte('"')
	out.WriteString(s)
	out.WriteByte('"')
	return nil
}

// canonicalList keeps the order and the number of elements: a zero element is null.
func canonicalList(out *bytes.Buffer, v reflect.Value) (bool, error) {
	if v.Len() == 0 {
		return false, nil
	}
	for i := range v.Len() {
		out.WriteByte("[,"[min(i, 1)])
		wrote, err := canonical(out, v.Index(i))
		if err != nil {
			return false, err
		}
		if !wrote {
			out.WriteString("null")
		}
	}
	out.WriteByte(']')
	return true, nil
}

func canonicalStruct(out *bytes.Buffer, v reflect.Value) (bool, error) {
	members := make([]member, 0, 16)
	for field, value := range v.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			return false, fmt.Errorf("field %s of %s has no stable name: give it a json tag", field.Name, v.Type())
		}
		members = append(members, member{name, value})
	}
	return canonicalMembers(out, members)
}

func canonicalMap(out *bytes.Buffer, v reflect.Value) (bool, error) {
	members := make([]member, 0, v.Len())
	for key, value := range v.Seq2() {
		members = append(members, member{key.String(), value})
	}
	return canonicalMembers(out, members)
}

// member is a member of a JSON object.
type member struct {
	name  string
	value reflect.Value
}

func canonicalMembers(out *bytes.Buffer, members []member) (bool, error) {
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	start := out.Len()
	for _, m := range members {
		before := out.Len()
		out.WriteByte("{,"[min(before-start, 1)])
		if err := canonicalString(out, m.name); err != nil {
			return false, err
		}
		out.WriteByte(':')
		wrote, err := canonical(out, m.value)
		if err != nil {
			return false, err
		}
		if !wrote {
			out.Truncate(before)
		}
	}
	if out.Len() == start {
		return false, nil
	}
	out.WriteByte('}')
	return true, nil
}
