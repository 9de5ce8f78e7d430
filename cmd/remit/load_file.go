package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// The longest line of a file to load: that of the largest request with its call.
const maxLine = 5 << 20

// fileCommand is a line of a file to load.
type fileCommand struct {
	Method  string          `json:"method"`
	Request json.RawMessage `json:"request"`
}

// loadFile gives the commands of a file to the register.
func (a *app) loadFile(ctx context.Context, path string, validateOnly bool) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	file, err := a.openFile(path)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxLine)
	var done loadedLines
	for no := 1; lines.Scan(); no++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		given, err := c.give(ctx, line, validateOnly)
		if err != nil {
			a.sayLoaded(done, validateOnly)
			return fmt.Errorf("%s, line %d: %w", path, no, err)
		}
		done.count(given)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	a.sayLoaded(done, validateOnly)
	return nil
}

// loadedLines counts what became of the commands of a file.
type loadedLines struct{ recorded, replayed, waiting int }

func (l *loadedLines) count(answer givenLine) {
	switch {
	case answer.Receipt.Replayed:
		l.replayed++
	case answer.AwaitingSecond:
		l.recorded++
		l.waiting++
	default:
		l.recorded++
	}
}

func (a *app) sayLoaded(lines loadedLines, validateOnly bool) {
	done := "recorded"
	if validateOnly {
		done = "would be accepted"
	}
	a.say("%s %s, %d had been recorded before.", plural(lines.recorded, "command"), done, lines.replayed)
	if lines.waiting > 0 && !validateOnly {
		a.say("%d of them wait, and take effect once a second person agrees: 'remit second' lists what waits.", lines.waiting)
	}
}

// givenLine is the answer to the command of a line.
type givenLine struct {
	Receipt struct {
		Replayed bool `json:"replayed"`
	} `json:"receipt"`
	AwaitingSecond bool `json:"awaitingSecond"`
}

// give gives the command of a line.
func (c *client) give(ctx context.Context, line []byte, validateOnly bool) (given givenLine, err error) {
	procedure, request, err := parseLine(line, validateOnly)
	if err != nil {
		return given, usageError{err}
	}
	call := connect.NewClient[rawJSON, rawJSON](c.http, c.url+"/"+procedure, append(c.options, connect.WithCodec(rawCodec{}))...)
	answer, err := call.CallUnary(ctx, connect.NewRequest(&rawJSON{request}))
	if err != nil {
		return given, err
	}
	if err := json.Unmarshal(answer.Msg.data, &given); err != nil {
		return given, fmt.Errorf("read the register's answer: %w", err)
	}
	return given, nil
}

// parseLine returns the call of a line, and its request with a command id.
func parseLine(line []byte, validateOnly bool) (procedure string, request []byte, err error) {
	var command fileCommand
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&command); err != nil {
		return "", nil, fmt.Errorf("not an object with method and request: %w", err)
	}
	procedure = procedureOf(command.Method)
	if err := checkProcedure(procedure); err != nil {
		return "", nil, err
	}
	fields := map[string]any{}
	decoder = json.NewDecoder(bytes.NewReader(command.Request))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return "", nil, fmt.Errorf("the request of %s is not a JSON object: %w", procedure, err)
	}
	if fields == nil {
		return "", nil, fmt.Errorf("the request of %s is not a JSON object", procedure)
	}
	if fields["commandId"] == nil && fields["command_id"] == nil {
		id, err := derivedID(procedure, fields)
		if err != nil {
			return "", nil, err
		}
		fields["commandId"] = id
	}
	if validateOnly {
		fields["validateOnly"] = true
	}
	request, err = json.Marshal(fields)
	return procedure, request, err
}

// procedureOf returns the call that a line names, with or without its package.
func procedureOf(method string) string {
	procedure := strings.TrimPrefix(method, "/")
	if !strings.HasPrefix(procedure, "remit.") {
		procedure = "remit.v1." + procedure
	}
	return procedure
}

// checkProcedure checks that there is such a call, and that it gives a command.
func checkProcedure(procedure string) error {
	name := protoreflect.FullName(strings.ReplaceAll(procedure, "/", "."))
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
	method, ok := found.(protoreflect.MethodDescriptor)
	if err != nil || !ok || strings.Count(procedure, "/") != 1 {
		return fmt.Errorf("%q is no call of the register: write it as FunctionService/AllocateFunction", procedure)
	}
	if method.Input().Fields().ByName("command_id") == nil {
		return fmt.Errorf("%s is a question, not a command", procedure)
	}
	return nil
}

// derivedID is the command id that follows from a line's content.
func derivedID(procedure string, fields map[string]any) (string, error) {
	content, err := json.Marshal(fields) // with sorted names
	if err != nil {
		return "", fmt.Errorf("derive a command id: %w", err)
	}
	return uuid.NewSHA1(uuid.NameSpaceURL, append([]byte("remit:load:"+procedure+"\n"), content...)).String(), nil
}

// rawJSON is a message that is JSON already.
type rawJSON struct{ data []byte }

// rawCodec sends and receives messages that are JSON already.
type rawCodec struct{}

// Name is that of Connect's own JSON.
func (rawCodec) Name() string { return "json" }

// Marshal returns the message's JSON.
func (rawCodec) Marshal(message any) ([]byte, error) {
	raw, ok := message.(*rawJSON)
	if !ok {
		return nil, errors.New("not raw JSON")
	}
	return raw.data, nil
}

// Unmarshal keeps the JSON.
func (rawCodec) Unmarshal(data []byte, message any) error {
	raw, ok := message.(*rawJSON)
	if !ok {
		return errors.New("not raw JSON")
	}
	raw.data = bytes.Clone(data)
	return nil
}

// number is n in decimal digits.
func number(n int32) string { return strconv.Itoa(int(n)) }
