package domain

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// allCommands are the commands of the register.
func allCommands() []Command {
	return []Command{
		EstablishOrganisation{},
		RenameOrganisation{},
		MoveOrganisation{},
		ChangeFootprints{},
		PlanReorganisation{},
		Reorganise{},
		DefineFunction{},
		ReviseFunction{},
		DivideFunction{},
		AllocateFunction{},
		RegisterInstrument{},
		CommenceInstrument{},
		DiscardInstrument{},
		RecordOccurrence{},
		PlanTransfer{},
		ReplacePlan{},
		ProposeTransfer{},
		AmendTransfer{},
		SetTerms{},
		AssessReadiness{},
		RecordOpinion{},
		DecideGateway{},
		EvidenceCondition{},
		DischargeCondition{},
		WaiveCondition{},
		ScheduleTransfer{},
		CompleteTransfer{},
		WithdrawTransfer{},
		DelegateFunction{},
		AcceptDelegation{},
		RevokeDelegation{},
		ExploreTransfer{},
		PauseTransfer{},
		ResumeTransfer{},
		CallIn{},
		ReverseTransfer{},
		RecordMilestone{},
		ReviewTransfer{},
		VaryDelegation{},
		RecordIntervention{},
		EndIntervention{},
		ClaimRemit{},
		AttestRemit{},
		ImportMap{},
		RaiseRisk{},
		UpdateRisk{},
		CloseRisk{},
		RecordPopulation{},
		RecordCost{},
		FormCommittee{},
		ChangeCommittee{},
		RecordAdvice{},
		SubmitPlanReturn{},
		ModeratePlanReturn{},
		Correct{},
		SetFramework{},
		FormPackage{},
		AssessPackage{},
		DecidePackage{},
		Second{},
		BeginEpoch{},
		ErasePersonalData{},
	}
}

// allFacts are the facts that can be recorded.
func allFacts() []Fact {
	return []Fact{
		OrganisationEstablished{},
		OrganisationRenamed{},
		OrganisationMoved{},
		OrganisationClosed{},
		OrganisationsReorganised{},
		HoldingsDisposed{},
		ReorganisationPlanned{},
		FootprintOpened{},
		CoverageChanged{},
		FootprintsSucceeded{},
		FunctionDefined{},
		FunctionRevised{},
		FunctionDivided{},
		FunctionAllocated{},
		InstrumentRegistered{},
		InstrumentCommenced{},
		InstrumentDiscarded{},
		OccurrenceRecorded{},
		TransferPlanned{},
		PlanReplaced{},
		TransferProposed{},
		TransferAmended{},
		TermsSet{},
		ReadinessAssessed{},
		OpinionRecorded{},
		GatewayDecided{},
		ConditionEvidenced{},
		ConditionDischarged{},
		ConditionWaived{},
		TransferScheduled{},
		TransferCompleted{},
		TransferWithdrawn{},
		FunctionDelegated{},
		DelegationAccepted{},
		DelegationRevoked{},
		Corrected{About: "organisation/"},
		TransferExplored{},
		OptionChosen{},
		TransferPaused{},
		TransferResumed{},
		TransferCalledIn{},
		TransferReversed{},
		MilestoneRecorded{},
		TransferReviewed{},
		DelegationVaried{},
		VariationAccepted{},
		InterventionRecorded{},
		InterventionEnded{},
		RemitClaimed{},
		RemitsAttested{},
		FunctionMapImported{},
		MapLinesProposed{},
		RiskRaised{},
		RiskUpdated{},
		RiskClosed{},
		PopulationRecorded{},
		CostRecorded{},
		CommitteeFormed{},
		CommitteeChanged{},
		AdviceRecorded{},
		PlanReturnSubmitted{},
		PlanReturnModerated{},
		FrameworkSet{},
		MatterDisposed{Matter: Matter{Kind: MatterRisk}},
		PackageFormed{},
		SecondAwaited{},
		SecondGiven{},
		SecondDeclined{},
		EpochBegan{},
		PersonalDataErased{},
	}
}

// sources parses the package's files, tests left out.
func sources(t *testing.T) []*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	set := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// typesWith names the types of the package that have a method.
func typesWith(files []*ast.File, method string) []string {
	var names []string
	for _, file := range files {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != method {
				continue
			}
			if name, ok := f.Recv.List[0].Type.(*ast.Ident); ok {
				names = append(names, name.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// reasonConstants are the values of the constants of type Reason.
func reasonConstants(files []*ast.File) []Reason {
	var reasons []Reason
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if name, ok := spec.Type.(*ast.Ident); !ok || name.Name != "Reason" {
				return true
			}
			for _, value := range spec.Values {
				if lit, ok := value.(*ast.BasicLit); ok {
					reasons = append(reasons, Reason(strings.Trim(lit.Value, `"`)))
				}
			}
			return true
		})
	}
	return reasons
}

// The lists of these tests are complete: a new command, fact or reason fails here until it is tested too.
func TestListsAreComplete(t *testing.T) {
	t.Parallel()
	files := sources(t)
	var commands, facts []string
	for _, cmd := range allCommands() {
		commands = append(commands, cmd.Method())
	}
	for _, fact := range allFacts() {
		facts = append(facts, fact.FactType())
	}
	slices.Sort(commands)
	slices.Sort(facts)
	if want := typesWith(files, "Method"); !slices.Equal(commands, want) {
		t.Errorf("commands are\n%v, the source has\n%v", commands, want)
	}
	if want := typesWith(files, "FactType"); !slices.Equal(facts, want) {
		t.Errorf("facts are\n%v, the source has\n%v", facts, want)
	}
	if want := reasonConstants(files); !slices.Equal(closedList(), want) {
		t.Errorf("reasons are\n%v, the source has\n%v", closedList(), want)
	}
}

// A method and a fact are stored under names that must never change: those of their types as they are now.
func TestNamesOfCommandsAndFacts(t *testing.T) {
	t.Parallel()
	for _, cmd := range allCommands() {
		if name := reflect.TypeOf(cmd).Name(); cmd.Method() != name {
			t.Errorf("%s has the method %q", name, cmd.Method())
		}
	}
	for _, fact := range allFacts() {
		name := reflect.TypeOf(fact).Name()
		if fact.FactType() != name {
			t.Errorf("%s has the fact type %q", name, fact.FactType())
		}
		if kind, id, ok := strings.Cut(fact.Entity(), "/"); !ok || kind == "" || id != "" {
			t.Errorf("an empty %s is about %q", name, fact.Entity())
		}
		if fact.Effective() != 0 {
			t.Errorf("an empty %s is effective on %s", name, fact.Effective())
		}
		if changes := ChangesOf(fact); changes != nil {
			t.Errorf("an empty %s changes holdings: %v", name, changes)
		}
	}
}

// Under which names a command's content is remembered: every exported field has a name of its own in its type, down to
// the last, except personal texts, which are left out.
func TestCommandsNameTheirFields(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	for _, cmd := range allCommands() {
		checkTags(t, reflect.TypeOf(cmd), seen)
	}
}

func checkTags(t *testing.T, typ reflect.Type, seen map[reflect.Type]bool) {
	t.Helper()
	switch typ.Kind() { //nolint:exhaustive // the other kinds are values
	case reflect.Slice, reflect.Array, reflect.Pointer:
		checkTags(t, typ.Elem(), seen)
		return
	case reflect.Map:
		checkTags(t, typ.Key(), seen)
		checkTags(t, typ.Elem(), seen)
		return
	case reflect.Struct:
	case reflect.Interface, reflect.Func, reflect.Chan, reflect.Float32, reflect.Float64:
		t.Errorf("%s has no canonical form", typ)
		return
	default:
		return
	}
	if seen[typ] || typ == reflect.TypeFor[Text]() {
		return
	}
	seen[typ] = true
	names := map[string]bool{}
	for _, field := range reflect.VisibleFields(typ) {
		if !field.IsExported() {
			t.Errorf("%s.%s would be left out: it is not exported", typ, field.Name)
			continue
		}
		checkTag(t, typ, field, names)
		checkTags(t, field.Type, seen)
	}
}

func checkTag(t *testing.T, typ reflect.Type, field reflect.StructField, names map[string]bool) {
	t.Helper()
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	switch {
	case name == "-":
		given := typ == reflect.TypeFor[Condition]() && field.Name == "ID" ||
			typ == reflect.TypeFor[ErasePersonalData]() && (field.Name == "Recorded" || field.Name == "People")
		if !given {
			t.Errorf("%s.%s is left out; only what the register itself gives is", typ, field.Name)
		}
		return
	case name == "" && field.Type == reflect.TypeFor[Text]():
		return
	case name == "":
		t.Errorf("%s.%s has no json tag", typ, field.Name)
		return
	case names[name]:
		t.Errorf("%s has two fields named %q", typ, name)
	}
	names[name] = true
	if strings.ToLower(name[:1]) != name[:1] || strings.ContainsAny(name, "_- ") {
		t.Errorf("%s.%s is named %q, not in the style of the public contract", typ, field.Name, name)
	}
}

// The scenarios leave nothing out: every command is accepted and every fact recorded at least once in them, and every
// reason that the rules can give is given. What is left to others says why.
func TestScenariosCoverTheRules(t *testing.T) {
	t.Parallel()
	elsewhere := []Reason{
		CommandIDReused,  // the store remembers command ids
		NotSignedIn,      // the transport knows who is signed in
		TooLarge,         // the store bounds what it writes
		Overloaded,       // the store bounds its queue
		RegisterReadOnly, // the store knows whether it can write
	}
	accepted, refused, recorded := map[string]bool{}, make(map[Reason]bool), map[string]bool{}
	files, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		s, err := playFile(file, false)
		if err != nil {
			t.Fatalf("%v", err)
		}
		maps.Copy(accepted, s.accepted)
		maps.Copy(refused, s.refused)
		for _, e := range s.events {
			recorded[e.Fact.FactType()] = true
		}
	}
	accepted["BeginEpoch"], recorded["EpochBegan"] = true, true // nobody's but the register's own, see TestEpochsAreTold
	for _, cmd := range allCommands() {
		if !accepted[cmd.Method()] {
			t.Errorf("no scenario has %s accepted", cmd.Method())
		}
	}
	for _, fact := range allFacts() {
		if !recorded[fact.FactType()] {
			t.Errorf("no scenario records %s", fact.FactType())
		}
	}
	for _, reason := range closedList() {
		if other := slices.Contains(elsewhere, reason); refused[reason] == other {
			t.Errorf("%s: refused in a scenario %v, left to others %v", reason, refused[reason], other)
		}
	}
}
