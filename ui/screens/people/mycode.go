package people

import (
	"context"
	"fmt"
	"image"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
)

const (
	codeModule  = 6                     // pixels a module on the screen
	codeRoom    = (53+8)*codeModule + 2 // the height of a code of version 9 on its ground
	savedModule = 8                     // and in a saved picture
	clearAfter  = time.Minute
)

// myCode is the card with our own code.
type myCode struct {
	a          *adding
	mode       model.Mode
	invitation model.Invitation // the one on show; without ID while there is none
	qr         *kit.QR

	card           fyne.CanvasObject
	validity       *fyne.Container // how long the code is valid; hidden while there is none
	code           *fyne.Container // holds the picture of the code
	modes          *fyne.Container // holds the choice of the mode
	expires        *kit.Text
	link           *kit.Text
	note           *kit.Text
	copy, save, do *kit.Button
}

func newMyCode(a *adding) *myCode {
	c := &myCode{a: a, mode: model.ModeLink}
	c.code = kit.Stack(c.waiting(wordMaking))
	c.expires = kit.NewText("", theme.Small.SemiBold(), theme.Ink)
	c.link = kit.NewText("", theme.Small, theme.Ink2).Elided()
	c.note = kit.Paragraph(wordLinkNote, theme.Caption, theme.Ink2)
	c.copy = kit.NewButton(wordCopyLink, kit.Secondary, c.copyLink).WithSize(kit.Tiny)
	c.save = kit.NewButton(wordSavePic, kit.Secondary, c.savePicture).WithIcon("download")
	c.do = kit.NewButton(wordNewCode, kit.Secondary, c.renew).WithIcon("refresh")
	c.do.SetTip(wordNewTip)
	c.enable(false)
	title := kit.NewText(wordYourCode, theme.Title, theme.Ink)
	c.modes = kit.Stack(kit.Segmented(modeNames, 0, c.choose))
	modes := c.modes
	once := kit.Tag(wordOnce, kit.Good)
	row := kit.HStack(0, kit.NewIcon("link", 16, theme.Ink2), kit.Spacer(10, 0), kit.Grow(c.link), kit.Spacer(10, 0), c.copy)
	field := kit.NewBox(theme.Paper, kit.Pad(5, 5, 5, 13, kit.Stack(kit.Spacer(0, 30), row))).Stroke(theme.Line).Radius(theme.RadiusMD)
	c.validity = kit.HStack(0, kit.Fill(), kit.NewIcon("clock", 16, theme.Ink2), kit.Spacer(8, 18),
		kit.NewText(wordExpires, theme.Small, theme.Ink2), c.expires, kit.Fill())
	c.validity.Hide()
	c.card = cardWith(kit.VStack(0,
		part.NewAdapt(340,
			kit.VStack(theme.S3, kit.HStack(0, title, kit.Fill(), once), kit.Left(modes)),
			kit.HStack(theme.S3, title, once, kit.Fill(), modes)),
		kit.Spacer(0, theme.S4),
		c.code,
		kit.Spacer(0, theme.S4),
		c.validity,
		kit.Spacer(0, theme.S4),
		field,
		kit.Spacer(0, theme.S3),
		part.NewAdapt(300,
			kit.VStack(theme.S2, c.save, c.do),
			kit.HStack(theme.S2, kit.Grow(c.save), kit.Grow(c.do))),
		kit.Spacer(0, theme.S4),
		c.note))
	return c
}

// waiting takes the code's room while there is none.
func (c *myCode) waiting(s string) fyne.CanvasObject {
	return kit.Stack(kit.Spacer(0, 344), kit.Centered(300, kit.Paragraph(s, theme.Body, theme.Ink2).Center()))
}

func (c *myCode) enable(on bool) {
	for _, b := range []*kit.Button{c.copy, c.save, c.do} {
		if on {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}

// modeNames are the choices of the mode, in the order of choose.
var modeNames = []string{wordByLink, wordInPerson}

// showMode chooses a mode and shows that it is chosen.
func (c *myCode) showMode(i int) {
	c.modes.Objects = []fyne.CanvasObject{kit.Segmented(modeNames, i, c.choose)}
	c.modes.Refresh()
	c.choose(i)
}

// choose changes between codes by link and in person.
func (c *myCode) choose(i int) {
	c.mode = []model.Mode{model.ModeLink, model.ModePerson}[i]
	c.note.SetText([]string{wordLinkNote, wordMeetNote}[i])
	c.a.load(true)
}

// show shows an invitation of ours. Without one, the one before was used, taken
// back or expired, and the card says which.
func (c *myCode) show(i *model.Invitation, list []model.Invitation) {
	if i == nil {
		why := wordNoCodeNow
		for _, old := range list {
			if old.ID == c.invitation.ID {
				why = goneWords[old.State]
			}
		}
		c.empty(why)
		return
	}
	c.enable(true)
	if i.ID == c.invitation.ID && c.qr != nil {
		c.count()
		return
	}
	q, err := kit.NewQR(codeText(*i), codeModule)
	if err != nil {
		c.fails(err)
		return
	}
	c.invitation, c.qr = *i, q
	c.code.Objects = []fyne.CanvasObject{c.sized(codeModule)}
	c.link.SetText(i.Link)
	c.count()
	c.code.Refresh()
}

// codeText is what the code says: in capitals it is smaller, and means the same.
func codeText(i model.Invitation) string { return strings.ToUpper(i.Link) }

// sized returns the code with that many pixels a module, and one smaller in its
// place where there is no room.
func (c *myCode) sized(module float32) fyne.CanvasObject {
	q, err := kit.NewQR(codeText(c.invitation), module)
	if err != nil { // it was made before
		return kit.Spacer(0, 0)
	}
	var room float32 // what is below stays where it is, whether the code is long or short
	if module >= codeModule-1 {
		room = codeRoom
	}
	centred := kit.HStack(0, kit.Fill(), kit.Spacer(0, room), q, kit.Fill())
	if module <= 2 {
		return centred
	}
	return part.NewAdapt(q.MinSize().Width, c.sized(module-1), centred)
}

// empty takes the code off the card and says why.
func (c *myCode) empty(why string) {
	c.enable(false)
	c.do.Enable()
	c.qr = nil
	c.code.Objects = []fyne.CanvasObject{c.waiting(why)}
	c.link.SetText("")
	c.validity.Hide()
	c.code.Refresh()
}

func (c *myCode) fails(err error) {
	c.invitation = model.Invitation{}
	c.empty(say.Error(err))
}

// count says how long the code is valid.
func (c *myCode) count() {
	if c.qr != nil {
		c.expires.SetText(say.Left(time.Until(c.invitation.Expires)))
		c.validity.Show()
	}
}

func (c *myCode) copyLink() {
	link, clip := c.invitation.Link, fyne.CurrentApp().Clipboard()
	clip.SetContent(link)
	forget := func() {
		if clip.Content() == link {
			clip.SetContent("")
		}
	}
	kit.ShowToast(c.card, kit.Toast{Icon: "check", Text: wordCopied, Action: wordClearNow, OnAction: forget})
	later(c.a.h, clearAfter, forget)
}

func (c *myCode) savePicture() {
	if c.qr == nil {
		return
	}
	var im image.Image = c.qr.Image(savedModule)
	part.AskFile(c.a.h, c.card, part.FileQuestion{
		Title: wordSaveTitle, Text: wordSaveText, Button: wordSave, Save: true,
		Path: part.FreeName(part.PicturesDir() + wordFileName),
		Do: func(path string, end func(string)) {
			if filepath.Ext(path) == "" {
				path += ".png"
			}
			c.a.h.Run(func(context.Context) error { return part.WritePNG(path, im) }, func(err error) {
				end(part.FileProblem(err))
				if err == nil {
					kit.ShowToast(c.card, kit.Toast{Icon: "check", Text: fmt.Sprintf(wordSaved, filepath.Dir(path))})
				}
			})
		}})
}

// renew takes the code on show back and makes another.
func (c *myCode) renew() {
	old := c.invitation
	c.enable(false)
	c.a.h.Run(func(ctx context.Context) error {
		if old.ID == "" || old.State != model.InvitationOpen {
			return nil
		}
		switch err := c.a.m.RevokeInvitation(ctx, old.ID); model.KindOf(err) {
		case model.InvitationTaken, model.NotFound: // it does not work any more in any case
			return nil
		default:
			return err
		}
	}, func(err error) {
		if err != nil {
			c.fails(err)
			return
		}
		c.a.load(true)
	})
}
