package app

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sotto/app/model"
	"sotto/crypto/vault"
)

const testPass = "correct horse battery"

// person is a messenger of a test with its directory, to be killed and started
// again.
type person struct {
	fast atomic.Int64 // by how much its clock is ahead of ours, nanoseconds
	*Messenger
	t       testing.TB
	dir     string
	options NetworkOptions
}

func newPerson(t testing.TB, name string) *person { return restorePerson(t, name, nil) }

// restorePerson is newPerson with the account of a recovery phrase.
func restorePerson(t testing.TB, name string, words []string) *person {
	t.Helper()
	p := &person{t: t, dir: filepath.Join(t.TempDir(), name), options: NetworkOptions{Listen: []string{"/ip4/127.0.0.1/tcp/0"}, NoLAN: true}}
	m, err := Create(t.Context(), p.dir, CreateOptions{Name: name, Passphrase: testPass, Phrase: strings.Join(words, " "), Surroundings: Surroundings{Params: &vault.Floor, Now: p.clock}})
	if err != nil {
		t.Fatal(err)
	}
	p.Messenger = m
	t.Cleanup(func() { p.Close() })
	return p
}

func (p *person) online() *person {
	p.t.Helper()
	if err := p.GoOnline(p.t.Context(), p.options); err != nil {
		p.t.Fatal(err)
	}
	// The same port at the next start, as a real profile does.
	p.options.Listen = must(p.Status(p.t.Context()))(p.t).Addresses
	return p
}

// clock is the person's, which runs on other goroutines as well.
func (p *person) clock() time.Time { return time.Now().Add(time.Duration(p.fast.Load())) }

// ahead sets the person's clock so far ahead of ours.
func (p *person) ahead(d time.Duration) { p.fast.Store(int64(d)) }

// restart closes the profile and opens it again, offline.
func (p *person) restart() *person {
	p.t.Helper()
	p.Close()
	m, err := OpenOn(p.t.Context(), p.dir, testPass, Surroundings{Now: p.clock})
	if err != nil {
		p.t.Fatal(err)
	}
	p.Messenger = m
	return p
}

// until waits for something that the network brings about.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long for: %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// introduce makes two online people contacts by link and returns what each is
// to the other.
func introduce(t testing.TB, inviter, guest *person) (ofGuest, ofInviter model.ContactID) {
	t.Helper()
	ctx := t.Context()
	inv := must(inviter.CreateInvitation(ctx, model.ModeLink, 0))(t)
	j := must(guest.Messenger.Join(ctx, inv.Link))(t)
	var requests []model.Request
	until(t, "the request", func() bool {
		requests = must(inviter.Requests(ctx))(t)
		return len(requests) == 1
	})
	c := must(inviter.AcceptRequest(ctx, requests[0].ID))(t)
	until(t, "the join", func() bool { return joinState(t, guest, j.ID).State == model.JoinDone })
	until(t, "both confirmed", func() bool {
		return must(inviter.Contact(ctx, c.ID))(t).Trust == model.TrustConfirmed
	})
	return c.ID, joinState(t, guest, j.ID).Contact
}

func joinState(t testing.TB, p *person, id model.JoinID) model.Join {
	t.Helper()
	for _, j := range must(p.Joins(context.Background()))(t) {
		if j.ID == id {
			return j
		}
	}
	t.Fatal("the join is gone")
	return model.Join{}
}

// texts returns a whole conversation as "in: …" and "out: …".
func texts(t testing.TB, p *person, id model.ContactID) []string {
	t.Helper()
	var all []string
	for before := int64(0); ; {
		page := must(p.Messages(t.Context(), id, model.Page{Before: before, Limit: 500}))(t)
		if len(page) == 0 {
			return all
		}
		lines := make([]string, 0, len(page)+len(all))
		for _, m := range page {
			lines = append(lines, string(m.Direction)+": "+m.Text)
		}
		all, before = append(lines, all...), page[0].Row
	}
}

func TestTwoPeopleChat(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	if c := must(alice.Contact(ctx, ofBob))(t); c.Name != "Bob" || c.ID != bob.account() {
		t.Errorf("Alice sees %+v", c)
	}
	if c := must(bob.Contact(ctx, ofAlice))(t); c.Name != "Alice" || c.Trust != model.TrustConfirmed {
		t.Errorf("Bob sees %+v", c)
	}
	m := must(alice.Send(ctx, ofBob, "Are you still on the train?"))(t)
	if m.State != model.Waiting {
		t.Errorf("state after Send: %s", m.State)
	}
	until(t, "delivered", func() bool { return must(alice.Message(ctx, m.ID))(t).State == model.Delivered })
	got := must(bob.Messages(ctx, ofAlice, model.Page{}))(t)
	if len(got) != 1 || got[0].Text != m.Text || got[0].ID != m.ID || got[0].Unconfirmed {
		t.Fatalf("Bob has %+v", got)
	}
	if v := must(bob.Conversation(ctx, ofAlice))(t); v.Unread != 1 || v.FirstUnread != got[0].Row {
		t.Errorf("Bob's list: %+v", v)
	}
	if err := bob.MarkRead(ctx, ofAlice, got[0].Row); err != nil {
		t.Fatal(err)
	}
	until(t, "read", func() bool { return must(alice.Message(ctx, m.ID))(t).State == model.Read })
	reply := must(bob.Send(ctx, ofAlice, "Ten minutes away"))(t)
	until(t, "the reply", func() bool { return len(texts(t, alice, ofBob)) == 2 })
	until(t, "the reply delivered", func() bool { return must(bob.Message(ctx, reply.ID))(t).State == model.Delivered })
	until(t, "empty queues", func() bool {
		return must(alice.Status(ctx))(t).Queue == 0 && must(bob.Status(ctx))(t).Queue == 0
	})
	a, b := must(alice.SafetyNumber(ctx, ofBob))(t), must(bob.SafetyNumber(ctx, ofAlice))(t)
	if a != b || len(a.Digits) != 60 {
		t.Errorf("safety numbers %q and %q", a, b)
	}
	if err := alice.CheckSafetyCode(ctx, ofBob, b.Code); err != nil {
		t.Error(err)
	}
	if c := must(alice.Contact(ctx, ofBob))(t); c.Trust != model.TrustVerified {
		t.Errorf("after scanning: %s", c.Trust)
	}
}

func TestReadReceiptsOff(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	if err := bob.SetSettings(ctx, model.Settings{ReadReceipts: false}); err != nil {
		t.Fatal(err)
	}
	first := must(alice.Send(ctx, ofBob, "one"))(t)
	until(t, "delivered", func() bool { return must(alice.Message(ctx, first.ID))(t).State == model.Delivered })
	got := must(bob.Messages(ctx, ofAlice, model.Page{}))(t)
	if err := bob.MarkRead(ctx, ofAlice, got[0].Row); err != nil {
		t.Fatal(err)
	}
	// A later message that is delivered proves that everything before it came.
	bob.Send(ctx, ofAlice, "after")
	until(t, "after", func() bool { return len(texts(t, alice, ofBob)) == 2 })
	if s := must(alice.Message(ctx, first.ID))(t).State; s != model.Delivered {
		t.Errorf("state is %s although Bob does not tell", s)
	}
}

// TestAway sends while the recipient is not running, and closes and opens the
// sender as well.
func TestAway(t *testing.T) {
	ctx := t.Context()
	const n = 1000
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	bob.Close()
	var want []string
	for i := range n {
		text := fmt.Sprintf("message %d", i)
		must(alice.Send(ctx, ofBob, text))(t)
		want = append(want, "in: "+text)
		if i == n/2 {
			alice.restart().online()
		}
	}
	bob.restart().online()
	until(t, "all delivered", func() bool { return must(alice.Status(ctx))(t).Queue == 0 })
	got := texts(t, bob, ofAlice)
	if len(got) != n {
		t.Fatalf("%d messages arrived, want %d", len(got), n)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("message %d is %q, want %q", i, got[i], want[i])
		}
	}
}

func TestRequestDeclined(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	inv := must(alice.CreateInvitation(ctx, model.ModeLink, 0))(t)
	must(bob.Messenger.Join(ctx, inv.Link))(t)
	var rs []model.Request
	until(t, "the request", func() bool { rs = must(alice.Requests(ctx))(t); return len(rs) == 1 })
	if rs[0].Name != "Bob" || rs[0].Known || rs[0].InvitedAt.IsZero() {
		t.Errorf("request: %+v", rs[0])
	}
	if err := alice.DeclineRequest(ctx, rs[0].ID, true); err != nil {
		t.Fatal(err)
	}
	if len(must(alice.Contacts(ctx))(t)) != 0 || len(must(alice.Requests(ctx))(t)) != 0 {
		t.Error("something is left of a declined request")
	}
	if is := must(alice.Invitations(ctx))(t); is[0].State != model.InvitationUsed || is[0].Link != "" {
		t.Errorf("invitation: %+v", is[0])
	}
	// Blocked: a second invitation does not bring Bob back.
	second := must(alice.CreateInvitation(ctx, model.ModeLink, 0))(t)
	j := must(bob.Messenger.Join(ctx, second.Link))(t)
	until(t, "the second try to fail", func() bool { return joinState(t, bob, j.ID).State == model.JoinFailed })
	if len(must(alice.Requests(ctx))(t)) != 0 {
		t.Error("a blocked account got through")
	}
}

func TestInvitationRefusals(t *testing.T) {
	ctx := t.Context()
	alice, bob, other := newPerson(t, "Alice").online(), newPerson(t, "Bob").online(), newPerson(t, "Bob Two").online()
	kind := func(p *person, link string, want model.Kind) {
		t.Helper()
		if _, err := p.Messenger.Join(ctx, link); model.KindOf(err) != want {
			t.Errorf("Join(%.40q): %v, want %s", link, err, want)
		}
	}
	inv := must(alice.CreateInvitation(ctx, model.ModeLink, 0))(t)
	kind(bob, "hello", model.NotACode)
	kind(bob, strings.Repeat("x", 1<<20), model.NotACode)
	kind(bob, inv.Link[:len(inv.Link)-5], model.LinkDamaged)
	altered := []byte(inv.Link)
	if altered[60]++; altered[60] > 'z' {
		altered[60] = 'a'
	}
	kind(bob, string(altered), model.LinkDamaged)
	kind(alice, inv.Link, model.InvitationOwn)

	// Expired at the joiner's.
	bob.ahead(25 * time.Hour)
	kind(bob, inv.Link, model.InvitationGone)
	bob.ahead(0)

	// Revoked.
	if err := alice.RevokeInvitation(ctx, inv.ID); err != nil {
		t.Fatal(err)
	}
	j := must(bob.Messenger.Join(ctx, inv.Link))(t)
	until(t, "revoked to be told", func() bool { return joinState(t, bob, j.ID).State == model.JoinFailed })
	if p := joinState(t, bob, j.ID).Problem; p != model.InvitationTaken {
		t.Errorf("problem: %s", p)
	}

	// Used by somebody else, who got there first.
	inv = must(alice.CreateInvitation(ctx, model.ModeLink, 0))(t)
	must(bob.Messenger.Join(ctx, inv.Link))(t)
	until(t, "Bob's request", func() bool { return len(must(alice.Requests(ctx))(t)) == 1 })
	j = must(other.Messenger.Join(ctx, inv.Link))(t)
	until(t, "used to be told", func() bool { return joinState(t, other, j.ID).State == model.JoinFailed })
	if err := alice.RevokeInvitation(ctx, inv.ID); model.KindOf(err) != model.InvitationTaken {
		t.Errorf("revoking a used invitation: %v", err)
	}
	if len(must(alice.Requests(ctx))(t)) != 1 {
		t.Error("the second user of a link got through")
	}
}

func TestInPerson(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	if _, err := bob.Messenger.Join(ctx, must(alice.CreateInvitation(ctx, model.ModePerson, time.Hour))(t).Link); model.KindOf(err) != model.NeedsOwnCode {
		t.Fatalf("in person without a code of one's own: %v", err)
	}
	a, b := must(alice.CreateInvitation(ctx, model.ModePerson, time.Hour))(t), must(bob.CreateInvitation(ctx, model.ModePerson, time.Hour))(t)
	ja, jb := must(alice.Messenger.Join(ctx, b.Link))(t), must(bob.Messenger.Join(ctx, a.Link))(t)
	until(t, "both done", func() bool {
		return joinState(t, alice, ja.ID).State == model.JoinDone && joinState(t, bob, jb.ID).State == model.JoinDone
	})
	for _, p := range []*person{alice, bob} {
		until(t, "verified", func() bool {
			cs := must(p.Contacts(ctx))(t)
			return len(cs) == 1 && cs[0].Trust == model.TrustVerified
		})
	}
	// The codes are used up.
	for _, p := range []*person{alice, bob} {
		for _, i := range must(p.Invitations(ctx))(t) {
			if (i.ID == a.ID || i.ID == b.ID) && i.State != model.InvitationUsed {
				t.Errorf("invitation %s is %s", i.ID, i.State)
			}
		}
	}
}

func TestRenameBlockDraft(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	if err := alice.Rename(ctx, ofBob, "Bob from the book club"); err != nil {
		t.Fatal(err)
	}
	if err := bob.SetName(ctx, "Robert"); err != nil {
		t.Fatal(err)
	}
	until(t, "the new name", func() bool { return must(alice.Contact(ctx, ofBob))(t).Claimed == "Robert" })
	if n := must(alice.Contact(ctx, ofBob))(t).Name; n != "Bob from the book club" {
		t.Errorf("our own name for a contact gave way to theirs: %q", n)
	}
	if err := alice.SetDraft(ctx, ofBob, model.Draft{Text: "half a thou"}); err != nil {
		t.Fatal(err)
	}
	if err := alice.Block(ctx, ofBob, true); err != nil {
		t.Fatal(err)
	}
	if _, err := alice.Send(ctx, ofBob, "x"); model.KindOf(err) != model.Blocked {
		t.Errorf("sending to a blocked contact: %v", err)
	}
	until(t, "disconnected", func() bool { return !must(bob.Contact(ctx, ofAlice))(t).Online() })
	must(bob.Send(ctx, ofAlice, "while blocked"))(t)
	alice.restart().online()
	if v := must(alice.Conversation(ctx, ofBob))(t); v.Draft.Text != "half a thou" || !v.Contact.Blocked || v.Last != nil {
		t.Errorf("after a restart: %+v", v)
	}
	if err := alice.Block(ctx, ofBob, false); err != nil {
		t.Fatal(err)
	}
	alice.Retry(ctx)
	bob.Retry(ctx)
	until(t, "what was written meanwhile", func() bool { return len(texts(t, alice, ofBob)) == 1 })
}

func TestBadNamesAndTexts(t *testing.T) {
	ctx := t.Context()
	alice := newPerson(t, "Alice")
	for _, name := range []string{"", "   ", "\u202e", "\x00\x01", strings.Repeat("x", 10_000)} {
		if err := alice.SetName(ctx, name); model.KindOf(err) != model.BadName {
			t.Errorf("SetName(%.20q): %v", name, err)
		}
	}
	if err := alice.SetName(ctx, "Al\u202eice\n\x07 O'Hara"); err != nil {
		t.Fatal(err)
	}
	if n := must(alice.Self(ctx))(t).Name; n != "Alice O'Hara" {
		t.Errorf("name is %q", n)
	}
	if got := cleanName(strings.Repeat("ä", 5000)); len(got) != model.MaxName {
		t.Errorf("a name from outside is cut to %d bytes", len(got))
	}
	if _, err := alice.Send(ctx, "nobody", strings.Repeat("x", 1<<20)); model.KindOf(err) != model.TextTooLong {
		t.Errorf("1 MiB of text: %v", err)
	}
	if _, err := alice.Send(ctx, "nobody", " \n "); model.KindOf(err) != model.EmptyText {
		t.Errorf("blank text: %v", err)
	}
	if _, err := alice.Send(ctx, "nobody", "x"); model.KindOf(err) != model.NotFound {
		t.Errorf("unknown contact: %v", err)
	}
}

func TestLongestText(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	text := strings.Repeat("€", model.MaxText/3)
	m := must(alice.Send(ctx, ofBob, text))(t)
	until(t, "delivered", func() bool { return must(alice.Message(ctx, m.ID))(t).State == model.Delivered })
	if got := must(bob.Messages(ctx, ofAlice, model.Page{}))(t); got[0].Text != text {
		t.Errorf("arrived with %d of %d bytes", len(got[0].Text), len(text))
	}
}

func TestProfileErrors(t *testing.T) {
	ctx := t.Context()
	kind := func(what string, err error, want model.Kind) {
		t.Helper()
		if model.KindOf(err) != want {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
	}
	alice := newPerson(t, "Alice")
	_, err := Open(ctx, alice.dir, testPass)
	kind("open twice", err, model.ProfileInUse)
	_, err = Create(ctx, alice.dir, CreateOptions{Name: "A", Passphrase: testPass, Surroundings: Surroundings{Params: &vault.Floor}})
	kind("create over an open profile", err, model.ProfileInUse)
	words := must(alice.RecoveryPhrase(ctx, testPass))(t)
	if len(words) != 24 {
		t.Fatalf("%d words", len(words))
	}
	_, err = alice.RecoveryPhrase(ctx, "not the passphrase")
	kind("phrase with a wrong passphrase", err, model.WrongPassphrase)
	kind("change to a short one", alice.ChangePassphrase(ctx, testPass, "short"), model.WeakPassphrase)
	kind("change from a wrong one", alice.ChangePassphrase(ctx, "wrong wrong wrong", "another long one"), model.WrongPassphrase)
	if err := alice.ChangePassphrase(ctx, testPass, "another long one"); err != nil {
		t.Fatal(err)
	}
	alice.Close()
	_, err = Create(ctx, alice.dir, CreateOptions{Name: "A", Passphrase: testPass, Surroundings: Surroundings{Params: &vault.Floor}})
	kind("create over a profile", err, model.ProfileExists)
	_, err = Open(ctx, alice.dir, testPass)
	kind("the old passphrase", err, model.WrongPassphrase)
	m, err := Open(ctx, alice.dir, "another long one")
	if err != nil {
		t.Fatal(err)
	}
	m.Close()
	for range 20 { // as often as not one of them comes to where it would have been made
		_, err = m.Send(ctx, "x", "y")
		kind("after Close", err, model.Closed)
	}

	keys := filepath.Join(alice.dir, keyFile)
	whole, _ := os.ReadFile(keys)
	altered := bytes.Clone(whole)
	altered[len(altered)/2] ^= 1 // in a slot, which then looks like one of another passphrase
	for i, b := range [][]byte{nil, whole[:len(whole)/2], append([]byte("x"), whole...), altered, make([]byte, 100_000)} {
		os.WriteFile(keys, b, 0o600)
		_, err = Open(ctx, alice.dir, "another long one")
		kind(fmt.Sprintf("damaged key file %d", i), err, model.ProfileDamaged)
	}
	os.WriteFile(keys, whole, 0o600)
	_, err = Open(ctx, t.TempDir(), testPass)
	kind("nothing there", err, model.NoProfile)
	_, err = Create(ctx, filepath.Join(t.TempDir(), "p"), CreateOptions{Name: "A", Passphrase: "short"})
	kind("short passphrase", err, model.WeakPassphrase)
	_, err = Create(ctx, filepath.Join(t.TempDir(), "p"), CreateOptions{Name: "A", Passphrase: testPass, Phrase: "one two three"})
	kind("three words", err, model.BadPhrase)
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o600)
	_, err = Create(ctx, filepath.Join(file, "p"), CreateOptions{Name: "A", Passphrase: testPass, Surroundings: Surroundings{Params: &vault.Floor}})
	kind("below a file", err, model.NoPermission)

	// Restored from the words: the same account, another device.
	dir := filepath.Join(t.TempDir(), "restored")
	r, err := Create(ctx, dir, CreateOptions{Name: "Alice", Passphrase: testPass, Phrase: strings.Join(words, " "), Surroundings: Surroundings{Params: &vault.Floor}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	restored, original := must(r.Self(ctx))(t), alice.account()
	if restored.Account != original || !restored.PhraseConfirmed {
		t.Errorf("restored as %+v, was %s", restored, original)
	}
	for _, f := range []string{keyFile, "lock", "sotto.db", "sotto.db-wal"} {
		info, err := os.Stat(filepath.Join(dir, f))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f, info.Mode(), err)
		}
	}
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o700 {
		t.Errorf("the profile's directory has mode %o", info.Mode().Perm())
	}
}

func TestSubscribe(t *testing.T) {
	var h hub
	events, cancel := h.subscribe()
	h.publish(model.Event{Kind: model.EventSelf})
	if e := <-events; e.Kind != model.EventSelf || e.Revision != 1 {
		t.Errorf("got %+v", e)
	}
	for range 3 * maxPending {
		h.publish(model.Event{Kind: model.EventContact})
	}
	resync := false
	for range maxPending + 2 {
		if e := <-events; e.Kind == model.EventResync {
			resync = true
			break
		}
	}
	if !resync {
		t.Error("a subscriber that fell behind was not told")
	}
	cancel()
	for range events {
	}
	_, cancel = h.subscribe()
	h.close()
	cancel()
	closed, _ := h.subscribe()
	if _, ok := <-closed; ok {
		t.Error("a subscription after the end")
	}
}
