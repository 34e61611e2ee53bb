package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"sotto/app/model"
)

type sendCommand struct {
	Contact      string        `arg:"" help:"A name, or the beginning of an id."`
	Text         string        `arg:"" optional:"" default:"-" help:"What to write; - or nothing reads standard input."`
	Wait         string        `enum:",stored,delivered,read" default:"" placeholder:"delivered" help:"Wait until it is in a mailbox of theirs (stored), on their computer (delivered), or read."`
	Timeout      time.Duration `default:"30s" help:"How long to wait."`
	networkFlags `embed:""`
}

// Run stores and queues a message; with --wait it stays until it is delivered.
func (c *sendCommand) Run(p *program) error {
	if c.Timeout <= 0 {
		return usageError("--timeout must be more than nothing, such as 30s")
	}
	text, err := p.text(c.Text)
	if err != nil {
		return err
	}
	return p.with(func(m *profile) error {
		contact, err := findContact(p, m, c.Contact)
		if err != nil {
			return err
		}
		message, err := m.Send(p.ctx, contact.ID, text)
		if err != nil {
			return err
		}
		if c.Wait != "" {
			message, err = c.await(p.ctx, m, message)
			if err != nil {
				return err
			}
		} else if m.own != nil {
			p.note("It waits here, and goes when Sotto runs with this profile: sotto-cli run.")
		}
		return p.print(message, func(w io.Writer) { fmt.Fprintln(w, capital(string(message.State))+".") })
	})
}

// text is what an argument stands for: itself, or standard input.
func (p *program) text(arg string) (string, error) {
	if arg != "-" {
		return arg, nil
	}
	data, err := io.ReadAll(io.LimitReader(p.stdin, model.MaxText+2))
	if err != nil {
		return "", fmt.Errorf("standard input: %w", err)
	}
	return strings.TrimSuffix(string(data), "\n"), nil
}

// await goes online and returns the message once it is as far as was wanted. Kind
// NotDelivered.
func (c *sendCommand) await(ctx context.Context, m *profile, message model.Message) (model.Message, error) {
	if err := m.goOnline(ctx, c.networkFlags); err != nil {
		return message, err
	}
	timed, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	far := []model.State{model.Waiting, model.Stored, model.Delivered, model.Read}
	wanted := slices.Index(far, model.State(c.Wait))
	err := await(timed, m, func() (done bool, err error) {
		message, err = m.Message(ctx, message.ID)
		return message.State == model.Failed || slices.Index(far, message.State) >= wanted, err
	})
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		switch message.State {
		case model.Stored:
			return message, refusal(fmt.Sprintf("Not on their computer yet: %s. They fetch it when they are there.", stateWords(message)))
		case model.Delivered:
			return message, refusal("On their computer, and not read yet.")
		}
		return message, model.E(model.NotDelivered, "", nil)
	case err == nil && message.State == model.Failed:
		return message, refusal("The message will not be delivered.")
	}
	return message, err
}

type messagesCommand struct {
	Contact  string `arg:"" help:"A name, or the beginning of an id."`
	Limit    int    `default:"50" help:"How many of the newest."`
	MarkRead bool   `help:"Note that you read them; the contact is told if you want that."`
}

// Run prints the newest messages of a conversation, oldest first.
func (c *messagesCommand) Run(p *program) error {
	if c.Limit < 1 {
		return usageError("--limit must be at least 1")
	}
	return p.with(func(m *profile) error {
		contact, err := findContact(p, m, c.Contact)
		if err != nil {
			return err
		}
		all, err := list(c.newest(p.ctx, m, contact.ID))
		if err != nil {
			return err
		}
		if c.MarkRead && len(all) > 0 {
			if err := m.MarkRead(p.ctx, contact.ID, all[len(all)-1].Row); err != nil {
				return err
			}
		}
		return p.print(all, func(w io.Writer) {
			for _, one := range all {
				id, name, state, text := shortMessage(one.ID), clean(contact.Name), caution(one), textWords(one)
				switch {
				case one.Note != "":
					id, name, text = "-", "-", noteWords(one, contact.Name)
				case one.Direction == model.Outgoing:
					name, state = "You", stateWords(one)
				}
				if one.Missing > 0 {
					fmt.Fprintf(w, "-\t-\t-\t\tMissing here: %d, which were written before the next one.\n", one.Missing)
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", when(one.Time), id, name, state, text)
			}
		})
	})
}

// newest reads pages backwards until there are enough.
func (c *messagesCommand) newest(ctx context.Context, m *profile, id model.ContactID) ([]model.Message, error) {
	const page = 500 // the most that can be asked for
	var all []model.Message
	for before := int64(0); len(all) < c.Limit; {
		older, err := m.Messages(ctx, id, model.Page{Before: before, Limit: min(page, c.Limit-len(all))})
		if err != nil {
			return nil, err
		}
		if len(older) == 0 {
			break
		}
		all = append(older, all...)
		before = older[0].Row
	}
	return all, nil
}
