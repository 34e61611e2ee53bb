// Package secrettest finds the keys in a value and checks that nothing shows
// them. It looks into unexported fields, as fmt does.
package secrettest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"sotto/crypto/internal/secret"
)

// Keys returns every secret.Key that can be reached from v and is not zero, and
// in pieces of 32 bytes every field of a struct that is called private.
func Keys(v any) (keys [][]byte) {
	walk(v, func(v reflect.Value) {
		if k, ok := v.Interface().(secret.Key); ok && k != (secret.Key{}) {
			keys = append(keys, k[:])
		}
		if v.Kind() != reflect.Struct {
			return
		}
		if private := v.FieldByName("private"); private.IsValid() {
			keys = slices.AppendSeq(keys, slices.Chunk(private.Bytes(), 32))
		}
	})
	return keys
}

// Hidden prints v, and every struct and key of this project that can be reached
// from it, in all the ways there are: with fmt, in JSON, in logs, by itself and
// as part of something else. It fails the test if one of the secrets, or a key
// found on the way, is seen in any usual encoding. It returns the types it has
// printed.
//
// What redacts itself is printed with every verb. A struct that does not, and
// only has a secret in it, is printed with those that are for structs.
func Hidden(t testing.TB, v any, secrets ...[]byte) map[reflect.Type]bool {
	t.Helper()
	secrets = append(secrets, Keys(v)...)
	if len(secrets) == 0 {
		t.Fatalf("%T has no secret", v)
	}
	forms := map[string]string{}
	for _, b := range secrets {
		for name, form := range encodings(b) {
			forms[form] = name
		}
	}
	seen := map[reflect.Type]bool{}
	walk(v, func(v reflect.Value) {
		seen[v.Type()] = true
		for shown := range prints(v) {
			for form, name := range forms {
				if strings.Contains(shown, form) {
					t.Errorf("%v shows a secret (%s)", v.Type(), name)
					return
				}
			}
		}
	})
	return seen
}

// prints returns what the standard library makes of a value.
func prints(v reflect.Value) map[string]bool {
	all := map[string]bool{}
	p := v.Addr().Interface()
	forms := []any{v.Interface(), p}
	// A key in the exported field of something that is printed.
	type holder struct{ Held any }
	for _, x := range forms {
		forms = append(forms, holder{x}, &holder{x}, []any{x}, map[string]any{"x": x})
	}
	verbs := "v"
	if _, ok := p.(fmt.Formatter); ok {
		verbs = "vsxXqdb"
	}
	for _, x := range forms {
		for _, verb := range verbs {
			for _, flags := range []string{"", "+", "#", " "} {
				all[fmt.Sprintf("%"+flags+string(verb), x)] = true
			}
		}
		b, _ := json.Marshal(x) // what cannot be marshalled is not shown
		all[string(b)], all[fmt.Sprint(x)], all[fmt.Sprintln(x)] = true, true, true
		var log bytes.Buffer
		noTime := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}
		slog.New(slog.NewTextHandler(&log, noTime)).Info("m", "x", x)
		slog.New(slog.NewJSONHandler(&log, noTime)).Info("m", "x", x)
		all[log.String()] = true
	}
	return all
}

// encodings returns how the first eight bytes of a secret may look in a text.
func encodings(s []byte) map[string]string {
	s = s[:8]
	list := func(format, separator string) string {
		parts := make([]string, len(s))
		for i, b := range s {
			parts[i] = fmt.Sprintf(format, b)
		}
		return strings.Join(parts, separator)
	}
	return map[string]string{
		"bytes":      string(s),
		"hex":        list("%02x", ""),
		"HEX":        list("%02X", ""),
		"spaced hex": list("%02x", " "),
		"spaced HEX": list("%02X", " "),
		"Go syntax":  list("0x%x", ", "),
		"fmt":        list("%d", " "),
		"JSON":       list("%d", ","),
		"binary":     list("%b", " "),
		"quoted":     strings.Trim(fmt.Sprintf("%q", s), `"`),
		"base64":     base64.StdEncoding.EncodeToString(s[:6]),
	}
}

// walk calls f with every struct of this project, and every key, that can be
// reached from v.
func walk(v any, f func(reflect.Value)) {
	root := reflect.New(reflect.TypeOf(v)).Elem()
	root.Set(reflect.ValueOf(v))
	seen := map[unsafe.Pointer]bool{}
	var visit func(reflect.Value)
	visit = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() && !seen[v.UnsafePointer()] {
				seen[v.UnsafePointer()] = true
				visit(v.Elem())
			}
		case reflect.Interface:
			if !v.IsNil() && v.Elem().Kind() == reflect.Pointer {
				visit(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				visit(v.Index(i))
			}
		case reflect.Array:
			if v.Type() == reflect.TypeFor[secret.Key]() {
				f(v)
			}
		case reflect.Struct:
			if !strings.HasPrefix(v.Type().PkgPath(), "sotto/") || v.Type() == reflect.TypeFor[secret.Redacted]() {
				return
			}
			f(v)
			for i := range v.NumField() {
				field := v.Field(i)
				visit(reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem())
			}
		}
	}
	visit(root)
}
