// Command remit keeps the register of who holds which function of the NHS in England: it is the server and the
// command line that asks it. `remit help` lists the commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // dates are those of Europe/London, whether or not the machine knows its zone
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, clock: time.Now}
	os.Exit(a.main(ctx, os.Args[1:]))
}
