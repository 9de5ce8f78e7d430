package domain

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// fingerprint writes down everything that a register holds, unexported fields included, so that two registers that
// differ in anything differ in it. The undo log is left out: it is how a register goes back, not what it holds.
func fingerprint(s *State) string {
	var out strings.Builder
	writeValue(&out, reflect.ValueOf(s))
	return out.String()
}

func writeValue(out *strings.Builder, v reflect.Value) {
	switch v.Kind() { //nolint:exhaustive // a register has no others
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			out.WriteString("nil")
			return
		}
		writeValue(out, v.Elem())
	case reflect.Struct:
		writeStruct(out, v)
	case reflect.Map:
		writeMap(out, v)
	case reflect.Slice, reflect.Array:
		out.WriteString("[")
		for i := range v.Len() {
			writeValue(out, v.Index(i))
			out.WriteString(" ")
		}
		out.WriteString("]")
	case reflect.String:
		out.WriteString(strconv.Quote(v.String()))
	case reflect.Bool:
		out.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int32:
		out.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint64:
		out.WriteString(strconv.FormatUint(v.Uint(), 10))
	default:
		fmt.Fprintf(out, "%v", v)
	}
}

func writeStruct(out *strings.Builder, v reflect.Value) {
	t := v.Type()
	out.WriteString("{")
	for i := range v.NumField() {
		value := v.Field(i)
		if value.IsZero() || value.Type() == reflect.TypeFor[undoLog]() || value.Type() == reflect.TypeFor[*undoLog]() {
			continue
		}
		out.WriteString(t.Field(i).Name)
		out.WriteString(":")
		writeValue(out, value)
		out.WriteString(" ")
	}
	out.WriteString("}")
}

func writeMap(out *strings.Builder, v reflect.Value) {
	entries := make([]string, 0, v.Len())
	for iter := v.MapRange(); iter.Next(); {
		var entry strings.Builder
		writeValue(&entry, iter.Key())
		entry.WriteString("=")
		writeValue(&entry, iter.Value())
		entries = append(entries, entry.String())
	}
	slices.Sort(entries)
	out.WriteString("map[" + strings.Join(entries, " ") + "]")
}

// The fingerprint itself is worth nothing if it overlooks a change.
func TestFingerprintSeesEveryTable(t *testing.T) {
	t.Parallel()
	empty := fingerprint(NewState())
	seen := map[string]string{}
	for _, fact := range []Fact{
		OrganisationEstablished{Code: "QYG", Name: "A", EffectiveOn: 1},
		FootprintOpened{Code: "06H", EffectiveOn: 1},
		OrganisationsReorganised{ID: "r", Successions: []Succession{{Predecessor: "A", Successor: "B"}}},
		FootprintsSucceeded{Successions: []FootprintSuccession{{Predecessor: "A", Successor: "B"}}},
		ReorganisationPlanned{ID: "r"},
		FunctionDefined{Code: "eprr"},
		InstrumentRegistered{Code: "act"},
		TransferPlanned{ID: "T1"},
		TransferProposed{ID: "T1", Kind: KindDelegation},
		FunctionDelegated{ID: "D1"},
		InterventionRecorded{ID: "I1"},
		RemitClaimed{ID: "C1"},
		RemitsAttested{ID: "C1"},
		RiskRaised{ID: "K1"},
		FrameworkSet{Framework: Framework{Code: "light"}},
		PackageFormed{ID: "P1"},
		CommitteeFormed{ID: "M1"},
		PopulationRecorded{Organisation: "QYG"},
		CostRecorded{ID: "O1"},
		PlanReturnSubmitted{ID: "N1"},
		MapLinesProposed{ID: "A1", Lines: []ImportLine{{Holder: "QYG"}}},
		SecondAwaited{ID: "S1", Command: CloseRisk{}},
		FunctionAllocated{Changes: []HoldingChange{{
			On: 1, Subjects: []Subject{{Function: "eprr"}}, Footprints: []FootprintCode{"06H"}, Roles: []Role{RoleFunding},
			Holdings: []Holding{{Holder: "QYG"}},
		}}},
	} {
		s := NewState()
		if err := s.Apply(Event{No: 1, Fact: fact}); err != nil {
			t.Fatal(err)
		}
		seenNow := fingerprint(s)
		if seenNow == empty {
			t.Errorf("the fingerprint does not see %s", fact.FactType())
		}
		if other, ok := seen[seenNow]; ok {
			t.Errorf("%s and %s have one fingerprint", fact.FactType(), other)
		}
		seen[seenNow] = fact.FactType()
	}
}
