//go:build race

package eventstoretest

// Race says that the race detector runs: what is measured then says nothing about the program.
const Race = true
