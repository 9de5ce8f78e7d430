package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// codecs returns the options that put the strict codecs in the place of Connect's own.
func codecs() []connect.HandlerOption {
	return []connect.HandlerOption{
		connect.WithCodec(jsonCodec{name: "json"}),
		connect.WithCodec(jsonCodec{name: "json; charset=utf-8"}),
		connect.WithCodec(binaryCodec{}),
	}
}

// jsonCodec is protobuf's JSON, strictly: what the request's message does not have is not dropped but refused. Answers
// have every field, empty ones too, without white space and always in the same order.
type jsonCodec struct{ name string }

// Name returns the name under which Connect finds the codec.
func (c jsonCodec) Name() string { return c.name }

// IsBinary tells that the codec writes text.
func (jsonCodec) IsBinary() bool { return false }

// Marshal writes an answer.
func (jsonCodec) Marshal(message any) ([]byte, error) {
	m, err := protoMessage(message)
	if err != nil {
		return nil, err
	}
	spaced, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write %s as JSON: %w", m.ProtoReflect().Descriptor().Name(), err)
	}
	// protojson puts white space in at random, so that nobody relies on it; equal answers are to be equal bytes.
	compact := bytes.NewBuffer(make([]byte, 0, len(spaced)))
	if err := json.Compact(compact, spaced); err != nil {
		return nil, fmt.Errorf("write %s as JSON: %w", m.ProtoReflect().Descriptor().Name(), err)
	}
	return compact.Bytes(), nil
}

// MarshalStable writes a message so that equal messages are equal bytes.
func (c jsonCodec) MarshalStable(message any) ([]byte, error) { return c.Marshal(message) }

// Unmarshal reads a request. One that cannot be read is no error here: see violationsField.
func (jsonCodec) Unmarshal(data []byte, message any) error {
	m, err := protoMessage(message)
	if err != nil {
		return err
	}
	problem := (protojson.UnmarshalOptions{}).Unmarshal(data, m)
	if problem == nil {
		return nil
	}
	violations, rest := jsonViolations(data, m.ProtoReflect().Descriptor())
	proto.Reset(m)
	if rest != nil && (len(violations) == 0 || (protojson.UnmarshalOptions{}).Unmarshal(rest, m) != nil) {
		violations = append(violations, fieldViolation{wholeRequest, notJSONOf(m, problem)})
	}
	leaveViolations(m, violations)
	return nil
}

// notJSONOf says what protojson found. Its texts begin with the name of a package and, at random, a special space.
func notJSONOf(m proto.Message, problem error) string {
	text := strings.TrimSpace(strings.ReplaceAll(strings.TrimPrefix(problem.Error(), "proto:"), "\u00a0", " "))
	return fmt.Sprintf("is not the JSON of a %s: %s", m.ProtoReflect().Descriptor().Name(), text)
}

// binaryCodec is protobuf's own format.
type binaryCodec struct{}

// Name returns the name under which Connect finds the codec.
func (binaryCodec) Name() string { return "proto" }

// IsBinary tells that the codec writes no text.
func (binaryCodec) IsBinary() bool { return true }

// Marshal writes a message.
func (binaryCodec) Marshal(message any) ([]byte, error) { return marshalBinary(message, false) }

// MarshalStable writes a message so that equal messages are equal bytes.
func (binaryCodec) MarshalStable(message any) ([]byte, error) { return marshalBinary(message, true) }

func marshalBinary(message any, deterministic bool) ([]byte, error) {
	m, err := protoMessage(message)
	if err != nil {
		return nil, err
	}
	data, err := proto.MarshalOptions{Deterministic: deterministic}.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", m.ProtoReflect().Descriptor().Name(), err)
	}
	return data, nil
}

// Unmarshal reads a request. One that cannot be read is no error here: see violationsField.
func (binaryCodec) Unmarshal(data []byte, message any) error {
	m, err := protoMessage(message)
	if err != nil {
		return err
	}
	if err := proto.Unmarshal(data, m); err != nil {
		proto.Reset(m)
		leaveViolations(m, []fieldViolation{{wholeRequest, "is not a " + string(m.ProtoReflect().Descriptor().FullName())}})
	}
	return nil
}

func protoMessage(message any) (proto.Message, error) {
	m, ok := message.(proto.Message)
	if !ok {
		return nil, fmt.Errorf("%T is not a protobuf message", message)
	}
	return m, nil
}
