package kit

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/theme"
)

// MenuItem is one line of a menu.
type MenuItem struct {
	Icon, Text string // an empty Icon leaves its place free
	Key        string // the key that does the same; "" is none
	Danger     bool   // red; the first such item follows a hairline
	Disabled   bool
	Do         func()
}

// MenuCell is an emoji in the row above a menu's items, or an icon.
type MenuCell struct {
	Emoji, Icon string
	Label       string // for screen readers
	On          bool   // chosen already
	Do          func()
}

// ShowMenu opens a menu at a position of the window that o is in, and gives it
// the keyboard.
func ShowMenu(o fyne.CanvasObject, at fyne.Position, items ...MenuItem) {
	ShowMenuWith(o, at, nil, items...)
}

// ShowMenuWith is ShowMenu with a row of emoji above the items, if there are any;
// without items the keyboard is at the first emoji.
func ShowMenuWith(o fyne.CanvasObject, at fyne.Position, cells []MenuCell, items ...MenuItem) {
	c := canvasOf(o)
	if c == nil {
		return
	}
	m := NewMenu(items...)
	m.setCells(cells)
	ov := openOverlay(c, Floating(theme.RadiusLG, m), false, false, func(ov *overlay, room fyne.Size) {
		s := m.MinSize()
		x, y := at.X, at.Y
		if x+s.Width > room.Width-8 {
			x = max(8, x-s.Width)
		}
		if y+s.Height > room.Height-8 {
			y = max(8, room.Height-8-s.Height)
		}
		place(ov.panel, x, y, s.Width, s.Height)
	})
	m.close = ov.close
	if len(items) == 0 {
		m.in = 0
	}
	c.Focus(m)
}

// Menu is the list inside a menu. It is shown by ShowMenu.
type Menu struct {
	widget.BaseWidget
	items []MenuItem
	rows  []*menuRow
	at    int // chosen by the keyboard, or -1
	close func()
	line  *Sep
	cells []*menuCell
	under *Sep // below the cells
	in    int  // the cell chosen by the keyboard, or -1
}

// NewMenu returns the list on its own.
func NewMenu(items ...MenuItem) *Menu {
	m := &Menu{items: items, at: -1, in: -1, under: newSep(theme.Line, false), close: func() {}, line: newSep(theme.Line, false)}
	for i, it := range items {
		m.rows = append(m.rows, newMenuRow(m, i, it))
	}
	m.ExtendBaseWidget(m)
	return m
}

func (m *Menu) choose(i int) {
	it := m.items[i]
	if it.Disabled {
		return
	}
	m.close()
	if it.Do != nil {
		it.Do()
	}
}

func (m *Menu) move(at int) {
	m.at = at
	for _, r := range m.rows {
		r.Refresh()
	}
}

func (m *Menu) FocusGained()   {}
func (m *Menu) FocusLost()     {}
func (m *Menu) TypedRune(rune) {}

// TypedKey is called by the toolkit.
func (m *Menu) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		m.close()
	case fyne.KeyLeft, fyne.KeyRight:
		if m.in >= 0 {
			by := 1
			if e.Name == fyne.KeyLeft {
				by = len(m.cells) - 1
			}
			m.moveCell((m.in + by) % len(m.cells))
		}
	case fyne.KeyDown, fyne.KeyUp:
		if len(m.items) == 0 {
			return
		}
		m.stepItem(e.Name)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		switch {
		case m.in >= 0:
			m.cells[m.in].Tapped(nil)
		case m.at >= 0:
			m.choose(m.at)
		}
	}
}

// stepItem goes down or up in the items, and from the first up to the cells.
func (m *Menu) stepItem(key fyne.KeyName) {
	switch {
	case key == fyne.KeyDown:
		m.moveCell(-1)
		m.move((m.at + 1) % len(m.items))
	case m.at == 0 && len(m.cells) > 0:
		m.move(-1)
		m.moveCell(0)
	default:
		m.moveCell(-1)
		m.move((max(m.at, 0) + len(m.items) - 1) % len(m.items))
	}
}

// CreateRenderer is called by the toolkit.
func (m *Menu) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{}
	first := -1 // the first dangerous item
	head := float32(0)
	for _, c := range m.cells {
		objects = append(objects, c)
		head = cellsHeight
	}
	if len(m.items) == 0 {
		m.under.Hide()
		head -= 14
	}
	if head > 0 {
		objects = append(objects, m.under)
	}
	for i, r := range m.rows {
		objects = append(objects, r)
		if m.items[i].Danger && first < 0 && i > 0 {
			first = i
		}
	}
	if first > 0 {
		objects = append(objects, m.line)
	}
	return NewView(m,
		func() fyne.Size {
			w, h := max(226, 14+36*float32(len(m.cells))), 14+head
			for _, r := range m.rows {
				w = max(w, r.MinSize().Width+14)
				h += 36
			}
			if first > 0 {
				h += 13
			}
			return fyne.NewSize(w, h)
		},
		func(s fyne.Size) {
			for i, c := range m.cells {
				w := (s.Width - 14) / float32(len(m.cells))
				place(c, 7+float32(i)*w+(w-36)/2, 8, 36, 36)
			}
			place(m.under, 1, head, s.Width-2, 1)
			y := 7 + head
			for i, r := range m.rows {
				if i == first {
					place(m.line, 1, y+6, s.Width-2, 1)
					y += 13
				}
				place(r, 7, y, s.Width-14, 36)
				y += 36
			}
		}, nil, objects...)
}

// menuRow is one line of a menu.
type menuRow struct {
	widget.BaseWidget
	menu    *Menu
	i       int
	item    MenuItem
	pressed bool
	rect    *canvas.Rectangle
	icon    *Icon
	words   *Text
	key     *Text
}

func newMenuRow(m *Menu, i int, it MenuItem) *menuRow {
	ink, iconInk := theme.Ink, theme.Ink2
	if it.Danger {
		ink, iconInk = theme.Danger, theme.Danger
	}
	r := &menuRow{menu: m, i: i, item: it, words: NewText(it.Text, theme.Body, ink), key: NewText(it.Key, theme.Caption, theme.Ink3)}
	r.icon = NewIcon(cmp.Or(it.Icon, "check"), 18, iconInk)
	r.icon.Hidden = it.Icon == ""
	r.words.faded, r.icon.faded = it.Disabled, it.Disabled
	r.ExtendBaseWidget(r)
	return r
}

func (r *menuRow) Tapped(*fyne.PointEvent)        { r.menu.choose(r.i) }
func (r *menuRow) MouseIn(*desktop.MouseEvent)    { r.menu.move(r.i) }
func (r *menuRow) MouseMoved(*desktop.MouseEvent) {}
func (r *menuRow) MouseOut()                      { r.pressed = false; r.menu.move(-1) }
func (r *menuRow) MouseDown(*desktop.MouseEvent)  { r.pressed = true; r.Refresh() }
func (r *menuRow) MouseUp(*desktop.MouseEvent)    { r.pressed = false; r.Refresh() }
func (r *menuRow) AccessibilityLabel() string     { return r.item.Text }
func (r *menuRow) AccessibilityRole() fyne.AccessibleRole {
	return fyne.AccessibleRoleButton
}

func (r *menuRow) CreateRenderer() fyne.WidgetRenderer {
	r.rect = &canvas.Rectangle{CornerRadius: theme.RadiusSM}
	return NewView(r,
		func() fyne.Size {
			w := 40 + r.words.MinSize().Width + 12
			if r.item.Key != "" {
				w += 24 + r.key.MinSize().Width
			}
			return fyne.NewSize(w, 36)
		},
		func(s fyne.Size) {
			place(r.rect, 0, 0, s.Width, s.Height)
			place(r.icon, 12, 9, 18, 18)
			place(r.words, 40, 8, r.words.MinSize().Width, 20)
			k := r.key.MinSize().Width
			place(r.key, s.Width-12-k, 10, k, 16)
		},
		func() {
			ground := theme.Transparent
			switch {
			case r.item.Disabled:
			case r.pressed:
				ground = theme.Press
			case r.menu.at == r.i:
				ground = theme.HoverRaised
			}
			r.rect.FillColor = theme.Fill(theme.Color(ground))
		}, r.rect, r.icon, r.words, r.key)
}
