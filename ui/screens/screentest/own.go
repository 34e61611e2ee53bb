package screentest

import (
	"context"
	"slices"
	"strings"
	"time"

	"sotto/app/model"
)

// Labels and the rest are what a person keeps of a contact for themselves, and sets
// for the conversation.
func (m *Messenger) Labels(context.Context) (all []string, err error) {
	for _, c := range m.People {
		all = append(all, c.Labels...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func (m *Messenger) SetLabels(_ context.Context, id model.ContactID, labels []string) error {
	var all []string
	for _, l := range labels {
		if l = strings.TrimSpace(l); l == "" || len(l) > model.MaxLabel {
			return model.E(model.BadLabel, "", nil)
		}
		all = append(all, l)
	}
	slices.Sort(all)
	m.People[id].Labels = slices.Compact(all)
	return nil
}

func (m *Messenger) SetRemark(_ context.Context, id model.ContactID, remark string) error {
	if len(remark) > model.MaxRemark {
		return model.E(model.TextTooLong, "", nil)
	}
	m.log("remark %q", remark)
	m.People[id].Remark = remark
	return nil
}

func (m *Messenger) SetMuted(_ context.Context, id model.ContactID, until time.Time) error {
	m.People[id].MutedUntil = until
	return nil
}

func (m *Messenger) SetTimer(_ context.Context, id model.ContactID, after time.Duration) error {
	if m.People[id].Alarm != model.AlarmNone {
		return model.E(model.AlarmUndecided, "", nil)
	}
	m.People[id].Timer = after
	return nil
}

func (m *Messenger) RemoveContact(_ context.Context, id model.ContactID) error {
	if m.People[id] == nil {
		return model.E(model.NotFound, "", nil)
	}
	delete(m.People, id)
	return nil
}
