package main

import (
	"fmt"
	"io"

	"sotto/app/control"
	"sotto/app/model"
)

// findMessage picks the message that is meant by the beginning of its id.
func findMessage(p *program, m control.Messenger, id string) (model.Message, error) {
	message, err := m.FindMessage(p.ctx, id)
	switch model.KindOf(err) {
	case model.NotFound:
		err = model.E(model.NotFound, fmt.Sprintf("message %q", id), err)
	case model.Ambiguous:
		err = model.E(model.Ambiguous, fmt.Sprintf("%q", id), err)
	}
	return message, err
}

type detailsCommand struct {
	Message string `arg:"" name:"message-id" help:"The message's id, or its beginning."`
}

// Run prints what happened to a message, step by step.
func (c *detailsCommand) Run(p *program) error {
	return p.with(func(m *profile) error {
		message, err := findMessage(p, m, c.Message)
		if err != nil {
			return err
		}
		d, err := m.Details(p.ctx, message.ID)
		if err != nil {
			return err
		}
		contact, err := m.Contact(p.ctx, d.Message.Contact)
		if err != nil {
			return err
		}
		d.Steps, _ = list(d.Steps, nil)
		d.Devices, _ = list(d.Devices, nil)
		return p.print(d, func(w io.Writer) {
			way := "From"
			if d.Message.Direction == model.Outgoing {
				way = "To"
			}
			fmt.Fprintf(w, "%s %s: %s\n", way, clean(contact.Name), stateWords(d.Message))
			for _, s := range d.Steps {
				fmt.Fprintf(w, "%s\t%s\n", s.Time.Local().Format("2006-01-02 15:04:05.000"), stepWords(s))
			}
			if !d.NextTry.IsZero() {
				fmt.Fprintf(w, "%s\t%s\n", d.NextTry.Local().Format("2006-01-02 15:04:05.000"), "is tried again by itself")
			}
		})
	})
}

type resendCommand struct {
	Message string `arg:"" name:"message-id" help:"The message's id, or its beginning."`
}

// Run tries again.
func (c *resendCommand) Run(p *program) error {
	return p.with(func(m *profile) error {
		message, err := findMessage(p, m, c.Message)
		if err != nil {
			return err
		}
		if err := m.Resend(p.ctx, message.ID); err != nil {
			return err
		}
		if m.own != nil {
			p.note("It goes when Sotto runs with this profile: sotto-cli run.")
		}
		return p.print(map[string]any{"resent": message.ID}, func(w io.Writer) {
			if message.State == model.Failed {
				fmt.Fprintln(w, "Written anew, at the end of the conversation.")
			} else {
				fmt.Fprintln(w, "It is tried again now.")
			}
		})
	})
}

type cancelCommand struct {
	Message string `arg:"" name:"message-id" help:"The message's id, or its beginning."`
}

// Run takes a message back that waits.
func (c *cancelCommand) Run(p *program) error {
	return p.edit(c.Message, func(m control.Messenger, id model.MessageID) error {
		return m.Cancel(p.ctx, id)
	}, "Taken back. If it was under way already, it may still arrive.")
}

type editCommand struct {
	Message string `arg:"" name:"message-id" help:"The message's id, or its beginning."`
	Text    string `arg:"" optional:"" default:"-" help:"What to write instead; - or nothing reads standard input."`
}

// Run replaces the text of a message that waits.
func (c *editCommand) Run(p *program) error {
	text, err := p.text(c.Text)
	if err != nil {
		return err
	}
	return p.edit(c.Message, func(m control.Messenger, id model.MessageID) error {
		return m.Edit(p.ctx, id, text)
	}, "The text was replaced.")
}

// edit does something to a message and prints it as it is then.
func (p *program) edit(prefix string, act func(control.Messenger, model.MessageID) error, done string) error {
	return p.with(func(m *profile) error {
		message, err := findMessage(p, m, prefix)
		if err != nil {
			return err
		}
		if err := act(m, message.ID); err != nil {
			return err
		}
		if message, err = m.Message(p.ctx, message.ID); err != nil {
			return err
		}
		return p.print(message, func(w io.Writer) { fmt.Fprintln(w, done) })
	})
}
