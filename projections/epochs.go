package projections

import "github.com/remit-register/remit/domain"

// Epochs returns the epochs of the register after the first, and the position at which they are told.
func (v *Views) Epochs() ([]domain.Epoch, domain.EventNo, error) {
	var epochs []domain.Epoch
	var position domain.EventNo
	err := v.read(domain.AsOf{Known: domain.Latest}, func(a domain.AsOf) error {
		epochs, position = v.epochs.All(), a.Known
		return nil
	})
	return epochs, position, err
}
