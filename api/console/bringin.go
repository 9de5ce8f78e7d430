package console

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"github.com/remit-register/remit/api/mapfile"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// bringInPage is what the form for a map shows.
type bringInPage struct {
	Form  form
	Kinds []option
	// Problems are what is wrong with the file, Others how many more there are.
	Problems []mapfile.Problem
	Others   int
	Remarks  []string
	// Nothing says that the register says all of it already; Same counts what.
	Nothing bool
	Same    string
	File    string
}

// importCheckPage is what the step shows in which a map is checked, and importDonePage what came of it.
type importCheckPage struct {
	ID, File, Hash, Kind, Source, Reason string
	Claims                               bool
	Rows                                 int32
	Check                                *remitv1.ImportMapResponse
	Remarks                              []string
	Lines                                []*remitv1.ImportLine
	Others                               int
	Look                                 look
}

// shownLines is how many lines the step shows in which a map is checked.
const shownLines = 100

// importRoutes are the pages with which a map is brought in.
func importRoutes() map[string]func(*visit) error {
	return map[string]func(*visit) error{
		"GET /import":                 (*visit).importForm,
		"POST /import":                (*visit).importCheck,
		"POST /import/confirm":        (*visit).importConfirm,
		"GET /import/template/{file}": (*visit).importTemplate,
		"GET /import/done/{id}":       (*visit).importDone,
	}
}

// importForm shows the form.
func (v *visit) importForm() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	f := newForm(v.r.URL.Query())
	if f.text("kind") == "" {
		f.Values.Set("kind", "claims")
	}
	return v.showImport(http.StatusOK, bringInPage{Form: f}, l)
}

func (v *visit) showImport(status int, page bringInPage, l look) error {
	body := "your body"
	if v.actor.Organisation != "" {
		body = l.Body(string(v.actor.Organisation))
	}
	page.Kinds = []option{
		{Value: "claims", Text: "As the word of " + body + " on what it holds", Hint: "It changes nobody's holding. Where it contradicts the register, or others, a finding says so until it is settled. For a programme office or board."},
		{Value: "baselines", Text: "As who held what when the record began", Hint: "It waits for a second person. What contradicts the register is refused. For registrars."},
	}
	const most = 200
	if len(page.Problems) > most {
		page.Problems, page.Others = page.Problems[:most], len(page.Problems)-most
	}
	return v.show(status, "import", page)
}

// importCheck reads the file, has the register check what it says, and shows what is wrong, or what would be recorded.
func (v *visit) importCheck() error {
	if v.actor.Subject == "" {
		return connect.NewError(connect.CodeUnauthenticated, errors.New("only somebody whom the register knows brings in a map"))
	}
	l, err := v.look()
	if err != nil {
		return err
	}
	f := form{}
	name, content := v.readUpload(&f)
	if f.bad() {
		return v.showImport(http.StatusBadRequest, bringInPage{Form: f}, l)
	}
	known, err := v.known(l)
	if err != nil {
		return err
	}
	select {
	case v.uploads.reading <- struct{}{}:
	case <-v.r.Context().Done():
		return connect.NewError(connect.CodeCanceled, errors.New("the browser went away"))
	}
	read, problems := mapfile.Read(name, content, known)
	<-v.uploads.reading
	if len(problems) > 0 {
		f.wrong("file", fmt.Sprintf("%s in the file: nothing is recorded", plural(len(problems), "problem", "problems")))
		return v.showImport(http.StatusBadRequest, bringInPage{Form: f, Problems: problems, File: name}, l)
	}
	return v.checkImport(f, l, read, name)
}

// checkImport has the register check a map that was read.
func (v *visit) checkImport(f form, l look, read mapfile.Map, name string) error {
	kind := remitv1.ImportKind_IMPORT_KIND_CLAIMS
	if f.text("kind") == "baselines" {
		kind = remitv1.ImportKind_IMPORT_KIND_BASELINES
	}
	up := &upload{file: name, remarks: read.Remarks, Import: read.Import(mapfile.As{
		Kind: kind, Claimant: string(v.actor.Organisation), Source: f.text("source"), FileName: name, Reason: f.text("reason"),
	})}
	up.Request.CommandId, up.Request.ValidateOnly = uuid.NewString(), true
	answer, err := v.ask.records.ImportMap(v.ctx(), up.Request)
	if err != nil {
		return v.refusedImport(f, l, up, err)
	}
	up.checked, up.Request.ValidateOnly = answer, false
	v.uploads.keep(v.actor, v.cfg.Clock(), up)
	lines := up.Request.GetLines()
	return v.show(http.StatusOK, "import-check", importCheckPage{
		ID: up.id, File: name, Hash: read.SHA256, Claims: kind == remitv1.ImportKind_IMPORT_KIND_CLAIMS, Rows: up.Request.GetRows(),
		Source: f.text("source"), Reason: f.text("reason"), Check: answer, Remarks: read.Remarks,
		Lines: lines[:min(len(lines), shownLines)], Others: max(0, len(lines)-shownLines), Look: l,
	})
}

// refusedImport shows why the register refuses a map: at the cells that say what it refuses.
func (v *visit) refusedImport(f form, l look, up *upload, err error) error {
	told := refusalOf(err)
	if told.Code == "NOTHING_TO_CHANGE" {
		page := bringInPage{Form: f, Nothing: true, Same: mapfile.RefusedBy(err)[0].Facts["same"], File: up.file, Remarks: up.remarks}
		return v.showImport(http.StatusOK, page, l)
	}
	if told.Status == http.StatusUnauthorized || told.Status >= http.StatusInternalServerError {
		return err
	}
	var problems []mapfile.Problem
	for _, refused := range mapfile.RefusedBy(err) {
		if p, ok := up.Problem(refused); ok {
			if !slices.Contains(problems, p) {
				problems = append(problems, p)
			}
		} else {
			f.wrong("kind", strings.TrimSpace(refused.Text+" "+refused.Remedy))
		}
	}
	if len(problems) == 0 && !f.bad() {
		for _, r := range told.Reasons {
			f.wrong("file", strings.TrimSpace(r.Text+" "+r.Remedy))
		}
	}
	if len(problems) > 0 {
		f.wrong("file", fmt.Sprintf("%s in the file: nothing is recorded", plural(len(problems), "problem", "problems")))
	}
	return v.showImport(told.Status, bringInPage{Form: f, Problems: problems, File: up.file}, l)
}

// importConfirm records a map that was checked. Sent twice, it is recorded once: the upload carries the command's id.
func (v *visit) importConfirm() error {
	f := newForm(v.r.PostForm)
	up, ok := v.uploads.get(v.actor, v.cfg.Clock(), f.text("upload"))
	if !ok || f.text("sha256") != up.Request.GetSha256() {
		l, err := v.look()
		if err != nil {
			return err
		}
		again := form{}
		again.wrong("file", "What you uploaded is not kept any more: nothing is recorded. Upload the file again")
		return v.showImport(http.StatusGone, bringInPage{Form: again}, l)
	}
	request, ok := proto.Clone(up.Request).(*remitv1.ImportMapRequest)
	if !ok {
		return errors.New("a request is a request")
	}
	answer, err := v.ask.records.ImportMap(v.ctx(), request)
	if err != nil {
		l, lookErr := v.look()
		if lookErr != nil {
			return lookErr
		}
		return v.refusedImport(form{}, l, &up, err)
	}
	v.uploads.done(up.id, answer)
	return v.goTo(withQuery("/import/done/"+up.id, "min", answer.GetReceipt().GetPosition()))
}

// importDone shows what came of a map.
func (v *visit) importDone() error {
	up, ok := v.uploads.get(v.actor, v.cfg.Clock(), v.r.PathValue("id"))
	if !ok || up.recorded == nil {
		return v.show(http.StatusNotFound, "not-found", nil)
	}
	l, err := v.look()
	if err != nil {
		return err
	}
	check := up.checked
	return v.show(http.StatusOK, "import-done", importDonePage{
		File: up.file, Hash: up.Request.GetSha256(), Answer: up.recorded, Check: check, Look: l,
		Event: firstEvent(up.recorded.GetReceipt()),
	})
}

type importDonePage struct {
	File, Hash, Event string
	Answer, Check     *remitv1.ImportMapResponse
	Look              look
}

// firstEvent is the number of the event that recorded the import.
func firstEvent(r *remitv1.Receipt) string {
	for _, e := range r.GetEvents() {
		return e.GetPosition()
	}
	return ""
}

// readUpload reads the form with the file.
func (v *visit) readUpload(f *form) (name string, content []byte) {
	const besides = 1 << 20 // the other fields, and what separates them
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, mapfile.MaxFile+besides)
	if err := v.r.ParseMultipartForm(mapfile.MaxFile + 2*besides); err != nil {
		*f = newForm(nil)
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			f.wrong("file", "The file is larger than 10 MB: divide it into several files")
		} else {
			f.wrong("file", "The form cannot be read: choose the file and send it again")
		}
		return "", nil
	}
	*f = newForm(v.r.MultipartForm.Value)
	if kind := f.text("kind"); kind != "claims" && kind != "baselines" {
		f.wrong("kind", "Choose what the map becomes")
	}
	if f.text("source") == "" {
		f.wrong("source", "Enter where the map comes from")
	}
	if f.text("reason") == "" {
		f.wrong("reason", "Enter why it is brought in now")
	}
	file, header, err := v.r.FormFile("file")
	if err != nil || header.Filename == "" {
		f.wrong("file", "Choose the file")
		return "", nil
	}
	defer func() { _ = file.Close() }() // in memory
	if content, err = io.ReadAll(io.LimitReader(file, mapfile.MaxFile+1)); err != nil {
		f.wrong("file", "The file cannot be read: send it again")
	}
	name = filepath.Base(strings.ReplaceAll(strings.ToValidUTF8(header.Filename, ""), `\`, "/"))
	if runes := []rune(name); len(runes) > 200 {
		name = string(runes[len(runes)-200:])
	}
	return name, content
}

// known returns what the register knows of the words that a map uses.
func (v *visit) known(l look) (mapfile.Known, error) {
	k := mapfile.Known{Functions: l.allFunctions, Organisations: l.allOrganisations, Footprints: l.allFootprints}
	for token := ""; ; {
		answer, err := v.ask.instruments.ListInstruments(v.ctx(), &remitv1.ListInstrumentsRequest{PageSize: 500, PageToken: token})
		if err != nil {
			return k, err
		}
		k.Instruments = append(k.Instruments, answer.GetInstruments()...)
		if token = answer.GetNextPageToken(); token == "" {
			return k, nil
		}
	}
}

// importTemplate sends an empty map to fill in.
func (v *visit) importTemplate() error {
	kind, content := "text/csv; charset=utf-8; header=present", mapfile.TemplateCSV()
	switch v.r.PathValue("file") {
	case "map.csv":
	case "map.xlsx":
		l, err := v.look()
		if err != nil {
			return err
		}
		known, err := v.known(l)
		if err != nil {
			return err
		}
		if content, err = mapfile.Template(known); err != nil {
			return fmt.Errorf("make the template: %w", err)
		}
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	default:
		return v.show(http.StatusNotFound, "not-found", nil)
	}
	v.w.Header().Set("Content-Type", kind)
	v.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "function-"+v.r.PathValue("file")))
	v.w.Header().Set("Cache-Control", "no-store")
	v.send(http.StatusOK, content)
	return nil
}
