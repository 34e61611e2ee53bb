//go:build !linux

package tray

// Start does nothing: no tray is ever found on other systems yet.
func (t *Icon) Start() {}
