package api_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/remit-register/remit/api"
)

// healthMessages returns a request and an empty answer of gRPC's health checks.
func healthMessages(t *testing.T, service string) (request, answer *dynamicpb.Message) {
	t.Helper()
	field := func(name string, kind descriptorpb.FieldDescriptorProto_Type) *descriptorpb.DescriptorProto {
		return &descriptorpb.DescriptorProto{Name: new("M" + name), Field: []*descriptorpb.FieldDescriptorProto{{
			Name: new(name), Number: new(int32(1)), Type: kind.Enum(), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		}}}
	}
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: new("health.proto"), Syntax: new("proto3"), MessageType: []*descriptorpb.DescriptorProto{
			field("service", descriptorpb.FieldDescriptorProto_TYPE_STRING), field("status", descriptorpb.FieldDescriptorProto_TYPE_INT32),
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	request, answer = dynamicpb.NewMessage(file.Messages().Get(0)), dynamicpb.NewMessage(file.Messages().Get(1))
	request.Set(request.Descriptor().Fields().Get(0), protoreflect.ValueOfString(service))
	return request, answer
}

// TestGRPCHealth asks whether services answer, as gRPC's own tools do, before and after the reference register is loaded.
func TestGRPCHealth(t *testing.T) {
	loaded := false
	s := newServer(t, func(c *api.Config) { c.ReferenceLoaded = func() bool { return loaded } })
	check := func(service string) (int64, connect.Code) {
		t.Helper()
		request, answer := healthMessages(t, service)
		raw, err := proto.Marshal(request)
		if err != nil {
			t.Fatal(err)
		}
		code, body := s.grpc(t, "/grpc.health.v1.Health/Check", raw)
		if err := proto.Unmarshal(body, answer); err != nil {
			t.Fatal(err)
		}
		return answer.Get(answer.Descriptor().Fields().Get(0)).Int(), code
	}
	const serving, notServing = 1, 2
	if status, code := check(""); status != notServing || code != 0 {
		t.Errorf("before it is loaded: %d, %s", status, code)
	}
	loaded = true
	for _, service := range []string{"", "remit.v1.MapService", "remit.v1.OperatorService"} {
		if status, code := check(service); status != serving || code != 0 {
			t.Errorf("%q: %d, %s", service, status, code)
		}
	}
	if _, code := check("remit.v1.Nothing"); code != connect.CodeNotFound {
		t.Errorf("a service that there is not: %s", code)
	}
}

// grpc makes a call with raw bytes over gRPC, and returns its status and the raw answer.
func (s *server) grpc(t *testing.T, path string, message []byte) (connect.Code, []byte) {
	t.Helper()
	frame := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message)))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, bytes.NewReader(append(frame, message...)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/grpc+proto")
	req.Header.Set("Te", "trailers")
	res, err := http2().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	status := res.Trailer.Get("Grpc-Status") + res.Header.Get("Grpc-Status")
	number, err := strconv.ParseUint(status, 10, 32)
	if err != nil {
		t.Fatalf("status %q: %v", status, err)
	}
	return connect.Code(number), raw[min(len(raw), 5):]
}

// TestDescription reads the description of the calls, which nobody has to sign in for.
func TestDescription(t *testing.T) {
	s := newServer(t)
	get := func(path string) answer {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s.do(t, req)
	}
	document := get("/openapi.json")
	if document.status != http.StatusOK || document.body["openapi"] != "3.1.0" || !strings.Contains(string(document.raw), `"REMIT_ALREADY_HELD"`) {
		t.Errorf("%d %.200s", document.status, document.raw)
	}
	if a := get("/schemas/remit.v1.WhoHoldsRequest.json"); a.status != http.StatusOK || !strings.Contains(string(a.raw), `"asOf"`) {
		t.Errorf("%d %.200s", a.status, a.raw)
	}
	for _, path := range []string{"/schemas/remit.v1.WhoHoldsRequest", "/schemas/remit.v1.X.json", "/schemas/..%2fopenapi.json"} {
		if a := get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// TestOtherOrigins checks that pages of other origins get no leave to read anything, and that every answer says what
// browsers may make of it.
func TestOtherOrigins(t *testing.T) {
	s := newServer(t)
	for _, test := range []struct{ method, path, body string }{
		{http.MethodOptions, "/remit.v1.MapService/GetMap", ""},
		{http.MethodPost, "/remit.v1.MapService/GetMap", "{}"},
		{http.MethodPost, "/remit.v1.MapService/Nothing", "{}"},
		{http.MethodGet, "/remit.v1.MapService/GetMap?encoding=json&message={}", ""},
		{http.MethodGet, "/healthz", ""},
		{http.MethodGet, "/readyz", ""},
		{http.MethodGet, "/openapi.json", ""},
		{http.MethodGet, "/nowhere", ""},
	} {
		req, err := http.NewRequestWithContext(t.Context(), test.method, s.URL+test.path, strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Origin", "https://elsewhere.example")
		req.Header.Set("Access-Control-Request-Method", "POST")
		a := s.do(t, req)
		for name := range a.header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s %s: %s: %s", test.method, test.path, name, a.header.Get(name))
			}
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s %s: %s: %q, want %q", test.method, test.path, name, got, want)
			}
		}
	}
}

// TestRateLimit has one caller ask too often: it is told when to try again, others are answered, and so is whoever
// watches the register.
func TestRateLimit(t *testing.T) {
	s := newServer(t, func(c *api.Config) { c.RateLimit = 2 })
	var last answer
	refusals := 0
	for range 8 {
		if last = s.call(t, "anna@X24", "FunctionService/ListFunctions", "{}"); last.status == http.StatusTooManyRequests {
			refusals++
		}
	}
	details := items(last.body["details"])
	if refusals != 4 || last.header.Get("Retry-After") != "1" || len(details) != 2 || obj(details[1])["type"] != "google.rpc.RetryInfo" ||
		obj(obj(details[0])["debug"])["reason"] != string(api.RateLimited) || last.body["code"] != "resource_exhausted" {
		t.Errorf("%d refused, the last with %v %s", refusals, last.header, last.raw)
	}
	s.ok(t, "bert@X24", "FunctionService/ListFunctions", "{}")
	for range 10 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/healthz", nil)
		if err != nil {
			t.Fatal(err)
		}
		if a := s.do(t, req); a.status != http.StatusOK {
			t.Errorf("/healthz: %d", a.status)
		}
	}
}
