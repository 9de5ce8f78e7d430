package api_test

import (
	"strings"
	"testing"

	"connectrpc.com/connect"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// TestEventsThatThereAreNot asks for events by what no event can be: it is refused and not answered with nothing, or
// waited for without end.
func TestEventsThatThereAreNot(t *testing.T) {
	s := newRegister(t)
	for _, request := range []object{
		{"type": "PlanReturnSubmitted"}, {"entity": "plan-return/01J00000000000000000000000"}, {"type": "", "entity": ""},
	} {
		s.ok(t, "", "AuditService/ListEvents", request)
	}
	for _, test := range []struct {
		request object
		says    string
	}{
		{object{"type": "TransferPropsed"}, `type: there is no type of event "TransferPropsed"`},
		{object{"type": "Holding"}, `there is no type of event "Holding"`},
		{object{"type": "proposed"}, "type: must be a type of event, such as TransferProposed"},
		{object{"entity": "X24"}, "entity: must be what events are about, such as function/eprr"},
	} {
		info := s.refused(t, "", "AuditService/ListEvents", test.request, "invalid_argument", "INVALID_ARGUMENT")
		if !strings.Contains(info.message, test.says) {
			t.Errorf("%v is refused with %q", test.request, info.message)
		}
	}
	for name, test := range map[string]struct {
		request *remitv1.WatchEventsRequest
		code    connect.Code
		reason  string
	}{
		"type":          {&remitv1.WatchEventsRequest{Types: []string{"TransferProposed", "TransferPropsed"}}, connect.CodeInvalidArgument, "INVALID_ARGUMENT"},
		"form of types": {&remitv1.WatchEventsRequest{Types: []string{""}}, connect.CodeInvalidArgument, "INVALID_ARGUMENT"},
		"entity":        {&remitv1.WatchEventsRequest{Entities: []string{"X24"}}, connect.CodeInvalidArgument, "INVALID_ARGUMENT"},
		"organisation":  {&remitv1.WatchEventsRequest{Organisations: []string{"X24", "NOPE"}}, connect.CodeNotFound, "UNKNOWN_ORGANISATION"},
	} {
		t.Run(name, func(t *testing.T) {
			stream, err := remitv1connect.NewAuditServiceClient(http2(), s.URL).WatchEvents(t.Context(), test.request)
			if err != nil {
				t.Fatal(err)
			}
			defer stream.Close()
			if stream.Receive() {
				t.Fatalf("got %v", stream.Msg())
			}
			wantError(t, stream.Err(), test.code, test.reason)
		})
	}
}
