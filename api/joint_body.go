package api

import (
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// organisations shows bodies as known. Of a joint body the members and the host are those with which it was
// established; they never change.
func (q *queries) organisations(
	known domain.EventNo, views ...projections.OrganisationView,
) ([]*remitv1.Organisation, error) {
	messages := mapped(views, q.shown().organisation)
	for i, view := range views {
		if !isJoint(view.Form) {
			continue
		}
		list, err := q.views.Events(projections.EventQuery{
			Entity: "organisation/" + string(view.Code), Type: domain.OrganisationEstablished{}.FactType(), Until: known,
		})
		if err != nil {
			return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
		}
		for _, e := range list.Events {
			if fact, ok := e.Fact.(domain.OrganisationEstablished); ok {
				messages[i].JointMembers, messages[i].Host = strs[string](fact.Members), string(fact.Host)
			}
		}
	}
	return messages, nil
}

// isJoint tells whether a form is one of several bodies together.
func isJoint(form domain.Form) bool {
	switch form {
	case domain.FormJointCommittee, domain.FormCommitteesInCommon, domain.FormCluster, domain.FormPartnership:
		return true
	case domain.FormMinister, domain.FormStatutoryBody, domain.FormTrust, domain.FormCouncil, domain.FormTeam,
		domain.FormOffice, domain.FormCommitteeBody, domain.FormCompany, domain.FormCharity:
	}
	return false
}
