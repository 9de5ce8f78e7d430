package eventstore_test

import (
	"fmt"
	"testing"

	"github.com/remit-register/remit/eventstore/eventstoretest"
)

func TestContract(t *testing.T) {
	eventstoretest.Contract(t, func(t *testing.T) *eventstoretest.Harness { return eventstoretest.New(t) })
}

func TestContractOnExternalServer(t *testing.T) {
	eventstoretest.Contract(t, func(t *testing.T) *eventstoretest.Harness {
		return eventstoretest.New(t, eventstoretest.StartServer(t).Use())
	})
}

func TestContractUnderFaults(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			eventstoretest.Contract(t, func(t *testing.T) *eventstoretest.Harness {
				faults := &eventstoretest.FaultJournal{Plan: eventstoretest.SeededPlan(seed)}
				return eventstoretest.New(t, eventstoretest.WithFaults(faults))
			})
		})
	}
}
