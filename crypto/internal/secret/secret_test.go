package secret_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/secret/secrettest"
)

type inner struct {
	secret.Redacted
	bytes []byte
	key   secret.Key
}

type outer struct {
	secret.Redacted
	inner
	list []inner
	at   *inner
}

func Test(t *testing.T) {
	in := inner{bytes: []byte("0123456789"), key: secret.Key(bytes.Repeat([]byte("key"), 11))}
	v := outer{inner: in, list: []inner{in}, at: &in}
	seen := secrettest.Hidden(t, &v, in.bytes)
	for _, want := range []any{v, in, in.key} {
		if !seen[reflect.TypeOf(want)] {
			t.Errorf("%T was not printed", want)
		}
	}
	if n := len(secrettest.Keys(v)); n != 3 {
		t.Errorf("%d keys found, want 3", n)
	}
	for _, x := range []any{v, &v, in.key, &in.key} {
		if s := fmt.Sprintf("%v %+v %#v %x %s", x, x, x, x, x); s != "[secret] [secret] [secret] [secret] [secret]" {
			t.Errorf("%T: %s", x, s)
		}
	}
}

// What does not redact itself is caught, so that Hidden means something.
func TestShown(t *testing.T) {
	type bare struct{ key [32]byte }
	type exported struct{ Bytes []byte }
	type careless struct{ in inner } // fmt does not ask unexported fields
	for _, v := range []any{
		&bare{[32]byte([]byte("0123456789abcdef0123456789abcdef"))},
		&exported{[]byte("0123456789")},
		&careless{inner{key: secret.Key([]byte("0123456789abcdef0123456789abcdef"))}},
	} {
		var caught recorder
		secrettest.Hidden(&caught, v, []byte("0123456789"))
		if !caught.failed {
			t.Errorf("%T shows its secret, and nobody says so", v)
		}
	}
}

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	failed bool
}

func (*recorder) Helper()                 {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }
