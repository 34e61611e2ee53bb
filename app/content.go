package app

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"sotto/app/model"
	"sotto/crypto/account"
	"sotto/p2p/node"
	"sotto/p2p/wire"
)

// content is the plaintext of one cell: a protobuf message, so that fields can
// be added and old programs skip what they do not know (docs/protocol.md §9).
// Everything in it is optional; a cell may be nothing but an acknowledgement.
type content struct {
	seq     uint64          // 0: not to be acknowledged (an acknowledgement itself)
	message model.MessageID // with text
	sentAt  time.Time       // by the sender's clock, milliseconds
	text    string
	acks    ackSet // what its sender has received from us
	readTo  uint64 // our messages up to this position were read
	profile *profile
	list    []byte   // the sender's device list, changed
	resets  [][]byte // reset bundles for the recipient
	seen    []byte   // a device list of the recipient's account that the sender was shown
	set     *mailboxSet
	offer   *mailboxOffer

	position  uint64 // the sender's count of its messages in this conversation, with message
	after     uint64 // the newest position of the recipient's that the sender had
	edition   uint64 // how often the text was replaced
	withdrawn bool   // the message is taken back
	kept      bool   // the message that was taken back had come
	have      ackSet // positions of the recipient's that the sender has
	hasHave   bool   // have is said, and may be empty
	gone      ackSet // positions of the sender's that will not come
	underWay  ackSet // sequence numbers of the sender's, in the session that this one replaces, that are sealed anew
	replaces  bool   // underWay is said, and may be empty
	floor     uint64 // the sender waits for no acknowledgement of lower sequence numbers
}

// profile is what somebody says of themselves: a claim, not signed.
type profile struct {
	name  string
	route node.Route
}

const (
	fieldSeq = iota + 1
	fieldMessage
	fieldSentAt
	fieldText
	fieldAcks
	fieldReadTo
	fieldProfile
	fieldList
	fieldReset
	fieldSeenList
	fieldMailboxes
	fieldOffer
	fieldPosition
	fieldAfter
	fieldEdition
	fieldWithdrawn
	fieldHave
	fieldGone
	fieldUnderWay
	fieldFloor
)

// What fieldWithdrawn says.
const (
	takenBack = 1
	hadCome   = 2
)

const (
	fieldName = iota + 1
	fieldPeer
	fieldAddress
)

func (c *content) bytes() []byte {
	var b []byte
	varint := func(field protowire.Number, v uint64) {
		if v != 0 {
			b = protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
		}
	}
	data := func(field protowire.Number, v []byte) {
		if len(v) > 0 {
			b = protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), v)
		}
	}
	varint(fieldSeq, c.seq)
	data(fieldMessage, unhex(string(c.message)))
	if !c.sentAt.IsZero() {
		varint(fieldSentAt, uint64(c.sentAt.UnixMilli()))
	}
	data(fieldText, []byte(c.text))
	data(fieldAcks, c.acks.told().bytes())
	varint(fieldReadTo, c.readTo)
	if c.profile != nil {
		data(fieldProfile, c.profile.bytes())
	}
	data(fieldList, c.list)
	for _, r := range c.resets {
		data(fieldReset, r)
	}
	data(fieldSeenList, c.seen)
	if c.set != nil {
		data(fieldMailboxes, c.set.bytes())
	}
	if c.offer != nil {
		data(fieldOffer, c.offer.bytes())
	}
	varint(fieldPosition, c.position)
	varint(fieldAfter, c.after)
	varint(fieldEdition, c.edition)
	switch {
	case c.withdrawn:
		varint(fieldWithdrawn, takenBack)
	case c.kept:
		varint(fieldWithdrawn, hadCome)
	}
	if c.hasHave {
		b = protowire.AppendBytes(protowire.AppendTag(b, fieldHave, protowire.BytesType), c.have.told().bytes())
	}
	data(fieldGone, c.gone.told().bytes())
	if c.replaces {
		b = protowire.AppendBytes(protowire.AppendTag(b, fieldUnderWay, protowire.BytesType), c.underWay.told().bytes())
	}
	varint(fieldFloor, c.floor)
	return b
}

func (p *profile) bytes() []byte {
	var b []byte
	add := func(field protowire.Number, v string) {
		b = protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), v)
	}
	add(fieldName, p.name)
	add(fieldPeer, string(p.route.Peer))
	for _, a := range p.route.Addrs {
		add(fieldAddress, a)
	}
	return b
}

var errContent = errors.New("app: malformed content")

// fields calls f for each field of a protobuf message. v is set for varints,
// data for bytes.
func fields(b []byte, f func(field protowire.Number, v uint64, data []byte) error) error {
	err := wire.Fields(b, func(field protowire.Number, v uint64, data []byte, _ bool) error { return f(field, v, data) })
	if errors.Is(err, wire.ErrMalformed) {
		return errContent
	}
	return err
}

// parseContent decodes what somebody else wrote. Texts and names come out
// clean (see cleanText and cleanName).
func parseContent(b []byte) (*content, error) {
	c := &content{}
	err := fields(b, func(field protowire.Number, v uint64, data []byte) (err error) {
		switch field {
		case fieldSeq:
			c.seq = v
		case fieldMessage:
			if len(data) != 16 {
				return errContent
			}
			c.message = model.MessageID(fmt.Sprintf("%x", data))
		case fieldSentAt:
			c.sentAt = time.UnixMilli(int64(v))
		case fieldText:
			if len(data) > model.MaxText {
				return errContent
			}
			c.text = cleanText(string(data))
		case fieldAcks:
			c.acks, err = parseAcks(data)
		case fieldReadTo:
			c.readTo = v
		case fieldProfile:
			c.profile, err = parseProfile(data)
		case fieldList:
			c.list, err = limited(data, account.MaxListSize)
		case fieldReset:
			if len(c.resets) == resetBundles {
				return errContent
			}
			c.resets = append(c.resets, data)
		case fieldSeenList:
			c.seen, err = limited(data, account.MaxListSize)
		case fieldPosition:
			c.position, err = countable(v)
		case fieldAfter:
			c.after, err = countable(v)
		case fieldEdition:
			c.edition, err = countable(v)
		case fieldWithdrawn:
			c.withdrawn, c.kept = v == takenBack, v == hadCome
		case fieldHave:
			c.hasHave = true
			c.have, err = parseAcks(data)
		case fieldGone:
			c.gone, err = parseAcks(data)
		case fieldUnderWay:
			c.replaces = true
			c.underWay, err = parseAcks(data)
		case fieldFloor:
			c.floor = v
		case fieldMailboxes:
			c.set, err = parseMailboxSet(data)
		case fieldOffer:
			c.offer, err = parseMailboxOffer(data)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if c.floor > c.seq {
		return nil, errContent
	}
	if (c.text != "" || c.withdrawn || c.kept) && c.message == "" {
		return nil, errContent
	}
	return c, nil
}

// countable refuses a count that nobody can have come to, so that arithmetic on
// what is left stays within 64 bits.
func countable(v uint64) (uint64, error) {
	if v > 1<<48 {
		return 0, errContent
	}
	return v, nil
}

// limited refuses data that is longer than it can be.
func limited(data []byte, most int) ([]byte, error) {
	if len(data) > most {
		return nil, errContent
	}
	return data, nil
}

// maxRoutes bounds the addresses that a contact may announce.
const maxRoutes = 16

func parseProfile(b []byte) (*profile, error) {
	p := &profile{}
	err := fields(b, func(field protowire.Number, _ uint64, data []byte) error {
		if len(data) > 256 || !utf8.Valid(data) {
			return errContent
		}
		switch field {
		case fieldName:
			p.name = cleanName(string(data))
		case fieldPeer:
			p.route.Peer = node.ID(data)
		case fieldAddress:
			if len(p.route.Addrs) < maxRoutes {
				p.route.Addrs = append(p.route.Addrs, string(data))
			}
		}
		return nil
	})
	return p, err
}
