package timeline

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"sotto/app/model"
)

func TestReactButtonBesideTheBubble(t *testing.T) {
	tl, rows := inWindow(t, "Words")
	r := rows[0]
	var asked []model.MessageID
	tl.OnReactWith = func(m model.Message, _ fyne.Position) { asked = append(asked, m.ID) }
	move := func(p fyne.Position) {
		r.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: p}})
	}
	plain := len(r.objects)
	button := r.reactAt().AddXY(reactSize/2, reactSize/2)
	move(button)
	if r.hovered || len(r.objects) != plain {
		t.Error("the button shows before the pointer was at the bubble")
	}
	press(r, button)
	move(r.bubble.AddXY(5, 5))
	if !r.hovered || len(r.objects) < plain+2 {
		t.Errorf("at the bubble %d objects are drawn, before %d", len(r.objects), plain)
	}
	if x := r.reactAt().X; x < r.bubble.X+r.shape.w && x+reactSize > r.bubble.X {
		t.Error("the button lies on the bubble")
	}
	move(button)
	if !r.onReact || r.Cursor() != desktop.PointerCursor {
		t.Error("the pointer is not at the button")
	}
	press(r, button)
	if len(asked) != 1 || asked[0] != r.message.ID {
		t.Errorf("asked for %q", asked)
	}
	r.MouseOut()
	if r.hovered || len(r.objects) != plain {
		t.Error("the button stays")
	}
}
