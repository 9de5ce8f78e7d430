package console_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// browser is a real one, on a site.
type browser struct {
	t    testing.TB
	site *site
	ctx  context.Context //nolint:containedctx // the browser's own
}

// browserPatience is how long one thing may take in a browser on a busy machine.
const browserPatience = 60 * time.Second

// newBrowser starts a browser, in which nothing is remembered; without scripts where they are off.
func newBrowser(t testing.TB, s *site, scripts bool) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is missing: install the package chromium of Debian")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.WSURLReadTimeout(browserPatience))
	ctx, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	ctx, end := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // ends the browser and waits for it, so that its directory can be removed
		end()
		stop()
	})
	b := &browser{t: t, site: s, ctx: ctx}
	off := emulation.SetScriptExecutionDisabledParams{Value: !scripts}
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, off); err != nil {
		t.Fatal(err)
	}
	return b
}

// do does things in the browser, in so much time.
func (b *browser) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, browserPatience)
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("%s: %v\n%s", what, err, b.text())
	}
}

// text is what the page says now.
func (b *browser) text() string {
	ctx, stop := context.WithTimeout(b.ctx, browserPatience)
	defer stop()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
	if err != nil {
		return err.Error()
	}
	return text
}

// as has somebody else use the browser (SUBJECT@CODE).
func (b *browser) as(actor string) *browser {
	b.t.Helper()
	cookie := network.SetCookieParams{Name: "remit-actor", Value: url.QueryEscape(actor), URL: b.site.URL}
	if _, err := chromedp.Call(b.ctx, network.SetCookie, cookie); err != nil {
		b.t.Fatal(err)
	}
	return b
}

func (b *browser) open(path string) *browser {
	b.t.Helper()
	b.do("open "+path, chromedp.Navigate(b.site.URL+path))
	return b
}

// press clicks the link or the button with a text, and waits for the page that it leads to.
func (b *browser) press(text string) *browser {
	b.t.Helper()
	selector := fmt.Sprintf(`//a[normalize-space()=%q] | //button[normalize-space()=%q and not(@hidden)]`, text, text)
	ctx, stop := context.WithTimeout(b.ctx, browserPatience)
	defer stop()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(selector)); err != nil {
		b.t.Fatalf("press %q: %v\n%s", text, err, b.text())
	}
	return b
}

// write fills in fields, given as names and values, with keys and clicks.
func (b *browser) write(pairs ...string) *browser {
	b.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		name, value := pairs[i], pairs[i+1]
		box := fmt.Sprintf(`input[name=%q][value=%q]`, name, value)
		switch b.kind(name) {
		case "choice":
			b.do("choose "+name, chromedp.Click(box))
		case "select":
			b.do("select "+name, chromedp.SetValue(fmt.Sprintf(`select[name=%q]`, name), value))
		case "date":
			for j, part := range strings.Split(value, "/") {
				b.key(name+[]string{"-day", "-month", "-year"}[j], part)
			}
		case "area":
			b.do("write "+name, chromedp.SendKeys(fmt.Sprintf(`[name=%q]`, name), value))
		default:
			b.key(name, value)
		}
	}
	return b
}

// key replaces what is in a field by what is typed.
func (b *browser) key(name, value string) {
	b.t.Helper()
	field := fmt.Sprintf(`[name=%q]`, name)
	b.do("write "+name, chromedp.Clear(field), chromedp.SendKeys(field, value))
}

// kind tells what sort of field has a name.
func (b *browser) kind(name string) string {
	b.t.Helper()
	return run(b, "look at "+name, chromedp.Evaluate[string](fmt.Sprintf(`(() => {
		const f = document.querySelector('[name="%[1]s"]:not([type=hidden])');
		if (!f) return document.querySelector('[name="%[1]s-day"]') ? "date" : "none";
		return f.type === "radio" || f.type === "checkbox" ? "choice" : {SELECT: "select", TEXTAREA: "area"}[f.tagName] || "text";
	})()`, name)))
}

// run does something in the browser that has an answer.
func run[T any](b *browser, what string, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, browserPatience)
	defer stop()
	answer, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatalf("%s: %v\n%s", what, err, b.text())
	}
	return answer
}

// reads demands that the page says something.
func (b *browser) reads(texts ...string) *browser {
	b.t.Helper()
	said := strings.Join(strings.Fields(b.text()), " ")
	for _, text := range texts {
		if !strings.Contains(said, text) {
			b.t.Fatalf("want %q in: %s", text, said)
		}
	}
	return b
}

// The transfer of the README's tour, by clicking and typing in a real browser, with scripts and without.
func TestWholeTransferInABrowser(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without scripts": false} {
		t.Run(name, func(t *testing.T) {
			s := newRegister(t)
			b := newBrowser(t, s, scripts).as("po@S1Y5D").open("/transfers")
			b.press("Propose a transfer").write(proposal()...).press("Continue").reads("Check your answers").
				press("Propose the transfer").reads("The transfer is proposed.")
			again := func(actor string) *browser {
				s.caughtUp(t)
				b.as(actor)
				b.do("look again", chromedp.Reload())
				return b
			}
			again("assessor@S1Y5D").press("Assess how ready NHS Central East Integrated Care Board is").write(green()...).press("Continue").press("Record the assessment")
			again("assessor@Y61").press("Assess how ready NHS England East of England region is").write(green()...).press("Continue").press("Record the assessment")
			again("board@S1Y5D").press("Decide: readiness of the sender").write(append(decided("GATEWAY_DECISION_PASS_WITH_CONDITIONS"),
				"conditions.0.description", "Sign the on-call rota", "conditions.0.owner", "S1Y5D", "conditions.0.dueOn", "1/12/2026",
				"conditions.0.timing", "CONDITION_TIMING_BEFORE_EFFECT")...).press("Continue").press("Record the decision").reads("Sign the on-call rota")
			again("board@Y61").press("Decide: readiness of the receiver").write(passed()...).press("Continue").press("Record the decision")
			again("panel@X24").press("Decide: confirmation").write(passed()...).press("Continue").press("Record the decision").reads("Approved")
			again("po@S1Y5D").press("Submit evidence for condition c1").write("evidence.0.title", "Signed rota").press("Continue").press("Submit the evidence")
			again("board@S1Y5D").press("Confirm that condition c1 is met").press("Continue").press("Confirm").reads("The condition is met.")
			again("po@S1Y5D").press("Schedule the transfer").press("Continue").press("Schedule the transfer")
			b.press("Complete the transfer").press("Continue").press("Complete the transfer").reads("The transfer is complete.")
		})
	}
}

// axeSource is the checker of accessibility, from npm.
func axeSource(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("_style/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Skip("axe-core is missing: make console fetches it, where npm is")
	}
	return string(text)
}
