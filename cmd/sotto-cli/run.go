package main

import (
	"errors"
	"fmt"
	"io"

	"sotto/app"
	"sotto/app/control"
	"sotto/app/model"
	"sotto/app/spare"
)

type runCommand struct {
	networkFlags `embed:""`
	AcceptAll    bool `help:"Accept every contact request, for programs that serve."`
}

// Run holds the profile, stays online and prints what happens until a signal
// ends it.
func (c *runCommand) Run(p *program) (err error) {
	options, err := c.options()
	if err != nil {
		return err
	}
	options.AcceptAll = c.AcceptAll
	if !app.Exists(p.Data) {
		return model.E(model.NoProfile, p.Data, nil)
	}
	passphrase, err := p.passphrase("Passphrase: ")
	if err != nil {
		return err
	}
	m, err := app.Open(p.ctx, p.Data, passphrase)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()

	stream, err := newStream(p, m)
	if err != nil {
		return err
	}
	events, cancel := m.Subscribe()
	defer cancel()
	go spare.Watch(p.ctx)
	if err := m.GoOnline(p.ctx, options); err != nil {
		return err
	}
	stop, err := control.Offer(p.Data, m)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := stream.ready(); err != nil {
		return err
	}
	for {
		select {
		case <-p.ctx.Done():
			return nil
		case e, open := <-events:
			if !open {
				return model.E(model.Closed, "", nil)
			}
			if err := stream.event(e); err != nil && p.ctx.Err() == nil {
				return err
			}
		}
	}
}

// stream prints events with what they are about.
type stream struct {
	*program
	m       *app.Messenger
	printed map[model.ContactID]int64      // the row of the last message printed
	known   map[model.ContactID]contactRow // contacts as they were last printed
	health  map[model.MailboxID]model.Health
}

// The lines of the stream. Each has its kind in "event".
type (
	readyLine struct {
		Event     string          `json:"event"`
		Account   model.ContactID `json:"account"`
		Name      string          `json:"name"`
		Addresses []string        `json:"addresses"`
	}
	// messageLine: "message" came in, "sent" went into the queue, "state" is how
	// far one that was sent has come, and "note" is a line that nobody wrote.
	messageLine struct {
		Event   string          `json:"event"`
		Contact model.ContactID `json:"contact"`
		Name    string          `json:"name"`
		model.Message
	}
	requestLine struct {
		Event string `json:"event"`
		model.Request
	}
	joinLine struct {
		Event string `json:"event"`
		model.Join
	}
	invitationLine struct {
		Event string `json:"event"`
		model.Invitation
	}
	mailboxLine struct {
		Event string `json:"event"`
		model.Mailbox
	}
	contactLine struct {
		Event string `json:"event"`
		contactRow
	}
	// contactRow is what is worth a line when it changes.
	contactRow struct {
		ID      model.ContactID `json:"contact"`
		Name    string          `json:"name"`
		Trust   model.Trust     `json:"trust"`
		Via     model.Via       `json:"via"`
		Blocked bool            `json:"blocked"`
		Alarm   model.Alarm     `json:"alarm,omitempty"`
	}
)

// newStream returns a stream that begins after the messages that are there.
func newStream(p *program, m *app.Messenger) (*stream, error) {
	s := &stream{p, m, make(map[model.ContactID]int64), make(map[model.ContactID]contactRow), make(map[model.MailboxID]model.Health)}
	conversations, err := m.Conversations(p.ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range conversations {
		if c.Last != nil {
			s.printed[c.Contact.ID] = c.Last.Row
		}
	}
	return s, nil
}

// ready prints the first line: that others can reach us, and where.
func (s *stream) ready() error {
	status, err := s.m.Status(s.ctx)
	if err != nil {
		return err
	}
	addresses, _ := list(status.Addresses, nil)
	return s.print(readyLine{"ready", status.Self.Account, status.Self.Name, addresses}, func(w io.Writer) {
		fmt.Fprintf(w, "Online as %s.\n", clean(status.Self.Name))
		for _, a := range addresses {
			fmt.Fprintln(w, "  "+a)
		}
	})
}

// event prints what happened.
func (s *stream) event(e model.Event) error {
	switch e.Kind {
	case model.EventMessage:
		if e.New {
			return s.messages(e.Contact)
		}
		return s.state(e.Message)
	case model.EventRequest:
		return s.request(e.Request)
	case model.EventJoin:
		return s.join(e.Join)
	case model.EventInvitation:
		return s.invitation(e.Invitation)
	case model.EventContact:
		return s.contact(e.Contact)
	case model.EventMailbox:
		return s.mailboxes()
	case model.EventNetwork:
		return s.network()
	case model.EventResync:
		return s.resync()
	}
	return nil
}

// messages prints what came and went since the last time, by row and not by
// event: each message is printed once and in order even if events were lost.
func (s *stream) messages(id model.ContactID) error {
	contact, err := s.m.Contact(s.ctx, id)
	if err != nil {
		return err
	}
	for {
		page, err := s.m.Messages(s.ctx, id, model.Page{After: s.printed[id], Limit: 100})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, message := range page {
			kind, text := messageWords(contact, message)
			if err := s.print(messageLine{kind, id, contact.Name, message}, func(w io.Writer) {
				fmt.Fprintln(w, text)
			}); err != nil {
				return err
			}
			s.printed[id] = message.Row
		}
	}
}

// messageWords returns the kind of a new message's line, and what it says.
func messageWords(contact model.Contact, m model.Message) (kind, text string) {
	from := clean(contact.Name)
	switch {
	case m.Note != "":
		return "note", noteWords(m, contact.Name)
	case m.Direction == model.Outgoing:
		return "sent", "To " + from + ": " + textWords(m)
	}
	if c := caution(m); c != "" {
		from += " (" + c + ")"
	}
	return "message", from + ": " + textWords(m)
}

// state prints how far a message of ours has come.
func (s *stream) state(id model.MessageID) error {
	message, err := s.m.Message(s.ctx, id)
	if err != nil || message.Direction == model.Incoming {
		return ignore(err, model.NotFound)
	}
	contact, err := s.m.Contact(s.ctx, message.Contact)
	if err != nil {
		return err
	}
	return s.print(messageLine{"state", contact.ID, contact.Name, message}, func(w io.Writer) {
		fmt.Fprintf(w, "To %s: %s (%s)\n", clean(contact.Name), stateWords(message), shortMessage(message.ID))
	})
}

func (s *stream) request(id model.RequestID) error {
	all, err := s.m.Requests(s.ctx)
	for _, r := range all {
		if r.ID == id {
			return s.print(requestLine{"request", r}, func(w io.Writer) {
				fmt.Fprintln(w, requestWords(r))
			})
		}
	}
	return err // answered already
}

func requestWords(r model.Request) string {
	return fmt.Sprintf("%s wants to be a contact: sotto-cli accept %s", clean(r.Name), short(r.ID))
}

func (s *stream) join(id model.JoinID) error {
	all, err := s.m.Joins(s.ctx)
	for _, j := range all {
		if j.ID == id {
			return s.print(joinLine{"join", j}, func(w io.Writer) {
				if j.State == model.JoinFailed {
					fmt.Fprintln(w, sentence(model.E(j.Problem, "", nil)))
				} else {
					fmt.Fprintln(w, joinWords(j))
				}
			})
		}
	}
	return err
}

func (s *stream) invitation(id model.InvitationID) error {
	all, err := s.m.Invitations(s.ctx)
	for _, i := range all {
		if i.ID == id {
			i.Link = "" // whoever reads a log of this must not get in with it
			return s.print(invitationLine{"invitation", i}, func(w io.Writer) {
				fmt.Fprintf(w, "Invitation %s: %s\n", short(i.ID), i.State)
			})
		}
	}
	return err
}

func (s *stream) contact(id model.ContactID) error {
	c, err := s.m.Contact(s.ctx, id)
	if err != nil {
		return ignore(err, model.NotFound)
	}
	row := contactRow{c.ID, c.Name, c.Trust, c.Via, c.Blocked, c.Alarm}
	if s.known[id] == row {
		return nil
	}
	s.known[id] = row
	return s.print(contactLine{"contact", row}, func(w io.Writer) {
		via := string(c.Via)
		if !c.Online() {
			via = "not connected"
		}
		fmt.Fprintf(w, "%s: %s, %s %s\n", clean(c.Name), c.Trust, via, c.Alarm)
	})
}

// mailboxes prints a line for each mailbox whose health is another now.
func (s *stream) mailboxes() error {
	summary, err := s.m.Mailboxes(s.ctx)
	if err != nil {
		return err
	}
	for _, b := range summary.Mailboxes {
		if s.health[b.ID] == b.Health {
			continue
		}
		s.health[b.ID] = b.Health
		if err := s.print(mailboxLine{"mailbox", b}, func(w io.Writer) {
			fmt.Fprintf(w, "%s: %s\n", nameOf(b), healthWords(b))
		}); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) network() error {
	status, err := s.m.Status(s.ctx)
	if err != nil {
		return err
	}
	addresses, _ := list(status.Addresses, nil)
	return s.print(map[string]any{"event": "network", "network": status.Network, "addresses": addresses}, func(w io.Writer) {
		fmt.Fprintf(w, "Reachable at %d addresses.\n", len(addresses))
	})
}

// resync makes up for lost events where something must not be missed.
func (s *stream) resync() error {
	contacts, err := s.m.Contacts(s.ctx)
	if err != nil {
		return err
	}
	for _, c := range contacts {
		if err := errors.Join(s.contact(c.ID), s.messages(c.ID)); err != nil {
			return err
		}
	}
	requests, err := s.m.Requests(s.ctx)
	for _, r := range requests {
		err = errors.Join(err, s.request(r.ID))
	}
	return err
}

// ignore makes nothing of an error of the given kind: what an event was about
// may be gone by the time it is looked at.
func ignore(err error, kind model.Kind) error {
	if model.KindOf(err) == kind {
		return nil
	}
	return err
}
