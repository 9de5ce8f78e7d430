package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// interceptor stands before and behind every handler, and behind the door: it checks the format of the request, and
// turns whatever goes wrong into an error of the table.
type interceptor struct {
	validator protovalidate.Validator
	logger    *slog.Logger
	door      *door
}

// unary wraps a handler.
func (x *interceptor) unary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (res connect.AnyResponse, err error) {
		procedure := req.Spec().Procedure
		defer func() {
			if r := recover(); r != nil {
				x.logger.ErrorContext(ctx, "a handler panicked", slog.String("procedure", procedure),
					slog.Any("panic", r), slog.String("stack", string(debug.Stack())))
				res, err = nil, internal()
			}
		}()
		if err := x.admit(ctx, req); err != nil {
			return nil, err
		}
		res, err = next(ctx, req)
		if err != nil {
			err = x.translate(ctx, procedure, err)
			x.door.refusedBehind(ctx, procedure, err)
			return nil, err
		}
		return res, nil
	}
}

// admit refuses what breaks the rules of the format: all violations at once.
func (x *interceptor) admit(ctx context.Context, req connect.AnyRequest) error {
	m, ok := req.Any().(proto.Message)
	if !ok {
		return internal()
	}
	if simulated, ok := m.(*remitv1.SimulateRequest); ok {
		nameCommands(simulated)
	}
	violations, err := x.check(m, takeViolations(m))
	if err != nil {
		return x.translate(ctx, req.Spec().Procedure, err)
	}
	if len(violations) > 0 {
		return invalid(violations)
	}
	return nil
}

// check adds the validation rules that the request breaks. Where a field was found to be wrong already, its rules are
// not told besides. A request that could not be read at all is not checked.
func (x *interceptor) check(m proto.Message, before []fieldViolation) ([]fieldViolation, error) {
	for _, v := range before {
		if v.Path == wholeRequest {
			return before, nil
		}
	}
	err := x.validator.Validate(m)
	var broken *protovalidate.ValidationError
	switch {
	case err == nil:
		return before, nil
	case !errors.As(err, &broken):
		return nil, fmt.Errorf("check the rules of the format: %w", err)
	}
	violations := before
	for _, v := range broken.Violations {
		path := pathOf(v.Proto.GetField())
		if !isTold(before, path) {
			violations = append(violations, fieldViolation{path, ruleMessage(v.Proto)})
		}
	}
	return violations, nil
}

// ruleMessage is what a rule says when it is broken. A word that is left out is told like any other value that is.
func ruleMessage(v *validate.Violation) string {
	if v.GetRuleId() == "enum.not_in" {
		return "value is required"
	}
	return v.GetMessage()
}

// isTold tells whether a violation names the field, or something in it.
func isTold(violations []fieldViolation, path string) bool {
	for _, v := range violations {
		rest, ok := strings.CutPrefix(v.Path, path)
		if ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}

// translate turns an error of a handler into one to send.
func (x *interceptor) translate(ctx context.Context, procedure string, err error) error {
	var sent *connect.Error
	if errors.As(err, &sent) && len(sent.Details()) > 0 {
		return sent
	}
	if refusal, ok := refusalOf(err); ok {
		if len(refusal.Violations) > 0 {
			return refused(forQuestion(procedure, refusal))
		}
	}
	x.logger.ErrorContext(ctx, "a request failed", slog.String("procedure", procedure), slog.Any("error", err))
	return internal()
}

// forQuestion leaves out of a refusal of a question what holds for commands only: that it may be recorded all the same.
func forQuestion(procedure string, refusal *domain.Refusal) *domain.Refusal {
	first := refusal.Violations[0]
	remedy, isFor := strings.CutSuffix(first.Remedy, maybeRecorded)
	if !isFor || !isQuestion(procedure) {
		return refusal
	}
	return domain.Refuse(first.Reason, first.Message, cmp.Or(strings.TrimSpace(remedy), "Ask again."))
}

// isQuestion tells whether a call records nothing.
func isQuestion(procedure string) bool {
	name := strings.ReplaceAll(strings.TrimPrefix(procedure, "/"), "/", ".")
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
	method, ok := found.(protoreflect.MethodDescriptor)
	if err != nil || !ok {
		return false
	}
	options, ok := method.Options().(*descriptorpb.MethodOptions)
	return ok && options.GetIdempotencyLevel() == descriptorpb.MethodOptions_NO_SIDE_EFFECTS
}

func internal() *connect.Error {
	return plain(Internal, "Something went wrong inside the register; its log says what.")
}

func notSignedIn() *connect.Error {
	return refused(domain.Refuse(domain.NotSignedIn, "Nobody is signed in, and only questions are answered to everybody.",
		"Say who you are in the header "+ActorHeader+": SUBJECT@ORGCODE."))
}
