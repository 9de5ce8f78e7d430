package eventstore

import "testing"

func TestFeedTokens(t *testing.T) {
	for text, want := range map[string]string{
		"": "-", "-": "%2D", "A1": "A1", "plan-return": "plan-return", "a.b": "a%2Eb", "a b*>": "a%20b%2A%3E", "é": "%C3%A9", "50%": "50%25",
	} {
		if got := feedToken(text); got != want {
			t.Errorf("%q is written as %q, not %q", text, got, want)
		}
	}
	if got := feedHeader(`a "b" 5% é:/~`); got != "a%20%22b%22%205%25%20%C3%A9:/~" {
		t.Errorf("the header is %q", got)
	}
}
