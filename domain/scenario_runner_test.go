package domain

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// The runner itself notices a wrong answer: each of these says something that is not so, or cannot be read.
func TestScenariosAreComparedAndRead(t *testing.T) {
	t.Parallel()
	const world = "today 2026-11-21\ngiven organisation SOS \"Minister\" national minister on 2026-01-01\n" +
		"given function send \"SEND\" own_operation unknown operations national\n"
	for _, c := range []struct{ name, content, mismatch, problem string }{
		{"right", world + "who send in SOS\n  > nobody\n", "", ""},
		{"wrong answer", world + "who send in SOS\n  > accountable: SOS\n", "the register says:\n    nobody", ""},
		{"no answer", world + "who send in SOS\n", "the register says:\n    nobody", ""},
		{"answer too many", world + "remember A\n  > nobody\n", "the file says:\n    nobody", ""},
		{"no such step", "hope for SOS\n", "", "no step"},
		{"no such verb", world + "as po@SOS hope for SOS\n", "", "no verb"},
		{"no such keyword", world + "as po@SOS rename SOS \"X\" under a under b\n", "", "said twice"},
		{"useless keyword", world + "as po@SOS rename SOS \"X\" owner b\n", "", "no use for"},
		{"missing word", world + "as po@SOS rename SOS\n", "", "needs 2 words"},
		{"missing value", world + "as po@SOS rename SOS \"X\" on\n", "", "needs a value"},
		{"not a date", world + "as po@SOS rename SOS \"X\" on May\n", "", "not a date"},
		{"open quotation", world + "as po@SOS rename SOS \"X\n", "", "quotation mark"},
		{"given is refused", world + "given organisation SOS \"Minister\" national minister\n", "", "WRONG_STATE"},
		{"not remembered", world + "who send in SOS known THEN\n", "", "nothing is remembered"},
		{"no such footprint", world + "who send in 06H\n", "", "no footprint"},
		{"nothing to show", world + "show T1\n", "", "nothing with the id"},
		{"loose line", world + "show T1\n  nobody\n", "", "begins with"},
		{"line after an answer", world + "who send in SOS\n  > nobody\n  - line\n", "", "begins with"},
	} {
		_, mismatches, err := newScenario().play(c.name, c.content)
		if !strings.Contains(fmt.Sprint(err), c.problem) || (err != nil) != (c.problem != "") {
			t.Errorf("%s: %v, want %q", c.name, err, c.problem)
		}
		if all := strings.Join(mismatches, ""); !strings.Contains(all, c.mismatch) || (all != "") != (c.mismatch != "") {
			t.Errorf("%s: mismatches %q, want %q", c.name, all, c.mismatch)
		}
	}
	if _, err := playFile(filepath.Join("testdata", "none.txt"), false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}
