package kit

import (
	"strings"
	"testing"
)

// drawn returns the parts of a line as they are drawn.
func drawn(line string) []string {
	var out []string
	for _, p := range Visual(line, BeginsRightToLeft(line)) {
		out = append(out, p.Drawn(line[p.From:p.To]))
	}
	return out
}

func TestVisual(t *testing.T) {
	for logical, want := range map[string]string{
		"Are you still on the train?": "Are you still on the train?",
		"مرحبا":                       "مرحبا",
		"مرحبا يا صديقي":              "مرحبا يا صديقي",
		// From the right: what is read first stands at the right.
		"محفوظة في 2 من 3":     "3| |من| |2| |محفوظة في",
		"لم تضع رسالة: انتظر.": ".|انتظر| :|لم تضع رسالة",
		"اسم (آخر)":            "(|آخر|) |اسم",
		"حاسوب Alice الآن":     "الآن| |Alice| |حاسوب",
		// From the left, with words from the right in it.
		"Page 40, مرحبا, that is all": "Page 40, |مرحبا|, that is all",
		"see שלום 5 עולם now":         "see |עולם| |5| |שלום| now",
		// Signs of several parts stay whole.
		"مرحبا 👩‍🔬 (نعم)": "(|نعم|) 👩‍🔬 |مرحبا",
		"":                "",
	} {
		if got := strings.Join(drawn(logical), "|"); got != want {
			t.Errorf("%q is drawn as %q, want %q", logical, got, want)
		}
	}
}

func TestInOrder(t *testing.T) {
	for logical, want := range map[string]string{
		"Message to Bob":      "Message to Bob",
		"Message to شمس":      "Message to شمس",
		"رسالة إلى Bob":       "Bob رسالة إلى",
		"رسالة إلى شمس":       "رسالة إلى شمس",
		"رسالة إلى Bob …":     "… Bob رسالة إلى",
		"اسم (آخر) هنا":       "اسم (آخر) هنا",
		"اسم (آخر)":           "(اسم (آخر",
		"بحث (Ctrl F) في شمس": "في شمس (Ctrl F) بحث",
		"":                    "",
	} {
		if got := InOrder(logical, BeginsRightToLeft(logical)); got != want {
			t.Errorf("%q becomes %q, want %q", logical, got, want)
		}
	}
}

func FuzzVisual(f *testing.F) {
	f.Add("abc مرحبا 12 def שלום (x)")
	f.Fuzz(func(t *testing.T, s string) {
		got := strings.Join(drawn(s), "")
		if len([]rune(got)) != len([]rune(s)) {
			t.Errorf("%q became %q", s, got)
		}
	})
}
