package api

import (
	"context"
	"errors"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// ExplainHolding returns how holdings came about.
func (s *mapService) ExplainHolding(
	context.Context, *remitv1.ExplainHoldingRequest,
) (*remitv1.ExplainHoldingResponse, error) {
	return nil, errors.New("not there yet")
}
