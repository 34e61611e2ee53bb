package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sotto/app/model"
)

// everything returns all that a query finds, page by page.
func everything(tx *Tx, q model.Query) ([]model.Hit, error) {
	var all []model.Hit
	for {
		page, err := tx.Search(q)
		all = append(all, page.Hits...)
		if err != nil || page.Next == 0 {
			return all, err
		}
		q.Before = page.Next
	}
}

func texts(hits []model.Hit) []string {
	all := []string{}
	for _, h := range hits {
		all = append(all, h.Message.Text)
	}
	return all
}

// write stores messages with these texts from a contact.
func write(t testing.TB, db *DB, contact string, texts ...string) {
	t.Helper()
	update(t, db, func(tx *Tx) error {
		if _, err := tx.Contact(model.ContactID(contact)); err != nil {
			if err := tx.PutContact(testContact(contact)); err != nil {
				return err
			}
		}
		for _, text := range texts {
			m := model.Message{ID: model.MessageID(fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64())), Contact: model.ContactID(contact),
				Direction: model.Outgoing, State: model.Waiting, Text: text, Time: time.Unix(1e9, 0), StateTime: time.Unix(1e9, 0)}
			if _, err := tx.AddMessage(&m, Place{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// index puts everything into the index.
func index(t testing.TB, db *DB) {
	t.Helper()
	for more := true; more; {
		update(t, db, func(tx *Tx) (err error) { more, err = tx.Index(500); return err })
	}
}

// TestWords looks for words in texts of many scripts, in the index and before
// they are in it.
func TestWords(t *testing.T) {
	all := []string{
		"The ferry leaves at 17:40.", "Fähre nach Hiddensee", "Straßenbahn", "Ελλάδα, σοφός", "Привет, мир! Ёлка", "שָׁלוֹם עולם", "مَرْحَبًا بالعالم",
		"明天去看海吗", "東京タワーで会おう", "ไปเที่ยวทะเลกัน", "안녕하세요 세계", "नमस्ते दुनिया", "don't panic", "naïve café", "ﬁne ｗｉｄｅ", "🎉 done", "a_b-c",
		"e\u0301te\u0301", "İstanbul", "x" + strings.Repeat("y", 100),
	}
	db := openTest(t, t.TempDir(), true)
	write(t, db, "aa", all...)
	cases := map[string][]string{
		"ferry": {all[0]}, "FERRY the": {all[0]}, "leav": {all[0]}, "erry": {}, "leav ferry": {}, "17:40": {all[0]}, "fahre": {all[1]}, "Fähre": {all[1]},
		"strassen": {}, "straße": {all[2]}, "ΣΟΦΟΣ": {all[3]}, "ελλαδα": {all[3]}, "привет мир": {all[4]}, "елка": {all[4]}, "שלום": {all[5]}, "مرحبا": {all[6]},
		"看海": {all[7]}, "海看": {}, "去 海": {all[7]}, "タワー": {all[8]}, "京タ": {all[8]}, "ทะเล": {all[9]}, "안녕하세요": {all[10]}, "नमस्ते": {all[11]},
		"don't": {all[12]}, "dont": {}, "don t": {all[12]}, "cafe": {all[13]}, "fine": {all[14]}, "wide": {all[14]}, "🎉": {all[15]}, "b-c": {all[16]},
		"été": {all[17]}, "ete": {all[17]}, "istanbul": {all[18]}, "x" + strings.Repeat("y", 99): {all[19]},
	}
	for _, when := range []string{"unindexed", "indexed"} {
		update(t, db, func(tx *Tx) error {
			for text, want := range cases {
				hits, err := everything(tx, model.Query{Text: text})
				if err != nil || !slices.Equal(texts(hits), want) {
					t.Errorf("%s, %q: %q, %v", when, text, texts(hits), err)
				}
			}
			return nil
		})
		index(t, db)
	}
}

func TestRanges(t *testing.T) {
	for _, c := range []struct{ text, query, want string }{
		{"The ferry, the FERRY.", "ferry", "The [ferry], the [FERRY]."},
		{"Café à la carte", "cafe la", "[Café] à [la] carte"},
		{"明天去看海吗", "看海", "明天去[看海]吗"},
		{"aa aa aa", "aa-aa", "[aa aa aa]"},
		{"E\u0301te\u0301!", "ete", "[E\u0301te\u0301]!"},
		{"ferry ferryman", "fer", "[ferry] [ferryman]"},
	} {
		ranges, ok := match(c.text, terms(c.query))
		got := ""
		at := 0
		for _, r := range ranges {
			got += c.text[at:r.From] + "[" + c.text[r.From:r.To] + "]"
			at = r.To
		}
		if got += c.text[at:]; !ok || got != c.want {
			t.Errorf("%q in %q: %q", c.query, c.text, got)
		}
	}
}

// TestHostileQueries types what is syntax to SQLite, and what is nothing.
func TestHostileQueries(t *testing.T) {
	db := openTest(t, t.TempDir(), true)
	plain := "alpha or beta near gamma not text link"
	write(t, db, "aa", plain, "delta")
	check := func(when string) {
		update(t, db, func(tx *Tx) error {
			for query, want := range map[string]int{
				`"`: 0, `""`: 0, `alpha"`: 1, `"alpha beta"`: 1, "alpha OR delta": 0, "alpha NOT beta": 1, "NEAR(alpha beta, 1)": 0, "alpha*": 1, "alp*ha": 0, "*": 0,
				"^alpha": 1, "text:alpha": 0, "text : alpha": 1, "{text}: alpha": 1, "conversation:1": 0, "link:link": 0, "alpha AND": 0, "(alpha": 1, "-alpha": 1,
				"alpha + beta": 1, "al\x00pha": 0, "\x00": 0, "alpha\x00": 1, "...?!": 0, "": 0, "  \n": 0, "\xff\xfe": 0, "al\xff": 1, "%": 0, "_": 0, "';DROP TABLE words;--": 0,
				strings.Repeat("alpha ", 20000): 1, strings.Repeat("a", 100000): 0, strings.Repeat("\"(", 50000): 0, strings.Repeat("看", 5000): 0,
			} {
				hits, err := everything(tx, model.Query{Text: query})
				if err != nil || len(hits) != want {
					t.Errorf("%s, %.40q: %d hits, %v", when, query, len(hits), err)
				}
			}
			return nil
		})
	}
	check("unindexed")
	index(t, db)
	check("indexed")
}

func TestSearchNarrowed(t *testing.T) {
	db := openTest(t, t.TempDir(), true)
	write(t, db, "aa", "sea one", "sea https://sotto.example/", "HTTP://x now")
	write(t, db, "bb", "sea two", "see sea://x http:// nothing")
	for range 2 {
		update(t, db, func(tx *Tx) error {
			for _, c := range []struct {
				q    model.Query
				want []string
			}{
				{model.Query{Text: "sea", Contact: "aa"}, []string{"sea https://sotto.example/", "sea one"}},
				{model.Query{Text: "sea", Contact: "bb"}, []string{"see sea://x http:// nothing", "sea two"}},
				{model.Query{Text: "sea", HasLink: true}, []string{"sea https://sotto.example/"}},
				{model.Query{HasLink: true}, []string{"HTTP://x now", "sea https://sotto.example/"}},
				{model.Query{Contact: "aa"}, []string{}},
				{model.Query{Text: "sea", From: time.Unix(1e9, 0), Until: time.Unix(1e9+1, 0), Contact: "aa"}, []string{"sea https://sotto.example/", "sea one"}},
				{model.Query{Text: "sea", Until: time.Unix(1e9, 0)}, []string{}},
				{model.Query{Text: "sea", From: time.Unix(1e9+1, 0)}, []string{}},
			} {
				hits, err := everything(tx, c.q)
				if err != nil || !slices.Equal(texts(hits), c.want) {
					t.Errorf("%+v: %q, %v", c.q, texts(hits), err)
				}
			}
			if _, err := tx.Search(model.Query{Text: "sea", Contact: "cc"}); model.KindOf(err) != model.NotFound {
				t.Errorf("nobody: %v", err)
			}
			return nil
		})
		index(t, db)
	}
}

// TestSearchIsComplete does everything that changes messages, in any order, and
// compares what is found with a plain reading of all texts.
func TestSearchIsComplete(t *testing.T) {
	vocabulary := []string{"sea", "Sea", "seal", "ferry", "Fähre", "fahrt", "a", "ab", "don't", "don", "海", "海边", "看海", "🎉", "http://sea", "...", "\x00", "é"}
	rapid.Check(t, func(r *rapid.T) {
		db := openTest(t, t.TempDir(), true)
		defer db.Close()
		if err := db.conn.Exec("PRAGMA synchronous=off"); err != nil {
			r.Fatal(err)
		}
		contacts := []model.ContactID{"aa", "bb"}
		tops := map[model.ContactID]uint64{}
		missing := map[model.ContactID][]uint64{}
		var ids []model.MessageID
		edition := uint64(0)
		text := rapid.Custom(func(r *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 5).Draw(r, "words"), rapid.SampledFrom([]string{" ", ", ", ""}).Draw(r, "between"))
		})
		must := func(f func(tx *Tx) error) {
			if err := db.Update(context.Background(), f); err != nil {
				r.Fatal(err)
			}
		}
		must(func(tx *Tx) error {
			return errors.Join(tx.PutContact(testContact("aa")), tx.PutContact(testContact("bb")))
		})
		add := func(c model.ContactID, pos uint64) {
			id := model.MessageID(fmt.Sprintf("%032x", len(ids)+1))
			m := model.Message{ID: id, Contact: c, Direction: model.Incoming, State: model.Delivered, Text: text.Draw(r, "text"), Time: time.Unix(int64(len(ids)), 0)}
			must(func(tx *Tx) error { _, err := tx.AddMessage(&m, Place{Pos: pos, Top: tops[c]}); return err })
			tops[c] = max(tops[c], pos)
			ids = append(ids, id)
		}
		r.Repeat(map[string]func(*rapid.T){
			"come": func(r *rapid.T) {
				c := rapid.SampledFrom(contacts).Draw(r, "contact")
				pos := tops[c] + 1 + uint64(rapid.IntRange(0, 2).Draw(r, "gap"))
				for p := tops[c] + 1; p < pos; p++ {
					missing[c] = append(missing[c], p)
				}
				add(c, pos)
			},
			"come late": func(r *rapid.T) {
				c := rapid.SampledFrom(contacts).Draw(r, "contact")
				if len(missing[c]) == 0 {
					r.Skip()
				}
				i := rapid.IntRange(0, len(missing[c])-1).Draw(r, "which")
				pos := missing[c][i]
				missing[c] = slices.Delete(missing[c], i, i+1)
				add(c, pos)
			},
			"edit": func(r *rapid.T) {
				if len(ids) == 0 {
					r.Skip()
				}
				id, to := rapid.SampledFrom(ids).Draw(r, "id"), text.Draw(r, "text")
				edition++
				must(func(tx *Tx) error {
					for _, c := range contacts {
						if _, err := tx.Edit(c, model.Incoming, id, to, edition); err != nil {
							return err
						}
					}
					return nil
				})
			},
			"delete": func(r *rapid.T) {
				if len(ids) == 0 {
					r.Skip()
				}
				id := rapid.SampledFrom(ids).Draw(r, "id")
				must(func(tx *Tx) error {
					if err := tx.DeleteMessage(id); model.KindOf(err) != model.NotFound {
						return err
					}
					return nil
				})
			},
			"leave": func(r *rapid.T) {
				if rapid.IntRange(0, 9).Draw(r, "seldom") > 0 {
					r.Skip()
				}
				must(func(tx *Tx) error { return errors.Join(tx.DeleteContact("bb"), tx.PutContact(testContact("bb"))) })
				delete(tops, "bb")
				delete(missing, "bb")
			},
			"index": func(r *rapid.T) {
				must(func(tx *Tx) error { _, err := tx.Index(rapid.IntRange(1, 8).Draw(r, "rows")); return err })
			},
			"": func(r *rapid.T) {
				q := model.Query{Text: text.Draw(r, "query"), Limit: rapid.IntRange(1, 5).Draw(r, "limit"), HasLink: rapid.IntRange(0, 5).Draw(r, "link") == 0}
				if rapid.Bool().Draw(r, "narrow") {
					q.Contact = rapid.SampledFrom(contacts).Draw(r, "contact")
				}
				must(func(tx *Tx) error {
					hits, err := everything(tx, q)
					if err != nil {
						return err
					}
					var got, want []int64
					for _, h := range hits {
						got = append(got, h.Message.Row)
					}
					for _, c := range contacts {
						all, err := tx.Messages(c, model.Page{Limit: MaxPage})
						if err != nil {
							return err
						}
						for _, m := range all {
							_, ok := match(m.Text, terms(q.Text))
							if ok && (q.Contact == "" || q.Contact == c) && (!q.HasLink || hasLink(m.Text)) && (len(terms(q.Text)) > 0 || q.HasLink) {
								want = append(want, m.Row)
							}
						}
					}
					slices.SortFunc(want, func(a, b int64) int { return int(b - a) })
					if !slices.Equal(got, want) {
						r.Fatalf("%+v: found %v, there are %v", q, got, want)
					}
					return nil
				})
			},
		})
		must(func(tx *Tx) error {
			var verdict string
			err := tx.row("PRAGMA integrity_check").Scan(&verdict)
			if err == nil && verdict != "ok" {
				err = errors.New(verdict)
			}
			return err
		})
		index(t, db)
		must((*Tx).CheckIndex)
	})
}

// TestDamagedIndex damages the index as no damage of pages can, and sees that it
// is noticed, and made anew without a message lost.
func TestDamagedIndex(t *testing.T) {
	for name, damage := range map[string]string{
		"a wrong word": "INSERT INTO words (rowid, text, conversation, link) VALUES (77, 'nothing', 1, '')",
		"blocks gone":  "DELETE FROM words_data WHERE id>10",
		"blocks bad":   "UPDATE words_data SET block=x'ff00ff00ff00' WHERE id>10",
		"all bad":      "UPDATE words_data SET block=x'ff00ff00ff00ff'",
		"all gone":     "DELETE FROM words_data",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			db := openTest(t, dir, true)
			write(t, db, "aa", "the sea", "the ferry", "sea and ferry")
			index(t, db)
			update(t, db, func(tx *Tx) error { return tx.script(damage) })
			db.Close()
			db = openTest(t, dir, false)
			if err := db.Update(t.Context(), (*Tx).CheckIndex); !errors.Is(err, ErrIndex) {
				t.Fatalf("the check says %v", err)
			}
			for range 2 {
				update(t, db, func(tx *Tx) error {
					hits, err := everything(tx, model.Query{Text: "sea"})
					if !slices.Equal(texts(hits), []string{"sea and ferry", "the sea"}) {
						t.Errorf("found %q", texts(hits))
					}
					return err
				})
				index(t, db)
			}
			update(t, db, (*Tx).CheckIndex)
		})
	}
}

// TestIndexOfOtherWords opens a database whose index was made when words were
// others.
func TestIndexOfOtherWords(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, dir, true)
	write(t, db, "aa", "the sea")
	index(t, db)
	update(t, db, func(tx *Tx) error { return tx.exec("UPDATE indexed SET words='0'") })
	db.Close()
	db = openTest(t, dir, false)
	update(t, db, func(tx *Tx) error {
		var upto int64
		var version string
		if err := tx.row("SELECT upto, words FROM indexed").Scan(&upto, &version); err != nil || upto != 0 || version != wordsVersion {
			t.Errorf("the index goes to %d, %q, %v", upto, version, err)
		}
		return nil
	})
	index(t, db)
	update(t, db, (*Tx).CheckIndex)
}

// TestDeletedWordsAreGone looks for a word of a deleted message in the index's
// own tables.
func TestDeletedWordsAreGone(t *testing.T) {
	db := openTest(t, t.TempDir(), true)
	write(t, db, "aa", "the sea", "unmistakable")
	index(t, db)
	count := func() (n int) {
		update(t, db, func(tx *Tx) error {
			return tx.row("SELECT count(*) FROM words_data WHERE instr(block, CAST('nmistakable' AS BLOB))").Scan(&n)
		})
		return n
	}
	if count() == 0 {
		t.Fatal("the word is not where it is looked for")
	}
	update(t, db, func(tx *Tx) error { return tx.exec("DELETE FROM messages WHERE text='unmistakable'") })
	if n := count(); n != 0 {
		t.Errorf("the word stands in %d blocks after its message was deleted", n)
	}
}
