package console_test

import (
	"strings"
	"testing"
)

// The first page says what waits for somebody; lists lead on; what has a name is found.
func TestHomeBoardAndSearch(t *testing.T) {
	s := newRegister(t)
	transfer := seeded(t, s)
	s.ok(t, "board@Y61", "/").has(t, "Waiting for your decision, or your second", "readiness", "For you")
	s.ok(t, "po@S1Y5D", "/").has(t, "To be done by 5 December 2026")
	s.ok(t, "", "/due?days=366").has(t, "What is to be done", "By whom")
	s.call(t, "first@X24", "RecordService/RecordOccurrence", `{"commandId":"NEW-ID","function":"green-plan","kind":"TRANSFER_KIND_DELIVERY","from":"S1Y5D","to":"RC9",
		"footprints":["06K"],"roles":["ROLE_DELIVERING"],"effectiveOn":"2026-11-21","source":"board paper"}`)
	s.ok(t, "second@X24", "/").has(t, "second person to agree")
	for range 60 {
		s.call(t, "po@S1Y5D", "TransferService/PlanTransfer", `{"commandId":"NEW-ID","function":"green-plan","kind":"TRANSFER_KIND_DELIVERY","sender":"S1Y5D","moves":[{"receiver":"Y61"}],
			"roles":["ROLE_DELIVERING"],"effectiveOn":"2027-04-01"}`)
	}
	p := s.ok(t, "", "/transfers")
	p.has(t, "transfers on all pages")
	p.links(t, "/transfers?page=2")
	second := s.ok(t, "", "/transfers?page=2")
	second.links(t, "/transfers")
	for _, id := range ulid.FindAllString(second.html, -1) {
		if strings.Contains(p.html, id) {
			t.Errorf("%s is on both pages", id)
		}
	}
	s.ok(t, "", "/transfers?page=999999&stage=announced").has(t, "Announced")
	s.ok(t, "", "/transfers?kind=delegation").has(t, "Emergency preparedness")
	if strings.Contains(s.ok(t, "", "/transfers?kind=pooling").html, transfer) {
		t.Error("a delegation is shown among pooled budgets")
	}
	s.ok(t, "", "/search?q=emergency").links(t, "/functions/eprr", "/map?function=eprr&view=function")
	s.ok(t, "", "/search?q=Essex").links(t, "/organisations/D7T5G", "/map?place=D7T5G&view=place")
	s.ok(t, "", "/search?q=06h").has(t, "Places")
	s.ok(t, "", "/search").has(t, "Search")
	s.ok(t, "", "/search?q=no-such-thing").has(t, "Nothing is called “no-such-thing”")
	for sought, address := range map[string]string{"1204": "/audit/1204", strings.TrimPrefix(transfer, "/transfers/"): transfer} {
		if p := s.get(t, "", "/search?q="+sought); p.header.Get("Location") != address {
			t.Errorf("%s: %d %s", sought, p.status, p.header.Get("Location"))
		}
	}
	s.get(t, "", "/search?q=%3Cscript%3Ealert(1)%3C/script%3E").sound(t, "/search")
}
