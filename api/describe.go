package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"connectrpc.com/connect"
	"connectrpc.com/grpchealth"

	"github.com/remit-register/remit/api/openapi"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// serviceNames are the full names of all services.
func serviceNames() []string {
	return []string{
		remitv1connect.TransferServiceName, remitv1connect.DelegationServiceName, remitv1connect.OrganisationServiceName,
		remitv1connect.FunctionServiceName, remitv1connect.InstrumentServiceName, remitv1connect.RecordServiceName,
		remitv1connect.ProgrammeServiceName, remitv1connect.MapServiceName, remitv1connect.AuditServiceName,
		remitv1connect.OperatorServiceName,
	}
}

// mountDescription serves the description of the calls, for tools that do not read protobuf: /openapi.json, and
// /schemas/ with the JSON Schema of each message, as /schemas/remit.v1.WhoHoldsRequest.json.
func mountDescription(mux *http.ServeMux, c Config) error {
	document, err := openapi.Document(openapi.Config{Services: serviceNames(), Version: c.Version, Reasons: reasonNames()})
	if err != nil {
		return err
	}
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(document) // fails only when the caller went away
	})
	mux.HandleFunc("GET /schemas/{file}", func(w http.ResponseWriter, r *http.Request) {
		name, isJSON := strings.CutSuffix(r.PathValue("file"), ".json")
		schema, found, err := openapi.Schema(name)
		if err != nil || !found || !isJSON {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/schema+json")
		_, _ = w.Write(schema) //nolint:gosec // made of descriptors; of the request only the name of one that there is
	})
	return nil
}

// reasonNames are all reasons of errors, sorted.
func reasonNames() []string {
	var names []string
	for reason := range codes() {
		names = append(names, string(reason))
	}
	slices.Sort(names)
	return names
}

// mountHealthCheck answers gRPC's health checks, of the register as a whole ("") and of each service: SERVING when
// /readyz would answer 200.
func mountHealthCheck(mux *http.ServeMux, c Config, options []connect.HandlerOption) {
	mux.Handle(grpchealth.NewHandler(checker{c}, options...))
}

type checker struct{ config Config }

// Check tells whether a service answers.
func (c checker) Check(ctx context.Context, req *grpchealth.CheckRequest) (*grpchealth.CheckResponse, error) {
	if req.Service != "" && !slices.Contains(serviceNames(), req.Service) {
		return nil, connect.NewError(connect.CodeNotFound, errors.New("there is no such service"))
	}
	status := grpchealth.StatusNotServing
	if readinessOf(ctx, c.config).Ready {
		status = grpchealth.StatusServing
	}
	return &grpchealth.CheckResponse{Status: status}, nil
}
