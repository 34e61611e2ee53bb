package node

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"golang.org/x/time/rate"
	"google.golang.org/protobuf/encoding/protowire"

	"sotto/p2p/wire"
)

// The invite protocol is one question and one answer on a stream. Both are a
// length as varint and a protobuf message of that many bytes:
//
//	message Question { bytes token = 1; bytes cell = 2; }   // without a cell: the bundle, please
//	message Answer { uint64 status = 1; bytes body = 2; }
//
// A token has 16 bytes, a cell and a body at most 65,536.
const inviteProtocol protocol.ID = "/sotto/invite/1"

// Anybody can make a new peer id for every question, so what all strangers
// together get is limited, and each peer gets a small part of it. What is above
// the limits is refused before anything is read.
const (
	inviteStreams     = 32 // at a time
	inviteStreamsPeer = 4
	inviteRate        = 20 // a second
	inviteBurst       = 60
	inviteRatePeer    = 2
	inviteBurstPeer   = 12
	invitePeers       = 1024 // of which the rate is remembered
)

type inviteServer struct {
	n    *Node
	mu   sync.Mutex
	all  *rate.Limiter
	open int
	of   map[peer.ID]*inviteUse
}

type inviteUse struct {
	rate *rate.Limiter
	open int
}

func newInviteServer(n *Node) *inviteServer {
	return &inviteServer{n: n, all: rate.NewLimiter(inviteRate, inviteBurst), of: make(map[peer.ID]*inviteUse)}
}

// enter counts a stream of the peer if it is within the limits.
func (v *inviteServer) enter(id peer.ID) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	u := v.of[id]
	if u == nil {
		if len(v.of) >= invitePeers {
			v.tidy()
		}
		if len(v.of) >= invitePeers {
			return false
		}
		u = &inviteUse{rate: rate.NewLimiter(inviteRatePeer, inviteBurstPeer)}
		v.of[id] = u
	}
	if v.open >= inviteStreams || u.open >= inviteStreamsPeer || !u.rate.Allow() || !v.all.Allow() {
		return false
	}
	v.open++
	u.open++
	return true
}

func (v *inviteServer) leave(id peer.ID) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.open--
	v.of[id].open--
}

// tidy forgets peers that have their full rate again.
func (v *inviteServer) tidy() {
	for id, u := range v.of {
		if u.open == 0 && u.rate.Tokens() >= inviteBurstPeer {
			delete(v.of, id)
		}
	}
}

// serve answers one question.
func (v *inviteServer) serve(stream network.Stream) {
	id := stream.Conn().RemotePeer()
	if !v.enter(id) {
		stream.Reset()
		return
	}
	defer v.leave(id)
	stream.SetDeadline(time.Now().Add(v.n.times.request))
	body, err := wire.Read(bufio.NewReaderSize(stream, 4096), maxFrame)
	if err != nil {
		stream.Reset()
		return
	}
	status, answer := v.answer(body)
	if len(answer) > MaxCell {
		status, answer = Gone, nil
	}
	if _, err := stream.Write(encodeAnswer(status, answer)); err != nil {
		stream.Reset()
		return
	}
	stream.Close()
}

func (v *inviteServer) answer(body []byte) (Status, []byte) {
	t, cell, err := decodeQuestion(body)
	if err != nil {
		return Refused, nil
	}
	if cell == nil {
		bundle, status := v.n.handler.Bundle(t)
		return status, bundle
	}
	answer, status := v.n.handler.Request(t, cell)
	return status, answer
}

// FetchBundle asks the peer for an invitation's bundle. The context and ten
// seconds bound it, whichever is shorter. An error means that there was no
// answer; then the status is 0.
func (n *Node) FetchBundle(ctx context.Context, r Route, t Token) ([]byte, Status, error) {
	return n.askInvite(ctx, r, encodeQuestion(t, nil))
}

// SendRequest sends the first cell for an invitation, 1 to [MaxCell] bytes,
// and returns what the inviter answered. It may be sent again until the answer
// is there.
func (n *Node) SendRequest(ctx context.Context, r Route, t Token, cell []byte) (answer []byte, s Status, err error) {
	if len(cell) == 0 || len(cell) > MaxCell {
		return nil, 0, ErrTooLarge
	}
	return n.askInvite(ctx, r, encodeQuestion(t, cell))
}

func (n *Node) askInvite(ctx context.Context, r Route, question []byte) ([]byte, Status, error) {
	id, addrs, err := r.parse()
	if err != nil {
		return nil, 0, err
	}
	if n.ctx.Err() != nil {
		return nil, 0, ErrClosed
	}
	ctx, cancel := context.WithTimeout(ctx, n.times.request)
	defer cancel()
	defer context.AfterFunc(n.ctx, cancel)()
	if c := n.existing(id); c != nil {
		addrs = usable(append(addrs, c.known()...))
	}
	conn, err := n.host.dial(ctx, id, addrs)
	if err != nil {
		return nil, 0, fmt.Errorf("node: %w", err)
	}
	body, err := n.exchange(ctx, id, question)
	if err != nil {
		if ctx.Err() != nil && n.existing(id) == nil {
			conn.Close()
		}
		return nil, 0, fmt.Errorf("node: %w", err)
	}
	return decodeAnswer(body)
}

// exchange sends a question and reads the answer.
func (n *Node) exchange(ctx context.Context, id peer.ID, question []byte) ([]byte, error) {
	stream, err := n.host.NewStream(network.WithNoDial(ctx, "dialled"), id, inviteProtocol)
	if err != nil {
		return nil, err
	}
	defer stream.Reset()
	defer context.AfterFunc(ctx, func() { stream.Reset() })()
	deadline, _ := ctx.Deadline()
	stream.SetDeadline(deadline)
	if _, err := stream.Write(question); err != nil {
		return nil, err
	}
	// It may fail, if the answer is under way already: the other side has then
	// read all it wants and closed its end.
	_ = stream.CloseWrite()
	body, err := wire.Read(bufio.NewReaderSize(stream, 4096), maxFrame)
	if errors.Is(err, network.ErrReset) && ctx.Err() == nil {
		return nil, ErrBusy // it was refused, or the peer went away
	}
	return body, err
}

func encodeQuestion(t Token, cell []byte) []byte {
	body := protowire.AppendTag(nil, 1, protowire.BytesType)
	body = protowire.AppendBytes(body, t[:])
	if cell != nil {
		body = protowire.AppendTag(body, 2, protowire.BytesType)
		body = protowire.AppendBytes(body, cell)
	}
	return protowire.AppendBytes(nil, body)
}

var errInvite = errors.New("node: malformed message about an invitation")

func decodeQuestion(body []byte) (t Token, cell []byte, err error) {
	var tokens, cells int
	err = wire.Fields(body, func(num protowire.Number, _ uint64, b []byte, isBytes bool) error {
		switch num {
		case 1:
			if tokens++; len(b) != len(t) {
				return errInvite
			}
			copy(t[:], b)
		case 2:
			if cells++; len(b) == 0 || len(b) > MaxCell {
				return errInvite
			}
			cell = b
		}
		return nil
	})
	if err == nil && (tokens != 1 || cells > 1) {
		err = errInvite
	}
	return t, cell, err
}

func encodeAnswer(s Status, answer []byte) []byte {
	body := protowire.AppendTag(nil, 1, protowire.VarintType)
	body = protowire.AppendVarint(body, uint64(s))
	if len(answer) > 0 {
		body = protowire.AppendTag(body, 2, protowire.BytesType)
		body = protowire.AppendBytes(body, answer)
	}
	return protowire.AppendBytes(nil, body)
}

func decodeAnswer(body []byte) (answer []byte, s Status, err error) {
	err = wire.Fields(body, func(num protowire.Number, n uint64, b []byte, isBytes bool) error {
		switch {
		case num == 1 && !isBytes && s == 0 && n >= uint64(OK) && n <= uint64(Refused):
			s = Status(n)
		case num == 2 && isBytes && answer == nil && len(b) <= MaxCell:
			answer = b
		case num <= 2:
			return errInvite
		}
		return nil
	})
	if err == nil && s == 0 {
		err = errInvite
	}
	if err != nil {
		return nil, 0, err
	}
	return answer, s, nil
}
