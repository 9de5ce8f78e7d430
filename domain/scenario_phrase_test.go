package domain

import (
	"fmt"
	"slices"
	"strings"
)

// phrase is one command as a scenario says it: a verb, its objects, then keywords with one value each, such as
//
//	propose delegation of eprr from S1Y5D to Y61 in 06H moving exercising,delivering on 2026-11-21
//
// and below it lines that begin with a hyphen. Values with spaces stand in double quotes; lists are separated by commas.
type phrase struct {
	verb    string
	objects []string
	values  map[string]string
	used    map[string]bool
	lines   []*phrase
	today   Date
	err     error
}

// keywords are the words that begin a value. They cannot be objects unless they stand in quotes.
func keywords() []string {
	return []string{
		"of", "from", "to", "in", "on", "by", "for", "under", "moving", "keeping", "terms", "source", "because", "framework",
		"plan", "binds", "section", "checked", "carries", "force", "excludes", "status", "owner", "due", "share", "answering",
		"confidence", "covered", "into", "rules", "keeps", "without", "revision", "minute", "through", "operations", "rest",
		"members", "host", "option", "residue", "signed", "done", "review", "base", "quorum", "holder", "name", "covering",
		"except", "against",
	}
}

// fields splits a line at spaces, except within double quotes.
func fields(line string) ([]string, error) {
	var list []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		if line[0] == '"' {
			value, rest, ok := strings.Cut(line[1:], `"`)
			if !ok {
				return nil, fmt.Errorf("a quotation mark is missing: %s", line)
			}
			list, line = append(list, `"`+value), rest
			continue
		}
		value, rest, _ := strings.Cut(line, " ")
		list, line = append(list, value), rest
	}
	return list, nil
}

func parsePhrase(words []string, lines []string, today Date) (*phrase, error) {
	p := &phrase{values: map[string]string{}, used: map[string]bool{}, today: today}
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case p.verb == "":
			p.verb = word
		case slices.Contains(keywords(), word):
			if len(words) == 0 {
				return nil, fmt.Errorf("%q needs a value", word)
			}
			if _, twice := p.values[word]; twice {
				return nil, fmt.Errorf("%q is said twice", word)
			}
			p.values[word], words = strings.TrimPrefix(words[0], `"`), words[1:]
		case len(p.values) > 0:
			return nil, fmt.Errorf("%q stands where a keyword should", word)
		default:
			p.objects = append(p.objects, strings.TrimPrefix(word, `"`))
		}
	}
	for _, line := range lines {
		words, err := fields(line)
		if err != nil {
			return nil, err
		}
		below, err := parsePhrase(words, nil, today)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		p.lines = append(p.lines, below)
	}
	return p, nil
}

// finish returns the first mistake in the phrase, or says which words nobody asked for.
func (p *phrase) finish() error {
	if p.err != nil {
		return p.err
	}
	for word := range p.values {
		if !p.used[word] {
			return fmt.Errorf("%s has no use for %q", p.verb, word)
		}
	}
	for _, line := range p.lines {
		if err := line.finish(); err != nil {
			return fmt.Errorf("%s: %w", line.verb, err)
		}
	}
	return nil
}

func (p *phrase) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// object returns the i-th word after the verb.
func (p *phrase) object(i int) string {
	if i >= len(p.objects) {
		p.fail(fmt.Errorf("%s needs %d words after it", p.verb, i+1))
		return ""
	}
	return p.objects[i]
}

func (p *phrase) has(word string) bool {
	_, ok := p.values[word]
	return ok
}

func (p *phrase) value(word string) string {
	p.used[word] = true
	return p.values[word]
}

// date returns the date after a keyword, none when it is not said; "-" stands for no date where one is the default.
func (p *phrase) date(word string) Date {
	date, err := ParseDate(strings.TrimPrefix(p.value(word), "-"))
	if err != nil {
		p.fail(err)
	}
	return date
}

// effective is the date on which something takes effect: today unless said otherwise.
func (p *phrase) effective() Date {
	if !p.has("on") {
		return p.today
	}
	return p.date("on")
}

// listOf returns the list after a keyword.
func listOf[S ~string](p *phrase, word string) []S { return splitOf[S](p.value(word)) }

func splitOf[S ~string](list string) []S {
	var out []S
	for item := range strings.SplitSeq(list, ",") {
		if item != "" {
			out = append(out, S(item))
		}
	}
	return out
}

// subject splits a function and its part.
func (p *phrase) subject() (FunctionCode, PartCode) {
	function, part, _ := strings.Cut(p.value("of"), "/")
	return FunctionCode(function), PartCode(part)
}

func text(s string) Text { return Text{Clear: s} }
