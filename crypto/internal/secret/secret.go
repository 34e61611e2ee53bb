// Package secret keeps keys out of logs. A type that holds something secret
// embeds Redacted, and then neither fmt, log/slog nor encoding/json can show
// what is in it: they all print the same word.
package secret

import (
	"fmt"
	"io"
	"log/slog"
)

const shown = "[secret]"

// Redacted gives the type that embeds it methods that print nothing of it.
type Redacted struct{}

// String returns a word that says only that this is a secret.
func (Redacted) String() string { return shown }

// Format prints that word for every verb, %#v and %x included.
func (Redacted) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, shown) }

// LogValue is what log/slog writes.
func (Redacted) LogValue() slog.Value { return slog.StringValue(shown) }

// MarshalJSON is what encoding/json writes.
func (Redacted) MarshalJSON() ([]byte, error) { return []byte(`"` + shown + `"`), nil }
