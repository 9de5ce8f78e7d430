package eventstore

import (
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/remit-register/remit/domain"
)

// feedMessage is an event as the feed has it: CloudEvents 1.0 in binary mode over NATS. Its data are the stored bytes,
// which are the leaf of the signed log, so that a consumer can check it. They hold no readable personal data, and the
// headers say nothing that the bytes do not.
func feedMessage(source string, e domain.Event, stored []byte) *nats.Msg {
	header := nats.Header{}
	set := func(name, value string) {
		if value != "" {
			header["ce-"+name] = []string{feedHeader(value)}
		}
	}
	set("specversion", "1.0")
	set("id", fmt.Sprintf("%s/%d", e.TransactionID, e.Index)) // unique even if a register was restored and gave a number twice
	set("source", source)
	set("type", "remit.event.v1."+e.Fact.FactType())
	set("time", e.RecordedAt.UTC().Format(time.RFC3339Nano))
	set("subject", e.Fact.Entity())
	set("datacontenttype", "application/protobuf")
	set("dataschema", "urn:remit:schema:remit.event.v1.Event")
	set("sequence", fmt.Sprintf("%020d", e.No))
	set("effectiveon", e.EffectiveOn.String())
	return &nats.Msg{Subject: FeedSubject(e), Header: header, Data: stored}
}

// FeedSubject returns the subject of an event in the feed: remit.feed.KIND.KEY.TYPE, kind and key being those of the
// entity that it is about. What may not stand in a part of a subject is written as % and two hexadecimal digits.
func FeedSubject(e domain.Event) string {
	kind, key, _ := strings.Cut(e.Fact.Entity(), "/")
	return strings.Join([]string{feedPrefix, feedToken(kind), feedToken(key), feedToken(e.Fact.FactType())}, ".")
}

// feedToken writes text as one part of a subject; nothing is "-".
func feedToken(text string) string {
	if text == "" {
		return "-"
	}
	return escape(text, func(c byte) bool {
		return c == '-' && text != "-" || c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
	})
}

// feedHeader writes the value of an attribute as the HTTP binding of CloudEvents does: printable ASCII without space,
// quote and percent.
func feedHeader(text string) string {
	return escape(text, func(c byte) bool { return '!' <= c && c <= '~' && c != '"' && c != '%' })
}

// escape writes every byte that is not plain as % and two hexadecimal digits.
func escape(text string, plain func(byte) bool) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; plain(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
