package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) functionDivide() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "divide CODE --part PART … --rest PART --on DATE",
		Short: "Give a function parts from a date, and say what the rest is",
		Long: `Give a function parts from a date, by a registrar of a national body: services, activities or groups of people that may
move each by itself. Whoever holds the whole then holds each part and the rest. Name a part as FUNCTION/PART, such as
"remit who eprr/training --in 06H".`,
		Example: `  remit --as registrar@X24 function divide eprr --part "code=training,name=Training and exercises" \
      --part "code=on-call,name=On-call rota,description=Tactical and strategic command" \
      --rest "code=other,name=Everything else" --on 2026-11-21 --source "Regional plan of October 2026"`,
		Args: cobra.ExactArgs(1),
	}
	var request remitv1.DivideFunctionRequest
	formVar(cmd, "part", "a `PART`: \"code=…,name=…,description=…\"; may be repeated", func(text string) error {
		part, err := partFrom(text)
		request.Parts = append(request.Parts, part)
		return err
	})
	formVar(cmd, "rest", "the `PART` that is whatever the others are not: \"code=…,name=…\"", func(text string) (err error) {
		request.Rest, err = partFrom(text)
		return err
	})
	on := a.dateVar(cmd, "on", "the first date on which it is divided")
	cmd.Flags().StringVar(&request.Source, "source", "", "publication or decision that says so")
	required(cmd, "part", "rest", "on")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.DivideFunctionRequest) (*remitv1.DivideFunctionResponse, error) {
			return c.functions().DivideFunction
		},
		func(args []string) (*remitv1.DivideFunctionRequest, error) {
			request.Code, request.EffectiveOn = args[0], on.text
			return &request, nil
		})
}

// partFrom reads a part of a function: "code=…,name=…,description=…".
func partFrom(text string) (*remitv1.Part, error) {
	given, err := pairs(text, "code", "name", "description")
	if err != nil {
		return nil, err
	}
	if given["code"] == "" || given["name"] == "" {
		return nil, fmt.Errorf("%q lacks code= or name=", text)
	}
	return &remitv1.Part{Code: given["code"], Name: given["name"], Description: given["description"]}, nil
}
