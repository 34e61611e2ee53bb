package node

import (
	"encoding/base64"
	"net"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// The service that nodes look for and announce by multicast DNS (RFC 6762) and
// DNS service discovery (RFC 6763).
const (
	mdnsService = "_sotto._udp.local."
	mdnsPort    = 5353
	mdnsTTL     = 120 // seconds

	routeKey   = "r=" // in the TXT record: the route, in unpadded base64url
	maxRecords = 64   // of one packet that are looked at
)

var mdnsGroup = lanGroup{v4: net.IPv4(224, 0, 0, 251), v6: net.ParseIP("ff02::fb"), port: mdnsPort}

// encodeQuery returns the question who offers the service.
func encodeQuery() ([]byte, error) {
	service, err := dnsmessage.NewName(mdnsService)
	if err != nil {
		return nil, err
	}
	m := dnsmessage.Message{Questions: []dnsmessage.Question{{
		Name: service, Type: dnsmessage.TypePTR, Class: dnsmessage.ClassINET,
	}}}
	return m.Pack()
}

// encodeAnnouncement returns the answer: the service has an instance of that
// name (one DNS label, which says nothing about us), found at the route.
func encodeAnnouncement(instance string, route []byte) ([]byte, error) {
	service, err := dnsmessage.NewName(mdnsService)
	if err != nil {
		return nil, err
	}
	name, err := dnsmessage.NewName(instance + "." + mdnsService)
	if err != nil {
		return nil, err
	}
	text := routeKey + base64.RawURLEncoding.EncodeToString(route)
	m := dnsmessage.Message{
		Header: dnsmessage.Header{Response: true, Authoritative: true},
		Answers: []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: service, Class: dnsmessage.ClassINET, TTL: mdnsTTL},
			Body:   &dnsmessage.PTRResource{PTR: name},
		}, {
			Header: dnsmessage.ResourceHeader{Name: name, Class: dnsmessage.ClassINET, TTL: mdnsTTL},
			Body:   &dnsmessage.TXTResource{TXT: []string{text}},
		}},
	}
	return m.Pack()
}

// decodeMDNS reads a packet from the network: whether it asks for the service,
// and the routes it announces. Everything else in it is passed over.
func decodeMDNS(packet []byte) (asked bool, routes []Route) {
	var p dnsmessage.Parser
	header, err := p.Start(packet)
	if err != nil {
		return false, nil
	}
	for range maxRecords {
		q, err := p.Question()
		if err == dnsmessage.ErrSectionDone {
			break
		}
		if err != nil {
			return asked, nil
		}
		if !header.Response && strings.EqualFold(q.Name.String(), mdnsService) &&
			(q.Type == dnsmessage.TypePTR || q.Type == dnsmessage.TypeALL) {
			asked = true
		}
	}
	if !header.Response || p.SkipAllQuestions() != nil {
		return asked, nil
	}
	for range maxRecords {
		h, err := p.AnswerHeader()
		if err != nil {
			return asked, routes
		}
		name := h.Name.String()
		if h.Type != dnsmessage.TypeTXT || len(name) < len(mdnsService) ||
			!strings.EqualFold(name[len(name)-len(mdnsService):], mdnsService) {
			if p.SkipAnswer() != nil {
				return asked, routes
			}
			continue
		}
		txt, err := p.TXTResource()
		if err != nil {
			return asked, routes
		}
		for _, s := range txt.TXT {
			if r, ok := routeOfText(s); ok {
				routes = append(routes, r)
			}
		}
	}
	return asked, routes
}

func routeOfText(s string) (Route, bool) {
	text, ok := strings.CutPrefix(s, routeKey)
	if !ok {
		return Route{}, false
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Route{}, false
	}
	r, err := DecodeRoute(b)
	return r, err == nil
}
