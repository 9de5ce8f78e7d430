package console

import (
	"slices"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// asker makes the fields of a form from the API's own description of a request: what kind of answer a field takes, what
// may be chosen, and whether it may be left out is said there once, with the rules that the API checks.
type asker struct {
	request     protoreflect.MessageDescriptor
	look        look
	instruments []option
}

// asking returns what makes the fields of a form that gives a request.
func (v *visit) asking(request proto.Message, l look) (asker, error) {
	instruments, err := v.instrumentOptions()
	return asker{request.ProtoReflect().Descriptor(), l, instruments}, err
}

// entry returns what makes the fields of an entry of a list of the request.
func (q asker) entry(list string) asker {
	if field := fieldAt(q.request, list); field != nil && field.Message() != nil {
		q.request = field.Message()
	}
	return q
}

// field asks for the field at a path. A label of what may be left out says so.
func (q asker) field(path, label, hint string) ask {
	a := ask{Name: path, Label: label, Hint: hint}
	field := fieldAt(q.request, path)
	if field == nil {
		return a
	}
	rules, _ := proto.GetExtension(field.Options(), validate.E_Field).(*validate.FieldRules)
	q.shape(&a, field, rules)
	switch {
	case isRequired(rules):
		a.Needed = needed(a)
	case a.Kind != askYes:
		a.Label += " (optional)"
	}
	return a
}

// shape says what kind of answer a field takes, and what may be chosen.
func (q asker) shape(a *ask, field protoreflect.FieldDescriptor, rules *validate.FieldRules) {
	text := rules.GetString()
	if field.IsList() {
		text = rules.GetRepeated().GetItems().GetString()
	}
	is := func(rule protoreflect.ExtensionType) bool {
		on, _ := proto.GetExtension(text, rule).(bool)
		return on
	}
	switch {
	case field.Enum() != nil:
		a.Kind, a.Options = askRadios, choicesIn(field.Enum())
		if field.IsList() {
			a.Kind = askChecks
		}
	case field.Kind() == protoreflect.BoolKind:
		a.Kind = askYes
	case field.Kind() == protoreflect.Int32Kind || field.Kind() == protoreflect.Int64Kind:
		a.Kind, a.Width = askNumber, "10"
	case field.IsList() && is(remitv1.E_OdsCode):
		a.Kind = askPlaces
	case field.IsList():
		a.Kind = askLines
	case is(remitv1.E_OdsCode):
		a.Kind = askBody
	case is(remitv1.E_IsoDate):
		a.Kind = askDate
	case field.Name() == "function":
		a.Kind, a.Options = askSelect, q.look.functionOptions(option{Text: "Choose a function"})
	case field.Name() == "instrument":
		a.Kind, a.Options = askSelect, q.instruments
	case text.GetMaxLen() >= 2000:
		a.Kind = askArea
	default:
		a.Kind = askText
	}
}

// fieldAt finds the field at a path, in which numbers stand for entries of lists; nil when there is none.
func fieldAt(m protoreflect.MessageDescriptor, path string) protoreflect.FieldDescriptor {
	var field protoreflect.FieldDescriptor
	for name := range strings.SplitSeq(path, ".") {
		if strings.Trim(name, "0123456789") == "" {
			continue
		}
		if m == nil {
			return nil
		}
		if field = m.Fields().ByJSONName(name); field == nil {
			return nil
		}
		m = field.Message()
	}
	return field
}

// isRequired tells whether the API refuses a request without the field.
func isRequired(rules *validate.FieldRules) bool {
	return rules.GetRequired() || slices.Contains(rules.GetEnum().GetNotIn(), 0) || rules.GetRepeated().GetMinItems() > 0
}

// needed says what to do when nothing is given for a field: "Enter the day of the meeting", "Say why it ends".
func needed(a ask) string {
	question := slices.ContainsFunc([]string{"What ", "Who ", "Why ", "When ", "How ", "Where ", "Whether ", "Which "}, func(begins string) bool {
		return strings.HasPrefix(a.Label, begins)
	})
	chosen := a.Kind == askRadios || a.Kind == askChecks || a.Kind == askSelect
	switch {
	case chosen && question:
		return "Choose " + lowerFirst(a.Label)
	case chosen:
		return "Choose the " + lowerFirst(a.Label)
	case question:
		return "Say " + lowerFirst(a.Label)
	}
	return "Enter the " + lowerFirst(a.Label)
}

// choicesIn are the values of one of the API's lists, to choose from.
func choicesIn(list protoreflect.EnumDescriptor) []option {
	kind, err := protoregistry.GlobalTypes.FindEnumByName(list.FullName())
	if err != nil {
		return nil
	}
	var options []option
	for i := range list.Values().Len() {
		value := kind.New(list.Values().Get(i).Number())
		if value.Number() == 0 || value == protoreflect.Enum(remitv1.TransferKind_TRANSFER_KIND_REORGANISATION) {
			continue // a reorganisation is no transfer that somebody proposes
		}
		options = append(options, option{Value: string(list.Values().Get(i).Name()), Text: word(value), Hint: choiceMeans(value)})
	}
	return options
}

// choiceMeans says what a value of one of the API's lists means, "" for what says it itself.
func choiceMeans(value protoreflect.Enum) string {
	switch value := value.(type) {
	case remitv1.Role:
		return sentence(roleMeans(value))
	case remitv1.TransferKind:
		return kindMeans(value)
	case remitv1.GatewayDecision:
		return decisionMeans(value)
	case remitv1.Opinion:
		return opinionMeans(value)
	case remitv1.ConditionTiming:
		return timingMeans(value)
	}
	return ""
}

// Changes to what the API says of a field, for a form that knows more.

// as has the answer given in another way.
func (a ask) as(kind askKind) ask {
	a.Kind = kind
	return a
}

// among offers other things to choose from.
func (a ask) among(kind askKind, options ...option) ask {
	a.Kind, a.Options = kind, options
	if a.Needed != "" {
		a.Needed = needed(a)
	}
	return a
}

// must has the form ask for what the API lets be left out.
func (a ask) must(text string) ask {
	a.Label, a.Needed = strings.TrimSuffix(a.Label, " (optional)"), text
	return a
}

// wide sets the width of a box.
func (a ask) wide(width string) ask {
	a.Width = width
	return a
}

// yesNo offers the two answers of a question.
func (a ask) yesNo(yes, no string) ask {
	return a.among(askRadios, option{Value: "true", Text: yes}, option{Value: "false", Text: no}).must("Choose " + lowerFirst(a.Label))
}

// hidden goes along without being shown.
func hidden(name string) ask { return ask{Kind: askHidden, Name: name} }

// whyPast asks for the reason that a day in the past needs.
func (q asker) whyPast() ask { return q.field("reason", "Reason, for a day in the past", "") }
