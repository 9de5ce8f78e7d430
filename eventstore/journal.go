package eventstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Journal is the durable sequence of records, numbered densely from 1. Any number of processes may append to one
// journal: the expected last number is the only fence between them. Its methods may be called concurrently, except
// that one process has at most one Append under way.
type Journal interface {
	// Append stores data as record last+1, and returns nil only when it is on disk (on a majority of disks, where the
	// journal is replicated) and will be read by everybody. id names the attempt and stays the same when the same
	// data is tried again. Otherwise the error is
	// ErrConflict: not stored by this call; a record last+1 exists, is about to, or last does not;
	// ErrUnknownOutcome: stored or not, the same call may be made again;
	// ErrDoubtfulWrite: no further call can tell;
	// or another error: not stored, and trying again is of no use.
	Append(ctx context.Context, id string, last uint64, data []byte) error

	// Scan calls each with the records from..to in order, every one of them, exactly once. A record that is missing or
	// unreadable is ErrDamaged, even where later ones can be read; the caller makes sure that `to` exists. data stays
	// valid. An error of each ends the scan and is returned.
	Scan(ctx context.Context, from, to uint64, each func(no uint64, data []byte) error) error

	// Last returns the number of the last record, 0 for an empty journal. It is ErrDamaged when the journal does not
	// begin at record 1 or has holes.
	Last(ctx context.Context) (uint64, error)

	// Tail calls seen with the numbers of records as they are appended, and with 0 when some may have been missed,
	// until ctx ends; it returns nil then. It is a hint at what other processes append: nothing is safe because of it,
	// and nothing is lost without it but time.
	Tail(ctx context.Context, seen func(no uint64)) error
}

// Names of the journal in JetStream. They are part of the stored format.
const (
	journalStream  = "REMIT_JOURNAL"
	journalSubject = "remit.journal"
)

// natsJournal keeps the journal in a JetStream stream.
type natsJournal struct {
	js       jetstream.JetStream
	stream   jetstream.Stream
	name     string // of the stream
	subject  string
	logger   *slog.Logger
	timeout  time.Duration // for one request
	embedded bool          // the server is ours: a missing answer may be a failed fsync
}

// Append publishes one message, guarded by the stream's last sequence.
func (j *natsJournal) Append(ctx context.Context, id string, last uint64, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, j.timeout)
	defer cancel()
	ack, err := j.js.PublishMsg(ctx, &nats.Msg{Subject: j.subject, Data: data},
		jetstream.WithMsgID(id), jetstream.WithExpectLastSequence(last),
		jetstream.WithExpectStream(j.name), jetstream.WithRetryAttempts(0))
	if err == nil && ack.Sequence != last+1 {
		return fmt.Errorf("append record %d: stored as record %d: %w", last+1, ack.Sequence, ErrDamaged)
	}
	if err != nil {
		return fmt.Errorf("append record %d: %w", last+1, j.classify(err))
	}
	return nil
}

// classify adds to err what it says about the record.
func (j *natsJournal) classify(err error) error {
	api, answered := errors.AsType[*jetstream.APIError](err)
	switch {
	case isConflict(err):
		return fmt.Errorf("%w: %w", ErrConflict, err)
	case j.embedded, answered && api.ErrorCode == codeStoreFailed:
		return fmt.Errorf("%w: %w", ErrDoubtfulWrite, err)
	case answered && api.Code < 500:
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnknownOutcome, err)
}

// JetStream's error code for a store that failed, which nats.go does not name.
const codeStoreFailed jetstream.ErrorCode = 10077

// Last asks the stream's leader.
func (j *natsJournal) Last(ctx context.Context) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, j.timeout)
	defer cancel()
	info, err := j.stream.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the journal's state: %w", err)
	}
	state := info.State
	switch {
	case state.LastSeq == 0:
		return 0, nil
	case state.FirstSeq != 1 || state.Msgs != state.LastSeq:
		return 0, fmt.Errorf("journal has records %d to %d but holds %d of them: %w",
			state.FirstSeq, state.LastSeq, state.Msgs, ErrDamaged)
	}
	return state.LastSeq, nil
}

// Scan reads a few records one by one and many through a consumer. Such a consumer silently skips a record that it
// cannot read, and waits for ever when that is the last one: so numbers are checked here, and where the consumer skips
// or stalls, asking for the record by its number decides.
func (j *natsJournal) Scan(ctx context.Context, from, to uint64, each func(no uint64, data []byte) error) error {
	next := max(from, 1)
	if next+scanSingly > to {
		return j.scanSingly(ctx, next, to, each)
	}
	for next <= to {
		err := scanFrom(ctx, j.stream, next, func(r record) (bool, error) {
			switch {
			case r.no < next: // it was late, and was asked for by number
				return false, nil
			case r.no > next:
				return true, nil
			}
			next++
			return next > to, each(r.no, r.data)
		})
		if err != nil && !errors.Is(err, errStalled) {
			return err
		}
		if next > to {
			return nil
		}
		if err := j.scanSingly(ctx, next, next, each); err != nil {
			return err
		}
		next++
	}
	return nil
}

// A scan reads fewer records than this one by one.
const scanSingly = 8

func (j *natsJournal) scanSingly(ctx context.Context, from, to uint64, each func(uint64, []byte) error) error {
	for no := from; no <= to; no++ {
		data, err := getRecord(ctx, j.stream, no, j.timeout)
		if errors.Is(err, ErrNotFound) {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if err != nil {
			return err
		}
		if err := each(no, data); err != nil {
			return err
		}
	}
	return nil
}

// Tail watches for records of other processes with a consumer that is sent the headers only.
func (j *natsJournal) Tail(ctx context.Context, seen func(no uint64)) error {
	if j.embedded {
		<-ctx.Done()
		return nil
	}
	for {
		if err := j.tail(ctx, seen); ctx.Err() == nil {
			j.logger.WarnContext(ctx, "watching the journal for other writers broke off", slog.Any("error", err))
		}
		seen(0)
		if err := pause(ctx, tailPause); err != nil {
			return nil //nolint:nilerr // to end with ctx is what it is for
		}
	}
}

// Time before a tail that broke is tried again.
const tailPause = time.Second

func (j *natsJournal) tail(ctx context.Context, seen func(no uint64)) error {
	consumer, err := j.stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverNewPolicy, HeadersOnly: true,
	})
	if err != nil {
		return fmt.Errorf("watch the journal: %w", err)
	}
	messages, err := consumer.Messages()
	if err != nil {
		return fmt.Errorf("watch the journal: %w", err)
	}
	defer messages.Stop()
	seen(0) // what came before the watch began
	for {
		msg, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return fmt.Errorf("watch the journal: %w", err)
		}
		meta, err := msg.Metadata()
		if err != nil {
			return fmt.Errorf("watch the journal: %w", err)
		}
		seen(meta.Sequence.Stream)
	}
}

// pause waits for d, or until ctx ends and returns its error then.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
