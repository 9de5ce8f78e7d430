package api

import (
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// FuzzJSON gives the codec any bytes: what protojson reads is read in the same way, and what it does not read is told.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `null`, `{"commandId":"x","roles":["ROLE_EXERCISING",1],"terms":{"reviewOn":null}}`,
		`{"retained":[{"role":"ROLE_KING"},7]}`, `{"moves":{}}`, `{"kind":99,"kind":1}`, `{"validateOnly":"yes"} x`,
		`{"command_id":"a","commandId":"b"}`, `{"effectiveOn":"\ud800"}`, "\xff", `{"a":1e999}`, `{"kind":1.0}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, want remitv1.ProposeTransferRequest
		if err := (jsonCodec{}).Unmarshal(data, &got); err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		problem := protojson.Unmarshal(data, &want)
		violations := takeViolations(&got)
		if (problem == nil) != (len(violations) == 0) {
			t.Fatalf("%q: protojson says %v, the codec %v", data, problem, violations)
		}
		if problem == nil && !proto.Equal(&got, &want) {
			t.Errorf("%q was read as %v, want %v", data, &got, &want)
		}
		for _, v := range violations {
			if v.Path == "" || v.Message == "" {
				t.Errorf("%q: violation %v", data, v)
			}
		}
	})
}

// FuzzBinary gives the codec any bytes.
func FuzzBinary(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		var got remitv1.ProposeTransferRequest
		if err := (binaryCodec{}).Unmarshal(data, &got); err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		takeViolations(&got)
	})
}

// FuzzToken reads any text as a token.
func FuzzToken(f *testing.F) {
	token, err := next(page{query: "q", points: []point{{AsOf: domain.AsOf{On: 7, Known: 9}}}}, 3)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add("")
	f.Add("e30")
	f.Fuzz(func(t *testing.T, text string) {
		token, ok := readToken(text)
		if ok && len(token.After) == 0 {
			t.Errorf("%q has no cursor", text)
		}
		_, _ = cursorOf[int](page{after: token.After})
	})
}

func TestTokenRoundTrip(t *testing.T) {
	token, err := next(page{query: "q", points: []point{{AsOf: domain.AsOf{On: 7, Known: 9}}}}, "x")
	if err != nil {
		t.Fatal(err)
	}
	got, ok := readToken(token)
	if !ok || got.Query != "q" || got.Points[0].On != 7 || got.Points[0].Known != 9 || string(got.After) != `"x"` {
		t.Errorf("got %v", got)
	}
	if token, err := next(page{}, ""); token != "" || err != nil {
		t.Errorf("a token %q for no page", token)
	}
}
