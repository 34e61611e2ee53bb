package people

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/scan"
	"sotto/ui/screens/part"
	"sotto/ui/screens/say"
	"sotto/ui/stage"
	"sotto/ui/theme"
)

// Verify compares safety numbers with a contact.
func Verify(h stage.Host, m Messenger, c model.Contact) stage.Page {
	v := &verify{h: h, m: m, c: c, body: kit.NewScroll(kit.Fill())}
	return stage.Page{
		Key: "verify/" + string(c.ID), Title: fmt.Sprintf(wordVerify, c.Name), Text: wordVerifyOnce,
		Content:  v.body,
		Focus:    v.start,
		OnEvents: v.events,
		OnClose:  func() { v.stop() },
	}
}

// verify is the page.
type verify struct {
	h       stage.Host
	m       Messenger
	c       model.Contact
	self    model.Self
	number  model.SafetyNumber
	loaded  bool // the number is on show
	body    *kit.Scroll
	problem *kit.Text
	stop    func()
}

func (v *verify) start() {
	undrop, unpaste := part.OnDrop(v.h, v.take), onPaste(v.h, v.paste)
	v.stop = func() { undrop(); unpaste() }
	v.load()
}

// events reads again when the contact may have been confirmed.
func (v *verify) events(es []model.Event) {
	if !v.loaded && about(es, v.c.ID) {
		v.load()
	}
}

func (v *verify) load() {
	var self model.Self
	var number model.SafetyNumber
	v.h.Run(func(ctx context.Context) (err error) {
		if self, err = v.m.Self(ctx); err != nil {
			return err
		}
		number, err = v.m.SafetyNumber(ctx, v.c.ID)
		return err
	}, func(err error) {
		switch {
		case err == nil:
			v.self, v.number, v.loaded = self, number, true
			v.show(v.numbers())
		case model.KindOf(err) == model.NotConfirmed:
			v.show(v.sentence("clock", wordNotYet, fmt.Sprintf(wordNotYetText, v.c.Name)))
		default:
			v.show(v.sentence("warning", say.Error(err), ""))
		}
	})
}

func (v *verify) show(o fyne.CanvasObject) {
	v.body.SetContent(kit.Pad(theme.S6, theme.S5, theme.S6, theme.S5, kit.Centered(760, o)))
}

func (v *verify) sentence(icon, title, text string) fyne.CanvasObject {
	return kit.VStack(theme.S2, kit.Column(28, kit.NewIcon(icon, 28, theme.Ink2)),
		kit.Paragraph(title, theme.Title, theme.Ink).Center(),
		kit.Column(440, kit.Paragraph(text, theme.Body, theme.Ink2).Center()))
}

// numbers is the page as drawn: digits to read, a code to scan, and the verdict.
func (v *verify) numbers() fyne.CanvasObject {
	v.problem = kit.Paragraph("", theme.Small, theme.Danger).Center()
	v.problem.Hide()
	read := v.panel(wordReadAloud, digits(v.number.Digits),
		kit.NewButton(wordCopyNumber, kit.Secondary, func() {
			copyText(v.body, say.Groups(v.number.Digits, 5), wordCopiedNum)
		}).WithSize(kit.Tiny).WithIcon("copy"))
	var code fyne.CanvasObject = kit.Spacer(0, 0)
	if q, err := kit.NewQR(v.number.Code, 5); err == nil {
		code = q
	}
	scan := v.panel(wordOrScan, code,
		kit.NewButton(wordCamera, kit.Secondary, func() { v.taker().Camera() }).WithSize(kit.Tiny).WithIcon("camera"),
		kit.NewButton(wordAPicture, kit.Secondary, v.askFile).WithSize(kit.Tiny).WithIcon("image"),
		kit.NewButton(wordPasteCode, kit.Secondary, v.paste).WithSize(kit.Tiny).WithIcon("clipboard"))
	match := kit.NewButton(wordMatch, kit.Primary, v.match).WithSize(kit.Large).WithIcon("shield-verified")
	differ := kit.NewButton(wordNoMatch, kit.Secondary, v.differ).WithSize(kit.Large)
	return kit.VStack(0,
		kit.Column(92, v.faces()),
		kit.Spacer(0, theme.S4-3),
		kit.Paragraph(wordSame, theme.Heading, theme.Ink).Center(),
		kit.Spacer(0, theme.S6),
		part.NewAdapt(640,
			kit.VStack(theme.S4, read, scan),
			kit.HStack(theme.S6, half(read), half(scan))),
		kit.Spacer(0, theme.S6),
		part.NewAdapt(460,
			kit.VStack(theme.S3, match, differ),
			kit.HStack(theme.S3, kit.Fill(), match, differ, kit.Fill())),
		kit.Spacer(0, theme.S2),
		v.problem,
		kit.Spacer(0, theme.S2),
		kit.Paragraph(fmt.Sprintf(wordCovers, v.c.Name), theme.Small, theme.Ink2).Center())
}

// faces are the two avatars, each in a ring of paper, overlapping by 10.
func (v *verify) faces() fyne.CanvasObject {
	ring := func(id model.ContactID, name string) fyne.CanvasObject {
		return kit.Stack(kit.NewBox(theme.Paper, nil).Radius(27), kit.Middle(kit.NewAvatar(string(id), name, 48)))
	}
	mine, theirs := ring(v.self.Account, v.self.Name), ring(v.c.ID, v.c.Name)
	return kit.Place(fyne.NewSize(92, 54), func(fyne.Size) {
		kit.At(mine, 0, 0, 54, 54)
		kit.At(theirs, 38, 0, 54, 54)
	}, mine, theirs)
}

// panel is one of the two cards: title, content in the middle, buttons below.
func (v *verify) panel(title string, content fyne.CanvasObject, buttons ...fyne.CanvasObject) fyne.CanvasObject {
	row := kit.HStack(theme.S2)
	for _, b := range buttons {
		row.Add(kit.Grow(b))
	}
	return kit.Card(theme.S6, kit.VStack(theme.S4,
		kit.NewText(title, theme.Body.SemiBold(), theme.Ink),
		kit.Grow(kit.HStack(0, kit.Fill(), content, kit.Fill())),
		row))
}

// digits sets 60 digits in twelve groups of five, three a row, each digit in a
// cell of 13 pixels: the digits of Inter are not equally wide.
func digits(number string) fyne.CanvasObject {
	const cell, group, line = 13, 5*13 + 28, 28 + 16
	var objects []fyne.CanvasObject
	for _, r := range number {
		objects = append(objects, kit.NewText(string(r), theme.Heading.Regular(), theme.Ink).Center())
	}
	rows := float32((len(objects) + 14) / 15)
	return kit.Place(fyne.NewSize(3*group-28, rows*line-16), func(fyne.Size) {
		for i, o := range objects {
			g := i / 5
			kit.At(o, float32(g%3*group+i%5*cell), float32(g/3*line), cell, 28)
		}
	}, objects...)
}

func (v *verify) match() {
	v.h.Run(func(ctx context.Context) error { return v.m.SetVerified(ctx, v.c.ID, true) }, v.judged)
}

// judged ends the page when the contact is verified, and else says why not.
func (v *verify) judged(err error) {
	switch {
	case err == nil:
		kit.ShowToast(v.body, kit.Toast{Icon: "shield-verified", Text: fmt.Sprintf(wordNowVerified, v.c.Name)})
		v.h.Converse(v.c.ID)
	case model.KindOf(err) == model.NumbersDoNotMatch:
		v.differ()
	default:
		v.tell(say.Error(err))
	}
}

func (v *verify) tell(s string) {
	if v.problem != nil {
		v.problem.SetText(s)
		v.problem.Show()
		v.body.Refresh()
	}
}

// differ says what to do when the numbers are not the same, and takes back what
// was verified before.
func (v *verify) differ() {
	v.h.Run(func(ctx context.Context) error { return v.m.SetVerified(ctx, v.c.ID, false) }, func(error) {})
	step := func(n, text string) fyne.CanvasObject {
		return kit.HStackTop(theme.S2, kit.Width(14, kit.NewText(n, theme.Body.SemiBold(), theme.Ink2)), kit.Grow(kit.Paragraph(text, theme.Body, theme.Ink)))
	}
	block := kit.NewButton(fmt.Sprintf(wordBlockNow, v.c.Name), kit.DangerQuiet, func() {
		v.h.Run(func(ctx context.Context) error { return v.m.Block(ctx, v.c.ID, true) }, func(err error) {
			if err == nil {
				v.h.Close()
			}
		})
	}).OnPaper()
	again := kit.NewButton(wordAgain, kit.Primary, v.load)
	v.show(kit.Column(560, kit.VStack(theme.S5,
		kit.Banner(kit.Wrong, "shield-warning", wordDiffer, fmt.Sprintf(wordDifferText, v.c.Name), nil),
		kit.Card(theme.S5, kit.VStack(theme.S3, step("1", wordDo1), step("2", wordDo2), step("3", wordDo3))),
		part.NewAdapt(400, kit.VStack(theme.S2, again, block), kit.HStack(theme.S2, again, kit.Fill(), block)))))
}

// taker takes their code from what they show. It is never looked for on our own
// screen: both sides have the same code, so the one on this page would do.
func (v *verify) taker() part.Taker {
	return part.Taker{Host: v.h, On: v.body, Take: func(code string) { v.check(code, v.tell) }, Fails: v.tell}
}

// take looks for their code in a picture that was dropped.
func (v *verify) take(path string) { v.read(path, v.tell) }

// read looks for their code in a picture; told gets what is wrong with it, or ""
// once it was compared.
func (v *verify) read(path string, told func(problem string)) {
	t := v.taker()
	t.Take = func(code string) { v.check(code, told) }
	t.Picture(scan.File(path), func(problem string) {
		if problem != "" {
			told(problem)
		}
	})
}

func (v *verify) askFile() {
	part.AskFile(v.h, v.body, part.FileQuestion{Title: wordOpenTitle, Text: wordOpenText, Path: part.PicturesDir(), Button: wordOpen, Do: v.read})
}

// paste takes a code that was copied as text, or the picture of one.
func (v *verify) paste() {
	text := clipboard()
	asText := func() {
		v.check(text, func(problem string) {
			if problem != "" {
				v.tell(wordNoCode)
			}
		})
	}
	if looksLikeCode(text) {
		asText()
		return
	}
	v.taker().Clipboard(asText)
}

// check compares a code of theirs. told gets what is wrong with it, or "" once it
// was compared.
func (v *verify) check(code string, told func(problem string)) {
	if !v.loaded {
		return
	}
	v.h.Run(func(ctx context.Context) error { return v.m.CheckSafetyCode(ctx, v.c.ID, code) }, func(err error) {
		if model.KindOf(err) == model.NotACode {
			told(say.Error(err))
			return
		}
		told("")
		v.judged(err)
	})
}
