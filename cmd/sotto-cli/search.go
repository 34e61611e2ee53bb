package main

import (
	"fmt"
	"io"
	"strings"

	"sotto/app/model"
)

type searchCommand struct {
	Text    string `arg:"" help:"Words, all of which have to be there; the last may be only begun."`
	Contact string `placeholder:"CONTACT" help:"Only in the conversation with them."`
	HasLink bool   `help:"Only messages with a web address."`
	Limit   int    `default:"50" help:"How many of the newest."`
}

// Run prints the newest messages with these words, newest first.
func (c *searchCommand) Run(p *program) error {
	if c.Limit < 1 {
		return usageError("--limit must be at least 1")
	}
	return p.with(func(m *profile) error {
		q := model.Query{Text: c.Text, HasLink: c.HasLink}
		if c.Contact != "" {
			contact, err := findContact(p, m, c.Contact)
			if err != nil {
				return err
			}
			q.Contact = contact.ID
		}
		contacts, err := m.Contacts(p.ctx)
		if err != nil {
			return err
		}
		names := make(map[model.ContactID]string)
		for _, one := range contacts {
			names[one.ID] = one.Name
		}
		all := []model.Hit{}
		for len(all) < c.Limit {
			const page = 100 // the most that can be asked for
			q.Limit = min(page, c.Limit-len(all))
			hits, err := m.Search(p.ctx, q)
			if err != nil {
				return err
			}
			all = append(all, hits.Hits...)
			if q.Before = hits.Next; q.Before == 0 {
				break
			}
		}
		for i := range all {
			all[i].Ranges, _ = list(all[i].Ranges, nil)
		}
		return p.print(all, func(w io.Writer) {
			for _, hit := range all {
				from, name := clean(names[hit.Message.Contact]), "You"
				if hit.Message.Direction == model.Incoming {
					name = from
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", when(hit.Message.Time), shortMessage(hit.Message.ID), from, name, clean(strings.TrimSpace(hit.Message.Text)))
			}
		})
	})
}
