package eventstore

import (
	"fmt"
	"reflect"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/remit-register/remit/domain"
)

// facts visits the fact: exactly one of those described in the files codec_*.go. A new fact gets a message and a number
// of its own in proto/remit/event/v1, and is described in one of these files; a message that exists gets new fields at
// its end.
//
// A fact that is read is looked for in all of the groups; the coder remembers in which one its field was found, and the
// next time goes there at once.
func facts(c *coder, f *domain.Fact) {
	groups := factGroups()
	field := int(c.memberField)
	if !c.writing && field < len(c.groups) && c.groups[field] > 0 {
		groups[c.groups[field]-1](c, f)
		return
	}
	for i, visit := range groups {
		visit(c, f)
		if !c.writing && *f != nil {
			if field < len(c.groups) {
				c.groups[field] = uint8(i + 1)
			}
			return
		}
	}
}

// factFields is above the numbers that facts have.
const factFields = 512

func factGroups() [12]func(*coder, *domain.Fact) {
	return [...]func(*coder, *domain.Fact){
		organisationFacts, reorganisationFacts, functionFacts, instrumentFacts, recordFacts, transferFacts, lifeFacts,
		gatewayFacts, delegationFacts, oversightFacts, programmeFacts, logFacts,
	}
}

// choice visits a oneof, of which exactly one member is stored: members visits each of them with oneof. I is the
// interface that the members have in common.
func choice[I any](c *coder, v *I, members func(*coder, *I)) {
	outerType, outerField := c.memberType, c.memberField
	if c.writing {
		c.memberType = reflect.TypeOf(*v)
	} else {
		c.memberField = c.peek()
	}
	members(c, v)
	if c.err == nil && (any(*v) == nil || c.writing && c.memberType != nil) {
		c.fail(fmt.Errorf("%T in field %d is not known here: written by a newer release? %w", *v, c.memberField, errNotCanonical))
	}
	c.memberType, c.memberField = outerType, outerField
}

// formerly visits the member of a oneof in a form that is read for ever and no longer written: body reads what an older
// version stored as field num into what it means today, a T, which has another number now. See DESIGN.md.
func formerly[I, T any](c *coder, num protowire.Number, v *I, body func(*coder, *T)) {
	if !c.writing {
		oneof(c, num, v, body)
	}
}

// oneof visits the member of a oneof if it is a T, stored as field num.
func oneof[I, T any](c *coder, num protowire.Number, v *I, body func(*coder, *T)) {
	switch {
	case c.writing && c.memberType == reflect.TypeFor[T]():
		given, ok := any(*v).(T)
		if !ok {
			return
		}
		c.memberType = nil
		member := roomFor[T](c)
		*member = given
		start := c.open(num)
		body(c, member)
		c.close(start)
		leaveRoom(c, member)
	case !c.writing && c.memberField == num && c.next(num, protowire.BytesType):
		member := roomFor[T](c)
		readMessage(c, member, body)
		*v, _ = any(*member).(I)
		leaveRoom(c, member)
	}
}

// roomFor returns a zero T to visit: that of the member before, where it was one. A fact is large, and would otherwise be
// made twice, there and where it stays.
func roomFor[T any](c *coder) *T {
	room, ok := c.room.(*T)
	c.room = nil // a member can have members of its own
	if !ok {
		room = new(T)
	}
	return room
}

// leaveRoom gives back what roomFor returned.
func leaveRoom[T any](c *coder, room *T) {
	var zero T
	*room = zero
	c.room = room
}
