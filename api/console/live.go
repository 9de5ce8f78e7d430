package console

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"connectrpc.com/connect"
)

// LiveLimits bound what pages that follow the record may cost. The zero value has the defaults.
type LiveLimits struct {
	// Most is how many pages may follow it at once, Each how many of one person, or of one address where nobody says who
	// they are. Defaults: 500 and 20.
	Most, Each int
	// Stall is how long a browser may take over one message before its connection is cut. Default 30 s.
	Stall time.Duration
}

func (l LiveLimits) withDefaults() LiveLimits {
	if l.Most <= 0 {
		l.Most = 500
	}
	if l.Each <= 0 {
		l.Each = 20
	}
	if l.Stall <= 0 {
		l.Stall = 30 * time.Second
	}
	return l
}

// streams counts the pages that follow the record.
type streams struct {
	limits LiveLimits

	mu   sync.Mutex
	open map[string]int // guarded by mu; by who follows
	all  int            // guarded by mu
}

func newStreams(l LiveLimits) *streams {
	return &streams{limits: l.withDefaults(), open: map[string]int{}}
}

// enter counts one more, and returns what to call at its end; nil when there are too many.
func (s *streams) enter(who string) (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= s.limits.Most || s.open[who] >= s.limits.Each {
		return nil
	}
	s.all++
	s.open[who]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.all--
		if s.open[who]--; s.open[who] == 0 {
			delete(s.open, who)
		}
	}
}

// What a page follows, as its address of the stream says it.
const (
	followsMap      = "map"
	followsTransfer = "transfer"
	followsRecord   = "record"
)

// followed is the address of the stream of a page: what is on it, and up to where the page knows it.
func (v *visit) followed(what, position string, q url.Values) {
	if v.at.Known != "" { // what was known at some point stays what it was
		return
	}
	if position == "" || later(position, v.last) { // what was asked first is what the page can be sure to show
		position = v.last
	}
	q.Set("follow", what)
	q.Set("after", position)
	if v.at.On != v.at.Today {
		q.Set("on", v.at.On)
	} else {
		q.Set("today", v.at.On)
	}
	v.live = "/live?" + q.Encode()
}

// followMap has the page follow a part of the map.
func (v *visit) followMap(scope changeScope) {
	v.followed(followsMap, v.at.Position, url.Values{"function": scope.Functions, "body": scope.Organisations})
}

// followTransfer has the page follow one transfer.
func (v *visit) followTransfer(id, position string) {
	v.followed(followsTransfer, position, url.Values{"id": {id}})
}

// followRecord has the page follow whatever is recorded about a body, or about every body.
func (v *visit) followRecord(body string) {
	q := url.Values{}
	if body != "" {
		q.Set("body", body)
	}
	v.followed(followsRecord, v.at.Position, q)
}

// follower tells a browser what changes on a page, as server-sent events. It has one owner, the goroutine of its request.
type follower struct {
	*visit

	control *http.ResponseController
	// after is the position up to which the page knows what it shows, and today the date that belongs to it, on a page of
	// today.
	after, today string
	// on is the date that the page shows, "" for today.
	on string
}

// follow answers with a stream of what changes on a page.
func (v *visit) follow() error {
	q := v.r.URL.Query()
	f := &follower{visit: v, control: http.NewResponseController(v.w), after: q.Get("after"), today: q.Get("today"), on: q.Get("on")}
	if id := v.r.Header.Get("Last-Event-Id"); id != "" {
		f.after, f.today, _ = strings.Cut(id, "@")
	}
	watch, ok := map[string]func(context.Context) error{
		followsMap: f.watchMap, followsTransfer: f.watchTransfer, followsRecord: f.watchRecord,
	}[q.Get("follow")]
	if !ok {
		return badInput("follow", "there is nothing of this kind to follow")
	}
	leave := v.streams.enter(v.caller())
	if leave == nil {
		return connect.NewError(connect.CodeResourceExhausted, errors.New("too many pages follow the record: close some, or load the page again to see what changed"))
	}
	defer leave()
	ctx, cancel := context.WithCancel(v.ctx())
	defer cancel()
	err := watch(ctx)
	if v.r.Context().Err() != nil || errors.Is(err, errGone) {
		return nil
	}
	if !f.begun() {
		return err
	}
	_ = f.write("end", f.why(err)) // the browser may be gone: then nobody is to be told
	return nil
}

// caller is who follows.
func (v *visit) caller() string {
	if v.actor.Subject != "" {
		return v.actor.Subject + "@" + string(v.actor.Organisation)
	}
	host, _, err := net.SplitHostPort(v.r.RemoteAddr)
	if err != nil {
		return v.r.RemoteAddr
	}
	return host
}

// why says in a word why the stream ends: the page says it in a sentence.
func (f *follower) why(err error) string {
	switch refusalOf(err).Code {
	case "SERVER_STOPPING":
		return "stopping"
	case "OVERLOADED":
		return "slow"
	}
	return "failed"
}

// errGone says that the browser does not read any more.
var errGone = errors.New("the browser is gone")

func (f *follower) begun() bool { return f.w.Header().Get("Content-Type") == "text/event-stream" }

// tell tells the page that what it shows is as of a position now, and whether it changed on the way.
func (f *follower) tell(position, today string, changed bool) error {
	f.after = position
	if f.on == "" && today != "" {
		f.today = today
	}
	if changed {
		return f.write("changed", f.after)
	}
	return f.write("alive", f.after)
}

// write sends an event. A browser that does not take it in time is cut off; it comes back by itself, and is told what it
// missed.
func (f *follower) write(event, data string) error {
	if !f.begun() {
		h := f.w.Header()
		h.Set("Content-Type", "text/event-stream")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Accel-Buffering", "no") // a proxy must not keep it back
		f.w.WriteHeader(http.StatusOK)
	}
	cut := make(chan struct{})
	stall := time.AfterFunc(f.streams.limits.Stall, func() {
		defer close(cut)
		_ = f.control.SetWriteDeadline(time.Unix(1, 0)) // a writer that has no deadlines goes on waiting
	})
	id := f.after
	if f.today != "" {
		id += "@" + f.today
	}
	_, err := fmt.Fprintf(f.w, "id: %s\nevent: %s\ndata: %s\n\n", oneLine(id), event, oneLine(data))
	if err == nil {
		err = f.control.Flush()
	}
	if !stall.Stop() {
		<-cut
		return errGone
	}
	if err != nil {
		return errGone
	}
	return nil
}

// oneLine keeps what came from an address from being more than one line of a stream.
func oneLine(text string) string { return strings.NewReplacer("\n", "", "\r", "").Replace(text) }
