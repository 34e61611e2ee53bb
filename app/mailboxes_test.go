package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"testing"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/p2p/mailbox"
	"sotto/p2p/node"
)

// nobody is the handler of a node that is nothing but a mailbox.
type nobody struct{}

func (nobody) Admit(node.ID) bool                               { return false }
func (nobody) Cell(node.ID, []byte)                             {}
func (nobody) Connected(node.ID, node.Via, string)              {}
func (nobody) Disconnected(node.ID)                             {}
func (nobody) Bundle(node.Token) ([]byte, node.Status)          { return nil, node.Gone }
func (nobody) Request(node.Token, []byte) ([]byte, node.Status) { return nil, node.Gone }
func (nobody) AddressesChanged()                                {}

// post office is a mailbox of a test, on loopback, to be stopped and started.
type box struct {
	t      testing.TB
	dir    string
	key    []byte
	port   int
	limits mailbox.Limits
	secret mailbox.Seed
	server *mailbox.Server
	node   *node.Node
}

func newBox(t testing.TB) *box { return newBoxWith(t, mailbox.DefaultLimits()) }

func newBoxWith(t testing.TB, limits mailbox.Limits) *box {
	t.Helper()
	b := &box{t: t, dir: t.TempDir(), key: make([]byte, 32), limits: limits, secret: mailbox.NewSeed()}
	rand.Read(b.key)
	b.start()
	t.Cleanup(b.stop)
	return b
}

func (b *box) start() {
	b.t.Helper()
	var err error
	if b.server, err = mailbox.Open(b.dir, b.limits, mailbox.SecretAccess(b.secret), nil, time.Now); err != nil {
		b.t.Fatal(err)
	}
	listen := []string{fmt.Sprintf("/ip4/127.0.0.1/tcp/%d", b.port)}
	b.node, err = node.New(node.Config{Key: b.key, Listen: listen, Handler: nobody{}, Services: []node.Service{b.server.Service()}})
	if err != nil {
		b.t.Fatal(err)
	}
	b.port = b.node.Port()
}

func (b *box) stop() {
	if b.node == nil {
		return
	}
	b.node.Close()
	b.server.Close()
	b.node, b.server = nil, nil
}

func (b *box) route() node.Route { return node.Route{Peer: b.node.ID(), Addrs: b.node.Addrs()} }

func (b *box) link() string { return mailbox.Link{Route: b.route(), Secret: &b.secret}.String() }

// useBoxes gives a person mailboxes, and waits until their contacts know.
func (p *person) useBoxes(boxes ...*box) []model.MailboxID {
	p.t.Helper()
	var ids []model.MailboxID
	for _, b := range boxes {
		ids = append(ids, must(p.AddMailbox(p.t.Context(), b.link(), ""))(p.t).ID)
	}
	return ids
}

// knows waits until a person knows of n mailboxes of a contact.
func (p *person) knows(id model.ContactID, n int) {
	p.t.Helper()
	until(p.t, fmt.Sprintf("%d mailboxes of a contact", n), func() bool {
		var entries []depositAt
		err := p.view(p.t.Context(), func(t *store.Tx) (err error) {
			entries, err = entriesOf(t, id)
			return err
		})
		if err != nil {
			p.t.Fatal(err)
		}
		return len(entries) == n
	})
}

// states counts a person's messages to a contact by state.
func (p *person) states(id model.ContactID) map[model.State]int {
	p.t.Helper()
	all := make(map[model.State]int)
	for before := int64(0); ; {
		page := must(p.Messages(p.t.Context(), id, model.Page{Before: before, Limit: 500}))(p.t)
		if len(page) == 0 {
			return all
		}
		for _, m := range page {
			if m.Direction == model.Outgoing {
				all[m.State]++
			}
		}
		before = page[0].Row
	}
}

// receiptsOwed counts the acknowledgements that a person has still to deposit.
func (p *person) receiptsOwed(id model.ContactID) (n int) {
	p.t.Helper()
	err := p.view(p.t.Context(), func(t *store.Tx) error {
		entries, err := entriesOf(t, id)
		for _, e := range entries {
			if _, owed, err := t.Receipt(id, e.queue); err != nil {
				return err
			} else if owed {
				n++
			}
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// await is until for what takes long to look at.
func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	until(t, what, func() bool {
		if ok() {
			return true
		}
		time.Sleep(200 * time.Millisecond)
		return false
	})
}

// say sends n messages "prefix 0", "prefix 1" and so on.
func (p *person) say(id model.ContactID, prefix string, n int) {
	p.t.Helper()
	for i := range n {
		must(p.Send(p.t.Context(), id, fmt.Sprintf("%s %d", prefix, i)))(p.t)
	}
}

// heard returns what a person has of a contact's messages that begin with a
// word, in their order.
func (p *person) heard(id model.ContactID) (all []string) {
	p.t.Helper()
	for _, line := range texts(p.t, p, id) {
		if text, ok := cutPrefix(line, "in: "); ok {
			all = append(all, text)
		}
	}
	return all
}

func cutPrefix(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || s[:len(prefix)] != prefix {
		return s, false
	}
	return s[len(prefix):], true
}

// wantSaid checks that what was heard is what say sent, in order, once each.
func wantSaid(t testing.TB, got []string, prefix string, n int) {
	t.Helper()
	var want []string
	for i := range n {
		want = append(want, fmt.Sprintf("%s %d", prefix, i))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%d messages, want %d in order; first difference at %d", len(got), n, firstDifference(got, want))
	}
}

func firstDifference(a, b []string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// TestNeverOnlineTogether has two people write to each other who are never
// online at the same time once they are contacts.
func TestNeverOnlineTogether(t *testing.T) {
	const n = 1000
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	alice.useBoxes(newBox(t))
	bob.useBoxes(newBox(t))
	alice.knows(ofBob, 1)
	bob.knows(ofAlice, 1)
	settle(t, alice, bob)

	bob.restart()
	alice.say(ofBob, "from Alice", n)
	await(t, "Alice's messages stored", func() bool { return alice.states(ofBob)[model.Stored] == n })
	alice.restart()

	bob.online()
	await(t, "Alice's messages", func() bool { return len(bob.heard(ofAlice)) == n })
	wantSaid(t, bob.heard(ofAlice), "from Alice", n)
	first := must(bob.Messages(t.Context(), ofAlice, model.Page{Limit: 1}))(t)[0]
	if steps := must(bob.Details(t.Context(), first.ID))(t).Steps; len(steps) != 2 || steps[0].Kind != model.StepFetched || steps[0].Mailbox == "" || steps[1].Kind != model.StepOpened {
		t.Errorf("its way was %+v", steps)
	}
	bob.say(ofAlice, "from Bob", n)
	await(t, "Bob's messages stored", func() bool { return bob.states(ofAlice)[model.Stored] == n && bob.receiptsOwed(ofAlice) == 0 })
	bob.restart()

	alice.online()
	await(t, "Bob's messages", func() bool { return len(alice.heard(ofBob)) == n })
	wantSaid(t, alice.heard(ofBob), "from Bob", n)
	await(t, "Alice's messages delivered", func() bool { return alice.states(ofBob)[model.Delivered] == n })
	until(t, "Alice's receipts deposited", func() bool { return alice.receiptsOwed(ofBob) == 0 })
	alice.restart()

	bob.online()
	await(t, "Bob's messages delivered", func() bool { return bob.states(ofAlice)[model.Delivered] == n })
	until(t, "empty queues", func() bool {
		return must(bob.Status(context.Background()))(t).Queue == 0 && must(alice.Status(context.Background()))(t).Queue == 0
	})
	wantSaid(t, bob.heard(ofAlice), "from Alice", n)
}
