package dht

import (
	"bufio"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"testing"
	"time"

	pb "github.com/libp2p/go-libp2p-kad-dht/pb"
	recpb "github.com/libp2p/go-libp2p-record/pb"
	"github.com/libp2p/go-libp2p/core/peer"
	"google.golang.org/protobuf/proto"

	"sotto/p2p/node"
)

// nobody is a handler of a node that has no contacts.
type nobody struct{}

func (nobody) Admit(node.ID) bool                                   { return false }
func (nobody) Cell(node.ID, []byte)                                 {}
func (nobody) Connected(node.ID, node.Via, string)                  {}
func (nobody) Disconnected(node.ID)                                 {}
func (nobody) Bundle(node.Token) ([]byte, node.Status)              { return nil, node.Gone }
func (nobody) Request(node.Token, []byte) (b []byte, s node.Status) { return nil, node.Gone }
func (nobody) AddressesChanged()                                    {}

// serve runs a server that knows the others given, and returns where it is.
func serve(t *testing.T, known ...node.Route) (*DHT, node.Route) {
	t.Helper()
	d, err := New(known)
	if err != nil {
		t.Fatal(err)
	}
	seed := make([]byte, 32)
	rand.Read(seed)
	n, err := node.New(node.Config{Key: seed, Listen: []string{"/ip4/127.0.0.1/udp/0/quic-v1"}, Handler: nobody{}, Roles: []node.Role{d.Role()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return d, node.Route{Peer: n.ID(), Addrs: n.Addrs()}
}

// ask sends one message to a server, by a protocol, and returns the answer.
func ask(t *testing.T, at node.Route, protocol string, question *pb.Message) (*pb.Message, error) {
	t.Helper()
	d, err := node.NewDialer()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	s, err := d.Open(t.Context(), at, protocol)
	if err != nil {
		return nil, err
	}
	defer s.Reset()
	s.SetReadDeadline(time.Now().Add(20 * time.Second))
	b, err := proto.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(append(binary.AppendUvarint(nil, uint64(len(b))), b...)); err != nil {
		return nil, err
	}
	r := bufio.NewReader(s)
	size, err := binary.ReadUvarint(r)
	if err != nil {
		return nil, err
	}
	if size > 1<<16 {
		return nil, fmt.Errorf("%d bytes", size)
	}
	b = make([]byte, size)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	answer := new(pb.Message)
	return answer, proto.Unmarshal(b, answer)
}

const ours = "/sotto/kad/1.0.0"

// Two servers get to know each other, and tell others of one another.
func TestServers(t *testing.T) {
	first, at := serve(t)
	if first.Peers() != 0 {
		t.Errorf("it knows %d", first.Peers())
	}
	second, also := serve(t, at)
	for end := time.Now().Add(30 * time.Second); first.Peers() != 1 || second.Peers() != 1; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("they know %d and %d others", first.Peers(), second.Peers())
		}
	}
	id, err := peer.Decode(string(also.Peer))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := ask(t, at, ours, pb.NewMessage(pb.Message_FIND_NODE, []byte(id), 0))
	if err != nil {
		t.Fatal(err)
	}
	if near := pb.PBPeersToPeerInfos(answer.CloserPeers); len(near) != 1 || near[0].ID != id {
		t.Errorf("near: %v", near)
	}
}

// It belongs to no other DHT, and keeps nothing for anybody.
func TestStoresNothing(t *testing.T) {
	_, at := serve(t)
	question := pb.NewMessage(pb.Message_FIND_NODE, []byte("key"), 0)
	if _, err := ask(t, at, ours, question); err != nil {
		t.Errorf("our own DHT: %v", err)
	}
	if _, err := ask(t, at, "/ipfs/kad/1.0.0", question); err == nil {
		t.Error("it serves another DHT")
	}
	put := pb.NewMessage(pb.Message_PUT_VALUE, []byte("/pk/x"), 0)
	put.Record = &recpb.Record{Key: []byte("/pk/x"), Value: []byte("x")}
	for _, m := range []*pb.Message{put, pb.NewMessage(pb.Message_GET_VALUE, []byte("/pk/x"), 0), pb.NewMessage(pb.Message_ADD_PROVIDER, []byte("key"), 0), pb.NewMessage(pb.Message_GET_PROVIDERS, []byte("key"), 0)} {
		if answer, err := ask(t, at, ours, m); err == nil {
			t.Errorf("%v: %v", m.GetType(), answer)
		}
	}
}
