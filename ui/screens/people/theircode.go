package people

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"sotto/app"
	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/scan"
	"sotto/ui/screens/part"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
)

// theirCode is the card that takes somebody else's code, by picture or as text,
// and says how far that has come.
type theirCode struct {
	a     *adding
	card  fyne.CanvasObject
	busy  *kit.Progress
	wrong *fyne.Container // the banner with what went wrong
	field *kit.Field      // to write a link into; shown when it is wanted
	typed *fyne.Container
	joins *fyne.Container
	seen  map[model.JoinID]bool // under way while the page is open
}

func newTheirCode(a *adding) *theirCode {
	t := &theirCode{a: a, wrong: kit.VStack(0), joins: kit.VStack(0), seen: map[model.JoinID]bool{}}
	t.busy = kit.NewProgress(-1)
	t.busy.Stop()
	t.field = kit.NewField(wordPasteHere).WithIcon("link")
	t.field.OnSubmitted = func(string) { t.text(t.field.Text()) }
	t.field.OnChanged = func(string) { t.field.SetError("") }
	t.typed = kit.HStackTop(theme.S2, kit.Grow(t.field), kit.NewButton(wordTake, kit.Secondary, func() { t.text(t.field.Text()) }))
	t.typed.Hide()
	zone := part.DropZone(232, wordPicture, t.askFile, kit.VStack(theme.S2,
		kit.Column(28, kit.NewIcon("scan", 28, theme.Ink2)),
		kit.NewText(wordDrop, theme.Body.SemiBold(), theme.Ink).Center(),
		kit.NewText(wordDropPaste, theme.Small, theme.Ink2).Center()))
	t.card = cardWith(kit.VStack(0,
		kit.HStack(0, kit.NewText(wordTheirs, theme.Title, theme.Ink), kit.Fill(), kit.Spacer(0, 36)),
		kit.Spacer(0, theme.S4),
		kit.GrowBoth(zone),
		kit.VStack(0, kit.Spacer(0, theme.S5), t.busy, t.wrong,
			source("camera", wordCamera, wordCameraText, "", func() { t.taker().Camera() }),
			kit.Spacer(0, theme.S1),
			source("screen-region", wordRegion, wordRegionText, wordRegionKey, t.screen),
			kit.Spacer(0, theme.S1),
			source("image", wordPicture, wordPicText, "", t.askFile),
			kit.Spacer(0, theme.S1),
			source("clipboard", wordPaste, wordPasteText, wordPasteKey, t.pasteOrType)),
		kit.VStack(theme.S3, kit.Spacer(0, 0), t.typed),
		a.near.card,
		t.joins))
	return t
}

// source is a row that offers one way to take a code.
func source(icon, title, text, key string, do func()) fyne.CanvasObject {
	row := kit.HStack(theme.S3, kit.IconSquare(icon, 36, false),
		kit.Grow(kit.VStack(0, kit.NewText(title, theme.Body.SemiBold(), theme.Ink), kit.NewText(text, theme.Caption, theme.Ink2))))
	if key != "" {
		row.Add(kit.KeyHint(key))
	}
	tile := kit.NewTile(kit.TileRow, theme.RadiusLG, title, kit.Pad(8, 12, 8, 8, row), do)
	// The row's ground reaches 8 px beyond the card's padding.
	return kit.Place(fyne.NewSize(200, 52), func(s fyne.Size) { kit.At(tile, -8, 0, s.Width+16, s.Height) }, tile)
}

// picture looks for a code in a picture that was dropped.
func (t *theirCode) picture(path string) { t.read(path, t.fails) }

func (t *theirCode) askFile() {
	part.AskFile(t.a.h, t.card, part.FileQuestion{Title: wordOpenTitle, Text: wordOpenText, Path: part.PicturesDir(), Button: wordOpen, Do: t.read})
}

// read takes the code in a picture; told gets what is wrong with it.
func (t *theirCode) read(path string, told func(problem string)) {
	t.fails("")
	t.busy.Start()
	t.a.relayout()
	t.taker().Picture(scan.File(path), func(problem string) {
		t.busy.Stop()
		told(problem)
		t.a.relayout()
	})
}

// taker takes codes for this card.
func (t *theirCode) taker() part.Taker {
	return part.Taker{Host: t.a.h, On: t.card, Take: t.text, Fails: t.fails, Mine: t.a.isMine}
}

// screen looks for their code on the screen.
func (t *theirCode) screen() {
	t.fails("")
	t.taker().Screen()
}

// paste takes what is on the clipboard, a text or a picture.
func (t *theirCode) paste() {
	text := clipboard()
	if looksLikeCode(text) {
		t.text(text)
		return
	}
	t.taker().Clipboard(func() { t.text(text) })
}

// pasteOrType takes what is on the clipboard, or offers a field.
func (t *theirCode) pasteOrType() {
	if text := clipboard(); looksLikeCode(text) {
		t.text(text)
		return
	}
	t.taker().Clipboard(t.askText)
}

// askText offers a field to write a link into.
func (t *theirCode) askText() {
	t.typed.Show()
	t.field.SetText("")
	t.field.SetError("")
	t.fails(wordNoLink)
	t.field.Focus()
}

// offer writes a link into the field.
func (t *theirCode) offer(link string) {
	t.typed.Show()
	t.field.SetText(link)
	t.field.Focus()
	t.a.relayout()
}

func looksLikeCode(text string) bool {
	text = strings.TrimSpace(text)
	return len(text) > 6 && strings.EqualFold(text[:6], "sotto:")
}

// fails says what went wrong, "" nothing.
func (t *theirCode) fails(sentence string) {
	t.wrong.Objects = nil
	if sentence != "" {
		t.wrong.Add(kit.Pad(0, 0, theme.S3, 0, kit.Banner(kit.Attention, "warning", sentence, "", nil)))
	}
	t.a.relayout()
}

// text accepts the invitation in a text.
func (t *theirCode) text(text string) {
	mode, err := app.ParseInvitation(text)
	switch {
	case err != nil && part.IsMailboxCode(text):
		t.fails(wordMailbox)
		return
	case err != nil:
		t.fails(say.Error(err))
		return
	}
	t.fails("")
	var joined model.Join
	t.a.h.Run(func(ctx context.Context) (err error) {
		joined, err = t.a.m.Join(ctx, text)
		if model.KindOf(err) == model.NeedsOwnCode {
			// In person there has to be a code of ours for them to take.
			if _, err = t.a.m.CreateInvitation(ctx, model.ModePerson, 0); err == nil {
				joined, err = t.a.m.Join(ctx, text)
			}
		}
		return err
	}, func(err error) {
		if err != nil {
			t.fails(say.Error(err))
			return
		}
		t.seen[joined.ID] = true
		t.typed.Hide()
		if mode == model.ModePerson && t.a.mine.mode != mode {
			t.a.mine.showMode(1)
		}
		t.load()
	})
}

// load reads how far the accepted invitations are.
func (t *theirCode) load() {
	var list []model.Join
	t.a.h.Run(func(ctx context.Context) (err error) {
		if list, err = t.a.m.Joins(ctx); err != nil {
			return err
		}
		for i, j := range list { // who it turned out to be
			if j.State == model.JoinDone {
				if c, err := t.a.m.Contact(ctx, j.Contact); err == nil {
					list[i].Name = c.Name
				}
			}
		}
		return nil
	}, func(err error) {
		if err != nil || t.a.closed {
			return
		}
		t.joins.Objects = nil
		// What was over before is in the list of conversations.
		list = slices.DeleteFunc(list, func(j model.Join) bool {
			done := j.State == model.JoinDone
			t.seen[j.ID] = t.seen[j.ID] || !done
			return done && !t.seen[j.ID]
		})
		if len(list) > 0 {
			t.joins.Add(kit.Pad(theme.S3, 0, theme.S2, 0, kit.Hairline()))
		}
		for _, j := range list {
			t.joins.Add(t.row(j))
		}
		t.a.relayout()
	})
}

// row says how far one accepted invitation is, and offers what can be done.
func (t *theirCode) row(j model.Join) fyne.CanvasObject {
	name := j.Name
	if name == "" {
		name = wordSomebody
	}
	var face fyne.CanvasObject = kit.IconSquare("person", 36, false)
	if j.Contact != "" && j.Name != "" {
		face = kit.NewAvatar(string(j.Contact), j.Name, 36)
	}
	text, ink := joinWords(j), theme.Ink2
	end := kit.NewButton(wordCancel, kit.Secondary, func() { t.cancel(j.ID) }).WithSize(kit.Tiny)
	switch j.State {
	case model.JoinDone:
		end = kit.NewButton(wordWrite, kit.Secondary, func() { t.a.h.Converse(j.Contact) }).WithSize(kit.Tiny)
	case model.JoinFailed:
		ink = theme.Danger
		end.SetText(wordRemove)
	}
	words := kit.VStack(0, kit.Paragraph(name, theme.Body.SemiBold(), theme.Ink), kit.Paragraph(text, theme.Caption, ink))
	return kit.Pad(6, 0, 6, 0, kit.HStack(theme.S3, face, kit.Grow(words), end))
}

func (t *theirCode) cancel(id model.JoinID) {
	t.a.h.Run(func(ctx context.Context) error { return t.a.m.CancelJoin(ctx, id) }, func(err error) {
		if err != nil && model.KindOf(err) != model.NotFound {
			t.fails(say.Error(err))
		}
		t.load()
	})
}

// joinWords says how far an accepted invitation is.
func joinWords(j model.Join) string {
	name := j.Name
	if name == "" {
		name = wordThem
	}
	switch j.State {
	case model.JoinLooking:
		return wordJoinLooking
	case model.JoinScanned:
		return wordJoinScanned
	case model.JoinAsked:
		return fmt.Sprintf(wordJoinAsked, name)
	case model.JoinDone:
		if j.Name == "" {
			name = wordSomebody
		}
		return fmt.Sprintf(wordJoinDone, name)
	}
	return say.Problem(j.Problem)
}
