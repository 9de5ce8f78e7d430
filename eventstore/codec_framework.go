package eventstore

import "github.com/remit-register/remit/domain"

func frameworkSet(c *coder, v *domain.FrameworkSet) {
	one(c, 1, &v.Framework, framework)
}

func framework(c *coder, v *domain.Framework) {
	text(c, 1, &v.Code)
	text(c, 2, &v.Name)
	number(c, 3, &v.Weight)
	texts(c, 4, &v.Domains)
	many(c, 5, &v.Gateways, frameworkGateway)
	truth(c, 6, &v.Confirmed)
	one(c, 7, &v.Notice, notice)
}

func frameworkGateway(c *coder, v *domain.FrameworkGateway) {
	text(c, 1, &v.Code)
	text(c, 2, &v.Party)
	text(c, 3, &v.Role)
	truth(c, 4, &v.OpinionRequired)
}

func notice(c *coder, v *domain.Notice) {
	texts(c, 1, &v.Statements)
	number(c, 2, &v.WorkingDays)
	number(c, 3, &v.MaxPounds)
	number(c, 4, &v.MaxWTE)
}

func packageFormed(c *coder, v *domain.PackageFormed) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Name)
	sealed(c, 3, &v.Case)
	texts(c, 4, &v.Members)
}
