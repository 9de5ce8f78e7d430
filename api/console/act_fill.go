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
		if made, ok := any(answer).(interface{ GetTransferId() string }); ok {
			g.ID = made.GetTransferId()
		}
		return g, nil
	}
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
	return request, paths
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
	case askText, askArea, askRadios, askSelect, askYes, askHidden:
	}
	if text := f.text(a.Name); text != "" {
		return []string{text}
	}
	return nil
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
	case askText, askArea:
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

// set puts values into the field of a message that a path names. A path that there is not is left alone: the paths are
// those of the forms, and a test fills each.
func set(m proto.Message, path string, values ...string) {
	setIn(m.ProtoReflect(), strings.Split(path, "."), values)
}

func setIn(m protoreflect.Message, path, values []string) {
	field := m.Descriptor().Fields().ByJSONName(path[0])
	if field == nil || len(values) == 0 {
		return
	}
	if field.IsList() {
		setList(m.Mutable(field).List(), field, path[1:], values)
		return
	}
	if len(path) > 1 {
		setIn(m.Mutable(field).Message(), path[1:], values)
		return
	}
	if value, ok := valueOf(field, values[0]); ok {
		m.Set(field, value)
	}
}

// setList puts values into a list: a path goes on into the entry that it numbers, and values without a path are the
// list's entries.
func setList(list protoreflect.List, field protoreflect.FieldDescriptor, path, values []string) {
	if len(path) == 0 {
		list.Truncate(0)
		for _, text := range values {
			if value, ok := valueOf(field, text); ok {
				list.Append(value)
			}
		}
		return
	}
	n, err := strconv.Atoi(path[0])
	if err != nil || n < 0 || n >= maxEntries {
		return
	}
	for list.Len() <= n {
		list.AppendMutable()
	}
	if len(path) > 1 {
		setIn(list.Get(n).Message(), path[1:], values)
	}
}

// valueOf reads a value of a field's type. What is no value of it is left out, so that the API says so.
func valueOf(field protoreflect.FieldDescriptor, text string) (protoreflect.Value, bool) {
	switch field.Kind() { //nolint:exhaustive // the kinds that requests have
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(text), true
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(text == "true"), true
	case protoreflect.Int32Kind:
		n, err := strconv.ParseInt(text, 10, 32)
		return protoreflect.ValueOfInt32(int32(n)), err == nil
	case protoreflect.EnumKind:
		if v := field.Enum().Values().ByName(protoreflect.Name(text)); v != nil {
			return protoreflect.ValueOfEnum(v.Number()), true
		}
	}
	return protoreflect.Value{}, false
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
