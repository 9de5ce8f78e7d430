package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) erase() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "erase [EVENT[:FIELD] …] [--person PSEUDONYM …] --authority TEXT --reason TEXT",
		Short: "Erase personal texts of events, or who is behind a pseudonym, for good",
		Long: `Erase personal texts of events, or who is behind a pseudonym, for good. The events stay, and every proof still holds:
they only ever held a commitment to the text. In its place everybody sees "[erased]", and the erasure is in the history
of what the event is about. "remit events EVENT -o json" shows the fields; a field that holds several texts stands for
all of them, and an event without a field for all of its texts. A text that several events share, such as the reason of
one transaction, goes from all of them.

Who is behind a pseudonym is kept from the first command on that somebody gives, also where that was refused.

A registrar of the body in whose name it was recorded, of its region or of a national body erases, and a second person
agrees. Copies of the data directory made before still hold the text: erase them too, or let them expire.`,
		Example: `  remit --as registrar@X24 erase 1204:reason --authority "DPO decision 2026/14" --reason "Request of 20 November"
  remit --as registrar@X24 erase 1204 1205:ratings[0] --authority "DPO decision 2026/14" --reason "Request of 20 November"
  remit --as registrar@X24 erase --person p-0123456789abcdef0123 --authority "DPO decision 2026/14" --reason "Left the NHS"
  remit --as second-registrar@X24 second 01KABCDEFGHJKMNPQRSTVWXYZ0`,
	}
	var request remitv1.ErasePersonalDataRequest
	persons := codesVar(cmd, "person", "`PSEUDONYMS` of the people to forget, such as p-0123456789abcdef0123, or the names under which they sign in, with the body: jane@example.org@X24")
	cmd.Flags().StringVar(&request.Authority, "authority", "", "the decision on which it rests; kept for ever, so never a person's name")
	i := a.issuing(cmd)
	required(cmd, "authority", "reason")
	return gives(cmd, i,
		func(c *client) func(context.Context, *remitv1.ErasePersonalDataRequest) (*remitv1.ErasePersonalDataResponse, error) {
			return c.records().ErasePersonalData
		},
		func(args []string) (*remitv1.ErasePersonalDataRequest, error) {
			request.Texts = nil
			for _, arg := range args {
				event, field, _ := strings.Cut(arg, ":")
				request.Texts = append(request.Texts, &remitv1.PersonalText{Event: event, Field: field})
			}
			if request.Pseudonyms = *persons; len(args)+len(*persons) == 0 {
				return nil, usagef("name an event or a --person")
			}
			return &request, nil
		})
}
