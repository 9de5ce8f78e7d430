package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// PackageView is a package with its members as known.
type PackageView struct {
	domain.Package
	// Transfers are the members, in the order in which the package names them.
	Transfers []TransferView
}

// PackageQuery asks for packages of transfers. Empty fields limit nothing.
type PackageQuery struct {
	// Known is the position as known at which the packages are shown.
	Known domain.EventNo
	// Member limits the answer to packages to which this transfer belongs.
	Member domain.TransferID
	// Organisation limits the answer to packages of which it sends or receives a member.
	Organisation domain.OrganisationCode
	// After is the last package of the page before, "" for the first page.
	After string
	// Limit is the most packages of a page, 0 for no limit.
	Limit int
}

// PackagePage is a page of packages in the order of forming.
type PackagePage struct {
	Packages []PackageView
	// Next is where the next page begins (see PackageQuery.After), "" when this is the last.
	Next string
	// Position pins the list.
	Position domain.EventNo
}

// Package returns a package with its members as known, with the position as resolved. It refuses with
// domain.UnknownPackage.
func (v *Views) Package(id string, known domain.EventNo) (PackageView, domain.EventNo, error) {
	get := func(id string, known domain.EventNo) (PackageView, bool) {
		p, ok := v.packages.Get(id, known)
		if !ok {
			return PackageView{}, false
		}
		return v.packageView(p, known), true
	}
	return oneOf(v, id, known, get, unknownID(domain.UnknownPackage, "package", "package", id))
}

// Packages lists packages. It fails only for a position that is not reached yet.
func (v *Views) Packages(q PackageQuery) (PackagePage, error) {
	var page PackagePage
	err := v.read(domain.AsOf{Known: q.Known}, func(a domain.AsOf) error {
		page.Position = a.Known
		var views []PackageView
		for _, p := range v.packages.All(a.Known) {
			views = append(views, v.packageView(p, a.Known))
		}
		page.Packages, page.Next = pageOf(views, func(p PackageView) string { return p.ID },
			paging[string]{q.After, q.Limit}, q.lets)
		return nil
	})
	return page, err
}

func (v *Views) packageView(p domain.Package, known domain.EventNo) PackageView {
	view := PackageView{Package: p}
	for _, id := range p.Members {
		if t, ok := v.transfers.Get(id, known); ok {
			view.Transfers = append(view.Transfers, v.transferView(t, known))
		}
	}
	return view
}

func (q *PackageQuery) lets(p PackageView) bool {
	takesPart := func(t TransferView) bool { return t.Sender == q.Organisation || t.Receiver() == q.Organisation }
	return (q.Member == "" || slices.Contains(p.Members, q.Member)) &&
		(q.Organisation == "" || slices.ContainsFunc(p.Transfers, takesPart))
}
