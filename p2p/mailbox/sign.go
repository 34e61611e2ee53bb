package mailbox

import (
	"crypto/ed25519"
	"encoding/binary"

	"sotto/p2p/node"
)

// signLabel is what signatures of this protocol begin with.
const signLabel = "sotto/1 mailbox request"

// nonceSize is the size of the random bytes that a mailbox begins each stream with.
const nonceSize = 32

// A context is what a signature is good for, beside the request itself: one
// stream at one mailbox.
type signing struct {
	mailbox node.ID
	nonce   [nonceSize]byte
}

// message returns what is signed:
//
//	LP(label, mailbox's peer id in text form, nonce, number u64, operation u8, body)
//
// where LP puts the length as a big-endian u32 before each part
// (docs/protocol.md §1).
func (s signing) message(number uint64, op operation, body []byte) []byte {
	b := make([]byte, 0, 192+len(body))
	lp := func(part []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	lp([]byte(signLabel))
	lp([]byte(s.mailbox))
	lp(s.nonce[:])
	lp(binary.BigEndian.AppendUint64(nil, number))
	lp([]byte{byte(op)})
	lp(body)
	return b
}

// A publicKey is an Ed25519 public key that can be compared.
type publicKey [ed25519.PublicKeySize]byte

func (k publicKey) verify(message, sig []byte) bool { return ed25519.Verify(k[:], message, sig) }
