// Package stage is what a screen and the window that shows it agree on: what a
// page is, what a screen may ask of its window, and the one way by which work is
// done in the background and its result brought back.
package stage

import (
	"context"

	"fyne.io/fyne/v2"

	"sotto/app/model"
)

// Page is a screen inside the main window. It fills the pane beside the list of
// conversations, or the window's only pane where the window is narrow.
type Page struct {
	// Key names the page: opening one whose key is on show already only brings
	// its narrow pane to the front.
	Key string
	// Title and Text stand in the page's header, 60 high, with a button that
	// closes the page. Without a Title there is no header: the page draws
	// everything and calls Host.Close itself.
	Title, Text string
	Content     fyne.CanvasObject
	// Full pages cover the list as well, as the settings do.
	Full bool
	// Focus is called once the page is on show; may be nil.
	Focus func()
	// OnEvents is told what changed while the page is open, on the UI goroutine,
	// at most once a frame; may be nil. An event of kind EventResync stands for
	// any number of lost ones.
	OnEvents func([]model.Event)
	// OnClose is called when the page goes, however that happens; may be nil.
	OnClose func()
}

// Host is what a screen may ask of its window. All methods are to be called on
// the UI goroutine.
type Host interface {
	// Run calls work on a goroutine of its own and then, on the UI goroutine,
	// done with its error. The context ends when the window does or the profile
	// is locked; done is not called after that. No messenger call may be made
	// any other way: the UI goroutine does not wait for it (but see RunSoon).
	Run(work func(ctx context.Context) error, done func(err error))
	// Open shows a page in place of the one before.
	Open(p Page)
	// Close closes the page on show and goes back to the conversation.
	Close()
	// Converse closes the page and opens the conversation with id.
	Converse(id model.ContactID)
	// Lock closes the profile and shows the lock screen.
	Lock()
	// Window returns the window, for its canvas and for file dialogs.
	Window() fyne.Window
}

// Screens are the screens that the main window opens and does not know. Main
// puts them together.
type Screens struct {
	AddContact func(h Host) Page
	Nearby     func(h Host) Page // AddContact, looking for people on this network
	Requests   func(h Host) Page
	Settings   func(h Host, at string) Page          // at a page, or "" for the first
	Contact    func(h Host, id model.ContactID) Page // who this is; verify, rename, block
	Phrase     func(h Host) Page                     // write the 24 words down
	// Alarm takes the composer's place while c.Alarm is set: it says what
	// happened and offers what can be done, and cannot be closed.
	Alarm func(h Host, c model.Contact) fyne.CanvasObject
	// Report is what is kept of how the program ended last time, if it ended by a
	// fault; may be nil.
	Report Report
}

// Report is what is kept of a crash. Its methods read and write the disk.
type Report interface {
	// Read returns its text, "" if there is none.
	Read() (string, error)
	Delete() error
}
