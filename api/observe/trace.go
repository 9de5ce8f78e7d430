package observe

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"connectrpc.com/connect"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Tracing sends a span for each call to a collector. A nil Tracing sends nothing.
type Tracing struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// StartTracing returns a Tracing that sends to an OTLP collector over HTTP, such as "http://127.0.0.1:4318". A collector
// that cannot be reached costs spans and nothing else. Stop ends it.
func StartTracing(ctx context.Context, endpoint, version string) (*Tracing, error) {
	if !strings.HasPrefix(endpoint, "http://") && !strings.HasPrefix(endpoint, "https://") {
		return nil, fmt.Errorf("endpoint %q is no URL: write it as http://127.0.0.1:4318", endpoint) //nolint:err113 // for a person
	}
	if rest := endpoint[strings.Index(endpoint, "//")+2:]; !strings.Contains(rest, "/") {
		endpoint += "/v1/traces"
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint))
	if err != nil {
		return nil, fmt.Errorf("prepare to send traces: %w", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(resource.NewSchemaless(
		attribute.String("service.name", "remit"), attribute.String("service.version", version))))
	return &Tracing{provider: provider, tracer: provider.Tracer("remit")}, nil
}

// Stop sends what is left, until ctx ends.
func (t *Tracing) Stop(ctx context.Context) error {
	if t == nil {
		return nil
	}
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("send the last traces: %w", err)
	}
	return nil
}

// span is that of one call; the zero span is none.
type span struct{ within trace.Span }

// begin begins the span of a call, within the caller's own if it names one.
func (t *Tracing) begin(ctx context.Context, procedure, command string, header http.Header) (context.Context, span) {
	if t == nil {
		return ctx, span{}
	}
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(header))
	name := strings.TrimPrefix(procedure, "/")
	service, method, _ := strings.Cut(name, "/")
	attributes := []attribute.KeyValue{
		attribute.String("rpc.system", "connect_rpc"), attribute.String("rpc.service", service), attribute.String("rpc.method", method),
		attribute.String("remit.request_id", RequestID(ctx)),
	}
	if command != "" {
		attributes = append(attributes, attribute.String("remit.command_id", command))
	}
	ctx, within := t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attributes...))
	return ctx, span{within}
}

// end ends the span. What callers did wrong is no error of the register's.
func (s span) end(outcome string, err error) {
	if s.within == nil {
		return
	}
	s.within.SetAttributes(attribute.String("remit.outcome", outcome))
	if err != nil && connect.CodeOf(err) == connect.CodeInternal {
		s.within.SetStatus(codes.Error, outcome)
	}
	s.within.End()
}

// traceOf returns the id of the trace that ctx belongs to, "" for none.
func traceOf(ctx context.Context) string {
	if c := trace.SpanContextFromContext(ctx); c.HasTraceID() {
		return c.TraceID().String()
	}
	return ""
}
