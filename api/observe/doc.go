// Package observe lets operators see what a register does: metrics for Prometheus, traces over OTLP, and a log whose lines
// name the request and the command that they belong to. It changes nothing about what is answered.
//
// deploy/METRICS.md lists the metrics. Neither metrics, traces nor log lines hold tokens, personal texts or what was
// asked for: methods, outcomes, sizes and ids only.
package observe
