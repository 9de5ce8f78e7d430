package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/remit-register/remit/domain"
)

// Exit codes; see exitCodesTopic.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitFindings    = 3
	exitRefused     = 4
	exitConflict    = 5
	exitUnreachable = 6
)

func exitCodesTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "What the exit codes mean",
		Long: `Exit codes of remit:

  0  it was done, or answered
  1  failure: what was asked for does not exist, or something broke
  2  usage: a flag, a code or a date is not in the right form
  3  findings: what was checked is not as it should be
  4  not allowed: a rule of the register refuses the command, or you have no right to give it; nothing was recorded
  5  conflict: somebody else was faster, the revision that you expect is not the present one, or the command id was
     used before for something else; nothing was recorded
  6  the register cannot be reached, or takes no commands for the time being: try again with the same --command-id`,
	}
}

// usageError is something that the user must write otherwise.
type usageError struct{ err error }

// Error says what is wrong.
func (e usageError) Error() string { return e.err.Error() }

// Unwrap returns the error within.
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// findingsError says that what was checked is not as it should be.
type findingsError struct{ text string }

// Error says what was found.
func (e findingsError) Error() string { return e.text }

// exitCode returns the exit code for an error.
func exitCode(err error) int {
	var usage usageError
	var findings findingsError
	var unreachable unreachableError
	var answered *connect.Error
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &findings):
		return exitFindings
	case errors.As(err, &unreachable):
		return exitUnreachable
	case isBroken(err):
		return exitUnreachable
	case errors.As(err, &answered):
		return exitCodeOf(answered)
	}
	return exitFailure
}

func exitCodeOf(err *connect.Error) int {
	switch domain.Reason(reasonOf(err)) { //nolint:exhaustive // the others follow from the code
	case domain.RevisionConflict, domain.CommandIDReused:
		return exitConflict
	case domain.TooLarge:
		return exitUsage
	}
	switch err.Code() { //nolint:exhaustive // the others are failures
	case connect.CodeInvalidArgument:
		return exitUsage
	case connect.CodeFailedPrecondition, connect.CodePermissionDenied, connect.CodeUnauthenticated:
		return exitRefused
	case connect.CodeAborted, connect.CodeAlreadyExists:
		return exitConflict
	case connect.CodeUnavailable, connect.CodeDeadlineExceeded, connect.CodeResourceExhausted:
		return exitUnreachable
	}
	return exitFailure
}

// complain tells the user what went wrong: as JSON where that was asked for.
func (a *app) complain(err error) {
	var answered *connect.Error
	isAnswer := errors.As(err, &answered)
	switch {
	case a.format == formatJSON || a.format == formatJSONL:
		a.complainJSON(err, answered)
	case isAnswer && isDialError(err):
		a.line("remit: the register at %s cannot be reached: %s", a.server, cause(err))
		a.line("Start one with 'remit serve', or name another with --server.")
	case isAnswer && a.distrust(err) != "":
		a.line("remit: there is no trusted connection to %s: %s", a.server, cause(err))
		a.line("%s", a.distrust(err))
	case isAnswer:
		a.refusal(err, answered)
	default:
		a.line("remit: %v", err)
	}
}

// line writes a line to stderr, quiet or not.
func (a *app) line(format string, args ...any) {
	_, _ = fmt.Fprintf(a.stderr, format+"\n", args...) // there is nowhere to complain about stderr
}

// refusal prints each violated rule on a line of its own.
func (a *app) refusal(err error, answered *connect.Error) {
	rules := violations(answered)
	if len(rules) == 0 {
		text := err.Error()
		if reason := reasonOf(answered); reason != "" {
			text = strings.Replace(text, answered.Error(), reason+": "+answered.Message(), 1)
		}
		a.line("remit: %s", text)
		return
	}
	a.line("remit: %s", headline(err, answered))
	for _, v := range rules {
		a.line("  %s", v)
	}
}

// headline says in a few words what the violations that follow mean, and where the error comes from when it is wrapped.
func headline(err error, answered *connect.Error) string {
	where := strings.TrimSuffix(err.Error(), answered.Error())
	switch answered.Code() { //nolint:exhaustive // the others are refusals
	case connect.CodeInvalidArgument:
		return where + "this cannot be taken as it is:"
	case connect.CodeNotFound:
		return where + "not found:"
	case connect.CodeAborted, connect.CodeAlreadyExists:
		return where + "conflict, nothing was recorded:"
	case connect.CodeUnavailable, connect.CodeResourceExhausted, connect.CodeDeadlineExceeded:
		if reasonOf(answered) == string(domain.TooLarge) {
			return where + "too much at once:"
		}
		return where + "not now:"
	case connect.CodeInternal, connect.CodeUnknown:
		return where + "failed:"
	}
	return where + "refused, nothing was recorded:"
}

// violationLine is one violated rule as an error's details name it.
type violationLine struct {
	Reason      string `json:"reason,omitempty"`
	Subject     string `json:"subject,omitempty"`
	Description string `json:"description"`
}

// String is how people read it.
func (v violationLine) String() string {
	text := v.Description
	if v.Subject != "" && !strings.HasPrefix(text, v.Subject) {
		text = v.Subject + ": " + text
	}
	if v.Reason != "" {
		text = v.Reason + ": " + text
	}
	return text
}

// violations returns the violated rules that an error's ErrorInfo lists: rules of the register, or, for a request that
// is not in the right form, rules of its fields.
func violations(err *connect.Error) []violationLine {
	metadata := info(err).GetMetadata()
	var lines []violationLine
	for n := 1; ; n++ {
		prefix := fmt.Sprintf("violation.%d.", n)
		reason, ok := metadata[prefix+"reason"]
		if !ok {
			break
		}
		text := strings.TrimSpace(metadata[prefix+"message"] + " " + ownRemedy(metadata[prefix+"remedy"]))
		lines = append(lines, violationLine{Reason: reason, Description: text})
	}
	if len(lines) > 0 || reasonOf(err) != string(domain.InvalidArgument) {
		return lines
	}
	for _, field := range slices.Sorted(maps.Keys(metadata)) {
		if field != "reasons" && field != "violations" {
			subject := field
			if field == actorHeader {
				subject = "--as"
			}
			lines = append(lines, violationLine{Reason: reasonOf(err), Subject: subject, Description: metadata[field]})
		}
	}
	return lines
}

// ownRemedy is a remedy as it is on the command line, where what the register says about headers is said by flags.
func ownRemedy(remedy string) string {
	switch {
	case strings.Contains(remedy, actorHeader):
		return "Say who you are with --as SUBJECT@ORG, such as --as po@S1Y5D: see 'remit help identity'."
	case strings.Contains(remedy, organisationHeader):
		return "Say for which with --act-for CODE."
	case strings.Contains(remedy, "Authorization"):
		return "Give a token of the register's sign-in service with --token-file, or in REMIT_TOKEN: see 'remit help identity'."
	}
	return remedy
}

// info returns the error's ErrorInfo, nil without one.
func info(err *connect.Error) *errdetails.ErrorInfo {
	if err == nil {
		return nil
	}
	for _, detail := range err.Details() {
		if value, valueErr := detail.Value(); valueErr == nil {
			if found, ok := value.(*errdetails.ErrorInfo); ok {
				return found
			}
		}
	}
	return nil
}

func reasonOf(err *connect.Error) string { return info(err).GetReason() }

func (a *app) complainJSON(err error, answered *connect.Error) {
	shown := struct {
		Code       string            `json:"code,omitempty"`
		Message    string            `json:"message"`
		Reason     string            `json:"reason,omitempty"`
		Violations []violationLine   `json:"violations,omitempty"`
		Metadata   map[string]string `json:"metadata,omitempty"`
		CommandID  string            `json:"commandId,omitempty"`
		ExitCode   int               `json:"exitCode"`
	}{Message: err.Error(), CommandID: a.commandID, ExitCode: exitCode(err)}
	if answered != nil {
		shown.Code = answered.Code().String()
		shown.Message = answered.Message()
		shown.Reason = reasonOf(answered)
		shown.Violations = violations(answered)
		shown.Metadata = info(answered).GetMetadata()
	}
	data, marshalErr := json.Marshal(shown)
	if marshalErr != nil {
		a.line("remit: %v", err)
		return
	}
	a.line("%s", data)
}

// isDialError tells whether there is nobody at the address.
func isDialError(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// isBroken tells whether a connection could not be made, or broke.
func isBroken(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op != "listen"
}

// cause returns the innermost part of a connection error that still says something.
func cause(err error) error {
	var op *net.OpError
	var address *url.Error
	switch {
	case errors.As(err, &op):
		return op.Err
	case errors.As(err, &address):
		return address.Err
	}
	return err
}
