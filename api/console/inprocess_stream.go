package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// isStream tells whether a call's answer comes piece by piece.
func isStream(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/connect+")
}

// stream hands a request to the handler, and returns its answer while it is being written. The handler has ended when
// the answer's body is closed.
func (t inProcess) stream(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	request := t.prepared(r.WithContext(ctx))
	out, in := io.Pipe()
	answer := &piped{header: http.Header{}, pipe: in, begun: make(chan struct{})}
	body := &pipedBody{PipeReader: out, cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(body.ended)
		defer func() {
			if problem := recover(); problem != nil { // http.ErrAbortHandler: the others are dealt with below
				_ = in.CloseWithError(errAborted)
			}
			answer.begin(http.StatusOK)
			_ = in.Close()
		}()
		t.handler.ServeHTTP(answer, request)
	}()
	select {
	case <-answer.begun:
	case <-ctx.Done():
		_ = body.Close()
		return nil, context.Cause(ctx) //nolint:wrapcheck // it is the caller's own
	}
	return &http.Response{
		Status: strconv.Itoa(answer.status), StatusCode: answer.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: answer.sent, Body: body, ContentLength: -1, Request: r,
	}, nil
}

var errAborted = errors.New("the answer was broken off")

// piped is an answer that is read while it is written: a write returns once it is read.
type piped struct {
	header http.Header // the handler's, until it begins to write
	pipe   *io.PipeWriter
	begun  chan struct{}
	once   sync.Once
	// sent and status are set before begun is closed, and do not change.
	sent   http.Header
	status int
}

func (p *piped) begin(status int) {
	p.once.Do(func() {
		p.sent, p.status = p.header.Clone(), status
		close(p.begun)
	})
}

// Header returns the answer's header.
func (p *piped) Header() http.Header { return p.header }

// WriteHeader begins the answer.
func (p *piped) WriteHeader(status int) { p.begin(status) }

// Write hands on a piece of the body.
func (p *piped) Write(b []byte) (int, error) {
	p.begin(http.StatusOK)
	return p.pipe.Write(b) //nolint:wrapcheck // what a pipe says
}

// FlushError begins the answer; nothing is kept back.
func (p *piped) FlushError() error {
	p.begin(http.StatusOK)
	return nil
}

// Flush is FlushError for those that do not ask.
func (p *piped) Flush() { p.begin(http.StatusOK) }

// SetWriteDeadline breaks the answer off when the deadline is over already, as it is for a reader that does not read.
// There are no other deadlines in process.
func (p *piped) SetWriteDeadline(at time.Time) error {
	if !at.IsZero() && at.Unix() <= 1 {
		return p.pipe.CloseWithError(os.ErrDeadlineExceeded) //nolint:wrapcheck // never fails
	}
	return nil
}

// pipedBody is the body of such an answer.
type pipedBody struct {
	*io.PipeReader

	cancel context.CancelFunc
	ended  chan struct{}
}

// Close ends the handler, and returns once it has ended.
func (b *pipedBody) Close() error {
	b.cancel()
	_ = b.PipeReader.Close() // never fails
	<-b.ended
	return nil
}
