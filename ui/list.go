package ui

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/app/model"
	"sotto/ui/keys"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

const (
	topBar    = 60
	footerBar = 48
	chipBar   = 34 // chips of 28, and what is below them
)

// list is the column of conversations: search and "new" above, rows, and below
// them the state of the connection.
type list struct {
	v       *mainView
	content *fyne.Container
	search  *kit.Field
	me      *meButton
	rows    *rowList
	hint    *kit.Text
	hintBox fyne.CanvasObject
	add     fyne.CanvasObject
	dot     *dot
	state   *kit.Text
	shown   []model.Conversation // after the search, as they stand in the list
	archive bool                 // the conversations that were put away are on show
	labels  *kit.Strip
	label   string // only conversations with this one are on show; "" is all
	found   *resultList
	filters *filters
}

func newList(v *mainView) *list {
	l := &list{v: v}
	l.me = newMeButton(v.settings)
	l.search = kit.NewField(wordSearch).WithIcon("search").WithKeyHint(keys.Search.String()).WithClear(wordClear, func() { v.find.leave() })
	l.search.OnChanged = func(s string) { v.find.set(s); l.refresh() }
	l.search.OnSubmitted = func(string) {
		switch {
		case len(l.shown) > 0 && v.find.at < 0 && v.find.who == "" && !v.find.narrowed():
			id := l.shown[0].Contact.ID
			v.find.done()
			v.Converse(id)
		case v.find.at >= 0:
			v.w.window.Canvas().Focus(v.talk.timeline) // at the hit
		default:
			v.find.open(0)
		}
	}
	l.search.OnKey(func(e *fyne.KeyEvent) bool {
		if !v.find.active() || e.Name != fyne.KeyDown && e.Name != fyne.KeyUp {
			return false
		}
		if e.Name == fyne.KeyDown {
			v.find.step(1)
		} else {
			v.find.step(-1)
		}
		return true
	})
	l.labels = kit.NewStrip()
	l.filters = newFilters(v.find)
	l.found = newResultList()
	l.found.onEnd = v.find.more
	add := kit.NewIconButton("new-chat", wordAddContact, v.addContact).Prominent()
	bar := kit.Pad(12, 12, 12, 12, kit.HStack(8, l.me, kit.Grow(l.search), add))

	l.rows = newRowList()
	l.hint = kit.Paragraph(wordNoContacts, theme.Small, theme.Ink2).Center()
	l.add = kit.Pad(8, 0, 0, 0, kit.Middle(kit.NewButton(wordAdd, kit.Primary, v.addContact).WithIcon("add-person")))
	l.hintBox = kit.Centered(220, kit.VStack(12, kit.Middle(kit.NewIcon("people", 28, theme.Ink2)), l.hint, l.add))

	l.dot = newDot()
	l.state = kit.NewText("", theme.Caption, theme.Ink2).Elided()
	lock := kit.NewIconButton("lock", wordLock, v.w.Lock)
	settings := kit.NewIconButton("settings", wordSettings, v.settings)
	foot := kit.VStack(0, kit.Hairline(), kit.Pad(6, 8, 5, 20,
		kit.HStack(4, l.dot, kit.Spacer(-2, 0), kit.Grow(l.state), lock, settings)))

	line := kit.HairlineUpright()
	ground := kit.NewBox(theme.Side, nil)
	l.content = kit.Place(fyne.NewSize(listLeast, 200), func(s fyne.Size) {
		w := s.Width
		if !v.narrow {
			w-- // the line
		}
		show(line, !v.narrow)
		kit.At(ground, 0, 0, s.Width, s.Height)
		kit.At(line, s.Width-1, 0, 1, s.Height)
		kit.At(bar, 0, 0, w, topBar)
		top := float32(topBar)
		for _, chips := range []*kit.Strip{l.labels, l.filters.chips} {
			m := chips.MinSize().Height
			kit.At(chips, 8, topBar-(m-chipBar+6)/2, w-16, m)
			if chips.Visible() {
				top = topBar + chipBar
			}
		}
		kit.At(l.found, 0, top, w, s.Height-top-footerBar)
		kit.At(l.rows, 0, top, w, s.Height-top-footerBar)
		kit.At(l.hintBox, 0, topBar, w, s.Height-2*topBar-footerBar)
		kit.At(foot, 0, s.Height-footerBar, w, footerBar)
		show(l.add, v.narrow && !l.found.Visible())
	}, ground, line, bar, l.labels, l.filters.chips, l.rows, l.found, l.hintBox, foot)
	return l
}

// refresh shows what the main view holds.
func (l *list) refresh() {
	v := l.v
	l.me.set(v.self)
	words := strings.Fields(strings.ToLower(l.search.Text()))
	l.shown = l.shown[:0:0]
	searching := v.find.active() || v.find.who != "" || v.find.narrowed() || len(words) > 0
	away := archived(v.conversations)
	l.archive = l.archive && len(away) > 0
	l.setLabels(searching)
	for _, c := range v.conversations {
		if matches(c.Contact, words) && (searching || c.Contact.Archived == l.archive && l.labelled(c.Contact)) {
			l.shown = append(l.shown, c)
		}
	}
	slices.SortStableFunc(l.shown, pinnedFirst)
	network := v.status.Network
	rows := l.headRows(away, searching)
	for _, c := range l.shown {
		rows = append(rows, conversationRow(v, c, network))
	}
	show(l.rows, !searching)
	show(l.found, searching)
	show(l.filters.chips, searching)
	l.content.Layout.Layout(l.content.Objects, l.content.Size())
	show(l.add, v.narrow && !searching)
	nothing := len(rows) == 0
	l.hint.SetText(wordNoContacts)
	if searching {
		nothing = !l.showFound(rows, len(words) > 0) && !v.find.busy && v.find.active()
		l.hint.SetText(wordNoMatch)
	} else {
		l.rows.set(rows)
	}
	show(l.hintBox, nothing)
	switch {
	case !network:
		l.dot.set(theme.Warn)
		l.state.SetText(wordNoNetwork)
	case !v.status.Online:
		l.dot.set(theme.Ink3)
		l.state.SetText(wordStarting)
	default:
		l.dot.set(theme.OK)
		l.state.SetText(reachableWords(v.mailboxes))
	}
}

// showFound shows people of that name and messages that were found, and reports
// whether there are any.
func (l *list) showFound(people []rowData, named bool) bool {
	f := l.v.find
	l.filters.refresh()
	var all []result
	if named && f.who == "" && !f.narrowed() && len(people) > 0 {
		all = append(all, result{head: wordPeople, height: headHeight})
		for _, p := range people {
			all = append(all, result{person: p, height: rowHeight()})
		}
	}
	if len(f.hits) > 0 {
		all = append(all, result{head: wordFoundIn, count: fmt.Sprintf(wordFound, f.count()), height: headHeight})
		for i, h := range f.hits {
			all = append(all, result{hit: l.v.hitData(i, h), height: hitHeight})
		}
	}
	l.found.set(all, f.turn)
	return len(all) > 0
}

// matches reports whether each word is in one of the contact's names.
func matches(c model.Contact, words []string) bool {
	names := strings.ToLower(c.Name + "\n" + c.Claimed)
	for _, w := range words {
		if !strings.Contains(names, w) {
			return false
		}
	}
	return true
}

// clearSearch leaves the search, and reports whether there was one.
func (l *list) clearSearch() bool {
	if l.search.Text() == "" && !l.search.Focused() {
		return false
	}
	l.search.SetText("")
	l.v.w.window.Canvas().Unfocus()
	l.v.talk.focus()
	return true
}

// meButton is my own avatar, which leads to the settings.
type meButton struct {
	widget.BaseWidget
	avatar *kit.Avatar
	tile   *kit.Tile
}

func newMeButton(onTap func()) *meButton {
	b := &meButton{avatar: kit.NewAvatar("", "", 32)}
	b.tile = kit.NewTile(kit.TileNav, 16, wordSettings, b.avatar, onTap)
	b.tile.SetTip(wordSettings)
	b.ExtendBaseWidget(b)
	return b
}

func (b *meButton) set(s model.Self) { b.avatar.Set(string(s.Account), s.Name) }

func (b *meButton) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.tile) }

// dot is a disc of 8 in one colour.
type dot struct {
	widget.BaseWidget
	color  theme.Token
	circle *canvas.Circle
}

func newDot() *dot {
	d := &dot{color: theme.Ink3, circle: &canvas.Circle{}}
	d.ExtendBaseWidget(d)
	return d
}

func (d *dot) set(c theme.Token) {
	if d.color != c {
		d.color = c
		d.Refresh()
	}
}

func (d *dot) MinSize() fyne.Size { return fyne.NewSquareSize(12) }

func (d *dot) CreateRenderer() fyne.WidgetRenderer { return dotRenderer{d} }

type dotRenderer struct{ d *dot }

func (r dotRenderer) Destroy()                     {}
func (r dotRenderer) MinSize() fyne.Size           { return r.d.MinSize() }
func (r dotRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.d.circle} }
func (r dotRenderer) Layout(s fyne.Size) {
	r.d.circle.FillColor = theme.Color(r.d.color)
	kit.At(r.d.circle, 0, (s.Height-8)/2, 8, 8)
}
func (r dotRenderer) Refresh() { r.Layout(r.d.Size()); canvas.Refresh(r.d) }
