package store

import (
	"errors"
	"fmt"
	"math"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/ext/fts5"

	"sotto/app/model"
)

// Messages are found by an index of their words (SQLite's FTS5) that holds no
// text. It follows behind: rows up to a mark are in it, those after the mark are
// put in when there is nothing else to do, and until then they are read. What is
// searched is always everything.
//
// Below the mark triggers keep the index in step with every row that comes,
// changes or goes. The words are made by functions of this program (words.go);
// the conversation and whether there is a link are words too, in columns of
// their own, so that they narrow a search as fast as any word.
const searchTables = `
CREATE VIEW searched AS
	SELECT row, sotto_words(text) AS text, conversation, sotto_link(text) AS link FROM messages;
CREATE VIRTUAL TABLE words USING fts5 (text, conversation, link,
	content='searched', content_rowid='row', tokenize='ascii', prefix='1 2 3 4 5');
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);

-- One row.
CREATE TABLE indexed (
	upto  INTEGER NOT NULL,               -- messages up to this row are in the index
	words TEXT NOT NULL                   -- what a word was when it was made
);
INSERT INTO indexed VALUES (0, '');

CREATE TRIGGER messages_indexed AFTER INSERT ON messages WHEN new.row <= (SELECT upto FROM indexed) BEGIN
	INSERT INTO words (rowid, text, conversation, link)
		VALUES (new.row, sotto_words(new.text), new.conversation, sotto_link(new.text));
END;
CREATE TRIGGER messages_reindexed AFTER UPDATE OF text ON messages WHEN new.row <= (SELECT upto FROM indexed) BEGIN
	INSERT INTO words (words, rowid, text, conversation, link)
		VALUES ('delete', old.row, sotto_words(old.text), old.conversation, sotto_link(old.text));
	INSERT INTO words (rowid, text, conversation, link)
		VALUES (new.row, sotto_words(new.text), new.conversation, sotto_link(new.text));
END;
CREATE TRIGGER messages_unindexed AFTER DELETE ON messages WHEN old.row <= (SELECT upto FROM indexed) BEGIN
	INSERT INTO words (words, rowid, text, conversation, link)
		VALUES ('delete', old.row, sotto_words(old.text), old.conversation, sotto_link(old.text));
END;
`

// searchable gives a connection what searchTables needs.
func searchable(c *sqlite3.Conn) error {
	if err := fts5.Register(c); err != nil {
		return err
	}
	const flags = sqlite3.DETERMINISTIC | sqlite3.INNOCUOUS
	return errors.Join(
		c.CreateFunction("sotto_words", 1, flags, func(ctx sqlite3.Context, arg ...sqlite3.Value) {
			ctx.ResultText(folded(arg[0].Text()))
		}),
		c.CreateFunction("sotto_link", 1, flags, func(ctx sqlite3.Context, arg ...sqlite3.Value) {
			if hasLink(arg[0].Text()) {
				ctx.ResultText("link")
				return
			}
			ctx.ResultText("")
		}))
}

// ErrIndex says that the index was found damaged. It is empty by then, and made
// anew like that of a database that has none yet; what was asked for was not
// done and may be asked again.
var ErrIndex = errors.New("store: the search index was damaged and is made anew")

// damagedIndex reports whether an error is of the index and not of the database,
// whose pages have checksums.
func damagedIndex(err error) bool { return errors.Is(err, sqlite3.CORRUPT_VTAB) }

// renewIndex empties a damaged index in a transaction of its own, and returns
// ErrIndex if that is done.
func (db *DB) renewIndex() error {
	t := &Tx{db: db}
	if err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return classify(err)
	}
	t.begun = true
	err := t.forgetIndex()
	if err == nil {
		err = t.exec("COMMIT")
	}
	if err == nil {
		return ErrIndex
	}
	if !t.Over() {
		t.exec("ROLLBACK")
	}
	return classify(err)
}

// forgetIndex empties the index.
func (t *Tx) forgetIndex() error {
	if err := t.exec("INSERT INTO words (words) VALUES ('delete-all')"); err != nil {
		return err
	}
	return t.exec("UPDATE indexed SET upto=0, words=?", wordsVersion)
}

// currentIndex empties an index that was made when words were others.
func (t *Tx) currentIndex() error {
	var version string
	if err := t.row("SELECT words FROM indexed").Scan(&version); err != nil || version == wordsVersion {
		return err
	}
	return t.forgetIndex()
}

// Index puts up to limit messages into the index, oldest first, and reports
// whether there are more.
func (t *Tx) Index(limit int) (more bool, err error) {
	var n int
	var last int64
	err = t.row(`SELECT count(*), coalesce(max(row), 0) FROM (
		SELECT row FROM messages WHERE row > (SELECT upto FROM indexed) ORDER BY row LIMIT ?)`, limit).Scan(&n, &last)
	if err != nil || n == 0 {
		return false, err
	}
	err = t.exec(`INSERT INTO words (rowid, text, conversation, link)
		SELECT row, text, conversation, link FROM searched WHERE row > (SELECT upto FROM indexed) AND row <= ? ORDER BY row`, last)
	if err != nil {
		return false, err
	}
	return n == limit, t.exec("UPDATE indexed SET upto=?", last)
}

// Behind reports whether there are messages that are not in the index.
func (t *Tx) Behind() (bool, error) {
	var n int
	err := t.row("SELECT count(*) FROM (SELECT 1 FROM messages WHERE row > (SELECT upto FROM indexed) LIMIT 1)").Scan(&n)
	return n > 0, err
}

// CheckIndex compares the index with the messages. It takes time in proportion
// to all that is stored.
func (t *Tx) CheckIndex() error {
	return t.exec("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
}

const (
	// MaxHits is the most messages that Search returns.
	MaxHits = 100
	// maxLook is how many messages one call of Search reads at most.
	maxLook = 20000
)

// errEnough ends a query early.
var errEnough = errors.New("enough")

// Search returns messages with all the words of a query, newest first. It may
// return fewer than there are, even none: Hits.Next is where to go on, 0 at the
// end. Kind NotFound if there is no such contact.
func (t *Tx) Search(q model.Query) (model.Hits, error) {
	s := search{Query: q, tx: t, terms: terms(q.Text)}
	if s.Limit = min(max(q.Limit, 0), MaxHits); s.Limit == 0 {
		s.Limit = 50
	}
	if len(s.terms) == 0 && !q.HasLink && !q.Starred && q.From.IsZero() && q.Until.IsZero() {
		return model.Hits{}, nil
	}
	if s.Before <= 0 {
		s.Before = math.MaxInt64
	}
	if q.Contact != "" {
		if err := found(t.row("SELECT n FROM contacts WHERE id=?", q.Contact).Scan(&s.conversation)); err != nil {
			return model.Hits{}, err
		}
	}
	if err := s.run(); err != nil && !errors.Is(err, errEnough) {
		return model.Hits{}, err
	}
	for i := range s.hits.Hits {
		if err := t.quoted(&s.hits.Hits[i].Message); err != nil {
			return model.Hits{}, err
		}
	}
	return s.hits, nil
}

// search is one call of Search under way.
type search struct {
	model.Query
	tx           *Tx
	terms        []term
	conversation int64 // 0: all
	looked       int
	hits         model.Hits
}

// run looks at the messages that may be hits, newest first: those with a star have
// an index of their own, and without words there is nothing to ask the index of
// words for.
func (s *search) run() error {
	switch {
	case s.Starred:
		return s.read("starred=1", 0)
	case len(s.terms) == 0 && !s.HasLink:
		return s.read("note=''", 0)
	}
	var upto int64
	if err := s.tx.row("SELECT upto FROM indexed").Scan(&upto); err != nil {
		return err
	}
	if err := s.read("note=''", upto); err != nil {
		return err
	}
	return s.indexed(upto)
}

// read looks at the messages after a row for which a condition holds.
func (s *search) read(condition string, after int64) error {
	query := "SELECT " + messageColumns + " FROM messages WHERE row>?1 AND row<?2 AND " + condition
	args := []any{after, s.Before}
	if s.conversation != 0 {
		query += " AND conversation=?3"
		args = append(args, s.conversation)
	}
	return s.tx.each(s.look, query+" ORDER BY row DESC", args...)
}

// indexed asks the index for the messages up to the mark.
func (s *search) indexed(upto int64) error {
	match := expression(s.terms)
	and := func(more string) {
		if match != "" {
			match += " AND "
		}
		match += more
	}
	if s.conversation != 0 {
		and(fmt.Sprintf("conversation : %d", s.conversation))
	}
	if s.HasLink {
		and("link : link")
	}
	return s.tx.each(s.look, "SELECT "+messageColumns+` FROM (SELECT rowid AS hit FROM words WHERE words MATCH ?1 AND rowid<=?2) CROSS JOIN messages ON row=hit
		ORDER BY hit DESC`, match, min(upto, s.Before-1))
}

// look takes a message that is a hit, and ends the query after enough.
func (s *search) look(scan func(...any) error) error {
	m, err := scanMessage(scan)
	if err != nil {
		return err
	}
	ranges, ok := match(m.Text, s.terms)
	ok = ok && m.Note == "" && m.Deleted == "" && (!s.HasLink || hasLink(m.Text)) && (!s.Starred || m.Starred) &&
		(s.From.IsZero() || !m.Time.Before(s.From)) && (s.Until.IsZero() || m.Time.Before(s.Until))
	if ok {
		s.hits.Hits = append(s.hits.Hits, model.Hit{Message: m, Ranges: ranges})
	}
	if s.looked++; len(s.hits.Hits) == s.Limit || s.looked == maxLook {
		s.hits.Next = m.Row
		return errEnough
	}
	return nil
}
