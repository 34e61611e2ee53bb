//go:build !linux

package scan

import (
	"context"

	"sotto/app/model"
)

// Camera, Screen and Clipboard are not built for this system yet.
type (
	Camera    struct{}
	Screen    struct{}
	Clipboard struct{}
)

// Open is Source's.
func (Camera) Open(context.Context) (Stream, error) { return nil, model.E(model.NoCamera, "", nil) }

// Open is Source's.
func (Screen) Open(context.Context) (Stream, error) { return nil, model.E(model.NoScreen, "", nil) }

// Open is Source's.
func (Clipboard) Open(context.Context) (Stream, error) { return nil, model.E(model.NoPicture, "", nil) }
