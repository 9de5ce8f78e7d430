// Package proto holds the schema of the services as it is written, for the descriptions in it: the code generated from
// it has none.
package proto

import "embed"

// Sources are the files of the schema, below remit/v1.
//
//go:embed remit/v1/*.proto
var Sources embed.FS
