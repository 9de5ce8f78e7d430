package main

import (
	"github.com/google/uuid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// The commands that are measured: one body proposes to move the delivery of a function to another, again and again.
// Each is decided in full: rights, holdings, receiver, route.
const (
	benchSender   = "BSEND"
	benchReceiver = "BRECV"
	benchFunction = "bench-function"
	benchDate     = domain.Date(739_000) // in April 2024
)

// benchCaller is the programme office of the sender.
func benchCaller() domain.Caller {
	return domain.Caller{
		Subject: "p-bench", Organisation: benchSender, Roles: []domain.ActorRole{domain.ActorProgrammeOffice},
	}
}

// benchSetup is what the measured commands need.
func benchSetup() []eventstore.Request {
	body := func(code domain.OrganisationCode) domain.Command {
		return domain.EstablishOrganisation{
			Code: code, Name: "Bench " + string(code), Tier: domain.TierICB, Form: domain.FormStatutoryBody, LegalPerson: true,
			EffectiveOn: benchDate, Source: "bench",
		}
	}
	commands := []domain.Command{
		body(benchSender), body(benchReceiver),
		domain.ChangeFootprints{
			Open:        []domain.NewFootprint{{Code: "BF1", Name: "Bench", Kind: domain.KindLocation}},
			Coverage:    []domain.Coverage{{Organisation: benchSender, Footprints: []domain.FootprintCode{"BF1"}}},
			EffectiveOn: benchDate, Source: "bench",
		},
		domain.DefineFunction{Code: benchFunction, Details: domain.FunctionDetails{
			Name: "Bench", Class: domain.ClassDelivery, FootprintKind: domain.KindLocation,
			LegalStatus: domain.LegalStatutory, Source: "bench",
		}},
		domain.AllocateFunction{
			Function: benchFunction, Holder: benchSender, Roles: []domain.Role{domain.RoleDelivering}, EffectiveOn: benchDate,
			Source: "bench",
		},
	}
	requests := make([]eventstore.Request, 0, len(commands))
	for _, command := range commands {
		reason := domain.Text{Clear: "bench"}
		secrets, err := eventstore.SealAll(nil, &reason)
		if err != nil {
			reason, secrets = domain.Text{}, nil // the command is then refused, and says why
		}
		requests = append(requests, eventstore.Request{
			CommandID: uuid.NewString(), Command: command, Reason: reason, Secrets: secrets,
			Caller: domain.Caller{Subject: domain.SystemSubject, Roles: []domain.ActorRole{domain.ActorSystem}},
		})
	}
	return requests
}

// benchNext is the next command to measure.
func benchNext(int, int) eventstore.Request {
	return eventstore.Request{
		CommandID: uuid.NewString(), Caller: benchCaller(),
		Command: domain.ProposeTransfer{
			Kind: domain.KindDelivery, Function: benchFunction, Sender: benchSender, Receiver: benchReceiver,
			Footprints: []domain.FootprintCode{"BF1"}, Roles: []domain.Role{domain.RoleDelivering},
			EffectiveOn: benchDate.AddDays(5000), Terms: domain.Terms{AgreementRef: "bench"},
		},
	}
}

// benchRequest is the same command over the network.
func benchRequest() *remitv1.ProposeTransferRequest {
	return &remitv1.ProposeTransferRequest{
		CommandId: uuid.NewString(), Kind: remitv1.TransferKind_TRANSFER_KIND_DELIVERY, Function: benchFunction,
		Sender: benchSender, Receiver: benchReceiver, Footprints: []string{"BF1"},
		Roles: []remitv1.Role{remitv1.Role_ROLE_DELIVERING}, EffectiveOn: benchDate.AddDays(5000).String(),
		Terms: &remitv1.Terms{AgreementRef: "bench"},
	}
}
