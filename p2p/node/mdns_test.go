package node

import (
	"bytes"
	"strings"
	"testing"

	"github.com/libp2p/go-libp2p/core/peer"
	"golang.org/x/net/dns/dnsmessage"
)

func TestMulticastDNS(t *testing.T) {
	route := Route{Peer: someID(t), Addrs: []string{"/ip4/10.0.0.1/udp/1/quic-v1", "/ip4/10.0.0.1/tcp/1"}}
	query, err := encodeQuery()
	if err != nil {
		t.Fatal(err)
	}
	if asked, routes := decodeMDNS(query); !asked || len(routes) != 0 {
		t.Fatal(asked, routes)
	}
	announcement, err := encodeAnnouncement("abc", route.Encode(4))
	if err != nil {
		t.Fatal(err)
	}
	asked, routes := decodeMDNS(announcement)
	if asked || len(routes) != 1 || routes[0].Peer != route.Peer || len(routes[0].Addrs) != 2 {
		t.Fatal(asked, routes)
	}
	if len(announcement) > 400 {
		t.Errorf("an announcement takes %d bytes", len(announcement))
	}
	largest, err := encodeAnnouncement(strings.Repeat("x", 63), make([]byte, MaxRoute))
	if err != nil || len(largest) > 1400 {
		t.Fatal(len(largest), err)
	}
	// Other services, and questions in answers, are passed over.
	other := bytes.ReplaceAll(announcement, []byte("_sotto"), []byte("_motto"))
	if asked, routes := decodeMDNS(other); asked || len(routes) != 0 {
		t.Fatal(asked, routes)
	}
}

// Of what is announced only kept peers' addresses on networks of ours count.
func TestWhomToBelieve(t *testing.T) {
	n := testNode(t, newPeerLog(t), quick())
	l := &lan{n: n}
	kept, admitted := newRawID(t), newRawID(t)
	n.Keep(Route{Peer: ID(kept.String())})
	n.contact(admitted)
	for _, id := range []peer.ID{kept, admitted, newRawID(t), n.host.ID()} {
		l.found(Route{Peer: ID(id.String()), Addrs: []string{"/ip4/203.0.113.5/tcp/1", "/ip4/127.9.9.9/tcp/1", "/ip4/10.99.99.99/tcp/1"}})
	}
	if got := addrStrings(n.existing(kept).known()); len(got) != 1 || got[0] != "/ip4/127.9.9.9/tcp/1" {
		t.Errorf("of the kept peer: %q", got)
	}
	if got := n.existing(admitted).known(); len(got) != 0 {
		t.Errorf("of another: %q", got)
	}
	if len(n.all()) != 2 {
		t.Errorf("%d peers are remembered", len(n.all()))
	}
}

func FuzzMulticastDNS(f *testing.F) {
	query, _ := encodeQuery()
	f.Add(query)
	announcement, _ := encodeAnnouncement("abc", Route{Peer: someID(f), Addrs: []string{"/ip4/10.0.0.1/tcp/1"}}.Encode(4))
	f.Add(announcement)
	name := dnsmessage.MustNewName("x.local.")
	mixed := dnsmessage.Message{
		Header:    dnsmessage.Header{Response: true},
		Questions: []dnsmessage.Question{{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}},
		Answers: []dnsmessage.Resource{
			{Header: dnsmessage.ResourceHeader{Name: name, Class: dnsmessage.ClassINET}, Body: &dnsmessage.AResource{}},
			{Header: dnsmessage.ResourceHeader{Name: name, Class: dnsmessage.ClassINET}, Body: &dnsmessage.TXTResource{TXT: []string{"r=AAAA"}}},
		},
	}
	packet, err := mixed.Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packet)
	f.Fuzz(func(t *testing.T, packet []byte) {
		_, routes := decodeMDNS(packet)
		for _, r := range routes {
			if _, _, err := r.parse(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
