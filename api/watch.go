package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// WatchLimits bound what watches, and other streams of answers, may cost. The zero value has the defaults.
type WatchLimits struct {
	// Most is how many may be open at once. Default 1,000.
	Most int
	// Heartbeat is how long a watch stays silent when there is nothing to tell. Default 15 s.
	Heartbeat time.Duration
	// Stall is how long a reader may take over one message before its connection is cut. Default 30 s.
	Stall time.Duration
	// Behind is how many events may be recorded while a reader takes over one message: one that takes longer is told to
	// begin again from where it stands. Default 100,000.
	Behind uint64
}

func (l WatchLimits) withDefaults() WatchLimits {
	if l.Most <= 0 {
		l.Most = 1000
	}
	if l.Heartbeat <= 0 {
		l.Heartbeat = 15 * time.Second
	}
	if l.Stall <= 0 {
		l.Stall = 30 * time.Second
	}
	if l.Behind == 0 {
		l.Behind = 100_000
	}
	return l
}

// watches serves watches. Each reads from the views what it has not told yet, when its reader has taken what it was
// told before: nothing is queued for anybody, and nobody waits for a reader.
type watches struct {
	queries  *queries
	limits   WatchLimits
	stopping <-chan struct{}
	logger   *slog.Logger
	// open has an element for each open watch.
	open chan struct{}
}

func newWatches(c Config, q *queries) *watches {
	return &watches{
		queries: q, limits: c.Watch, stopping: c.Stopping, logger: c.Logger, open: make(chan struct{}, c.Watch.Most),
	}
}

// errStopping says that the server is about to stop.
var errStopping = errors.New("the server is stopping")

// watch is one open watch. It has one owner, the goroutine of its request.
type watch struct {
	*watches

	// told is the position after which the reader goes on, begun whether there is one yet.
	told  domain.EventNo
	begun bool
	// mended is how often the views had been mended when the watch began. standsAlone says that it does not matter: what is
	// told is not taken from the views.
	mended      uint64
	standsAlone bool
	// today is the date that a watch of today goes on with, 0 for other watches.
	today domain.Date
	// due fires when the reader has to be given a sign of life.
	due *time.Timer
}

// begin opens a watch, unless too many are open. The context that it returns ends with the server, too; end must be
// called.
func (s *watches) begin(ctx context.Context) (_ context.Context, _ *watch, end func(), err error) {
	select {
	case s.open <- struct{}{}:
	default:
		return nil, nil, nil, domain.Refuse(domain.Overloaded,
			fmt.Sprintf("%d watches are open, and there cannot be more.", s.limits.Most),
			"End those that you do not need, or try again in a moment.")
	}
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-s.stopping:
			cancel(errStopping)
		case <-ctx.Done():
		}
	}()
	w := &watch{watches: s, due: time.NewTimer(s.limits.Heartbeat), mended: s.queries.views.Status().Mended}
	return ctx, w, func() {
		cancel(nil)
		w.due.Stop()
		<-s.open
	}, nil
}

// send gives the reader a message, and calls sent once it is on its way. A reader that does not take it in time is cut
// off: it cannot be told why.
func send[M any](ctx context.Context, w *watch, stream *connect.ServerStream[M], message *M, sent func()) error {
	if ctx.Err() != nil {
		return w.ended(ctx)
	}
	if !w.standsAlone && w.queries.views.Status().Mended != w.mended {
		return domain.Refuse(ViewsMended, "What this watch was answered from was not what the journal says, and was mended.",
			"Begin again from the start, not after a position.")
	}
	before := w.queries.views.Position()
	cut := make(chan struct{})
	stall := time.AfterFunc(w.limits.Stall, func() {
		defer close(cut)
		w.cutOff(ctx)
	})
	err := stream.Send(message)
	if !stall.Stop() {
		<-cut
		return context.Canceled
	}
	if err != nil {
		return fmt.Errorf("the reader went away: %w", context.Canceled)
	}
	sent()
	w.due.Reset(w.limits.Heartbeat)
	if missed := w.queries.views.Position() - before; uint64(missed) > w.limits.Behind {
		return w.tooSlow(missed)
	}
	return nil
}

// cutOff ends the connection of a reader that has stalled.
func (w *watch) cutOff(ctx context.Context) {
	w.logger.WarnContext(ctx, "a watch was cut off: its reader does not read", slog.Uint64("told", uint64(w.told)))
	if c, ok := ctx.Value(controllerKey{}).(*http.ResponseController); ok {
		_ = c.SetWriteDeadline(time.Unix(1, 0)) // a writer that has no deadlines goes on waiting
	}
}

// tell notes that the reader has everything up to a position.
func (w *watch) tell(position domain.EventNo) { w.told, w.begun = position, true }

// tooSlow refuses to go on with a reader that cannot keep up.
func (w *watch) tooSlow(missed domain.EventNo) error {
	return domain.Refuse(domain.Overloaded,
		fmt.Sprintf("%d events were recorded while you took over one message.", missed), w.remedy(), w.facts()...)
}

// remedy says how a watch that ended goes on.
func (w *watch) remedy() string {
	switch {
	case !w.begun:
		return "Begin again from the start."
	case w.today != 0:
		return fmt.Sprintf("Resume from position %d: afterPosition %d, afterEffectiveOn %s.", w.told, w.told, w.today)
	default:
		return fmt.Sprintf("Resume from position %d: afterPosition %d.", w.told, w.told)
	}
}

// facts are the same for programs.
func (w *watch) facts() []string {
	if !w.begun {
		return nil
	}
	facts := []string{"afterPosition", number(w.told)}
	if w.today != 0 {
		facts = append(facts, "afterEffectiveOn", w.today.String())
	}
	return facts
}

// ended says why a watch ended whose context did.
func (w *watch) ended(ctx context.Context) error {
	if errors.Is(context.Cause(ctx), errStopping) {
		return domain.Refuse(ServerStopping, "The server is stopping.", w.remedy(), w.facts()...)
	}
	return fmt.Errorf("the watch ended: %w", ctx.Err())
}

// isDue tells whether the reader has to be given a sign of life.
func (w *watch) isDue() bool {
	select {
	case <-w.due.C:
		w.due.Reset(w.limits.Heartbeat)
		return true
	default:
		return false
	}
}

// await returns when the views show more than a position, when it is time for a sign of life, or when pause is over.
func (w *watch) await(ctx context.Context, position domain.EventNo, pause time.Duration) error {
	limited, cancel := context.WithTimeout(ctx, min(pause, w.limits.Heartbeat))
	defer cancel()
	err := w.queries.views.WaitFor(limited, position+1)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return w.ended(ctx)
	case errors.Is(err, projections.ErrStopped):
		return domain.Refuse(ServerStopping, "The server is stopping.", w.remedy(), w.facts()...)
	case limited.Err() != nil:
		return nil
	}
	return fmt.Errorf("wait for what is recorded: %w", err)
}

// resume checks that a watch can go on after a position: that it was reached, and is the end of a transaction.
func (w *watch) resume(ctx context.Context, text string) (domain.EventNo, error) {
	after := position(text)
	if err := w.queries.reach(ctx, min(after, w.queries.store.Position())); err != nil {
		return 0, err
	}
	known, err := w.queries.views.ResolvePosition(after)
	if err != nil {
		return 0, fmt.Errorf("resume after position %d: %w", after, err)
	}
	if known != after {
		return 0, invalid([]fieldViolation{{"afterPosition", "is in the middle of a transaction: give that of a complete message"}})
	}
	w.tell(after)
	return after, nil
}

// readable is how many bytes a message has at most, where it can be divided.
const readable = 256 << 10

// pieces divides what belongs together into messages that are not too large, and calls give with each and whether it is
// the last. There is one at least.
func pieces[T proto.Message](items []T, give func(piece []T, last bool) error) error {
	size, start := 0, 0
	for i, item := range items {
		n := proto.Size(item)
		if i > start && size+n > readable {
			if err := give(items[start:i], false); err != nil {
				return err
			}
			size, start = 0, i
		}
		size += n
	}
	return give(items[start:], true)
}

// controllerKey is the key of a request's *http.ResponseController in its context.
type controllerKey struct{}

// controlled lets handlers of streams end a connection.
func controlled(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), controllerKey{}, http.NewResponseController(w))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
