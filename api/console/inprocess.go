package console

import (
	"bytes"
	"io"
	"net/http"
	"strconv"

	"connectrpc.com/connect"

	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// client asks the register's API in somebody's name.
type client struct {
	maps          remitv1connect.MapServiceClient
	transfers     remitv1connect.TransferServiceClient
	delegations   remitv1connect.DelegationServiceClient
	organisations remitv1connect.OrganisationServiceClient
	functions     remitv1connect.FunctionServiceClient
	instruments   remitv1connect.InstrumentServiceClient
	records       remitv1connect.RecordServiceClient
	programme     remitv1connect.ProgrammeServiceClient
	audit         remitv1connect.AuditServiceClient
	operator      remitv1connect.OperatorServiceClient
}

// inProcessAddress is where the API is, as far as its handler is concerned: on this machine.
const inProcessAddress = "http://localhost"

// newClient returns a client of an API in process. name puts into each request in whose name it is made.
func newClient(api http.Handler, name func(*http.Request) *http.Request) *client {
	h := &http.Client{Transport: inProcess{api, name}}
	options := connect.WithSendCompression("")
	return &client{
		maps:          remitv1connect.NewMapServiceClient(h, inProcessAddress, options),
		transfers:     remitv1connect.NewTransferServiceClient(h, inProcessAddress, options),
		delegations:   remitv1connect.NewDelegationServiceClient(h, inProcessAddress, options),
		organisations: remitv1connect.NewOrganisationServiceClient(h, inProcessAddress, options),
		functions:     remitv1connect.NewFunctionServiceClient(h, inProcessAddress, options),
		instruments:   remitv1connect.NewInstrumentServiceClient(h, inProcessAddress, options),
		records:       remitv1connect.NewRecordServiceClient(h, inProcessAddress, options),
		programme:     remitv1connect.NewProgrammeServiceClient(h, inProcessAddress, options),
		audit:         remitv1connect.NewAuditServiceClient(h, inProcessAddress, options),
		operator:      remitv1connect.NewOperatorServiceClient(h, inProcessAddress, options),
	}
}

// inProcess hands requests to a handler instead of sending them anywhere.
type inProcess struct {
	handler http.Handler
	name    func(*http.Request) *http.Request
}

// RoundTrip returns the handler's answer to a request.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	request := r.Clone(r.Context())
	request.RequestURI = r.URL.RequestURI()
	request.Host = r.URL.Host
	request.RemoteAddr = "127.0.0.1:0"
	// Nothing is gained by packing what does not leave the process.
	request.Header.Del("Accept-Encoding")
	request.Header.Del("Connect-Accept-Encoding")
	if request.Body == nil {
		request.Body = http.NoBody
	}
	answer := &kept{header: http.Header{}, status: http.StatusOK}
	t.handler.ServeHTTP(answer, t.name(request))
	return &http.Response{
		Status: strconv.Itoa(answer.status), StatusCode: answer.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: answer.header, Body: io.NopCloser(&answer.body), ContentLength: int64(answer.body.Len()), Request: r,
	}, nil
}

// kept is an answer in memory.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header returns the answer's header.
func (k *kept) Header() http.Header { return k.header }

// WriteHeader keeps the status.
func (k *kept) WriteHeader(status int) { k.status = status }

// Write keeps a piece of the body.
func (k *kept) Write(p []byte) (int, error) { return k.body.Write(p) }
