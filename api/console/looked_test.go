package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
)

// looked is a page as a browser shows it, who looks, and the status that it has if not 200.
type looked struct {
	name, actor, path string
	status            int
}

const (
	wrong   = http.StatusBadRequest
	missing = http.StatusNotFound
)

// lookedAt are the pages that are looked at, in their states: as they are at first, on other dates, empty, and with
// something wrong.
func lookedAt(t testing.TB, s *site, transfer string) []looked {
	t.Helper()
	delegation := regexp.MustCompile(`/delegations/[0-9A-Z]{26}`).FindString(s.ok(t, "", "/delegations?body=QWO").html)
	merger := "/reorganisation?" + url.Values{
		"ends": {"QGH\nNHS Coventry and Warwickshire Integrated Care Board"}, "new-code": {"Q1Z"}, "new-name": {"NHS Example Integrated Care Board"},
		"date": {"2027-04-01"}, "fate": {"moves"},
	}.Encode()
	pages := []looked{
		{name: "home", path: "/"},
		{name: "home-of-a-body", actor: "po@QGH", path: "/?since=2026-03-31"},
		{name: "home-wrong", actor: "po@QGH", path: "/?since=2027-01-01", status: wrong},
		{name: "map", path: "/map"},
		{name: "map-all", path: "/map?kind=all&region=Y56"},
		{name: "map-function", path: "/map?view=function"},
		{name: "map-place", path: "/map?view=place&place=06H"},
		{name: "map-past", path: "/map?on=2024-01-01"},
		{name: "map-planned", path: "/map?on=2027-04-02"},
		{name: "map-empty", path: "/map?on=2005-01-01"},
		{name: "map-wrong", path: "/map?view=place&place=Nowhere", status: wrong},
		{name: "who-ask", path: "/who"},
		{name: "who", path: "/who?function=eprr&in=06H"},
		{name: "who-nobody", path: "/who?function=eprr&in=06H&on=2005-01-01"},
		{name: "who-wrong", path: "/who?function=eprr"},
		{name: "functions", path: "/functions"},
		{name: "functions-none", path: "/functions?q=nothing-like-it"},
		{name: "function", path: "/functions/eprr?on=2026-03-31&known=3000"},
		{name: "organisations", path: "/organisations"},
		{name: "organisations-none", path: "/organisations?q=nothing-like-it"},
		{name: "organisation-national", path: "/organisations/X24"},
		{name: "organisation", path: "/organisations/D7T5G"},
		{name: "organisation-closed", path: "/organisations/QNQ"},
		{name: "organisation-to-end", path: "/organisations/QGH"},
		{name: "delegations", path: "/delegations?body=QWO"},
		{name: "delegations-none", path: "/delegations?on=1990-01-01&body=QWO&function=eprr"},
		{name: "delegation", path: delegation},
		{name: "changes", path: "/changes"},
		{name: "changes-planned", path: "/changes?from=2026-11-21&to=2027-04-01"},
		{name: "changes-none", path: "/changes?from=2026-10-01&to=2026-10-02"},
		{name: "changes-wrong", path: "/changes?from=2026-04-02&to=2026-04-01", status: wrong},
		{name: "gaps", path: "/gaps"},
		{name: "gaps-of-a-body", path: "/gaps?body=QGH&ahead=12&page=2"},
		{name: "gaps-none", path: "/gaps?function=eprr&kind=gap&on=2005-01-01"},
		{name: "gaps-wrong", path: "/gaps?body=Nowhere", status: wrong},
		{name: "reorganisation", path: "/reorganisation"},
		{name: "reorganisation-signed-out", path: merger, status: http.StatusUnauthorized},
		{name: "reorganisation-accepted", actor: "registrar@X24", path: merger},
		{name: "reorganisation-wrong", actor: "registrar@X24", path: "/reorganisation?ends=QGH&fate=moves&date=2027-04-01", status: wrong},
		{name: "envelope", path: "/envelope"},
		{name: "shift", path: "/shift"},
		{name: "shift-wrong", path: "/shift?from=2000-01-01&to=2090-01-01", status: wrong},
		{name: "record", path: "/audit"},
		{name: "record-found", path: "/audit?q=function/eprr"},
		{name: "record-none", path: "/audit?q=nothing-like-it", status: missing},
		{name: "event", path: "/audit/1204"},
		{name: "paper-ask", path: "/paper"},
		{name: "paper", path: "/paper?body=S1Y5D&known=3116&on=2026-04-01&since=2026-03-31&since-known=3116"},
		{name: "paper-wrong", path: "/paper?body=S1Y5D&since=2027-01-01", status: wrong},
		{name: "import", actor: "po@S1Y5D", path: "/import"},
		{name: "actor", path: "/actor"},
		{name: "accessibility", path: "/accessibility"},
		{name: "problem", path: "/transfers/01J00000000000000000000000", status: missing},
		{name: "not-found", path: "/no-such-page", status: missing},
	}
	return append(pages, transfersLookedAt(transfer)...)
}

// transfersLookedAt are the pages about transfers; transfer is the address of one in the middle of its life.
func transfersLookedAt(transfer string) []looked {
	do := transfer + "/do/"
	return []looked{
		{name: "transfers", actor: "po@S1Y5D", path: "/transfers"},
		{name: "transfers-none", path: "/transfers?stage=approved"},
		{name: "transfers-wrong", path: "/transfers?body=nobody-of-this-name", status: wrong},
		{name: "transfer", actor: "po@S1Y5D", path: transfer + "?done=decide"},
		{name: "transfer-paper", path: transfer + "/paper"},
		{name: "propose", actor: "po@S1Y5D", path: "/transfers/propose?function=eprr"},
		{name: "assess", actor: "assessor@Y61", path: do + "assess?party=receiver"},
		{name: "decide", actor: "board@Y61", path: do + "decide?gateway=receiver-readiness"},
		{name: "opinion", actor: "panel@X24", path: do + "opinion?gateway=confirmation"},
		{name: "evidence", actor: "po@S1Y5D", path: do + "evidence?conditionId=c1"},
		{name: "waive", actor: "board@S1Y5D", path: do + "waive?conditionId=c1"},
		{name: "risk", actor: "po@S1Y5D", path: do + "risk"},
		{name: "terms", actor: "po@S1Y5D", path: do + "terms"},
		{name: "milestone", actor: "po@S1Y5D", path: do + "milestone"},
		{name: "withdraw", actor: "po@S1Y5D", path: do + "withdraw"},
	}
}
