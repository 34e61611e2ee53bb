package store

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"sotto/app/model"
)

// benchText makes a message of about twelve words of a vocabulary in which word n
// is about n times as rare as the first.
func benchText(r *rand.Rand, zipf *rand.Zipf) string {
	var b strings.Builder
	for range 4 + r.IntN(16) {
		fmt.Fprintf(&b, "%s ", benchWord(zipf.Uint64()))
	}
	return b.String()
}

// benchWord spells a number with letters, the same for the same number.
func benchWord(n uint64) string {
	const syllables = "kalomirunesatiboduvefigajuhe"
	w := ""
	for n += 14; n > 0; n /= 14 {
		w += syllables[n%14*2 : n%14*2+2]
	}
	return w
}

func benchFill(b *testing.B, db *DB, rows int) {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 4, 50000)
	update(b, db, func(tx *Tx) error {
		for i := range 20 {
			if err := tx.PutContact(testContact(fmt.Sprintf("%02x", i))); err != nil {
				return err
			}
		}
		return nil
	})
	for done := 0; done < rows; done += 10000 {
		update(b, db, func(tx *Tx) error {
			for i := range 10000 {
				benchAdd(b, tx, done+i, benchText(r, zipf))
			}
			return nil
		})
	}
}

func benchAdd(b *testing.B, tx *Tx, i int, text string) {
	m := model.Message{ID: model.MessageID(fmt.Sprintf("%032x", i+1)), Contact: model.ContactID(fmt.Sprintf("%02x", i%20)),
		Direction: model.Outgoing, State: model.Waiting, Text: text, Time: time.Unix(int64(i), 0)}
	if _, err := tx.AddMessage(&m, Place{}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSearch measures the first page of 50 hits among 200,000 messages: a
// frequent word, a rare one, one that is not there, beginnings of words, two
// words, one contact of twenty; and the same without an index.
func BenchmarkSearch(b *testing.B) {
	const rows = 200000
	db := openTest(b, b.TempDir(), true)
	benchFill(b, db, rows)
	queries := []struct {
		name string
		q    model.Query
	}{
		{"frequent", model.Query{Text: benchWord(1)}},
		{"rare", model.Query{Text: benchWord(30000)}},
		{"absent", model.Query{Text: "zzz"}},
		{"letter", model.Query{Text: benchWord(1)[:1]}},
		{"begun", model.Query{Text: benchWord(3000)[:4]}},
		{"two", model.Query{Text: benchWord(2) + " " + benchWord(500)}},
		{"contact", model.Query{Text: benchWord(40), Contact: "07"}},
	}
	run := func(b *testing.B, name string) {
		for _, q := range queries {
			b.Run(name+"/"+q.name, func(b *testing.B) {
				for b.Loop() {
					update(b, db, func(tx *Tx) error {
						for q, want := q.q, 50; want > 0; {
							page, err := tx.Search(q)
							if err != nil || page.Next == 0 {
								return err
							}
							want -= len(page.Hits)
							q.Before, q.Limit = page.Next, want
						}
						return nil
					})
				}
			})
		}
	}
	run(b, "unindexed")
	b.Run("index", func(b *testing.B) {
		before := benchPages(b, db)
		start := time.Now()
		index(b, db)
		b.ReportMetric(float64(time.Since(start).Nanoseconds())/rows, "ns/message")
		b.ReportMetric(float64(benchPages(b, db)-before)*block/rows, "B/message")
	})
	run(b, "indexed")
}

func benchPages(b *testing.B, db *DB) (pages int64) {
	update(b, db, func(tx *Tx) error { return tx.row("PRAGMA page_count").Scan(&pages) })
	return pages
}

// BenchmarkInsert measures storing a message, 64 to a transaction: without the
// triggers of the index, with them after the mark (as messages come), and below
// the mark (as late ones do).
func BenchmarkInsert(b *testing.B) {
	for _, how := range []string{"without", "behind", "at once"} {
		b.Run(how, func(b *testing.B) {
			db := openTest(b, b.TempDir(), true)
			benchFill(b, db, 10000)
			index(b, db)
			update(b, db, func(tx *Tx) error {
				switch how {
				case "without":
					return tx.script("DROP TRIGGER messages_indexed")
				case "at once":
					return tx.exec("UPDATE indexed SET upto=?", int64(1)<<62)
				}
				return nil
			})
			r := rand.New(rand.NewPCG(3, 4))
			zipf := rand.NewZipf(r, 1.1, 4, 50000)
			i := 20000
			for b.Loop() {
				update(b, db, func(tx *Tx) error {
					for range 64 {
						benchAdd(b, tx, i, benchText(r, zipf))
						i++
					}
					return nil
				})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/message")
		})
	}
}
