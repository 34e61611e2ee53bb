package app

import (
	"encoding/hex"
	"errors"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"sotto/app/model"
	"sotto/app/store"
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
	needs   bool     // the sender has no reset bundle of the recipient's
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

	quote     model.MessageID // the message that the text answers
	forwarded bool            // the text was forwarded
	timer     time.Duration   // the text disappears so long after it was read
	deleted   bool            // the message is deleted for both; instead of a text
	reaction  *store.Reaction // to a message
	setting   *timerSetting   // of the conversation

	forgotten bool // not told: of a message that is deleted for both nothing is left here
}

// timerSetting is after how long new texts of a conversation disappear.
type timerSetting struct {
	revision uint64 // the highest counts; of one revision the longer time
	after    time.Duration
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
	fieldQuote
	fieldForwarded
	fieldTimer
	fieldDeleted
	fieldReaction
	fieldSetting
	fieldNeeds
)

const (
	fieldReactionTo = iota + 1
	fieldReactionEmoji
	fieldReactionRevision
)

const (
	fieldSettingRevision = iota + 1
	fieldSettingAfter
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
	data(fieldQuote, unhex(string(c.quote)))
	flag := func(field protowire.Number, set bool) {
		if set {
			varint(field, 1)
		}
	}
	flag(fieldForwarded, c.forwarded)
	varint(fieldTimer, uint64(c.timer/time.Second))
	flag(fieldDeleted, c.deleted)
	if c.reaction != nil {
		data(fieldReaction, reactionBytes(c.reaction))
	}
	if c.setting != nil {
		data(fieldSetting, c.setting.bytes())
	}
	flag(fieldNeeds, c.needs)
	return b
}

func reactionBytes(r *store.Reaction) []byte {
	b := protowire.AppendBytes(protowire.AppendTag(nil, fieldReactionTo, protowire.BytesType), unhex(string(r.ID)))
	if r.Emoji != "" {
		b = protowire.AppendString(protowire.AppendTag(b, fieldReactionEmoji, protowire.BytesType), r.Emoji)
	}
	return protowire.AppendVarint(protowire.AppendTag(b, fieldReactionRevision, protowire.VarintType), r.Revision)
}

func (t *timerSetting) bytes() []byte {
	b := protowire.AppendVarint(protowire.AppendTag(nil, fieldSettingRevision, protowire.VarintType), t.revision)
	if t.after != 0 {
		b = protowire.AppendVarint(protowire.AppendTag(b, fieldSettingAfter, protowire.VarintType), uint64(t.after/time.Second))
	}
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
			c.message, err = parseMessageID(data)
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
		case fieldQuote:
			c.quote, err = parseMessageID(data)
		case fieldForwarded:
			c.forwarded = v == 1
		case fieldTimer:
			c.timer, err = parseTimer(v)
		case fieldDeleted:
			c.deleted = v == 1
		case fieldReaction:
			c.reaction, err = parseReaction(data)
		case fieldSetting:
			c.setting, err = parseSetting(data)
		case fieldNeeds:
			c.needs = v == 1
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if c.floor > c.seq {
		return nil, errContent
	}
	if (c.text != "" || c.withdrawn || c.kept || c.deleted) && c.message == "" {
		return nil, errContent
	}
	if c.deleted && (c.text != "" || c.withdrawn || c.kept) {
		return nil, errContent
	}
	return c, nil
}

func parseMessageID(data []byte) (model.MessageID, error) {
	if len(data) != 16 {
		return "", errContent
	}
	return model.MessageID(hex.EncodeToString(data)), nil
}

// parseTimer decodes a number of seconds after which texts disappear.
func parseTimer(seconds uint64) (time.Duration, error) {
	if seconds > uint64(model.MaxTimer/time.Second) {
		return 0, errContent
	}
	after := time.Duration(seconds) * time.Second
	if err := checkTimer(after); err != nil {
		return 0, errContent
	}
	return after, nil
}

func parseReaction(b []byte) (*store.Reaction, error) {
	r := &store.Reaction{}
	err := fields(b, func(field protowire.Number, v uint64, data []byte) (err error) {
		switch field {
		case fieldReactionTo:
			r.ID, err = parseMessageID(data)
		case fieldReactionEmoji:
			if r.Emoji = string(data); checkReaction(r.Emoji) != nil {
				return errContent
			}
		case fieldReactionRevision:
			r.Revision, err = revision(v)
		}
		return err
	})
	if err == nil && r.ID == "" {
		err = errContent
	}
	return r, err
}

func parseSetting(b []byte) (*timerSetting, error) {
	t := &timerSetting{}
	err := fields(b, func(field protowire.Number, v uint64, _ []byte) (err error) {
		switch field {
		case fieldSettingRevision:
			t.revision, err = revision(v)
		case fieldSettingAfter:
			t.after, err = parseTimer(v)
		}
		return err
	})
	return t, err
}

// revision refuses a revision that does not fit the database, or that no other can
// follow.
func revision(v uint64) (uint64, error) {
	if v >= 1<<63-1 {
		return 0, errContent
	}
	return v, nil
}

// nextRevision follows one that was given before, by whomever.
func nextRevision(before uint64, now time.Time) uint64 {
	return max(before+1, uint64(max(now.UnixMilli(), 0)))
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
