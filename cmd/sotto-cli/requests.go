package main

import (
	"fmt"
	"io"

	"sotto/app/control"
	"sotto/app/model"
)

type requestsCommand struct{}

// Run lists who waits for our answer.
func (c *requestsCommand) Run(p *program) error {
	return p.with(func(m *profile) error {
		all, err := list(m.Requests(p.ctx))
		if err != nil {
			return err
		}
		return p.print(all, func(w io.Writer) {
			for _, r := range all {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", short(r.ID), clean(r.Name), when(r.Arrived), clean(r.Text))
			}
		})
	})
}

type acceptCommand struct {
	Request string `arg:"" help:"The name of whoever asks, or the beginning of the request's id."`
}

// Run makes whoever asked a contact.
func (c *acceptCommand) Run(p *program) error {
	return p.with(func(m *profile) error {
		r, err := findRequest(p, m, c.Request)
		if err != nil {
			return err
		}
		contact, err := m.AcceptRequest(p.ctx, r.ID)
		if err != nil {
			return err
		}
		if m.own != nil {
			p.note("They hear of it when Sotto runs with this profile: sotto-cli run.")
		}
		return p.print(contact, func(w io.Writer) {
			fmt.Fprintf(w, "%s (%s) is a contact now.\n", clean(contact.Name), short(contact.ID))
		})
	})
}

type declineCommand struct {
	Request string `arg:"" help:"The name of whoever asks, or the beginning of the request's id."`
	Block   bool   `help:"Do not hear from that account again."`
}

// Run turns a request down.
func (c *declineCommand) Run(p *program) error {
	return p.with(func(m *profile) error {
		r, err := findRequest(p, m, c.Request)
		if err != nil {
			return err
		}
		if err := m.DeclineRequest(p.ctx, r.ID, c.Block); err != nil {
			return err
		}
		return p.print(map[string]any{"declined": r.ID}, func(w io.Writer) {
			fmt.Fprintf(w, "%s was turned down, and is not told why.\n", clean(r.Name))
		})
	})
}

func findRequest(p *program, m control.Messenger, text string) (model.Request, error) {
	return findNamed(text, "request",
		func(r model.Request) string { return string(r.ID) },
		func(r model.Request) string { return r.Name })(m.Requests(p.ctx))
}
