package app

import (
	"io"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p"
	libnet "github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"sotto/app/model"
	"sotto/p2p/mailbox"
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

// BenchmarkMailboxDrain measures how 10,000 messages that wait in a mailbox are
// collected: fetched, opened and stored durably, a message. Their order does not
// matter here, so they are written by many at once.
func BenchmarkMailboxDrain(b *testing.B) {
	const n = 10_000
	limits := mailbox.DefaultLimits()
	limits.PutRate, limits.PutBurst = 10_000, 10_000
	alice, bob := newPerson(b, "Alice").online(), newPerson(b, "Bob").online()
	ofBob, ofAlice := introduce(b, alice, bob)
	box := newBoxWith(b, limits)
	bob.useBoxes(box)
	alice.knows(ofBob, 1)
	for i := range b.N {
		b.StopTimer()
		bob.goOffline()
		began := time.Now()
		var writers sync.WaitGroup
		for range 100 {
			writers.Go(func() {
				for range n / 100 {
					if _, err := alice.Send(b.Context(), ofBob, "Are you still on the train?"); err != nil {
						b.Error(err)
					}
				}
			})
		}
		writers.Wait()
		written := time.Now()
		await(b, "stored", func() bool { return box.server.Stats().Cells >= n })
		b.Logf("written in %v, deposited %v later", written.Sub(began), time.Since(written))
		alice.goOffline()
		b.StartTimer()
		bob.online()
		for must(bob.Conversation(b.Context(), ofAlice))(b).Unread < n*(i+1) {
			time.Sleep(2 * time.Millisecond)
		}
		b.StopTimer()
		await(b, "delivered", func() bool { return bob.receiptsOwed(ofAlice) == 0 })
		alice.online()
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/message")
}
