package console_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// looked is a page as a browser shows it, and who looks.
type looked struct{ name, actor, path string }

// lookedAt are the pages that are looked at, in their states; transfer is the address of one in the middle of its life.
func lookedAt(transfer string) []looked {
	do := transfer + "/do/"
	return []looked{
		{"home", "", "/"},
		{"map", "", "/map"},
		{"map-place", "", "/map?view=place&place=06H"},
		{"who", "", "/who?function=eprr&in=06H"},
		{"gaps", "", "/gaps"},
		{"functions", "", "/functions"},
		{"transfers", "po@S1Y5D", "/transfers"},
		{"transfers-wrong", "", "/transfers?body=nobody-of-this-name"},
		{"transfer", "po@S1Y5D", transfer + "?done=decide"},
		{"paper", "", transfer + "/paper"},
		{"propose", "po@S1Y5D", "/transfers/propose?function=eprr"},
		{"assess", "assessor@Y61", do + "assess?party=receiver"},
		{"decide", "board@Y61", do + "decide?gateway=receiver-readiness"},
		{"evidence", "po@S1Y5D", do + "evidence?conditionId=c1"},
		{"risk", "po@S1Y5D", do + "risk"},
		{"amend", "po@S1Y5D", do + "amend"},
		{"terms", "po@S1Y5D", do + "terms"},
		{"home-body", "board@Y61", "/"},
		{"due", "", "/due?days=366"},
		{"search", "", "/search?q=essex"},
		{"plan", "po@S1Y5D", "/transfers/plan"},
		{"explore", "po@S1Y5D", "/transfers/explore"},
		{"delegations", "", "/delegations?body=QWO"},
		{"delegate", "board@X24", "/delegations/delegate"},
		{"packages", "", "/packages"},
		{"package-form", "po@S1Y5D", "/packages/form"},
		{"committees", "", "/committees"},
		{"committee-form", "board@S1Y5D", "/committees/form"},
		{"plan-returns", "", "/plan-returns"},
		{"plan-return-form", "po@S1Y5D", "/plan-returns/submit"},
		{"claims", "", "/claims"},
		{"claim-form", "po@S1Y5D", "/claims/claim"},
		{"attest-form", "po@S1Y5D", "/claims/attest"},
		{"second", "second@X24", "/second"},
		{"actor", "", "/actor"},
		{"accessibility", "", "/accessibility"},
		{"problem", "", "/transfers/01J00000000000000000000000"},
		{"not-found", "", "/no-such-page"},
	}
}

// seeded brings a transfer to where it has assessments, a decision, a condition and a risk, and returns its address.
func seeded(t testing.TB, s *site) string {
	t.Helper()
	r := propose(t, s)
	transfer, _, _ := strings.Cut(r.at, "?")
	r.as("assessor@S1Y5D").click("Assess how ready NHS Central East Integrated Care Board is").
		send("Continue", green("ratings.2.comment", "Two posts are vacant", "ratings.2.evidence.0.title", "Staffing plan",
			"ratings.2.evidence.0.uri", "https://example.org/plan")...).send("Record the assessment")
	r.as("assessor@Y61").click("Assess how ready NHS England East of England region is").send("Continue", green()...).send("Record the assessment")
	r.as("board@S1Y5D").click("Decide: readiness of the sender").send("Continue", append(decided("GATEWAY_DECISION_PASS_WITH_CONDITIONS"),
		"conditions.0.description", "Sign the on-call rota", "conditions.0.owner", "S1Y5D", "conditions.0.dueOn", "1/12/2026",
		"conditions.0.timing", "CONDITION_TIMING_BEFORE_EFFECT")...).send("Record the decision")
	r.as("po@S1Y5D").click("Raise a risk").send("Continue", "description", "The rota is not filled", "likelihood", "3", "impact", "4",
		"mitigation", "Agency staff for three months").send("Record the risk").reads("The rota is not filled")
	return transfer
}

var shots = flag.String("screenshots", "", "write what the pages look like into this `FOLDER`")

// Every page, at three widths: nothing that WCAG 2.2 AA forbids, as far as a program can tell, and nothing that is wider
// than the page.
func TestPagesAreAccessible(t *testing.T) {
	axe := axeSource(t)
	s := newRegister(t)
	transfer := seeded(t, s)
	b := newBrowser(t, s, true)
	for _, p := range lookedAt(transfer) {
		t.Run(p.name, func(t *testing.T) {
			b := &browser{t: t, site: s, ctx: b.ctx}
			b.as(p.actor)
			for _, width := range []int64{320, 768, 1280} {
				b.do("set the width", chromedp.EmulateViewport(width, 900))
				b.open(p.path)
				b.checked(axe, fmt.Sprintf("%s at %d", p.path, width))
				if *shots != "" {
					b.shot(filepath.Join(*shots, fmt.Sprintf("%s-%d.png", p.name, width)))
				}
			}
		})
	}
	// A form with errors, and the step in which answers are checked.
	b.as("po@S1Y5D").open(transfer + "/do/risk")
	b.press("Continue").reads("There is a problem")
	b.checked(axe, "a form with errors")
	b.write("description", "Nobody on call", "likelihood", "4", "impact", "5").press("Continue").reads("Check your answers")
	b.checked(axe, "answers to check")
}

// checked demands that the page as it is now has no violations, and does not scroll sideways.
func (b *browser) checked(axe, where string) {
	b.t.Helper()
	wide := run(b, "measure "+where, chromedp.Evaluate[string](`(() => {
		const over = document.documentElement.scrollWidth - window.innerWidth;
		if (over <= 0) return "";
		const widest = [...document.querySelectorAll("main *")].find(e => e.getBoundingClientRect().right > window.innerWidth + 1 && !e.closest(".app-scroll"));
		return over + " pixels: " + (widest ? widest.outerHTML.slice(0, 200) : "something");
	})()`))
	if wide != "" {
		b.t.Errorf("%s is too wide by %s", where, wide)
	}
	b.do("load the checker", chromedp.Evaluate[chromedp.Void](axe+";0"))
	found := run(b, "check "+where, chromedp.Evaluate[[]string](`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).
		then(r => r.passes.length === 0 ? ["nothing was checked"] : r.violations.map(v => v.id + ": " + v.help + " – " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200)).join(" | ")))`, chromedp.EvalAwaitPromise))
	for _, violation := range found {
		b.t.Errorf("%s: %s", where, violation)
	}
}

// shot writes what the whole page looks like.
func (b *browser) shot(path string) {
	b.t.Helper()
	png := run(b, "take a picture", chromedp.FullScreenshot(100))
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// tabTo presses Tab until what has the focus has a text, a name, or a value.
func (b *browser) tabTo(sought string) *browser {
	b.t.Helper()
	for range 150 {
		b.do("press Tab", chromedp.KeyEvent(kb.Tab))
		at := run(b, "look where the focus is", chromedp.Evaluate[[]string](
			`(e => [e.textContent.trim().replace(/\s+/g, " "), e.name || "", (e.name || "") + "=" + e.value])(document.activeElement)`))
		if slices.Contains(at, sought) {
			return b
		}
	}
	b.t.Fatalf("the focus never reaches %q", sought)
	return b
}

func (b *browser) keys(keys string) *browser {
	b.t.Helper()
	b.do("type", chromedp.KeyEvent(keys))
	return b
}

// enter presses Enter, and waits for the page that it leads to.
func (b *browser) enter() *browser {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, browserPatience)
	defer stop()
	if _, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		b.t.Fatal(err)
	}
	return b
}

// A risk is raised without a mouse.
func TestByKeyboard(t *testing.T) {
	s := newRegister(t)
	transfer := seeded(t, s)
	b := newBrowser(t, s, true).as("po@S1Y5D").open(transfer)
	b.tabTo("Skip to main content").tabTo("Raise a risk").enter()
	b.tabTo("description").keys("Nobody on call").tabTo("likelihood=1").keys(kb.ArrowDown).keys(kb.ArrowDown)
	b.tabTo("impact=1").keys(" ").tabTo("Continue").enter().reads("Check your answers", "3 – medium", "1 – very low")
	b.tabTo("Record the risk").enter().reads("The risk is recorded.", "Nobody on call")
}
