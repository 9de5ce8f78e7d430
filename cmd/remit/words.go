package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/reflect/protoreflect"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// enum is a generated enumeration.
type enum interface {
	~int32
	protoreflect.Enum
}

// enumWords returns the words of an enumeration in order, but for some: ROLE_ACCOUNTABLE is "accountable".
func enumWords[E enum](descriptor protoreflect.EnumDescriptor, except ...E) []string {
	values := descriptor.Values()
	words := make([]string, 0, values.Len())
	for i := 1; i < values.Len(); i++ {
		if !slices.Contains(except, E(values.Get(i).Number())) {
			words = append(words, valueWord(descriptor, values.Get(i)))
		}
	}
	return words
}

func valueWord(descriptor protoreflect.EnumDescriptor, value protoreflect.EnumValueDescriptor) string {
	prefix := strings.TrimSuffix(string(descriptor.Values().Get(0).Name()), "UNSPECIFIED")
	return strings.ToLower(strings.TrimPrefix(string(value.Name()), prefix))
}

// word returns the word for a value, "" for the unspecified one.
func word[E enum](e E) string {
	if e == 0 {
		return ""
	}
	value := e.Descriptor().Values().ByNumber(e.Number())
	if value == nil {
		return fmt.Sprint(int32(e))
	}
	return valueWord(e.Descriptor(), value)
}

// wordsOf returns the words for values.
func wordsOf[E enum](values []E) string {
	words := make([]string, 0, len(values))
	for _, v := range values {
		words = append(words, word(v))
	}
	return strings.Join(words, ", ")
}

// parseWord returns the value for a word; hyphens may stand for underscores. The words of except are not taken.
func parseWord[E enum](text string, except ...E) (E, error) {
	var zero E
	descriptor := zero.Descriptor()
	want := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(text)), "-", "_")
	values := descriptor.Values()
	for i := 1; i < values.Len(); i++ {
		value := E(values.Get(i).Number())
		if valueWord(descriptor, values.Get(i)) == want && !slices.Contains(except, value) {
			return value, nil
		}
	}
	return zero, fmt.Errorf("%q is not known: give %s", text, alternatives(enumWords(descriptor, except...)))
}

// enumFlag is a flag of one word or, where list is set, of several separated by commas.
type enumFlag[E enum] struct {
	values []E
	list   bool
	// except are the words that make no sense here.
	except []E
}

// String returns the words.
func (f *enumFlag[E]) String() string { return strings.ReplaceAll(wordsOf(f.values), " ", "") }

// Set takes words.
func (f *enumFlag[E]) Set(text string) error {
	if !f.list {
		f.values = nil
	}
	parts := []string{text}
	switch {
	case f.list && text == "": // none
		parts = nil
	case f.list:
		parts = strings.Split(text, ",")
	}
	for _, part := range parts {
		value, err := parseWord(part, f.except...)
		if err != nil {
			return err
		}
		if !slices.Contains(f.values, value) {
			f.values = append(f.values, value)
		}
	}
	return nil
}

// Type names the flag's values in the help.
func (f *enumFlag[E]) Type() string {
	if f.list {
		return "WORDS"
	}
	return "WORD"
}

// value returns the word given, or the unspecified value.
func (f *enumFlag[E]) value() E {
	if len(f.values) == 0 {
		return 0
	}
	return f.values[0]
}

// wordVar adds a flag of one word; the usage text is followed by the words.
func wordVar[E enum](cmd *cobra.Command, name, usage string) *enumFlag[E] {
	return addWords(cmd, &enumFlag[E]{}, name, usage)
}

// wordsVar adds a flag of several words.
func wordsVar[E enum](cmd *cobra.Command, name, usage string) *enumFlag[E] {
	return addWords(cmd, &enumFlag[E]{list: true}, name, usage)
}

func addWords[E enum](cmd *cobra.Command, f *enumFlag[E], name, usage string) *enumFlag[E] {
	var zero E
	words := enumWords(zero.Descriptor(), f.except...)
	cmd.Flags().Var(f, name, usage+": "+alternatives(words))
	completeWords(cmd, name, words)
	return f
}

// routeVar adds a flag of a legal route of transfers: a reorganisation of bodies is none.
func routeVar(cmd *cobra.Command, usage string) *enumFlag[remitv1.TransferKind] {
	reorganisation := []remitv1.TransferKind{remitv1.TransferKind_TRANSFER_KIND_REORGANISATION}
	return addWords(cmd, &enumFlag[remitv1.TransferKind]{except: reorganisation}, "kind", usage)
}
