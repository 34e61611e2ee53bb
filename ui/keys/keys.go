// Package keys is the one list of the window's shortcuts: what binds them, and the
// page that shows them, both read it.
package keys

import (
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"sotto/ui/text"
)

// Key is a key with what is held down beside it.
type Key struct {
	Name fyne.KeyName
	Mod  fyne.KeyModifier
	Does string // what it does, for the page of shortcuts
}

const (
	ctrl  = fyne.KeyModifierShortcutDefault
	shift = fyne.KeyModifierShift
	alt   = fyne.KeyModifierAlt
)

// The keys that work everywhere in the window.
var (
	Add        = Key{fyne.KeyN, ctrl, text.L("Add a contact")}
	Switch     = Key{fyne.KeyK, ctrl, text.L("Switch to a conversation")}
	Above      = Key{fyne.KeyUp, alt, text.L("Conversation above")}
	Below      = Key{fyne.KeyDown, alt, text.L("Conversation below")}
	Search     = Key{fyne.KeyF, ctrl, text.L("Search everything")}
	SearchHere = Key{fyne.KeyF, ctrl | shift, text.L("Search in this conversation")}
	FoundOlder = Key{fyne.KeyF3, 0, text.L("Older message found")}
	FoundNewer = Key{fyne.KeyF3, shift, text.L("Newer message found")}
	Details    = Key{fyne.KeyI, ctrl, text.L("Message details")}
	Settings   = Key{fyne.KeyComma, ctrl, text.L("Settings")}
	Shortcuts  = Key{fyne.KeySlash, ctrl, text.L("Shortcuts")}
	Lock       = Key{fyne.KeyL, ctrl, text.L("Lock")}
	Quit       = Key{fyne.KeyQ, ctrl, text.L("Quit")}
)

// Group is a heading of the page of shortcuts and what stands under it.
type Group struct {
	Title string
	Keys  []Key
}

// doesAll is what opens a menu does.
var doesAll = text.L("All that can be done with it")

// Groups are all shortcuts, in the order in which they are shown. Those of a
// message and of the list work while the keyboard is on one of them, those of
// writing in the field. Keys that do the same follow each other.
var Groups = []Group{
	{text.L("Everywhere"), []Key{Add, Switch, Above, Below, Search, SearchHere, Settings, Shortcuts, Lock, Quit,
		{fyne.KeyEscape, 0, text.L("One step back")}, {fyne.KeyTab, 0, text.L("To the next part of the window")}}},
	{text.L("Writing"), []Key{
		{fyne.KeyReturn, 0, text.L("Send")}, {fyne.KeyReturn, shift, text.L("New line")},
		{fyne.KeyUp, 0, text.L("Edit your last message")}, {fyne.KeyTab, shift, text.L("To the messages")},
		{fyne.KeyPageUp, 0, text.L("Scroll up")}, {fyne.KeyPageDown, 0, text.L("Scroll down")}}},
	{text.L("Searching"), []Key{
		FoundOlder, FoundNewer, {fyne.KeyReturn, 0, text.L("To the message found")}}},
	{text.L("In the list"), []Key{
		{fyne.KeyReturn, 0, text.L("Open the conversation")}, {desktop.KeyMenu, 0, doesAll}, {fyne.KeyF10, shift, doesAll}}},
	{text.L("On a message"), []Key{
		{fyne.KeyUp, 0, text.L("Message above")}, {fyne.KeyDown, 0, text.L("Message below")},
		{fyne.KeyR, 0, text.L("Reply")}, {fyne.KeyE, 0, text.L("React")},
		{fyne.KeyC, ctrl, text.L("Copy")}, {fyne.KeyI, 0, text.L("Message details")},
		{desktop.KeyMenu, 0, doesAll}, {fyne.KeyF10, shift, doesAll}, {fyne.KeyDelete, 0, text.L("Delete")}}},
}

// names are keys whose name the toolkit does not write as keyboards do.
var names = map[fyne.KeyName]string{
	fyne.KeyReturn: text.In("key", "Enter"), fyne.KeyEscape: text.In("key", "Esc"), fyne.KeyTab: text.In("key", "Tab"),
	fyne.KeyUp: text.In("key", "Up"), fyne.KeyDown: text.In("key", "Down"),
	fyne.KeyPageUp: text.In("key", "Page up"), fyne.KeyPageDown: text.In("key", "Page down"),
	desktop.KeyMenu: text.In("key", "Menu"), fyne.KeyDelete: text.In("key", "Delete"),
}

var wordCtrl, wordAlt, wordShift = text.In("key", "Ctrl"), text.In("key", "Alt"), text.In("key", "Shift")

// String returns the key as keyboards name it: "Ctrl Shift F".
func (k Key) String() string {
	var out []string
	switch {
	case k.Mod&ctrl == 0:
	case runtime.GOOS == "darwin":
		out = append(out, "⌘")
	default:
		out = append(out, wordCtrl)
	}
	if k.Mod&alt != 0 {
		out = append(out, wordAlt)
	}
	if k.Mod&shift != 0 {
		out = append(out, wordShift)
	}
	return strings.Join(append(out, Name(k.Name)), " ")
}

// Name returns a key as keyboards name it.
func Name(key fyne.KeyName) string {
	if name, ok := names[key]; ok {
		return name
	}
	return string(key)
}

// Shortcut returns the key as the toolkit reports it.
func (k Key) Shortcut() desktop.CustomShortcut {
	return desktop.CustomShortcut{KeyName: k.Name, Modifier: k.Mod}
}
