package model

import "time"

// Query asks for messages by their words. All of its words have to be there, in
// any order; words that are typed without a space between them have to follow
// each other; the last word may be only begun. Case and accents do not count.
// Nothing that is typed is read as anything but words. Without words it asks for
// all messages that the rest lets through, and for none if the rest is at most a
// contact.
type Query struct {
	Text    string
	Contact ContactID // only with this contact
	From    time.Time // only written at this time or later
	Until   time.Time // only written before
	HasLink bool      // only with a web address
	Starred bool      // only with the person's star
	Before  int64     // only rows smaller than this; 0 is all
	Limit   int       // at most 100; 0 is 50
}

// Hits is a page of what was found, newest first.
type Hits struct {
	Hits []Hit `json:"hits"`
	// Next is what to give as Before for the next page; 0 if this is the last.
	Next int64 `json:"next,omitempty"`
}

// Hit is a message that was found.
type Hit struct {
	Message Message `json:"message"`
	Ranges  []Range `json:"ranges"` // where in its text, the first 200; empty if no words were asked for
}

// Range is a part of a text, in bytes.
type Range struct {
	From int `json:"from"`
	To   int `json:"to"`
}
