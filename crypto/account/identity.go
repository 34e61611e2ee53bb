package account

import (
	"errors"
	"fmt"

	"sotto/crypto/internal/wire"
)

// MaxIdentitySize is the greatest size in bytes of an encoded Identity.
const MaxIdentitySize = PublicKeySize + wire.LPSize + MaxListSize + DevicePublicSize

var (
	// ErrIdentity says that bytes are not an identity.
	ErrIdentity = errors.New("account: malformed identity")
	// ErrNotInList says that a device is not in its account's list.
	ErrNotInList = errors.New("account: device is not in the account's list")
)

// An Identity is what others get to see of somebody: the account, its device
// list, and the device that is acting.
type Identity struct {
	Account PublicKey
	List    *List
	Device  DevicePublic
}

// Verify checks the list's signature and that the device is in the list.
//
// Safety numbers cover account keys only. So this comes before anything else
// that is done with device keys; without it somebody could show one person's
// account beside his own device, and every other check would pass.
func (i *Identity) Verify() error {
	if i.List == nil {
		return ErrIdentity
	}
	if err := i.List.Verify(&i.Account); err != nil {
		return err
	}
	if !i.List.Has(i.Device.Hash()) {
		return ErrNotInList
	}
	return nil
}

// Bytes returns the account key, the list behind its length, and the device's
// keys: at most MaxIdentitySize bytes.
func (i *Identity) Bytes() []byte {
	b := wire.LP(append([]byte(nil), i.Account[:]...), i.List.Bytes())
	return append(b, i.Device[:]...)
}

// ParseIdentity reads what Bytes made. It verifies nothing.
func ParseIdentity(b []byte) (*Identity, error) {
	r := wire.NewReader(b)
	i := new(Identity)
	r.Copy(i.Account[:])
	list := r.LP(MaxListSize)
	r.Copy(i.Device[:])
	if r.End() != nil {
		return nil, ErrIdentity
	}
	var err error
	if i.List, err = ParseList(list); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIdentity, err)
	}
	return i, nil
}
