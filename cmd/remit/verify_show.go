package main

import (
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/projections"
)

// show prints what was verified.
func (v *verification) show(
	name string, found archive.Verified, since *archive.SignedHead, views *projections.Views, digest projections.Digest,
) error {
	r := newResult()
	r.signed(found.SignedHead)
	r.add("events", "events", eventNumber(found.Head.Size))
	r.add("root", "root", found.Head.Root.String())
	r.add("transactions", "transactions", strconv.Itoa(found.Transactions))
	if len(found.Epochs) > 0 {
		r.add("restored by", "epochEvents", numbers(found.Epochs))
	}
	if since != nil {
		r.add("extends", "sinceEvents", eventNumber(since.Head.Size))
		r.add("its root", "sinceRoot", since.Head.Root.String())
	}
	r.add("effective on", "effectiveOn", digest.AsOf.On.String())
	r.add("known position", "knownPosition", eventNumber(digest.AsOf.Known))
	if at := views.RecordedAt(digest.AsOf.Known); !at.IsZero() {
		r.add("known at", "knownAt", at.Format(timeLayout))
	}
	r.add("holdings", "holdings", strconv.Itoa(digest.Holdings))
	r.add("digest", "digest", digest.Digest)
	return object(v.app, r.whole, r.whole, r.columns, func(s *sheet) {
		s.title("%s: everything verifies", name)
		for _, c := range r.columns {
			s.field(c.head, c.cell(r.whole))
		}
	})
}

// timeLayout is how instants are shown, to the microsecond in which they are recorded.
const timeLayout = "2006-01-02T15:04:05.999999Z07:00"

// result is what a verification tells: the same fields for people and for programs.
type result struct {
	whole   *structpb.Struct
	columns []column[*structpb.Struct]
}

func newResult() *result {
	return &result{whole: &structpb.Struct{Fields: map[string]*structpb.Value{}}}
}

// add adds a field with its heading for people and its name for programs.
func (r *result) add(head, name, value string) {
	r.whole.Fields[name] = structpb.NewStringValue(value)
	r.columns = append(r.columns, column[*structpb.Struct]{head, func(s *structpb.Struct) string {
		return s.GetFields()[name].GetStringValue()
	}})
}

// signed adds who signed what.
func (r *result) signed(head archive.SignedHead) {
	r.add("log", "log", head.Origin)
	r.add("signed by", "signedBy", strings.Join(head.SignedBy, ", "))
	if len(head.OtherSignatures) > 0 {
		r.add("unknown keys", "unknownKeys", strings.Join(head.OtherSignatures, ", "))
	}
}

// eventNumber writes a number of events, or that of one.
func eventNumber(n domain.EventNo) string { return strconv.FormatUint(uint64(n), 10) }

func numbers(list []domain.EventNo) string {
	texts := make([]string, 0, len(list))
	for _, n := range list {
		texts = append(texts, eventNumber(n))
	}
	return strings.Join(texts, ", ")
}
