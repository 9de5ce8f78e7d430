package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/api/observe"
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/projections"
)

// observeOptions say how a register tells others what happens in it.
type observeOptions struct {
	logFormat, logLevel string
	otlp                string // URL of a collector of traces, "" for none
	feed                bool
	natsListen          string // address where the embedded server listens for consumers of the feed, "" for nowhere
}

func (o *observeOptions) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.logFormat, "log-format", observe.LogText, "form of the log on stderr: text or json")
	completeWords(cmd, "log-format", []string{observe.LogText, observe.LogJSON})
	flags.StringVar(&o.logLevel, "log-level", "info", "least level that is logged: debug (every request), info, warn or error")
	completeWords(cmd, "log-level", []string{"debug", "info", "warn", "error"})
	flags.StringVar(&o.otlp, "otlp-endpoint", "", "`URL` of an OpenTelemetry collector to send traces to over HTTP, as http://127.0.0.1:4318; left out: none are sent")
	flags.BoolVar(&o.feed, "feed", false, "write the feed of events for other systems to NATS: see eventstore/FEED.md")
	flags.StringVar(&o.natsListen, "nats-listen", "",
		"loopback `ADDRESS` where the embedded server listens for readers of the feed, who reach nothing else; with --feed")
}

// check refuses what would be unsafe or cannot be; external tells whether the journal is on servers of somebody else's.
func (o *observeOptions) check(external bool) error {
	if _, err := observe.NewLogger(io.Discard, o.logFormat, o.logLevel); err != nil {
		return usagef("--log-format, --log-level: %w", err)
	}
	switch {
	case o.natsListen == "" && o.feed && !external:
		return usagef("--feed on the embedded server is for nobody unless it listens: give --nats-listen 127.0.0.1:4222, or --nats")
	case o.natsListen == "":
		return nil
	case external || !o.feed:
		return usagef("--nats-listen is for readers of the feed on the embedded server: give --feed, and not --nats")
	}
	host, _, err := net.SplitHostPort(o.natsListen)
	if err != nil || !isLoopbackName(host) {
		return usagef("--nats-listen %q: readers of the feed are not asked who they are, so it listens on loopback only, "+
			"as 127.0.0.1:4222; others can read a feed on an external cluster", o.natsListen)
	}
	return nil
}

// instruments are what shows others what happens in a register.
type instruments struct {
	metrics *observe.Metrics
	tracing *observe.Tracing
	feed    *eventstore.Feed // nil without one
}

// instruments starts what o asks for. The register that is opened with observed is to be watched with them.
func (o *observeOptions) instruments(ctx context.Context, clock func() time.Time) (*instruments, error) {
	i := &instruments{metrics: observe.NewMetrics(clock, versionText())}
	if o.otlp != "" {
		var err error
		if i.tracing, err = observe.StartTracing(ctx, o.otlp, versionText()); err != nil {
			return nil, usagef("--otlp-endpoint: %w", err)
		}
	}
	return i, nil
}

// observed has the store tell its commits, and listen for readers of the feed.
func (o *observeOptions) observed(cfg eventstore.Config, i *instruments) eventstore.Config {
	cfg.Observe, cfg.FeedListen = i.metrics.Committed, o.natsListen
	return cfg
}

// stop sends what traces are left.
func (i *instruments) stop(ctx context.Context, within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	if err := i.tracing.Stop(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// instrument has the metrics watch the register, and starts the feed if there is to be one. It goes on while r is open.
func (r *register) instrument(i *instruments, o serveOptions) error {
	r.instruments = i
	if o.observe.feed {
		feed, err := eventstore.NewFeed(r.store, eventstore.FeedConfig{})
		if err != nil {
			return err
		}
		i.feed = feed
		r.running.Go(func() error { return feed.Run(r.life) })
	}
	state := r.state(i, filepath.Join(o.archiveFolder(), archive.CheckpointPath))
	state.Synced = func() bool { return !o.unverified }
	i.metrics.Watch(state)
	return nil
}

// state is where the metrics are read.
func (r *register) state(i *instruments, checkpoint string) observe.State {
	state := observe.State{
		Recorded: func() uint64 { return uint64(r.store.Position()) },
		Shown:    func() uint64 { return uint64(r.views.Position()) },
		Waiting:  r.store.Waiting,
		Writable: func() bool { return r.store.Healthy() == nil },
		Rebuilt: func() (times, mended uint64) {
			status := r.views.Status()
			return status.Rebuilds, status.Mended
		},
		Verifying: func() (verified, of uint64) {
			v, o := r.store.Verifying()
			return uint64(v), uint64(o)
		},
		Findings: r.findings,
		Awaiting: func() (int, error) {
			page, err := r.views.Awaiting(projections.AwaitingQuery{Known: domain.Latest})
			return len(page.Awaiting), err
		},
	}
	if r.archive != nil {
		state.Archived = func() (uint64, time.Time) {
			at := time.Time{}
			if info, err := os.Stat(checkpoint); err == nil {
				at = info.ModTime()
			}
			return uint64(r.archive.Status().Checkpoint.Head.Size), at
		}
	}
	if i.feed != nil {
		state.Fed = func() (uint64, int) {
			status := i.feed.Status()
			return uint64(status.Position), status.Rebuilt
		}
	}
	return state
}

// findings counts what is incoherent in today's map, by severity.
func (r *register) findings() (map[string]int, error) {
	zone, err := london()
	if err != nil {
		return nil, err
	}
	today := domain.DateOf(r.clock().In(zone))
	found, err := r.views.Coherence(projections.CoherenceQuery{AsOf: domain.AsOf{On: today, Known: domain.Latest}, Today: today})
	if err != nil {
		return nil, err
	}
	counts := map[string]int{
		string(projections.SeverityHigh): 0, string(projections.SeverityMedium): 0, string(projections.SeverityLow): 0,
	}
	for _, f := range found.Findings {
		counts[string(f.Severity)]++
	}
	return counts, nil
}

// configure has the API show itself to the instruments.
func (i *instruments) configure(config *api.Config) {
	if i == nil {
		return
	}
	config.Metrics = i.metrics.Handler()
	config.Interceptors = append(config.Interceptors, connect.Interceptor(observe.NewInterceptor(i.metrics, i.tracing)))
	config.Access = countedAccess{config.Access, i.metrics}
}

// handler gives requests their ids.
func (i *instruments) handler(next http.Handler, logger *slog.Logger, clock func() time.Time) http.Handler {
	if i == nil {
		return next
	}
	return observe.Requests(next, logger, clock, uuid.NewString)
}

// countedAccess counts the attempts that an access log is told.
type countedAccess struct {
	log     api.AccessLog // nil for none
	metrics *observe.Metrics
}

// Refused counts an attempt and hands it on.
func (c countedAccess) Refused(attempt api.Attempt) {
	c.metrics.RefusedAttempt(attempt.Right, string(attempt.Reason))
	if c.log != nil {
		c.log.Refused(attempt)
	}
}
