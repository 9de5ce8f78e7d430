package console

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (v *visit) allAwaiting(body string) ([]*remitv1.AwaitingSecond, error) {
	var all []*remitv1.AwaitingSecond
	err := everyPage(func(token string) (*remitv1.ListAwaitingSecondResponse, error) {
		return v.ask.records.ListAwaitingSecond(v.ctx(), &remitv1.ListAwaitingSecondRequest{
			Organisation: body, PageSize: 1000, PageToken: token, MinPosition: v.r.URL.Query().Get("min"),
		})
	}, func(answer *remitv1.ListAwaitingSecondResponse) { all = append(all, answer.GetAwaiting()...) })
	return all, err
}

// awaiting lists what waits for a second person.
func (v *visit) awaiting() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := recordsPage{
		Title: "Waiting for a second person", Empty: "Nothing waits for a second person.",
		Intro: "Baselines, corrections, occurrences, reorganisations and erasures take effect only once somebody else agrees who has the same right.",
	}
	body := v.bodyFilter(&page, l, "Given for")
	if page.Form.bad() {
		return v.records(page)
	}
	all, err := v.allAwaiting(body)
	if err != nil {
		return err
	}
	table := recordsTable{ID: "awaiting", Caption: "What waits", Heads: []string{"What", "Why", "Given by", "When", "Event"}}
	for _, a := range all {
		table.Rows = append(table.Rows, []recordsCell{
			linkCell(link{Text: eventName(a.GetMethod()), Address: "/second/" + a.GetAwaitingId()}), textCell(a.GetReason()),
			{Text: "The " + a.GetRole() + " of", Links: []link{l.BodyLink(a.GetOrganisation())}},
			textCell(plainTime(a.GetRecordedAt(), v.cfg.Location)), linkCell(l.EventLink(a.GetSourceEvent())),
		})
	}
	if len(table.Rows) > 0 {
		page.Tables = []recordsTable{table}
	}
	return v.records(page)
}

// second shows what waits, and takes the second person's word on it.
func (v *visit) second() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	all, err := v.allAwaiting("")
	if err != nil {
		return err
	}
	id := v.r.PathValue("id")
	a := act{
		Title: "Agree or refuse as the second person", Done: "second", Back: "/second", BackText: "Back to what waits", Send: "Record your word",
		give: call(v.ask.records.Second), request: &remitv1.SecondRequest{AwaitingId: id},
		Intro: []string{"It takes effect only when somebody agrees who may give the same command and did not give this one. Whoever gave it may take it back by refusing."},
	}
	q, err := v.asking(a.request, l)
	a.Groups = []group{{Fields: []ask{
		q.field("decline", "Your word", "").among(askRadios, option{Value: "false", Text: "Agree", Hint: "It takes effect"},
			option{Value: "true", Text: "Refuse", Hint: "It does not take effect; what was asked for stays on the record"}).must("Choose whether you agree"),
		q.field("reason", "Why", ""),
	}}}
	at := slices.IndexFunc(all, func(w *remitv1.AwaitingSecond) bool { return w.GetAwaitingId() == id })
	if at >= 0 { // otherwise it is settled, and the register says so
		w := all[at]
		a.Facts = append([]answer{
			{"What", eventName(w.GetMethod())},
			{"Given by", "The " + w.GetRole() + " of " + l.Body(w.GetOrganisation())},
			{"When", plainTime(w.GetRecordedAt(), v.cfg.Location)},
			{"Why", cmp.Or(w.GetReason(), "Not said")},
		}, l.factsOf(w.GetCommand(), "")...)
	} else if v.r.Method == http.MethodGet {
		return unknown("command that waits")
	}
	return v.actOf(a, err)
}

// factsOf writes the fields of a command in words, the deepest beside the names of what holds them.
func (l look) factsOf(command *structpb.Struct, within string) []answer {
	var facts []answer
	for _, name := range slices.Sorted(maps.Keys(command.GetFields())) {
		label := upperFirst(strings.ToLower(strings.TrimSpace(within + " " + eventName(strings.ReplaceAll(name, "_", " ")))))
		facts = append(facts, l.factOf(label, command.GetFields()[name])...)
	}
	return facts
}

// mostFacts is how many entries of a list are written out.
const mostFacts = 10

func (l look) factOf(label string, value *structpb.Value) []answer {
	switch kind := value.GetKind().(type) {
	case *structpb.Value_StructValue:
		return l.factsOf(kind.StructValue, label)
	case *structpb.Value_ListValue:
		list := kind.ListValue.GetValues()
		var texts []string
		var facts []answer
		for i, entry := range list[:min(len(list), mostFacts)] {
			if entry.GetStructValue() != nil {
				facts = append(facts, l.factsOf(entry.GetStructValue(), label+" "+strconv.Itoa(i+1))...)
				continue
			}
			texts = append(texts, l.plainValue(entry))
		}
		if more := len(list) - mostFacts; more > 0 {
			texts = append(texts, "and "+strconv.Itoa(more)+" more")
		}
		if len(texts) > 0 {
			facts = append(facts, answer{label, strings.Join(texts, "\n")})
		}
		return facts
	}
	if text := l.plainValue(value); text != "" {
		return []answer{{label, text}}
	}
	return nil
}

// plainValue writes a value in words: codes by name, dates as people write them.
func (l look) plainValue(value *structpb.Value) string {
	switch kind := value.GetKind().(type) {
	case *structpb.Value_BoolValue:
		if kind.BoolValue {
			return "Yes"
		}
		return ""
	case *structpb.Value_NumberValue:
		return strconv.FormatFloat(kind.NumberValue, 'f', -1, 64)
	case *structpb.Value_StringValue:
		text := kind.StringValue
		if f, ok := l.functions[text]; ok {
			return f.GetDetails().GetName()
		}
		if name := l.Place(text); strings.HasSuffix(name, " "+text) {
			return name
		} else if name != text {
			return name + " (" + text + ")"
		}
		if prefix, rest, ok := strings.Cut(text, "_"); ok && text == strings.ToUpper(text) && prefix != "" {
			return upperFirst(strings.ToLower(strings.ReplaceAll(rest, "_", " ")))
		}
		return plainDate(text)
	}
	return ""
}
