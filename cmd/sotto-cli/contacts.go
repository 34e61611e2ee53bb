package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"sotto/app/control"
	"sotto/app/model"
)

// find returns a function that picks the one thing of a list whose id begins
// with prefix. Kinds NotFound, Ambiguous.
func find[T any](prefix, what string, id func(T) string) func([]T, error) (T, error) {
	return func(all []T, err error) (T, error) {
		var found []T
		for _, one := range all {
			if prefix != "" && strings.HasPrefix(id(one), strings.ToLower(prefix)) {
				found = append(found, one)
			}
		}
		return only(found, what, prefix, err)
	}
}

// only returns the single element of found.
func only[T any](found []T, what, name string, err error) (one T, _ error) {
	switch {
	case err != nil:
		return one, err
	case len(found) == 0:
		return one, model.E(model.NotFound, fmt.Sprintf("%s %q", what, name), nil)
	case len(found) > 1:
		return one, model.E(model.Ambiguous, fmt.Sprintf("%q", name), nil)
	default:
		return found[0], nil
	}
}

// findNamed picks what is meant by a name or the beginning of an id, by what id
// and name say of each. Names are chosen by others: one that reads like the
// beginning of somebody else's id makes it ambiguous, and never wins. Kinds
// NotFound, Ambiguous.
func findNamed[T any](text, what string, id, name func(T) string) func([]T, error) (T, error) {
	return func(all []T, err error) (T, error) {
		prefix := strings.ToLower(text)
		if i := slices.IndexFunc(all, func(one T) bool { return id(one) == prefix }); i >= 0 {
			return all[i], err
		}
		var found []T
		for _, one := range all {
			if text != "" && (name(one) == text || strings.HasPrefix(id(one), prefix)) {
				found = append(found, one)
			}
		}
		return only(found, what, text, err)
	}
}

func findContact(p *program, m control.Messenger, text string) (model.Contact, error) {
	return findNamed(text, "contact",
		func(c model.Contact) string { return string(c.ID) },
		func(c model.Contact) string { return c.Name })(m.Contacts(p.ctx))
}

type contactsCommand struct{}

// Run lists everybody we can write to.
func (c *contactsCommand) Run(p *program) error {
	return p.with(func(m *profile) error {
		all, err := list(m.Contacts(p.ctx))
		if err != nil {
			return err
		}
		return p.print(all, func(w io.Writer) {
			for _, c := range all {
				presence := "last seen " + when(c.LastSeen)
				if c.Online() {
					presence = string(c.Via)
				}
				state := string(c.Trust)
				if c.Blocked {
					state = "blocked"
				} else if c.Alarm != model.AlarmNone {
					state = "ALARM: " + string(c.Alarm)
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", short(c.ID), clean(c.Name), state, presence)
			}
		})
	})
}

type renameCommand struct {
	Contact string `arg:"" help:"A name, or the beginning of an id."`
	Name    string `arg:"" help:"What you call them; empty goes back to their own name."`
}

// Run sets what we call a contact.
func (c *renameCommand) Run(p *program) error {
	return p.change(c.Contact, func(m control.Messenger, id model.ContactID) error {
		return m.Rename(p.ctx, id, c.Name)
	}, func(w io.Writer, now model.Contact) {
		fmt.Fprintf(w, "%s is called %s here.\n", short(now.ID), clean(now.Name))
	})
}

type blockCommand struct {
	Contact string `arg:"" help:"A name, or the beginning of an id."`
	Undo    bool   `help:"Take it back."`
}

// Run stops exchanging anything with a contact.
func (c *blockCommand) Run(p *program) error {
	return p.change(c.Contact, func(m control.Messenger, id model.ContactID) error {
		return m.Block(p.ctx, id, !c.Undo)
	}, func(w io.Writer, now model.Contact) {
		if now.Blocked {
			fmt.Fprintf(w, "%s is blocked, and is not told.\n", clean(now.Name))
		} else {
			fmt.Fprintf(w, "%s is not blocked.\n", clean(now.Name))
		}
	})
}

// change does something to a contact and prints how they are then.
func (p *program) change(contact string, act func(control.Messenger, model.ContactID) error, text func(io.Writer, model.Contact)) error {
	return p.with(func(m *profile) error {
		c, err := findContact(p, m, contact)
		if err != nil {
			return err
		}
		if err := act(m, c.ID); err != nil {
			return err
		}
		if c, err = m.Contact(p.ctx, c.ID); err != nil {
			return err
		}
		return p.print(c, func(w io.Writer) { text(w, c) })
	})
}

type verifyCommand struct {
	Contact string `arg:"" help:"A name, or the beginning of an id."`
	Mark    bool   `help:"You compared the numbers and they are the same: mark the contact as verified."`
}

// Run prints the safety number, to be compared by another way than this one.
func (c *verifyCommand) Run(p *program) error {
	return p.with(func(m *profile) error {
		contact, err := findContact(p, m, c.Contact)
		if err != nil {
			return err
		}
		number, err := m.SafetyNumber(p.ctx, contact.ID)
		if err != nil {
			return err
		}
		if c.Mark {
			if err := m.SetVerified(p.ctx, contact.ID, true); err != nil {
				return err
			}
			if contact, err = m.Contact(p.ctx, contact.ID); err != nil {
				return err
			}
		}
		groups := group(number.Digits, 5)
		return p.print(struct {
			Contact model.ContactID `json:"contact"`
			Name    string          `json:"name"`
			Trust   model.Trust     `json:"trust"`
			model.SafetyNumber
		}{contact.ID, contact.Name, contact.Trust, number}, func(w io.Writer) {
			for row := range slices.Chunk(groups, 3) {
				fmt.Fprintln(w, strings.Join(row, " "))
			}
			if contact.Trust == model.TrustVerified {
				fmt.Fprintf(w, "%s is verified.\n", clean(contact.Name))
			}
		})
	})
}

type renewCommand struct {
	Contact string `arg:"" help:"A name, or the beginning of an id."`
}

// Run begins a new session in place of one that no longer works.
func (c *renewCommand) Run(p *program) error {
	return p.change(c.Contact, func(m control.Messenger, id model.ContactID) error {
		return m.RenewSession(p.ctx, id)
	}, func(w io.Writer, now model.Contact) {
		fmt.Fprintf(w, "A new session begins as soon as %s's computer answers.\n", clean(now.Name))
	})
}

// group cuts digits into groups of n.
func group(digits string, n int) []string {
	var groups []string
	for len(digits) > n {
		groups, digits = append(groups, digits[:n]), digits[n:]
	}
	return append(groups, digits)
}
