package model

import "time"

const (
	// MaxNearby is the longest that the profile shows itself on the local network
	// without being asked again.
	MaxNearby = 10 * time.Minute
	// DefaultNearby is how long it does if nothing else is said.
	DefaultNearby = 5 * time.Minute
)

// NearbyID names what somebody showed of themselves: lower-case hex. It is another
// one when they show something else.
type NearbyID string

// Nearby is the time in which people on one local network find each other.
type Nearby struct {
	On     bool           `json:"on"`
	Until  time.Time      `json:"until,omitzero"`
	Name   string         `json:"name,omitempty"` // as others see us
	People []NearbyPerson `json:"people"`         // heard in the last seconds, who came first first
}

// NearbyPerson is somebody else in that time. Name is what they call themselves,
// and nothing of this is verified.
type NearbyPerson struct {
	ID   NearbyID `json:"id"`
	Name string   `json:"name"`
	// Code is four digits that both of the two see, which tell people of the same
	// name apart. Whoever tries can have any code.
	Code    string    `json:"code"`
	Contact ContactID `json:"contact,omitempty"` // the contact at whose computer they are
	Join    JoinID    `json:"join,omitempty"`    // our asking them, if it is under way
}
