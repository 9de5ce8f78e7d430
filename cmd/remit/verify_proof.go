package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore/archive"
	eventv1 "github.com/remit-register/remit/proto/remit/event/v1"
)

// proofs verifies files with proofs: all of them, whatever is wrong with one.
func (v *verification) proofs(files []string) error {
	var results []*result
	var findings []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read a proof: %w", err)
		}
		proven, err := archive.VerifyProof(text, v.keys)
		if err != nil {
			findings = append(findings, fmt.Sprintf("%s does not verify: %v", file, err))
			continue
		}
		r, err := provenResult(file, proven)
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	err := v.showProofs(files, results)
	if len(findings) > 0 {
		err = errors.Join(findingsError{strings.Join(findings, "\nremit: ")}, err)
	}
	return err
}

// provenResult is what a proof proves.
func provenResult(file string, proven archive.Proven) (*result, error) {
	e := proven.Event
	fact, err := factOf(proven.Stored)
	if err != nil {
		return nil, fmt.Errorf("show event %d: %w", e.No, err)
	}
	r := newResult()
	r.add("file", "file", file)
	r.add("event", "event", eventNumber(e.No))
	r.add("type", "type", e.Fact.FactType())
	r.add("entity", "entity", e.Fact.Entity())
	r.add("effective on", "effectiveOn", e.EffectiveOn.String())
	r.add("recorded at", "recordedAt", e.RecordedAt.Format(timeLayout))
	r.add("actor", "actor", actorName(e.Actor))
	r.add("transaction", "transaction", e.TransactionID)
	r.add("command id", "commandId", e.CommandID)
	r.signed(proven.SignedHead)
	r.add("log events", "treeSize", eventNumber(proven.Head.Size))
	r.add("root", "root", proven.Head.Root.String())
	r.whole.Fields["fact"] = structpb.NewStructValue(fact)
	return r, nil
}

func actorName(a domain.Actor) string {
	name := a.Subject
	if a.Organisation != "" {
		name += "@" + string(a.Organisation)
	}
	return name + " (" + string(a.Role) + ")"
}

// factOf shows the fact of an event as it is stored: personal texts are commitments, in base64.
func factOf(stored []byte) (*structpb.Struct, error) {
	var event eventv1.Event
	if err := proto.Unmarshal(stored, &event); err != nil {
		return nil, fmt.Errorf("read its stored form: %w", err)
	}
	text, err := protojson.Marshal(&event)
	if err != nil {
		return nil, fmt.Errorf("write it as JSON: %w", err)
	}
	var shown structpb.Struct
	if err := shown.UnmarshalJSON(text); err != nil {
		return nil, fmt.Errorf("read its JSON: %w", err)
	}
	// Of the event, the member that is a fact: the only one whose name is not in the envelope.
	fact := event.ProtoReflect().WhichOneof(event.ProtoReflect().Descriptor().Oneofs().ByName("fact"))
	if fact == nil {
		return nil, errors.New("it has no fact")
	}
	return shown.GetFields()[fact.JSONName()].GetStructValue(), nil
}

// showProofs prints what was proved: one as a sheet, several as a list.
func (v *verification) showProofs(files []string, results []*result) error {
	if len(results) == 0 {
		return nil
	}
	if len(files) == 1 {
		r := results[0]
		return object(v.app, r.whole, r.whole, r.columns, func(s *sheet) {
			s.title("%s: the event is recorded", files[0])
			for _, c := range r.columns[1:] {
				s.field(c.head, c.cell(r.whole))
			}
			s.title("Fact")
			fact := r.whole.GetFields()["fact"].GetStructValue().GetFields()
			names := make([]string, 0, len(fact))
			for name := range fact {
				names = append(names, name)
			}
			slices.Sort(names)
			for _, name := range names {
				text, err := marshal(fact[name])
				if err != nil {
					s.err = err
				}
				s.field(name, string(text))
			}
		})
	}
	items := make([]*structpb.Struct, 0, len(results))
	values := make([]*structpb.Value, 0, len(results))
	for _, r := range results {
		items = append(items, r.whole)
		values = append(values, structpb.NewStructValue(r.whole))
	}
	whole := &structpb.Struct{Fields: map[string]*structpb.Value{
		"proofs": structpb.NewListValue(&structpb.ListValue{Values: values}),
	}}
	const shown = 6 // file, event, type, entity, effective on, recorded at
	if err := list(v.app, whole, items, results[0].columns[:shown]); err != nil {
		return err
	}
	if len(results) == len(files) {
		v.app.say("All %d events are recorded.", len(files))
	}
	return nil
}
