package app

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/envelope"
	"sotto/p2p/mailbox"
	"sotto/p2p/node"
)

func TestAddMailbox(t *testing.T) {
	ctx := t.Context()
	bob := newPerson(t, "Bob")
	boxes := []*box{newBox(t), newBox(t), newBox(t), newBox(t)}
	kind := func(link string, want model.Kind) {
		t.Helper()
		if _, err := bob.AddMailbox(ctx, link, ""); model.KindOf(err) != want {
			t.Errorf("AddMailbox(%.60q): %v, want %s", link, err, want)
		}
	}
	link := boxes[0].link()
	kind("", model.NotAMailbox)
	kind("hello", model.NotAMailbox)
	kind(must(bob.CreateInvitation(ctx, model.ModeLink, 0))(t).Link, model.NotAMailbox)
	kind(link[:len(link)-3], model.MailboxLinkDamaged)
	kind(strings.Replace(link, ":m/1/", ":m/2/", 1), model.MailboxLinkNewer)
	wrong := mailbox.NewSeed()
	kind(mailbox.Link{Route: boxes[0].route(), Secret: &wrong}.String(), model.MailboxRefused)
	gone := newBox(t)
	nowhere := gone.link()
	gone.stop()
	kind(nowhere, model.MailboxUnreachable)
	if n := len(must(bob.Mailboxes(ctx))(t).Mailboxes); n != 0 {
		t.Fatalf("%d mailboxes after refusals", n)
	}

	// Offline is no hindrance.
	added := must(bob.AddMailbox(ctx, "  "+strings.ToUpper(link)+"\n", "Home"))(t)
	if added.Name != "Home" || added.Kind != model.MailboxOwn || added.Health != model.HealthOK || added.Quota == 0 || added.Days[13] != 100 || added.Days[12] != -1 {
		t.Errorf("added: %+v", added)
	}
	kind(link, model.MailboxKnown)
	kind(boxes[1].link(), "")
	kind(boxes[2].link(), "")
	kind(boxes[3].link(), model.TooManyMailboxes)
	if err := bob.RenameMailbox(ctx, added.ID, "Attic"); err != nil {
		t.Error(err)
	}
	if err := bob.RenameMailbox(ctx, added.ID, "\n"); model.KindOf(err) != model.BadName {
		t.Errorf("an empty name: %v", err)
	}
	if err := bob.ProbeMailbox(ctx, added.ID); model.KindOf(err) != model.Offline {
		t.Errorf("probe while offline: %v", err)
	}
	for _, f := range []func(context.Context, model.MailboxID) error{bob.ProbeMailbox, bob.RemoveMailbox} {
		if err := f(ctx, "00"); model.KindOf(err) != model.NotFound {
			t.Errorf("of none: %v", err)
		}
	}
	bob.restart()
	all := must(bob.Mailboxes(ctx))(t).Mailboxes
	if len(all) != 3 || all[0].ID != added.ID || all[0].Name != "Attic" {
		t.Errorf("after a restart: %+v", all)
	}
	if err := bob.RemoveMailbox(ctx, added.ID); err != nil {
		t.Error(err)
	}
	kind(boxes[3].link(), "")
}

// TestMailboxGoesSilent has a mailbox that does not answer, and then does.
func TestMailboxGoesSilent(t *testing.T) {
	ctx := t.Context()
	bob := newPerson(t, "Bob").online()
	b := newBox(t)
	id := bob.useBoxes(b)[0]
	b.stop()
	until(t, "silence to be seen", func() bool { return bob.health(id) == model.HealthSilent })
	if m := must(bob.Mailboxes(ctx))(t).Mailboxes[0]; m.Silent.IsZero() || m.Days[13] >= 100 {
		t.Errorf("silent: %+v", m)
	}
	if err := bob.ProbeMailbox(ctx, id); model.KindOf(err) != model.MailboxUnreachable {
		t.Errorf("probe: %v", err)
	}
	b.start()
	if err := bob.ProbeMailbox(ctx, id); err != nil {
		t.Errorf("probe: %v", err)
	}
	if m := must(bob.Mailboxes(ctx))(t).Mailboxes[0]; m.Health != model.HealthOK || !m.Silent.IsZero() {
		t.Errorf("after it came back: %+v", m)
	}
}

// TestMailboxFull deposits more than a mailbox takes: what is left waits, and
// goes when there is room.
func TestMailboxFull(t *testing.T) {
	const n = 40
	limits := mailbox.DefaultLimits()
	limits.QueueBytes = 12 * 4400
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	small, own := newBoxWith(t, limits), newBox(t)
	alice.useBoxes(own)
	bob.useBoxes(small)
	alice.knows(ofBob, 1)
	bob.knows(ofAlice, 1)
	settle(t, alice, bob)
	bob.restart()
	alice.say(ofBob, "from Alice", n)
	until(t, "the mailbox to be full", func() bool {
		return alice.states(ofBob)[model.Stored] >= 5 && alice.network().heldUp(ofBob) == model.ReasonFull
	})
	last := must(alice.Messages(t.Context(), ofBob, model.Page{Limit: 1}))(t)[0]
	if last.State != model.Waiting || last.Reason != model.ReasonFull {
		t.Errorf("the last message is %s because %s", last.State, last.Reason)
	}
	details := must(alice.Details(t.Context(), last.ID))(t)
	if details.NextTry.Before(last.Time) {
		t.Errorf("the next try is at %v", details.NextTry)
	}
	refused := 0
	for _, s := range details.Steps {
		if s.Kind == model.StepRefused {
			refused++
		}
	}
	if refused > 1 {
		t.Errorf("refused is noted %d times", refused)
	}
	for alice.states(ofBob)[model.Delivered] < n {
		before := len(bob.heard(ofAlice))
		alice.restart()
		bob.online()
		await(t, "more messages", func() bool { return len(bob.heard(ofAlice)) > before || before == n })
		until(t, "an empty mailbox and receipts", func() bool { return small.server.Stats().Cells == 0 && bob.receiptsOwed(ofAlice) == 0 })
		bob.restart()
		delivered := alice.states(ofBob)[model.Delivered]
		alice.online()
		await(t, "more to be delivered", func() bool { return alice.states(ofBob)[model.Delivered] > delivered })
		await(t, "the rest to be deposited", func() bool {
			s := alice.states(ofBob)
			return s[model.Waiting] == 0 || alice.network().heldUp(ofBob) == model.ReasonFull
		})
	}
	wantSaid(t, bob.heard(ofAlice), "from Alice", n)
}

// TestMailboxFreed deposits more than a mailbox takes. When it is emptied the
// rest goes there by itself, in order, though nothing else happens.
func TestMailboxFreed(t *testing.T) {
	const n = 30
	ctx := t.Context()
	limits := mailbox.DefaultLimits()
	limits.QueueBytes = 12 * 4400
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	small := newBoxWith(t, limits)
	id := bob.useBoxes(small)[0]
	alice.knows(ofBob, 1)
	settle(t, alice, bob)
	bob.restart()
	var right mailbox.Withdrawal
	err := bob.view(ctx, func(tx *store.Tx) error {
		queues, err := tx.MailQueues(id)
		if err != nil {
			return err
		}
		q, err := parseQueue(queues[0].Secret)
		right = q.Withdrawal
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	alice.say(ofBob, "from Alice", n)
	conn := must(mailbox.Dial(ctx, small.route()))(t)
	defer conn.Close()
	seen := make(map[mailbox.Envelope]bool)
	await(t, "all to have been stored", func() bool {
		cells, _, err := conn.Fetch(ctx, right, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(cells) < 5 && alice.states(ofBob)[model.Stored] < n {
			return false
		}
		var gone []mailbox.Envelope
		for _, c := range cells {
			gone = append(gone, mailbox.EnvelopeOf(c.Data))
			seen[gone[len(gone)-1]] = true
		}
		if len(gone) > 0 {
			if err := conn.Delete(ctx, right, gone); err != nil {
				t.Fatal(err)
			}
		}
		return alice.states(ofBob)[model.Stored] == n
	})
	if len(seen) < n {
		t.Errorf("%d different cells were in the mailbox, want %d", len(seen), n)
	}
	// Stored is not delivered: Alice still has all of it.
	bob.online()
	await(t, "delivered", func() bool { return alice.states(ofBob)[model.Delivered] == n })
	wantSaid(t, bob.heard(ofAlice), "from Alice", n)
}

// TestMailboxReplaced takes a mailbox out of use and another one into use while
// mail is under way.
func TestMailboxReplaced(t *testing.T) {
	const n = 50
	ctx := context.Background()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	old, new, own := newBox(t), newBox(t), newBox(t)
	alice.useBoxes(own)
	id := bob.useBoxes(old)[0]
	alice.knows(ofBob, 1)
	bob.knows(ofAlice, 1)
	settle(t, alice, bob)

	bob.restart()
	alice.say(ofBob, "from Alice", n)
	await(t, "stored in the old one", func() bool { return alice.states(ofBob)[model.Stored] == n })
	alice.restart()
	// Bob changes his mind while offline; Alice does not know yet.
	must(bob.AddMailbox(ctx, new.link(), ""))(t)
	if err := bob.RemoveMailbox(ctx, id); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		must(alice.Send(ctx, ofBob, fmt.Sprintf("from Alice %d", n+i)))(t)
	}
	bob.online()
	await(t, "what was in the old one", func() bool { return len(bob.heard(ofAlice)) >= n })
	until(t, "the news to be deposited", func() bool {
		// Alice is told of a queue in the change that notes that it is made.
		made := false
		err := bob.view(ctx, func(t *store.Tx) error {
			queues, err := t.MailQueuesOf(ofAlice)
			for _, q := range queues {
				made = made || q.Mailbox != id && q.Made
			}
			return err
		})
		return err == nil && made && own.server.Stats().Cells > 0 && bob.network().heldUp(ofAlice) == "" && bob.undeposited(ofAlice) == 0
	})
	err := bob.change(ctx, func(c *change) error {
		if heard, err := c.allHeard(id); err != nil || heard {
			t.Errorf("the old one could be left before Alice knows: %v %v", heard, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	bob.restart()
	alice.online()
	alice.knows(ofBob, 1)
	until(t, "the rest stored in the new one", func() bool { return new.server.Stats().Cells >= n })
	until(t, "nothing left to deposit", func() bool { return alice.undeposited(ofBob) == 0 && alice.receiptsOwed(ofBob) == 0 })
	alice.restart()
	bob.online()
	await(t, "everything", func() bool { return len(bob.heard(ofAlice)) == 2*n })
	wantSaid(t, bob.heard(ofAlice), "from Alice", 2*n)
	until(t, "the old one to be left", func() bool { return old.server.Stats().Queues == 0 })
	until(t, "the old one to be forgotten", func() bool {
		var all []store.Mailbox
		bob.view(ctx, func(t *store.Tx) (err error) { all, err = t.Mailboxes(); return err })
		return len(all) == 1
	})
}

// undeposited counts the cells for a contact that not all of their mailboxes
// hold.
func (p *person) undeposited(id model.ContactID) (n int) {
	p.t.Helper()
	err := p.view(context.Background(), func(t *store.Tx) error {
		entries, err := entriesOf(t, id)
		for _, e := range entries {
			cells, err := t.Undeposited(id, e.queue, 0, time.Now(), time.Now(), 1<<20)
			if err != nil {
				return err
			}
			n += len(cells)
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// TestMailboxesAndRestarts has everybody, mailboxes included, stop and start at
// any moment while two people write to each other.
func TestMailboxesAndRestarts(t *testing.T) {
	const n = 120
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	people := []*person{newPerson(t, "Alice").online(), newPerson(t, "Bob").online()}
	ofBob, ofAlice := introduce(t, people[0], people[1])
	of := []model.ContactID{ofBob, ofAlice}
	boxes := []*box{newBox(t), newBox(t), newBox(t)}
	people[0].useBoxes(boxes[0], boxes[1])
	people[1].useBoxes(boxes[1], boxes[2])
	people[0].knows(ofBob, 2)
	people[1].knows(ofAlice, 2)
	sent := []int{0, 0}
	on := []bool{true, true}
	for sent[0] < n || sent[1] < n {
		switch who := dice.IntN(2); dice.IntN(12) {
		case 0:
			people[who].restart()
			on[who] = false
		case 1, 2:
			if !on[who] {
				people[who].online()
				on[who] = true
			}
		case 3:
			boxes[dice.IntN(3)].stop()
		case 4:
			if b := boxes[dice.IntN(3)]; b.node == nil {
				b.start()
			}
		default:
			for range 5 {
				if sent[who] < n {
					must(people[who].Send(t.Context(), of[who], fmt.Sprintf("%d says %d", who, sent[who])))(t)
					sent[who]++
				}
			}
		}
	}
	for _, b := range boxes {
		if b.node == nil {
			b.start()
		}
	}
	for i := range people {
		people[i].restart().online()
	}
	await(t, "everything delivered", func() bool {
		return people[0].states(ofBob)[model.Delivered] == n && people[1].states(ofAlice)[model.Delivered] == n
	})
	wantSaid(t, people[0].heard(ofBob), "1 says", n)
	wantSaid(t, people[1].heard(ofAlice), "0 says", n)
}

// TestMailboxDisk looks for what a mailbox's disk must not have, in a real
// exchange of mail.
func TestMailboxDisk(t *testing.T) {
	alice, bob := newPerson(t, "Alice Wonder").online(), newPerson(t, "Bob Builder").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	b := newBox(t)
	id := bob.useBoxes(b)[0]
	alice.knows(ofBob, 1)
	settle(t, alice, bob)
	if err := bob.RenameMailbox(t.Context(), id, "Mailbox in the attic"); err != nil {
		t.Fatal(err)
	}
	bob.restart()
	var secret [][]byte
	for i := range 20 {
		text := fmt.Sprintf("nobody is to read sentence number %d", i)
		m := must(alice.Send(t.Context(), ofBob, text))(t)
		secret = append(secret, []byte(text), []byte(m.ID), unhex(string(m.ID)))
	}
	await(t, "stored", func() bool { return alice.states(ofBob)[model.Stored] == 20 })
	cells := outboxOf(t, alice, ofBob)
	err := alice.view(t.Context(), func(tx *store.Tx) error {
		entries, err := entriesOf(tx, ofBob)
		if err != nil {
			return err
		}
		if files := diskOf(t, b.dir); !bytes.Contains(files, envelope.Seal(entries[0].key[:], cells[0])[1000:1256]) {
			t.Error("the search does not find an envelope that is there")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cells { // what is in the envelope, from its tag on
		secret = append(secret, c[1:17], c[1000:1032])
	}
	for _, p := range []*person{alice, bob} {
		self := must(p.Self(t.Context()))(t)
		route := must(p.ownRoute(t.Context()))(t)
		raw, err := peer.Decode(string(route.Peer))
		if err != nil {
			t.Fatal(err)
		}
		key, err := raw.ExtractPublicKey()
		if err != nil {
			t.Fatal(err)
		}
		public := must(key.Raw())(t)
		secret = append(secret, []byte(self.Name), []byte(self.Account), unhex(string(self.Account)), []byte(self.Device), unhex(string(self.Device)),
			[]byte(route.Peer), []byte(raw), public, []byte(p.self.Identity.Account[:64]), p.self.Identity.Device[:32])
	}
	secret = append(secret, []byte("attic"), []byte(ofAlice), []byte(ofBob), []byte(id), unhex(string(id)))
	// Seeds of keys: those that sign are at their owners only.
	err = bob.view(t.Context(), func(tx *store.Tx) error {
		stored, err := tx.Mailbox(id)
		if err != nil {
			return err
		}
		queues, err := tx.MailQueues(id)
		for _, q := range queues {
			keys, err := parseQueue(q.Secret)
			if err != nil {
				return err
			}
			secret = append(secret, keys.Deposit.Seed[:], keys.Withdrawal.Seed[:])
		}
		secret = append(secret, stored.Seed[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	look := func(when string) {
		t.Helper()
		files := diskOf(t, b.dir)
		for _, s := range secret {
			for _, form := range [][]byte{s, []byte(hex.EncodeToString(s)), []byte(strings.ToUpper(hex.EncodeToString(s)))} {
				if bytes.Contains(files, form) {
					t.Errorf("%s, the mailbox's disk has %q", when, form)
				}
			}
		}
	}
	look("while it holds mail")
	alice.restart()
	bob.online()
	await(t, "collected", func() bool { return len(bob.heard(ofAlice)) == 20 && b.server.Stats().Cells == 0 })
	look("after it was collected")
	b.stop()
	look("after it was closed")
}

// diskOf returns all that is in the files of a directory.
func diskOf(t *testing.T, dir string) []byte {
	t.Helper()
	var all []byte
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all = append(all, b...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestHosting makes a contact's computer the mailbox.
func TestHosting(t *testing.T) {
	ctx := context.Background()
	alice, bob, other := newPerson(t, "Alice").online(), newPerson(t, "Bob").online(), newPerson(t, "Other").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	bobOfOther, otherOfBob := introduce(t, bob, other)
	settle(t, alice, bob, other)
	if h := must(alice.Hosting(ctx))(t); len(h.Contacts) != 0 {
		t.Errorf("hosting from the start: %+v", h)
	}
	if err := alice.SetHosting(ctx, []model.ContactID{"00"}, 0); model.KindOf(err) != model.NotFound {
		t.Errorf("hosting for nobody we know: %v", err)
	}
	if err := alice.SetHosting(ctx, []model.ContactID{ofBob}, 32<<20); err != nil {
		t.Fatal(err)
	}
	until(t, "the offer", func() bool { return len(must(bob.Mailboxes(ctx))(t).Offers) == 1 })
	if o := must(bob.Mailboxes(ctx))(t).Offers[0]; o.Contact != ofAlice || o.Name != "Alice" || o.Quota != 32<<20 {
		t.Errorf("offer: %+v", o)
	}
	if _, err := other.AcceptMailbox(ctx, otherOfBob); model.KindOf(err) != model.NotFound {
		t.Errorf("accepting what was not offered: %v", err)
	}
	lent := must(bob.AcceptMailbox(ctx, ofAlice))(t)
	if lent.Kind != model.MailboxContact || lent.Name != "Alice" || lent.Contact != ofAlice || lent.Quota != 32<<20 {
		t.Errorf("accepted: %+v", lent)
	}
	if n := len(must(bob.Mailboxes(ctx))(t).Offers); n != 0 {
		t.Errorf("%d offers after it was taken up", n)
	}
	other.knows(otherOfBob, 1)
	settle(t, alice, bob, other)

	bob.restart()
	other.say(otherOfBob, "from Other", 10)
	await(t, "stored at Alice's", func() bool { return other.states(otherOfBob)[model.Stored] == 10 })
	if h := must(alice.Hosting(ctx))(t); h.Cells < 10 || h.Used == 0 || !slices.Equal(h.Contacts, []model.ContactID{ofBob}) {
		t.Errorf("held: %+v", h)
	}
	if info, err := os.Stat(filepath.Join(alice.dir, mailboxDir, mailbox.File)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mailbox's file: %v %v", info, err)
	}
	// The secret of the offer is of no use to anybody as a link.
	var offer store.Offer
	bob.view(ctx, func(tx *store.Tx) error {
		offers, err := tx.Offers()
		offer = offers[0]
		return err
	})
	if _, err := other.AddMailbox(ctx, offer.Link, ""); model.KindOf(err) != model.MailboxRefused {
		t.Errorf("somebody else with the link: %v", err)
	}
	other.restart()
	alice.restart().online()
	bob.online()
	await(t, "collected from Alice's", func() bool { return len(bob.heard(bobOfOther)) == 10 })
	wantSaid(t, bob.heard(bobOfOther), "from Other", 10)

	// Alice takes it back.
	if err := alice.SetHosting(ctx, nil, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(alice.dir, mailboxDir)); err == nil {
		t.Error("what was held is still there")
	}
	until(t, "Bob to see it", func() bool {
		s := must(bob.Mailboxes(ctx))(t)
		return len(s.Offers) == 0 && s.Mailboxes[0].Health == model.HealthSilent
	})
}

// TestMailboxSets checks that of two sets the newer counts, in whatever order
// they come, and that nonsense is not taken in.
func TestMailboxSets(t *testing.T) {
	route := must(node.DecodeRoute(newBox(t).route().Encode(1)))(t).Encode(1)
	entry := func(i byte) depositAt { return depositAt{route: route, queue: [16]byte{i}, key: [32]byte{i}} }
	s := &mailboxSet{revision: 7, entries: []depositAt{entry(1), entry(2), entry(3)}}
	got, err := parseMailboxSet(s.bytes())
	if err != nil || got.revision != 7 || !slices.EqualFunc(got.entries, s.entries, func(a, b depositAt) bool {
		return bytes.Equal(a.route, b.route) && a.queue == b.queue && a.key == b.key
	}) {
		t.Fatalf("round trip: %+v %v", got, err)
	}
	for name, bad := range map[string]*mailboxSet{
		"too many": {1, []depositAt{entry(1), entry(2), entry(3), entry(4)}},
		"twice":    {1, []depositAt{entry(1), entry(1)}},
		"no route": {1, []depositAt{{queue: [16]byte{1}}}},
		"revision": {1 << 63, nil},
	} {
		if _, err := parseMailboxSet(bad.bytes()); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	full := &content{seq: 1, set: s}
	if n := len(full.bytes()); n > 1600 {
		t.Errorf("a set takes %d bytes: too much for the smallest cell", n)
	}

	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, _ := introduce(t, alice, bob)
	err = alice.change(t.Context(), func(c *change) error {
		for _, set := range []*mailboxSet{{5, []depositAt{entry(1), entry(2)}}, {4, []depositAt{entry(3)}}, {5, nil}} {
			if err := c.takeMailboxes(ofBob, set); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	alice.knows(ofBob, 2)
	err = alice.change(t.Context(), func(c *change) error { return c.takeMailboxes(ofBob, &mailboxSet{revision: 6}) })
	if err != nil {
		t.Fatal(err)
	}
	alice.knows(ofBob, 0)
}

// TestMailboxOfRemovedContact: Bob removes Alice while his mailbox is away. Her queue
// goes once it is back, with what she deposited, and Bob goes on using the mailbox.
func TestMailboxOfRemovedContact(t *testing.T) {
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	b := newBox(t)
	id := bob.useBoxes(b)[0]
	alice.knows(ofBob, 1)
	settle(t, alice, bob)
	bob.goOffline()
	alice.say(ofBob, "from Alice", 3)
	until(t, "mail at the mailbox", func() bool { return b.server.Stats().Cells >= 3 })
	b.stop()
	if err := bob.RemoveContact(t.Context(), ofAlice); err != nil {
		t.Fatal(err)
	}
	bob.restart().online()
	b.start()
	until(t, "the queue to be gone", func() bool {
		s := b.server.Stats()
		return s.Queues == 0 && s.Cells == 0
	})
	until(t, "nothing left to be removed", func() bool {
		var left [][16]byte
		err := bob.view(t.Context(), func(tx *store.Tx) (err error) {
			left, err = tx.SurplusQueues(id)
			return err
		})
		return err == nil && len(left) == 0
	})
}
