package console_test

import (
	"net/http"
	"strings"
	"testing"
)

// A form that is sent twice is recorded once, and leads to the same place.
func TestSentTwice(t *testing.T) {
	s := newRegister(t)
	r := (&reader{t: t, site: s, actor: "po@S1Y5D"}).open("/transfers/propose").send("Continue", proposal()...)
	action, values := r.form()
	values.Set("step", "send")
	first := s.post(t, r.actor, action, values)
	again := s.post(t, r.actor, action, values)
	if first.status != http.StatusSeeOther || first.header.Get("Location") != again.header.Get("Location") {
		t.Errorf("first %d %s, again %d %s", first.status, first.header.Get("Location"), again.status, again.header.Get("Location"))
	}
	s.ok(t, "", first.header.Get("Location"))
	if got := s.call(t, "", "TransferService/ListTransfers", `{"functions":["eprr"]}`); strings.Count(got, `"transferId"`) != 1 {
		t.Errorf("want one transfer: %s", got)
	}
}

// What is missing or wrong is said at its field, and nothing is recorded.
func TestWhatIsWrongWithAForm(t *testing.T) {
	s := newRegister(t)
	before := s.store.Position()
	r := (&reader{t: t, site: s, actor: "po@S1Y5D"}).open("/transfers/propose")
	r.send("Continue").reads("There is a problem", "Choose a function", "Choose what moves", "Enter the body that gives it away",
		"Enter the day from which it is to hold", "Choose a legal route")
	if r.page.status != http.StatusBadRequest || !strings.Contains(r.page.html, `href="#sender"`) || !strings.Contains(r.page.html, "<title>Error: ") {
		t.Errorf("want links to the fields: %d %s", r.page.status, r.page.html)
	}
	r.open("/transfers/propose").send("Continue", append(proposal(), "effectiveOn", "31/2/2027")...).reads("must be a real date")
	r.open("/transfers/propose").send("Continue", append(proposal(), "footprints", "06H\nAtlantis")...).reads("The register knows no place or body called Atlantis")
	// What the register's rules refuse, the form says in their words.
	r.open("/transfers/propose").send("Continue", append(proposal(), "sender", "QNQ")...).reads("There is a problem")
	r.as("po@QYG").open("/transfers/propose").send("Continue", proposal()...).reads("There is a problem")
	r.as("").open("/transfers/propose").send("Continue", proposal()...).reads("Say who you are first")
	if s.store.Position() != before {
		t.Error("something was recorded")
	}
}

// Another entry of a list is added without losing what is written, and answers can be changed after they were checked.
func TestMoreEntriesAndChanges(t *testing.T) {
	s := newRegister(t)
	r := (&reader{t: t, site: s, actor: "po@S1Y5D"}).open("/transfers/propose").send("Add another retained aspect", proposal()...)
	r.reads("Retained aspect 2").send("Continue").reads("Check your answers", "One duty rota for the region", "Annual assurance").
		send("Change the answers").send("Continue", "rationale", "Two rotas are one too many").reads("Check your answers", "Two rotas are one too many")
	_, values := r.form()
	for _, filled := range []string{"sender", "terms.reserved", "retained.0.description", "command-id"} {
		if values.Get(filled) == "" {
			t.Errorf("%s is lost", filled)
		}
	}
}

// Who decides on what has changed meanwhile is told so first.
func TestChangedMeanwhile(t *testing.T) {
	s := newRegister(t)
	transfer := seeded(t, s)
	r := (&reader{t: t, site: s, actor: "board@Y61"}).open(transfer+"/do/decide?gateway=receiver-readiness").send("Continue", passed()...)
	other := (&reader{t: t, site: s, actor: "po@S1Y5D"}).open(transfer+"/do/milestone").
		send("Continue", "milestone.kind", "MILESTONE_KIND_SIGNATURE", "milestone.plannedOn", "1/12/2026").send("Record the milestone")
	other.reads("Signature", "1 December 2026")
	r.send("Record the decision").reads("Somebody changed this after you opened the form")
	r.send("Continue").reads("Check your answers").send("Record the decision").reads("The decision is recorded.")
}

// The rest of what a reader can do with a transfer.
func TestOtherActs(t *testing.T) {
	s := newRegister(t)
	transfer := seeded(t, s)
	r := (&reader{t: t, site: s, actor: "po@S1Y5D"}).open(transfer)
	r.click("Change the terms").send("Continue", "terms.limits", "Within the new rota").send("Record the terms").
		reads("Within the new rota", "Declaring a major incident")
	r.click("Close this risk").send("Continue", "reason", "The posts are filled").send("Close the risk").reads("Closed", "The posts are filled")
	r.click("Pause it").send("Continue").reads("Say why it is paused")
	r.send("Continue", "reason", "Elections").send("Pause the transfer").reads("Paused", "The transfer is paused.")
	r.click("Go on with the transfer").send("Continue").send("Go on").reads("The transfer goes on.")
	r.as("regional-oversight@X24").click("Give an opinion: confirmation").
		send("Continue", "opinion.by", "regional-oversight", "opinion.opinion", "OPINION_ADVISE", "opinion.text", "Mind the winter").
		send("Record the opinion").reads("Mind the winter")
	r.as("board@S1Y5D").click("Waive for condition c1").send("Continue", "reason", "The rota lapsed").send("Waive the condition").reads("Waived")
	r.as("panel@X24").click("Call it in").send("Continue", "reason", "Public interest").reads("There is a problem", "under the full framework already")
	r.as("po@S1Y5D").open(transfer).click("Withdraw it").send("Continue", "reason", "Another way was found").send("Withdraw the transfer").reads("Withdrawn")
	s.ok(t, "", "/transfers?stage=over").has(t, "Emergency preparedness")
	s.ok(t, "", "/transfers?stage=over&from=1/4/2027").links(t, "/transfers/propose")
}

// Whatever people write is shown as they wrote it, and does nothing.
func TestHostileText(t *testing.T) {
	const bad = `"><script>alert(1)</script>{{.}}=1+1`
	s := newRegister(t)
	transfer := seeded(t, s)
	r := (&reader{t: t, site: s, actor: "po@S1Y5D"}).open(transfer)
	r.click("Raise a risk").send("Continue", "description", bad, "likelihood", "1", "impact", "1", "mitigation", bad).reads(bad).
		send("Record the risk").reads(bad)
	r.click("Submit evidence for condition c1").send("Continue", "evidence.0.title", bad, "evidence.0.uri", "javascript:alert(1)")
	if r.page.status == http.StatusOK {
		r.send("Submit the evidence")
	}
	if strings.Contains(r.page.html, `href="javascript`) {
		t.Errorf("an address runs code: %s", r.page.html)
	}
	for _, path := range []string{
		"/transfers?body=" + "%22%3E%3Cscript%3E", "/transfers?stage=%3Cscript%3E", transfer + "?done=%3Cscript%3E",
		transfer + "/do/%3Cscript%3E", transfer + "/do/decide?gateway=%3Cscript%3E", "/transfers/propose?rationale=%3Cscript%3Ealert(1)%3C/script%3E",
	} {
		s.get(t, "po@S1Y5D", path).sound(t, path)
	}
}
