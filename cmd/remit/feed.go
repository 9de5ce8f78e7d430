package main

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"

	"github.com/remit-register/remit/eventstore"
)

func (a *app) feed() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "feed",
		Short: "Look after the feed of events for other systems",
		Long: `The feed is a JetStream stream with one message for each event, written by "remit serve --feed" for other systems to
follow: eventstore/FEED.md says how. It is derived from the journal, and written again whenever it is missing.`,
	})
	cmd.AddCommand(a.feedRebuild())
	return cmd
}

func (a *app) feedRebuild() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rebuild",
		Short: "Have the feed on an external cluster written again from the first event",
		Long: `Delete the feed on an external cluster. Every "remit serve --feed" that runs notices within 10 seconds, and begins the
feed anew; one that is started later does so then. Consumers that the cluster keeps are deleted with it; those that keep
their own number go on where they were. A feed that disagrees with the journal is rebuilt without this command.`,
		Example: `  remit feed rebuild --nats nats://n1:4222,nats://n2:4222`,
		Args:    cobra.NoArgs,
	}
	var url, credentials string
	cmd.Flags().StringVar(&url, "nats", a.env("REMIT_NATS", ""), "`URL` of the external NATS cluster (also REMIT_NATS)")
	cmd.Flags().StringVar(&credentials, "nats-credentials", "", "`FILE` with the credentials for the cluster")
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		if url == "" {
			return usagef("--nats says on which cluster the feed is; with the embedded server it is rebuilt by itself")
		}
		cfg := eventstore.Config{URL: url, Clock: a.clock}
		if credentials != "" {
			cfg.Connect = append(cfg.Connect, nats.UserCredentials(credentials))
		}
		return a.rebuildFeed(cmd.Context(), cfg)
	})
	return cmd
}

func (a *app) rebuildFeed(ctx context.Context, cfg eventstore.Config) error {
	existed, err := eventstore.DeleteFeed(ctx, cfg)
	if err != nil {
		return fmt.Errorf("rebuild the feed: %w", err)
	}
	if !existed {
		a.say("there is no feed; 'remit serve --feed' begins one")
		return nil
	}
	a.say("the feed is deleted; 'remit serve --feed' writes it again from the first event")
	return nil
}
