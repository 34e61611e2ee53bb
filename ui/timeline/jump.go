package timeline

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/kit"
	"sotto/ui/theme"
)

// jump is the round button that leads to the newest message, with the number of
// those that arrived out of sight. It is drawn above the bubbles.
type jump struct {
	widget.BaseWidget
	button *kit.IconButton
	box    *kit.Box
	badge  *kit.Badge
}

const jumpSize = 40

func newJump(onTap func()) *jump {
	j := &jump{button: kit.NewIconButton("arrow-down", wordJump, onTap).OnCard(), badge: kit.NewBadge(0, false)}
	j.box = kit.NewBox(theme.Popover, nil).Radius(jumpSize / 2).Shadow("float")
	j.ExtendBaseWidget(j)
	j.Hide()
	return j
}

// show shows the button, or not, and the number.
func (j *jump) show(on bool, count int) {
	if j.Visible() != on {
		if on {
			j.Show()
		} else {
			j.Hide()
		}
	}
	j.badge.Set(count, false)
}

func (j *jump) CreateRenderer() fyne.WidgetRenderer {
	return &jumpRenderer{j, []fyne.CanvasObject{j.box, j.button, j.badge}}
}

type jumpRenderer struct {
	j       *jump
	objects []fyne.CanvasObject
}

func (r *jumpRenderer) Destroy()                     {}
func (r *jumpRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *jumpRenderer) MinSize() fyne.Size           { return fyne.Size{} } // else the timeline is laid out again with each row that comes
func (r *jumpRenderer) Layout(fyne.Size) {
	kit.At(r.j.box, 0, 0, jumpSize, jumpSize)
	kit.At(r.j.button, 2, 2, jumpSize-4, jumpSize-4)
	w := r.j.badge.MinSize().Width
	kit.At(r.j.badge, (jumpSize-w)/2, -12, w, 20)
}

func (r *jumpRenderer) Refresh() {
	r.Layout(r.j.Size())
	for _, o := range r.objects {
		o.Refresh()
	}
}
