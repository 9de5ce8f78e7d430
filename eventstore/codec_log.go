package eventstore

import "github.com/remit-register/remit/domain"

// logFacts visits the fact if it is one of these: what happened to the log itself.
func logFacts(c *coder, f *domain.Fact) {
	oneof(c, 361, f, epochBegan)
	oneof(c, 362, f, personalDataErased)
}

func epochBegan(c *coder, v *domain.EpochBegan) {
	number(c, 1, &v.Epoch)
	number(c, 2, &v.RestoredSize)
	root := string(v.RestoredRoot)
	digest(c, 3, &root)
	v.RestoredRoot = domain.RootHash(root)
	number(c, 4, &v.Unsigned)
	truth(c, 5, &v.MayHaveLost)
	number(c, 6, &v.LostUpTo)
	text(c, 7, &v.FormerLog)
}
