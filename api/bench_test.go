package api_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
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

// BenchmarkCommand has 128 commanders record one event each, over HTTP/1.1 and over one connection of HTTP/2.
func BenchmarkCommand(b *testing.B) {
	many := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	for name, transport := range map[string]*http.Client{"HTTP1": many, "HTTP2": http2()} {
		b.Run(name, func(b *testing.B) {
			s := newServer(b)
			client := remitv1connect.NewOrganisationServiceClient(transport, s.URL, as("registrar@X24"))
			establish(b, client, "X24")
			var n atomic.Int64
			b.SetParallelism(128 / runtime.GOMAXPROCS(0))
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					establish(b, client, fmt.Sprintf("B%d", n.Add(1)+1e6))
				}
			})
			b.StopTimer()
		})
	}
}

func establish(b *testing.B, client remitv1connect.OrganisationServiceClient, code string) {
	b.Helper()
	_, err := client.EstablishOrganisation(b.Context(), &remitv1.EstablishOrganisationRequest{
		CommandId: uuid.NewString(), Code: code, Name: "Body " + code, Tier: remitv1.Tier_TIER_NATIONAL,
		Form: remitv1.Form_FORM_STATUTORY_BODY, LegalPerson: true, EffectiveOn: today,
	})
	if err != nil {
		b.Error(err)
	}
}

// BenchmarkQuestions asks the reference register in JSON, one question after the other.
func BenchmarkQuestions(b *testing.B) {
	s := newRegister(b)
	for name, request := range map[string]object{
		"WhoHolds":   {"function": "eprr", "footprint": "06H"},
		"GetMap":     {"pageSize": 5000},
		"GetHistory": {"function": "eprr", "footprint": "06H"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if a := s.call(b, "", "MapService/"+name, request); a.status != http.StatusOK {
					b.Fatal(a.raw)
				}
			}
		})
	}
}

// BenchmarkSimulate tries single commands, and a whole route, on the reference register.
func BenchmarkSimulate(b *testing.B) {
	s := newRegister(b)
	for name, commands := range map[string][]object{
		"propose": route("06H")[:1],
		"route":   route("06H"),
		"occurrence": {{"as": "registrar@X24", "recordOccurrence": object{
			"function": "eprr", "from": "S1Y5D", "to": "X24", "footprints": []string{"06H"}, "roles": []string{"ROLE_DELIVERING"},
			"effectiveOn": today, "kind": "TRANSFER_KIND_DELIVERY", "source": "letter",
		}}},
		"establish": {{"as": "registrar@X24", "establishOrganisation": object{
			"code": "ZZ9", "name": "New", "tier": "TIER_PROVIDER", "form": "FORM_TRUST", "legalPerson": true, "effectiveOn": today,
		}}},
		"rename": {{"as": "registrar@X24", "renameOrganisation": object{"code": "S1Y5D", "name": "Later", "effectiveOn": today}}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if a := s.call(b, "", "MapService/Simulate", object{"commands": commands}); a.status != http.StatusOK {
					b.Fatalf("%s", a.raw)
				}
			}
		})
	}
}
