package eventstore

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/oklog/ulid/v2"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/remit-register/remit/domain"
)

// EncodeEvent returns the event's stored bytes: a remit.event.v1.Event in canonical form. They are made once; the
// same bytes are the leaf of the tree, the archive's entry and what everybody is sent.
func EncodeEvent(e domain.Event) ([]byte, error) {
	var c coder
	return c.encodeEvent(&e)
}

// DecodeEvent reads an event's stored bytes. Personal texts come back as commitments.
func DecodeEvent(data []byte) (domain.Event, error) {
	var c coder
	var e domain.Event
	if err := c.decodeEvent(data, &e); err != nil {
		return domain.Event{}, err
	}
	return e, nil
}

// encodeEvent returns the event's stored bytes, which stay valid until the coder is used again: one coder encodes and
// decodes any number of events. The commitments of the personal texts in it are in c.commitments until then.
func (c *coder) encodeEvent(e *domain.Event) ([]byte, error) {
	c.writing, c.out, c.commitments, c.err = true, c.out[:0], c.commitments[:0], nil
	event(c, e)
	if c.err != nil {
		return nil, fmt.Errorf("encode event %d: %w", e.No, c.err)
	}
	return c.out, nil
}

// decodeEvent reads an event's stored bytes into e, which is zero. The commitments of the personal texts in it are in
// c.commitments until the coder is used again.
func (c *coder) decodeEvent(data []byte, e *domain.Event) error {
	return c.decodeEventIn(string(data), e)
}

// decodeEventIn is decodeEvent of bytes that are at hand as a string.
func (c *coder) decodeEventIn(data string, e *domain.Event) error {
	c.writing, c.in, c.commitments, c.err = false, data, c.commitments[:0], nil
	c.makeRoom(ids)
	event(c, e)
	c.end()
	if c.err != nil {
		return fmt.Errorf("decode event %d: %w", e.No, c.err)
	}
	return nil
}

// decodeEvents reads the stored bytes of events, and returns the commitments of the personal texts as well. The coder
// has words: what is remembered of one event is not to hold on to a whole record.
func (c *coder) decodeEvents(stored []string) (events []domain.Event, texts []string, err error) {
	events = make([]domain.Event, len(stored))
	for i, data := range stored {
		if err := c.decodeEventIn(data, &events[i]); err != nil {
			return nil, nil, err
		}
		texts = append(texts, c.commitments...)
	}
	return events, texts, nil
}

// event describes remit.event.v1.Event.
func event(c *coder, e *domain.Event) {
	number(c, 1, &e.No)
	transactionID(c, &e.TransactionID)
	number(c, 3, &e.Index)
	number(c, 4, &e.Count)
	commandID(c, &e.CommandID)
	one(c, 6, &e.Actor, actor)
	recordedAt(c, &e.RecordedAt)
	date(c, 8, &e.EffectiveOn)
	truth(c, 9, &e.Late)
	digest(c, 10, &e.Digest)
	sealed(c, 11, &e.Reason)
	choice(c, &e.Fact, facts)
}

func actor(c *coder, a *domain.Actor) {
	text(c, 1, &a.Subject)
	text(c, 2, &a.Organisation)
	text(c, 3, &a.Role)
}

// transactionID visits a ULID, 16 bytes.
func transactionID(c *coder, v *string) {
	var raw string
	if c.writing {
		id, err := ulid.ParseStrict(*v)
		if err != nil {
			c.fail(fmt.Errorf("transaction id %q: %w", *v, err))
		}
		raw = string(id[:])
	}
	binary(c, 2, 16, &raw)
	if c.needs(2, raw) {
		var id ulid.ULID
		copy(id[:], raw)
		var text [ulid.EncodedSize]byte
		if err := id.MarshalTextTo(text[:]); err != nil {
			c.fail(fmt.Errorf("transaction id: %w", err))
		}
		*v = c.make(text[:])
	}
}

// commandID visits a UUID, 16 bytes.
func commandID(c *coder, v *string) {
	var raw string
	if c.writing {
		id, err := uuid.Parse(*v)
		if err != nil {
			c.fail(fmt.Errorf("command id %q: %w: %w", *v, ErrBadRequest, err))
		}
		raw = string(id[:])
	}
	binary(c, 5, 16, &raw)
	if c.needs(5, raw) {
		var text [36]byte
		var id uuid.UUID
		copy(id[:], raw)
		putUUID(&text, id)
		*v = c.make(text[:])
	}
}

// putUUID writes the usual form of a UUID.
func putUUID(text *[36]byte, id uuid.UUID) {
	at := 0
	for i, size := range [...]int{4, 2, 2, 2, 6} {
		if i > 0 {
			text[at] = '-'
			at++
		}
		at += hex.Encode(text[at:], id[:size])
		copy(id[:], id[size:])
	}
}

// needs tells whether a value was read, and fails when it was left out.
func (c *coder) needs(num protowire.Number, raw string) bool {
	if !c.writing && raw == "" {
		c.fail(fmt.Errorf("field %d is missing: %w", num, errNotCanonical))
	}
	return !c.writing && c.err == nil
}

// recordedAt visits an instant, stored as microseconds since 1970-01-01T00:00:00Z.
func recordedAt(c *coder, v *time.Time) {
	var micros int64
	if c.writing {
		micros = v.UnixMicro()
	}
	number(c, 7, &micros)
	if !c.writing {
		*v = time.UnixMicro(micros).UTC()
	}
}

// commit is remit.event.v1.Commit: the unit of durability.
type commit struct {
	id     string   // 16 bytes
	before TreeHead // the tree before it
	events [][]byte // stored bytes of each event; whole transactions
}

// first returns the number of the commit's first event.
func (m *commit) first() domain.EventNo { return m.before.Size + 1 }

// last returns the number of the commit's last event.
func (m *commit) last() domain.EventNo { return m.before.Size + domain.EventNo(len(m.events)) }

// commitRecord describes remit.event.v1.Commit.
func commitRecord(c *coder, m *commit) {
	binary(c, 1, 16, &m.id)
	number(c, 2, &m.before.Size)
	var root string
	if c.writing {
		root = string(m.before.Root[:])
	}
	binary(c, 3, 32, &root)
	if c.needs(3, root) {
		copy(m.before.Root[:], root)
	}
	blobs(c, 4, &m.events)
}

// decodeCommit reads a record of the journal, which must stay as it is: the events are parts of it.
// The events are returned as texts too, which share the memory of one.
func decodeCommit(data []byte) (m commit, events []string, err error) {
	c := coder{in: string(data), whole: data}
	commitRecord(&c, &m)
	c.end()
	if c.err != nil {
		return commit{}, nil, fmt.Errorf("decode commit: %w", c.err)
	}
	if len(m.events) == 0 || m.id == "" {
		return commit{}, nil, fmt.Errorf("decode commit: it is empty: %w", errNotCanonical)
	}
	return m, c.parts, nil
}
