package secret

import (
	"fmt"
	"log/slog"
)

// A Key is a symmetric key of 32 bytes. Printed by itself it shows nothing. A
// struct with a Key in an unexported field has to embed Redacted all the same,
// since fmt looks into such fields without asking them.
type Key [32]byte

// String returns a word that says only that this is a secret.
func (Key) String() string { return shown }

// Format prints that word for every verb.
func (Key) Format(f fmt.State, verb rune) { Redacted{}.Format(f, verb) }

// LogValue is what log/slog writes.
func (Key) LogValue() slog.Value { return Redacted{}.LogValue() }

// MarshalJSON is what encoding/json writes.
func (Key) MarshalJSON() ([]byte, error) { return Redacted{}.MarshalJSON() }
