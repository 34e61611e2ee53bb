package ui

import (
	"slices"

	"sotto/app/model"
	"sotto/ui/kit"
)

// labelWidth is how wide the words of a label are at most in its chip.
const labelWidth = 150

// labelled reports whether a conversation has the label that was chosen.
func (l *list) labelled(c model.Contact) bool {
	return l.label == "" || slices.Contains(c.Labels, l.label)
}

// setLabels shows a chip for each label of the conversations that are listed, so
// that none leads to an empty list. Which one was chosen is forgotten with the window:
// who opens it sees everybody.
func (l *list) setLabels(searching bool) {
	var all []string
	for _, c := range l.v.conversations {
		if c.Contact.Archived == l.archive {
			all = append(all, c.Contact.Labels...)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if !slices.Contains(all, l.label) {
		l.label = ""
	}
	all = append([]string{""}, all...)
	chips := l.labels.Chips() // the same ones, so that the keyboard stays where it is
	if len(chips) != len(all) {
		chips = slices.Clone(chips[:min(len(chips), len(all))])
		for i := len(chips); i < len(all); i++ {
			chips = append(chips, kit.NewFilter("", false, nil).AtMost(labelWidth))
		}
		l.labels.Set(chips...)
	}
	for i, label := range all {
		words := label
		if label == "" {
			words = wordAllLabels
		}
		chips[i].SetText(words)
		chips[i].SetOn(label == l.label)
		chips[i].OnTap(func() { l.chooseLabel(label) })
	}
	l.labels.Refresh()
	show(l.labels, !searching && len(all) > 1)
}

// chooseLabel shows the conversations with one label, "" all of them. A label that
// is chosen already is let go.
func (l *list) chooseLabel(label string) {
	if label == l.label {
		label = ""
	}
	l.label, l.rows.offset = label, 0
	l.refresh()
}
