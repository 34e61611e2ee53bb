package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"sotto/app/control"
	"sotto/app/model"
)

type replyCommand struct {
	Message string `arg:"" name:"message-id" help:"The message that is answered: its id, or its beginning."`
	Text    string `arg:"" optional:"" default:"-" help:"What to write; - or nothing reads standard input."`
}

// Run answers a message.
func (c *replyCommand) Run(p *program) error {
	text, err := p.text(c.Text)
	if err != nil {
		return err
	}
	return p.with(func(m *profile) error {
		to, err := findMessage(p, m, c.Message)
		if err != nil {
			return err
		}
		message, err := m.Reply(p.ctx, to.ID, text)
		if err != nil {
			return err
		}
		return p.print(message, func(w io.Writer) { fmt.Fprintln(w, capital(string(message.State))+".") })
	})
}

type forwardCommand struct {
	Message string   `arg:"" name:"message-id" help:"The message's id, or its beginning."`
	Contact []string `arg:"" help:"Names, or the beginnings of ids."`
}

// Run writes a message's text to others.
func (c *forwardCommand) Run(p *program) error {
	return p.edit(c.Message, func(m control.Messenger, id model.MessageID) error {
		var to []model.ContactID
		for _, name := range c.Contact {
			contact, err := findContact(p, m, name)
			if err != nil {
				return err
			}
			to = append(to, contact.ID)
		}
		return m.Forward(p.ctx, id, to)
	}, "Forwarded. They are not told whose it was.")
}

type reactCommand struct {
	Message string `arg:"" name:"message-id" help:"The message's id, or its beginning."`
	Emoji   string `arg:"" optional:"" help:"One emoji, in the place of the one before."`
	None    bool   `help:"Take it back."`
}

// Run puts an emoji on a message.
func (c *reactCommand) Run(p *program) error {
	if c.None != (c.Emoji == "") {
		return usageError("give an emoji, or --none")
	}
	return p.edit(c.Message, func(m control.Messenger, id model.MessageID) error {
		return m.React(p.ctx, id, c.Emoji)
	}, "They are told.")
}

type deleteCommand struct {
	Message string `arg:"" name:"message-id" help:"The message's id, or its beginning."`
	Both    bool   `help:"On their computer as well; only what you wrote."`
}

// Run deletes a message.
func (c *deleteCommand) Run(p *program) error {
	return p.with(func(m *profile) error {
		message, err := findMessage(p, m, c.Message)
		if err != nil {
			return err
		}
		if err := m.Delete(p.ctx, []model.MessageID{message.ID}, c.Both); err != nil {
			return err
		}
		return p.print(map[string]any{"deleted": message.ID, "both": c.Both}, func(w io.Writer) {
			if c.Both {
				fmt.Fprintln(w, "Deleted here, and there as soon as their computer hears of it.")
			} else {
				fmt.Fprintln(w, "Deleted here.")
			}
		})
	})
}

type starCommand struct {
	Message string `arg:"" name:"message-id" help:"The message's id, or its beginning."`
	Undo    bool   `aliases:"off" help:"Take it back."`
}

// Run marks a message.
func (c *starCommand) Run(p *program) error {
	done := "Marked with a star."
	if c.Undo {
		done = "It has no star."
	}
	return p.edit(c.Message, func(m control.Messenger, id model.MessageID) error {
		return m.Star(p.ctx, id, !c.Undo)
	}, done)
}

type timerCommand struct {
	Contact string `arg:"" help:"A name, or the beginning of an id."`
	After   string `arg:"" name:"duration" help:"How long new messages stay after they were read, such as 30s, 8h or 7d; off is for good."`
}

// Run sets after how long messages disappear.
func (c *timerCommand) Run(p *program) error {
	after, err := duration(c.After)
	if err != nil {
		return err
	}
	return p.change(c.Contact, func(m control.Messenger, id model.ContactID) error {
		return m.SetTimer(p.ctx, id, after)
	}, func(w io.Writer, now model.Contact) { fmt.Fprintln(w, timerWords(now.Timer)) })
}

// duration reads a time such as 30s, 8h or 7d; off is none.
func duration(s string) (time.Duration, error) {
	if s == "off" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int
		if _, err := fmt.Sscanf(days+" ", "%d ", &n); err == nil && n > 0 && n <= 3650 && fmt.Sprint(n) == days {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, usageError(fmt.Sprintf("%q is not a time such as 30s, 8h or 7d, or off", s))
	}
	return d, nil
}

type pinCommand struct {
	Contact string `arg:"" help:"A name, or the beginning of an id."`
	Undo    bool   `help:"Take it back."`
}

// Run keeps a conversation at the top.
func (c *pinCommand) Run(p *program) error {
	return p.own(c.Contact, func(m control.Messenger, id model.ContactID) error { return m.SetPinned(p.ctx, id, !c.Undo) })
}

type archiveCommand struct {
	Contact string `arg:"" help:"A name, or the beginning of an id."`
	Undo    bool   `help:"Take it back."`
}

// Run puts a conversation away.
func (c *archiveCommand) Run(p *program) error {
	return p.own(c.Contact, func(m control.Messenger, id model.ContactID) error { return m.SetArchived(p.ctx, id, !c.Undo) })
}

type muteCommand struct {
	Contact string `arg:"" help:"A name, or the beginning of an id."`
	For     string `placeholder:"DURATION" help:"For so long, such as 8h or 7d; otherwise for good."`
	Undo    bool   `help:"Take it back."`
}

// Run mutes a contact.
func (c *muteCommand) Run(p *program) error {
	until := model.Forever
	switch {
	case c.Undo:
		until = time.Time{}
	case c.For != "":
		d, err := duration(c.For)
		if err != nil {
			return err
		}
		until = time.Now().Add(d)
	}
	return p.own(c.Contact, func(m control.Messenger, id model.ContactID) error { return m.SetMuted(p.ctx, id, until) })
}

type labelCommand struct {
	Contact string   `arg:"" help:"A name, or the beginning of an id."`
	Label   []string `arg:"" optional:"" help:"All labels that they are to have; none takes them off."`
}

// Run sets a contact's labels.
func (c *labelCommand) Run(p *program) error {
	return p.own(c.Contact, func(m control.Messenger, id model.ContactID) error { return m.SetLabels(p.ctx, id, c.Label) })
}

type remarkCommand struct {
	Contact string `arg:"" help:"A name, or the beginning of an id."`
	Text    string `arg:"" help:"What you want to remember of them; empty forgets it."`
}

// Run keeps a remark.
func (c *remarkCommand) Run(p *program) error {
	return p.own(c.Contact, func(m control.Messenger, id model.ContactID) error { return m.SetRemark(p.ctx, id, c.Text) })
}

type removeCommand struct {
	Contact string `arg:"" help:"A name, or the beginning of an id."`
	Yes     bool   `help:"Yes: everything of them is deleted here."`
}

// Run deletes a contact.
func (c *removeCommand) Run(p *program) error {
	if !c.Yes {
		return usageError("this deletes the contact and all messages here; say so with --yes")
	}
	return p.with(func(m *profile) error {
		contact, err := findContact(p, m, c.Contact)
		if err != nil {
			return err
		}
		if err := m.RemoveContact(p.ctx, contact.ID); err != nil {
			return err
		}
		return p.print(map[string]any{"removed": contact.ID}, func(w io.Writer) {
			fmt.Fprintf(w, "%s is removed, and is not told.\n", clean(contact.Name))
		})
	})
}

// own changes what the person keeps of a contact and prints all of that.
func (p *program) own(contact string, act func(control.Messenger, model.ContactID) error) error {
	return p.change(contact, act, func(w io.Writer, now model.Contact) {
		var all []string
		add := func(is bool, word string) {
			if is {
				all = append(all, word)
			}
		}
		add(now.Pinned, "pinned")
		add(now.Archived, "archived")
		if now.Muted(time.Now()) {
			word := "muted until " + when(now.MutedUntil)
			if !now.MutedUntil.Before(model.Forever) {
				word = "muted"
			}
			all = append(all, word)
		}
		add(len(now.Labels) > 0, "labels: "+clean(strings.Join(now.Labels, ", ")))
		add(now.Remark != "", "remark: "+clean(now.Remark))
		if len(all) == 0 {
			all = []string{"nothing set"}
		}
		fmt.Fprintf(w, "%s: %s.\n", clean(now.Name), strings.Join(all, "; "))
	})
}
