package handshake

import (
	"crypto/mlkem"
	"crypto/rand"
	"testing"

	"sotto/crypto/account"
	"sotto/crypto/internal/suite"
	"sotto/crypto/ratchet"
)

// A forger makes first messages as an honest initiator does, but follows no
// rule: what is shown need not be its own, nor the keys valid.
type forger struct {
	prologue *prologue
	peer     *account.Identity // of whom it has the public keys
	keys     *prekeys
	shown    []byte // in c1
	device   *account.Device
	dhA      []byte // DH(IK_A,OT), where it comes by another way than from device
	text     []byte // in c2

	low    []byte                                    // E, where it is of low order: both agreements with it are zero
	first  func(m *firstMessage, ssOT, ssIK *[]byte) // changes what goes before c1
	second func(*secondPart)                         // changes what goes into c2
}

// byLink is a forger that has somebody's link; it starts as an honest joiner.
func (p *person) byLink(b *Bundle) *forger {
	return &forger{prologue: invitationPrologue(b.invite, nil), peer: b.Identity, keys: &b.prekeys,
		shown: p.self.Identity.Bytes(), device: p.self.Device, text: text([]byte("hello"))}
}

// inPerson is a forger that knows both invitations.
func (p *person) inPerson(b *Bundle, own *Invite) *forger {
	f := p.byLink(b)
	f.prologue = invitationPrologue(b.invite, own)
	return f
}

// byReset is a forger that has a reset bundle; it starts as Alice.
func (c *contacts) byReset(rs []byte) *forger {
	return &forger{prologue: c.bundle.prologue(c.a.Hash(), rs), peer: c.bob.self.Identity, keys: &c.bundle.prekeys,
		shown: c.alice.self.Identity.Bytes(), device: c.alice.self.Device, text: resetText(1, []byte("hello"))}
}

// content makes the content of Msg1, and the session that goes with it.
func (f *forger) content(t testing.TB) ([]byte, *ratchet.Session) {
	t.Helper()
	secret, err := suite.Random(rand.Reader, suite.DHSize)
	check(t, err)
	e := suite.PrivateDH(secret)
	dhOT, err := dh(e, f.keys.oneTime.dh())
	check(t, err)
	dhIK, err := dh(e, f.peer.Device.X25519())
	check(t, err)
	ssOT, ctOT, err := encapsulate(f.keys.oneTime.ek())
	check(t, err)
	ssIK, ctIK, err := encapsulate(f.peer.Device.MLKEM())
	check(t, err)
	m := &firstMessage{e: e.PublicKey().Bytes(), ctOT: ctOT, ctIK: ctIK}
	if f.low != nil {
		m.e, dhOT, dhIK = f.low, make([]byte, suite.DHSize), make([]byte, suite.DHSize)
	}
	if f.first != nil {
		f.first(m, &ssOT, &ssIK)
	}
	s := newSchedule(f.prologue)
	s.mixHash(m.e, m.ctOT, m.ctIK)
	m.c1 = s.seal(s.mixKey(labelCK1, dhOT, dhIK, ssOT, ssIK), f.shown)
	deviceDH, deviceKEM := f.device.Agreement()
	dhA := f.dhA
	if dhA == nil {
		dhA, err = dh(deviceDH, f.keys.oneTime.dh())
		check(t, err)
	}
	k2 := s.mixKey(labelCK2, dhA)
	pair, err := ratchet.NewPair(rand.Reader, nil)
	check(t, err)
	ctR, ssR, err := f.keys.ratchet.Encapsulate()
	check(t, err)
	p := &secondPart{remote: *pair.Public(), ct: ctR, text: f.text}
	if f.second != nil {
		f.second(p)
	}
	m.c2 = s.seal(k2, p.bytes())
	start := s.start(ratchet.List{Version: 1}, pin(f.peer.List))
	if id, err := account.ParseIdentity(f.shown); err == nil {
		start.Own = pin(id.List)
	}
	session, err := ratchet.Initiate(start, pair, &f.keys.ratchet, ctR, ssR, deviceDH, deviceKEM)
	check(t, err)
	return m.bytes(), session
}

// msg1 makes a first message under the invitation.
func (f *forger) msg1(t testing.TB) []byte {
	t.Helper()
	content, _ := f.content(t)
	return wrap(t, f.prologue, content)
}

// wrap seals the content of a first message, as whoever has the secret can.
func wrap(t testing.TB, p *prologue, content []byte) []byte {
	t.Helper()
	var head []byte
	if p.mode == reset {
		head = (&ResetBundle{secret: p.secretR}).head()
	}
	cell, err := sealCell(rand.Reader, p.secretR, labelEnvelope, head, content)
	check(t, err)
	return cell
}

// promise is the invitation and the bundle of a dishonest inviter: whatever
// change makes of an honest one, the hash is good.
func promise(t testing.TB, o *Offer, change func(*Invite, *Bundle)) (*Invite, []byte) {
	t.Helper()
	b, inv := *o.bundle, *o.Invite()
	change(&inv, &b)
	return promiseRaw(t, &inv, b.bytes())
}

// promiseRaw is the same for any bytes in the place of a bundle.
func promiseRaw(t testing.TB, inv *Invite, raw []byte) (*Invite, []byte) {
	t.Helper()
	inv.bundleHash = suite.Hash(raw)
	cell, err := sealCell(rand.Reader, inv.secret, labelBundle, nil, raw)
	check(t, err)
	return inv, cell
}

// lowOrder are the points of Curve25519 whose order divides 8, in all their
// encodings below 2²⁵⁵ and some above: X25519 of any of them is zero.
func lowOrder(t testing.TB) map[string][]byte {
	t.Helper()
	points := map[string][]byte{}
	for name, text := range map[string]string{
		"0":                  "0000000000000000000000000000000000000000000000000000000000000000",
		"1":                  "0100000000000000000000000000000000000000000000000000000000000000",
		"order 8":            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"order 8, the other": "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
		"p-1":                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"p":                  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"p+1":                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	} {
		p := unhex(t, text)
		points[name] = p
		high := append([]byte(nil), p...)
		high[31] |= 0x80
		points[name+" with the top bit"] = high
	}
	return points
}

// invalid says what an ML-KEM key looks like that FIPS 203 does not allow: its
// first number is out of range.
func invalid(ek []byte) {
	ek[0], ek[1] = 0xff, 0xff
	if _, err := mlkem.NewEncapsulationKey1024(ek); err == nil {
		panic("the key is valid")
	}
}
