package eventstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// record is one message of a stream. data stays valid.
type record struct {
	no   uint64
	data []byte
	// pending is how many more the stream holds after it.
	pending uint64
}

// scanFrom calls each with the records from number from on, until it says that it has enough. It may skip records:
// those that were deleted, and those that the server cannot read, which it does not tell. When no record comes for
// scanStall it ends with errStalled.
func scanFrom(ctx context.Context, stream jetstream.Stream, from uint64, each func(record) (enough bool, err error)) error {
	consumer, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: from,
	})
	if err != nil {
		return fmt.Errorf("read records from %d: %w", from, err)
	}
	messages, err := consumer.Messages(jetstream.PullMaxBytes(scanBytes))
	if err != nil {
		return fmt.Errorf("read records from %d: %w", from, err)
	}
	defer messages.Stop()
	defer context.AfterFunc(ctx, messages.Stop)()
	for {
		r, err := nextRecord(ctx, messages)
		if err != nil {
			return err
		}
		if enough, err := each(r); enough || err != nil {
			return err
		}
	}
}

const (
	// Bytes that a scan asks for ahead: several of the largest records.
	scanBytes = 8 * maxRecordBytes
	// Time without a record after which a scan gives up.
	scanStall = time.Second
)

// errStalled says that no record came although one should.
var errStalled = errors.New("no record came")

func nextRecord(ctx context.Context, messages jetstream.MessagesContext) (record, error) {
	msg, err := messages.Next(jetstream.NextMaxWait(scanStall))
	if ctx.Err() != nil {
		return record{}, fmt.Errorf("read the next record: %w", ctx.Err())
	}
	if err != nil {
		return record{}, fmt.Errorf("read the next record: %w: %w", errStalled, err)
	}
	meta, err := msg.Metadata()
	if err != nil {
		return record{}, fmt.Errorf("read the next record: %w", err)
	}
	return record{no: meta.Sequence.Stream, data: msg.Data(), pending: meta.NumPending}, nil
}

// getRecord reads one record from the stream's leader. One that is missing or unreadable is ErrNotFound.
func getRecord(ctx context.Context, stream jetstream.Stream, no uint64, timeout time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	msg, err := stream.GetMsg(ctx, no)
	api, answered := errors.AsType[*jetstream.APIError](err)
	switch {
	case answered && api.Code < 500, errors.Is(err, jetstream.ErrMsgNotFound):
		return nil, fmt.Errorf("record %d: %w: %w", no, ErrNotFound, err)
	case err != nil:
		return nil, fmt.Errorf("read record %d: %w", no, err)
	case msg.Sequence != no:
		return nil, fmt.Errorf("record %d reads as record %d: %w", no, msg.Sequence, ErrNotFound)
	}
	return msg.Data, nil
}
