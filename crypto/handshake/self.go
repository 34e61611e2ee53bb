package handshake

import (
	"errors"

	"sotto/crypto/account"
)

// A Self is the side on which a function runs.
type Self struct {
	Identity *account.Identity
	Device   *account.Device
}

// check finds out whether identity and device belong together.
func (s *Self) check() error {
	if s.Identity == nil || s.Device == nil || *s.Device.Public() != s.Identity.Device {
		return errors.New("handshake: device keys are not those of the identity")
	}
	return nil
}

// hedge returns the private keys of the device, which are mixed into what is
// made at random: who can predict the random numbers of a machine, but has not
// got its keys, learns nothing of what it makes (suite.Hedged).
func (s *Self) hedge() []byte {
	deviceDH, deviceKEM := s.Device.Agreement()
	return append(deviceDH.Bytes(), deviceKEM.Bytes()...)
}
