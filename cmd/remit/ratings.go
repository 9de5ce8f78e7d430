package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// ratingFlags are what a party's assessment of its readiness says.
type ratingFlags struct {
	app   *app
	party *enumFlag[remitv1.Party]
	all   string
	rates []string
	file  string
}

// ratingVar adds the flags of an assessment. Only the two parties assess: the body that confirms does not.
func (a *app) ratingVar(cmd *cobra.Command) *ratingFlags {
	r := &ratingFlags{app: a, party: &enumFlag[remitv1.Party]{except: []remitv1.Party{remitv1.Party_PARTY_CONFIRMER}}}
	addWords(cmd, r.party, "party", "the party that assesses itself")
	flags := cmd.Flags()
	flags.StringVar(&r.all, "all", "", "`RATING` of every domain")
	flags.StringArrayVar(&r.rates, "rate", nil, "rating of a domain: `DOMAIN=RATING[:COMMENT]`; may be repeated")
	flags.StringVar(&r.file, "ratings", "", "JSON `FILE` with all ratings")
	cmd.MarkFlagsOneRequired("all", "rate", "ratings")
	cmd.MarkFlagsMutuallyExclusive("ratings", "all")
	cmd.MarkFlagsMutuallyExclusive("ratings", "rate")
	completeWords(cmd, "all", []string{"green", "amber", "red", "not_applicable"})
	required(cmd, "party")
	return r
}

// value returns the ratings: those of the file, or else the same for all domains of a transfer's framework, except for
// those that are given one by one. transfer tells which transfer.
func (r *ratingFlags) value(ctx context.Context, c *client, transfer func() (string, error)) ([]*remitv1.DomainRating, error) {
	if r.file != "" {
		return r.app.ratingsFile(r.file)
	}
	var rated []*remitv1.DomainRating
	if r.all != "" {
		id, err := transfer()
		if err != nil {
			return nil, err
		}
		answer, err := c.transfers().GetTransfer(ctx, &remitv1.GetTransferRequest{TransferId: id})
		if err != nil {
			return nil, err
		}
		if len(answer.GetTransfer().GetDomains()) == 0 {
			return nil, usagef("nothing is rated under the framework %s: see the gateways in 'remit transfer show %s'",
				answer.GetTransfer().GetFramework(), id)
		}
		for _, domain := range answer.GetTransfer().GetDomains() {
			rated = append(rated, &remitv1.DomainRating{Domain: domain, Rating: r.all})
		}
	}
	return r.oneByOne(rated)
}

// oneByOne adds the ratings that are given one by one, each in place of one for all.
func (r *ratingFlags) oneByOne(rated []*remitv1.DomainRating) ([]*remitv1.DomainRating, error) {
	for _, text := range r.rates {
		domain, rest, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usagef("--rate %q: write it as people=amber:why", text)
		}
		rating, comment, _ := strings.Cut(rest, ":")
		one := &remitv1.DomainRating{Domain: domain, Rating: rating, Comment: strings.TrimSpace(comment)}
		at := slices.IndexFunc(rated, func(given *remitv1.DomainRating) bool { return given.GetDomain() == domain })
		if at >= 0 && r.all != "" {
			rated[at] = one
		} else {
			rated = append(rated, one)
		}
	}
	return rated, nil
}

// ratingsFile reads ratings in the register's own JSON.
func (a *app) ratingsFile(path string) ([]*remitv1.DomainRating, error) {
	data, err := a.readFile(path)
	if err != nil {
		return nil, err
	}
	text := strings.TrimSpace(string(data))
	if strings.HasPrefix(text, "[") {
		text = `{"ratings":` + text + `}`
	}
	var request remitv1.AssessReadinessRequest
	if err := protojson.Unmarshal([]byte(text), &request); err != nil {
		return nil, usagef("--ratings %s: %w", path, err)
	}
	return request.GetRatings(), nil
}
