// Package openapi describes the register's calls to tools that do not read protobuf: an OpenAPI 3.1 document, and a JSON
// Schema (2020-12) for each message. Both are made from the descriptors that are linked into the program, so they say
// what the program does; the words are those of the schema's comments.
package openapi

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// object is an object of JSON.
type object = map[string]any

// Config says what to describe.
type Config struct {
	// Services are the full names of the services, such as "remit.v1.MapService".
	Services []string
	// Version is that of the program.
	Version string
	// Reasons are all that an error's ErrorInfo can give, in the order of their table.
	Reasons []string
}

// Document returns the OpenAPI document as JSON.
func Document(c Config) ([]byte, error) {
	words, err := readWords()
	if err != nil {
		return nil, err
	}
	s := &schemas{words: words, reference: "#/components/schemas/", made: object{}}
	paths, tags := object{}, []any{}
	for _, name := range c.Services {
		service, err := serviceOf(name)
		if err != nil {
			return nil, err
		}
		tags = append(tags, object{"name": string(service.Name()), "description": words[service.FullName()]})
		for i := range service.Methods().Len() {
			method := service.Methods().Get(i)
			if path := pathOf(method); path != nil {
				paths["/"+name+"/"+string(method.Name())] = path(s, words[method.FullName()])
			}
		}
	}
	s.made["Error"] = errorSchema(c.Reasons)
	return marshal(object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Remit", "version": c.Version,
			"description": "The calls of a register as plain JSON over HTTP. They are Connect calls: the same ones are answered over gRPC and " +
				"gRPC-Web on the same port, streams among them, which are not described here. A field that the message does not have is refused.",
		},
		"tags": tags, "paths": paths,
		"components": object{"schemas": s.made, "securitySchemes": security()},
		"security":   []any{object{"bearer": []any{}}, object{"asserted": []any{}}},
	})
}

// Schema returns the JSON Schema of a message by its full name, such as "remit.v1.WhoHoldsRequest", with those of all
// that it consists of, as JSON; false for a message that is not part of a service's package.
func Schema(name string) ([]byte, bool, error) {
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
	message, ok := found.(protoreflect.MessageDescriptor)
	if err != nil || !ok || !strings.HasPrefix(name, "remit.v1.") {
		return nil, false, nil //nolint:nilerr // not finding it is an answer
	}
	words, err := readWords()
	if err != nil {
		return nil, false, err
	}
	s := &schemas{words: words, reference: "#/$defs/", made: object{}}
	schema, err := marshal(object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, "$ref": s.ref(message), "$defs": s.made,
	})
	return schema, err == nil, err
}

func serviceOf(name string) (protoreflect.ServiceDescriptor, error) {
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return nil, fmt.Errorf("describe the service %s: %w", name, err)
	}
	service, ok := found.(protoreflect.ServiceDescriptor)
	if !ok {
		return nil, fmt.Errorf("describe %s: it is no service", name)
	}
	return service, nil
}

// pathOf returns what writes the description of a method's path; nil for a stream, which is no plain request and answer.
func pathOf(method protoreflect.MethodDescriptor) func(s *schemas, words string) object {
	if method.IsStreamingClient() || method.IsStreamingServer() {
		return nil
	}
	return func(s *schemas, words string) object {
		operation := func(suffix string) object {
			return object{
				"operationId": string(method.Parent().Name()) + "." + string(method.Name()) + suffix,
				"tags":        []any{string(method.Parent().Name())}, "description": words,
				"responses": object{
					"200":     object{"description": "The answer.", "content": content(s.ref(method.Output()))},
					"default": object{"description": "A refusal or a failure.", "content": content(s.reference + "Error")},
				},
			}
		}
		post := operation("")
		post["requestBody"] = object{"required": true, "content": content(s.ref(method.Input()))}
		path := object{"post": post}
		if options, ok := method.Options().(*descriptorpb.MethodOptions); ok &&
			options.GetIdempotencyLevel() == descriptorpb.MethodOptions_NO_SIDE_EFFECTS {
			get := operation(".get")
			get["parameters"] = []any{
				object{
					"name": "message", "in": "query", "required": true, "description": "The request, as JSON.",
					"content": content(s.ref(method.Input())),
				},
				object{"name": "encoding", "in": "query", "required": true, "schema": object{"const": "json"}},
				object{"name": "connect", "in": "query", "schema": object{"const": "v1"}},
				object{"name": "If-None-Match", "in": "header", "description": "ETag of an answer that the caller has.", "schema": object{"type": "string"}},
			}
			path["get"] = get
		}
		return path
	}
}

func content(ref string) object {
	return object{"application/json": object{"schema": object{"$ref": ref}}}
}

func security() object {
	return object{
		"bearer": object{"type": "http", "scheme": "bearer", "description": "A token of the register's sign-in service (--auth oidc). " +
			"Who acts for several bodies names one in the header Remit-Organisation."},
		"asserted": object{"type": "apiKey", "in": "header", "name": "Remit-Actor", "description": "SUBJECT@ORGCODE, on the register's own " +
			"machine only (--auth none)."},
	}
}

// errorSchema describes an error as the Connect protocol writes it.
func errorSchema(reasons []string) object {
	text := object{"type": "string"}
	info := object{
		"type": "object", "description": "google.rpc.ErrorInfo: the reason is one of a closed list, the metadata has the facts.",
		"properties": object{
			"reason": object{"type": "string", "enum": slices.Clone(reasons)}, "domain": object{"const": "remit"},
			"metadata": object{"type": "object", "additionalProperties": text},
		},
	}
	return object{
		"type": "object", "required": []any{"code", "details"},
		"properties": object{
			"code": text, "message": text,
			"details": object{"type": "array", "items": object{"type": "object", "properties": object{
				"type": text, "value": object{"type": "string", "description": "The detail as protobuf, in base64."}, "debug": info,
			}}},
		},
	}
}

func marshal(document object) ([]byte, error) {
	out, err := json.MarshalIndent(document, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write a description of the calls: %w", err)
	}
	return append(out, '\n'), nil
}
