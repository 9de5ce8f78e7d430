package main

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"connectrpc.com/connect"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// damagedRegister is a register whose views were not what its journal says. breaks says that it breaks off before it says
// what came of the rebuild.
type damagedRegister struct {
	remitv1connect.UnimplementedOperatorServiceHandler

	breaks bool
}

// RebuildViews says that something differed.
func (r damagedRegister) RebuildViews(
	_ context.Context, _ *remitv1.RebuildViewsRequest, stream *connect.ServerStream[remitv1.RebuildViewsResponse],
) error {
	if err := stream.Send(&remitv1.RebuildViewsResponse{Position: "5", Of: "9"}); err != nil || r.breaks {
		return err
	}
	return stream.Send(&remitv1.RebuildViewsResponse{Position: "9", Of: "9", Rebuilt: &remitv1.RebuiltViews{
		Differs: []string{"the map: eprr in 06H", "functions"}, DigestBefore: "v1:sha256:aa", DigestAfter: "v1:sha256:bb",
		HoldingsBefore: "3", HoldingsAfter: "4", EffectiveOn: "2026-11-21", Position: "9",
	}})
}

// TestRebuildSaysWhatDiffered asks for a rebuild of a register that was wrong: that is said aloud, and by the exit code.
func TestRebuildSaysWhatDiffered(t *testing.T) {
	for _, c := range []struct {
		register damagedRegister
		format   string
		code     int
		out, err []string
	}{
		{
			damagedRegister{},
			"table", exitFindings,
			[]string{"before", "v1:sha256:aa", "after", "v1:sha256:bb"},
			[]string{"NOT what its journal says", "the map: eprr in 06H\n  functions\n", "Nothing recorded was touched"},
		},
		{damagedRegister{}, "json", exitFindings, []string{`"agrees": false`, `"the map: eprr in 06H",`}, []string{"NOT what its journal says"}},
		{damagedRegister{}, "csv", exitFindings, []string{"digest_before", "the map: eprr in 06H; functions"}, []string{"NOT what its journal says"}},
		{damagedRegister{breaks: true}, "table", exitFailure, nil, []string{"did not say what came of the rebuild"}},
	} {
		_, handler := remitv1connect.NewOperatorServiceHandler(c.register)
		server := httptest.NewServer(handler)
		a, out, errs := testApp(t)
		code := a.main(t.Context(), []string{"--server", server.URL, "--as", "op@X24", "rebuild", "-o", c.format})
		server.Close()
		if code != c.code {
			t.Errorf("-o %s ends with %d", c.format, code)
		}
		for _, text := range c.out {
			if !strings.Contains(out.String(), text) {
				t.Errorf("-o %s: stdout has no %q: %s", c.format, text, out)
			}
		}
		for _, text := range c.err {
			if !strings.Contains(errs.String(), text) {
				t.Errorf("-o %s: stderr has no %q: %s", c.format, text, errs)
			}
		}
	}
}
