package ratchet

import (
	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// Labels of docs/protocol.md §7.
const (
	labelRoot    = "root"
	labelStep    = "step"
	labelStep3   = "step3" // of chain B1
	labelTag     = "tag"
	labelMessage = "m"
	labelChain   = "c"
	labelCell    = "cell"
)

// key is a root key, chain key, header key, message key or resumption secret.
type key = secret.Key

// stepKeys is what a step gives.
type stepKeys struct {
	secret.Redacted
	root       key
	chain      key
	header     key // of the same side's next chain
	resumption key // RS
}

// step derives the keys of a chain (docs/protocol.md §7.2): KDF_RK_HE of the
// Double Ratchet. The public parts of the step, of fixed sizes, go into the
// label.
func step(root key, secrets []byte, label string, public ...[]byte) (k stepKeys) {
	h := suite.Hash(public...)
	r := wire.NewReader(suite.KDF(root[:], secrets, label+string(h[:]), 4*suite.KeySize))
	for _, part := range []*key{&k.root, &k.chain, &k.header, &k.resumption} {
		r.Copy(part[:])
	}
	return k
}

// advance derives the key of one message and the chain key after it: KDF_CK of
// the Double Ratchet.
func advance(chain key) (message, next key) {
	m, c := suite.KDFPair(chain[:], labelMessage, labelChain)
	return key(m), key(c)
}

// cellKeys derives the key of a cell's body and the commitment to it. The
// nonce is part of it, so that a message key that is used twice by a restored
// copy of the database is still not a keystream that is used twice.
func cellKeys(message key, nonce []byte) (body, commitment []byte) {
	b := suite.KDF(message[:], nonce, labelCell, 2*suite.KeySize)
	return b[:suite.KeySize], b[suite.KeySize:]
}

// header is a header key with the tag of its chain.
type header struct {
	secret.Redacted
	key key
	tag [TagSize]byte
}

// newHeader derives the tag of a chain from its header key.
func newHeader(k key) header {
	return header{key: k, tag: [TagSize]byte(suite.KDF(nil, k[:], labelTag, TagSize))}
}

// sending is the chain on which we send. Values are not changed but replaced.
type sending struct {
	header
	chain  key
	n      uint32  // cells sent on it
	pn     uint32  // cells sent on our chain before
	public *Public // our ratchet keys
	ct     []byte  // encapsulated for the peer's ratchet key
	ct3    []byte  // encapsulated for the initiator's device; in chain B1 only
}

// receiving is a chain of the peer's, the newest or, in Session.old, one of
// which keys are still missing. Values are not changed but replaced.
type receiving struct {
	header
	number  uint32 // among the peer's chains, counted from 1
	chain   key    // zero when the chain is over
	n       uint32 // number of the next cell; the length of a chain that is over
	skipped []*skippedKey
}
