package console_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

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

// lanes is how many browsers look at pages at a time.
const lanes = 2

// Every page in every state, at three widths: nothing that WCAG 2.2 AA forbids, as far as a program can tell, and nothing
// that is wider than the page.
func TestPagesAreAccessible(t *testing.T) {
	axe := axeSource(t)
	s := newRegister(t)
	transfer := seeded(t, s)
	s.publish(t)
	pages := lookedAt(t, s, transfer)
	for lane := range lanes {
		t.Run(fmt.Sprintf("lane %d", lane+1), func(t *testing.T) {
			t.Parallel()
			b := newBrowser(t, s, true)
			for i, p := range pages {
				if i%lanes == lane {
					t.Run(p.name, func(t *testing.T) { (&browser{t: t, site: s, ctx: b.ctx}).looksAt(axe, p, *shots) })
				}
			}
		})
	}
}

// Without the style sheet of the NHS, the pages still fit, can be read, and break no rule.
func TestPlainPages(t *testing.T) {
	axe := axeSource(t)
	s := newRegister(t)
	transfer := seeded(t, s)
	b := newBrowser(t, s, true)
	header := network.SetExtraHTTPHeadersParams{Headers: network.Headers{plainHeader: "yes"}}
	if _, err := chromedp.Call(b.ctx, network.SetExtraHTTPHeaders, header); err != nil {
		t.Fatal(err)
	}
	folder := *shots
	if folder != "" {
		folder = filepath.Join(folder, "plain")
	}
	for _, p := range lookedAt(t, s, transfer) {
		if slices.Contains([]string{"home", "map", "who", "gaps", "transfer", "decide", "paper", "changes-wrong"}, p.name) {
			t.Run(p.name, func(t *testing.T) {
				b := &browser{t: t, site: s, ctx: b.ctx}
				b.looksAt(axe, p, folder)
				if sheets := run(b, "list the style sheets", chromedp.Evaluate[string](`[...document.styleSheets].map(s => s.href).join()`)); !strings.Contains(sheets, "/plain-") {
					t.Errorf("it is styled by %s", sheets)
				}
			})
		}
	}
}

// A form with errors, and the step in which answers are checked.
func TestFormsAreAccessible(t *testing.T) {
	axe := axeSource(t)
	s := newRegister(t)
	transfer := seeded(t, s)
	b := newBrowser(t, s, true).as("po@S1Y5D").open(transfer + "/do/risk")
	for _, width := range []int64{1280, 320} {
		b.do("set the width", chromedp.EmulateViewport(width, 900))
		b.open(transfer + "/do/risk").press("Continue").reads("There is a problem")
		b.checked(axe, "a form with errors")
		b.write("description", "Nobody on call", "likelihood", "4", "impact", "5").press("Continue").reads("Check your answers")
		b.checked(axe, "answers to check")
		b.open("/transfers/propose").press("Continue").reads("There is a problem")
		b.checked(axe, "a long form with errors")
	}
}

// looksAt opens a page and checks it at three widths; pictures go into a folder if there is one.
func (b *browser) looksAt(axe string, p looked, folder string) {
	b.t.Helper()
	if status := b.site.get(b.t, p.actor, p.path).status; status != cmp.Or(p.status, http.StatusOK) {
		b.t.Errorf("%s: %d", p.path, status)
	}
	b.as(p.actor)
	for i, width := range []int64{1280, 768, 320} {
		b.do("set the width", chromedp.EmulateViewport(width, 900))
		if i == 0 {
			b.open(p.path)
		}
		b.checked(axe, fmt.Sprintf("%s at %d", p.path, width))
		if folder != "" {
			b.shot(filepath.Join(folder, fmt.Sprintf("%s-%d.png", p.name, width)))
		}
	}
	if folder != "" && strings.Contains(p.name, "paper") {
		b.printed(filepath.Join(folder, p.name+".pdf"))
	}
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
	if !run(b, "look for the checker", chromedp.Evaluate[bool]("!!window.axe")) {
		b.do("load the checker", chromedp.Evaluate[chromedp.Void](axe+";0"))
	}
	found := run(b, "check "+where, chromedp.Evaluate[[]string](`axe.run(document, {resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).
		then(r => r.passes.length === 0 ? ["nothing was checked"] : r.violations.map(v => v.id + ": " + v.help + " – " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200)).join(" | ")))`, chromedp.EvalAwaitPromise))
	for _, violation := range found {
		b.t.Errorf("%s: %s", where, violation)
	}
}

// printed writes what the page looks like on paper.
func (b *browser) printed(path string) {
	b.t.Helper()
	pdf, err := chromedp.Call(b.ctx, cdppage.PrintToPDF, cdppage.PrintToPDFParams{PreferCSSPageSize: new(true), PrintBackground: new(true)})
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, pdf.Data, 0o600); err != nil {
		b.t.Fatal(err)
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

// A date is travelled to and come back from without a mouse, and so is a function that is looked for.
func TestTravelByKeyboard(t *testing.T) {
	b := newBrowser(t, newRegister(t), true).open("/map")
	b.tabTo("Skip to main content").tabTo("Change the date").keys(" ").tabTo("on-day").keys("31").tabTo("on-month").keys("3").
		tabTo("on-year").keys("2026").tabTo("Show").enter()
	b.reads("In the past", "31 March 2026", "Mid and South Essex ICB", "Next change: 1 April 2026")
	b.tabTo("Next change: 1 April 2026").enter().reads("1 April 2026", "Essex ICB")
	b.tabTo("Today").enter().tabTo("Functions").enter().tabTo("Change the date").tabTo("q").keys("emergency").enter().reads("1 of 66 functions")
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
