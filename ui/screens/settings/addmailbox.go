package settings

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/scan"
	"sotto/ui/screens/part"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
)

// adding is the dialog that takes a mailbox's code: as a link, or as a picture
// that is dropped or chosen.
type adding struct {
	p    *mailboxes
	link *kit.Field
	name *kit.Field
	do   *kit.Button
	busy *kit.Progress
	shut func()
}

func (p *mailboxes) add() {
	a := &adding{p: p, link: kit.NewField(wordLinkHere).WithIcon("link"), name: kit.NewField(wordHomeBox).WithLabel(wordBoxName)}
	a.do = kit.NewButton(wordAdd, kit.Primary, a.submit)
	a.busy = kit.NewProgress(-1)
	a.busy.Stop()
	a.link.OnChanged = func(string) { a.link.SetError(""); part.Relayout(a.link) }
	a.link.OnSubmitted = func(string) { a.submit() }
	a.name.OnChanged = func(string) { a.name.SetError("") }
	a.name.OnSubmitted = func(string) { a.submit() }
	paste := kit.NewButton(wordPaste, kit.Secondary, func() {
		a.link.SetText(strings.TrimSpace(fyne.CurrentApp().Clipboard().Content()))
		a.check()
	}).WithIcon("clipboard")
	zone := part.DropZone(104, wordPicture, a.askFile, kit.VStack(theme.S1,
		kit.Column(24, kit.NewIcon("scan", 24, theme.Ink2)),
		kit.NewText(wordDropBox, theme.Body.SemiBold(), theme.Ink).Center(),
		kit.NewText(wordOrChoose, theme.Small, theme.Ink2).Center()))
	taker := part.Taker{Host: p.s.h, On: p.s.body, Take: a.take, Fails: func(problem string) { a.fails(a.link, problem) }}
	ways := kit.HStack(theme.S2,
		kit.Grow(kit.NewButton(wordCamera, kit.Secondary, taker.Camera).WithSize(kit.Tiny).WithIcon("camera")),
		kit.Grow(kit.NewButton(wordScreen, kit.Secondary, taker.Screen).WithSize(kit.Tiny).WithIcon("screen-region")))
	undrop := part.OnDrop(p.s.h, func(path string) { a.read(path, func(problem string) { a.fails(a.link, problem) }) })
	a.shut = kit.ShowDialog(p.s.body, kit.DialogOptions{Title: wordAddBox, Text: wordAddText,
		Content: kit.VStack(theme.S3, zone, ways, kit.HStackTop(theme.S2, kit.Grow(a.link), paste), a.name, a.busy),
		Buttons: []fyne.CanvasObject{kit.NewButton(wordCancel, kit.Secondary, func() { a.shut() }), a.do},
		OnClose: undrop})
	a.link.Focus()
}

// fails says below a field what is wrong; "" is nothing.
func (a *adding) fails(f *kit.Field, problem string) {
	f.SetError(problem)
	part.Relayout(f)
}

func (a *adding) askFile() {
	part.AskFile(a.p.s.h, a.p.s.body, part.FileQuestion{Title: wordOpenBox, Text: wordOpenText, Path: part.PicturesDir(), Button: wordOpen, Do: a.read})
}

// read takes the code in a picture; told gets what is wrong with it.
func (a *adding) read(path string, told func(problem string)) {
	a.busy.Start()
	part.Relayout(a.link)
	part.Taker{Host: a.p.s.h, On: a.p.s.body, Take: a.take}.Picture(scan.File(path), func(problem string) {
		a.busy.Stop()
		told(problem)
		part.Relayout(a.link)
	})
}

// take puts a code into the field.
func (a *adding) take(code string) {
	a.link.SetText(code)
	a.check()
	part.Relayout(a.link)
}

// check says at once that a code belongs elsewhere, and reports whether it does not.
func (a *adding) check() bool {
	if part.IsContactCode(a.link.Text()) {
		a.fails(a.link, wordContactCode)
		return false
	}
	return true
}

func (a *adding) submit() {
	link, name := strings.TrimSpace(a.link.Text()), strings.TrimSpace(a.name.Text())
	if link == "" || a.do.Disabled() || !a.check() {
		a.link.Focus()
		return
	}
	if name == "" {
		name = wordHomeBox
	}
	a.do.Disable()
	a.busy.Start()
	part.Relayout(a.link)
	var box model.Mailbox
	a.p.s.h.Run(func(ctx context.Context) (err error) {
		box, err = a.p.s.m.AddMailbox(ctx, link, name)
		return err
	}, func(err error) {
		a.do.Enable()
		a.busy.Stop()
		switch {
		case model.KindOf(err) == model.BadName:
			a.fails(a.name, say.Error(err))
		case err != nil:
			a.fails(a.link, say.Error(err))
		default:
			a.shut()
			kit.ShowToast(a.p.s.body, kit.Toast{Icon: "check", Text: fmt.Sprintf(wordAdded, box.Name)})
		}
		a.p.load()
	})
}
