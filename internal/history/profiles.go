package history

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ncruces/go-sqlite3"

	"sotto/app"
	"sotto/app/model"
	"sotto/crypto/vault"
	"sotto/p2p/mailbox"
)

// passphrase is that of all profiles.
const passphrase = "correct horse battery"

// written is how many messages each computer has written to each other one in
// the profiles that MakeProfiles makes. The last of them waits.
const written = 4

// before is the text of one of them.
func before(from, to, k int) string { return fmt.Sprintf("before %d>%d %d", from, to, k) }

// MakeProfiles makes in dir what all runs begin with: a profile for each
// computer, named by its number, contacts of each other who have talked.
func MakeProfiles(ctx context.Context, dir string) error {
	if err := makeProfiles(ctx, dir); err != nil {
		return err
	}
	for i := range computers {
		b, err := identity(filepath.Join(dir, fmt.Sprint(i)))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, identityFile(i)), b, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// identityFile is the name of a file with the public keys of a profile.
func identityFile(i int) string { return fmt.Sprintf("identity of %d", i) }

// identity reads the public keys by which contacts know a profile from its
// database: account, device list, device.
func identity(dir string) ([]byte, error) {
	file, err := os.ReadFile(filepath.Join(dir, "keys"))
	if err != nil {
		return nil, err
	}
	keys, err := unlock(file, []byte(passphrase))
	if err != nil {
		return nil, err
	}
	c, err := sqlite3.Open("file:" + filepath.Join(dir, "sotto.db") + "?vfs=adiantum")
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := c.Exec("PRAGMA hexkey='" + hex.EncodeToString(keys.Database()) + "'"); err != nil {
		return nil, err
	}
	s, _, err := c.Prepare("SELECT value FROM meta WHERE name='identity'")
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if !s.Step() {
		return nil, errors.New("history: a profile without keys")
	}
	return s.ColumnBlob(0, nil), nil
}

func makeProfiles(ctx context.Context, dir string) error {
	w := newWire(0)
	all := make([]*app.Messenger, len(computers))
	defer func() {
		for _, m := range all {
			if m != nil {
				m.Close()
			}
		}
	}()
	var links []string
	var servers []*mailbox.Server
	for i := range boxes {
		s, route, stop, err := serve(filepath.Join(dir, boxName(i)), w, i, "os", time.Now)
		if err != nil {
			return err
		}
		defer stop()
		servers = append(servers, s)
		links = append(links, mailbox.Link{Route: route}.String())
	}
	for i, name := range computers {
		m, err := app.Create(ctx, filepath.Join(dir, fmt.Sprint(i)), app.CreateOptions{
			Name: name, Passphrase: passphrase, Surroundings: app.Surroundings{Params: &vault.Floor},
		})
		if err != nil {
			return err
		}
		all[i] = m
		if err := m.GoOnline(ctx, app.NetworkOptions{Listen: w.listen(i), NoLAN: true, AcceptAll: true}); err != nil {
			return err
		}
		for _, inviter := range all[:i] {
			if err := introduce(ctx, inviter, m); err != nil {
				return err
			}
		}
	}
	for i, m := range all {
		for _, b := range uses[i] {
			if _, err := m.AddMailbox(ctx, links[b], ""); err != nil {
				return err
			}
		}
	}
	for k := range written {
		if k == written-1 {
			if err := made(ctx, servers); err != nil {
				return err
			}
			if err := delivered(ctx, all...); err != nil {
				return err
			}
			for i, m := range all { // nobody is there
				if err := m.Close(); err != nil {
					return err
				}
				all[i] = nil
			}
		}
		for from := range computers {
			m := all[from]
			if k == written-1 {
				var err error
				if m, err = app.OpenOn(ctx, filepath.Join(dir, fmt.Sprint(from)), passphrase, app.Surroundings{Unlock: unlock}); err != nil {
					return err
				}
				all[from] = m
			}
			ids, err := whoIsWho(ctx, m)
			if err != nil {
				return err
			}
			for to, id := range ids {
				if from == to {
					continue
				}
				if _, err := m.Send(ctx, id, before(from, to, k)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// introduce makes two people contacts.
func introduce(ctx context.Context, inviter, guest *app.Messenger) error {
	inv, err := inviter.CreateInvitation(ctx, model.ModeLink, 0)
	if err != nil {
		return err
	}
	j, err := guest.Join(ctx, inv.Link)
	if err != nil {
		return err
	}
	return until(ctx, func() (bool, error) {
		joins, err := guest.Joins(ctx)
		if err != nil {
			return false, err
		}
		for _, k := range joins {
			if k.ID == j.ID && k.State != model.JoinDone {
				return false, nil
			}
		}
		contacts, err := inviter.Contacts(ctx)
		for _, c := range contacts {
			if c.Trust == model.TrustUnconfirmed {
				return false, err
			}
		}
		return true, err
	})
}

// made waits until everybody has a queue for each contact at each of their
// mailboxes. What is said of them goes the usual way.
func made(ctx context.Context, servers []*mailbox.Server) error {
	want := make([]int, len(servers))
	for _, mine := range uses {
		for _, b := range mine {
			want[b] += len(computers) - 1
		}
	}
	return until(ctx, func() (bool, error) {
		for i, s := range servers {
			if s.Stats().Queues != want[i] {
				return false, nil
			}
		}
		return true, nil
	})
}

// delivered waits until nothing is on its way, and nothing more comes.
func delivered(ctx context.Context, all ...*app.Messenger) error {
	quiet := 0
	return until(ctx, func() (bool, error) {
		quiet++
		for _, m := range all {
			s, err := m.Status(ctx)
			if err != nil {
				return false, err
			}
			if s.Queue > 0 {
				quiet = 0
			}
		}
		return quiet > 20, nil
	})
}

// until waits for something that programs do by themselves.
func until(ctx context.Context, ok func() (bool, error)) error {
	for deadline := time.Now().Add(time.Minute); ; {
		if there, err := ok(); err != nil || there {
			return err
		}
		if time.Now().After(deadline) {
			return errors.New("history: waited too long")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// whoIsWho finds the computers among somebody's contacts; "" is themselves.
func whoIsWho(ctx context.Context, m *app.Messenger) ([]model.ContactID, error) {
	contacts, err := m.Contacts(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]model.ContactID, len(computers))
	for _, k := range contacts {
		for i, name := range computers {
			if k.Name == name {
				ids[i] = k.ID
			}
		}
	}
	return ids, nil
}
