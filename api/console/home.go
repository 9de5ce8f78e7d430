package console

import "net/http"

// home shows what there is to ask.
func (v *visit) home() error {
	return v.show(http.StatusOK, "home", nil)
}
