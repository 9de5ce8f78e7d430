package observe

import (
	"context"
	"errors"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
)

// Interceptor counts calls, and names their commands to the log. It belongs before all others.
type Interceptor struct {
	metrics *Metrics
	tracing *Tracing
}

// NewInterceptor returns an interceptor; tracing may be nil.
func NewInterceptor(metrics *Metrics, tracing *Tracing) *Interceptor {
	return &Interceptor{metrics, tracing}
}

// WrapUnary counts a call that is answered once, how it ended, and how long it took.
func (x *Interceptor) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		began := x.metrics.clock()
		spec := req.Spec()
		command := commandOf(req.Any())
		noteCommand(ctx, command)
		ctx, span := x.tracing.begin(ctx, spec.Procedure, command, req.Header())
		res, err := next(ctx, req)
		outcome := outcomeOf(err)
		if isTrial, ok := req.Any().(interface{ GetValidateOnly() bool }); ok && err == nil && isTrial.GetValidateOnly() {
			outcome = outcomeValidated
		}
		span.end(outcome, err)
		took := x.metrics.clock().Sub(began).Seconds()
		if spec.IdempotencyLevel == connect.IdempotencyNoSideEffects {
			x.metrics.questions.WithLabelValues(methodOf(spec), outcome).Inc()
			x.metrics.questionSeconds.Observe(took)
		} else {
			x.metrics.commands.WithLabelValues(methodOf(spec), outcome).Inc()
			x.metrics.commandSeconds.Observe(took)
		}
		return res, err
	}
}

// WrapStreamingClient leaves clients as they are: this is a server's.
func (x *Interceptor) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

// WrapStreamingHandler counts who watches.
func (x *Interceptor) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		spec := conn.Spec()
		watchers := x.metrics.watchers.WithLabelValues(methodOf(spec))
		watchers.Inc()
		defer watchers.Dec()
		ctx, span := x.tracing.begin(ctx, spec.Procedure, "", conn.RequestHeader())
		err := next(ctx, conn)
		outcome := outcomeOf(err)
		span.end(outcome, err)
		x.metrics.questions.WithLabelValues(methodOf(spec), outcome).Inc()
		return err
	}
}

// The outcomes besides the reasons of errors.
const (
	outcomeOK        = "ok"
	outcomeValidated = "validated" // the command would be accepted; nothing was recorded
)

// outcomeOf is "ok", or the reason of the error, which is from a closed list.
func outcomeOf(err error) string {
	if err == nil {
		return outcomeOK
	}
	if sent, ok := errors.AsType[*connect.Error](err); ok {
		for _, detail := range sent.Details() {
			if value, valueErr := detail.Value(); valueErr == nil {
				if info, ok := value.(*errdetails.ErrorInfo); ok {
					return info.GetReason()
				}
			}
		}
	}
	return strings.ToUpper(connect.CodeOf(err).String())
}

// methodOf is the name of a call, as "ProposeTransfer".
func methodOf(spec connect.Spec) string {
	return spec.Procedure[strings.LastIndexByte(spec.Procedure, '/')+1:]
}

// commandOf returns the id of the command that a message is, "" where it is none or too long to be one.
func commandOf(message any) string {
	if m, ok := message.(interface{ GetCommandId() string }); ok && len(m.GetCommandId()) <= longestID {
		return m.GetCommandId()
	}
	return ""
}
