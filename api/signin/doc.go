// Package signin proves who calls, by OpenID Connect: a bearer token with each call of a service, a session for a
// person in the browser.
//
//	bearer token ──▶ Bearer ──┐
//	                          ├─▶ issuer's keys, audience, times ──▶ Mapping ──▶ Person: subject, body, roles
//	browser ──▶ Handler ──────┘   (code flow with PKCE)                          one body at a time
//
// The sign-in service says who somebody is; the mapping file of this register says for which bodies and in which roles
// they act. What a role may do is the domain's table of rights, which is asked for each command.
//
// A subject is used as the sign-in service gives it and never recorded: the event store makes a pseudonym of it.
package signin
