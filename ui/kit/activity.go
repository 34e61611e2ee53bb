package kit

import "time"

// lastInput is when mouse or keyboard last reached a part of the kit. It is the
// UI goroutine's.
var lastInput = time.Now()

// Touched notes that the person is there. The kit's own parts call it; a part
// that takes input by itself does too.
func Touched() { lastInput = time.Now() }

// LastInput returns when the person last did anything in the window. It is
// called on the UI goroutine.
func LastInput() time.Time { return lastInput }
