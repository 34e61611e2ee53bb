package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sotto/app"
	"sotto/app/model"
	"sotto/app/store"
	"sotto/bench/seed"
	"sotto/crypto/vault"
)

const passphrase = "correct horse battery staple"

// loopback is how profiles meet while they are made.
var loopback = app.NetworkOptions{Listen: []string{"/ip4/127.0.0.1/tcp/0"}, NoLAN: true, AcceptAll: true}

// bobListens is where the one who writes is found again later.
const bobListens = "/ip4/127.0.0.1/tcp/41234"

// people is how many contacts a profile has. Only the first, Bob, is there; the
// others have gone.
const people = 20

// stored is how many messages are stored with each contact, in the order of the
// list.
type stored [people]int

// The large profile has one conversation of a million messages, one of a hundred thousand, one of
// a thousand; the small one has a thousand in all.
var (
	large = stored{1_000_000, 100_000, 1000}
	small stored
)

func init() {
	for i := range large {
		if large[i] == 0 {
			large[i] = 50
		}
		small[i] = 50
	}
}

func (s stored) sum() (n int) {
	for _, x := range s {
		n += x
	}
	return n
}

// profiles makes the profiles of Alice, large and small, and of Bob.
func profiles(ctx context.Context, dir string) error {
	if err := introduce(ctx, dir); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(dir, "small"), 0o700); err != nil {
		return err
	}
	if err := os.CopyFS(filepath.Join(dir, "small"), os.DirFS(filepath.Join(dir, "large"))); err != nil {
		return err
	}
	if err := fill(ctx, filepath.Join(dir, "small"), small); err != nil {
		return err
	}
	return fill(ctx, filepath.Join(dir, "large"), large)
}

// introduce makes Alice's profile in large, Bob's in bob, and has them and the
// others become contacts.
func introduce(ctx context.Context, dir string) error {
	alice, err := app.Create(ctx, filepath.Join(dir, "large"), app.CreateOptions{Name: "Alice", Passphrase: passphrase})
	if err != nil {
		return err
	}
	defer alice.Close()
	if err := alice.ConfirmPhrase(ctx); err != nil { // it is not to be asked for
		return err
	}
	if err := alice.GoOnline(ctx, loopback); err != nil {
		return err
	}
	for i := range people {
		o := loopback
		name, where := fmt.Sprintf("Bob %d", i+1), filepath.Join(dir, fmt.Sprint("other", i))
		if i == 0 {
			name, where, o.Listen = "Bob", filepath.Join(dir, "bob"), []string{bobListens}
		}
		if err := meet(ctx, alice, where, name, o); err != nil {
			return err
		}
		if i > 0 {
			os.RemoveAll(where)
		}
	}
	return nil
}

// meet makes a profile that becomes a contact of Alice's.
func meet(ctx context.Context, alice *app.Messenger, dir, name string, o app.NetworkOptions) error {
	cheap := vault.Floor
	bob, err := app.Create(ctx, dir, app.CreateOptions{Name: name, Passphrase: passphrase, Surroundings: app.Surroundings{Params: &cheap}})
	if err != nil {
		return err
	}
	defer bob.Close()
	invitation, err := alice.CreateInvitation(ctx, model.ModeLink, 0)
	if err != nil {
		return err
	}
	if err := bob.GoOnline(ctx, o); err != nil {
		return err
	}
	events, cancel := bob.Subscribe()
	defer cancel()
	join, err := bob.Join(ctx, invitation.Link)
	if err != nil {
		return err
	}
	for range events {
		joins, err := bob.Joins(ctx)
		if err != nil {
			return err
		}
		for _, j := range joins {
			if j.ID == join.ID && j.State == model.JoinDone {
				return settle(ctx, alice, bob)
			}
		}
	}
	return fmt.Errorf("closed")
}

// settle waits until nothing waits to be acknowledged.
func settle(ctx context.Context, all ...*app.Messenger) error {
	for _, m := range all {
		for {
			s, err := m.Status(ctx)
			if err != nil {
				return err
			}
			if s.Queue == 0 {
				break
			}
			time.Sleep(2 * time.Millisecond)
		}
	}
	return nil
}

// fill puts messages into a closed profile, those of all conversations mixed as
// they would have come, and into the search index.
func fill(ctx context.Context, dir string, n stored) error {
	keys, err := seed.Unlock(dir, passphrase)
	if err != nil {
		return err
	}
	db, err := seed.Open(ctx, dir, keys)
	if err != nil {
		return err
	}
	defer db.Close()
	var to [people]model.ContactID
	if err := db.Update(ctx, func(t *store.Tx) error {
		contacts, err := t.Contacts()
		for _, c := range contacts {
			at := 0
			fmt.Sscanf(c.Claimed, "Bob %d", &at)
			to[max(at-1, 0)] = c.ID
		}
		return err
	}); err != nil {
		return err
	}
	const group = 5000
	w := newWriter()
	all := n.sum()
	began := time.Now().Add(-time.Duration(all+1) * time.Minute)
	for done := 0; done < all; {
		if err := db.Update(ctx, func(t *store.Tx) error {
			for end := min(all, done+group); done < end; done++ {
				m := w.message(began.Add(time.Duration(done) * time.Minute))
				m.Contact = to[n.take(w.r, all-done)]
				if _, err := t.AddMessage(&m, store.Place{}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	for more := true; more; {
		if err := db.Update(ctx, func(t *store.Tx) (err error) {
			more, err = t.Index(group)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// take chooses the conversation of the next message, by how many are left of
// each; the last ones are in the order of the list, from the end.
func (s *stored) take(r *mrand.Rand, left int) int {
	if left <= people {
		return left - 1
	}
	for at := r.IntN(left - people); ; {
		for i := range s {
			if at -= s[i] - 1; at < 0 {
				s[i]--
				return i
			}
		}
	}
}

// writer writes messages of some twelve words from a vocabulary of 50,000 in which
// the nth word is about n times as rare as the first.
type writer struct {
	r    *mrand.Rand
	zipf *mrand.Zipf
}

func newWriter() *writer {
	r := mrand.New(mrand.NewPCG(1, 2))
	return &writer{r, mrand.NewZipf(r, 1.1, 4, 50_000)}
}

func (w *writer) message(at time.Time) model.Message {
	var text strings.Builder
	for range 4 + w.r.IntN(16) {
		text.WriteString(word(w.zipf.Uint64()) + " ")
	}
	m := model.Message{Direction: model.Incoming, State: model.Read, Text: strings.TrimSpace(text.String()), Time: at, StateTime: at}
	if w.r.IntN(2) == 0 {
		m.Direction = model.Outgoing
	}
	var id [16]byte
	rand.Read(id[:])
	for i, ms := 0, at.UnixMilli(); i < 6; i++ {
		id[i] = byte(ms >> (40 - 8*i))
	}
	m.ID = model.MessageID(hex.EncodeToString(id[:]))
	return m
}

// word spells a number with letters, the same for the same number.
func word(n uint64) string {
	const syllables = "kalomirunesatiboduvefigajuhe"
	w := ""
	for n += 14; n > 0; n /= 14 {
		w += syllables[n%14*2 : n%14*2+2]
	}
	return w
}
