package console

import (
	"fmt"
	"html/template"
	"maps"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// functions are what templates may call.
func functions(files assets, location *time.Location) template.FuncMap {
	all := template.FuncMap{
		"asset":         files.address,
		"date":          plainDate,
		"time":          func(at any) string { return plainTime(at, location) },
		"word":          word,
		"roleMeans":     roleMeans,
		"dict":          dict,
		"plural":        plural,
		"join":          strings.Join,
		"lower":         lowerFirst,
		"domain":        domainWords,
		"gateway":       gatewayWords,
		"rating":        ratingWords,
		"ratingTag":     ratingColour,
		"stateTag":      stateColour,
		"conditionTag":  conditionColour,
		"conditionActs": conditionActs,
		"isLink":        isLink,
		"title":         titleOfTransfer,
	}
	maps.Copy(all, mapFunctions())
	return all
}

// fewEvents is how many of the events are named from which something follows; of the others the number is said.
const fewEvents = 3

// mapFunctions are those of the pages about who does what.
func mapFunctions() template.FuncMap {
	return template.FuncMap{
		"does":      roleDoes,
		"doing":     wordsOf,
		"sure":      howSure,
		"sentence":  sentence,
		"less":      func(n, by int) int { return n - by },
		"few":       func(events []string) []string { return events[:min(len(events), fewEvents)] },
		"pounds":    pounds,
		"number":    grouped,
		"eventName": eventName,
		"claim":     claimMeans,
		"rule":      ruleMeans,
		"means":     findingMeans,
		"tone":      severityTone,
		"said":      said,
		"slug":      slug,
		"spelt":     func(code string) string { return upperFirst(strings.ReplaceAll(code, "-", " ")) },
		"sum":       func(a, b, c int32) int32 { return a + b + c },
	}
}

// plainDate writes a date of the API in words: "2026-04-01" as "1 April 2026". What is no date is left as it is.
func plainDate(iso string) string {
	day, err := time.Parse(isoDate, iso)
	if err != nil {
		return iso
	}
	return day.Format("2 January 2006")
}

// plainTime writes an instant in words as a clock at a location shows it, with the name of the time that it keeps: GMT or
// BST in London.
func plainTime(at any, location *time.Location) string {
	switch at := at.(type) {
	case time.Time:
		if at.IsZero() {
			return ""
		}
		return at.In(location).Format("2 January 2006 at 3:04:05pm MST")
	case *timestamppb.Timestamp:
		if at == nil {
			return ""
		}
		return plainTime(at.AsTime(), location)
	}
	return ""
}

// word says a value of one of the API's lists in words: ROLE_ACCOUNTABLE as "Accountable".
func word(value protoreflect.Enum) string {
	descriptor := value.Descriptor()
	v := descriptor.Values().ByNumber(value.Number())
	if v == nil || value.Number() == 0 {
		return ""
	}
	if better, ok := betterWords()[string(v.Name())]; ok {
		return better
	}
	name := strings.TrimPrefix(string(v.Name()), screaming(string(descriptor.Name()))+"_")
	name = strings.ToLower(strings.ReplaceAll(name, "_", " "))
	return strings.ToUpper(name[:1]) + name[1:]
}

// betterWords are those that the value's own name does not give.
func betterWords() map[string]string {
	return map[string]string{
		"TIER_ICB":                              "Integrated care board",
		"FUNCTION_CLASS_OVERSIGHT_IMPROVEMENT":  "Oversight and improvement",
		"FORM_STATUTORY_BODY":                   "Statutory body",
		"ROLE_EXERCISING":                       "Taking the decisions",
		"ROLE_DELIVERING":                       "Doing the work",
		"ROLE_OVERVIEW":                         "Keeping an overview",
		"ROLE_FUNDING":                          "Holding the money",
		"TRANSFER_STATE_PLANNED":                "Announced",
		"TRANSFER_STATE_ASSESSING":              "Being assessed",
		"MILESTONE_KIND_DATA_ACCESS":            "Access to data",
		"CONDITION_STATE_OPEN":                  "To do",
		"CONDITION_STATE_EVIDENCED":             "Evidence submitted",
		"CONDITION_STATE_DISCHARGED":            "Met",
		"GATEWAY_DECISION_DEFER":                "Deferred",
		"GATEWAY_DECISION_PASS":                 "Passed",
		"GATEWAY_DECISION_FAIL":                 "Failed",
		"GATEWAY_DECISION_PASS_WITH_CONDITIONS": "Passed with conditions",
	}
}

// roleMeans says what a role is, in a sentence.
func roleMeans(value protoreflect.Enum) string {
	switch word(value) {
	case "Accountable":
		return "has the duty in law, and answers for it"
	case "Taking the decisions":
		return "exercises the function: takes the decisions"
	case "Doing the work":
		return "does the work and employs the staff"
	case "Keeping an overview":
		return "assures, or keeps a strategic overview"
	case "Holding the money":
		return "holds the allocation"
	}
	return ""
}

// roleDoes says in a few words what a body does that holds a role, for the cell of a table.
func roleDoes(role remitv1.Role) string {
	switch role {
	case remitv1.Role_ROLE_UNSPECIFIED:
	case remitv1.Role_ROLE_ACCOUNTABLE:
		return "Accountable"
	case remitv1.Role_ROLE_EXERCISING:
		return "Decides"
	case remitv1.Role_ROLE_DELIVERING:
		return "Does the work"
	case remitv1.Role_ROLE_OVERVIEW:
		return "Keeps an overview"
	case remitv1.Role_ROLE_FUNDING:
		return "Holds the money"
	}
	return word(role)
}

// howSure says what must be known of how sure a date is: nothing where a source says it.
func howSure(c remitv1.Confidence) string {
	switch c {
	case remitv1.Confidence_CONFIDENCE_UNSPECIFIED, remitv1.Confidence_CONFIDENCE_EXACT:
	case remitv1.Confidence_CONFIDENCE_APPROXIMATE:
		return "Approximate"
	case remitv1.Confidence_CONFIDENCE_ASSUMED:
		return "Assumed"
	}
	return ""
}

// pounds writes an amount of money.
func pounds(n int64) string {
	if n < 0 {
		return "−£" + grouped(-n)
	}
	return "£" + grouped(n)
}

// grouped writes a number with commas.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// eventName writes the name of a kind of event in words: TransferProposed as "Transfer proposed".
func eventName(kind string) string {
	var b strings.Builder
	for i, r := range kind {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// said writes a sentence of the API with its dates in words.
func said(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		date := strings.TrimRight(w, ".,;:")
		if in := plainDate(date); in != date {
			words[i] = in + w[len(date):]
		}
	}
	return strings.Join(words, " ")
}

// percent writes a share of 1 such as "0.588619" as "58.9%"; "" for none.
func percent(share string) string {
	n, err := strconv.ParseFloat(share, 64)
	if err != nil {
		return ""
	}
	return strconv.FormatFloat(100*n, 'f', 1, 64) + "%"
}

// slug writes words for an address: "No receiver" as "no-receiver".
func slug(words string) string { return strings.ReplaceAll(strings.ToLower(words), " ", "-") }

// severityTone is the colour of the tag that says how grave a finding is.
func severityTone(s remitv1.Severity) string {
	switch s {
	case remitv1.Severity_SEVERITY_HIGH:
		return "red"
	case remitv1.Severity_SEVERITY_MEDIUM:
		return "orange"
	case remitv1.Severity_SEVERITY_UNSPECIFIED, remitv1.Severity_SEVERITY_LOW:
	}
	return "grey"
}

// screaming writes a type's name as the prefix of its values.
func screaming(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}

// dict makes a map of names and values, to hand several values to a part of a page.
func dict(pairs ...any) (map[string]any, error) {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// plural counts things: plural 2 "transfer" "transfers" is "2 transfers".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// isLink tells whether a text is an address that a page may lead to.
func isLink(text string) bool {
	return strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
}
