package console

import (
	"context"
	"net/http"
	"strings"

	"google.golang.org/protobuf/proto"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// act is a form that gives one command: its fields are named as those of the request that they fill, in JSON, with dots
// for what lies inside, such as "terms.reviewOn" or "ratings.0.comment". So the API's own rules say what is wrong with
// each field, and the form has none.
type act struct {
	// Title says what the form is for, and Intro what there is to know before.
	Title string
	Intro []string
	// Send is the text of the button that records it.
	Send string
	// Groups are the fields, under headings.
	Groups []group
	// Back is where the reader came from, and where they are led afterwards; BackText names it.
	Back, BackText string
	// Done names what was done, in doneWords.
	Done string
	// Warn says what cannot be undone.
	Warn string
	// Facts are what the form is about, shown above it and beside the answers to check.
	Facts []answer

	// request is the command with all that is not asked for.
	request proto.Message
	// give gives it.
	give func(context.Context, proto.Message) (given, error)
	// revision is that of what the form changes, as the reader saw it, "" where it does not matter whether it changed since.
	revision string
	// defaults are filled in when the form is first shown; so is what from has at the fields' paths.
	defaults map[string]string
	// from is a request with what the register has now; nil where the form begins empty.
	from proto.Message
	// onlyChanges leaves out of the command what is as in from: what is left out stays as it is.
	onlyChanges bool
	// after returns where to go once it is recorded; Back when it is left out.
	after func(given) string
}

// given is what the register answered to a command.
type given struct {
	Receipt *remitv1.Receipt
	// ID is that of what it made, "" for nothing.
	ID string
}

// group is fields under a heading.
type group struct {
	Title, Text string
	Fields      []ask
	// List is the name of the list of which each entry has these fields, "" for fields that are there once. An entry in
	// which nothing is filled in is none.
	List string
	// Entry is what one is called.
	Entry string
	// Folded has the fields shown only when the reader wants them.
	Folded bool
}

// ask is one field.
type ask struct {
	Kind              askKind
	Name, Label, Hint string
	Options           []option
	Width             string
	// Needed says what to do when nothing is given; "" for what may be left out.
	Needed string
}

type askKind string

const (
	askText   askKind = "text"
	askArea   askKind = "area"
	askRadios askKind = "radios"
	askChecks askKind = "checks"
	askSelect askKind = "select"
	askDate   askKind = "date"
	// askBody is a body by its name or code, askPlaces several places or bodies, one a line.
	askBody   askKind = "body"
	askPlaces askKind = "places"
	// askLines is several texts, one a line, askNumber a whole number.
	askLines  askKind = "lines"
	askNumber askKind = "number"
	// askYes is one box to tick.
	askYes askKind = "yes"
	// askHidden goes along without being shown.
	askHidden askKind = "hidden"
)

// actPage is what the template of a form shows, or that of the step in which the answers are checked.
type actPage struct {
	Act    act
	Form   form
	Groups []shownGroup
	Look   look
	// Rows are the answers to check.
	Rows []answerGroup
	// Suggest says which suggestions the fields need.
	SuggestBodies, SuggestPlaces bool
}

// shownGroup is a group as shown: a list once for each of its entries.
type shownGroup struct {
	group

	Entries []shownEntry
	Count   int
	Open    bool
}

type shownEntry struct {
	Title  string
	Fields []shownField
}

// shownField is a field with its full name.
type shownField struct {
	ask

	Form             form
	Day, Month, Year string
}

type answerGroup struct {
	Title string
	Rows  []answer
}

type answer struct{ Label, Text string }

// actOf shows or takes a form.
func (v *visit) actOf(a act, err error) error {
	switch {
	case err != nil:
		return err
	case v.r.Method == http.MethodPost:
		return v.takeAct(a)
	}
	return v.showAct(a, a.defaults)
}

// showAct shows a form as somebody begins to fill it in; what the address gives is filled in already.
func (v *visit) showAct(a act, defaults map[string]string) error {
	f := newForm(v.r.URL.Query())
	a.prefill(&f)
	for name, value := range defaults {
		if !f.filled(name) && value != "" {
			f.Values.Set(name, value)
		}
	}
	f.commandID()
	if a.revision != "" {
		f.Values.Set("expectedRevision", a.revision)
	}
	l, err := v.look()
	if err != nil {
		return err
	}
	return v.showForm(http.StatusOK, a, f, l)
}

// takeAct reads a form that was sent: shows it again, with what is wrong, or with one more entry of a list; or shows the
// answers to check; or records them.
func (v *visit) takeAct(a act) error {
	f := newForm(v.r.PostForm)
	l, err := v.look()
	if err != nil {
		return err
	}
	step := f.text("step")
	if list, ok := strings.CutPrefix(step, "more:"); ok {
		f.more(list)
		return v.showForm(http.StatusOK, a, f, l)
	}
	if step == "change" {
		return v.showForm(http.StatusOK, a, f, l)
	}
	id := f.commandID()
	request, paths := a.fill(&f, l)
	set(request, "commandId", id)
	if f.bad() {
		return v.showForm(http.StatusBadRequest, a, f, l)
	}
	set(request, "expectedRevision", f.text("expectedRevision"))
	if step != "send" {
		set(request, "validateOnly", "true")
	}
	answer, err := a.give(v.ctx(), request)
	if err != nil {
		told := refusalOf(err)
		if told.Status == http.StatusUnauthorized || told.Status >= http.StatusInternalServerError {
			return err
		}
		a.refused(&f, told, paths)
		return v.showForm(told.Status, a, f, l)
	}
	if step != "send" {
		return v.show(http.StatusOK, "act-check", actPage{Act: a, Form: f, Look: l, Rows: a.answers(f, l)})
	}
	to := a.Back
	if a.after != nil {
		to = a.after(answer)
	}
	return v.goTo(withQuery(to, "done", a.Done, "min", answer.Receipt.GetPosition()))
}

// refused notes why the register refused, at the fields that it names. What was changed by somebody else since the form
// was first shown is named once: the next time the form is sent, the reader has seen it.
func (a act) refused(f *form, told refusal, paths map[string]string) {
	if told.Code == "REVISION_CONFLICT" && a.revision != "" {
		f.Values.Set("expectedRevision", a.revision)
		f.wrong("", "Somebody changed this after you opened the form. Look at what changed, then continue if your answers still hold.")
		return
	}
	for _, r := range told.Reasons {
		if strings.HasPrefix(r.Remedy, "Correct the field ") { // the page leads to the field
			r.Remedy = ""
		}
		f.wrong(a.fieldFor(r.Field, paths), strings.TrimSpace(r.Text+" "+r.Remedy))
	}
}

// showForm shows a form.
func (v *visit) showForm(status int, a act, f form, l look) error {
	page := actPage{Act: a, Form: f, Look: l}
	for _, g := range a.Groups {
		shown := shownGroup{group: g, Count: f.entries(g)}
		for i := range shown.Count {
			entry := shownEntry{}
			if g.List != "" {
				entry.Title = sentenceless(g.Entry, i+1)
			}
			for _, field := range g.Fields {
				field.Name = g.nameOf(field, i)
				shown.Open = shown.Open || f.filled(field.Name) || f.Error(field.Name) != ""
				page.SuggestBodies = page.SuggestBodies || field.Kind == askBody
				entry.Fields = append(entry.Fields, shownField{
					ask: field, Form: f,
					Day: f.part(field.Name, "day"), Month: f.part(field.Name, "month"), Year: f.part(field.Name, "year"),
				})
			}
			shown.Entries = append(shown.Entries, entry)
		}
		page.Groups = append(page.Groups, shown)
	}
	return v.show(status, "act", page)
}
