package console

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
)

// refusal is why the register did not do or answer something, as a page shows it.
type refusal struct {
	// Status is that of the page.
	Status int
	// Title says in a few words what kind of problem it is.
	Title string
	// Reasons say what is wrong, each with what would fix it.
	Reasons []reason
	// Code is the reason as the API names it, for whoever asks for help.
	Code string
}

type reason struct {
	// Field is the name of the field that is wrong, as the API names it, "" for none.
	Field string
	// Text says what is wrong, and Remedy what would fix it.
	Text, Remedy string
}

// refusalOf reads an error of the API. Its rules are told one by one, and what is wrong inside is not told.
func refusalOf(err error) refusal {
	var told *connect.Error
	if !errors.As(err, &told) {
		told = connect.NewError(connect.CodeInternal, errors.New("something went wrong inside the register; its log says what"))
	}
	r := refusal{Status: statusOf(told.Code()), Title: titleOf(told.Code())}
	for _, detail := range told.Details() {
		message, err := detail.Value()
		if info, ok := message.(*errdetails.ErrorInfo); err == nil && ok {
			r.Code = info.GetReason()
			r.Reasons = reasonsOf(told.Code(), info.GetMetadata())
		}
	}
	if len(r.Reasons) == 0 {
		r.Reasons = []reason{{Text: sentence(told.Message())}}
	}
	return r
}

// reasonsOf reads what the API tells of each rule that refused, or of each field that is wrong.
func reasonsOf(code connect.Code, told map[string]string) []reason {
	var reasons []reason
	for i := 1; told[fmt.Sprintf("violation.%d.message", i)] != ""; i++ {
		prefix := fmt.Sprintf("violation.%d.", i)
		reasons = append(reasons, reason{
			Field: told[prefix+"field"], Text: told[prefix+"message"], Remedy: told[prefix+"remedy"],
		})
	}
	if len(reasons) > 0 || code != connect.CodeInvalidArgument {
		return reasons
	}
	for _, field := range slices.Sorted(maps.Keys(told)) {
		if field != "reasons" && field != "violations" {
			reasons = append(reasons, reason{Field: field, Text: sentence(told[field])})
		}
	}
	return reasons
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	text = strings.ToUpper(text[:1]) + text[1:]
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

func statusOf(code connect.Code) int {
	switch code {
	case connect.CodeInvalidArgument, connect.CodeOutOfRange:
		return http.StatusBadRequest
	case connect.CodeNotFound:
		return http.StatusNotFound
	case connect.CodeUnauthenticated:
		return http.StatusUnauthorized
	case connect.CodePermissionDenied:
		return http.StatusForbidden
	case connect.CodeFailedPrecondition, connect.CodeAborted, connect.CodeAlreadyExists:
		return http.StatusConflict
	case connect.CodeResourceExhausted:
		return http.StatusTooManyRequests
	case connect.CodeUnavailable, connect.CodeDeadlineExceeded, connect.CodeCanceled:
		return http.StatusServiceUnavailable
	case connect.CodeUnknown, connect.CodeInternal, connect.CodeDataLoss, connect.CodeUnimplemented:
		return http.StatusInternalServerError
	}
	return http.StatusInternalServerError
}

func titleOf(code connect.Code) string {
	switch statusOf(code) {
	case http.StatusBadRequest:
		return "There is a problem with what you asked"
	case http.StatusNotFound:
		return "The register does not know this"
	case http.StatusUnauthorized:
		return "Say who you are first"
	case http.StatusForbidden:
		return "You may not do this"
	case http.StatusConflict:
		return "The register's rules do not allow this"
	case http.StatusTooManyRequests:
		return "The register is busy"
	case http.StatusServiceUnavailable:
		return "The register cannot answer now"
	}
	return "Something went wrong"
}
