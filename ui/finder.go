package ui

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sotto/app/model"
	"sotto/ui/timeline"
)

// finder is what is being searched for in messages, and what was found. Its field
// is the list's; the hit that is looked at lies in the conversation.
type finder struct {
	v     *mainView
	who   model.ContactID // only with them
	links bool            // only messages with a link
	stars bool            // only messages with a star
	since span            // only messages of so long
	query model.Query     // what hits answer
	hits  []model.Hit
	next  int64 // where more are; 0: nowhere
	busy  bool  // a page is being read
	turn  int   // counts queries, so that late answers are known
	at    int   // the hit that is looked at, or -1
	words map[model.MessageID][]model.Range
	from  *place // where one was before
	stop  context.CancelFunc
}

// place is a conversation, and where it stood.
type place struct {
	id model.ContactID
	at *timeline.Position
}

// hitPage is how many hits are read at a time.
const hitPage = 50

func newFinder(v *mainView) *finder {
	return &finder{v: v, at: -1, words: map[model.MessageID][]model.Range{}}
}

// active reports whether something is searched for.
func (f *finder) active() bool {
	return f.query.Text != "" || f.query.HasLink || f.query.Starred || !f.query.From.IsZero()
}

// set searches for these words with the filters as they are. What is found of a
// query that was replaced meanwhile is not shown.
func (f *finder) set(text string) {
	q := model.Query{Text: strings.TrimSpace(text), Contact: f.who, HasLink: f.links, Starred: f.stars, From: f.since.from(time.Now()), Limit: hitPage}
	if q == f.query {
		return
	}
	if f.stop != nil {
		f.stop() // nobody waits for it any more
	}
	f.query, f.busy = q, false
	f.turn++
	if !f.active() {
		f.take(model.Hits{}, true)
		f.v.list.refresh()
		return
	}
	f.read(true)
}

// more reads the next page.
func (f *finder) more() {
	if f.next != 0 && !f.busy {
		f.read(false)
	}
}

func (f *finder) read(first bool) {
	q, turn := f.query, f.turn
	if !first {
		q.Before = f.next
	}
	f.busy = true
	var page model.Hits
	wanted, stop := context.WithCancel(context.Background())
	f.stop = stop
	f.v.Run(func(ctx context.Context) (err error) {
		defer context.AfterFunc(ctx, stop)()
		defer stop()
		page, err = f.v.m.Search(wanted, q)
		return err
	}, func(err error) {
		if turn != f.turn {
			return
		}
		f.busy = false
		if err != nil {
			f.v.fails(wordSearchFails, err)
			page, first = model.Hits{}, true
		}
		f.take(page, first)
		f.v.list.refresh()
		f.v.talk.showFound()
	})
}

// take takes over a page of hits.
func (f *finder) take(page model.Hits, first bool) {
	if first {
		f.hits, f.at = nil, -1
		clear(f.words)
	}
	f.hits, f.next = append(f.hits, page.Hits...), page.Next
	for _, h := range page.Hits {
		f.words[h.Message.ID] = h.Ranges
	}
}

// open shows a hit in its place.
func (f *finder) open(i int) {
	if i < 0 || i >= len(f.hits) {
		return
	}
	v := f.v
	if f.from == nil {
		f.from = &place{v.talk.id, v.talk.timeline.Where()}
	}
	f.at = i
	h := f.hits[i]
	v.closePage()
	v.talk.openAt(h.Message.Contact, h.Message.Row)
	v.showPane()
	v.talk.showFound()
}

// step goes to the hit that is older (1) or newer (-1).
func (f *finder) step(by int) {
	if len(f.hits) > 0 {
		f.open(max(0, min(len(f.hits)-1, f.at+by)))
	}
}

// done ends the search where one is.
func (f *finder) done() {
	f.from, f.who, f.links, f.stars, f.since = nil, "", false, false, anyTime
	f.v.list.search.SetText("")
	f.set("")
	f.v.talk.showFound()
	f.v.list.refresh()
	f.v.w.window.Canvas().Unfocus()
	f.v.talk.focus()
}

// leave ends the search and goes back to where one was.
func (f *finder) leave() {
	from := f.from
	f.done()
	if from == nil {
		return
	}
	if from.id == "" {
		f.v.back()
		return
	}
	f.v.talk.openPlace(*from)
	f.v.showPane()
	f.v.talk.focus()
}

// count says how many hits there are, as far as that is known.
func (f *finder) count() string {
	n := strconv.Itoa(len(f.hits))
	if f.next != 0 {
		n += "+"
	}
	return n
}

// sentence says what was searched for.
func (f *finder) sentence() string {
	text := f.query.Text
	switch {
	case text == "" && f.query.HasLink:
		return wordForLinks
	case text == "" && f.query.Starred:
		return wordForStars
	case text == "":
		return f.since.words()
	case f.query.Contact != "":
		return fmt.Sprintf(wordForOne, text, f.v.nameOf(f.query.Contact))
	}
	return fmt.Sprintf(wordForAll, text)
}

func (v *mainView) nameOf(id model.ContactID) string {
	for _, c := range v.conversations {
		if c.Contact.ID == id {
			return c.Contact.Name
		}
	}
	return ""
}
