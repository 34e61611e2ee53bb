package account

import (
	"bytes"
	"crypto/ed25519"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"slices"

	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// MaxDevices is the greatest number of devices in a list.
const MaxDevices = 8

// MaxListSize is the size in bytes of a list with all that it may have.
const MaxListSize = listHeadSize + MaxDevices*entrySize + 1 + cosignatureSize + signatureSize

const (
	listFormat      = 1
	listHeadSize    = 1 + 32 + 4 + 32 + 1
	entrySize       = 32 + 4
	cosignatureSize = 32 + ed25519.SignatureSize

	labelList        = "sotto/1 device list"
	labelCosignature = "sotto/1 device list co-signature"
	labelListHash    = "sotto/1 device list hash"
)

var (
	// ErrList says that bytes are not a device list.
	ErrList = errors.New("account: malformed device list")
	// ErrChange says that a list is not a change of another, co-signed by the
	// right device.
	ErrChange = errors.New("account: device list is not rightly co-signed")
)

// A ListEntry is one device of a list.
type ListEntry struct {
	Hash  [32]byte // of the device's public keys
	Flags uint32   // none is defined; must be 0
}

// ID returns the device's name, the first 16 bytes of Hash.
func (e ListEntry) ID() DeviceID { return DeviceID(e.Hash[:]) }

// A List says which devices speak for an account (docs/protocol.md §3.4). The
// account key signs it. The first list is made by NewList, a change by Next,
// which a device of the list before signs as well, and a recovery by Recover.
// Devices are in ascending order of their hashes.
type List struct {
	Account ID
	Version uint32   // 1 for the first
	Prev    [32]byte // of a change: Hash of the list before; else zero
	Devices []ListEntry

	cosigner    []byte // hash of the co-signing device, or nil
	cosignature []byte // Ed25519
	signature   []byte // of the account
}

// NewList signs the first list of an account, with one to eight devices.
func NewList(k *Key, devs ...*DevicePublic) (*List, error) {
	return draft(k, 1, devs).finish(k)
}

// Next signs the list that follows l, co-signed by a device of l. It returns
// ErrChange if by is none or the key is of another account.
func (l *List) Next(k *Key, by *Device, devs ...*DevicePublic) (*List, error) {
	hash := by.public.Hash()
	if !l.Has(hash) || k.public.ID() != l.Account {
		return nil, ErrChange
	}
	next := draft(k, l.Version+1, devs)
	next.Prev, next.cosigner = l.Hash(), hash[:]
	next.cosignature = ed25519.Sign(by.sign, signedMessage(labelCosignature, next.head()))
	return next.finish(k)
}

// Recover signs a list that follows from none, with the phrase alone: no device
// is left to co-sign, and perhaps no list is known. minutes are whole minutes
// of Unix time. They become the version, which so is higher than that of every
// list before.
func Recover(k *Key, minutes uint32, devs ...*DevicePublic) (*List, error) {
	if minutes <= 1 {
		return nil, ErrList // that would be a first list
	}
	return draft(k, minutes, devs).finish(k)
}

// draft returns a list with its devices in order, and nothing signed.
func draft(k *Key, version uint32, devs []*DevicePublic) *List {
	l := &List{Account: k.public.ID(), Version: version}
	for _, d := range devs {
		l.Devices = append(l.Devices, ListEntry{Hash: d.Hash()})
	}
	slices.SortFunc(l.Devices, func(a, b ListEntry) int { return bytes.Compare(a.Hash[:], b.Hash[:]) })
	return l
}

// finish signs a draft if it makes sense.
func (l *List) finish(k *Key) (*List, error) {
	if !l.wellFormed() {
		return nil, ErrList
	}
	if err := l.sign(k); err != nil {
		return nil, err
	}
	return l, nil
}

// wellFormed reports whether the fields obey the rules that no signature can
// make good: number and order of devices, flags, and that the list is a first
// one, a change or a recovery.
func (l *List) wellFormed() bool {
	if len(l.Devices) < 1 || len(l.Devices) > MaxDevices || l.Version == 0 {
		return false
	}
	for i, d := range l.Devices {
		if d.Flags != 0 || i > 0 && bytes.Compare(l.Devices[i-1].Hash[:], d.Hash[:]) >= 0 {
			return false
		}
	}
	chained := l.Prev != [32]byte{}
	return chained == (l.cosigner != nil) && (l.Version > 1 || !chained)
}

// change reports whether the list names the one before it: then it is a change
// of that, and else a first list or a recovery.
func (l *List) change() bool { return l.cosigner != nil }

// head is what a co-signature covers.
func (l *List) head() []byte {
	b := append([]byte{listFormat}, l.Account[:]...)
	b = binary.BigEndian.AppendUint32(b, l.Version)
	b = append(b, l.Prev[:]...)
	b = append(b, byte(len(l.Devices)))
	for _, d := range l.Devices {
		b = append(b, d.Hash[:]...)
		b = binary.BigEndian.AppendUint32(b, d.Flags)
	}
	return b
}

// body is what the account signature covers: the co-signature as well, so that
// nobody can take it away and make a silent change look like a recovery.
func (l *List) body() []byte {
	b := l.head()
	if l.cosigner == nil {
		return append(b, 0)
	}
	b = append(b, 1)
	b = append(b, l.cosigner...)
	return append(b, l.cosignature...)
}

func (l *List) sign(k *Key) (err error) {
	l.signature, err = k.sign(labelList, l.body())
	return err
}

// Bytes returns the list as others get it, at most MaxListSize bytes.
func (l *List) Bytes() []byte { return append(l.body(), l.signature...) }

// Hash returns the hash under which contacts remember the list.
func (l *List) Hash() [32]byte { return suite.LabelledHash(labelListHash, l.Bytes()) }

// ParseList reads what Bytes made. It checks no signature.
func ParseList(b []byte) (*List, error) {
	r := wire.NewReader(b)
	l := new(List)
	format := r.Byte()
	r.Copy(l.Account[:])
	l.Version = r.Uint32()
	r.Copy(l.Prev[:])
	for range min(r.Byte(), MaxDevices+1) {
		var e ListEntry
		r.Copy(e.Hash[:])
		e.Flags = r.Uint32()
		l.Devices = append(l.Devices, e)
	}
	if r.Bool() {
		l.cosigner = bytes.Clone(r.Take(32))
		l.cosignature = bytes.Clone(r.Take(ed25519.SignatureSize))
	}
	l.signature = bytes.Clone(r.Take(signatureSize))
	if r.End() != nil || format != listFormat || !l.wellFormed() {
		return nil, ErrList
	}
	return l, nil
}

// Verify checks that the list is of the account with this key, and signed by
// both halves of it.
func (l *List) Verify(pub *PublicKey) error {
	id := pub.ID()
	if !l.wellFormed() || subtle.ConstantTimeCompare(l.Account[:], id[:]) == 0 {
		return ErrSignature
	}
	return pub.verify(labelList, l.body(), l.signature)
}

// Has reports whether a device with this hash of its public keys is in the list.
func (l *List) Has(hash [32]byte) bool {
	return slices.ContainsFunc(l.Devices, func(e ListEntry) bool { return e.Hash == hash })
}
