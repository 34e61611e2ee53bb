package people

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/screens/say"
	"sotto/ui/stage"
	"sotto/ui/theme"
)

// Contact shows who a contact is: the name, how certain that is, how they are
// reached, and what the person keeps of them.
func Contact(h stage.Host, m Messenger, id model.ContactID) stage.Page {
	p := &contact{h: h, m: m, id: id, body: kit.NewScroll(kit.Fill())}
	return stage.Page{
		Key: "contact/" + string(id), Title: wordContactTitle, Content: p.body,
		Focus: p.load, OnClose: p.saveNote,
		OnEvents: func(es []model.Event) {
			if about(es, id) && !p.renaming {
				p.load()
			}
		},
	}
}

// contact is the page.
type contact struct {
	h        stage.Host
	m        Messenger
	id       model.ContactID
	c        model.Contact
	body     *kit.Scroll
	renaming bool
	field    *kit.Field // to write the name into
	problem  string     // why no new session could be begun
	note     *kit.Field // for the private note; nil until it is shown
	noted    string     // the note as it is kept
	saving   string     // the note on its way there
}

func (p *contact) load() {
	var c model.Contact
	p.h.Run(func(ctx context.Context) (err error) {
		c, err = p.m.Contact(ctx, p.id)
		return err
	}, func(err error) {
		p.c = c
		if err != nil {
			p.body.SetContent(kit.Centered(440, kit.Paragraph(say.Error(err), theme.Body, theme.Ink2).Center()))
			return
		}
		p.show()
	})
}

// do runs work, and shows the page anew or what went wrong.
func (p *contact) do(work func(ctx context.Context) error) {
	p.h.Run(work, func(err error) {
		if err != nil {
			kit.ShowToast(p.body, kit.Toast{Icon: "warning", Text: say.Error(err)})
			return
		}
		p.load()
	})
}

func (p *contact) show() {
	face := kit.NewAvatar(string(p.c.ID), p.c.Name, 80)
	head := kit.VStack(0,
		kit.Column(80, face),
		kit.Spacer(0, theme.S4),
		kit.Paragraph(p.c.Name, theme.Heading, theme.Ink).Center())
	if p.c.Renamed != "" && p.c.Claimed != "" {
		head.Add(kit.Paragraph(fmt.Sprintf(wordCalls, p.c.Claimed), theme.Small, theme.Ink2).Center())
	} else {
		head.Add(kit.Paragraph(wordOwnName, theme.Small, theme.Ink2).Center())
	}
	write := kit.NewButton(wordWriteTo, kit.Primary, func() { p.h.Converse(p.id) })
	page := kit.VStack(theme.S6, head, kit.HStack(0, kit.Fill(), write, kit.Fill()),
		kit.VStack(theme.S4, p.trust(), p.facts(), p.own(), p.actions()))
	p.body.SetContent(kit.Pad(theme.S9, theme.S5, theme.S8, theme.S5, kit.Column(560, page)))
}

// trust says how certain it is who they are, in words.
func (p *contact) trust() fyne.CanvasObject {
	icon, ink, title, text, button := "shield", theme.Ink2, wordUnverified, wordUnverText, wordCompare
	switch {
	case p.c.Alarm != model.AlarmNone:
		icon, ink = "shield-warning", theme.Danger
		title, text = alarmWords(p.c)
	case p.c.Trust == model.TrustVerified:
		icon, ink, title, text, button = "shield-verified", theme.AccentInk, wordVerified, wordVerifText, wordLookAgain
	case p.c.Trust == model.TrustUnconfirmed:
		icon, title, text = "clock", wordUnconf, wordUnconfText
	}
	open := kit.NewButton(button, kit.Secondary, func() { p.h.Open(Verify(p.h, p.m, p.c)) })
	words := kit.VStack(2, kit.Paragraph(title, theme.Body.SemiBold(), theme.Ink), kit.Paragraph(text, theme.Caption, theme.Ink2))
	sign := kit.NewIcon(icon, 22, ink)
	return kit.Card(theme.S5, part.NewAdapt(440,
		kit.VStack(theme.S3, kit.HStackTop(theme.S3, sign, kit.Grow(words)), open),
		kit.HStack(theme.S4, sign, kit.Grow(words), open)))
}

func (p *contact) facts() fyne.CanvasObject {
	return part.Rows(p.name(),
		part.Row(wordAccount, say.ID(p.c.ID), kit.NewButton(wordCopy, kit.Secondary, func() {
			copyText(p.body, string(p.c.ID), wordCopiedID)
		})),
		part.Row(wordReached, p.reached(), nil))
}

// name is the row with the name, or the field to write another into.
func (p *contact) name() fyne.CanvasObject {
	if !p.renaming {
		return part.Row(wordName, p.c.Name, kit.NewButton(wordRename, kit.Secondary, func() {
			p.renaming = true
			p.show()
			p.field.Focus()
		}))
	}
	field := kit.NewField(p.c.Claimed)
	p.field = field
	field.SetText(p.c.Name)
	save := func() {
		name := strings.TrimSpace(field.Text())
		if name == p.c.Claimed {
			name = ""
		}
		p.h.Run(func(ctx context.Context) error { return p.m.Rename(ctx, p.id, name) }, func(err error) {
			if err != nil {
				field.SetError(say.Error(err))
				p.body.Refresh()
				return
			}
			p.renaming = false
			p.load()
		})
	}
	field.OnSubmitted = func(string) { save() }
	field.OnKey(func(k *fyne.KeyEvent) bool {
		if k.Name != fyne.KeyEscape {
			return false
		}
		p.renaming = false
		p.show()
		return true
	})
	return kit.Pad(12, 20, 12, 20, kit.VStack(theme.S2,
		kit.HStackTop(theme.S2, kit.Grow(field), kit.NewButton(wordSaveName, kit.Secondary, save)),
		kit.Paragraph(wordNameText, theme.Caption, theme.Ink2)))
}

func (p *contact) reached() string {
	switch {
	case p.c.Blocked:
		return wordBlocked
	case p.c.Via != model.ViaNone:
		return part.ViaWords(p.c.Via)
	case p.c.LastSeen.IsZero():
		return wordNeverSeen
	}
	return fmt.Sprintf(wordLastSeen, say.When(p.c.LastSeen, time.Now()))
}

// actions are what is done about a contact rarely. Nothing can be renewed with
// one that is blocked or has not answered yet.
func (p *contact) actions() fyne.CanvasObject {
	if p.c.Blocked || p.c.Trust == model.TrustUnconfirmed {
		return part.Rows(p.blocking(), p.removing())
	}
	return part.Rows(p.renewing(), p.blocking(), p.removing())
}

// renewing is the row that begins a new session; if it could not, the sentence
// that says why stays below.
func (p *contact) renewing() fyne.CanvasObject {
	start := kit.NewButton(wordStart, kit.Quiet, nil)
	start.OnTap(func() {
		start.Disable()
		p.h.Run(func(ctx context.Context) error { return p.m.RenewSession(ctx, p.id) }, func(err error) {
			p.problem = say.Error(err)
			if err == nil {
				kit.ShowToast(p.body, kit.Toast{Icon: "check", Text: fmt.Sprintf(wordRenewed, p.c.Name)})
			}
			p.load()
		})
	})
	row := kit.VStack(0, part.Row(wordRenew, wordRenewText, start))
	if p.problem != "" {
		row.Add(kit.Pad(0, 20, 12, 20, kit.Paragraph(p.problem, theme.Caption, theme.Danger)))
	}
	return row
}

func (p *contact) blocking() fyne.CanvasObject {
	title, verb, variant := fmt.Sprintf(wordBlockRow, p.c.Name), wordBlock, kit.DangerQuiet
	if p.c.Blocked {
		title, verb, variant = fmt.Sprintf(wordBlockedRow, p.c.Name), wordUnblock, kit.Secondary
	}
	block := kit.NewButton(verb, variant, func() {
		blocked := !p.c.Blocked
		p.do(func(ctx context.Context) error { return p.m.Block(ctx, p.id, blocked) })
	})
	return part.Row(title, wordBlockNote, block)
}
