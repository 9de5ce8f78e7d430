package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/proto"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// gives makes cmd one that gives a command to the register: build makes its request from the arguments, and call is the
// procedure that takes it.
func gives[Q proto.Message, R outcome](
	cmd *cobra.Command, i *issue, call func(*client) func(context.Context, Q) (R, error), build func(args []string) (Q, error),
) *cobra.Command {
	cmd.RunE = i.app.do(func(cmd *cobra.Command, args []string) error {
		request, err := build(args)
		if err != nil {
			return err
		}
		c, err := i.app.client()
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, request, call(c))
	})
	return cmd
}

// asked is the answer of a query that is made at a point on both clocks.
func asked[Q, R proto.Message](
	ctx context.Context, a *app, request Q, call func(*client) func(context.Context, Q) (R, error),
) (answer R, err error) {
	c, err := a.client()
	if err != nil {
		return answer, err
	}
	answer, err = call(c)(ctx, request)
	if err != nil {
		return answer, err
	}
	if of, ok := any(answer).(interface{ GetAsOf() *remitv1.ResolvedAsOf }); ok {
		a.sayAsOf(of.GetAsOf())
	}
	return answer, nil
}

// formVar adds a flag whose values are read by parse as the command line is read, and which may be repeated.
func formVar(cmd *cobra.Command, name, usage string, parse func(text string) error) {
	cmd.Flags().Func(name, usage, parse)
}

// isoDate reads a date as people write it and returns it as ISO, "" for none.
func (a *app) isoDate(text string) (string, error) {
	date, err := a.date(text)
	if err != nil || date == 0 {
		return "", err
	}
	return date.String(), nil
}

// yesNo reads yes or no; "" is no.
func yesNo(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "yes", "true":
		return true, nil
	case "", "no", "false":
		return false, nil
	}
	return false, usagef("%q is neither yes nor no", text)
}

// sameFlag lets flags be written in full: --organisation is --org.
func sameFlag(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	if name == "organisation" {
		name = "org"
	}
	return pflag.NormalizedName(name)
}
