package app

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"sotto/app/model"
	"sotto/crypto/handshake"
	"sotto/p2p/node"
)

// announcement is what somebody shows of themselves on the local network: the name
// they chose and the link of an invitation. On the wire the name's length is a
// byte before it.
type announcement struct{ name, link string }

func (a announcement) bytes() []byte {
	b := append([]byte{byte(len(a.name))}, a.name...)
	return append(b, a.link...)
}

var errAnnouncement = errors.New("app: malformed announcement")

// parseAnnouncement reads what a stranger at peer shows. The invitation must be one
// by link, of that peer, and name no addresses: the packet says where they are. The
// name is cleaned, and what has none is refused.
func parseAnnouncement(b []byte, peer node.ID, now time.Time) (announcement, error) {
	if len(b) == 0 || len(b)-1 < int(b[0]) || int(b[0]) > model.MaxName {
		return announcement{}, errAnnouncement
	}
	name, link := b[1:1+int(b[0])], b[1+int(b[0]):]
	a := announcement{cleanName(string(name)), string(link)}
	inv, err := parseInvite(a.link, now)
	if err != nil {
		return announcement{}, err
	}
	route, err := node.DecodeRoute(inv.Route)
	if err != nil || a.name == "" || inv.Mode != handshake.Link || route.Peer != peer || len(route.Addrs) > 0 || inv.Text() != a.link {
		return announcement{}, errAnnouncement
	}
	return a, nil
}

// id names the announcement.
func (a announcement) id() model.NearbyID {
	sum := sha256.Sum256(a.bytes())
	return model.NearbyID(hex.EncodeToString(sum[:16]))
}

// nearbyCode returns the four digits that two people see of each other, the same on
// both sides. They only tell people apart who call themselves the same: ten thousand
// tries give anybody any code.
func nearbyCode(a, b announcement) string {
	one, two := a.bytes(), b.bytes()
	if string(one) > string(two) {
		one, two = two, one
	}
	h := sha256.New()
	for _, part := range [][]byte{[]byte("sotto/1 nearby code"), one, two} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		h.Write(part)
	}
	return fmt.Sprintf("%04d", binary.BigEndian.Uint64(h.Sum(nil))%10_000)
}
