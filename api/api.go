package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"buf.build/go/protovalidate"
	"connectrpc.com/connect"
	"connectrpc.com/grpchealth"
	"connectrpc.com/grpcreflect"

	"github.com/remit-register/remit/api/signin"
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/projections"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// Config says what the API serves. Store, Views, Clock, Location and LoadReference are required.
type Config struct {
	// Store decides and records commands. Its Run must be running.
	Store *eventstore.Store
	// Views answer questions. Their Run must follow Store.
	Views *projections.Views
	// Clock tells the time, for "today" and "now".
	Clock func() time.Time
	// Location is where "today" is: Europe/London.
	Location *time.Location
	// Copies are what commands are tried out on. Their Run is to be running. Default: copies of their own, which are made when
	// somebody asks.
	Copies *Copies
	// LoadReference loads the reference register up to a date (zero: all of it), leaving what is loaded already.
	LoadReference func(ctx context.Context, until domain.Date) (Loaded, error)
	// ReferenceLoaded tells whether the reference register is there, or is not wanted. Default: it is.
	ReferenceLoaded func() bool
	// SignIn proves who calls. Default: nobody signs in, and callers say who they are (see ActorHeader).
	SignIn *signin.SignIn
	// Identify finds out who calls. Default: by SignIn where there is one, otherwise by what callers say.
	Identify Identifier
	// Problem writes a page about what went wrong in signing in in a browser. Default: a line of text.
	Problem func(http.ResponseWriter, *http.Request, error)
	// Hosts are the names, besides those of this machine, under which requests may ask for a register with sign-in.
	// Default: any. Where nobody signs in there are none.
	Hosts []string
	// Access is told every attempt that is refused because of who makes it. Default: nobody is.
	Access AccessLog
	// Metrics are served at /metrics. Default: there are none.
	Metrics http.Handler
	// Interceptors stand before and behind all that a call goes through behind the door. Default: none.
	Interceptors []connect.Interceptor
	// Logger is told what goes wrong inside. Default: nothing is logged.
	Logger *slog.Logger
	// Pages returns what answers requests that are no calls: the console. It is given the handler of the calls, which it
	// may ask in process. Default: such requests are not found.
	Pages func(calls http.Handler) (http.Handler, error)
	// Patience is how long a question waits for the position that it must have reached. Default 5 s.
	Patience time.Duration
	// Prover proves what is recorded. Default: nothing is proved.
	Prover Prover
	// ProofPatience is how long an answer waits for the checkpoint that proves it. Default 2 s.
	ProofPatience time.Duration
	// Log is the published log, served below /log/. Default: none.
	Log archive.Source
	// LogStatus tells how the log is being written. Default: nothing is said about it.
	LogStatus func() archive.Status
	// Version is that of the program, for the description of the calls. Default: "unknown".
	Version string
	// RateLimit is how many requests a second each caller may make, with twice as many at once. Default: any number.
	RateLimit int
	// MaxInFlight is how many calls that are no streams may be under way; more are refused at once. It is what bounds the
	// time that those take which are let in, where callers come faster than they are answered. Default 256.
	MaxInFlight int
	// TimeLimit is how long a call may take that is no stream. Default 60 s.
	TimeLimit time.Duration
	// Backup writes a backup of all that an earlier one with so many events does not have. Default: there are none.
	Backup func(ctx context.Context, after domain.EventNo, out io.Writer) error
	// Mended is called when the views were rebuilt and had not been what the journal says. Default: nobody is told.
	Mended func(context.Context)
	// Watch limits watches.
	Watch WatchLimits
	// Stopping is closed when the server is about to stop: watches end then, each telling where to go on. Default: they
	// end with their connections.
	Stopping <-chan struct{}
}

// Loaded says what a load of the reference register did.
type Loaded struct {
	// Commands is how many it consists of, Recorded how many of them were recorded now.
	Commands, Recorded int
	// Position is the number of the last event afterwards.
	Position domain.EventNo
}

func (c Config) withDefaults() (Config, error) {
	if c.Store == nil || c.Views == nil || c.Clock == nil || c.Location == nil || c.LoadReference == nil {
		return c, errors.New("store, views, clock, location and the reference register's loader are required")
	}
	if c.ReferenceLoaded == nil {
		c.ReferenceLoaded = func() bool { return true }
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Copies == nil {
		c.Copies = NewCopies(c.Store, c.Views, c.Clock, c.Logger)
	}
	if c.Identify == nil {
		c.Identify = Asserted{}
		if c.SignIn != nil {
			c.Identify = SignedIn{c.SignIn}
		}
	}
	if c.Problem == nil {
		c.Problem = plainProblem
	}
	if c.Access == nil {
		c.Access = noAccessLog{}
	}
	if c.Mended == nil {
		c.Mended = func(context.Context) {}
	}
	if c.Version == "" {
		c.Version = "unknown"
	}
	if c.MaxInFlight <= 0 {
		c.MaxInFlight = 256
	}
	if c.TimeLimit <= 0 {
		c.TimeLimit = time.Minute
	}
	if c.Patience <= 0 {
		c.Patience = 5 * time.Second
	}
	if c.ProofPatience <= 0 {
		c.ProofPatience = 2 * time.Second
	}
	c.Watch = c.Watch.withDefaults()
	return c, nil
}

// New returns the handler for everything that the register serves: the services over Connect, gRPC and gRPC-Web,
// server reflection, gRPC's health checks, the published log below /log/, /healthz, /readyz and /openapi.json. Without sign-in callers say who they are (see
// ActorHeader), so it must listen on loopback only, and answers requests for a loopback name only.
func New(c Config) (http.Handler, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("configure the API: %w", err)
	}
	validator, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("prepare the rules of requests: %w", err)
	}
	d := newDoor(c)
	x := &interceptor{validator: validator, logger: c.Logger, door: d}
	options := append(codecs(),
		connect.WithInterceptors(slices.Concat(c.Interceptors, []connect.Interceptor{x})...), connect.WithReadMaxBytes(MaxRequestBytes),
		connect.WithCompressMinBytes(compressFrom),
	)
	mux := http.NewServeMux()
	mountServices(mux, c, options)
	mountReflection(mux)
	mountHealth(mux, c)
	mountHealthCheck(mux, c, codecs())
	if err := mountDescription(mux, c); err != nil {
		return nil, err
	}
	mountLog(mux, c)
	mountSignIn(mux, c, d)
	mountAccessLog(mux, c)
	if c.Metrics != nil {
		mux.Handle("GET /metrics", c.Metrics)
	}
	g := &guard{
		errors: connect.NewErrorWriter(options...), logger: c.Logger, door: d, hosts: c.Hosts,
		limiter: newLimiter(c.RateLimit, c.Clock), timeLimit: c.TimeLimit, room: make(chan struct{}, c.MaxInFlight),
	}
	handler := g.handler(finish(controlled(mux)))
	if c.Pages != nil {
		pages, err := c.Pages(handler)
		if err != nil {
			return nil, fmt.Errorf("prepare the pages: %w", err)
		}
		mux.Handle("/", pages)
	}
	return secured(handler), nil
}

// Answers of this size and more are compressed for callers who accept that; smaller ones gain nothing by it.
const compressFrom = 4 << 10

func mountServices(mux *http.ServeMux, c Config, options []connect.HandlerOption) {
	cmds := &commands{store: c.Store, open: c.ReferenceLoaded}
	asks := &queries{
		store: c.Store, views: c.Views, clock: c.Clock, location: c.Location, patience: c.Patience,
		proofs: &proofs{prover: c.Prover, patience: c.ProofPatience},
	}
	streams := newWatches(c, asks)
	_, asserted := c.Identify.(Asserted)
	mux.Handle(remitv1connect.NewTransferServiceHandler(&transferService{cmds, asks, streams}, options...))
	mux.Handle(remitv1connect.NewDelegationServiceHandler(&delegationService{cmds, asks}, options...))
	mux.Handle(remitv1connect.NewOrganisationServiceHandler(&organisationService{cmds, asks}, options...))
	mux.Handle(remitv1connect.NewFunctionServiceHandler(&functionService{cmds, asks}, options...))
	mux.Handle(remitv1connect.NewInstrumentServiceHandler(&instrumentService{cmds, asks}, options...))
	mux.Handle(remitv1connect.NewRecordServiceHandler(&recordService{cmds, asks, c.LoadReference}, options...))
	mux.Handle(remitv1connect.NewProgrammeServiceHandler(&programmeService{cmds, asks}, options...))
	mux.Handle(remitv1connect.NewMapServiceHandler(&mapService{asks, streams, c.Copies, asserted}, options...))
	mux.Handle(remitv1connect.NewAuditServiceHandler(&auditService{asks, streams}, options...))
	mux.Handle(remitv1connect.NewOperatorServiceHandler(&operatorService{asks, streams, c.Backup, c.Mended, c.Logger}, options...))
}

// mountReflection lets tools such as grpcurl ask which calls there are.
func mountReflection(mux *http.ServeMux) {
	reflector := grpcreflect.NewStaticReflector(append(serviceNames(), grpchealth.HealthV1ServiceName)...)
	mux.Handle(grpcreflect.NewHandlerV1(reflector))
	mux.Handle(grpcreflect.NewHandlerV1Alpha(reflector))
}
