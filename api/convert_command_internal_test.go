package api

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/remit-register/remit/domain"
	eventv1 "github.com/remit-register/remit/proto/remit/event/v1"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// conversion turns one kind of request into its command.
type conversion struct {
	request proto.Message
	convert func(proto.Message) domain.Command
}

func converts[R proto.Message, C domain.Command](convert func(R) C) conversion {
	var none R
	request := none.ProtoReflect().Type().New().Interface()
	return conversion{request, func(m proto.Message) domain.Command {
		r, ok := m.(R)
		if !ok {
			return nil
		}
		return convert(r)
	}}
}

// conversions lists all commands.
func conversions() []conversion {
	return []conversion{
		converts(planTransfer), converts(replacePlan), converts(proposeTransfer), converts(amendTransfer),
		converts(setTerms), converts(assessReadiness), converts(recordOpinion), converts(decideGateway),
		converts(evidenceCondition), converts(dischargeCondition), converts(waiveCondition), converts(scheduleTransfer),
		converts(completeTransfer), converts(withdrawTransfer), converts(delegateFunction), converts(acceptDelegation),
		converts(revokeDelegation), converts(establishOrganisation), converts(renameOrganisation),
		converts(moveOrganisation), converts(planReorganisation), converts(reorganise), converts(changeFootprints),
		converts(defineFunction), converts(reviseFunction), converts(divideFunction), converts(allocateFunction),
		converts(registerInstrument), converts(commenceInstrument), converts(discardInstrument),
		converts(recordOccurrence), converts(exploreTransfer), converts(pauseTransfer), converts(resumeTransfer),
		converts(callIn), converts(recordMilestone), converts(reviewTransfer), converts(reverseTransfer),
		converts(formPackage), converts(assessPackage), converts(decidePackage), converts(raiseRisk),
		converts(updateRisk), converts(closeRisk), converts(varyDelegation), converts(recordIntervention),
		converts(endIntervention), converts(correct), converts(erasePersonalData), converts(second),
		converts(claimRemit), converts(attestRemit), converts(importMap),
		converts(setFramework), converts(recordPopulation), converts(recordCost), converts(formCommittee),
		converts(changeCommittee), converts(recordAdvice), converts(submitPlanReturn), converts(moderatePlanReturn),
	}
}

// TestConversionsAreComplete fills every field of every command's request and finds each in the command, under the
// same name, and as personal text exactly where the contract says so.
func TestConversionsAreComplete(t *testing.T) {
	for _, c := range conversions() {
		m := c.request.ProtoReflect()
		name := string(m.Descriptor().Name())
		t.Run(name, func(t *testing.T) {
			fields := map[string]string{}
			fill(m, "", fields)
			for _, own := range []string{"commandId", "expectedRevision", "reason", "validateOnly"} {
				if fields[own] == "" {
					t.Errorf("the request has no %s", own)
				}
				delete(fields, own)
			}
			command := c.convert(c.request)
			if command.Method()+"Request" != name {
				t.Errorf("it becomes %s", command.Method())
			}
			converted := map[string]string{}
			flatten(reflect.ValueOf(command), "", converted)
			delete(converted, "terms.staff.stated")    // follows from wte
			if remark, ok := converted["remark"]; ok { // is called note where it is public
				converted["note"] = remark
				delete(converted, "remark")
			}
			if diff := cmp.Diff(fields, converted); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// fill sets every field of a message, each list to one element, and notes what by path: the kind, and whether it is
// personal.
func fill(m protoreflect.Message, path string, fields map[string]string) {
	for i := range m.Descriptor().Fields().Len() {
		field := m.Descriptor().Fields().Get(i)
		at := strings.TrimPrefix(path+"."+field.JSONName(), ".")
		kind := "plain"
		if personal, ok := proto.GetExtension(field.Options(), eventv1.E_Personal).(bool); ok && personal {
			kind = "personal"
		}
		switch {
		case field.IsList() && field.Message() != nil:
			fill(m.Mutable(field).List().AppendMutable().Message(), at, fields)
		case field.IsList():
			m.Mutable(field).List().Append(sample(field))
			fields[at] = kind
		case field.Message() != nil:
			fill(m.Mutable(field).Message(), at, fields)
		default:
			m.Set(field, sample(field))
			fields[at] = kind
		}
	}
}

// sample is a value of a field other than its default.
func sample(field protoreflect.FieldDescriptor) protoreflect.Value {
	switch {
	case field.Enum() != nil:
		return protoreflect.ValueOfEnum(1)
	case field.Kind() == protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case field.Kind() == protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(7)
	case field.Kind() == protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(7)
	case field.Name() == "event", field.Name() == "wte", field.Name() == "max_wte":
		return protoreflect.ValueOfString("7")
	case field.Name() == "on" || strings.HasSuffix(string(field.Name()), "_on"):
		return protoreflect.ValueOfString("2026-04-01")
	}
	return protoreflect.ValueOfString("x")
}

// flatten notes every field of a command that is set, by path.
func flatten(v reflect.Value, path string, fields map[string]string) {
	switch {
	case v.Type() == reflect.TypeFor[domain.Text]():
		if v.FieldByName("Clear").String() == "x" {
			fields[path] = "personal"
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if name != "-" {
				flatten(v.Field(i), strings.TrimPrefix(path+"."+name, "."), fields)
			}
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			flatten(v.Index(i), path, fields)
		}
	case v.Kind() == reflect.Map: // the rules of a function, which are a list in the contract
		for range slices.Collect(v.Seq()) {
			fields[path+".role"], fields[path+".rule"] = "plain", "plain"
		}
	case !v.IsZero():
		fields[path] = "plain"
	}
}

// TestEveryCommandIsConverted finds a conversion for each call that is not a question.
func TestEveryCommandIsConverted(t *testing.T) {
	var names []string
	for _, c := range conversions() {
		names = append(names, string(c.request.ProtoReflect().Descriptor().Name()))
	}
	for _, file := range []protoreflect.FileDescriptor{
		remitv1.File_remit_v1_transfer_proto, remitv1.File_remit_v1_delegation_proto,
		remitv1.File_remit_v1_organisation_proto, remitv1.File_remit_v1_function_proto,
		remitv1.File_remit_v1_instrument_proto, remitv1.File_remit_v1_record_proto, remitv1.File_remit_v1_map_proto,
		remitv1.File_remit_v1_audit_proto, remitv1.File_remit_v1_programme_proto,
	} {
		service := file.Services().Get(0)
		for i := range service.Methods().Len() {
			method := service.Methods().Get(i)
			level := fmt.Sprint(method.Options().ProtoReflect().Get(
				method.Options().ProtoReflect().Descriptor().Fields().ByName("idempotency_level")).Enum())
			isCommand := level == "0" && method.Name() != "LoadReference"
			if isCommand != slices.Contains(names, string(method.Input().Name())) {
				t.Errorf("%s: a command %t, idempotency level %s", method.FullName(), isCommand, level)
			}
		}
	}
}
