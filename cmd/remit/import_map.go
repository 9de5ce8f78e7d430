package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/remit-register/remit/api/mapfile"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// mapImport says what a function map is to become.
type mapImport struct {
	baselines, check bool
	by, source       string
	template         string // file, "" for none
}

func (a *app) importMap() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "map FILE",
		Short: "Bring in a function map or RACI sheet: all of it is recorded, or nothing",
		Long: `Bring in a function map or RACI sheet, an Excel workbook (.xlsx) or CSV. What is wrong with it is told cell by cell, and then
nothing is recorded. What the register says already is left as it is. The record keeps the file's SHA-256.

With --by CODE it becomes the body's word on what it holds (claims), which changes nobody's holding. With --baselines it
becomes who held what when the record began: a registrar brings it in, and it waits for a second person. --check only
says what is wrong. --template FILE writes an empty map with lists to choose from. What "/export/map.xlsx" of the console
gives is read too. Exit code 3 says that something is wrong with the file.`,
		Example: `  remit import map --template map.xlsx
  remit --as po@S1Y5D import map map.xlsx --by S1Y5D --source "Functions map of the board, May 2026" --check
  remit --as registrar@X24 import map map.csv --baselines --source "Model ICB mapping" --reason "First load"`,
		Args: cobra.MaximumNArgs(1),
	}
	o := mapImport{}
	flags := cmd.Flags()
	flags.StringVar(&o.by, "by", "", "`CODE` of the body whose word it is")
	flags.BoolVar(&o.baselines, "baselines", false, "who held what when the record began")
	flags.StringVar(&o.source, "source", "", "publication or decision that says so, for rows that name none")
	flags.BoolVar(&o.check, "check", false, "say what is wrong or would be recorded, and record nothing")
	flags.StringVar(&o.template, "template", "", "write an empty map to `FILE`, and do nothing else")
	cmd.MarkFlagsOneRequired("by", "baselines", "template")
	cmd.MarkFlagsMutuallyExclusive("by", "baselines", "template")
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		known, err := c.known(cmd.Context())
		if err != nil {
			return err
		}
		if o.template != "" {
			return writeTemplate(o.template, known)
		}
		if len(args) == 0 {
			return usagef("name the file")
		}
		i.validateOnly = i.validateOnly || o.check
		return a.bringIn(cmd.Context(), c, i, o, args[0], known)
	})
	return cmd
}

// bringIn reads a file, and has the register record what it says.
func (a *app) bringIn(ctx context.Context, c *client, i *issue, o mapImport, path string, known mapfile.Known) error {
	content, err := a.readMap(path)
	if err != nil {
		return err
	}
	read, problems := mapfile.Read(path, content, known)
	for _, remark := range read.Remarks {
		a.say("%s", remark)
	}
	if len(problems) > 0 {
		return a.wrongCells(problems)
	}
	as := mapfile.As{
		Kind: remitv1.ImportKind_IMPORT_KIND_BASELINES, Claimant: o.by, Source: o.source, FileName: filepath.Base(path), Reason: i.reason,
	}
	if !o.baselines {
		as.Kind = remitv1.ImportKind_IMPORT_KIND_CLAIMS
	}
	said := read.Import(as)
	err = send(ctx, i, said.Request, func(ctx context.Context, r *remitv1.ImportMapRequest) (*remitv1.ImportMapResponse, error) {
		answer, err := c.records().ImportMap(ctx, r)
		if err == nil {
			a.say("%s: %d new, %d the same, SHA-256 %s", filepath.Base(path), answer.GetAdded(), answer.GetSame(), read.SHA256)
		}
		return answer, err
	})
	for _, refused := range mapfile.RefusedBy(err) {
		if p, ok := said.Problem(refused); ok {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return a.wrongCells(problems)
	}
	return err
}

// readMap reads a file no larger than the register takes, and a little more, so that one that is larger is told so.
func (a *app) readMap(path string) ([]byte, error) {
	file, err := a.openFile(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, mapfile.MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return content, nil
}

// wrongCells shows what is wrong with a file.
func (a *app) wrongCells(problems []mapfile.Problem) error {
	columns := []column[mapfile.Problem]{
		{"sheet", func(p mapfile.Problem) string { return p.Sheet }},
		{"cell", func(p mapfile.Problem) string { return p.Cell }},
		{"what is wrong", func(p mapfile.Problem) string { return p.Text }},
		{"what would be right", func(p mapfile.Problem) string { return p.Valid }},
	}
	show := func() error { return printTable(a, a.stdout, problems, columns) }
	if a.format != formatTable {
		show = func() error { return printCSV(a.stdout, problems, columns) }
	}
	if err := show(); err != nil {
		return err
	}
	return findingsError{plural(len(problems), "problem") + " in the file: nothing is recorded"}
}

// writeTemplate writes an empty map. The file must not be there: somebody may be at work in it.
func writeTemplate(path string, known mapfile.Known) error {
	content, err := mapfile.Template(known)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return usagef("--template: %w", err)
	}
	_, err = file.Write(content)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// known returns what the register knows of the words that a map uses, as of now.
func (c *client) known(ctx context.Context) (mapfile.Known, error) {
	var k mapfile.Known
	for token := ""; ; {
		answer, err := c.functions().ListFunctions(ctx, &remitv1.ListFunctionsRequest{PageSize: listPage, PageToken: token})
		if err != nil {
			return k, err
		}
		k.Functions = append(k.Functions, answer.GetFunctions()...)
		if token = answer.GetNextPageToken(); token == "" {
			break
		}
	}
	for token := ""; ; {
		answer, err := c.organisations().ListOrganisations(ctx, &remitv1.ListOrganisationsRequest{PageSize: listPage, PageToken: token, IncludeClosed: true})
		if err != nil {
			return k, err
		}
		k.Organisations = append(k.Organisations, answer.GetOrganisations()...)
		if token = answer.GetNextPageToken(); token == "" {
			break
		}
	}
	for token := ""; ; {
		answer, err := c.organisations().ListFootprints(ctx, &remitv1.ListFootprintsRequest{PageSize: listPage, PageToken: token, IncludeClosed: true})
		if err != nil {
			return k, err
		}
		k.Footprints = append(k.Footprints, answer.GetFootprints()...)
		if token = answer.GetNextPageToken(); token == "" {
			break
		}
	}
	for token := ""; ; {
		answer, err := c.instruments().ListInstruments(ctx, &remitv1.ListInstrumentsRequest{PageSize: listPage, PageToken: token})
		if err != nil {
			return k, err
		}
		k.Instruments = append(k.Instruments, answer.GetInstruments()...)
		if token = answer.GetNextPageToken(); token == "" {
			return k, nil
		}
	}
}
