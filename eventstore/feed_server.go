package eventstore

import (
	"crypto/rand"
	"fmt"
	"net"
	"strconv"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// The account of the embedded server that outsiders get into: nothing is in it but the feed. The journal and the vault
// are in another, which has no door to this one.
const feedAccount = "REMIT_FEED"

// forFeed returns the connection that the feed is written over.
func (c *connection) forFeed() *nats.Conn {
	if c.feed != nil {
		return c.feed
	}
	return c.nc
}

// feedDoor has the embedded server listen for consumers of the feed: whoever comes without a name gets into the feed's
// account, and may read there. The register itself comes with a password that nobody else knows.
type feedDoor struct {
	password string // of who writes the feed
}

// open prepares the options of a server that is to listen on address.
func (d *feedDoor) open(options *server.Options, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("address %q of the feed: %w: %w", address, err, ErrSettings)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return fmt.Errorf("port of %q: %w: %w", address, err, ErrSettings)
	}
	if number == 0 {
		number = server.RANDOM_PORT
	}
	d.password = rand.Text()
	account := server.NewAccount(feedAccount)
	options.DontListen = false
	options.Host, options.Port = host, number
	options.Accounts = []*server.Account{account}
	options.NoAuthUser = "consumer"
	options.Users = append(options.Users,
		&server.User{Username: feedUser, Password: d.password, Account: account},
		&server.User{Username: options.NoAuthUser, Password: rand.Text(), Account: account, Permissions: &server.Permissions{
			Publish:   &server.SubjectPermission{Allow: feedConsumerMay()},
			Subscribe: &server.SubjectPermission{Allow: []string{"_INBOX.>"}},
		}},
	)
	return nil
}

// feedUser is who writes the feed on the embedded server.
const feedUser = registerUser + "-feed"

// feedConsumerMay lists what a consumer of the feed publishes: requests that read it and manage its own position.
// External servers should allow consumers the same.
func feedConsumerMay() []string {
	return []string{
		"$JS.API.INFO", "$JS.API.STREAM.INFO." + feedStream, "$JS.API.STREAM.NAMES",
		"$JS.API.STREAM.MSG.GET." + feedStream,
		"$JS.API.CONSUMER.CREATE." + feedStream + ".>", "$JS.API.CONSUMER.INFO." + feedStream + ".*",
		"$JS.API.CONSUMER.DELETE." + feedStream + ".*", "$JS.API.CONSUMER.MSG.NEXT." + feedStream + ".*",
		"$JS.ACK." + feedStream + ".>", "$JS.FC." + feedStream + ".>",
	}
}

// enter enables JetStream in both accounts of the started server and connects to that of the feed.
func (d *feedDoor) enter(started *server.Server) (*nats.Conn, error) {
	account, err := started.LookupAccount(feedAccount)
	if err != nil {
		return nil, fmt.Errorf("find the feed's account: %w", err)
	}
	for _, a := range []*server.Account{started.GlobalAccount(), account} {
		if err := a.EnableJetStream(nil, nil); err != nil {
			return nil, fmt.Errorf("start JetStream for account %s: %w", a.Name, err)
		}
	}
	nc, err := nats.Connect("", nats.InProcessServer(started), nats.Name("remit feed"), nats.MaxReconnects(-1),
		nats.CustomInboxPrefix("_REMIT"), nats.UserInfo(feedUser, d.password))
	if err != nil {
		return nil, fmt.Errorf("connect to the feed's account: %w", err)
	}
	return nc, nil
}

// FeedAddress returns where consumers of the feed reach the embedded server, "" where they do not.
func (s *Store) FeedAddress() string {
	if s.conn.feed == nil {
		return ""
	}
	return s.conn.server.Addr().String()
}
