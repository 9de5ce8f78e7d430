package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// issue is what every command to the register comes with.
type issue struct {
	app              *app
	commandID        string
	reason           string
	expectedRevision uint64
	validateOnly     bool
}

// issuing adds the flags of a command to the register.
func (a *app) issuing(cmd *cobra.Command) *issue {
	i := &issue{app: a}
	flags := cmd.Flags()
	flags.StringVar(&i.commandID, "command-id", "",
		"`UUID` of the command; left out: a new one, shown on stderr or in the JSON. Repeated with its id, a command is recorded once")
	flags.StringVar(&i.reason, "reason", "", "why, in plain words; required for a date before today")
	flags.Uint64Var(&i.expectedRevision, "expected-revision", 0, "refuse if what it changes has another revision than `N`")
	flags.BoolVar(&i.validateOnly, "validate-only", false, "say what would be recorded or refused, and record nothing")
	return i
}

// fill puts what every command comes with into the request.
func (i *issue) fill(request proto.Message) {
	if i.commandID == "" {
		i.commandID = uuid.NewString()
		if !i.validateOnly && (i.app.format == formatTable || i.app.format == formatCSV) {
			i.app.say("command id %s (repeat it with --command-id after a lost answer)", i.commandID)
		}
	}
	i.app.commandID = i.commandID
	m := request.ProtoReflect()
	set := func(name protoreflect.Name, v protoreflect.Value) {
		m.Set(m.Descriptor().Fields().ByName(name), v)
	}
	set("command_id", protoreflect.ValueOfString(i.commandID))
	set("reason", protoreflect.ValueOfString(i.reason))
	set("validate_only", protoreflect.ValueOfBool(i.validateOnly))
	if i.expectedRevision > 0 {
		set("expected_revision", protoreflect.ValueOfString(fmt.Sprint(i.expectedRevision)))
	}
}

// outcome is the answer to a command.
type outcome interface {
	proto.Message
	GetReceipt() *remitv1.Receipt
}

// send gives a command to the register and shows its receipt.
func send[Q proto.Message, R outcome](ctx context.Context, i *issue, request Q, call func(context.Context, Q) (R, error)) error {
	i.fill(request)
	answer, err := call(ctx, request)
	if err != nil {
		return err
	}
	return i.app.recorded(answer)
}

// recorded shows what a command recorded.
func (a *app) recorded(answer outcome) error {
	made := madeBy(answer)
	receipt := answer.GetReceipt()
	if a.quiet && a.format == formatTable {
		if len(made) == 0 {
			return nil
		}
		_, err := fmt.Fprintln(a.stdout, strings.Join(made, "\n"))
		return err
	}
	switch {
	case receipt.GetTransactionId() == "":
		a.say("nothing was recorded: this only shows what would be")
	case receipt.GetReplayed():
		a.say("recorded before: this is the first receipt again")
	}
	a.sayAwaiting(answer)
	if a.format == formatTable || a.format == formatCSV {
		return list(a, nil, receipt.GetEvents(), receiptColumns(receipt, made))
	}
	return list(a, answer, []outcome{answer}, nil)
}

func receiptColumns(receipt *remitv1.Receipt, made []string) []column[*remitv1.RecordedEvent] {
	return []column[*remitv1.RecordedEvent]{
		{"event", (*remitv1.RecordedEvent).GetPosition},
		{"type", (*remitv1.RecordedEvent).GetType},
		{"id", func(*remitv1.RecordedEvent) string { return strings.Join(made, " ") }},
		{"recorded at", func(*remitv1.RecordedEvent) string { return instantText(receipt.GetRecordedAt()) }},
		{"transaction", func(*remitv1.RecordedEvent) string { return receipt.GetTransactionId() }},
	}
}

// sayAwaiting tells that what was asked for takes effect only once somebody else agrees, and how that is done.
func (a *app) sayAwaiting(answer outcome) {
	waiting, ok := answer.(interface {
		GetAwaitingSecond() bool
		GetAwaitingId() string
	})
	switch {
	case !ok || !waiting.GetAwaitingSecond():
	case waiting.GetAwaitingId() == "":
		a.say("It would wait for a second person before it takes effect.")
	default:
		a.say("Nothing has changed yet: it waits for a second person. Somebody else with the same right agrees with:\n"+
			"  remit --as SUBJECT@ORG second %s", waiting.GetAwaitingId())
	}
}

// madeBy returns the ids of what a command made, such as a transfer, conditions, or what waits for a second person. What
// was only validated made nothing.
func madeBy(answer outcome) []string {
	if answer.GetReceipt().GetTransactionId() == "" {
		return nil
	}
	m := answer.ProtoReflect()
	fields := m.Descriptor().Fields()
	for n := range fields.Len() {
		field := fields.Get(n)
		switch {
		case field.Kind() != protoreflect.StringKind || !m.Has(field):
		case field.IsList():
			var ids []string
			for at := range m.Get(field).List().Len() {
				ids = append(ids, m.Get(field).List().Get(at).String())
			}
			return ids
		default:
			return []string{m.Get(field).String()}
		}
	}
	return nil
}
