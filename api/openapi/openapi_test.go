package openapi_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/remit-register/remit/api/openapi"
	_ "github.com/remit-register/remit/proto/remit/v1"
)

// services are all services that the schema has.
func services() []string {
	var names []string
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			if file.Package() == "remit.v1" {
				names = append(names, string(file.Services().Get(i).FullName()))
			}
		}
		return true
	})
	slices.Sort(names)
	return names
}

type object = map[string]any

// at follows names into decoded JSON.
func at(t *testing.T, value any, path ...string) any {
	t.Helper()
	for i, name := range path {
		inside, ok := value.(object)
		if !ok || inside[name] == nil {
			t.Fatalf("nothing at %v", path[:i+1])
		}
		value = inside[name]
	}
	return value
}

// document returns the decoded document.
func document(t *testing.T) object {
	t.Helper()
	raw, err := openapi.Document(openapi.Config{Services: services(), Version: "1", Reasons: []string{"A"}})
	if err != nil {
		t.Fatal(err)
	}
	var decoded object
	if err := json.Unmarshal(raw, &decoded); err != nil {
		t.Fatal(err)
	}
	return decoded
}

// objectOf returns a decoded object, which is empty where the value is something else.
func objectOf(value any) object {
	o, _ := value.(object)
	return o
}

// TestDocumentIsWhole checks that every call that is no stream is described, every reference leads somewhere, and
// everything of the register's own has its description.
func TestDocumentIsWhole(t *testing.T) {
	d := document(t)
	schemas := objectOf(at(t, d, "components", "schemas"))
	for _, ref := range references(d, nil) {
		if schemas[strings.TrimPrefix(ref, "#/components/schemas/")] == nil {
			t.Errorf("%s leads nowhere", ref)
		}
	}
	calls := 0
	for _, name := range services() {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
		if err != nil {
			t.Fatal(err)
		}
		service, ok := found.(protoreflect.ServiceDescriptor)
		if !ok {
			t.Fatalf("%s is no service", name)
		}
		methods := service.Methods()
		for i := range methods.Len() {
			method := methods.Get(i)
			if method.IsStreamingServer() {
				continue
			}
			calls++
			if text := at(t, d, "paths", "/"+name+"/"+string(method.Name()), "post", "description"); text == "" {
				t.Errorf("%s is not described", method.FullName())
			}
		}
	}
	if got := len(objectOf(at(t, d, "paths"))); got != calls || calls < 60 {
		t.Errorf("%d paths for %d calls", got, calls)
	}
	for name, schema := range schemas {
		if !strings.HasPrefix(name, "remit.v1.") {
			continue
		}
		if objectOf(schema)["description"] == nil {
			t.Errorf("%s is not described", name)
		}
		for field, value := range objectOf(at(t, schema, "properties")) {
			if text := objectOf(value)["description"]; text == nil || text == "" {
				t.Errorf("%s.%s is not described", name, field)
			}
		}
	}
}

// references returns what the references in decoded JSON say.
func references(value any, found []string) []string {
	switch v := value.(type) {
	case object:
		for name, inside := range v {
			if ref, ok := inside.(string); ok && name == "$ref" {
				found = append(found, ref)
			}
			found = references(inside, found)
		}
	case []any:
		for _, inside := range v {
			found = references(inside, found)
		}
	}
	return found
}

// TestAnswersFit holds the answers that are kept as golden files to the schemas of their calls.
func TestAnswersFit(t *testing.T) {
	schemas := objectOf(at(t, document(t), "components", "schemas"))
	paths, err := filepath.Glob("../testdata/calls/*.json")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d golden answers, %v", len(paths), err)
	}
	checked := 0
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		call, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(path), ".json"), "-")
		schema := schemas["remit.v1."+call+"Response"]
		var answer any
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatal(err)
		}
		if schema == nil || objectOf(answer)["code"] != nil && objectOf(answer)["details"] != nil {
			continue
		}
		checked++
		for _, problem := range misfits(schemas, objectOf(schema), answer, call) {
			t.Error(problem)
		}
	}
	if checked < 10 {
		t.Errorf("%d golden answers were checked", checked)
	}
}

// misfits says where a value is not what a schema says, for the words of schemas that are in use here. Golden files
// write words such as NUMBER where an answer differs from run to run.
func misfits(schemas, schema object, value any, path string) (problems []string) {
	if ref, ok := schema["$ref"].(string); ok {
		return misfits(schemas, objectOf(schemas[strings.TrimPrefix(ref, "#/components/schemas/")]), value, path)
	}
	if either, ok := schema["anyOf"].([]any); ok {
		if value == nil {
			return nil
		}
		return misfits(schemas, objectOf(either[0]), value, path)
	}
	switch v := value.(type) {
	case object:
		properties, ok := schema["properties"].(object)
		if !ok && schema["type"] == "object" {
			return nil
		}
		for name, inside := range v {
			if properties[name] == nil {
				problems = append(problems, fmt.Sprintf("%s.%s is not in the schema", path, name))
				continue
			}
			problems = append(problems, misfits(schemas, objectOf(properties[name]), inside, path+"."+name)...)
		}
	case []any:
		if schema["type"] != "array" {
			return []string{fmt.Sprintf("%s is a list, not %v", path, schema["type"])}
		}
		for i, inside := range v {
			problems = append(problems, misfits(schemas, objectOf(schema["items"]), inside, fmt.Sprintf("%s[%d]", path, i))...)
		}
	case string:
		if pattern, ok := schema["pattern"].(string); ok && strings.ToUpper(v) != v && !regexp.MustCompile(pattern).MatchString(v) {
			problems = append(problems, fmt.Sprintf("%s: %q is not as %s", path, v, pattern))
		}
		if words, ok := schema["enum"].([]any); ok && !slices.Contains(words, any(v)) {
			problems = append(problems, fmt.Sprintf("%s: %q is not one of %v", path, v, words))
		}
		if kind := fmt.Sprint(schema["type"]); !strings.Contains(kind, "string") {
			problems = append(problems, fmt.Sprintf("%s is a text, not %s", path, kind))
		}
	case bool:
		if schema["type"] != "boolean" {
			problems = append(problems, fmt.Sprintf("%s is true or false, not %v", path, schema["type"]))
		}
	}
	return problems
}

// TestSchema reads the schema of one message.
func TestSchema(t *testing.T) {
	raw, found, err := openapi.Schema("remit.v1.ProposeTransferRequest")
	if err != nil || !found {
		t.Fatalf("%t, %v", found, err)
	}
	var schema object
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	defs := objectOf(at(t, schema, "$defs"))
	for _, ref := range references(schema, nil) {
		if defs[strings.TrimPrefix(ref, "#/$defs/")] == nil {
			t.Errorf("%s leads nowhere", ref)
		}
	}
	message := at(t, defs, "remit.v1.ProposeTransferRequest")
	if required := fmt.Sprint(at(t, message, "required")); !strings.Contains(required, "commandId") || !strings.Contains(required, "function") {
		t.Errorf("required are %s", required)
	}
	if got := at(t, message, "properties", "sender", "pattern"); got != "^([A-Z0-9]{2,12})?$" {
		t.Errorf("a code is as %v", got)
	}
	for _, name := range []string{"remit.v1.Nothing", "remit.event.v1.Event", "remit.v1.MapService", ""} {
		if _, found, err := openapi.Schema(name); found || err != nil {
			t.Errorf("%q: %t, %v", name, found, err)
		}
	}
}
