package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	// How often a request is made at most that is refused because of how much is asked.
	patientTries = 5
	// The longest that is waited for the next try.
	patientWait = 10 * time.Second
)

// patient makes a request again that a register refuses because it is asked too often or too much, after the time that the
// refusal names: a file of thousands of bodies takes longer where each caller may ask so often, and does not break off.
// Nothing of what is refused so was looked at.
type patient struct {
	next http.RoundTripper
}

// RoundTrip makes a request.
func (p patient) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := wholeBody(r)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		again := r.Clone(r.Context())
		if body != nil {
			again.Body = io.NopCloser(bytes.NewReader(body)) // its own: the one before may still be on its way
		}
		answer, err := p.next.RoundTrip(again)
		if err != nil || answer.StatusCode != http.StatusTooManyRequests || try == patientTries {
			return answer, err //nolint:wrapcheck // http.Client wraps it
		}
		seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
		wait := time.Duration(seconds) * time.Second
		if err != nil || wait > patientWait {
			return answer, nil //nolint:nilerr // it does not say when: that is the answer
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)) // so that the connection can be used again
		_ = answer.Body.Close()
		select {
		case <-time.After(wait):
		case <-r.Context().Done():
			return nil, fmt.Errorf("wait to ask again: %w", r.Context().Err())
		}
	}
}

// wholeBody reads the body of a request, which is small; nil for none.
func wholeBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	body, err := io.ReadAll(r.Body)
	if err := errors.Join(err, r.Body.Close()); err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	return body, nil
}
