package main

import (
	"context"
	"testing"

	"sotto/app/control"
	"sotto/app/model"
)

// people is a messenger that knows who its contacts are, and nothing else.
type people struct {
	control.Messenger
	all []model.Contact
}

func (p people) Contacts(context.Context) ([]model.Contact, error) { return p.all, nil }

func TestFindContact(t *testing.T) {
	m := people{all: []model.Contact{
		{ID: "aabb01", Name: "Alice"},
		{ID: "aacc02", Name: "Bob"},
		{ID: "ddee03", Name: "Bob"},
		{ID: "ffff04", Name: "aabb"},   // calls themselves like the beginning of Alice's id
		{ID: "ffff05", Name: "aabb01"}, // like all of it
	}}
	p := &program{ctx: t.Context()}
	for text, want := range map[string]struct {
		id   model.ContactID
		kind model.Kind
	}{
		"Alice":  {id: "aabb01"},
		"aacc":   {id: "aacc02"},
		"AACC":   {id: "aacc02"},
		"d":      {id: "ddee03"},
		"aabb01": {id: "aabb01"},
		"Bob":    {kind: model.Ambiguous},
		"aa":     {kind: model.Ambiguous},
		"aabb":   {kind: model.Ambiguous},
		"alice":  {kind: model.NotFound},
		"Ali":    {kind: model.NotFound},
		"":       {kind: model.NotFound},
	} {
		c, err := findContact(p, m, text)
		if c.ID != want.id || model.KindOf(err) != want.kind {
			t.Errorf("%q: %s, %v", text, c.ID, err)
		}
	}
}
