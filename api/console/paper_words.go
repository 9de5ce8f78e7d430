package console

import (
	"regexp"
	"strconv"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// paperSection is a section of a paper as the page shows it: what the text says by codes, said by names.
type paperSection struct {
	Title string
	Lines []paperLine
}

type paperLine struct {
	// Words are the line in pieces, some of which lead somewhere.
	Words  []link
	Events []string
}

// paperSections writes the sections of a paper for readers. The digest is of the text, which is left as it is.
func (l look) paperSections(sections []*remitv1.PaperSection) []paperSection {
	shown := make([]paperSection, len(sections))
	for i, section := range sections {
		shown[i].Title = said(section.GetTitle())
		for _, line := range section.GetLines() {
			words := l.paperWords(section.GetKind(), sentence(said(line.GetText())))
			shown[i].Lines = append(shown[i].Lines, paperLine{words, line.GetEvents()})
		}
	}
	return shown
}

// paperWord is what may be a code, an id or a number in a line of a paper.
var paperWord = regexp.MustCompile(`[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*`)

// paperWords puts names in the place of codes, leads to what is named, and writes large numbers so that they can be read.
// A code in brackets follows a name already.
func (l look) paperWords(section remitv1.PaperSectionKind, text string) []link {
	var words []link
	plain := func(more string) {
		if n := len(words); n > 0 && words[n-1].Address == "" {
			words[n-1].Text += more
		} else if more != "" {
			words = append(words, link{Text: more})
		}
	}
	done := 0
	for _, at := range paperWord.FindAllStringIndex(text, -1) {
		word, bracketed := text[at[0]:at[1]], at[0] > 0 && text[at[0]-1] == '(' && strings.HasPrefix(text[at[1]:], ")")
		plain(text[done:at[0]])
		done = at[1]
		switch to := l.paperName(section, word); {
		case to.Text == "" || bracketed && !strings.Contains(word, "/"):
			plain(word)
		case to.Address == "":
			plain(to.Text)
		default:
			words = append(words, link{Text: to.Text, Address: to.Address})
			if to.Code != "" && !strings.HasSuffix(to.Text, to.Code) {
				plain(" (" + to.Code + ")")
			}
		}
	}
	plain(text[done:])
	return words
}

// paperName is what a word of a paper stands for; without a text for a word that is one.
func (l look) paperName(section remitv1.PaperSectionKind, word string) link {
	kind, id, isEntity := strings.Cut(word, "/")
	if isEntity {
		switch kind {
		case "transfer", "package", "delegation":
			return link{Text: kind + " …" + id[max(0, len(id)-6):], Address: l.at.To("/" + kind + "s/" + id)}
		}
		return link{}
	}
	if _, ok := l.organisations[word]; ok {
		return l.BodyLink(word)
	}
	if _, ok := l.footprints[word]; ok {
		return l.PlaceLink(word)
	}
	// Elsewhere a function's code may be a word of a sentence.
	if _, ok := l.functions[word]; ok && section == remitv1.PaperSectionKind_PAPER_SECTION_KIND_CHANGES {
		return l.FunctionLink(word)
	}
	if number, err := strconv.ParseInt(word, 10, 64); err == nil && number >= 10_000 && word[0] != '0' {
		return link{Text: grouped(number)}
	}
	if strings.HasSuffix(word, "-readiness") || strings.HasSuffix(word, "-notice") {
		return link{Text: "“" + lowerFirst(gatewayWords(word)) + "”"}
	}
	if word == "icb" {
		return link{Text: "ICB"}
	}
	return link{}
}
