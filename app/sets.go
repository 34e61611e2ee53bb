package app

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"sotto/app/model"
	"sotto/p2p/node"
)

// mailboxSet is what somebody tells a contact of their mailboxes
// (docs/protocol.md §9, field 11): where the contact deposits what it has for
// them while they are away. Of two sets the one with the higher revision
// counts, in whatever order they come.
type mailboxSet struct {
	revision uint64
	entries  []depositAt
}

// depositAt is a queue at a mailbox, as its depositor sees it.
type depositAt struct {
	route []byte   // node.Route, encoded
	queue [16]byte // the id by which cells are deposited
	key   [32]byte // seed of the key that signs deposits
}

// mailboxOffer is an offer to be mailbox for the recipient (field 12). Revision
// is as in mailboxSet.
type mailboxOffer struct {
	revision uint64
	link     string // empty: it is taken back
	quota    uint64 // bytes
}

// maxMailboxLink is the longest link in an offer, in bytes.
const maxMailboxLink = 1024

const (
	fieldSetRevision = iota + 1
	fieldSetEntry
)

const (
	fieldEntryRoute = iota + 1
	fieldEntryQueue
	fieldEntryKey
)

const (
	fieldOfferRevision = iota + 1
	fieldOfferLink
	fieldOfferQuota
)

func (s *mailboxSet) bytes() []byte {
	b := protowire.AppendVarint(protowire.AppendTag(nil, fieldSetRevision, protowire.VarintType), s.revision)
	return append(b, entryBytes(s.entries)...)
}

// entryBytes encodes the entries of a set; it is also how they are stored.
func entryBytes(entries []depositAt) []byte {
	b := []byte{}
	for _, e := range entries {
		var one []byte
		one = protowire.AppendBytes(protowire.AppendTag(one, fieldEntryRoute, protowire.BytesType), e.route)
		one = protowire.AppendBytes(protowire.AppendTag(one, fieldEntryQueue, protowire.BytesType), e.queue[:])
		one = protowire.AppendBytes(protowire.AppendTag(one, fieldEntryKey, protowire.BytesType), e.key[:])
		b = protowire.AppendBytes(protowire.AppendTag(b, fieldSetEntry, protowire.BytesType), one)
		clear(one)
	}
	return b
}

func (o *mailboxOffer) bytes() []byte {
	b := protowire.AppendVarint(protowire.AppendTag(nil, fieldOfferRevision, protowire.VarintType), o.revision)
	b = protowire.AppendString(protowire.AppendTag(b, fieldOfferLink, protowire.BytesType), o.link)
	return protowire.AppendVarint(protowire.AppendTag(b, fieldOfferQuota, protowire.VarintType), o.quota)
}

// parseMailboxSet decodes a set. Each entry must be whole, with a route that
// can be dialled, and no queue may be there twice.
func parseMailboxSet(b []byte) (*mailboxSet, error) {
	s := new(mailboxSet)
	err := fields(b, func(field protowire.Number, v uint64, data []byte) error {
		switch field {
		case fieldSetRevision:
			s.revision = v
		case fieldSetEntry:
			e, err := parseEntry(data)
			if err != nil || len(s.entries) == model.MaxMailboxes {
				return errContent
			}
			for _, other := range s.entries {
				if other.queue == e.queue {
					return errContent
				}
			}
			s.entries = append(s.entries, e)
		}
		return nil
	})
	if err == nil && s.revision > math.MaxInt64 {
		err = errContent
	}
	return s, err
}

func parseEntry(b []byte) (depositAt, error) {
	var e depositAt
	var queue, key bool
	err := fields(b, func(field protowire.Number, _ uint64, data []byte) error {
		switch field {
		case fieldEntryRoute:
			e.route = data
		case fieldEntryQueue:
			queue = len(data) == len(e.queue)
			copy(e.queue[:], data)
		case fieldEntryKey:
			key = len(data) == len(e.key)
			copy(e.key[:], data)
		}
		return nil
	})
	if err == nil {
		_, err = node.DecodeRoute(e.route)
	}
	if err == nil && !(queue && key) {
		err = errContent
	}
	return e, err
}

func parseMailboxOffer(b []byte) (*mailboxOffer, error) {
	o := new(mailboxOffer)
	err := fields(b, func(field protowire.Number, v uint64, data []byte) error {
		switch field {
		case fieldOfferRevision:
			o.revision = v
		case fieldOfferLink:
			if len(data) > maxMailboxLink {
				return errContent
			}
			o.link = string(data)
		case fieldOfferQuota:
			o.quota = v
		}
		return nil
	})
	if err == nil && max(o.revision, o.quota) > math.MaxInt64 {
		err = errContent
	}
	return o, err
}
