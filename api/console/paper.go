package console

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// committeePage is the paper of a committee, or of a body.
type committeePage struct {
	Form       form
	Look       look
	Committees []option
	// Of names whose paper it is; "" before it was asked.
	Of string
	// SinceDate and UntilDate are for the date inputs.
	SinceDate, UntilDate dateParts
	Paper                *remitv1.GetCommitteePaperResponse
	// Sections are what the paper says, with names for codes.
	Sections []paperSection
	// Checked says that the text has the digest that the register gave.
	Checked bool
	// Command makes the same paper at the command line; Text is the address of the paper as a file.
	Command, Text string
}

// paperAsked is whose paper is wanted, and of what.
type paperAsked struct {
	request  *remitv1.GetCommitteePaperRequest
	whose    string // code of a body or id of a committee
	since    string // data date of the paper before
	until    string
	days     string
	knownAs  string // as of which event the paper before was made
	knownNow string // as of which event this one is made; "" for all that is recorded
}

// committeePaper shows a paper with a frozen data date. A paper that is asked for without saying as of which event is
// sent to the address that says it, so that what is printed, bookmarked or put in minutes stays what it is.
func (v *visit) committeePaper() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := committeePage{Form: newForm(v.r.URL.Query()), Look: l}
	if page.Committees, err = v.committeeOptions(); err != nil {
		return err
	}
	asked := v.paperAsked(&page.Form, l)
	page.SinceDate, page.UntilDate = partsOf(asked.since), partsOf(asked.until)
	if page.Form.bad() {
		return v.show(http.StatusBadRequest, "committee-paper", page)
	}
	if asked.whose == "" {
		page.Form.Values.Set("body", l.suggestion(string(v.actor.Organisation)))
		return v.show(http.StatusOK, "committee-paper", page)
	}
	if asked.knownNow == "" {
		position, err := v.position()
		if err != nil {
			return err
		}
		return v.goTo(asked.frozen("/paper", v.at.On, position))
	}
	if page.Paper, err = v.makePaper(asked); err != nil {
		page.Form.refused(err, map[string]string{"organisations": "body", "committee_id": "committee", "since": "since", "until": "until"})
		return v.show(refusalOf(err).Status, "committee-paper", page)
	}
	v.at.Bar = false // the paper has its own date, and the form for another one
	page.Sections = l.paperSections(page.Paper.GetSections())
	page.Of = l.committeeOf(page.Committees, asked.whose)
	page.Form.Values.Set("body", l.suggestion(asked.request.GetOrganisations()...))
	sum := sha256.Sum256([]byte(page.Paper.GetText()))
	page.Checked = strings.HasSuffix(page.Paper.GetDigest(), ":"+hex.EncodeToString(sum[:]))
	page.Command, page.Text = asked.command(v.at.On), asked.frozen("/paper/text", v.at.On, asked.knownNow)
	return v.show(http.StatusOK, "committee-paper", page)
}

// paperText sends a paper as a file, to the byte what its digest is of.
func (v *visit) paperText() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	f := newForm(v.r.URL.Query())
	asked := v.paperAsked(&f, l)
	if asked.whose == "" {
		f.wrong("body", "Enter whose paper it is")
	}
	if f.bad() {
		return badInput("paper", f.Errors[0].Text)
	}
	answer, err := v.makePaper(asked)
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/markdown; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="paper-`+asked.whose+"-"+v.at.On+`.md"`)
	h.Set("Cache-Control", "no-store")
	h.Set("Remit-Digest", answer.GetDigest())
	v.send(http.StatusOK, []byte(answer.GetText()))
	return nil
}

// paperAsked reads whose paper is wanted, and of what.
func (v *visit) paperAsked(f *form, l look) paperAsked {
	a := paperAsked{
		since: f.date("since", "The date of the paper before", false), until: f.date("until", "The last date to look at", false),
		days: f.text("days"), knownAs: f.text("since-known"), knownNow: v.at.position,
		request: &remitv1.GetCommitteePaperRequest{AsOf: v.at.message()},
	}
	if a.whose = strings.ToUpper(f.text("committee")); a.whose != "" {
		if a.request.CommitteeId = a.whose; !auditULID.MatchString(a.whose) {
			f.wrong("body", "The register knows no such committee: choose one, or a body")
		}
	} else if code := l.choose(f, "body", "body", amongBodies); code != "" {
		a.whose, a.request.Organisations = code, []string{code}
	}
	if a.since > v.at.On {
		f.wrong("since", "The date of the paper before must not be after that of this one")
	}
	if days, err := strconv.ParseInt(a.days, 10, 32); err == nil && days >= 0 {
		a.request.Days = new(int32(days))
	} else if a.days != "" {
		f.wrong("days", "The number of days must be a whole number, such as 14")
	}
	a.request.Until = a.until
	if a.since != "" {
		a.request.Since = &remitv1.AsOf{EffectiveOn: a.since, KnownAt: v.at.instant, KnownPosition: v.at.position}
	}
	if a.knownAs != "" && a.since != "" {
		if _, err := strconv.ParseUint(a.knownAs, 10, 64); err != nil {
			f.wrong("since", "The event of the paper before must be a number")
		}
		a.request.Since.KnownAt, a.request.Since.KnownPosition = nil, a.knownAs
	}
	return a
}

// makePaper asks for a paper, and notes the point that it shows.
func (v *visit) makePaper(a paperAsked) (*remitv1.GetCommitteePaperResponse, error) {
	answer, err := cached(v, questionKey(a.request), func() (*remitv1.GetCommitteePaperResponse, error) {
		return v.ask.programme.GetCommitteePaper(v.ctx(), a.request)
	})
	if err != nil {
		return nil, err
	}
	v.resolved(answer.GetAsOf(), answer.GetPosition())
	return answer, nil
}

// frozen is the address of the paper as of an event; it is the same paper for ever.
func (a paperAsked) frozen(path, on, position string) string {
	whose := "body"
	if a.request.GetCommitteeId() != "" {
		whose = "committee"
	}
	knownAs := a.knownAs
	if a.since != "" && knownAs == "" {
		knownAs = position
	}
	return asAt{On: on, Known: position}.To(path, whose, a.whose, "since", a.since, "since-known", knownAs, "until", a.until, "days", a.days)
}

// command makes the same paper at the command line.
func (a paperAsked) command(on string) string {
	words := []string{"remit", "paper", a.whose, "--on", on, "--known-position", a.knownNow}
	if a.since != "" {
		words = append(words, "--since", a.since, "--since-known", a.request.GetSince().GetKnownPosition())
	}
	if a.until != "" {
		words = append(words, "--until", a.until)
	}
	if a.request.Days != nil {
		words = append(words, "--days", a.days)
	}
	return strings.Join(append(words, "--write", "paper.md"), " ")
}

// committeeOptions are the committees to choose from.
func (v *visit) committeeOptions() ([]option, error) {
	ask := &remitv1.ListCommitteesRequest{PageSize: 1000}
	answer, err := cached(v, questionKey(ask), func() (*remitv1.ListCommitteesResponse, error) {
		ask.AsOf = v.at.message()
		return v.ask.programme.ListCommittees(v.ctx(), ask)
	})
	if err != nil || len(answer.GetCommittees()) == 0 {
		return nil, err
	}
	options := []option{{Text: "No committee: the body below"}}
	for _, c := range answer.GetCommittees() {
		options = append(options, option{Value: c.GetCommitteeId(), Text: c.GetName()})
	}
	return options, nil
}

// committeeOf names a committee or a body.
func (l look) committeeOf(committees []option, whose string) string {
	for _, c := range committees {
		if c.Value == whose {
			return c.Text
		}
	}
	return l.Body(whose)
}

// suggestion writes a body as the boxes with suggestions do; "" for none that the register knows.
func (l look) suggestion(codes ...string) string {
	if len(codes) != 1 {
		return ""
	}
	if o, ok := l.organisations[codes[0]]; ok {
		return o.GetName() + " (" + o.GetCode() + ")"
	}
	return ""
}
