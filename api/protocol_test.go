package api_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"connectrpc.com/grpcreflect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// http2 returns a client that speaks HTTP/2 without TLS, as gRPC needs.
func http2() *http.Client {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Client{Transport: &http.Transport{Protocols: protocols}}
}

// soleInfo returns the one ErrorInfo of an error, which has nothing besides but a RetryInfo where trying again may help.
func soleInfo(t *testing.T, err error) (connect.Code, *errdetails.ErrorInfo) {
	t.Helper()
	var coded *connect.Error
	if !errors.As(err, &coded) || len(coded.Details()) == 0 || len(coded.Details()) > 2 {
		t.Fatalf("want an error with one ErrorInfo, got %v", err)
	}
	if len(coded.Details()) == 2 {
		if hint, err := coded.Details()[1].Value(); err != nil || coded.Code() != connect.CodeResourceExhausted {
			t.Fatalf("want one detail, got also %T, %v", hint, err)
		} else if _, ok := hint.(*errdetails.RetryInfo); !ok {
			t.Fatalf("want a RetryInfo besides, got %T", hint)
		}
	}
	value, err := coded.Details()[0].Value()
	info, ok := value.(*errdetails.ErrorInfo)
	if err != nil || !ok {
		t.Fatalf("want an ErrorInfo, got %T, %v", value, err)
	}
	return coded.Code(), info
}

// TestClients calls through the generated client in every protocol.
func TestClients(t *testing.T) {
	s := newServer(t)
	for name, options := range map[string][]connect.ClientOption{
		"Connect":            nil,
		"Connect, JSON":      {connect.WithProtoJSON()},
		"Connect, GET":       {connect.WithHTTPGet()},
		"Connect, gzip":      {connect.WithSendGzip()},
		"gRPC":               {connect.WithGRPC()},
		"gRPC, JSON":         {connect.WithGRPC(), connect.WithProtoJSON()},
		"gRPC-Web":           {connect.WithGRPCWeb()},
		"gRPC-Web, gzip":     {connect.WithGRPCWeb(), connect.WithSendGzip()},
		"Connect, GET, JSON": {connect.WithHTTPGet(), connect.WithProtoJSON()},
	} {
		t.Run(name, func(t *testing.T) {
			functions := remitv1connect.NewFunctionServiceClient(http2(), s.URL, options...)
			list, err := functions.ListFunctions(t.Context(), &remitv1.ListFunctionsRequest{})
			if err != nil || list.GetAsOf().GetEffectiveOn() != today {
				t.Fatalf("got %v, %v", list, err)
			}
			_, err = functions.GetFunction(t.Context(), &remitv1.GetFunctionRequest{Code: "nothing"})
			if code, info := soleInfo(t, err); code != connect.CodeNotFound || info.GetReason() != "UNKNOWN_FUNCTION" {
				t.Errorf("got %s, %v", code, info)
			}
			_, err = functions.GetFunction(t.Context(), &remitv1.GetFunctionRequest{Code: "NO", MinPosition: "x"})
			if code, info := soleInfo(t, err); code != connect.CodeInvalidArgument || len(info.GetMetadata()) != 4 {
				t.Errorf("got %s, %v", code, info)
			}
			_, err = functions.DefineFunction(t.Context(), &remitv1.DefineFunctionRequest{})
			if code, info := soleInfo(t, err); code != connect.CodeUnauthenticated || info.GetReason() != "NOT_SIGNED_IN" {
				t.Errorf("got %s, %v", code, info)
			}
			if strings.Contains(name, "GET") {
				return // so long an address is refused by HTTP itself
			}
			_, err = functions.GetFunction(t.Context(), &remitv1.GetFunctionRequest{Code: strings.Repeat("x", api.MaxRequestBytes)})
			if code, info := soleInfo(t, err); code != connect.CodeResourceExhausted || info.GetReason() != "TOO_LARGE" {
				t.Errorf("got %s, %v", code, info)
			}
		})
	}
}

// request is one that no well-behaved client sends.
type request struct {
	method, path, contentType, body string
	header                          []string
}

func (r request) build(t *testing.T, s *server) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.method, s.URL+r.path, strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	for i := 0; i+1 < len(r.header); i += 2 {
		req.Header.Set(r.header[i], r.header[i+1])
	}
	return req
}

// TestBadRequests sends what Connect refuses before it asks any handler: the answer carries its ErrorInfo all the same.
func TestBadRequests(t *testing.T) {
	s := newServer(t)
	const path = "/remit.v1.FunctionService/GetFunction"
	jsonType := "application/json"
	for name, test := range map[string]struct {
		request

		status       int
		code, reason string
	}{
		"no such service":     {request{http.MethodPost, "/remit.v1.Nothing/Get", jsonType, "{}", nil}, 404, "unimplemented", "UNSUPPORTED"},
		"no such call":        {request{http.MethodPost, "/remit.v1.FunctionService/Nothing", jsonType, "{}", nil}, 404, "unimplemented", "UNSUPPORTED"},
		"wrong method":        {request{http.MethodPut, path, jsonType, "{}", nil}, 405, "unimplemented", "UNSUPPORTED"},
		"wrong content type":  {request{http.MethodPost, path, "text/plain", "{}", nil}, 415, "unimplemented", "UNSUPPORTED"},
		"no content type":     {request{http.MethodPost, path, "", "{}", nil}, 415, "unimplemented", "UNSUPPORTED"},
		"unknown compression": {request{http.MethodPost, path, jsonType, "{}", []string{"Content-Encoding", "br"}}, 501, "unimplemented", "UNSUPPORTED"},
		"not compressed":      {request{http.MethodPost, path, jsonType, "{}", []string{"Content-Encoding", "gzip"}}, 400, "invalid_argument", "INVALID_ARGUMENT"},
		"bad timeout":         {request{http.MethodPost, path, jsonType, "{}", []string{"Connect-Timeout-Ms", "soon"}}, 400, "invalid_argument", "INVALID_ARGUMENT"},
		"bad version":         {request{http.MethodPost, path, jsonType, "{}", []string{"Connect-Protocol-Version", "9"}}, 400, "invalid_argument", "INVALID_ARGUMENT"},
		"bad binary":          {request{http.MethodPost, path, "application/proto", "\xff\xff", nil}, 400, "invalid_argument", "INVALID_ARGUMENT"},
		"charset":             {request{http.MethodPost, path, "application/json; charset=utf-8", `{"cod":""}`, nil}, 400, "invalid_argument", "INVALID_ARGUMENT"},
		"GET without message": {request{http.MethodGet, path + "?connect=v1&encoding=json", "", "", nil}, 400, "invalid_argument", "INVALID_ARGUMENT"},
		"GET with bad base64": {request{http.MethodGet, path + "?encoding=json&base64=1&message=%25", "", "", nil}, 400, "invalid_argument", "INVALID_ARGUMENT"},
		"too large":           {request{http.MethodPost, path, jsonType, strings.Repeat(" ", api.MaxRequestBytes+1), nil}, 429, "resource_exhausted", "TOO_LARGE"},
		"too large, packed":   {request{http.MethodPost, path, jsonType, packed(t, 64<<20), []string{"Content-Encoding", "gzip"}}, 429, "resource_exhausted", "TOO_LARGE"},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.do(t, test.build(t, s))
			if info := got.info(t); got.status != test.status || info.code != test.code || info.reason != test.reason {
				t.Errorf("got %d %s", got.status, got.raw)
			}
		})
	}
	t.Run("largest", func(t *testing.T) {
		body := `{"code":"nothing"}`
		req := request{http.MethodPost, path, jsonType, body + strings.Repeat(" ", api.MaxRequestBytes-len(body)), nil}.build(t, s)
		if info := s.do(t, req).info(t); info.reason != "UNKNOWN_FUNCTION" {
			t.Errorf("got %v", info)
		}
	})
}

// packed returns size blanks, compressed.
func packed(t *testing.T, size int) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(bytes.Repeat([]byte(" "), size)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestBadGRPC sends over gRPC and gRPC-Web what their clients would not.
func TestBadGRPC(t *testing.T) {
	s := newServer(t)
	frame := func(flags byte, body string) string {
		prefix := binary.BigEndian.AppendUint32([]byte{flags}, uint32(len(body)))
		return string(prefix) + body
	}
	for name, test := range map[string]struct {
		body   string
		header []string
		reason string
	}{
		"bad message":         {frame(0, "\xff\xff"), nil, "INVALID_ARGUMENT"},
		"nothing":             {"", nil, "UNSUPPORTED"},
		"cut short":           {frame(0, "\x0a\x01a")[:6], nil, "INTERNAL"},
		"too large":           {frame(0, strings.Repeat("x", api.MaxRequestBytes)), nil, "TOO_LARGE"},
		"too large, packed":   {frame(1, packed(t, 64<<20)), []string{"Grpc-Encoding", "gzip"}, "TOO_LARGE"},
		"unknown compression": {frame(0, ""), []string{"Grpc-Encoding", "br"}, "UNSUPPORTED"},
	} {
		for _, kind := range []string{"application/grpc+proto", "application/grpc-web+proto"} {
			t.Run(name+" "+kind, func(t *testing.T) {
				header := append([]string{"Te", "trailers"}, test.header...)
				req := request{http.MethodPost, "/remit.v1.FunctionService/GetFunction", kind, test.body, header}.build(t, s)
				res, err := http2().Do(req)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = res.Body.Close() }()
				var body bytes.Buffer
				if _, err := body.ReadFrom(res.Body); err != nil {
					t.Fatal(err)
				}
				details := res.Trailer.Get("Grpc-Status-Details-Bin")
				if details == "" {
					details = res.Header.Get("Grpc-Status-Details-Bin")
				}
				if got := soleReason(t, details); got != test.reason {
					t.Errorf("got %s: %v %v", got, res.Header, res.Trailer)
				}
			})
		}
	}
}

// soleReason returns the reason of the one ErrorInfo of a gRPC error.
func soleReason(t *testing.T, details string) string {
	t.Helper()
	raw, err := base64.RawStdEncoding.DecodeString(details)
	if err != nil {
		t.Fatal(err)
	}
	var status spb.Status
	if err := proto.Unmarshal(raw, &status); err != nil || len(status.GetDetails()) != 1 {
		t.Fatalf("want one detail, got %v, %v", &status, err)
	}
	var info errdetails.ErrorInfo
	if err := status.GetDetails()[0].UnmarshalTo(&info); err != nil {
		t.Fatal(err)
	}
	return info.GetReason()
}

func TestHost(t *testing.T) {
	s := newServer(t)
	for host, allowed := range map[string]bool{
		"localhost": true, "LOCALHOST:8080": true, "localhost.": true, "127.0.0.1:80": true, "127.8.9.1": true, "[::1]:8080": true, "[::1]": true,
		"evil.example": false, "evil.example:8080": false, "localhost.evil.example": false, "10.0.0.1": false, "127.0.0.1.nip.io": false,
		"[::ffff:10.0.0.1]": false, "0.0.0.0": false,
	} {
		req := request{http.MethodPost, "/remit.v1.FunctionService/ListFunctions", "application/json", "{}", nil}.build(t, s)
		req.Host = host
		got := s.do(t, req)
		if allowed != (got.status == http.StatusOK) {
			t.Errorf("%s: %d %s", host, got.status, got.raw)
		}
		if !allowed && got.info(t).reason != "HOST_NOT_ALLOWED" {
			t.Errorf("%s: %s", host, got.raw)
		}
	}
}

func TestReflection(t *testing.T) {
	s := newServer(t)
	stream := grpcreflect.NewClient(http2(), s.URL, connect.WithGRPC()).NewStream(t.Context())
	defer func() { _, _ = stream.Close() }()
	names, err := stream.ListServices()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Transfer", "Delegation", "Organisation", "Function", "Instrument", "Record", "Map", "Audit",
	} {
		name := "remit.v1." + want + "Service"
		if !slices.ContainsFunc(names, func(n protoreflect.FullName) bool { return string(n) == name }) {
			t.Errorf("%s is not in %v", name, names)
		}
		if files, err := stream.FileContainingSymbol(protoreflect.FullName(name)); err != nil || len(files) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPatience asks for a position that does not come.
func TestPatience(t *testing.T) {
	s := newServer(t, func(c *api.Config) { c.Patience = time.Millisecond })
	s.refused(t, "", "FunctionService/ListFunctions", object{"minPosition": "7"}, "unavailable", "NOT_CAUGHT_UP")
	s.refused(t, "", "AuditService/ListEvents", object{"minPosition": "7"}, "unavailable", "NOT_CAUGHT_UP")
	t.Run("no longer than the caller", func(t *testing.T) {
		impatient := newServer(t)
		req := request{
			http.MethodPost, "/remit.v1.FunctionService/ListFunctions", "application/json", `{"minPosition":"7"}`,
			[]string{"Connect-Timeout-Ms", "1"},
		}.build(t, impatient)
		info := impatient.do(t, req).info(t)
		if info.code != "deadline_exceeded" || info.reason != "OUT_OF_TIME" || strings.Contains(info.message, "recorded") {
			t.Errorf("got %v", info)
		}
	})
}

// TestNotReady is a register whose reference register is still to come.
func TestNotReady(t *testing.T) {
	s := newServer(t, func(c *api.Config) { c.ReferenceLoaded = func() bool { return false } })
	got := s.do(t, request{method: http.MethodGet, path: "/readyz"}.build(t, s))
	if reasons, _ := got.body["reasons"].([]any); got.status != http.StatusServiceUnavailable || len(reasons) != 1 {
		t.Errorf("got %d %s", got.status, got.raw)
	}
	if got := s.do(t, request{method: http.MethodGet, path: "/healthz"}.build(t, s)); got.status != http.StatusOK {
		t.Errorf("got %d %s", got.status, got.raw)
	}
	info := s.do(t, request{
		http.MethodPost, "/remit.v1.TransferService/WithdrawTransfer", "application/json",
		`{"commandId":"5d3f9a34-6b43-4a68-9d3c-0a3e57a1f9a1","transferId":"01J","reason":"too early"}`,
		[]string{"Remit-Actor", "po@X24"},
	}.build(t, s)).info(t)
	if info.code != "unavailable" || info.reason != string(domain.RegisterReadOnly) {
		t.Errorf("a command before the reference register is there: got %v", info)
	}
}

// TestInternals lets something go wrong inside: the log says what, and the caller learns nothing of it.
func TestInternals(t *testing.T) {
	for name, load := range map[string]func(context.Context, domain.Date) (api.Loaded, error){
		"an error": func(context.Context, domain.Date) (api.Loaded, error) {
			return api.Loaded{}, errors.New("disk on fire")
		},
		"a panic": func(context.Context, domain.Date) (api.Loaded, error) { panic("disk on fire") },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, func(c *api.Config) { c.LoadReference = load })
			info := s.refused(t, "x@X24", "RecordService/LoadReference", object{}, "internal", "INTERNAL")
			if strings.Contains(info.message, "fire") || !strings.Contains(s.log.String(), "disk on fire") {
				t.Errorf("sent %q, logged %s", info.message, s.log)
			}
		})
	}
}

// TestToday asks late in a summer's evening, when it is tomorrow in London.
func TestToday(t *testing.T) {
	s := newServer(t)
	s.store.Clock.Set(time.Date(2026, time.July, 1, 23, 30, 0, 0, time.UTC))
	got := s.ok(t, "", "FunctionService/ListFunctions", object{})
	if on := obj(got["asOf"])["effectiveOn"]; on != "2026-07-02" {
		t.Errorf("today is %v, want 2026-07-02", on)
	}
}
