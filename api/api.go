package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"buf.build/go/protovalidate"
	"connectrpc.com/connect"
	"connectrpc.com/grpcreflect"

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
	// LoadReference loads the reference register up to a date (zero: all of it), leaving what is loaded already.
	LoadReference func(ctx context.Context, until domain.Date) (Loaded, error)
	// ReferenceLoaded tells whether the reference register is there, or is not wanted. Default: it is.
	ReferenceLoaded func() bool
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
	// Backup writes a backup of all that an earlier one with so many events does not have. Default: there are none.
	Backup func(ctx context.Context, after domain.EventNo, out io.Writer) error
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
	if c.Patience <= 0 {
		c.Patience = 5 * time.Second
	}
	if c.ProofPatience <= 0 {
		c.ProofPatience = 2 * time.Second
	}
	return c, nil
}

// New returns the handler for everything that the register serves: the services over Connect, gRPC and gRPC-Web,
// server reflection, the published log below /log/, /healthz and /readyz. Nobody signs in: callers say who they are (see ActorHeader), so it must
// listen on loopback only, and answers requests for a loopback name only.
func New(c Config) (http.Handler, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("configure the API: %w", err)
	}
	validator, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("prepare the rules of requests: %w", err)
	}
	x := &interceptor{validator: validator, logger: c.Logger}
	options := append(codecs(),
		connect.WithInterceptors(x), connect.WithReadMaxBytes(MaxRequestBytes),
		connect.WithCompressMinBytes(compressFrom),
	)
	mux := http.NewServeMux()
	mountServices(mux, c, options)
	mountReflection(mux)
	mountHealth(mux, c)
	mountLog(mux, c)
	g := &guard{errors: connect.NewErrorWriter(options...), logger: c.Logger}
	handler := g.handler(finish(mux))
	if c.Pages != nil {
		pages, err := c.Pages(handler)
		if err != nil {
			return nil, fmt.Errorf("prepare the pages: %w", err)
		}
		mux.Handle("/", pages)
	}
	return handler, nil
}

// Answers of this size and more are compressed for callers who accept that; smaller ones gain nothing by it.
const compressFrom = 4 << 10

func mountServices(mux *http.ServeMux, c Config, options []connect.HandlerOption) {
	cmds := &commands{store: c.Store, open: c.ReferenceLoaded}
	asks := &queries{
		store: c.Store, views: c.Views, clock: c.Clock, location: c.Location, patience: c.Patience,
		proofs: &proofs{prover: c.Prover, patience: c.ProofPatience},
	}
	mux.Handle(remitv1connect.NewTransferServiceHandler(&transferService{cmds, asks}, options...))
	mux.Handle(remitv1connect.NewDelegationServiceHandler(&delegationService{cmds, asks}, options...))
	mux.Handle(remitv1connect.NewOrganisationServiceHandler(&organisationService{cmds, asks}, options...))
	mux.Handle(remitv1connect.NewFunctionServiceHandler(&functionService{cmds, asks}, options...))
	mux.Handle(remitv1connect.NewInstrumentServiceHandler(&instrumentService{cmds, asks}, options...))
	mux.Handle(remitv1connect.NewRecordServiceHandler(&recordService{cmds, asks, c.LoadReference}, options...))
	mux.Handle(remitv1connect.NewProgrammeServiceHandler(&programmeService{cmds, asks}, options...))
	mux.Handle(remitv1connect.NewMapServiceHandler(&mapService{asks}, options...))
	mux.Handle(remitv1connect.NewAuditServiceHandler(&auditService{asks}, options...))
	mux.Handle(remitv1connect.NewOperatorServiceHandler(&operatorService{asks, c.Backup}, options...))
}

// mountReflection lets tools such as grpcurl ask which calls there are.
func mountReflection(mux *http.ServeMux) {
	reflector := grpcreflect.NewStaticReflector(
		remitv1connect.TransferServiceName, remitv1connect.DelegationServiceName, remitv1connect.OrganisationServiceName,
		remitv1connect.FunctionServiceName, remitv1connect.InstrumentServiceName, remitv1connect.RecordServiceName,
		remitv1connect.ProgrammeServiceName,
		remitv1connect.MapServiceName, remitv1connect.AuditServiceName, remitv1connect.OperatorServiceName,
	)
	mux.Handle(grpcreflect.NewHandlerV1(reflector))
	mux.Handle(grpcreflect.NewHandlerV1Alpha(reflector))
}
