package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"connectrpc.com/connect"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// finish completes what next answers to a call: every error carries an ErrorInfo, those that Connect makes before it
// asks anybody among them, and the answer to a GET an ETag.
func finish(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind := r.Header.Get("Content-Type")
		switch {
		case !isCall(r):
			next.ServeHTTP(w, r)
		case strings.HasPrefix(kind, "application/grpc"):
			grpc := &grpcWriter{ResponseWriter: w}
			next.ServeHTTP(grpc, r)
			grpc.complete(http.TrailerPrefix)
		case strings.HasPrefix(kind, "application/connect+"): // a stream: nothing may be kept back
			next.ServeHTTP(w, r)
		default:
			kept := &keptAnswer{header: w.Header(), status: http.StatusOK}
			next.ServeHTTP(kept, r)
			kept.send(w, r)
		}
	})
}

// keptAnswer is an answer that is not sent yet. It has one owner, the goroutine of its request.
type keptAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header returns the header of the real answer.
func (k *keptAnswer) Header() http.Header { return k.header }

// WriteHeader keeps the status.
func (k *keptAnswer) WriteHeader(status int) { k.status = status }

// Write keeps a piece of the body.
func (k *keptAnswer) Write(p []byte) (int, error) { return k.body.Write(p) }

// send sends the answer. Its writes fail only when the caller went away, which is the caller's affair.
func (k *keptAnswer) send(w http.ResponseWriter, r *http.Request) {
	switch {
	case k.status >= http.StatusBadRequest:
		k.completeError()
	case r.Method == http.MethodGet:
		k.tag(r)
	}
	if k.status == http.StatusNotModified {
		w.Header().Del("Content-Type")
		w.Header().Del("Content-Encoding")
		w.Header().Del("Content-Length")
		w.WriteHeader(k.status)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(k.body.Len()))
	w.WriteHeader(k.status)
	_, _ = w.Write(k.body.Bytes())
}

// tag gives the answer its ETag: the digest of its bytes. These say position and point in time, so an answer that is
// pinned to both keeps its tag; and they change when a personal text is erased, which moves no position.
func (k *keptAnswer) tag(r *http.Request) {
	digest := sha256.Sum256(k.body.Bytes())
	tag := `"` + hex.EncodeToString(digest[:16]) + `"`
	k.header.Set("ETag", tag)
	k.header.Set("Cache-Control", "no-cache")
	k.header.Add("Vary", "Accept-Encoding, "+ActorHeader) // names behind pseudonyms are not for everybody
	for candidate := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == tag || candidate == "*" {
			k.status = http.StatusNotModified
			return
		}
	}
}

// wireError is an error as the Connect protocol writes it.
type wireError struct {
	Code    string       `json:"code"`
	Message string       `json:"message,omitempty"`
	Details []wireDetail `json:"details,omitempty"`
}

type wireDetail struct {
	Type  string          `json:"type"`
	Value string          `json:"value"`
	Debug json.RawMessage `json:"debug,omitempty"`
}

// completeError gives an error its ErrorInfo, if it has none, and the form of an error of Connect.
func (k *keptAnswer) completeError() {
	var sent wireError
	if err := json.Unmarshal(k.body.Bytes(), &sent); err != nil || sent.Code == "" {
		sent = wireError{Code: codeOfStatus(k.status).String(), Message: http.StatusText(k.status)}
	}
	if len(sent.Details) > 0 {
		return
	}
	var code connect.Code
	if err := code.UnmarshalText([]byte(sent.Code)); err != nil {
		code = connect.CodeInternal
	}
	if code == connect.CodeUnknown { // what Connect says of a request that it cannot unpack
		code, k.status = connect.CodeInvalidArgument, http.StatusBadRequest
		sent.Code = code.String()
	}
	info := plainInfo(reasonOf(code))
	value, _ := proto.Marshal(info)     // two short texts: it cannot fail
	debug, _ := protojson.Marshal(info) // nor this
	sent.Details = []wireDetail{{Type: "google.rpc.ErrorInfo", Value: base64.RawStdEncoding.EncodeToString(value), Debug: debug}}
	k.body.Reset()
	_ = json.NewEncoder(&k.body).Encode(sent) // into memory, of texts
	k.header.Set("Content-Type", "application/json")
	k.header.Del("Content-Encoding")
}

// codeOfStatus returns the code for an answer that is none of Connect's.
func codeOfStatus(status int) connect.Code {
	switch status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusUnsupportedMediaType:
		return connect.CodeUnimplemented
	case http.StatusRequestEntityTooLarge:
		return connect.CodeResourceExhausted
	}
	if status < http.StatusInternalServerError {
		return connect.CodeInvalidArgument
	}
	return connect.CodeInternal
}

// grpcWriter gives errors over gRPC and gRPC-Web their details. They stand in trailers, or in the header where there
// is no answer besides.
type grpcWriter struct {
	http.ResponseWriter

	begun bool
}

// WriteHeader completes the error, if it is one, and begins the answer.
func (g *grpcWriter) WriteHeader(status int) {
	g.begin()
	g.ResponseWriter.WriteHeader(status)
}

// Write writes a piece of the answer.
func (g *grpcWriter) Write(p []byte) (int, error) {
	g.begin()
	return g.ResponseWriter.Write(p) //nolint:wrapcheck // the handler's own write
}

// Flush sends what was written.
func (g *grpcWriter) Flush() {
	g.begin()
	_ = http.NewResponseController(g.ResponseWriter).Flush() // a writer that cannot flush sends at the end
}

// Unwrap returns the real writer.
func (g *grpcWriter) Unwrap() http.ResponseWriter { return g.ResponseWriter }

func (g *grpcWriter) begin() {
	if !g.begun {
		g.begun = true
		g.complete("")
	}
}

// complete adds the details to an error that has none; prefix marks the names of trailers.
func (g *grpcWriter) complete(prefix string) {
	header := g.Header()
	status := header.Get(prefix + "Grpc-Status")
	if status == "" || status == "0" || header.Get(prefix+"Grpc-Status-Details-Bin") != "" {
		return
	}
	number, err := strconv.ParseInt(status, 10, 32)
	if err != nil {
		return
	}
	raw := grpcDetails(int32(number), header.Get(prefix+"Grpc-Message"))
	header.Set(prefix+"Grpc-Status-Details-Bin", base64.RawStdEncoding.EncodeToString(raw))
}

func grpcDetails(code int32, message string) []byte {
	info := plainInfo(reasonOf(connect.Code(code))) //nolint:gosec // from a status, which is not negative
	packed, err := anypb.New(info)
	if err != nil {
		return nil
	}
	raw, err := proto.Marshal(&spb.Status{Code: code, Message: message, Details: []*anypb.Any{packed}})
	if err != nil {
		return nil
	}
	return raw
}
