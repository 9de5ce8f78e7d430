package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"connectrpc.com/connect"

	"github.com/remit-register/remit/api"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// Headers in which a caller names itself, and the body to act for.
const (
	actorHeader        = api.ActorHeader
	organisationHeader = api.OrganisationHeader
)

// The longest that a command line waits for an answer: that to a load of the reference register.
const clientTimeout = 5 * time.Minute

// client reaches the services of a register.
type client struct {
	http    *http.Client
	url     string
	options []connect.ClientOption
}

// client returns a client for the register that the flags name, in the name that they give.
func (a *app) client() (*client, error) {
	url := strings.TrimRight(a.server, "/")
	if !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://") {
		return nil, usagef("--server %q is no URL: write it as http://127.0.0.1:8080", a.server)
	}
	if err := checkActor(a.actor); err != nil {
		return nil, err
	}
	over, err := a.over(url)
	if err != nil {
		return nil, err
	}
	return newClient(over, url, a.actor), nil
}

func newClient(over *http.Client, url, actor string) *client {
	return &client{http: over, url: url, options: []connect.ClientOption{connect.WithInterceptors(named(actor))}}
}

// named is an interceptor that sends the caller's name along.
type named string

// WrapUnary names the caller of a call with one answer.
func (n named) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, request connect.AnyRequest) (connect.AnyResponse, error) {
		if n != "" {
			request.Header().Set(actorHeader, string(n))
		}
		return next(ctx, request)
	}
}

// WrapStreamingClient names the caller of a call with many answers.
func (n named) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		conn := next(ctx, spec)
		if n != "" {
			conn.RequestHeader().Set(actorHeader, string(n))
		}
		return conn
	}
}

// WrapStreamingHandler does nothing: this is a client's.
func (n named) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}

// checkActor checks the form SUBJECT@ORGANISATION[;ROLE,ROLE].
func checkActor(actor string) error {
	if actor == "" {
		return nil
	}
	person, _, _ := strings.Cut(actor, ";")
	subject, organisation, ok := strings.Cut(person, "@")
	if !ok || strings.TrimSpace(subject) == "" || strings.TrimSpace(organisation) == "" {
		return usagef("--as %q names nobody: write it as po@S1Y5D, or po@S1Y5D;programme_office (see 'remit help identity')", actor)
	}
	return nil
}

// organisation returns the body in whose name the caller acts, "" for nobody.
func organisation(actor string) string {
	person, _, _ := strings.Cut(actor, ";")
	_, organisation, _ := strings.Cut(person, "@")
	return strings.TrimSpace(organisation)
}

func (c *client) transfers() remitv1connect.TransferServiceClient {
	return remitv1connect.NewTransferServiceClient(c.http, c.url, c.options...)
}

func (c *client) delegations() remitv1connect.DelegationServiceClient {
	return remitv1connect.NewDelegationServiceClient(c.http, c.url, c.options...)
}

func (c *client) organisations() remitv1connect.OrganisationServiceClient {
	return remitv1connect.NewOrganisationServiceClient(c.http, c.url, c.options...)
}

func (c *client) functions() remitv1connect.FunctionServiceClient {
	return remitv1connect.NewFunctionServiceClient(c.http, c.url, c.options...)
}

func (c *client) instruments() remitv1connect.InstrumentServiceClient {
	return remitv1connect.NewInstrumentServiceClient(c.http, c.url, c.options...)
}

func (c *client) records() remitv1connect.RecordServiceClient {
	return remitv1connect.NewRecordServiceClient(c.http, c.url, c.options...)
}

func (c *client) maps() remitv1connect.MapServiceClient {
	return remitv1connect.NewMapServiceClient(c.http, c.url, c.options...)
}

func (c *client) audit() remitv1connect.AuditServiceClient {
	return remitv1connect.NewAuditServiceClient(c.http, c.url, c.options...)
}

// names returns the names that organisations have at a point on both clocks, by code.
func (c *client) names(ctx context.Context, at *remitv1.ResolvedAsOf) (map[string]string, error) {
	asOf := &remitv1.AsOf{EffectiveOn: at.GetEffectiveOn(), KnownPosition: at.GetKnownPosition()}
	_, all, err := pages[*remitv1.ListOrganisationsResponse, *remitv1.Organisation]{
		ask: func(c *client, token string) (*remitv1.ListOrganisationsResponse, error) {
			return c.organisations().ListOrganisations(ctx, &remitv1.ListOrganisationsRequest{
				AsOf: asOf, PageSize: listPage, PageToken: token, IncludeClosed: true,
			})
		},
		items: (*remitv1.ListOrganisationsResponse).GetOrganisations,
	}.collect(c, 0)
	names := make(map[string]string, len(all))
	for _, o := range all {
		names[o.GetCode()] = o.GetName()
	}
	return names, err
}
