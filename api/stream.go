package api

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
)

// WrapUnary stands before calls with one answer.
func (x *interceptor) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc { return x.unary(next) }

// WrapStreamingClient changes nothing: the server calls nobody.
func (x *interceptor) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

// WrapStreamingHandler stands before streams of answers, all of which are queries: it checks the format of the request,
// and turns whatever goes wrong into an error of the table.
func (x *interceptor) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) (err error) {
		procedure := conn.Spec().Procedure
		defer func() {
			if r := recover(); r != nil {
				x.logger.ErrorContext(ctx, "a handler panicked", slog.String("procedure", procedure),
					slog.Any("panic", r), slog.String("stack", string(debug.Stack())))
				err = internal()
			}
		}()
		if err := next(ctx, &checkedConn{StreamingHandlerConn: conn, interceptor: x}); err != nil {
			return x.translate(ctx, procedure, detailed(err))
		}
		return nil
	}
}

// checkedConn is a stream whose request is checked when it is read.
type checkedConn struct {
	connect.StreamingHandlerConn

	interceptor *interceptor
}

// Receive reads the request, and refuses what breaks the rules of the format: all violations at once.
func (c *checkedConn) Receive(message any) error {
	if err := c.StreamingHandlerConn.Receive(message); err != nil {
		return err //nolint:wrapcheck // Connect looks for the end of the stream in it
	}
	_, violations := identify(c.RequestHeader())
	m, ok := message.(proto.Message)
	if !ok {
		return internal()
	}
	violations, err := c.interceptor.check(m, append(violations, takeViolations(m)...))
	if err != nil {
		return err
	}
	if len(violations) > 0 {
		return invalid(violations)
	}
	return nil
}

// detailed gives an error of Connect's own, which has none, its ErrorInfo.
func detailed(err error) error {
	var sent *connect.Error
	if !errors.As(err, &sent) || len(sent.Details()) > 0 {
		return err //nolint:wrapcheck // Connect looks at the error itself
	}
	code := sent.Code()
	if code == connect.CodeUnknown { // what Connect says of a request that it cannot unpack
		code = connect.CodeInvalidArgument
	}
	return coded(code, sent.Message(), plainInfo(reasonOf(code)))
}
