package main

import (
	"fmt"
	"io"

	"sotto/app/model"
)

// mailboxesCommand is about the computers that hold sealed messages for us.
type mailboxesCommand struct {
	List   mailboxesListCommand   `cmd:"" default:"1" help:"List your mailboxes."`
	Add    mailboxesAddCommand    `cmd:"" help:"Take a mailbox into use."`
	Remove mailboxesRemoveCommand `cmd:"" help:"Take a mailbox out of use."`
	Owner  mailboxesOwnerCommand  `cmd:"" help:"Print the line for sotto-cli serve --for, which starts a mailbox for you alone."`
}

type mailboxesListCommand struct{}

// Run lists our mailboxes and how they are.
func (c *mailboxesListCommand) Run(p *program) error {
	return p.with(func(m *profile) error {
		s, err := m.Mailboxes(p.ctx)
		if err != nil {
			return err
		}
		all, _ := list(s.Mailboxes, nil)
		return p.print(all, func(w io.Writer) {
			for _, b := range all {
				name := clean(b.Name)
				if name == "" {
					name = "-"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%v of %v\t%d waiting\n", short(b.ID), name, b.Kind, healthWords(b), size(b.Used), size(b.Quota), b.Waiting)
			}
		})
	})
}

// healthWords says how a mailbox has answered lately.
func healthWords(b model.Mailbox) string {
	switch {
	case b.Health == model.HealthSilent && !b.Silent.IsZero():
		return "silent since " + when(b.Silent)
	case b.Health == model.HealthLies:
		return "LIES: it does not keep what it takes"
	}
	return string(b.Health)
}

type mailboxesAddCommand struct {
	Link string `arg:"" name:"link|file.png" help:"The mailbox's link, a picture of its QR code, or - to read the link from standard input."`
	Name string `help:"What you call it."`
}

// Run takes a mailbox into use, which has to answer.
func (c *mailboxesAddCommand) Run(p *program) error {
	link, err := p.link(c.Link)
	if model.KindOf(err) == model.NotACode {
		err = model.E(model.NotAMailbox, "", err)
	}
	if err != nil {
		return err
	}
	return p.with(func(m *profile) error {
		b, err := m.AddMailbox(p.ctx, link, c.Name)
		if err != nil {
			return err
		}
		if m.own != nil {
			p.note("Your contacts hear of it when Sotto runs with this profile: sotto-cli run.")
		}
		return p.print(b, func(w io.Writer) { fmt.Fprintf(w, "%s is a mailbox of yours now.\n", nameOf(b)) })
	})
}

type mailboxesRemoveCommand struct {
	ID string `arg:"" help:"The mailbox's id, or its beginning."`
}

// Run takes a mailbox out of use.
func (c *mailboxesRemoveCommand) Run(p *program) error {
	return p.with(func(m *profile) error {
		s, err := m.Mailboxes(p.ctx)
		b, err := find(c.ID, "mailbox", func(b model.Mailbox) string { return string(b.ID) })(s.Mailboxes, err)
		if err != nil {
			return err
		}
		if err := m.RemoveMailbox(p.ctx, b.ID); err != nil {
			return err
		}
		return p.print(map[string]any{"removed": b.ID}, func(w io.Writer) {
			fmt.Fprintf(w, "%s is no mailbox of yours any more. What comes to it until your contacts know is still fetched.\n", nameOf(b))
		})
	})
}

// nameOf is what to call a mailbox at the beginning of a sentence.
func nameOf(b model.Mailbox) string {
	if b.Name == "" {
		return "The mailbox " + short(b.ID)
	}
	return clean(b.Name) + " (" + short(b.ID) + ")"
}

type mailboxesOwnerCommand struct{}

// Run prints the line that names us to a mailbox as its only owner.
func (c *mailboxesOwnerCommand) Run(p *program) error {
	return p.with(func(m *profile) error {
		line, err := m.MailboxOwner(p.ctx)
		if err != nil {
			return err
		}
		return p.print(map[string]any{"owner": line}, func(w io.Writer) { fmt.Fprintln(w, line) })
	})
}
