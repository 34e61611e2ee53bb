package store

import (
	"strings"
	"testing"
	"time"

	"sotto/app/model"
)

func TestFindMessage(t *testing.T) {
	db := openTest(t, t.TempDir(), true)
	pad := func(prefix string) model.MessageID {
		return model.MessageID(prefix + strings.Repeat("5", 32-len(prefix)))
	}
	all := []model.MessageID{pad("00"), pad("abc0"), pad("abc1"), pad("abd"), model.MessageID(strings.Repeat("f", 32))}
	update(t, db, func(tx *Tx) error {
		if err := tx.PutContact(testContact("aa")); err != nil {
			return err
		}
		for i, id := range all {
			m := model.Message{ID: id, Contact: "aa", Direction: model.Outgoing, State: model.Waiting, Time: time.Unix(1, 0), StateTime: time.Unix(1, 0)}
			if _, err := tx.AddMessage(&m, Place{Pos: uint64(i + 1), Top: uint64(i)}); err != nil {
				return err
			}
		}
		for prefix, want := range map[string]struct {
			id   model.MessageID
			kind model.Kind
		}{
			"0": {id: all[0]}, "abc0": {id: all[1]}, "abc1": {id: all[2]}, "abd": {id: all[3]}, "f": {id: all[4]},
			string(all[1]): {id: all[1]}, string(all[4]): {id: all[4]},
			"a": {kind: model.Ambiguous}, "ab": {kind: model.Ambiguous}, "abc": {kind: model.Ambiguous},
			"": {kind: model.NotFound}, "1": {kind: model.NotFound}, "abc2": {kind: model.NotFound}, "ABD": {kind: model.NotFound},
			"abc'": {kind: model.NotFound}, "%": {kind: model.NotFound}, string(all[4]) + "f": {kind: model.NotFound},
		} {
			m, err := tx.FindMessage(prefix)
			if m.ID != want.id || model.KindOf(err) != want.kind {
				t.Errorf("%q: %s, %v", prefix, m.ID, err)
			}
		}
		return nil
	})
}
