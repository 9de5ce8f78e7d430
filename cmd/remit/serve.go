package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"github.com/remit-register/remit/api/observe"
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
)

// serveOptions say where and how to serve a register.
type serveOptions struct {
	listen   string // host:port
	data     string // directory
	auth     authOptions
	observe  observeOptions
	limits   limitOptions
	config   string // file, "" for none
	empty    bool   // do not load the reference register
	nats     string // URL of an external NATS server, "" for the embedded one
	replicas int
	// Of an external server: its credentials, its monitoring ports, and whether to believe that it syncs.
	credentials  string
	monitors     []string
	unverified   bool
	drainTimeout time.Duration
	// A journal of more events than these starts from a checkpoint, and is verified while it serves.
	verifyAtStart uint64
	// The archive: its folder ("" for archive in data), when commands are answered, and the log's name at the first start.
	archiveDir  string
	archiveMode string
	logName     string
}

// The values of --archive-mode.
const (
	archiveAsync = "async" // commands are answered once the journal has them; the archive follows within seconds
	archiveSync  = "sync"  // once the archive has them too
)

func (a *app) serve() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Start a register on this machine",
		Long: `Start a register: the services over Connect, gRPC and gRPC-Web, as plain JSON too, on one port. The journal is kept in
the data directory by an embedded NATS JetStream server that nobody else can reach; every write is on disk before it is
answered. A new register loads the reference register that comes with this program: England's bodies, functions and real
changes. Everything recorded is written a second time to the archive, as a log that is signed and can be checked by
anybody: it is served below /log/ and may be on another disk (--archive). It listens at once, and is ready when the line READY appears on stderr, or GET /readyz answers 200.

It stops on Ctrl-C or SIGTERM, after it has finished what it had accepted. Every flag may also be given as an
environment variable, --listen as REMIT_LISTEN and so on, or in the file that --config names; the command line counts
more than the environment, and that more than the file.

Who may do what is one table: see "remit rights". Attempts that are refused because of who makes them are kept in
access.log in the data directory.`,
		Example: `  remit serve
  remit serve --listen 127.0.0.1:0 --data /srv/remit
  remit serve --empty
  remit serve --config /etc/remit/remit.yaml
  remit serve --auth oidc --oidc-issuer https://sign-in.example --oidc-audience remit --oidc-mapping mapping.yaml
  remit serve --archive /mnt/other-disk/remit --archive-mode sync
  remit serve --nats nats://n1:4222,nats://n2:4222,nats://n3:4222 --replicas 3 --nats-monitor http://n1:8222`,
		Args: cobra.NoArgs,
	}
	var o serveOptions
	flags := cmd.Flags()
	flags.StringVar(&o.listen, "listen", "127.0.0.1:8080", "`ADDRESS` to listen on; port 0 takes a free one")
	flags.StringVar(&o.data, "data", "./remit-data", "`DIRECTORY` of the journal; made when missing")
	o.auth.flags(cmd)
	o.observe.flags(cmd)
	o.limits.flags(cmd)
	flags.StringVar(&o.config, configFlag, "", "YAML `FILE` that sets the flags which are not given, a field for each: see deploy/remit.yaml")
	flags.StringVar(&o.archiveDir, "archive", "", "`FOLDER` of the archive, best on another disk; left out: archive in the data directory")
	flags.StringVar(&o.archiveMode, "archive-mode", archiveAsync,
		"async: the archive may be seconds behind; sync: answer commands once they are archived too")
	completeWords(cmd, "archive-mode", []string{archiveAsync, archiveSync})
	flags.StringVar(&o.logName, "log-name", "", "`NAME` of the log, given for ever at the first start; left out: one is made up")
	flags.BoolVar(&o.empty, "empty", false, "do not load the reference register")
	o.natsFlags(flags)
	flags.DurationVar(&o.drainTimeout, "drain-timeout", 10*time.Second, "how long to go on with what was accepted, when stopping")
	flags.Uint64Var(&o.verifyAtStart, "verify-at-start", 1_000_000,
		"`EVENTS` up to which the whole journal is verified before serving; a longer one starts from a checkpoint and is verified meanwhile")
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		if err := a.fromEnvironment(cmd.LocalNonPersistentFlags()); err != nil {
			return err
		}
		if o.config != "" {
			if err := fromFile(cmd.LocalNonPersistentFlags(), o.config); err != nil {
				return err
			}
		}
		if err := o.check(); err != nil {
			return err
		}
		return a.runServe(cmd.Context(), o)
	})
	return cmd
}

// natsFlags defines the flags of a journal on an external cluster.
func (o *serveOptions) natsFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.nats, "nats", "", "`URL` of an external NATS cluster for the journal; left out: the embedded server")
	flags.IntVar(&o.replicas, "replicas", 1, "copies of the journal on an external cluster: 1, 3 or 5")
	flags.StringVar(&o.credentials, "nats-credentials", "", "`FILE` with the credentials for the external cluster")
	flags.StringSliceVar(&o.monitors, "nats-monitor", nil, "`URL` of an external server's monitoring port; one for each server")
	flags.BoolVar(&o.unverified, "nats-accept-unverified-sync", false,
		"open an external journal though it cannot be checked that every write is synced")
}

// fromEnvironment sets the flags that were not given from the environment: --listen from REMIT_LISTEN.
func (a *app) fromEnvironment(flags *pflag.FlagSet) error {
	var err error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "REMIT_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value := a.getenv(name)
		if f.Changed || value == "" {
			return
		}
		if setErr := flags.Set(f.Name, value); setErr != nil {
			err = errors.Join(err, usagef("%s: %w", name, setErr))
		}
	})
	return err
}

// check refuses what would be unsafe or cannot be.
func (o serveOptions) check() error {
	host, _, err := net.SplitHostPort(o.listen)
	switch {
	case err != nil:
		return usagef("--listen %q is no address: write it as 127.0.0.1:8080", o.listen)
	case o.replicas != 1 && o.nats == "":
		return usagef("--replicas %d needs an external cluster: give --nats", o.replicas)
	case !slices.Contains([]int{1, 3, 5}, o.replicas):
		return usagef("--replicas %d cannot be: 1, 3 or 5", o.replicas)
	case o.verifyAtStart == 0:
		return usagef("--verify-at-start must be above zero")
	case o.drainTimeout < 0:
		return usagef("--drain-timeout %s must not be less than nothing", o.drainTimeout)
	case o.archiveMode != archiveAsync && o.archiveMode != archiveSync:
		return usagef("--archive-mode %q is not known: async or sync", o.archiveMode)
	}
	if o.logName != "" {
		if err := archive.CheckName(o.logName); err != nil {
			return usagef("--log-name: %w", err)
		}
	}
	return errors.Join(o.observe.check(o.nats != ""), o.auth.check(o.listen, host), o.limits.check())
}

// isLoopbackName tells whether a host is one that only this machine reaches.
func isLoopbackName(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

func (o serveOptions) store(clock func() time.Time, logger *slog.Logger) eventstore.Config {
	cfg := eventstore.Config{
		Dir: o.data, URL: o.nats, Replicas: o.replicas, Monitors: o.monitors, AcceptUnverifiedSync: o.unverified,
		DrainTimeout: o.drainTimeout, VerifyAtStart: domain.EventNo(o.verifyAtStart), Clock: clock, Logger: logger,
	}
	if o.credentials != "" {
		cfg.Connect = append(cfg.Connect, nats.UserCredentials(o.credentials))
	}
	return cfg
}

// log says how the archive is kept.
func (o serveOptions) log(clock func() time.Time, logger *slog.Logger) *archive.Config {
	return &archive.Config{
		Data: o.data, Dir: o.archiveDir, Name: o.logName, Sync: o.archiveMode == archiveSync, Clock: clock, Logger: logger,
	}
}

// runServe serves a register until ctx ends, or it cannot go on.
func (a *app) runServe(ctx context.Context, o serveOptions) (err error) {
	began := a.clock()
	logger, err := observe.NewLogger(a.stderr, o.observe.logFormat, o.observe.logLevel)
	if err != nil {
		return err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", o.listen)
	if err != nil {
		return listenError(o.listen, err)
	}
	defer listener.Close()
	heap := roomyHeap(startRoom)
	defer heap.restore()
	signIn, err := o.auth.signIn(a.clock)
	if err != nil {
		return err
	}
	i, err := o.observe.instruments(ctx, a.clock)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.stop(ctx, o.drainTimeout)) }()
	r, err := openRegister(ctx, o.observe.observed(o.store(a.clock, logger), i), o.log(a.clock, logger))
	if err != nil {
		return openError(o, err)
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.open(o, signIn); err != nil {
		return err
	}
	if err := r.instrument(i, o); err != nil {
		return err
	}
	server, err := r.server()
	if err != nil {
		return err
	}
	if err := o.limits.limit(server); err != nil {
		return err
	}
	url := o.limits.scheme() + "://" + listener.Addr().String()
	a.say("remit listens on %s (data in %s, %d events)", url, o.data, r.store.Position())
	if warning := o.auth.warning(); warning != "" {
		a.line("%s", warning)
	}
	group, life := errgroup.WithContext(ctx)
	group.Go(func() error { return r.watch(life) })
	group.Go(func() error { return serveUntil(life, server, listener, o.drainTimeout) })
	group.Go(func() error {
		if err := a.prepare(life, r, o.empty); err != nil && life.Err() == nil {
			return err
		} else if err == nil {
			heap.change(serveRoom)
			a.sayReady(url, r, a.clock().Sub(began))
		}
		return nil
	})
	err = group.Wait()
	a.say("remit stops")
	return err
}

// prepare loads the reference register where that is wanted, and waits until questions can be answered.
func (a *app) prepare(ctx context.Context, r *register, empty bool) error {
	wanted := false
	if !empty {
		var err error
		if wanted, err = r.loader.wanted(); err != nil {
			return fmt.Errorf("look for the reference register: %w", err)
		}
	}
	if wanted {
		loaded, err := r.loader.loadTelling(ctx, 0, a.progress("loading the reference register"))
		if err != nil {
			return fmt.Errorf("load the reference register (start with --empty to go without): %w", err)
		}
		a.say("loaded the reference register: %d of %d commands were new", loaded.Recorded, loaded.Commands)
	}
	r.loaded.Store(true)
	if err := r.caughtUp(ctx); err != nil {
		return err
	}
	r.running.Go(func() error {
		r.copies.Run(r.life)
		return nil
	})
	return nil
}

// progress returns what shows on a terminal how far something is, and nowhere else.
func (a *app) progress(what string) func(done, total int) {
	shown := -1
	return func(done, total int) {
		percent := 100 * done / max(total, 1)
		if percent == shown || a.quiet || !isTerminal(a.stderr) {
			return
		}
		shown = percent
		_, _ = fmt.Fprintf(a.stderr, "\r%s: %d%%", what, percent) // there is nowhere to complain about stderr
		if done == total {
			a.say("")
		}
	}
}

func (a *app) sayReady(url string, r *register, took time.Duration) {
	a.say("")
	a.say("Ready after %s with %d events. Now ask, from another window:", took.Round(time.Millisecond), r.store.Position())
	if r.entrance.signIn != nil {
		a.say("  remit help identity                  # with a token of the sign-in service, as this says")
	}
	if !strings.HasPrefix(url, "http://") || !strings.HasSuffix(url, ":8080") {
		a.say("  export REMIT_SERVER=%s", url)
	}
	a.say("  remit who eprr --in 06H")
	a.say("  remit org S1Y5D")
	a.say("  remit transfer --help")
	a.say("")
	a.line("READY %s", url)
}

// serveUntil serves until ctx ends, and then finishes what was accepted.
func serveUntil(ctx context.Context, server *http.Server, listener net.Listener, drain time.Duration) error {
	served := make(chan error, 1)
	go func() {
		if server.TLSConfig != nil {
			served <- server.ServeTLS(listener, "", "") // what the configuration has
			return
		}
		served <- server.Serve(listener)
	}()
	select {
	case err := <-served:
		return fmt.Errorf("serve HTTP: %w", err)
	case <-ctx.Done():
	}
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err := server.Shutdown(finish)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.Join(fmt.Errorf("requests were still under way after %s", drain), server.Close())
	}
	if serveErr := <-served; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}

// listenError says what to do about an address that cannot be had.
func listenError(address string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("another program listens on %s: stop it, or choose another port with --listen 127.0.0.1:0 "+
			"(0 takes a free one): %w", address, err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s may not be used by this user: choose a port above 1023 with --listen: %w", address, err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("this machine has no address %s: give one of its own with --listen, or 0.0.0.0 for all: %w", address, err)
	}
	return fmt.Errorf("listen on %s: %w", address, err)
}

// openError says what to do about a register that does not open.
func openError(o serveOptions, err error) error {
	remedy := ""
	switch {
	case errors.Is(err, eventstore.ErrDamaged):
		remedy = "\n" + damagedRemedy(o)
	case errors.Is(err, eventstore.ErrVaultIncomplete):
		remedy = "\n" + incompleteRemedy(o)
	case errors.Is(err, eventstore.ErrRestoring):
		remedy = "\nBring it to its end: " + restoreCommand(o, o.archiveFolder())
	case errors.Is(err, eventstore.ErrInUse):
		remedy = "\nEach register has a directory of its own: see --data."
	case errors.Is(err, eventstore.ErrSettings):
		remedy = "\nSee --nats-monitor and --nats-accept-unverified-sync in 'remit serve --help'."
	case errors.Is(err, nats.ErrNoServers):
		remedy = "\nIs the NATS cluster running at the address that --nats gives?"
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrNotExist):
		remedy = "\nGive a directory that this user may write with --data, and another for the archive with --archive."
	}
	return fmt.Errorf("open the register: %w%s", err, remedy)
}
