//go:build reference

package interop

import (
	"crypto/rand"
	"testing"
	"time"

	"sotto/crypto/account"
	"sotto/crypto/handshake"
	"sotto/crypto/ratchet"
)

// program plays a side with the packages of crypto.
type program struct {
	self    *handshake.Self
	peer    *account.Identity
	own     *handshake.Offer
	scanned *handshake.Bundle
	given   *handshake.ResetOffer
	session *ratchet.Session
}

// newProgram makes a person with one device.
func newProgram(t *testing.T) *program {
	t.Helper()
	phrase, err := account.NewPhrase(rand.Reader)
	need(t, err)
	key, err := phrase.AccountKey()
	need(t, err)
	device, err := account.NewDevice(rand.Reader)
	need(t, err)
	list, err := account.NewList(key, device.Public())
	need(t, err)
	return &program{self: &handshake.Self{
		Identity: &account.Identity{Account: *key.Public(), List: list, Device: *device.Public()},
		Device:   device,
	}}
}

func (p *program) offer(mode int) (string, []byte, error) {
	until := time.Unix(2_000_000_000, 0)
	var err error
	if p.own, err = handshake.NewOffer(rand.Reader, p.self, handshake.Mode(mode), until, []byte("route")); err != nil {
		return "", nil, err
	}
	cell, err := p.own.BundleCell(rand.Reader)
	return p.own.Invite().Text(), cell, err
}

func (p *program) scan(text string, cell []byte) error {
	inv, err := handshake.ParseInvite(text)
	if err != nil {
		return err
	}
	p.scanned, err = handshake.OpenBundle(inv, cell)
	return err
}

func (p *program) initiate(payload []byte) ([]byte, error) {
	msg1, session, err := handshake.Initiate(rand.Reader, p.self, p.scanned, p.own, payload)
	if err != nil {
		return nil, err
	}
	p.session, p.peer = session, p.scanned.Identity
	return msg1, nil
}

func (p *program) respond(cell []byte) ([]byte, error) {
	got, err := p.own.Respond(p.self, p.scanned, cell)
	if err != nil {
		return nil, err
	}
	p.session, p.peer = got.Session, got.Peer
	return got.Payload, nil
}

func (p *program) seal(plaintext []byte) ([]byte, error) {
	cell, session, err := p.session.Encrypt(rand.Reader, plaintext)
	if err != nil {
		return nil, err
	}
	p.session = session
	return cell, nil
}

func (p *program) open(cell []byte) ([]byte, error) {
	opened, session, err := p.session.Decrypt(time.Unix(0, 0), cell)
	if err != nil {
		return nil, err
	}
	p.session = session
	return opened.Plaintext, nil
}

func (p *program) give() (bundle []byte, err error) {
	if p.given, err = handshake.NewResetOffer(rand.Reader, p.self, p.session.Hash()); err != nil {
		return nil, err
	}
	return p.given.Bundle(), nil
}

func (p *program) reset(bundle []byte, fresh bool, payload []byte) ([]byte, error) {
	b, err := handshake.ParseResetBundle(bundle)
	if err != nil {
		return nil, err
	}
	var rs []byte
	if fresh {
		rs = p.session.Resumption()
	}
	msg1, session, err := handshake.Reset(rand.Reader, p.self, p.peer, p.session.Hash(), b, rs, payload)
	if err != nil {
		return nil, err
	}
	p.session = session
	return msg1, nil
}

func (p *program) respondToReset(cell []byte) ([]byte, bool, error) {
	own := []ratchet.List{p.session.OwnList()}
	got, err := p.given.Respond(p.self, p.peer, own, p.session.Resumptions(), cell)
	if err != nil {
		return nil, false, err
	}
	p.session = got.Session
	return got.Payload, got.Fresh, nil
}

func (p *program) state() (state, error) {
	a, b := &p.self.Identity.Account, &p.peer.Account
	hash := p.session.Hash()
	return state{account.SafetyNumber(a, b), account.SafetyCode(a, b), hash[:], p.session.Confirmed()}, nil
}
