package api

import (
	"strings"
	"unicode"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// fieldViolation is one rule of the format that a request breaks.
type fieldViolation struct {
	// Path names the field as JSON does, such as "ratings[0].evidence[1].sha256"; "request" is the whole.
	Path    string
	Message string
}

// wholeRequest is the path of a violation that no field can be named for.
const wholeRequest = "request"

// A codec that cannot read a request must say so to the interceptor, since Connect ends a request that its codec
// refuses before any interceptor sees it, and without the error's details. So the codec leaves what it found in the
// unknown fields of the message, under this number, which no message uses. It is the highest that there is.
const violationsField protowire.Number = protowire.MaxValidNumber

// leaveViolations leaves what is wrong with the request in its message.
func leaveViolations(m proto.Message, violations []fieldViolation) {
	var raw []byte
	for _, v := range violations {
		var one []byte
		one = protowire.AppendString(protowire.AppendTag(one, 1, protowire.BytesType), v.Path)
		one = protowire.AppendString(protowire.AppendTag(one, 2, protowire.BytesType), v.Message)
		raw = protowire.AppendBytes(protowire.AppendTag(raw, violationsField, protowire.BytesType), one)
	}
	m.ProtoReflect().SetUnknown(raw)
}

// takeViolations returns what the codec left.
func takeViolations(m proto.Message) []fieldViolation {
	var violations []fieldViolation
	raw := m.ProtoReflect().GetUnknown()
	for len(raw) > 0 {
		number, kind, n := protowire.ConsumeField(raw)
		if n < 0 {
			return violations
		}
		if number == violationsField && kind == protowire.BytesType {
			_, _, tag := protowire.ConsumeTag(raw)
			one, _ := protowire.ConsumeBytes(raw[tag:])
			violations = append(violations, readViolation(one))
		}
		raw = raw[n:]
	}
	return violations
}

func readViolation(raw []byte) fieldViolation {
	v := fieldViolation{Path: wholeRequest, Message: "cannot be read"}
	for len(raw) > 0 {
		number, kind, n := protowire.ConsumeTag(raw)
		if n < 0 || kind != protowire.BytesType {
			return v
		}
		text, m := protowire.ConsumeString(raw[n:])
		if m < 0 {
			return v
		}
		if number == 1 {
			v.Path = text
		} else {
			v.Message = text
		}
		raw = raw[n+m:]
	}
	return v
}

// pathOf returns a field path of the validator as JSON names it.
func pathOf(path *validate.FieldPath) string {
	var b strings.Builder
	for _, element := range path.GetElements() {
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(camelCase(element.GetFieldName()))
		if _, ok := element.GetSubscript().(*validate.FieldPathElement_Index); ok {
			b.WriteString(index(element.GetIndex()))
		}
	}
	if b.Len() == 0 {
		return wholeRequest
	}
	return b.String()
}

// camelCase turns the name of a field in proto into its name in JSON.
func camelCase(name string) string {
	var b strings.Builder
	upper := false
	for _, r := range name {
		switch {
		case r == '_':
			upper = true
		case upper:
			b.WriteRune(unicode.ToUpper(r))
			upper = false
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
