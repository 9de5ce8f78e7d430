package mapfile

import (
	"errors"
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
)

// RefusedBy reads what the register tells of each rule that refused.
func RefusedBy(err error) []Refused {
	told, ok := errors.AsType[*connect.Error](err)
	if !ok {
		return nil
	}
	var all []Refused
	for _, detail := range told.Details() {
		message, err := detail.Value()
		info, ok := message.(*errdetails.ErrorInfo)
		if err != nil || !ok {
			continue
		}
		for i := 1; info.GetMetadata()[fmt.Sprintf("violation.%d.message", i)] != ""; i++ {
			one := Refused{Facts: map[string]string{}}
			prefix := fmt.Sprintf("violation.%d.", i)
			for name, value := range info.GetMetadata() {
				if fact, ok := strings.CutPrefix(name, prefix); ok {
					one.Facts[fact] = value
				}
			}
			one.Text, one.Remedy = one.Facts["message"], one.Facts["remedy"]
			all = append(all, one)
		}
	}
	return all
}
