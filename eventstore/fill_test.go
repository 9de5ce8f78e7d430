package eventstore

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
)

// firstFacts lists a value of each type of fact of the first version.
func firstFacts() []domain.Fact {
	return []domain.Fact{
		domain.OrganisationEstablished{},
		domain.OrganisationRenamed{},
		domain.OrganisationMoved{},
		domain.OrganisationClosed{},
		domain.FootprintOpened{},
		domain.CoverageChanged{},
		domain.OrganisationsReorganised{},
		domain.HoldingsDisposed{},
		domain.ReorganisationPlanned{},
		domain.FootprintsSucceeded{},
		domain.FunctionDefined{},
		domain.FunctionRevised{},
		domain.FunctionDivided{},
		domain.FunctionAllocated{},
		domain.InstrumentRegistered{},
		domain.InstrumentCommenced{},
		domain.InstrumentDiscarded{},
		domain.OccurrenceRecorded{},
		domain.TransferPlanned{},
		domain.PlanReplaced{},
		domain.TransferProposed{},
		domain.TransferAmended{},
		domain.TermsSet{},
		domain.TransferScheduled{},
		domain.TransferCompleted{},
		domain.TransferWithdrawn{},
		domain.ReadinessAssessed{},
		domain.OpinionRecorded{},
		domain.GatewayDecided{},
		domain.ConditionEvidenced{},
		domain.ConditionDischarged{},
		domain.ConditionWaived{},
		domain.FunctionDelegated{},
		domain.DelegationAccepted{},
		domain.DelegationRevoked{},
	}
}

// filler sets every field to a value that is not zero and differs from the others. The same filler fills the same.
type filler struct{ n int }

func (f *filler) next() int { f.n++; return f.n }

func (f *filler) fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Interface().(type) {
	case domain.Text:
		sum := sha256.Sum256([]byte(strconv.Itoa(f.next())))
		v.Set(reflect.ValueOf(domain.Text{Commitment: hex.EncodeToString(sum[:])}))
		return
	case domain.RootHash, domain.Commitment:
		sum := sha256.Sum256([]byte(strconv.Itoa(f.next())))
		v.SetString(hex.EncodeToString(sum[:]))
		return
	case domain.Date:
		v.Set(reflect.ValueOf(domain.NewDate(2026, time.April, 1).AddDays(f.next())))
		return
	}
	switch v.Kind() { //nolint:exhaustive // the rest fail
	case reflect.String:
		v.SetString("text " + strconv.Itoa(f.next()))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.next()))
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(f.next()))
	case reflect.Struct:
		for _, field := range v.Fields() {
			f.fill(t, field)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(t, v.Index(0))
		f.fill(t, v.Index(1))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(t, key)
			f.fill(t, value)
			v.SetMapIndex(key, value)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(t, v.Elem())
	case reflect.Interface:
		filled := reflect.New(v.Elem().Type()).Elem() // of the same type as the sample's
		f.fill(t, filled)
		v.Set(filled)
	default:
		t.Fatalf("cannot fill a %s: teach this test", v.Type())
	}
}

// filledEvent returns an event with a fact of the same type as sample, every field filled.
func filledEvent(t *testing.T, sample domain.Fact) domain.Event {
	t.Helper()
	f := &filler{}
	fact := reflect.New(reflect.TypeOf(sample)).Elem()
	fact.Set(reflect.ValueOf(sample))
	f.fill(t, fact)
	filled, ok := reflect.TypeAssert[domain.Fact](fact)
	if !ok {
		t.Fatalf("%s is no fact", fact.Type())
	}
	return domain.Event{
		No: 7, TransactionID: "01JD7Z8X5QK4V2M9N6P3R1T0WY", Index: 1, Count: 3,
		CommandID:   "6f1d2c3b-4a59-4867-9758-9a8b7c6d5e4f",
		Actor:       domain.Actor{Subject: "p-0123456789abcdef", Organisation: "QNQ", Role: domain.ActorBoard},
		RecordedAt:  time.Date(2026, time.November, 21, 21, 30, 0, 123456000, time.UTC),
		EffectiveOn: domain.NewDate(2026, time.April, 1), Late: true,
		Digest: fmt.Sprintf("%x", sha256.Sum256([]byte("command"))),
		Reason: domain.Text{Commitment: fmt.Sprintf("%x", sha256.Sum256([]byte("reason")))},
		Fact:   filled,
	}
}
