//go:build !linux

package desktop

import "context"

// Only is the right to show one profile in a window.
type Only struct{}

// Claim always succeeds: on this system a second window finds out when it asks
// for the profile.
func Claim(context.Context, string, string) (*Only, error) { return &Only{}, nil }

// Serve does nothing: nobody calls.
func (*Only) Serve(func(link string)) {}

// Close does nothing.
func (*Only) Close() error { return nil }
