package start

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app"
	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
	"sotto/ui/when"
)

// Unlock shows the lock screen. lockedAt is when the profile was locked in this
// run, else zero. closed is closed once nothing of the session before holds the
// profile any more; nil if there was none.
func (f *Flow) Unlock(lockedAt time.Time, closed <-chan struct{}) {
	f.words, f.aside = "", ""
	f.unlock = func() { f.Unlock(lockedAt, closed) }
	field := kit.NewField(wordPassphrase).WithIcon("lock").WithHeight(44).Password()
	open := kit.NewButton("", kit.Primary, nil).WithIcon("chevron-right").WithSize(kit.Large)
	open.SetTip(wordUnlock)
	bar := kit.NewProgress(-1)
	bar.Stop()
	problem := kit.Paragraph("", theme.Small, theme.Danger).Center()
	problem.Hide()
	forgotten := kit.HStack(6, kit.NewText(wordForgotten, theme.Small, theme.Ink2),
		kit.NewLink(wordRestore, theme.Small, func() { f.askAside(field) }))
	tell := func(s string) {
		problem.SetText(s)
		if s == "" {
			problem.Hide()
		} else {
			problem.Show()
		}
	}
	busy := false
	submit := func() {
		if busy || field.Text() == "" {
			return
		}
		busy = true
		field.SetError("")
		tell("")
		bar.Start()
		pass := field.Text()
		var m *app.Messenger
		f.Window.Run(func(ctx context.Context) (err error) {
			if closed != nil {
				<-closed
			}
			m, err = app.Open(ctx, f.Dir, pass)
			return err
		}, func(err error) {
			busy = false
			bar.Stop()
			switch {
			case err == nil:
				f.end(m)
			case model.KindOf(err) == model.WrongPassphrase:
				f.fail(field, say.Error(err))
				field.Entry().TypedShortcut(&fyne.ShortcutSelectAll{})
			default:
				tell(say.Error(err))
			}
		})
	}
	field.OnChanged = func(string) { field.SetError("") }
	field.OnSubmitted = func(string) { submit() }
	open.OnTap(submit)
	column := kit.VStack(0,
		kit.Column(72, kit.NewLogo(72)),
		kit.Spacer(0, theme.S6),
		kit.NewText(wordLocked, theme.Heading, theme.Ink).Center(),
		kit.Spacer(0, theme.S1),
		kit.Paragraph(wordLockedText, theme.Body, theme.Ink2).Center(),
		kit.Spacer(0, theme.S7),
		kit.Column(340, kit.VStack(theme.S3, kit.HStackTop(theme.S2, kit.Grow(field), open), bar, problem)),
		kit.Spacer(0, theme.S4),
		kit.Column(600, kit.HStack(0, kit.Fill(), forgotten, kit.Fill())))
	screen := kit.Stack(kit.Pad(0, theme.S5, theme.S9, theme.S5, kit.Centered(480, column)))
	if !lockedAt.IsZero() {
		note := kit.HStack(theme.S2, kit.Fill(), kit.NewIcon("lock", 14, theme.Ink2),
			kit.NewText(fmt.Sprintf(wordLockedAt, when.Clock(lockedAt)), theme.Caption, theme.Ink2), kit.Fill())
		screen.Add(kit.Place(fyne.Size{}, func(s fyne.Size) { kit.At(note, 0, s.Height-40, s.Width, 16) }, note))
	}
	f.Window.Show(screen)
	f.onEscape(screen, nil)
	field.Focus()
}

// askAside explains what restoring does to the profile that is there. It stays
// where it is until the words are right and another profile is made; then its
// directory gets another name, and nothing in it is touched.
func (f *Flow) askAside(o fyne.CanvasObject) {
	var shut func()
	aside := part.FreeName(f.Dir + ".old-" + time.Now().Format(time.DateOnly))
	shut = kit.ShowDialog(o, kit.DialogOptions{Title: wordAsideTitle, Text: wordAsideText,
		Content: kit.Paragraph(aside, theme.Small, theme.Ink),
		Buttons: []fyne.CanvasObject{
			kit.NewButton(wordAside, kit.Secondary, func() {
				shut()
				f.aside = aside
				f.askWords()
			}),
			kit.NewButton(wordCancel, kit.Primary, func() { shut() }),
		}})
}

// setAside gives the profile's directory another name, unless a program has it
// open.
func setAside(ctx context.Context, dir, aside string) error {
	// Nobody's passphrase is empty: this tells only whether the profile is in use.
	if _, err := app.Open(ctx, dir, ""); model.KindOf(err) == model.ProfileInUse {
		return err
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err == nil {
		err = os.Rename(dir, aside)
	}
	if err != nil {
		return model.E(model.NoPermission, dir, err)
	}
	return nil
}
