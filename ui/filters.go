package ui

import (
	"fmt"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

// filters are the chips under the search field that narrow what is found: to one
// person, to some time, to messages with something in them. Each opens a menu.
type filters struct {
	f                *finder
	chips            *kit.Strip
	who, since, what *kit.Chip
}

func newFilters(f *finder) *filters {
	x := &filters{f: f}
	x.who = kit.NewFilter("", false, x.chooseWho).Opening().AtMost(labelWidth)
	x.since = kit.NewFilter("", false, x.chooseSince).Opening()
	x.what = kit.NewFilter("", false, x.chooseWhat).Opening()
	x.chips = kit.NewStrip(x.who, x.since, x.what)
	return x
}

// narrowed reports whether only some messages are looked for, whatever their words.
func (f *finder) narrowed() bool { return f.links || f.stars || f.since != anyTime }

func (x *filters) refresh() {
	f := x.f
	who, what := wordEveryone, wordAnything
	switch {
	case f.links:
		what = wordFilterLink
	case f.stars:
		what = wordFilterStar
	}
	if f.who != "" {
		who = fmt.Sprintf(wordFilterOne, f.v.nameOf(f.who))
	}
	x.who.SetText(who)
	x.who.SetOn(f.who != "")
	x.since.SetText(f.since.words())
	x.since.SetOn(f.since != anyTime)
	x.what.SetText(what)
	x.what.SetOn(f.links || f.stars)
	x.chips.Refresh()
}

// again searches anew after a filter was changed.
func (x *filters) again() {
	l := x.f.v.list
	x.f.set(l.search.Text())
	l.refresh()
}

// filter is one choice of a chip's menu.
type filter struct {
	words string
	on    bool
	do    func()
}

// menu opens a chip's choices below it.
func (x *filters) menu(under *kit.Chip, all []filter) {
	var items []kit.MenuItem
	for _, c := range all {
		icon := ""
		if c.on {
			icon = "check"
		}
		items = append(items, kit.MenuItem{Icon: icon, Text: c.words, Do: func() { c.do(); x.again() }})
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(under)
	kit.ShowMenu(under, at.AddXY(0, under.Size().Height+6), items...)
}

// peopleListed is how many people the menu offers: those of the conversation that
// is open and of the newest ones. Others are found from their conversation.
const peopleListed = 8

func (x *filters) chooseWho() {
	f := x.f
	only := func(id model.ContactID) func() { return func() { f.who = id } }
	all := []filter{{wordEveryone, f.who == "", only("")}}
	add := func(id model.ContactID) {
		name := kit.Elide(f.v.nameOf(id), theme.Body, 240)
		all = append(all, filter{name, id == f.who, only(id)})
	}
	first := f.who
	if first == "" {
		first = f.v.talk.id
	}
	if first != "" {
		add(first)
	}
	for _, c := range f.v.conversations {
		if c.Contact.ID != first && len(all) <= peopleListed {
			add(c.Contact.ID)
		}
	}
	x.menu(x.who, all)
}

func (x *filters) chooseSince() {
	f := x.f
	var all []filter
	for s := anyTime; s <= thisYear; s++ {
		all = append(all, filter{s.words(), s == f.since, func() { f.since = s }})
	}
	x.menu(x.since, all)
}

func (x *filters) chooseWhat() {
	f := x.f
	with := func(links, stars bool) func() { return func() { f.links, f.stars = links, stars } }
	x.menu(x.what, []filter{
		{wordAnything, !f.links && !f.stars, with(false, false)},
		{wordFilterLink, f.links, with(true, false)},
		{wordFilterStar, f.stars, with(false, true)},
	})
}
