package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"sotto/app"
	"sotto/app/model"
	"sotto/app/qr"
)

type inviteCommand struct {
	QR       string        `name:"qr" placeholder:"FILE.png" help:"Save the invitation's QR code as a picture, too."`
	Expires  time.Duration `default:"24h" help:"How long it is valid, at most 720h."`
	InPerson bool          `help:"For two people who show each other their codes: both end up verified."`
}

// Run makes an invitation and prints its link.
func (c *inviteCommand) Run(p *program) error {
	if c.Expires <= 0 || c.Expires > app.MaxExpiry {
		return usageError("--expires must be a time such as 24h, and at most 720h")
	}
	mode := model.ModeLink
	if c.InPerson {
		mode = model.ModePerson
	}
	return p.with(func(m *profile) error {
		i, err := m.CreateInvitation(p.ctx, mode, c.Expires)
		if err != nil {
			return err
		}
		if c.QR != "" {
			if err := writeCode(c.QR, i.Link); err != nil {
				// Nobody has seen the link: without this it would stay open.
				return errors.Join(err, m.RevokeInvitation(p.ctx, i.ID))
			}
		}
		if m.own != nil {
			p.note("It can be used only while Sotto runs with this profile: sotto-cli run.")
		}
		return p.print(i, func(w io.Writer) { fmt.Fprintln(w, i.Link) })
	})
}

// writeCode saves a link as a picture for its owner alone: whoever has it is
// let in.
func writeCode(path, link string) (err error) {
	code, err := qr.Encode(strings.ToUpper(link))
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fileError(path, err)
	}
	if err := errors.Join(code.WritePNG(f), f.Close()); err != nil {
		return fileError(path, err)
	}
	return nil
}

type invitesCommand struct{}

// Run lists our invitations, newest first.
func (c *invitesCommand) Run(p *program) error {
	return p.with(func(m *profile) error {
		all, err := list(m.Invitations(p.ctx))
		if err != nil {
			return err
		}
		return p.print(all, func(w io.Writer) {
			for _, i := range all {
				state := string(i.State)
				switch i.State {
				case model.InvitationOpen:
					state += " until " + when(i.Expires)
				case model.InvitationUsed:
					state += " by " + clean(i.UsedBy)
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", short(i.ID), i.Mode, when(i.Created), state)
			}
		})
	})
}

type revokeCommand struct {
	ID string `arg:"" help:"The invitation's id, or its beginning."`
}

// Run makes an invitation useless.
func (c *revokeCommand) Run(p *program) error {
	return p.with(func(m *profile) error {
		i, err := find(c.ID, "invitation", func(i model.Invitation) string { return string(i.ID) })(m.Invitations(p.ctx))
		if err != nil {
			return err
		}
		if err := m.RevokeInvitation(p.ctx, i.ID); err != nil {
			return err
		}
		return p.print(map[string]any{"revoked": i.ID}, func(w io.Writer) { fmt.Fprintf(w, "Nobody can use %s any more.\n", short(i.ID)) })
	})
}

type addCommand struct {
	Invitation   string        `arg:"" optional:"" name:"link|file.png" help:"The link, a picture of its QR code, or - to read the link from standard input."`
	Nearby       string        `placeholder:"NAME|CODE" help:"Instead: ask somebody on this network who shows this name, or for whom you both see this code."`
	Wait         time.Duration `default:"30s" help:"How long to wait for their answer."`
	networkFlags `embed:""`
}

// Run accepts an invitation and waits for the answer.
func (c *addCommand) Run(p *program) error {
	if c.Wait < 0 {
		return usageError("--wait must not be less than nothing")
	}
	if (c.Invitation == "") == (c.Nearby == "") {
		return usageError("give either a link, a picture, or --nearby")
	}
	if c.Nearby != "" {
		return c.runNearby(p)
	}
	link, err := p.link(c.Invitation)
	if err != nil {
		return err
	}
	if _, err := app.ParseInvitation(link); err != nil {
		return err // before the passphrase is asked for
	}
	return p.with(func(m *profile) error {
		if c.Wait > 0 {
			if err := m.goOnline(p.ctx, c.networkFlags); err != nil {
				return err
			}
		}
		j, err := m.Join(p.ctx, link)
		if err != nil {
			return err
		}
		return c.follow(p, m, j)
	})
}

// follow waits for the answer to a join and prints how far it came.
func (c *addCommand) follow(p *program, m *profile, j model.Join) error {
	j, err := c.await(p.ctx, m, j)
	if err != nil {
		return err
	}
	if j.State == model.JoinFailed {
		return model.E(j.Problem, "", nil)
	}
	if j.State == model.JoinLooking && c.Wait > 0 {
		return model.E(model.Unreachable, "", nil)
	}
	return p.print(j, func(w io.Writer) { fmt.Fprintln(w, joinWords(j)) })
}

// link is the link that an argument stands for: itself, or what is in a picture
// or on standard input.
func (p *program) link(arg string) (string, error) {
	const maxLink = 4096
	if arg == "-" {
		data, err := io.ReadAll(io.LimitReader(p.stdin, maxLink))
		if err != nil {
			return "", fmt.Errorf("standard input: %w", err)
		}
		return strings.TrimSpace(string(data)), nil
	}
	if start := arg[:min(6, len(arg))]; strings.EqualFold(start, "sotto:") {
		return arg, nil
	}
	f, err := os.Open(arg)
	if errors.Is(err, os.ErrNotExist) {
		return "", model.E(model.NotACode, "", nil)
	}
	if err != nil {
		return "", fileError(arg, err)
	}
	defer f.Close()
	link, err := qr.Decode(f)
	if err != nil && model.KindOf(err) == "" {
		return "", fileError(arg, err)
	}
	return link, err
}

// await returns the join once there is nothing more to wait for, or as far as
// it came in time.
func (c *addCommand) await(ctx context.Context, m *profile, j model.Join) (model.Join, error) {
	timed, cancel := context.WithTimeout(ctx, c.Wait)
	defer cancel()
	err := await(timed, m, func() (bool, error) {
		joins, err := m.Joins(ctx)
		for _, now := range joins {
			if now.ID == j.ID {
				j = now
			}
		}
		return j.State == model.JoinDone || j.State == model.JoinFailed, err
	})
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = nil
	}
	if err != nil || j.State != model.JoinDone {
		return j, err
	}
	contact, err := m.Contact(ctx, j.Contact)
	j.Name = contact.Name
	return j, err
}

func joinWords(j model.Join) string {
	name := clean(j.Name)
	if name == "" {
		name = "The other person"
	}
	switch j.State {
	case model.JoinDone:
		return fmt.Sprintf("%s (%s) is a contact now.", name, short(j.Contact))
	case model.JoinAsked:
		return fmt.Sprintf("%s has been asked and has not answered yet.", name)
	case model.JoinScanned:
		return fmt.Sprintf("%s has to scan your code now.", name)
	default:
		return "Stored. It is looked for whenever Sotto runs."
	}
}
