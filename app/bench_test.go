package app

import (
	"io"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p"
	libnet "github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"sotto/app/model"
)

// BenchmarkSendToDelivered measures one message from Send until its end-to-end
// acknowledgement is stored, on loopback, between two messengers of this
// process: two ratchet steps, and a durable commit for each of the sent
// message, the received one and the acknowledgement. Read it against
// BenchmarkRawStreamRoundTrip of the same run.
func BenchmarkSendToDelivered(b *testing.B) {
	alice, bob := newPerson(b, "Alice").online(), newPerson(b, "Bob").online()
	ofBob, _ := introduce(b, alice, bob)
	events, cancel := alice.Subscribe()
	defer cancel()
	b.ResetTimer()
	for range b.N {
		m := must(alice.Send(b.Context(), ofBob, "Are you still on the train?"))(b)
		for e := range events {
			if e.Message == m.ID && must(alice.Message(b.Context(), m.ID))(b).State == model.Delivered {
				break
			}
		}
	}
}

// BenchmarkThousandWaiting measures the delivery of 1,000 messages that wait in
// the outbox when the recipient comes online, a message.
func BenchmarkThousandWaiting(b *testing.B) {
	const n = 1000
	alice, bob := newPerson(b, "Alice").online(), newPerson(b, "Bob").online()
	ofBob, _ := introduce(b, alice, bob)
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		bob.goOffline()
		for range n {
			must(alice.Send(b.Context(), ofBob, "Are you still on the train?"))(b)
		}
		b.StartTimer()
		bob.online()
		for must(alice.Status(b.Context()))(b).Queue > 0 {
			time.Sleep(2 * time.Millisecond)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/message")
}

// BenchmarkRawStreamRoundTrip is 4,096 bytes there and back over an open libp2p
// stream on loopback, without anything of ours.
func BenchmarkRawStreamRoundTrip(b *testing.B) {
	listen := libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0")
	one, err := libp2p.New(listen)
	if err != nil {
		b.Fatal(err)
	}
	defer one.Close()
	two, err := libp2p.New(listen)
	if err != nil {
		b.Fatal(err)
	}
	defer two.Close()
	two.SetStreamHandler("/echo", func(s libnet.Stream) { io.Copy(s, s) })
	if err := one.Connect(b.Context(), peer.AddrInfo{ID: two.ID(), Addrs: two.Addrs()}); err != nil {
		b.Fatal(err)
	}
	s, err := one.NewStream(b.Context(), two.ID(), "/echo")
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	cell := make([]byte, 4096)
	b.ResetTimer()
	for range b.N {
		if _, err := s.Write(cell); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(s, cell); err != nil {
			b.Fatal(err)
		}
	}
}
