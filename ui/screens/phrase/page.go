package phrase

import (
	"context"

	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/screens/say"
	"sotto/ui/stage"
	"sotto/ui/theme"
)

// Messenger is what showing the words needs of the messenger.
type Messenger interface {
	RecoveryPhrase(ctx context.Context, passphrase string) ([]string, error)
	ConfirmPhrase(ctx context.Context) error
}

// Page asks for the passphrase and shows the words. back is called when the
// person is done; nil closes the page.
func Page(h stage.Host, m Messenger, back func()) stage.Page {
	if back == nil {
		back = h.Close
	}
	body := kit.NewScroll(kit.Fill())
	sheet := &Sheet{Show: func(o fyne.CanvasObject) {
		body.SetContent(kit.Pad(theme.S9, theme.S5, theme.S8, theme.S5, kit.Column(720, o)))
	}}
	sheet.OnDone = func() {
		h.Run(m.ConfirmPhrase, func(err error) {
			if err == nil {
				kit.ShowToast(body, kit.Toast{Icon: "check", Text: wordKept})
			}
			back()
		})
	}
	field := kit.NewField(wordPassphrase).WithIcon("lock").WithHeight(44).Password()
	show := kit.NewButton(wordShow, kit.Primary, nil).WithSize(kit.Large)
	bar := kit.NewProgress(-1)
	bar.Stop()
	submit := func() {
		if field.Text() == "" || show.Disabled() {
			return
		}
		show.Disable()
		bar.Start()
		pass := field.Text()
		var words []string
		h.Run(func(ctx context.Context) (err error) {
			words, err = m.RecoveryPhrase(ctx, pass)
			return err
		}, func(err error) {
			show.Enable()
			bar.Stop()
			if err != nil {
				field.SetError(say.Error(err))
				field.Focus()
				body.Refresh()
				return
			}
			field.SetText("")
			sheet.Words = words
			sheet.Open()
		})
	}
	field.OnChanged = func(string) { field.SetError("") }
	field.OnSubmitted = func(string) { submit() }
	show.OnTap(submit)
	body.SetContent(kit.Pad(theme.S9, theme.S5, theme.S8, theme.S5, kit.Column(440, kit.VStack(0,
		kit.Paragraph(wordPassTitle, theme.Heading, theme.Ink),
		kit.Spacer(0, theme.S1),
		kit.Paragraph(wordPassText, theme.Body, theme.Ink2),
		kit.Spacer(0, theme.S6),
		field,
		kit.Pad(theme.S3, 0, theme.S3, 0, bar),
		kit.Left(show)))))
	return stage.Page{Key: "phrase", Title: wordPageTitle, Text: wordPageText, Content: body,
		Focus: field.Focus, OnClose: sheet.Close}
}
