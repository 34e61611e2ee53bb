package people

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/screens/say"
	"sotto/ui/stage"
	"sotto/ui/theme"
)

// Alarm takes the composer's place while there is a reason to stop: what
// happened, what it means, and what can be done. It cannot be closed.
func Alarm(h stage.Host, m Messenger, c model.Contact) fyne.CanvasObject {
	title, text := alarmWords(c)
	var ground fyne.CanvasObject
	run := func(work func(context.Context) error) func() {
		return func() {
			h.Run(work, func(err error) {
				if err != nil {
					kit.ShowToast(ground, kit.Toast{Icon: "warning", Text: say.Error(err)})
				}
			})
		}
	}
	compare := kit.NewButton(wordCompare, kit.Primary, func() { h.Open(Verify(h, m, c)) }).WithIcon("shield-verified")
	block := kit.NewButton(wordBlock, kit.Secondary, run(func(ctx context.Context) error { return m.Block(ctx, c.ID, true) })).WithIcon("block")
	dismiss := run(func(ctx context.Context) error { return m.DismissAlarm(ctx, c.ID) })
	goOn := kit.NewButton(wordGoOn, kit.DangerQuiet, dismiss)
	if alarms[c.Alarm].ask {
		goOn.OnTap(func() { askToGoOn(ground, c, dismiss) })
	}
	words := kit.VStack(0,
		kit.Paragraph(title, theme.Title, theme.Ink),
		kit.Spacer(0, 6),
		kit.Paragraph(text, theme.Body, theme.Ink),
		kit.Spacer(0, 10),
		kit.HStackTop(theme.S2, kit.NewIcon("clock", 16, theme.Ink2), kit.Grow(kit.Paragraph(wordStopped, theme.Small, theme.Ink2))),
		kit.Spacer(0, theme.S4),
		part.NewAdapt(440,
			kit.VStack(theme.S2, compare, block, goOn),
			kit.HStack(theme.S2, compare, block, kit.Fill(), goOn)))
	ground = newAlarmGround(kit.Pad(20, 24, 20, 26,
		kit.HStackTop(theme.S3, kit.NewIcon("shield-warning", 28, theme.Danger), kit.Grow(words))))
	return ground
}

// askToGoOn asks once more where numbers that match do not settle the matter.
func askToGoOn(o fyne.CanvasObject, c model.Contact, goOn func()) {
	var shut func()
	shut = kit.ShowDialog(o, kit.DialogOptions{
		Title: fmt.Sprintf(wordGoOnTitle, c.Name), Text: fmt.Sprintf(wordGoOnText, c.Name),
		Buttons: []fyne.CanvasObject{
			kit.NewButton(wordGoOn, kit.Danger, func() { shut(); goOn() }),
			kit.NewButton(wordCancel, kit.Secondary, func() { shut() }),
		}})
}

// alarmGround is a card in danger's fill whose ground leaves an edge of it free
// at the left: the toolkit cannot cut a thin rectangle by a round corner.
type alarmGround struct {
	widget.BaseWidget
	content fyne.CanvasObject
}

func newAlarmGround(content fyne.CanvasObject) *alarmGround {
	a := &alarmGround{content: content}
	a.ExtendBaseWidget(a)
	return a
}

// HeightFor returns the height needed at that width.
func (a *alarmGround) HeightFor(width float32) float32 { return kit.HeightFor(a.content, width) }

// CreateRenderer is called by the toolkit.
func (a *alarmGround) CreateRenderer() fyne.WidgetRenderer {
	edge := &canvas.Rectangle{CornerRadius: theme.RadiusXL}
	inner := &canvas.Rectangle{TopLeftCornerRadius: 10, BottomLeftCornerRadius: 10, TopRightCornerRadius: 15, BottomRightCornerRadius: 15}
	return kit.NewView(a, a.content.MinSize, func(s fyne.Size) {
		kit.At(edge, 0, 0, s.Width, s.Height)
		kit.At(inner, 6, 1, s.Width-7, s.Height-2)
		kit.At(a.content, 0, 0, s.Width, s.Height)
	}, func() {
		edge.FillColor, inner.FillColor = theme.Color(theme.DangerFill), theme.Color(theme.DangerSoft)
	}, edge, inner, a.content)
}
