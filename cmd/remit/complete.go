package main

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// The longest that the shell waits for codes to complete a word with.
const completionTimeout = 3 * time.Second

// codeKind is what a code stands for.
type codeKind int

// Kinds of codes that the register knows.
const (
	organisationCodes codeKind = iota
	functionCodes
	instrumentCodes
	placeCodes
	transferCodes
	frameworkCodes
)

// flagCodes says what the codes of a flag stand for, by the flag's name.
func flagCodes() map[string]codeKind {
	kinds := map[string]codeKind{
		"function": functionCodes, "group": functionCodes, "instrument": instrumentCodes, "replaced-by": instrumentCodes,
		"in": placeCodes, "framework": frameworkCodes, "transfer": transferCodes, "member": transferCodes,
	}
	for _, name := range []string{
		"org", "by", "from", "to", "at", "owner", "holder", "host", "parent", "legal-parent", "members", "before", "after", "body",
		"decided-by", "accountable-to", "covering", "region", "controller",
	} {
		kinds[name] = organisationCodes
	}
	return kinds
}

// completeAll has the shell complete the codes of all commands below root, by asking the register.
func (a *app) completeAll(root *cobra.Command) {
	flags := flagCodes()
	for pending := []*cobra.Command{root}; len(pending) > 0; pending = pending[1:] {
		cmd := pending[0]
		pending = append(pending, cmd.Commands()...)
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			kind, known := flags[f.Name]
			if !known || f.Value.Type() == "DATE" || cmd.Name() == "opine" && f.Name == "by" {
				return
			}
			_ = cmd.RegisterFlagCompletionFunc(f.Name, a.completer(kind)) // fails only for what has one already
		})
		switch kind, known := argumentCodes(cmd); {
		case known:
			cmd.ValidArgsFunction = first(a.completer(kind))
		case !strings.Contains(cmd.Use, "FILE"):
			cmd.ValidArgsFunction = cobra.NoFileCompletions
		}
	}
}

// argumentCodes says what the code stands for that a command takes as its first argument.
func argumentCodes(cmd *cobra.Command) (kind codeKind, known bool) {
	words := strings.Fields(cmd.Use)
	if len(words) < 2 {
		return 0, false
	}
	within := cmd.CommandPath()
	switch strings.Trim(words[1], "[]") {
	case "FUNCTION":
		return functionCodes, true
	case "ID":
		return transferCodes, strings.HasPrefix(within, "remit transfer ")
	case "CODE":
	default:
		return 0, false
	}
	switch {
	case strings.HasPrefix(within, "remit function"):
		return functionCodes, cmd.Name() != "define"
	case strings.HasPrefix(within, "remit instrument"):
		return instrumentCodes, cmd.Name() != "register"
	}
	return organisationCodes, cmd.Name() != "establish"
}

// first completes the first argument only.
func first(complete cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return complete(cmd, args, begun)
	}
}

// completer completes codes of a kind, the last one where several are separated by commas. Without a register there is
// nothing to complete with.
func (a *app) completer(kind codeKind) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		c, err := a.client()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), completionTimeout)
		defer cancel()
		names, err := c.codes(ctx, kind)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		before := begun[:strings.LastIndex(begun, ",")+1]
		var found []string
		for _, code := range slices.Sorted(maps.Keys(names)) {
			if strings.HasPrefix(code, begun[len(before):]) {
				found = append(found, before+code+"\t"+names[code])
			}
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// codes returns the codes of a kind that there are today, with what each names.
func (c *client) codes(ctx context.Context, kind codeKind) (map[string]string, error) {
	switch kind {
	case functionCodes:
		answer, err := c.functions().ListFunctions(ctx, &remitv1.ListFunctionsRequest{PageSize: listPage})
		return codeNames(answer.GetFunctions(), (*remitv1.Function).GetCode,
			func(f *remitv1.Function) string { return f.GetDetails().GetName() }), err
	case instrumentCodes:
		answer, err := c.instruments().ListInstruments(ctx, &remitv1.ListInstrumentsRequest{PageSize: listPage})
		return codeNames(answer.GetInstruments(), (*remitv1.Instrument).GetCode,
			func(i *remitv1.Instrument) string { return i.GetDetails().GetTitle() }), err
	case transferCodes:
		return c.openTransfers(ctx)
	case frameworkCodes:
		answer, err := c.programme().ListFrameworks(ctx, &remitv1.ListFrameworksRequest{})
		return codeNames(answer.GetFrameworks(), (*remitv1.Framework).GetCode, (*remitv1.Framework).GetName), err
	case placeCodes:
		answer, err := c.organisations().ListFootprints(ctx, &remitv1.ListFootprintsRequest{PageSize: listPage})
		if err != nil {
			return nil, err
		}
		places, err := c.openOrganisations(ctx)
		maps.Copy(places, codeNames(answer.GetFootprints(), (*remitv1.Footprint).GetCode, (*remitv1.Footprint).GetName))
		return places, err
	case organisationCodes:
	}
	return c.openOrganisations(ctx)
}

func (c *client) openOrganisations(ctx context.Context) (map[string]string, error) {
	answer, err := c.organisations().ListOrganisations(ctx, &remitv1.ListOrganisationsRequest{PageSize: listPage})
	return codeNames(answer.GetOrganisations(), (*remitv1.Organisation).GetCode, (*remitv1.Organisation).GetName), err
}

// openTransfers returns the ids of the transfers that are not finished, with what each moves.
func (c *client) openTransfers(ctx context.Context) (map[string]string, error) {
	answer, err := c.transfers().ListTransfers(ctx, &remitv1.ListTransfersRequest{PageSize: listPage, States: []remitv1.TransferState{
		remitv1.TransferState_TRANSFER_STATE_PLANNED, remitv1.TransferState_TRANSFER_STATE_EXPLORING,
		remitv1.TransferState_TRANSFER_STATE_PROPOSED, remitv1.TransferState_TRANSFER_STATE_ASSESSING,
		remitv1.TransferState_TRANSFER_STATE_APPROVED, remitv1.TransferState_TRANSFER_STATE_SCHEDULED,
		remitv1.TransferState_TRANSFER_STATE_PAUSED,
	}})
	return codeNames(answer.GetTransfers(), (*remitv1.Transfer).GetTransferId, func(t *remitv1.Transfer) string {
		return word(t.GetState()) + ": " + subjectText(t.GetFunction(), t.GetPart()) + " from " + t.GetSender() + " to " + receiversText(t)
	}), err
}

// codeNames maps the codes of items to their names.
func codeNames[T any](items []T, code, name func(T) string) map[string]string {
	names := make(map[string]string, len(items))
	for _, item := range items {
		names[code(item)] = name(item)
	}
	return names
}
