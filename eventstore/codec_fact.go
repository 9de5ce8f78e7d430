package eventstore

import (
	"fmt"
	"reflect"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/remit-register/remit/domain"
)

// fact visits the oneof that holds the fact: exactly one of those described in the files codec_*.go. A new fact gets a
// message and a number of its own in proto/remit/event/v1, and is described in one of these files; a message that
// exists gets new fields at its end.
func fact(c *coder, f *domain.Fact) {
	if c.writing {
		c.factType = reflect.TypeOf(*f)
	} else {
		c.factField = c.peek()
	}
	organisationFacts(c, f)
	reorganisationFacts(c, f)
	functionFacts(c, f)
	instrumentFacts(c, f)
	recordFacts(c, f)
	transferFacts(c, f)
	gatewayFacts(c, f)
	delegationFacts(c, f)
	if c.err == nil && (*f == nil || c.factType != nil) {
		c.fail(fmt.Errorf("fact %T in field %d is not known here: written by a newer release? %w", *f, c.factField, errNotCanonical))
	}
}

// oneof visits the fact if it is a T, stored as field num.
func oneof[T domain.Fact](c *coder, num protowire.Number, f *domain.Fact, body func(*coder, *T)) {
	switch {
	case c.writing && c.factType == reflect.TypeFor[T]():
		v, ok := (*f).(T)
		if !ok {
			return
		}
		c.factType = nil
		start := c.open(num)
		body(c, &v)
		c.close(start)
	case !c.writing && c.factField == num && c.next(num, protowire.BytesType):
		var v T
		readMessage(c, &v, body)
		*f = v
	}
}
