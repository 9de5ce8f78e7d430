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
	"sync"

	"github.com/remit-register/remit/domain"
)

// digester computes the digests of commands. It may be used concurrently.
type digester struct {
	plans sync.Map // reflect.Type of a struct → []planned: how it is written
}

// planned is a field of a struct, under its JSON name.
type planned struct {
	name  string
	index int
}

// digest is the SHA-256 (hex) by which "the same command again" is told from "another command with the same id", for
// ever: over the method, a newline, the pseudonymous actor as SUBJECT@ORGANISATION, a newline, and the command as
// canonical JSON: names from the json tags in alphabetical order, no zero values, no personal texts.
func (d *digester) digest(command domain.Command, caller domain.Caller) (string, error) {
	content := bytes.NewBuffer(make([]byte, 0, typicalCommand))
	content.WriteString(command.Method())
	content.WriteByte('\n')
	content.WriteString(caller.Subject)
	content.WriteByte('@')
	content.WriteString(string(caller.Organisation))
	content.WriteByte('\n')
	if wrote, err := d.canonical(content, reflect.ValueOf(command)); err != nil {
		return "", fmt.Errorf("digest of %s: %w", command.Method(), err)
	} else if !wrote {
		content.WriteString("{}")
	}
	sum := sha256.Sum256(content.Bytes())
	return hex.EncodeToString(sum[:]), nil
}

// Room for most commands.
const typicalCommand = 512

// canonical writes v as canonical JSON, and tells whether there was anything to write: nothing for a zero value.
func (d *digester) canonical(out *bytes.Buffer, v reflect.Value) (wrote bool, err error) {
	if !v.IsValid() || v.IsZero() || v.Type() == reflect.TypeFor[domain.Text]() {
		return false, nil
	}
	if v.Kind() == reflect.String {
		return true, canonicalString(out, v.String())
	}
	if m, ok := reflect.TypeAssert[encoding.TextMarshaler](v); ok {
		b, err := m.MarshalText()
		if err != nil {
			return false, fmt.Errorf("marshal %s: %w", v.Type(), err)
		}
		return true, canonicalString(out, string(b))
	}
	switch v.Kind() { //nolint:exhaustive // the rest are scalars
	case reflect.Pointer, reflect.Interface:
		return d.canonical(out, v.Elem())
	case reflect.Struct:
		return d.canonicalStruct(out, v)
	case reflect.Map:
		return d.canonicalMap(out, v)
	case reflect.Slice, reflect.Array:
		return d.canonicalList(out, v)
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
func (d *digester) canonicalList(out *bytes.Buffer, v reflect.Value) (bool, error) {
	if v.Len() == 0 {
		return false, nil
	}
	for i := range v.Len() {
		out.WriteByte("[,"[min(i, 1)])
		wrote, err := d.canonical(out, v.Index(i))
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

func (d *digester) canonicalStruct(out *bytes.Buffer, v reflect.Value) (bool, error) {
	plan, err := d.plan(v.Type())
	if err != nil {
		return false, err
	}
	start := out.Len()
	for _, field := range plan {
		if err := d.member(out, start, field.name, v.Field(field.index)); err != nil {
			return false, err
		}
	}
	return endObject(out, start), nil
}

// plan returns the fields of a struct in the order of their JSON names.
func (d *digester) plan(of reflect.Type) ([]planned, error) {
	if known, ok := d.plans.Load(of); ok {
		if plan, ok := known.([]planned); ok {
			return plan, nil
		}
	}
	plan := make([]planned, 0, of.NumField())
	for i := range of.NumField() {
		field := of.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			return nil, fmt.Errorf("field %s of %s has no stable name: give it a json tag", field.Name, of)
		}
		plan = append(plan, planned{name, i})
	}
	slices.SortFunc(plan, func(a, b planned) int { return strings.Compare(a.name, b.name) })
	d.plans.Store(of, plan)
	return plan, nil
}

func (d *digester) canonicalMap(out *bytes.Buffer, v reflect.Value) (bool, error) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	start := out.Len()
	for _, key := range keys {
		if err := d.member(out, start, key.String(), v.MapIndex(key)); err != nil {
			return false, err
		}
	}
	return endObject(out, start), nil
}

// member writes a member of the object that began at start, or nothing when its value is zero.
func (d *digester) member(out *bytes.Buffer, start int, name string, value reflect.Value) error {
	before := out.Len()
	out.WriteByte("{,"[min(before-start, 1)])
	if err := canonicalString(out, name); err != nil {
		return err
	}
	out.WriteByte(':')
	wrote, err := d.canonical(out, value)
	if !wrote {
		out.Truncate(before)
	}
	return err
}

// endObject ends the object that began at start, and tells whether there is one.
func endObject(out *bytes.Buffer, start int) bool {
	if out.Len() == start {
		return false
	}
	out.WriteByte('}')
	return true
}
