package api_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"connectrpc.com/connect"
	"github.com/google/uuid"

	"github.com/remit-register/remit/api"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// as names the caller in every request of a client.
func as(actor string) connect.ClientOption {
	return connect.WithInterceptors(connect.UnaryInterceptorFunc(func(next connect.UnaryFunc) connect.UnaryFunc {
		return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
			req.Header().Set(api.ActorHeader, actor)
			return next(ctx, req)
		}
	}))
}

// BenchmarkCommand has 64 commanders per processor record one event each, over one connection.
func BenchmarkCommand(b *testing.B) {
	s := newServer(b)
	client := remitv1connect.NewOrganisationServiceClient(http2(), s.URL, as("registrar@X24"))
	establish := func(b *testing.B, code string) {
		_, err := client.EstablishOrganisation(b.Context(), &remitv1.EstablishOrganisationRequest{
			CommandId: uuid.NewString(), Code: code, Name: "Body " + code, Tier: remitv1.Tier_TIER_NATIONAL,
			Form: remitv1.Form_FORM_STATUTORY_BODY, LegalPerson: true, EffectiveOn: today, Reason: "measurement",
		})
		if err != nil {
			b.Error(err)
		}
	}
	establish(b, "X24")
	var n atomic.Int64
	b.SetParallelism(64)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			establish(b, fmt.Sprintf("B%d", n.Add(1)+1e6))
		}
	})
}

// BenchmarkQuestions asks the reference register over one connection, one question after the other.
func BenchmarkQuestions(b *testing.B) {
	s := newRegister(b)
	for name, options := range map[string][]connect.ClientOption{
		"binary": nil, "JSON": {connect.WithProtoJSON()},
	} {
		client := remitv1connect.NewMapServiceClient(http2(), s.URL, options...)
		b.Run("WhoHolds/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := client.WhoHolds(b.Context(), &remitv1.WhoHoldsRequest{Function: "eprr", Footprint: "06H"}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("GetMap of 5000/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := client.GetMap(b.Context(), &remitv1.GetMapRequest{PageSize: 5000}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
