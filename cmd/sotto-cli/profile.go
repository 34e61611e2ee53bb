package main

import (
	"fmt"
	"io"
	"strings"

	"sotto/app"
	"sotto/app/model"
)

// maxPhrase is the most that is read of a recovery phrase, in bytes: 24 words
// of 8 letters are 215.
const maxPhrase = 4096

type initCommand struct {
	Name    string `required:"" help:"What you call yourself; others see it."`
	Restore bool   `help:"Restore an account: the 24 words of its recovery phrase are read from standard input."`
}

// Run makes a profile and prints the recovery phrase, this once.
func (c *initCommand) Run(p *program) (err error) {
	if app.Exists(p.Data) {
		return model.E(model.ProfileExists, p.Data, nil)
	}
	o := app.CreateOptions{Name: c.Name}
	if c.Restore {
		data, err := io.ReadAll(io.LimitReader(p.stdin, maxPhrase))
		if err != nil {
			return fmt.Errorf("standard input: %w", err)
		}
		o.Phrase = strings.Join(strings.Fields(string(data)), " ")
		if o.Phrase == "" {
			return model.E(model.BadPhrase, "there are none on standard input", nil)
		}
	}
	if o.Passphrase, err = p.newPassphrase(); err != nil {
		return err
	}
	m, err := app.Create(p.ctx, p.Data, o)
	if err != nil {
		return err
	}
	defer m.Close()
	self, err := m.Self(p.ctx)
	if err != nil {
		return err
	}
	made := struct {
		model.Self
		Phrase []string `json:"phrase,omitempty"`
	}{Self: self}
	if !c.Restore {
		if made.Phrase, err = m.RecoveryPhrase(p.ctx, o.Passphrase); err != nil {
			return err
		}
	}
	return p.print(made, func(w io.Writer) {
		fmt.Fprintf(w, "Account %s\n", self.Account)
		if c.Restore {
			return
		}
		fmt.Fprint(w, "\nWrite these 24 words down, on paper. They alone bring the account back;\nthey are not shown again here.\n\n")
		const columns = 4
		rows := len(made.Phrase) / columns
		for row := range rows {
			for column := range columns {
				n := column*rows + row
				fmt.Fprintf(w, "%2d %s\t", n+1, made.Phrase[n])
			}
			fmt.Fprintln(w)
		}
	})
}

type statusCommand struct{}

// Run prints who and how this program is.
func (c *statusCommand) Run(p *program) error {
	return p.with(func(m *profile) error {
		s, err := m.Status(p.ctx)
		if err != nil {
			return err
		}
		if s.Addresses == nil {
			s.Addresses = []string{}
		}
		if s.Connections == nil {
			s.Connections = []model.Connection{}
		}
		return p.print(s, func(w io.Writer) {
			fmt.Fprintf(w, "Name\t%s\n", clean(s.Self.Name))
			fmt.Fprintf(w, "Account\t%s\n", s.Self.Account)
			fmt.Fprintf(w, "Device\t%s\n", s.Self.Device)
			if !s.Online {
				fmt.Fprintf(w, "Online\tno program is running with this profile\n")
			} else if !s.Network {
				fmt.Fprintf(w, "Online\tno network\n")
			} else {
				fmt.Fprintf(w, "Online\tyes\n")
			}
			for _, a := range s.Addresses {
				fmt.Fprintf(w, "Address\t%s\n", a)
			}
			for _, c := range s.Connections {
				fmt.Fprintf(w, "Connected\t%s (%s) %s\n", clean(c.Name), c.Via, c.Address)
			}
			fmt.Fprintf(w, "Waiting\t%d\n", s.Queue)
		})
	})
}
