package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"sotto/crypto/internal/secret"
)

type key struct {
	secret.Redacted
	Bytes []byte
}

func Test(t *testing.T) {
	k := key{Bytes: []byte("0123456789")}
	type holder struct{ Key key }
	for _, v := range []any{k, &k} {
		for _, verb := range "vsxXqdTp" {
			got := fmt.Sprintf("%"+string(verb)+" %#"+string(verb), v, v)
			if verb != 'T' && verb != 'p' && got != "[secret] [secret]" {
				t.Errorf("%%%c: %s", verb, got)
			}
		}
		if fmt.Sprint(v) != "[secret]" || fmt.Sprintln(v) != "[secret]\n" {
			t.Error("Sprint shows it")
		}
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %+v %#v", holder{k}, []key{k}, map[string]*key{"k": &k})
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "k", k, "h", holder{k})
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "k", &k, "h", []key{k})
	b, err := json.Marshal(holder{k})
	if err != nil || string(b) != `{"Key":"[secret]"}` {
		t.Errorf("%s, %v", b, err)
	}
	if s := out.String(); strings.Contains(s, "0123") || strings.Contains(s, "48 49") || strings.Contains(s, "MDEy") || strings.Contains(s, "0x30") {
		t.Errorf("shown: %s", s)
	}
}
