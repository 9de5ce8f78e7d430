package console_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// peopled records something of everything beside the way of a transfer, without scripts, and returns the pages that show
// it.
func peopled(t testing.TB, s *site) []looked {
	t.Helper()
	one, two := ulid.FindString(propose(t, s).at), ulid.FindString(propose(t, s).at)
	r := (&reader{t: t, site: s, actor: "po@S1Y5D"}).open("/packages/form").send("Continue", "name", "Resilience", "case", "One rota, one case",
		"members", one, "members", two).send("Form the package")
	r.as("assessor@S1Y5D").click("Assess all of it for the sender").send("Continue", green()...).send("Record the assessment")
	pack := "/packages/" + ulid.FindString(r.at)
	pages := []looked{
		{name: "packages-some", path: "/packages"},
		{name: "package", actor: "po@S1Y5D", path: pack},
		{name: "package-assess", actor: "assessor@Y61", path: pack + "/do/assess?party=receiver"},
		{name: "package-decide", actor: "board@S1Y5D", path: pack + "/do/decide?gateway=sender-readiness"},
	}
	r.as("board@S1Y5D").open("/committees/form").send("Continue", "name", "Transition committee", "terms.executive", "3",
		"terms.nonExecutive", "4", "terms.quorum", "4", "terms.quorumNonExecutive", "2").send("Form the committee")
	r.as("committee@S1Y5D").click("Record its advice").send("Continue", "advice", "OPINION_ADVISE", "text", "Mind the winter",
		"attendance.executive", "2", "attendance.nonExecutive", "2").send("Record the advice")
	committee := "/committees/" + ulid.FindString(r.at)
	pages = append(pages,
		looked{name: "committees-some", path: "/committees"},
		looked{name: "committee", actor: "board@S1Y5D", path: committee},
		looked{name: "committee-paper", path: (&reader{t: t, site: s}).open("/paper?committee=" + ulid.FindString(r.at)).at},
		looked{name: "committee-advise", actor: "committee@S1Y5D", path: committee + "/do/advise"},
		looked{name: "committee-dissolve", actor: "board@S1Y5D", path: committee + "/do/dissolve"},
	)
	r.as("po@S1Y5D").open("/plan-returns/submit").send("Continue", "period", "2026/27", "summary", "We balance", "evidence.0.title", "The plan",
		"evidence.0.uri", "https://example.org/plan").send("Submit the return")
	r.as("panel@Y61").click("Confirm or challenge the return for 2026/27 of Central East ICB")
	pages = append(pages, looked{name: "plan-return-moderate", actor: "panel@Y61", path: r.at})
	r.send("Continue", "result", "MODERATION_RESULT_CHALLENGED", "comment", "The winter is missing").send("Record the result")
	r.as("po@S1Y5D").open("/claims/claim").send("Continue", "holds", "false", "function", "green-plan", "roles", "ROLE_DELIVERING",
		"basis", "It was never ours").send("Record the claim")
	r.open("/claims/attest").send("Continue", "agrees", "false", "exceptions", "The green plan").send("Record it")
	s.call(t, "first@X24", "RecordService/RecordOccurrence", `{"commandId":"NEW-ID","function":"green-plan","kind":"TRANSFER_KIND_DELIVERY","from":"S1Y5D","to":"RC9",
		"footprints":["06K"],"roles":["ROLE_DELIVERING"],"effectiveOn":"2026-11-21","source":"board paper","reason":"It happened"}`)
	r.as("board@X24").open("/delegations/delegate").send("Continue", "function", "remaining-direct-commissioning", "delegate", "QYG", "effectiveOn", "21/11/2026",
		"instrument", "nhsa2006-s65z5", "terms.reserved", "Setting the strategy", "terms.limits", "Within the plan", "terms.liability", "Stays with NHS England",
		"terms.notice", "Six months", "terms.reviewOn", "21/11/2027").send("Offer the delegation")
	offered := "/delegations/" + ulid.FindString(r.at)
	return append(pages,
		looked{name: "plan-returns-some", path: "/plan-returns"},
		looked{name: "claims-some", path: "/claims"},
		looked{name: "second-some", actor: "second@X24", path: "/second"},
		looked{name: "second-matter", actor: "second@X24", path: (&reader{t: t, site: s, actor: "second@X24"}).open("/second").click("Record occurrence").at},
		looked{name: "home-registrar", actor: "second@X24", path: "/"},
		looked{name: "delegation-offered", actor: "board@QYG", path: offered},
		looked{name: "delegation-accept", actor: "board@QYG", path: offered + "/do/accept"},
		looked{name: "due-some", path: "/due?days=366&body=S1Y5D"},
		looked{name: "package-none", path: "/packages/01J00000000000000000000000", status: missing},
		looked{name: "address-wrong", path: "/map?on=soon", status: wrong},
	)
}

// What is recorded beside the way of a transfer is shown to everybody.
func TestPeopledPagesAreAccessible(t *testing.T) {
	axe := axeSource(t)
	s := newRegister(t)
	pages := peopled(t, s)
	b := newBrowser(t, s, true)
	for _, p := range pages {
		t.Run(p.name, func(t *testing.T) { (&browser{t: t, site: s, ctx: b.ctx}).looksAt(axe, p, *shots) })
	}
}

// upload fills in the form for a function map with a file, and sends it.
func (b *browser) upload(name, content string) *browser {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.open("/import").write("source", "Functions map of the board, May 2026", "reason", "First load")
	b.do("choose the file", chromedp.SetUploadFiles(`input[name="file"]`, []string{path}))
	return b.press("Check the file")
}

// states checks the page as it is now at three widths; pictures go into a folder if there is one.
func (b *browser) states(axe, name string) *browser {
	b.t.Helper()
	for _, width := range []int64{1280, 768, 320} {
		b.do("set the width", chromedp.EmulateViewport(width, 900))
		b.checked(axe, fmt.Sprintf("%s at %d", name, width))
		if *shots != "" {
			b.shot(filepath.Join(*shots, fmt.Sprintf("%s-%d.png", name, width)))
		}
	}
	return b
}

// A function map is brought in with a browser, with scripts and without: what is wrong with a file, what is recorded,
// and the receipt. What the program checks of the pages, it checks with scripts.
func TestBringInInABrowser(t *testing.T) {
	axe := axeSource(t)
	for name, scripts := range map[string]bool{"with scripts": true, "without scripts": false} {
		t.Run(name, func(t *testing.T) {
			s := newRegister(t)
			b := newBrowser(t, s, scripts).as("po@S1Y5D")
			check := func(name string) {
				if scripts {
					b.states(axe, name)
				}
			}
			b.upload("map.csv", "Function code,Place code,What it does,Body code,From\neprr,06H,Overview,S1Y5D,soon\nno-such,06H,Overview,S1Y5D,\n").
				reads("There is a problem", "2 problems in the file: nothing is recorded", "E2", "A3")
			check("import-problems")
			b.upload("map.csv", ownMap).reads("Check what is recorded", "The register says the same")
			check("import-check")
			b.press("Record all of it").reads("The function map is recorded", "map.csv")
			check("import-receipt")
			b.upload("map.csv", "Function code,Place code,What it does,Body code\neprr,06H,Accountable,S1Y5D\n").reads("Nothing to change")
			check("import-nothing")
		})
	}
}

// The strip that tells that a page follows the record is accessible in each of its states.
func TestLiveStripIsAccessible(t *testing.T) {
	axe := axeSource(t)
	s := newRegister(t)
	b := newBrowser(t, s, true).as("po@S1Y5D").open("/transfers").reads("This page follows the record.").states(axe, "live-following")
	b.do("put the focus into the page", chromedp.Focus("#maincontent a"))
	propose(t, s)
	b.sees("Show what changed").states(axe, "live-news")
	b.do("show it", chromedp.Click("#live button"))
	b.sees("Stop following")
	b.do("stop it", chromedp.Click("#live button"))
	b.reads("This page does not follow the record.").states(axe, "live-stopped")
}

// What the register refuses is said on a page that is accessible: an act that is not the reader's, and one by nobody.
func TestRefusalsAreAccessible(t *testing.T) {
	axe := axeSource(t)
	s := newRegister(t)
	transfer := seeded(t, s)
	b := newBrowser(t, s, true)
	for _, refused := range []struct{ name, actor, says string }{
		{"refused-right", "po@QWO", "You have no right to"},
		{"refused-nobody", "", "Say who you are"},
	} {
		(&browser{t: t, site: s, ctx: b.ctx}).as(refused.actor).open(transfer+"/do/withdraw").write("reason", "It is not ours").
			press("Continue").reads(refused.says).states(axe, refused.name)
	}
}

// A file that is far too large is refused in plain words, in a browser too, before all of it has come.
func TestFarTooLargeFileInABrowser(t *testing.T) {
	s := newRegister(t)
	path := filepath.Join(t.TempDir(), "map.csv")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 100<<20); err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, s, false).as("po@S1Y5D").open("/import").write("source", "Map", "reason", "First load")
	b.do("choose the file", chromedp.SetUploadFiles(`input[name="file"]`, []string{path}))
	b.press("Check the file").reads("There is a problem", "The file is larger than 10 MB: divide it into several files")
}
