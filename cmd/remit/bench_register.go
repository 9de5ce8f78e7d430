package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/projections"
)

// registerBench measures whole registers: store, views and API.
type registerBench struct {
	app     *app
	options benchOptions
	report  *benchReport
	raw     eventstore.Figures
	// archived says how the next register that is started keeps an archive; nil: not at all.
	archived *archive.Config
}

// benchServer is a register that is served on loopback.
type benchServer struct {
	*register

	url     string
	http    *http.Client
	stop    context.CancelFunc
	serving *errgroup.Group
}

// start opens and serves a register, and returns once it is ready, and how long that took.
func (b *registerBench) start(ctx context.Context, cfg eventstore.Config, empty bool) (*benchServer, time.Duration, error) {
	began := b.app.clock()
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, 0, fmt.Errorf("listen: %w", err)
	}
	r, err := openRegister(ctx, cfg, b.archived)
	if err != nil {
		return nil, 0, err
	}
	server, err := r.server()
	if err != nil {
		return nil, 0, errors.Join(err, r.close())
	}
	transport := &http.Transport{MaxIdleConnsPerHost: b.options.commanders}
	s := &benchServer{register: r, url: "http://" + listener.Addr().String(), http: &http.Client{Transport: transport}}
	serving, stop := context.WithCancel(ctx)
	s.stop, s.serving = stop, &errgroup.Group{}
	s.serving.Go(func() error { return serveUntil(serving, server, listener, time.Second) })
	if err := b.ready(ctx, s, empty); err != nil {
		return nil, 0, errors.Join(err, s.close())
	}
	return s, b.app.clock().Sub(began), nil
}

// ready prepares the register, and returns once /readyz says so.
func (b *registerBench) ready(ctx context.Context, s *benchServer, empty bool) error {
	quiet := *b.app
	quiet.quiet = true
	if err := quiet.prepare(ctx, s.register, empty); err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ask whether it is ready: %w", err)
	}
	answer, err := s.http.Do(request)
	if err != nil {
		return fmt.Errorf("ask whether it is ready: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("/readyz answers %s", answer.Status)
	}
	return nil
}

// close stops the server and closes the register.
func (s *benchServer) close() error {
	s.http.CloseIdleConnections()
	s.stop()
	return errors.Join(s.serving.Wait(), s.register.close())
}

// empty measures a register that starts empty.
func (b *registerBench) empty(ctx context.Context, cfg eventstore.Config) (err error) {
	s, took, err := b.start(ctx, cfg, true)
	if err != nil {
		return fmt.Errorf("start an empty register: %w", err)
	}
	defer func() { err = errors.Join(err, s.close()) }()
	b.report.took("start of an empty register to ready", took, 300*time.Millisecond)
	for _, request := range benchSetup() {
		if _, err := s.store.Submit(ctx, request); err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
	}
	if err := b.singles(ctx, s); err != nil {
		return err
	}
	return b.overConnect(ctx, s)
}

// singles measures single commands with a personal text, and how soon views show them.
func (b *registerBench) singles(ctx context.Context, s *benchServer) error {
	var commands, shown []time.Duration
	for range b.options.singles {
		request := benchNext(0, 0)
		request.Reason = domain.Text{Clear: "A reason in plain words, of ordinary length."}
		began := b.app.clock()
		secrets, err := eventstore.SealAll(nil, &request.Reason)
		if err != nil {
			return err
		}
		request.Secrets = secrets
		receipt, err := s.store.Submit(ctx, request)
		if err != nil {
			return fmt.Errorf("one command with a personal text: %w", err)
		}
		recorded := b.app.clock()
		if err := s.views.WaitFor(ctx, receipt.Position); err != nil {
			return fmt.Errorf("wait for the views: %w", err)
		}
		commands, shown = append(commands, recorded.Sub(began)), append(shown, b.app.clock().Sub(recorded))
	}
	took := quantile(commands, 0.5)
	b.report.add("one command with a personal text (two syncs), p50",
		fmt.Sprintf("%s = %.2f × raw publish", short(took), float64(took)/float64(b.raw.RawPublish)), "", true)
	b.report.took("acknowledged to visible, p99", quantile(shown, 0.99), 5*time.Millisecond)
	return nil
}

// quantile returns a quantile of times.
func quantile(times []time.Duration, q float64) time.Duration {
	slices.Sort(times)
	return times[min(len(times)-1, int(q*float64(len(times))))]
}

// overConnect measures all commanders over the network, and single publishes of the bytes of one command, in turn. The
// first round is not counted.
func (b *registerBench) overConnect(ctx context.Context, s *benchServer) error {
	if _, err := s.store.Submit(ctx, benchNext(0, 0)); err != nil {
		return fmt.Errorf("one command: %w", err)
	}
	raw, err := s.store.Raw(ctx)
	if err != nil {
		return err
	}
	const rounds = 6
	var commands, publishes float64
	var commanding, publishing time.Duration
	for round := range 1 + rounds {
		count, took, err := b.connected(ctx, s, b.options.lasting/rounds)
		if err != nil {
			return err
		}
		if round > 0 {
			commands, commanding = commands+float64(count), commanding+took
		}
		began := b.app.clock()
		for b.app.clock().Sub(began) < b.options.lasting/rounds/4 {
			if err := raw.Publish(ctx); err != nil {
				return err
			}
			publishes++
		}
		publishing += b.app.clock().Sub(began)
	}
	perSecond := commands / commanding.Seconds()
	ratio := perSecond / (publishes / publishing.Seconds())
	b.report.add(fmt.Sprintf("%d commanders over Connect on loopback", b.options.commanders),
		fmt.Sprintf("%s = %.1f × raw", rate(perSecond), ratio), "≥ 3 ×", ratio >= 3)
	return nil
}

// connected lets all commanders go on for one round.
func (b *registerBench) connected(ctx context.Context, s *benchServer, lasting time.Duration) (int64, time.Duration, error) {
	var count atomic.Int64
	began := b.app.clock()
	group, ctx := errgroup.WithContext(ctx)
	for range b.options.commanders {
		group.Go(func() error {
			transfers := newClient(s.http, s.url, "po@"+benchSender).transfers()
			for b.app.clock().Sub(began) < lasting {
				if _, err := transfers.ProposeTransfer(ctx, benchRequest()); err != nil {
					return fmt.Errorf("a command over Connect: %w", err)
				}
				count.Add(1)
			}
			return nil
		})
	}
	err := group.Wait()
	return count.Load(), b.app.clock().Sub(began), err
}

// reference measures a register with the reference register in it.
func (b *registerBench) reference(ctx context.Context, cfg eventstore.Config) error {
	s, took, err := b.start(ctx, cfg, false)
	if err != nil {
		return fmt.Errorf("start with the reference register: %w", err)
	}
	b.report.add("empty directory to ready, reference register loaded",
		fmt.Sprintf("%s, %d events", short(took), s.store.Position()), "", true)
	if err := errors.Join(b.questions(s), s.close()); err != nil {
		return err
	}
	s, took, err = b.start(ctx, cfg, false)
	if err != nil {
		return fmt.Errorf("start again: %w", err)
	}
	b.report.took("start again to ready", took, time.Second)
	return s.close()
}

// questions measures questions on the reference register, which is small: their targets are for one of 10M events.
func (b *registerBench) questions(s *benchServer) error {
	today, err := b.app.today()
	if err != nil {
		return err
	}
	at := domain.AsOf{On: today, Known: domain.Latest}
	remit := domain.Remit{Subject: domain.Subject{Function: "eprr"}, Footprint: "06H", Role: domain.RoleAccountable}
	times := make([]time.Duration, 0, b.options.singles)
	for range b.options.singles {
		const together = 100 // one is shorter than the clock can tell
		began := b.app.clock()
		for range together {
			if _, err := s.views.At(remit, at); err != nil {
				return fmt.Errorf("ask who holds: %w", err)
			}
		}
		times = append(times, b.app.clock().Sub(began)/together)
	}
	b.report.took("who holds one remit, in process, p50", quantile(times, 0.5), 2*time.Microsecond)
	began := b.app.clock()
	page, err := s.views.Map(projections.MapQuery{AsOf: at})
	if err != nil {
		return fmt.Errorf("ask for the map: %w", err)
	}
	b.report.took(fmt.Sprintf("the whole map, %d holdings, in process", len(page.Holdings)), b.app.clock().Sub(began), 50*time.Millisecond)
	return nil
}
