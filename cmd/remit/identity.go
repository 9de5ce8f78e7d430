package main

import "github.com/spf13/cobra"

func identityTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "identity",
		Short: "Who you are to the register, and who may do what",
		Long: `Who you are to the register.

With --auth none, which a register on your own machine has, you name yourself: --as SUBJECT@ORGANISATION, such as
po@S1Y5D, or the environment variable REMIT_AS. You then have every role at that body. To take only some of them, add
them after a semicolon: --as "po@S1Y5D;programme_office". Without --as everything may be asked and nothing recorded.

The same subject at another body is another person. Some steps need different people: whoever proposed or assessed a
transfer does not decide its gateways, whoever submitted evidence does not confirm a discharge, and whoever gave a
baseline, an occurrence, a correction or a reorganisation does not agree to it as the second person.

  plan, explore, propose, amend, terms,     programme_office of the sender, the receiver, their region or a
    schedule, complete, withdraw, pause,    national body
    resume, milestone, review, reverse,
    package form
  assess                                    assessor of the party
  decide a readiness gateway                board of the party
  confirm; give an opinion                  panel of the body that confirms
  evidence of a condition                   programme_office of the condition's owner
  discharge or waive a condition            the role that set it
  delegate, revoke; accept                  board of the delegator; board of the delegate
  allocate, occurrence, load reference,     registrar of the body, its region or a national body
    org establish, rename, move
  correct, reorganise, function define,     registrar of a national body
    revise, divide, instrument register,
    commence, discard, footprints change,
    framework set, population
  second                                    somebody else with the right to what waits
  call-in; intervene; plan-return moderate  panel of the region of the body, or of a national body
  claim, attest, risk, cost, plan-return    programme_office of the body
    submit
  committee form, change; advise            board of one of its bodies; committee of one of its bodies

With --auth oidc nobody's word counts: a token of the register's sign-in service proves who you are. Give it in the
environment variable REMIT_TOKEN, or in a file with --token-file: never on the command line, which others on the machine
can read. If you act for several bodies, say for which with --act-for S1Y5D. Then the map may be asked by everybody who is
signed in, and the record of events by auditors and registrars. "remit rights" prints the whole table.

A register that is served over TLS proves itself with a certificate. Where its authority is not one that this machine
trusts, name it with --ca; where the register asks for your certificate too, show it with --client-cert and --client-key.

Names of people are kept apart from the record: the log shows pseudonyms.`,
	}
}
