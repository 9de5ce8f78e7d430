package api

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/remit-register/remit/domain"
)

// The words of the domain ("in_force") and the values of the enums (INSTRUMENT_STATUS_IN_FORCE) are the same words:
// an enum's values are its words in capitals behind the enum's own name. A test holds the two together.

// unspecified ends the name of every enum's value 0, which stands for "".
const unspecified = "UNSPECIFIED"

// word returns the domain's word for an enum's value, "" for unspecified.
func word[W ~string](value protoreflect.Enum) W {
	values := value.Descriptor().Values()
	v := values.ByNumber(value.Number())
	if v == nil || v.Number() == 0 {
		return ""
	}
	return W(strings.ToLower(strings.TrimPrefix(string(v.Name()), prefixOf(values))))
}

// words returns the domain's words for a list of values.
func words[W ~string, E protoreflect.Enum](list []E) []W {
	return mapped(list, func(value E) W { return word[W](value) })
}

// enum is any generated enum.
type enum interface {
	~int32
	protoreflect.Enum
}

// enumOf returns an enum's value for the domain's word, unspecified for "" and for a word that the enum does not have.
func enumOf[E enum, W ~string](w W) E {
	var none E
	values := none.Descriptor().Values()
	v := values.ByName(protoreflect.Name(prefixOf(values) + strings.ToUpper(string(w))))
	if v == nil {
		return none
	}
	return E(v.Number())
}

// enumsOf returns the values for a list of words.
func enumsOf[E enum, W ~string](list []W) []E {
	return mapped(list, enumOf[E, W])
}

func prefixOf(values protoreflect.EnumValueDescriptors) string {
	return strings.TrimSuffix(string(values.ByNumber(0).Name()), unspecified)
}

// mapped returns f of each element, nil for an empty list.
func mapped[A, B any](list []A, f func(A) B) []B {
	if len(list) == 0 {
		return nil
	}
	result := make([]B, 0, len(list))
	for _, a := range list {
		result = append(result, f(a))
	}
	return result
}

// strs returns texts of one type as texts of another.
func strs[B, A ~string](list []A) []B {
	return mapped(list, func(a A) B { return B(a) })
}

// clearText returns a personal text on its way to the vault.
func clearText(text string) domain.Text { return domain.Text{Clear: text} }
