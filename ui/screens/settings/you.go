package settings

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/screens/phrase"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
)

// you is who the person is to others, and what opens and brings back the account.
func (s *settings) you() fyne.CanvasObject {
	words, verb := wordNotPaper, wordWriteDown
	if s.self.PhraseConfirmed {
		words, verb = wordOnPaper, wordShowWords
	}
	s.used = kit.VStack(0)
	s.setUsed()
	return kit.VStack(theme.S4, s.used,
		part.Rows(s.name(),
			part.Row(wordAccount, say.ID(s.self.Account), kit.NewButton(wordCopy, kit.Secondary, func() {
				fyne.CurrentApp().Clipboard().SetContent(string(s.self.Account))
				kit.ShowToast(s.body, kit.Toast{Icon: "check", Text: wordCopied})
			}))),
		part.Rows(
			part.Row(wordWords, words, kit.NewButton(verb, kit.Secondary, func() {
				s.h.Open(phrase.Page(s.h, s.m, nil))
			})),
			part.Row(wordPass, wordPassText, kit.NewButton(wordChange, kit.Secondary, s.changePassphrase))))
}

// setUsed shows, until the person has read it, that somebody used the phrase. The
// rest of the page stays as it is: something may be being written there.
func (s *settings) setUsed() {
	if s.used == nil {
		return
	}
	s.used.Objects = nil
	s.used.Hide()
	if at := s.self.PhraseUsed; !at.IsZero() {
		s.used.Add(kit.Banner(kit.Attention, "phrase", wordUsed, fmt.Sprintf(wordUsedText, say.When(at, time.Now())),
			kit.NewButton(wordDismiss, kit.Secondary, s.dismissUsed).WithSize(kit.Tiny)))
		s.used.Show()
	}
	s.body.Refresh()
}

func (s *settings) dismissUsed() {
	s.h.Run(s.m.DismissPhraseUsed, func(err error) {
		if err != nil {
			s.fails(err)
		}
		s.load()
	})
}

// name is the row with the person's avatar and name, to be written over.
func (s *settings) name() fyne.CanvasObject {
	face := kit.NewAvatar(string(s.self.Account), s.self.Name, 48)
	field := kit.NewField(wordName)
	field.SetText(s.self.Name)
	save := kit.NewButton(wordSave, kit.Secondary, nil)
	save.Disable()
	submit := func() {
		name := field.Text()
		if save.Disabled() {
			return
		}
		save.Disable()
		s.h.Run(func(ctx context.Context) error { return s.m.SetName(ctx, name) }, func(err error) {
			if err != nil {
				field.SetError(say.Error(err))
				save.Enable()
				s.body.Refresh()
				return
			}
			s.self.Name = name
			face.Set(string(s.self.Account), name)
			kit.ShowToast(s.body, kit.Toast{Icon: "check", Text: wordSaved})
		})
	}
	field.OnChanged = func(text string) {
		field.SetError("")
		if text != s.self.Name && text != "" {
			save.Enable()
		} else {
			save.Disable()
		}
	}
	field.OnSubmitted = func(string) { submit() }
	save.OnTap(submit)
	return kit.Pad(16, 20, 16, 20, kit.HStackTop(theme.S4, face, kit.Grow(kit.VStack(theme.S2,
		kit.HStackTop(theme.S2, kit.Grow(field), save),
		kit.Paragraph(wordNameText, theme.Caption, theme.Ink2)))))
}

// changePassphrase asks for the old passphrase and twice for the new one.
func (s *settings) changePassphrase() {
	var shut func()
	old := kit.NewField("").WithLabel(wordOld).WithHeight(44).Password()
	pass := part.NewPassphrases(s.self.Name)
	do := kit.NewButton(wordChange, kit.Primary, nil)
	do.Disable()
	bar := kit.NewProgress(-1)
	bar.Stop()
	busy := false
	judge := func() {
		if pass.Ready() && old.Text() != "" && !busy {
			do.Enable()
		} else {
			do.Disable()
		}
		part.Relayout(old)
	}
	submit := func() {
		if do.Disabled() {
			return
		}
		busy = true
		bar.Start()
		judge()
		from, to := old.Text(), pass.Text()
		s.h.Run(func(ctx context.Context) error { return s.m.ChangePassphrase(ctx, from, to) }, func(err error) {
			busy = false
			bar.Stop()
			if err != nil {
				old.SetError(say.Error(err))
				judge()
				old.Focus()
				return
			}
			shut()
			kit.ShowToast(s.body, kit.Toast{Icon: "check", Text: wordChanged})
		})
	}
	old.OnChanged = func(string) { old.SetError(""); judge() }
	old.OnSubmitted = func(string) { pass.Focus() }
	pass.OnChanged, pass.OnDone = judge, submit
	do.OnTap(submit)
	shut = kit.ShowDialog(s.body, kit.DialogOptions{Title: wordChangeTo, Text: wordChangeText,
		Content: kit.VStack(theme.S4, old, pass.Object, bar),
		Buttons: []fyne.CanvasObject{kit.NewButton(wordCancel, kit.Secondary, func() { shut() }), do}})
	old.Focus()
}
