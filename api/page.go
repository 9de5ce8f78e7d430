package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// Sizes of a page when none is asked for.
const (
	usualPage = 100
	mapPage   = 500
)

// pagedRequest is a request for a list.
type pagedRequest interface {
	proto.Message
	GetMinPosition() string
	GetPageSize() int32
	GetPageToken() string
}

// page is what a request for a list asks for: the points on both clocks, which later pages keep, and where to go on.
type page struct {
	points []point
	limit  int
	query  string          // tells requests apart that differ in more than the page
	after  json.RawMessage // the cursor of the page before, nil on the first
}

// pageToken is what a token says. It is opaque to callers, and nothing secret: whoever makes one up can ask for
// nothing that could not be asked for without.
type pageToken struct {
	Query  string          `json:"q"`
	Points []pinned        `json:"p"`
	After  json.RawMessage `json:"a"`
}

type pinned struct {
	On      domain.Date    `json:"on"`
	Known   domain.EventNo `json:"known"`
	KnownAt time.Time      `json:"at"`
}

// page opens a page: the first one at the points that are asked for, later ones at those of their token.
func (q *queries) page(ctx context.Context, r pagedRequest, usual int, asOf ...*remitv1.AsOf) (page, error) {
	p := page{limit: usual, query: fingerprint(r)}
	if r.GetPageSize() > 0 {
		p.limit = int(r.GetPageSize())
	}
	if r.GetPageToken() != "" {
		return q.nextPage(ctx, r, p, len(asOf))
	}
	for _, a := range asOf {
		at, err := q.resolve(ctx, a, r.GetMinPosition())
		if err != nil {
			return page{}, err
		}
		p.points = append(p.points, at)
	}
	return p, nil
}

func (q *queries) nextPage(ctx context.Context, r pagedRequest, p page, points int) (page, error) {
	token, ok := readToken(r.GetPageToken())
	if !ok || len(token.Points) != points {
		return page{}, badToken("is not a token of this register")
	}
	if token.Query != p.query {
		return page{}, badToken("belongs to another request: only pageSize and minPosition may differ from page to page")
	}
	p.after = token.After
	for _, at := range token.Points {
		if err := q.reach(ctx, min(at.Known, q.store.Position())); err != nil {
			return page{}, err
		}
		known, err := q.views.ResolvePosition(at.Known)
		if err != nil || known != at.Known {
			return page{}, badToken("is of a register that knew more, or of another one")
		}
		p.points = append(p.points, point{domain.AsOf{On: at.On, Known: known}, at.KnownAt})
	}
	return p, nil
}

// readToken reads a token, and tells whether it is one.
func readToken(text string) (pageToken, bool) {
	var token pageToken
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &token) != nil || len(token.After) == 0 {
		return pageToken{}, false
	}
	return token, true
}

func badToken(message string) error { return invalid([]fieldViolation{{"pageToken", message}}) }

// pageAfter opens a page as page does, and reads the cursor of the page before: the zero value on the first page.
func pageAfter[C any](ctx context.Context, q *queries, r pagedRequest, usual int, asOf ...*remitv1.AsOf) (page, C, error) {
	p, err := q.page(ctx, r, usual, asOf...)
	if err != nil {
		var none C
		return page{}, none, err
	}
	after, err := cursorOf[C](p)
	return p, after, err
}

// cursorOf reads the cursor of the page before: the zero value on the first page.
func cursorOf[C any](p page) (C, error) {
	var cursor C
	if p.after == nil {
		return cursor, nil
	}
	if err := json.Unmarshal(p.after, &cursor); err != nil {
		return cursor, badToken("is not a token of this list")
	}
	return cursor, nil
}

// next makes the token of the next page, "" when there is none: cursor is the zero value then.
func next[C comparable](p page, cursor C) (string, error) {
	var none C
	if cursor == none {
		return "", nil
	}
	after, err := json.Marshal(cursor)
	if err != nil {
		return "", fmt.Errorf("write the cursor of the next page: %w", err)
	}
	token := pageToken{Query: p.query, After: after}
	for _, at := range p.points {
		token.Points = append(token.Points, pinned{at.On, at.Known, at.knownAt})
	}
	raw, err := json.Marshal(token)
	if err != nil {
		return "", fmt.Errorf("write the token of the next page: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// fingerprint tells requests apart that differ in more than the page.
func fingerprint(r pagedRequest) string {
	same := proto.Clone(r)
	m := same.ProtoReflect()
	for _, name := range []protoreflect.Name{"page_size", "page_token", "min_position"} {
		if field := m.Descriptor().Fields().ByName(name); field != nil {
			m.Clear(field)
		}
	}
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(same)
	if err != nil {
		return "" // no token was ever given for a request that cannot be written
	}
	sum := sha256.Sum256(append([]byte(m.Descriptor().FullName()+"\n"), raw...))
	return hex.EncodeToString(sum[:8])
}
