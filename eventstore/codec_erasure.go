package eventstore

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/remit-register/remit/domain"
)

func personalDataErased(c *coder, v *domain.PersonalDataErased) {
	text(c, 1, &v.ID)
	many(c, 2, &v.Texts, erasedText)
	texts(c, 3, &v.Pseudonyms)
	text(c, 4, &v.Authority)
}

func erasedText(c *coder, v *domain.ErasedText) {
	number(c, 1, &v.Event)
	text(c, 2, &v.Field)
	commitment(c, 3, &v.Commitment)
}

func erasePersonalData(c *coder, v *domain.ErasePersonalData) {
	many(c, 1, &v.Texts, textRef)
	texts(c, 2, &v.Pseudonyms)
	text(c, 3, &v.Authority)
	many(c, 4, &v.Recorded, committedText)
	many(c, 5, &v.People, knownPerson)
}

func knownPerson(c *coder, v *domain.KnownPerson) {
	text(c, 1, &v.Pseudonym)
	text(c, 2, &v.Organisation)
}

func textRef(c *coder, v *domain.TextRef) {
	number(c, 1, &v.Event)
	text(c, 2, &v.Field)
}

func committedText(c *coder, v *domain.CommittedText) {
	number(c, 1, &v.Event)
	text(c, 2, &v.Field)
	commitment(c, 3, &v.Commitment)
	text(c, 4, &v.Organisation)
}

// commitment visits a commitment to a text that other events hold: no text comes with it, so it is not sealed here.
func commitment(c *coder, num protowire.Number, v *domain.Commitment) {
	hex := string(*v)
	digest(c, num, &hex)
	if !c.writing {
		*v = domain.Commitment(hex)
	}
}
