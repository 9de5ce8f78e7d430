package archive_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// isVerifier tells whether a file checks what others wrote.
func isVerifier(name string) bool {
	return strings.HasPrefix(name, "verify") || strings.HasPrefix(name, "proof")
}

// TestVerifierIsIndependent holds the files that verify to what they may share with those that write: the layout of
// files and where they are read from. A mistake in how the log is written then cannot hide itself.
func TestVerifierIsIndependent(t *testing.T) {
	shared := []string{
		"Source", "TilePath", "EntriesPath", "ParseBundle", "TileWidth", "tileHeight", "CheckpointPath", "ErrDamaged",
	}
	imports := []string{
		"golang.org/x/mod/sumdb/note", "golang.org/x/mod/sumdb/tlog", "golang.org/x/sync/errgroup",
		"github.com/remit-register/remit/domain", "github.com/remit-register/remit/eventstore",
	}
	// Of the event store: types, limits, and what an event means; nothing that hashes.
	ofStore := []string{"DecodeEvent", "Hash", "TreeHead", "MaxEventBytes", "ErrNotFound"}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var verifiers []*ast.File
	others := map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if isVerifier(name) {
			verifiers = append(verifiers, file)
			continue
		}
		for _, declared := range declarations(file) {
			others[declared] = true
		}
	}
	if len(verifiers) < 5 || len(others) < 5 {
		t.Fatalf("%d files verify, and %d names are declared elsewhere", len(verifiers), len(others))
	}
	for _, file := range verifiers {
		for _, imported := range file.Imports {
			path := strings.Trim(imported.Path.Value, `"`)
			if strings.Contains(path, ".") && !slices.Contains(imports, path) {
				t.Errorf("%s imports %s", set.Position(file.Pos()).Filename, path)
			}
		}
		own := memberNames(file)
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if of, ok := n.X.(*ast.Ident); ok && of.Name == "eventstore" && !slices.Contains(ofStore, n.Sel.Name) {
					t.Errorf("%s uses eventstore.%s", set.Position(n.Pos()), n.Sel.Name)
				}
			case *ast.Ident:
				if others[n.Name] && !own[n] && !slices.Contains(shared, n.Name) {
					t.Errorf("%s uses %s, which belongs to what writes", set.Position(n.Pos()), n.Name)
				}
			}
			return true
		})
	}
}

// memberNames returns the places where a name is that of a field or a method.
func memberNames(file *ast.File) map[*ast.Ident]bool {
	members := map[*ast.Ident]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			members[n.Sel] = true
		case *ast.FuncDecl:
			members[n.Name] = n.Recv != nil
		case *ast.Field:
			for _, name := range n.Names {
				members[name] = true
			}
		case *ast.KeyValueExpr:
			if name, ok := n.Key.(*ast.Ident); ok {
				members[name] = true
			}
		}
		return true
	})
	return members
}

// declarations returns the names of functions, types, constants and variables of a file, not of methods.
func declarations(file *ast.File) []string {
	var names []string
	for _, declared := range file.Decls {
		switch d := declared.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, name := range s.Names {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}
