package api

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	"github.com/remit-register/remit/domain"
)

// WrapUnary stands before and behind a handler that answers once.
func (x *interceptor) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc { return x.unary(next) }

// WrapStreamingClient leaves clients as they are: this is a server's.
func (x *interceptor) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

// WrapStreamingHandler stands before and behind a handler that answers in pieces: it does what unary does.
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
		if err := next(ctx, &checkedConn{conn, x}); err != nil {
			err = x.translate(ctx, procedure, detailed(err))
			x.door.refusedBehind(ctx, procedure, err)
			return err
		}
		return nil
	}
}

// checkedConn checks the format of what is received.
type checkedConn struct {
	connect.StreamingHandlerConn

	check *interceptor
}

// Receive reads a message and refuses what breaks the rules of the format.
func (c *checkedConn) Receive(message any) error {
	if err := c.StreamingHandlerConn.Receive(message); err != nil {
		if code := connect.CodeOf(err); code == connect.CodeInternal || code == connect.CodeInvalidArgument {
			return plain(domain.InvalidArgument, "The request is not in the form of its protocol.")
		}
		return err //nolint:wrapcheck // Connect's own, io.EOF among them
	}
	m, ok := message.(proto.Message)
	if !ok {
		return internal()
	}
	violations, err := c.check.check(m, takeViolations(m))
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
