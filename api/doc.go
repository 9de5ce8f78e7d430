// Package api is the register's public contract over Connect, gRPC and gRPC-Web: it turns requests into commands for
// the event store and questions for the projections, and their answers into messages of remit.v1. No rule of the
// register is decided here.
//
// # The way of a request
//
//	http.Request
//	  ─▶ guard        Host header, size of the body                                   guard.go
//	  ─▶ finish       every error carries its ErrorInfo; ETag of a GET                finish.go
//	  ─▶ codec        strict JSON: what a request cannot say is refused, and named    codec.go, strict.go
//	  ─▶ interceptor  who calls, rules of the format, panics, the error table         interceptor.go, identity.go
//	  ─▶ handler      one file per service; a method is a few lines                   transfer.go, map.go, …
//	       command:  submit: seal personal text, hand to the event store              command.go
//	       query:    resolve both clocks, wait for a position, page                   query.go, page.go
//
// # Errors
//
// Every error carries exactly one google.rpc.ErrorInfo of the domain "remit". errors.go holds the one table of reasons
// and codes. What is wrong inside is logged and never sent.
package api
