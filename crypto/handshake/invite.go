package handshake

import (
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// A Mode is the way in which two people meet.
type Mode byte

// The modes of an invitation.
const (
	Link   Mode = 1 // one sends the other a link or a QR
	Person Mode = 2 // both scan each other's QR

	reset Mode = 3 // no invitation: in the transcript of a reset only
)

func (m Mode) valid() bool { return m == Link || m == Person }

// Greatest sizes in bytes, of what an invitation has of the network's.
const (
	MaxRoute   = 128
	MaxMailbox = 32
)

const (
	invitePrefix  = "sotto:i/"
	inviteVersion = 1
	checksumSize  = 4

	// maxInviteText is far more than the longest invitation has.
	maxInviteText = 1024

	labelChecksum = "sotto/1 invitation checksum"
)

var (
	// ErrNotInvite says that a text is not an invitation at all.
	ErrNotInvite = errors.New("handshake: not an invitation")
	// ErrDamaged says that a text is an invitation that was cut or altered.
	ErrDamaged = errors.New("handshake: damaged invitation")
	// ErrNewer says that an invitation is of a version made after this one.
	ErrNewer = errors.New("handshake: invitation of a newer version")
)

// An Invite is what an invitation's link and QR say (docs/protocol.md §4.1).
// Whoever has it may use the invitation, so it prints nothing of itself; Text
// and QRText are for showing it.
type Invite struct {
	secret.Redacted
	Mode    Mode
	Expires time.Time // whole seconds, until the year 2106
	Route   []byte    // where to find the inviter; at most MaxRoute bytes
	Mailbox []byte    // and its mailbox; at most MaxMailbox bytes

	bundleHash [32]byte
	secret     secret.Key // s, from which the token and the keys of cells come
}

var inviteEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// Text returns the canonical text of the invitation, which is the link, all in
// lower case. Route and mailbox must not be longer than they may be.
func (i *Invite) Text() string {
	return strings.ToLower(i.QRText())
}

// QRText returns the same text in upper case, in the alphanumeric alphabet of
// QR codes.
func (i *Invite) QRText() string {
	return strings.ToUpper(invitePrefix) + "1/" + inviteEncoding.EncodeToString(i.bytes())
}

func (i *Invite) bytes() []byte {
	b := []byte{inviteVersion, byte(i.Mode)}
	b = append(b, i.bundleHash[:]...)
	b = append(b, i.secret[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(i.Expires.Unix()))
	b = append(b, byte(len(i.Route)))
	b = append(b, i.Route...)
	b = append(b, byte(len(i.Mailbox)))
	b = append(b, i.Mailbox...)
	sum := inviteChecksum(b)
	return append(b, sum[:]...)
}

func inviteChecksum(b []byte) [checksumSize]byte {
	h := suite.LabelledHash(labelChecksum, b)
	return [checksumSize]byte(h[:])
}

// ParseInvite reads the text of an invitation, in any case and with white
// space around it. It returns ErrNotInvite, ErrDamaged or ErrNewer.
func ParseInvite(text string) (*Invite, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxInviteText {
		return nil, ErrNotInvite
	}
	text = strings.Map(lower, text)
	rest, ok := strings.CutPrefix(text, invitePrefix)
	if !ok {
		return nil, ErrNotInvite
	}
	version, code, ok := strings.Cut(rest, "/")
	if ok && version != "1" && isNumber(version) {
		return nil, ErrNewer
	}
	if !ok || version != "1" {
		return nil, ErrDamaged
	}
	b, err := inviteEncoding.DecodeString(strings.ToUpper(code))
	if err != nil {
		return nil, ErrDamaged
	}
	i, err := parseInviteBytes(b)
	if err != nil {
		return nil, err
	}
	// Base32 ignores line ends and the last few bits; only one text counts,
	// because its hash goes into the handshake.
	if i.Text() != text {
		return nil, ErrDamaged
	}
	return i, nil
}

// lower is for letters of ASCII only: Unicode has others whose lower case is a
// letter of base32, and they are not an invitation's.
func lower(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

func isNumber(s string) bool {
	return s != "" && s[0] != '0' && strings.Trim(s, "0123456789") == ""
}

func parseInviteBytes(b []byte) (*Invite, error) {
	if len(b) < 1+checksumSize {
		return nil, ErrDamaged
	}
	content, sum := b[:len(b)-checksumSize], b[len(b)-checksumSize:]
	want := inviteChecksum(content)
	if subtle.ConstantTimeCompare(sum, want[:]) == 0 {
		return nil, ErrDamaged
	}
	if content[0] > inviteVersion {
		return nil, ErrNewer
	}
	r := wire.NewReader(content)
	i := new(Invite)
	version := r.Byte()
	i.Mode = Mode(r.Byte())
	r.Copy(i.bundleHash[:])
	r.Copy(i.secret[:])
	i.Expires = time.Unix(int64(r.Uint32()), 0).UTC()
	i.Route = append([]byte(nil), r.Short(MaxRoute)...)
	i.Mailbox = append([]byte(nil), r.Short(MaxMailbox)...)
	if r.End() != nil || version != inviteVersion || !i.Mode.valid() {
		return nil, ErrDamaged
	}
	return i, nil
}

// Token returns the name of the invitation on the wire. It gives away nothing
// of the secret it is derived from.
func (i *Invite) Token() [TokenSize]byte { return token(i.secret) }

// Opens reports whether a first message was made by somebody who has the
// invitation. An inviter whose invitation is used, and who gets a first message
// other than the one that used it, asks this. If so then two people have the
// link, and the person is to be warned, at the accepted contact as well
// (docs/protocol.md §6).
func (i *Invite) Opens(msg1 []byte) bool {
	_, err := openCell(i.secret, labelEnvelope, nil, msg1)
	return err == nil
}

// MayInitiate reports whether, of two people who scanned each other, the one
// with the first invitation sends the first message: that with the smaller
// bundle hash.
func MayInitiate(own, theirs *Invite) bool {
	return string(own.bundleHash[:]) < string(theirs.bundleHash[:])
}

// textHash is what stands for the text in the transcript.
func (i *Invite) textHash() [32]byte { return suite.Hash([]byte(i.Text())) }
