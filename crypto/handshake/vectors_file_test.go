package handshake

import (
	"bytes"
	"testing"
	"time"

	"sotto/crypto/account"
	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/internal/interop"
)

// The fields of invite.json and handshake.json are described in
// docs/reference/vectors/README.md.

type vectorInvite struct {
	Inviter    vectorSide           `json:"inviter"`
	Invitation vectorOffer          `json:"invitation"`
	BundleSize int                  `json:"bundleSize"`
	Cell       []byte               `json:"cell"`
	Altered    []interop.Alteration `json:"altered"`
	Texts      []vectorText         `json:"texts"`
	Reset      vectorResetBundle    `json:"reset"`
}

type vectorSide struct {
	Account string `json:"account"`
	List    string `json:"list"`
	Device  string `json:"device"`
}

type vectorPrekeys struct {
	OneTime interop.Pair `json:"oneTime"`
	Ratchet interop.Pair `json:"ratchet"`
}

type vectorOffer struct {
	Text       string       `json:"text"`
	Mode       Mode         `json:"mode"`
	BundleHash []byte       `json:"bundleHash"`
	Secret     []byte       `json:"secret"`
	Expiry     int64        `json:"expiry"`
	Route      []byte       `json:"route"`
	Mailbox    []byte       `json:"mailbox"`
	TextHash   []byte       `json:"textHash"`
	Token      []byte       `json:"token"`
	Bundle     vectorBundle `json:"bundle"`
}

type vectorBundle struct {
	ID       []byte `json:"id"`
	NotAfter int64  `json:"notAfter"`
	Route    []byte `json:"route"`
	vectorPrekeys
}

type vectorText struct {
	Text    string `json:"text"`
	Verdict string `json:"verdict"`
}

type vectorResetBundle struct {
	Secret []byte `json:"secret"`
	vectorPrekeys
	Token  []byte `json:"token"`
	SHA256 []byte `json:"sha256"`
	Size   int    `json:"size"`
}

type vectorReset struct {
	Session []byte `json:"session"`
	Secret  []byte `json:"secret"`
	vectorPrekeys
	Token      []byte   `json:"token"`
	Resumption []byte   `json:"resumption"`
	Accepted   [][]byte `json:"accepted"`
	Pinned     string   `json:"pinned"`
	Lists      []string `json:"lists"`
}

type vectorCase struct {
	Name                string               `json:"name"`
	Initiator           vectorSide           `json:"initiator"`
	Responder           vectorSide           `json:"responder"`
	Invitation          *vectorOffer         `json:"invitation,omitempty"`
	InitiatorInvitation *vectorOffer         `json:"initiatorInvitation,omitempty"`
	Reset               *vectorReset         `json:"reset,omitempty"`
	E                   []byte               `json:"e"`
	Pair                interop.Pair         `json:"pair"`
	CTR                 []byte               `json:"ctR"`
	Payload             []byte               `json:"payload"`
	Schedule            vectorSchedule       `json:"schedule"`
	Altered             []interop.Alteration `json:"altered"`
	Msg1                []byte               `json:"msg1"`
}

type vectorSchedule struct {
	H0  []byte `json:"h0"`
	CK0 []byte `json:"ck0"`
	H1  []byte `json:"h1"`
	CK1 []byte `json:"ck1"`
	K1  []byte `json:"k1"`
	H2  []byte `json:"h2"`
	CK2 []byte `json:"ck2"`
	K2  []byte `json:"k2"`
	H3  []byte `json:"h3"`
}

type vectorHandshakes struct {
	Cases []vectorCase `json:"cases"`
}

// vectorPeople are the people of account.json by their names.
type vectorPeople struct {
	keys    map[string]*account.Key
	devices map[string]*account.Device
	lists   map[string]*account.List
}

func loadPeople(t testing.TB, set string) *vectorPeople {
	t.Helper()
	var file interop.People
	interop.Load(t, set, "account", &file)
	p := &vectorPeople{map[string]*account.Key{}, map[string]*account.Device{}, map[string]*account.List{}}
	for _, a := range file.Accounts {
		phrase, err := account.PhraseFromEntropy(a.Entropy)
		check(t, err)
		p.keys[a.Name], err = phrase.AccountKey()
		check(t, err)
	}
	for _, d := range file.Devices {
		device, err := account.NewDevice(bytes.NewReader(bytes.Join([][]byte{d.Ed25519, d.X25519, d.MLKEM1024}, nil)))
		check(t, err)
		p.devices[d.Name] = device
	}
	for _, l := range file.Lists {
		var public []*account.DevicePublic
		for _, name := range l.Devices {
			public = append(public, p.devices[name].Public())
		}
		var err error
		switch key := p.keys[l.Account]; {
		case l.List != nil:
			p.lists[l.Name], err = account.ParseList(l.List)
		case l.Kind == "first":
			p.lists[l.Name], err = account.NewList(key, public...)
		case l.Kind == "recovery":
			p.lists[l.Name], err = account.Recover(key, l.Version, public...)
		default:
			p.lists[l.Name], err = p.lists[l.Before].Next(key, p.devices[l.Cosigner], public...)
		}
		check(t, err)
	}
	return p
}

func (p *vectorPeople) self(s vectorSide) *Self {
	d := p.devices[s.Device]
	return &Self{&account.Identity{Account: *p.keys[s.Account].Public(), List: p.lists[s.List], Device: *d.Public()}, d}
}

func (v *vectorPrekeys) private(t testing.TB) *privatePrekeys {
	t.Helper()
	keys, err := parsePrekeys(append(v.OneTime.Bytes(), v.Ratchet.Bytes()...))
	check(t, err)
	return keys
}

func publishPrekeys(p *privatePrekeys) vectorPrekeys {
	return vectorPrekeys{interop.NewPair(p.oneTime[:]), interop.NewPair(p.ratchet.Bytes())}
}

// offer makes an offer again from its parts, and stores and reads it.
func (v *vectorOffer) offer(t testing.TB, self *Self) *Offer {
	t.Helper()
	inv := &Invite{Mode: v.Mode, Expires: time.Unix(v.Expiry, 0).UTC(), Route: v.Route, Mailbox: v.Mailbox, secret: secret.Key(v.Secret)}
	keys := v.Bundle.private(t)
	b := &Bundle{
		Identity: self.Identity, Route: v.Bundle.Route,
		invite: inv, mode: v.Mode, id: [inviteIDSize]byte(v.Bundle.ID), notAfter: v.Bundle.NotAfter, prekeys: keys.public(),
	}
	b.raw = b.bytes()
	inv.bundleHash = suite.Hash(b.raw)
	stored, err := (&Offer{bundle: b, keys: keys}).MarshalBinary()
	check(t, err)
	o, err := ParseOffer(stored)
	check(t, err)
	return o
}

func publishOffer(o *Offer) *vectorOffer {
	inv, token, text := o.Invite(), o.Invite().Token(), o.Invite().textHash()
	return &vectorOffer{
		Text: inv.Text(), Mode: inv.Mode, BundleHash: inv.bundleHash[:], Secret: inv.secret[:], Expiry: inv.Expires.Unix(),
		Route: append([]byte{}, inv.Route...), Mailbox: append([]byte{}, inv.Mailbox...), TextHash: text[:], Token: token[:],
		Bundle: vectorBundle{o.bundle.id[:], o.bundle.notAfter, append([]byte{}, o.bundle.Route...), publishPrekeys(o.keys)},
	}
}
