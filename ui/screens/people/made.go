package people

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
)

// mostMade is how many of our invitations are listed.
const mostMade = 30

// made is the list of our invitations beside the one on show.
type made struct {
	a    *adding
	card *fyne.Container
	list []model.Invitation
	on   model.InvitationID // on show above
}

func newMade(a *adding) *made {
	m := &made{a: a, card: kit.VStack(theme.S3)}
	m.card.Hide()
	return m
}

// show lists the invitations, newest first, without the one that is on show.
func (m *made) show(list []model.Invitation, on model.InvitationID) {
	m.list, m.on = list, on
	var rows []fyne.CanvasObject
	for _, i := range list {
		if i.State == model.InvitationOpen && (i.ID == on || i.Mode == model.ModeNearby) {
			continue // it has its place above
		}
		if len(rows) < mostMade {
			rows = append(rows, m.row(i))
		}
	}
	m.card.Objects = nil
	if len(rows) == 0 {
		m.card.Hide()
		return
	}
	m.card.Add(kit.NewText(wordMade, theme.Caption.SemiBold(), theme.Ink2))
	m.card.Add(part.Rows(rows...))
	m.card.Show()
}

func (m *made) row(i model.Invitation) fyne.CanvasObject {
	title := fmt.Sprintf(wordMadeOn, modeWords[i.Mode], say.When(i.Created, time.Now()))
	var end fyne.CanvasObject
	if i.State == model.InvitationOpen {
		b := kit.NewButton(wordRevoke, kit.Secondary, func() { m.revoke(i.ID) }).WithSize(kit.Tiny)
		b.SetTip(wordRevokeTip)
		end = b
	}
	return part.Row(title, stateWords(i), end)
}

func (m *made) revoke(id model.InvitationID) {
	m.a.h.Run(func(ctx context.Context) error { return m.a.m.RevokeInvitation(ctx, id) }, func(err error) {
		if err != nil {
			kit.ShowToast(m.card, kit.Toast{Icon: "warning", Text: say.Error(err)})
			return
		}
		m.a.load(false)
	})
}

// count brings what runs down up to date.
func (m *made) count() {
	if len(m.list) > 0 {
		m.show(m.list, m.on)
	}
}

// stateWords says what became of an invitation.
func stateWords(i model.Invitation) string {
	switch i.State {
	case model.InvitationOpen:
		return fmt.Sprintf(wordOpenCode, say.Left(time.Until(i.Expires)))
	case model.InvitationUsed:
		if i.UsedBy != "" {
			return fmt.Sprintf(wordUsedBy, i.UsedBy)
		}
		return wordUsed
	case model.InvitationExpired:
		return wordExpired
	}
	return wordRevoked
}
