package start

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app"
	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/screens/phrase"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
)

const formWidth = 480

// step returns the number of a step in this flow: restoring asks for the words
// first and has nothing to show afterwards.
func (f *Flow) step(create int) (at, of int) {
	if f.words != "" {
		return create + 1, 3
	}
	return create, 4
}

// askName is the first step of a new account, the second of an old one.
func (f *Flow) askName() {
	field := kit.NewField("").WithLabel(wordName).WithHeight(44)
	next := kit.NewButton(wordContinue, kit.Primary, nil).WithSize(kit.Large)
	field.SetText(f.name)
	submit := func() {
		if strings.TrimSpace(field.Text()) == "" {
			f.fail(field, say.Problem(model.BadName))
			return
		}
		f.name = field.Text()
		f.askPassphrase("")
	}
	field.OnChanged = func(string) { field.SetError("") }
	field.OnSubmitted = func(string) { submit() }
	next.OnTap(submit)
	back := f.Welcome
	if f.words != "" {
		back = f.askWords
	}
	at, of := f.step(1)
	f.show(page{back: back, at: at, of: of, title: wordNameTitle, text: wordNameText, width: formWidth,
		content: kit.VStack(theme.S8, field, kit.Left(next))})
	field.Focus()
}

// askPassphrase is the step before the account is made. problem says why making
// it failed, if it was tried.
func (f *Flow) askPassphrase(problem string) {
	pass := part.NewPassphrases(f.name)
	verb := wordMake
	if f.words != "" {
		verb = wordBringBack
	}
	next := kit.NewButton(verb, kit.Primary, nil).WithSize(kit.Large)
	next.Disable()
	pass.OnChanged = func() {
		if pass.Ready() {
			next.Enable()
		} else {
			next.Disable()
		}
	}
	submit := func() {
		f.pass = pass.Text()
		f.create()
	}
	pass.OnDone = submit
	next.OnTap(submit)
	form := kit.VStack(theme.S8, pass.Object, kit.Left(next))
	if problem != "" {
		form = kit.VStack(theme.S5, kit.Banner(kit.Wrong, "warning", problem, "", nil), form)
	}
	at, of := f.step(2)
	f.show(page{back: f.askName, at: at, of: of, title: wordPassTitle, text: wordPassText, width: formWidth, content: form})
	pass.Focus()
}

// create makes the profile, and shows the words of a new account.
func (f *Flow) create() {
	stop := f.wait(wordMaking)
	var m *app.Messenger
	var words []string
	restoring, aside := f.words != "", f.aside
	f.Window.Run(func(ctx context.Context) (err error) {
		if aside != "" {
			if err := setAside(ctx, f.Dir, aside); err != nil {
				return err
			}
		}
		m, err = app.Create(ctx, f.Dir, app.CreateOptions{Name: f.name, Passphrase: f.pass, Phrase: f.words})
		if err != nil || restoring {
			return err
		}
		if words, err = m.RecoveryPhrase(ctx, f.pass); err != nil {
			m.Close()
		}
		return err
	}, func(err error) {
		stop()
		if aside != "" && !app.Exists(f.Dir) || err == nil {
			f.aside, f.unlock = "", nil
		}
		switch {
		case model.KindOf(err) == model.BadName:
			f.askName()
		case err != nil:
			f.askPassphrase(say.Error(err))
		case restoring:
			f.end(m)
		default:
			f.showWords(m, words)
		}
	})
}

// wait shows that something takes a moment, until stop is called.
func (f *Flow) wait(sentence string) (stop func()) {
	bar := kit.NewProgress(-1)
	bar.Start()
	column := kit.VStack(theme.S5, kit.Column(72, kit.NewLogo(72)),
		kit.Paragraph(sentence, theme.Body, theme.Ink2).Center(), bar)
	screen := kit.Pad(0, theme.S5, 0, theme.S5, kit.Centered(340, column))
	f.Window.Show(screen)
	f.onEscape(screen, nil)
	return bar.Stop
}

// showWords shows the 24 words and asks for three of them.
func (f *Flow) showWords(m *app.Messenger, words []string) {
	sheet := &phrase.Sheet{
		Words: words,
		Step:  func(at int) fyne.CanvasObject { return kit.Steps(3+at, 4) },
		Show: func(o fyne.CanvasObject) {
			f.show(page{content: o, width: 720})
		},
	}
	sheet.OnDone = func() {
		f.after(m, func(ctx context.Context) error { return m.ConfirmPhrase(ctx) })
	}
	sheet.OnLater = func() {
		f.after(m, func(ctx context.Context) error {
			s, err := m.Settings(ctx)
			if err != nil {
				return err
			}
			s.PhraseRemind = time.Now().Add(24 * time.Hour)
			return m.SetSettings(ctx, s)
		})
	}
	sheet.Open()
}

// after does the last piece of work and hands the messenger over. If the work
// fails the account is there all the same, and the reminder comes again.
func (f *Flow) after(m *app.Messenger, work func(context.Context) error) {
	f.Window.Run(work, func(error) { f.end(m) })
}
