package ui

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/theme"
)

// This file is what a person does with a conversation in the list: pin it, mute it,
// put it away, remove it.

// archived returns the conversations that were put away.
func archived(all []model.Conversation) (away []model.Conversation) {
	for _, c := range all {
		if c.Contact.Archived {
			away = append(away, c)
		}
	}
	return away
}

// pinnedFirst orders the list: what is pinned stands above the rest.
func pinnedFirst(a, b model.Conversation) int {
	switch {
	case a.Contact.Pinned == b.Contact.Pinned:
		return 0
	case a.Contact.Pinned:
		return -1
	}
	return 1
}

// headRows returns the rows above the conversations: requests, and the way into
// the archive or out of it.
func (l *list) headRows(away []model.Conversation, searching bool) (rows []rowData) {
	v := l.v
	switch {
	case searching:
		return nil
	case l.label != "" && !l.archive:
		return nil
	case l.archive:
		return []rowData{{name: wordArchive, icon: "back", preview: wordArchiveBack, gapBelow: 4,
			open: v.opener("archive/back", func() { l.showArchive(false) })}}
	}
	if len(v.requests) > 0 {
		rows = append(rows, requestRow(v))
	}
	if len(away) > 0 {
		unread := 0
		for _, c := range away {
			unread += c.Unread
		}
		rows = append(rows, rowData{name: wordArchive, icon: "archive", preview: wordInArchive.Of(len(away)), unread: unread, muted: true,
			gapBelow: 4, open: v.opener("archive", func() { l.showArchive(true) })})
	}
	return rows
}

// showArchive shows the conversations that were put away, or the others.
func (l *list) showArchive(on bool) {
	l.archive = on
	l.rows.offset = 0
	l.refresh()
}

// own changes what is kept of a contact.
func (v *mainView) own(work func(ctx context.Context) error) {
	v.Run(work, func(err error) {
		if err != nil {
			v.fails(wordChangeFails, err)
		}
		v.readConversations()
	})
}

// rowMenu opens what can be done with a conversation of the list.
func (v *mainView) rowMenu(o fyne.CanvasObject, at fyne.Position, id model.ContactID) {
	var c model.Conversation
	for _, x := range v.conversations {
		if x.Contact.ID == id {
			c = x
		}
	}
	if c.Contact.ID == "" {
		return
	}
	who := c.Contact
	pin, archive := wordPin, wordToArchive
	if who.Pinned {
		pin = wordUnpin
	}
	until := func(until time.Time) {
		v.own(func(ctx context.Context) error { return v.m.SetMuted(ctx, id, until) })
	}
	mute := kit.MenuItem{Icon: "mute", Text: wordMute, Do: func() { kit.ShowMenu(o, at, part.MuteItems(until)...) }}
	if who.Muted(time.Now()) {
		mute = part.UnmuteItem(until)
	}
	if who.Archived {
		archive = wordFromArchive
	}
	block := kit.MenuItem{Icon: "block", Text: wordBlock, Danger: true, Do: func() { v.block(id, true) }}
	if who.Blocked {
		block.Text, block.Do = wordUnblock, func() { v.block(id, false) }
	}
	kit.ShowMenu(o, at,
		kit.MenuItem{Icon: "pin", Text: pin, Do: func() {
			v.own(func(ctx context.Context) error { return v.m.SetPinned(ctx, id, !who.Pinned) })
		}},
		mute,
		kit.MenuItem{Icon: "archive", Text: archive, Do: func() {
			v.own(func(ctx context.Context) error { return v.m.SetArchived(ctx, id, !who.Archived) })
		}},
		kit.MenuItem{Icon: "double-check", Text: wordMarkRead, Disabled: c.Unread == 0 || c.Last == nil, Do: func() {
			v.own(func(ctx context.Context) error { return v.m.MarkRead(ctx, id, c.Last.Row) })
		}},
		kit.MenuItem{Icon: "person", Text: fmt.Sprintf(wordAbout, kit.Elide(who.Name, theme.Body, 200)), Do: func() { v.about(id) }},
		block,
		kit.MenuItem{Icon: "trash", Text: part.WordRemoveAsk, Danger: true, Do: func() {
			part.AskRemove(v.list.content, who, func() { v.remove(id) })
		}})
}

// remove deletes everything of a contact; nothing of theirs stays on show.
func (v *mainView) remove(id model.ContactID) {
	if v.talk.id == id {
		v.back()
	}
	v.own(func(ctx context.Context) error { return v.m.RemoveContact(ctx, id) })
}
