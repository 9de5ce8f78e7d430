package console

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// call makes a procedure of the API the one that a form gives.
func call[Q any, A interface {
	GetReceipt() *remitv1.Receipt
}](procedure func(context.Context, *Q) (A, error)) func(context.Context, proto.Message) (given, error) {
	return func(ctx context.Context, m proto.Message) (given, error) {
		request, ok := any(m).(*Q)
		if !ok {
			return given{}, fmt.Errorf("%T is no request of this call", m)
		}
		answer, err := procedure(ctx, request)
		if err != nil {
			return given{}, err
		}
		g := given{Receipt: answer.GetReceipt()}
		if m, ok := any(answer).(proto.Message); ok {
			g.ID = madeID(m.ProtoReflect())
		}
		return g, nil
	}
}

// madeID returns the id of what a command made, "" for nothing.
func madeID(answer protoreflect.Message) string {
	fields := answer.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if field.Kind() == protoreflect.StringKind && !field.IsList() && strings.HasSuffix(string(field.Name()), "_id") {
			return answer.Get(field).String()
		}
	}
	return ""
}

// maxEntries is how many entries of a list a form shows at most.
const maxEntries = 20

// entries returns how many entries of a list the form shows: one at least.
func (f *form) entries(g group) int {
	if g.List == "" {
		return 1
	}
	n, err := strconv.Atoi(f.text("count:" + g.List))
	if err != nil {
		n = 1
	}
	return min(max(n, 1), maxEntries)
}

// more has the form show one more entry of a list.
func (f *form) more(list string) {
	f.Values.Set("count:"+list, strconv.Itoa(f.entries(group{List: list})+1))
}

// filled tells whether anything is given for a field.
func (f *form) filled(name string) bool {
	return f.text(name) != "" || f.text(name+"-day")+f.text(name+"-month")+f.text(name+"-year") != ""
}

// part returns the day, the month or the year of a date, whether it is given in three fields or in one.
func (f *form) part(name, part string) string {
	if text := f.text(name + "-" + part); text != "" {
		return text
	}
	bits := strings.Split(f.text(name), "-")
	if len(bits) != 3 {
		return ""
	}
	return strings.TrimLeft(bits[slices.Index([]string{"year", "month", "day"}, part)], "0")
}

// nameOf returns the full name of a field in an entry.
func (g group) nameOf(field ask, i int) string {
	if g.List == "" {
		return field.Name
	}
	return g.List + "." + strconv.Itoa(i) + "." + field.Name
}

// blank tells whether nothing is filled in in an entry of a list. What can only be chosen does not count.
func (g group) blank(f *form, i int) bool {
	return g.List != "" && !slices.ContainsFunc(g.Fields, func(a ask) bool {
		return a.Kind != askHidden && f.filled(g.nameOf(a, i))
	})
}

// fill puts the answers into a request. It notes what is missing, and returns the form's name of what the API calls by
// another: entries that are blank do not count there.
func (a act) fill(f *form, l look) (proto.Message, map[string]string) {
	request := proto.Clone(a.request)
	paths := map[string]string{}
	for _, g := range a.Groups {
		entry := 0
		for i := range f.entries(g) {
			if g.blank(f, i) {
				continue
			}
			for _, field := range g.Fields {
				name, target := g.nameOf(field, i), g.nameOf(field, entry)
				paths[target] = name
				field.Name = name
				values := field.read(f, l)
				if len(values) > 0 {
					set(request, target, values...)
				} else if field.Needed != "" && f.Error(name) == "" {
					f.wrong(name, field.Needed)
				}
			}
			entry++
		}
	}
	if a.onlyChanges && a.from != nil {
		f.leaveOut(request.ProtoReflect(), a.from.ProtoReflect())
	}
	return request, paths
}

// leaveOut takes out of a request what is as it was when the answers were checked: the form carries which fields those
// are, so that it gives the same command whenever it is sent. Ids say what it is about and stay.
func (f *form) leaveOut(request, from protoreflect.Message) {
	if f.text("step") != "send" {
		f.Values.Del("same")
		request.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
			if from.Has(field) && value.Equal(from.Get(field)) && !strings.HasSuffix(string(field.Name()), "_id") {
				f.Values.Add("same", field.JSONName())
			}
			return true
		})
	}
	for _, name := range f.Values["same"] {
		if field := request.Descriptor().Fields().ByJSONName(name); field != nil && !strings.HasSuffix(string(field.Name()), "_id") {
			request.Clear(field)
		}
	}
}

// prefill fills in what the register has now.
func (a act) prefill(f *form) {
	if a.from == nil {
		return
	}
	for _, g := range a.Groups {
		entries := 1
		if g.List != "" {
			if list := listAt(a.from.ProtoReflect(), strings.Split(g.List, ".")); list != nil {
				entries = min(max(list.Len(), 1), maxEntries)
			}
			f.Values.Set("count:"+g.List, strconv.Itoa(entries))
		}
		for i := range entries {
			for _, field := range g.Fields {
				name := g.nameOf(field, i)
				values := valuesAt(a.from.ProtoReflect(), strings.Split(name, "."))
				if len(values) == 0 || f.filled(name) {
					continue
				}
				if field.Kind == askPlaces || field.Kind == askLines {
					values = []string{strings.Join(values, "\n")}
				}
				f.Values[name] = values
			}
		}
	}
}

// read reads a field.
func (a ask) read(f *form, l look) []string {
	switch a.Kind {
	case askDate:
		if !f.filled(a.Name) {
			return nil
		}
		if on := f.date(a.Name, "The date", false); on != "" {
			return []string{on}
		}
		return nil
	case askBody:
		if code := l.choose(f, a.Name, "body", amongBodies); code != "" {
			return []string{code}
		}
		return nil
	case askPlaces:
		return a.readPlaces(f, l)
	case askChecks:
		return f.Values[a.Name]
	case askLines:
		return lines(f.text(a.Name))
	case askNumber:
		return a.readNumber(f)
	case askText, askArea, askRadios, askSelect, askYes, askHidden:
	}
	if text := f.text(a.Name); text != "" {
		return []string{text}
	}
	return nil
}

// readNumber reads a whole number, such as 12,500.
func (a ask) readNumber(f *form) []string {
	text := strings.NewReplacer(",", "", " ", "", "£", "").Replace(f.text(a.Name))
	if text == "" {
		return nil
	}
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		f.wrong(a.Name, "Enter a whole number, such as 12500")
		return nil
	}
	return []string{text}
}

// lines are the lines of a text that are not blank.
func lines(text string) []string {
	var found []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			found = append(found, line)
		}
	}
	return found
}

// readPlaces reads places and bodies, one a line or separated by commas.
func (a ask) readPlaces(f *form, l look) []string {
	var codes []string

	for _, text := range strings.FieldsFunc(f.text(a.Name), func(r rune) bool { return r == '\n' || r == ',' || r == ';' }) {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		code, several := l.resolve(text, amongPlaces)
		switch {
		case code != "":
			codes = append(codes, code)
		case len(several) == 0:
			f.wrong(a.Name, "The register knows no place or body called "+text)
		default:
			f.wrong(a.Name, "Several are called "+text+", such as "+strings.Join(several[:min(len(several), 3)], ", "))
		}
	}
	return codes
}

// answers writes the answers for the reader to check.
func (a act) answers(f form, l look) []answerGroup {
	var groups []answerGroup
	for _, g := range a.Groups {
		for i := range f.entries(g) {
			if g.blank(&f, i) {
				continue
			}
			shown := answerGroup{Title: g.Title}
			if g.List != "" && g.Entry != "" {
				shown.Title = sentenceless(g.Entry, i+1)
			}
			for _, field := range g.Fields {
				field.Name = g.nameOf(field, i)
				if text := field.answer(f, l); text != "" {
					shown.Rows = append(shown.Rows, answer{field.Label, text})
				}
			}
			if len(shown.Rows) > 0 {
				groups = append(groups, shown)
			}
		}
	}
	return groups
}

// answer writes what was answered to a field, in words; "" for nothing, and for what was not asked.
func (a ask) answer(f form, l look) string {
	switch a.Kind {
	case askHidden:
		return ""
	case askDate:
		on, _ := readDate(f.Values, a.Name)
		return plainDate(on)
	case askYes:
		if f.text(a.Name) != "" {
			return "Yes"
		}
		return "No"
	case askBody, askPlaces:
		var names []string
		for _, code := range a.read(&f, l) {
			names = append(names, l.Place(code)+" ("+code+")")
		}
		return strings.Join(names, "\n")
	case askRadios, askChecks, askSelect:
		var texts []string
		for _, o := range a.Options {
			if o.Value != "" && f.Has(a.Name, o.Value) {
				texts = append(texts, o.Text)
			}
		}
		return strings.Join(texts, "\n")
	case askText, askArea, askLines, askNumber:
	}
	return f.text(a.Name)
}

// fieldFor returns the form's name of a field that the API names: the field itself, or the first of what lies inside;
// "" when the form does not ask for it.
func (a act) fieldFor(path string, paths map[string]string) string {
	if path == "" {
		return ""
	}
	path = strings.NewReplacer("[", ".", "]", "").Replace(path)
	if name, ok := paths[path]; ok {
		return name
	}
	for _, g := range a.Groups {
		for _, field := range g.Fields {
			if target := g.nameOf(field, 0); target == path || strings.HasPrefix(target, path+".") {
				return target
			}
		}
	}
	return ""
}

// sentenceless numbers an entry of a list: "Condition 2".
func sentenceless(entry string, n int) string { return entry + " " + strconv.Itoa(n) }

// withQuery adds parameters to an address.
func withQuery(address string, pairs ...string) string {
	sep := "?"
	if strings.Contains(address, "?") {
		sep = "&"
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			address += sep + pairs[i] + "=" + strings.ReplaceAll(pairs[i+1], "&", "")
			sep = "&"
		}
	}
	return address
}
