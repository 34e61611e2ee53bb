package node

import (
	"errors"
	"fmt"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
)

// MaxRoute is the size in bytes of the largest encoded route.
const MaxRoute = 128

// peerSize is the size of an Ed25519 peer id: an identity multihash of the
// public key's 36-byte protobuf encoding.
const peerSize = 38

// Route says where a peer may be found: its id, and multiaddrs without /p2p.
type Route struct {
	Peer  ID
	Addrs []string
}

// Encode returns the route in at most [MaxRoute] bytes: the 38 bytes of the
// peer id's multihash, then each address as a length byte and its binary
// multiaddr, 8 to 24 bytes. At most maxAddrs addresses are put in, the best
// ones first: ordinary before link-local before loopback addresses, QUIC
// before TCP; loopback ones only if there are no others, and one TCP address
// in any case, for networks without UDP. It returns nil if the peer id is not
// that of an Ed25519 key.
func (r Route) Encode(maxAddrs int) []byte {
	id, addrs, err := r.parse()
	if err != nil {
		return nil
	}
	b := []byte(id)
	for _, a := range best(rank(addrs), maxAddrs) {
		raw := a.Bytes()
		if len(b)+1+len(raw) > MaxRoute {
			continue
		}
		b = append(b, byte(len(raw)))
		b = append(b, raw...)
	}
	return b
}

// best picks n of the ranked addresses.
func best(ranked []ma.Multiaddr, n int) []ma.Multiaddr {
	if len(ranked) == 0 || n <= 0 {
		return nil
	}
	first, _ := parseEndpoint(ranked[0])
	var picked []ma.Multiaddr
	var tcp bool
	for _, a := range ranked {
		e, _ := parseEndpoint(a)
		if e.ip.IsLoopback() && !first.ip.IsLoopback() {
			break
		}
		switch {
		case len(picked) < n:
			picked = append(picked, a)
			tcp = tcp || !e.quic
		case !tcp && !e.quic && n > 1:
			picked[n-1] = a
			return picked
		}
	}
	return picked
}

// DecodeRoute reads what [Route.Encode] wrote. It accepts nothing else: every
// address must be one that a node dials, none may be there twice, and nothing
// may follow.
func DecodeRoute(b []byte) (Route, error) {
	if len(b) < peerSize || len(b) > MaxRoute {
		return Route{}, errors.New("node: route has a wrong size")
	}
	id, err := peer.IDFromBytes(b[:peerSize])
	if err != nil {
		return Route{}, fmt.Errorf("node: peer id: %w", err)
	}
	if err := checkPeer(id); err != nil {
		return Route{}, err
	}
	var addrs []ma.Multiaddr
	for rest := b[peerSize:]; len(rest) > 0; {
		size := int(rest[0])
		if size == 0 || size > len(rest)-1 {
			return Route{}, errors.New("node: route is cut short")
		}
		a, err := ma.NewMultiaddrBytes(rest[1 : 1+size])
		if err != nil {
			return Route{}, fmt.Errorf("node: address: %w", err)
		}
		if !dialable(a) || ma.Contains(addrs, a) || len(a.Bytes()) != size {
			return Route{}, errors.New("node: route has an unusable address")
		}
		addrs = append(addrs, a)
		rest = rest[1+size:]
	}
	return Route{Peer: ID(id.String()), Addrs: addrStrings(addrs)}, nil
}

// parse returns the peer and the usable addresses.
func (r Route) parse() (peer.ID, []ma.Multiaddr, error) {
	id, err := peer.Decode(string(r.Peer))
	if err != nil {
		return "", nil, fmt.Errorf("node: peer id: %w", err)
	}
	if err := checkPeer(id); err != nil {
		return "", nil, err
	}
	return id, parseAddrs(r.Addrs), nil
}
