package api

import (
	"context"
	"errors"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// Simulate tries commands on a copy of the register.
func (s *mapService) Simulate(context.Context, *remitv1.SimulateRequest) (*remitv1.SimulateResponse, error) {
	return nil, errors.New("not there yet")
}
