package main

import (
	"context"
	"errors"
	"slices"

	"connectrpc.com/connect"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// placesUsage says what may be given as a place.
const placesUsage = "only in these places: footprints, organisations for what they cover and their own operation, or ENG (`CODES`)"

// places returns the single footprints for which codes stand at any of some points; none for all of England. What is no
// organisation is taken for a footprint: the register says whether it is one.
func (a *app) places(ctx context.Context, codes []string, at ...*remitv1.AsOf) ([]string, error) {
	if len(codes) == 0 || slices.Contains(codes, "ENG") {
		return nil, nil
	}
	c, err := a.client()
	if err != nil {
		return nil, err
	}
	footprints := slices.Clone(codes)
	for _, code := range codes {
		for _, point := range at {
			covered, err := c.covered(ctx, code, point)
			if err != nil {
				return nil, err
			}
			footprints = append(footprints, covered...)
		}
	}
	slices.Sort(footprints)
	return slices.Compact(footprints), nil
}

// covered returns the footprints that an organisation covers, itself or by those that belong to it: none for a code that
// is no organisation's.
func (c *client) covered(ctx context.Context, code string, at *remitv1.AsOf) ([]string, error) {
	_, all, err := pages[*remitv1.ListFootprintsResponse, *remitv1.Footprint]{
		ask: func(c *client, token string) (*remitv1.ListFootprintsResponse, error) {
			return c.organisations().ListFootprints(ctx, &remitv1.ListFootprintsRequest{
				AsOf: at, PageSize: listPage, PageToken: token, Organisation: code,
			})
		},
		items: (*remitv1.ListFootprintsResponse).GetFootprints,
	}.collect(c, 0)
	if refused := (*connect.Error)(nil); errors.As(err, &refused) && refused.Code() == connect.CodeNotFound {
		return nil, nil
	}
	codes := make([]string, 0, len(all))
	for _, f := range all {
		codes = append(codes, f.GetCode())
	}
	return codes, err
}
