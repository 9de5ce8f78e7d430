package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// TestSimulateWithSignIn tries commands where people sign in: nobody tries any without a token, rights count as they do
// for real, and naming somebody else does not tell whether that is who gave a command before.
func TestSimulateWithSignIn(t *testing.T) {
	g := newGuarded(t)
	s := g.stage(t)
	outcome := func(token, as string, command object) (answer, string) {
		tried := object{"as": as}
		maps.Copy(tried, command)
		a := g.post(t, token, "MapService/Simulate", object{"commands": []object{tried}})
		return a, fmt.Sprint(a.body["outcomes"])
	}
	second := object{"second": object{"awaitingId": s.waiting}}
	withdraw := object{"withdrawTransfer": object{"transferId": s.transfer, "reason": "no"}}
	before := g.store.Position()

	if a, _ := outcome("", "", withdraw); a.status != http.StatusUnauthorized || a.info(t).reason != "NOT_SIGNED_IN" {
		t.Errorf("without a token: %s", a.raw)
	}
	reader, first := g.token("reader", icb, "reader"), g.token("first", "Y61", "registrar")
	if _, got := outcome(reader, "", withdraw); !strings.Contains(got, "NOT_AUTHORISED") {
		t.Errorf("a reader withdraws: %s", got)
	}
	if _, got := outcome(reader, "po@"+icb+";reader", withdraw); !strings.Contains(got, "NOT_AUTHORISED") {
		t.Errorf("somebody in the role of a reader withdraws: %s", got)
	}
	if _, got := outcome(reader, "po@"+icb, withdraw); !strings.Contains(got, "accepted:true") {
		t.Errorf("the programme office withdraws: %s", got)
	}
	if _, got := outcome(first, "", second); !strings.Contains(got, "SECOND_PERSON_REQUIRED") {
		t.Errorf("the first person agrees with itself: %s", got)
	}
	_, same := outcome(reader, "first@Y61", second)
	_, other := outcome(reader, "another@Y61", second)
	if !strings.Contains(same, "accepted:true") || !strings.Contains(other, "accepted:true") {
		t.Errorf("it tells who gave it: as that person %s, as another %s", same, other)
	}
	if g.store.Position() != before {
		t.Error("something was recorded")
	}
}
