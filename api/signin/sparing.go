package signin

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// How often the keys of the sign-in service may be fetched at once, and how long it takes until once more may be.
	keyFetches    = 10
	keyFetchAgain = 5 * time.Second
	// Keys are not longer than this, in bytes.
	maxKeys = 1 << 20
)

// errSpared says that the sign-in service is not asked again so soon.
var errSpared = errors.New("the keys were fetched too often just now")

// sparing fetches keys not too often: a token that none of the known keys signed has them fetched again, and anybody can
// send such tokens. Where they were fetched often just now, the answer before is given again; a new key is known some
// seconds later then.
type sparing struct {
	next  http.RoundTripper
	clock func() time.Time

	mu     sync.Mutex
	left   float64   // guarded by mu: fetches that may be made now
	at     time.Time // guarded by mu: when that was so
	header http.Header
	body   []byte // guarded by mu, like header: of the last answer that was good
}

// RoundTrip makes a request, or gives the answer before.
func (s *sparing) RoundTrip(r *http.Request) (*http.Response, error) {
	if answer, err := s.before(r); answer != nil || err != nil {
		return answer, err
	}
	answer, err := s.next.RoundTrip(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		return answer, err //nolint:wrapcheck // http.Client wraps it
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxKeys))
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.header, s.body = answer.Header, body
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

// before returns the answer before where no request may be made now, nil where one may.
func (s *sparing) before(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock()
	s.left = min(keyFetches, s.left+max(0, now.Sub(s.at).Seconds())/keyFetchAgain.Seconds())
	s.at = now
	switch {
	case s.left >= 1:
		s.left--
		return nil, nil //nolint:nilnil // that a request may be made is an answer
	case s.body == nil:
		return nil, errSpared
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: s.header.Clone(),
		Body: io.NopCloser(bytes.NewReader(s.body)), ContentLength: int64(len(s.body)), Request: r,
	}, nil
}
