package account

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/mlkem"
	"encoding/hex"
	"fmt"
	"io"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

const labelDevice = "sotto/1 device keys"

// DevicePublicSize is the size of a device's public keys: Ed25519 (32 bytes),
// X25519 (32), ML-KEM-1024 (1,568).
const DevicePublicSize = ed25519.PublicKeySize + suite.DHSize + mlkem.EncapsulationKeySize1024

// deviceVersion is the version of the bytes that MarshalBinary gives.
const deviceVersion = 1

const deviceSize = 1 + ed25519.SeedSize + suite.DHSize + mlkem.SeedSize

// A DeviceID names a device: the first half of the hash of its public keys.
type DeviceID [16]byte

// String returns the DeviceID in hexadecimal.
func (id DeviceID) String() string { return hex.EncodeToString(id[:]) }

// A DevicePublic holds the public keys of a device (docs/protocol.md §3.3).
type DevicePublic [DevicePublicSize]byte

// Hash returns the hash that a device list has of the device.
func (d *DevicePublic) Hash() [32]byte { return suite.LabelledHash(labelDevice, d[:]) }

// ID returns the first 16 bytes of Hash.
func (d *DevicePublic) ID() DeviceID {
	h := d.Hash()
	return DeviceID(h[:])
}

// Ed25519 returns the key that verifies what the device signs, 32 bytes.
func (d *DevicePublic) Ed25519() []byte { return d[:ed25519.PublicKeySize] }

// X25519 returns the device's Diffie-Hellman key, 32 bytes.
func (d *DevicePublic) X25519() []byte {
	return d[ed25519.PublicKeySize:][:suite.DHSize]
}

// MLKEM returns the device's ML-KEM-1024 encapsulation key, 1,568 bytes.
func (d *DevicePublic) MLKEM() []byte {
	return d[ed25519.PublicKeySize+suite.DHSize:]
}

// A Device holds the private keys of one device, each for one use.
type Device struct {
	secret.Redacted
	sign   ed25519.PrivateKey
	dh     *ecdh.PrivateKey
	kem    *mlkem.DecapsulationKey1024
	public DevicePublic
}

// NewDevice makes device keys from 128 bytes of rand.
func NewDevice(rand io.Reader) (*Device, error) {
	seeds, err := suite.Random(rand, deviceSize-1)
	if err != nil {
		return nil, fmt.Errorf("account: %w", err)
	}
	return ParseDevice(append([]byte{deviceVersion}, seeds...))
}

// MarshalBinary returns the private keys, 129 bytes, for a sealed store.
func (d *Device) MarshalBinary() ([]byte, error) {
	b := append([]byte{deviceVersion}, d.sign.Seed()...)
	b = append(b, d.dh.Bytes()...)
	return append(b, d.kem.Bytes()...), nil
}

// ParseDevice reads what MarshalBinary made.
func ParseDevice(b []byte) (*Device, error) {
	r := wire.NewReader(b)
	version := r.Byte()
	sign, dh, kem := r.Take(ed25519.SeedSize), r.Take(suite.DHSize), r.Take(mlkem.SeedSize)
	if err := r.End(); err != nil || version != deviceVersion {
		return nil, fmt.Errorf("account: device keys: %w", wire.ErrMalformed)
	}
	d := &Device{sign: ed25519.NewKeyFromSeed(sign)}
	var err error
	if d.dh, err = ecdh.X25519().NewPrivateKey(dh); err != nil {
		return nil, fmt.Errorf("account: X25519 key: %w", err)
	}
	if d.kem, err = mlkem.NewDecapsulationKey1024(kem); err != nil {
		return nil, fmt.Errorf("account: ML-KEM-1024 key: %w", err)
	}
	n := copy(d.public[:], d.sign.Public().(ed25519.PublicKey))
	n += copy(d.public[n:], d.dh.PublicKey().Bytes())
	copy(d.public[n:], d.kem.EncapsulationKey().Bytes())
	return d, nil
}

// Public returns a copy of the public keys.
func (d *Device) Public() *DevicePublic {
	p := d.public
	return &p
}

// Agreement returns the two private keys with which the device takes part in a
// handshake (docs/protocol.md §5).
func (d *Device) Agreement() (*ecdh.PrivateKey, *mlkem.DecapsulationKey1024) { return d.dh, d.kem }
