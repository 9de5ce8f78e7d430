package api

import (
	"context"
	"log/slog"
	"runtime/debug"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
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
		caller, violations := identify(conn.RequestHeader())
		if len(violations) > 0 {
			return invalid(violations)
		}
		if caller.isAnonymous() && conn.Spec().IdempotencyLevel != connect.IdempotencyNoSideEffects {
			return notSignedIn()
		}
		if err := next(withPerson(ctx, caller), &checkedConn{conn, x}); err != nil {
			return x.translate(ctx, procedure, err)
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
