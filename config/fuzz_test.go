package config

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode"
)

// FuzzSettings changes settings at random, wherever the data says. Whatever
// comes out is refused with readable faults, or sound.
func FuzzSettings(f *testing.F) {
	f.Add([]byte(nil))
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		f.Add(randomBytes(random))
	}
	known := map[string]bool{}
	fields("", reflect.TypeFor[Settings](), known)

	f.Fuzz(func(t *testing.T, data []byte) {
		s := mutated(data)
		err := s.Validate()
		if err == nil {
			checkSound(t, s)
			return
		}
		var faults Faults
		if !errors.As(err, &faults) || len(faults) == 0 {
			t.Fatalf("got %#v, want Faults", err)
		}
		for _, fault := range faults {
			if _, ok := known[fieldOf(fault.Path)]; !ok {
				t.Errorf("%q is no field of Settings", fault.Path)
			}
			if line := fault.Error(); fault.Value == "" || fault.Problem == "" || strings.ContainsFunc(line, unicode.IsControl) {
				t.Errorf("not one readable line: %q", line)
			}
		}
		if again := s.Validate(); again == nil || again.Error() != err.Error() {
			t.Errorf("a second look says otherwise:\n%v\nthan the first:\n%v", again, err)
		}
	})
}

// TestFuzzingReachesBoth: data that only ever gave refused settings, or only
// ever sound ones, would show nothing.
func TestFuzzingReachesBoth(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	const rounds = 2000
	refused := 0
	for range rounds {
		if mutated(randomBytes(random)).Validate() != nil {
			refused++
		}
	}
	if refused < rounds/2 || refused > rounds*49/50 {
		t.Errorf("%d of %d settings were refused; at least half and at most 49 of 50 are wanted", refused, rounds)
	}
}

func randomBytes(r *rand.Rand) []byte {
	data := make([]byte, r.IntN(60))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

// mutated are valid's settings with changes decoded from the data.
func mutated(data []byte) Settings {
	s := valid()
	m := &mutator{data}
	const mostChanges = 24
	for i := 0; i < mostChanges && len(m.data) > 0; i++ {
		m.change(reflect.ValueOf(&s).Elem())
	}
	return s
}

// mutator takes its choices from data; without data it takes the first.
type mutator struct{ data []byte }

func (m *mutator) next() byte {
	if len(m.data) == 0 {
		return 0
	}
	b := m.data[0]
	m.data = m.data[1:]
	return b
}

func (m *mutator) choose(n int) int { return int(m.next()) % n }

// change walks to some value and changes it.
func (m *mutator) change(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		m.change(v.Field(m.choose(v.NumField())))
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		} else if m.choose(8) == 0 {
			v.SetZero()
		} else {
			m.change(v.Elem())
		}
	case reflect.Slice:
		m.changeSlice(v)
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		v.SetMapIndex(reflect.ValueOf(m.text()), reflect.ValueOf(m.text()))
	case reflect.String:
		v.SetString(m.text())
	case reflect.Int:
		v.SetInt(m.number())
	case reflect.Float64:
		v.SetFloat(m.fraction())
	case reflect.Bool:
		v.SetBool(!v.Bool())
	default:
		panic("a setting of kind " + v.Kind().String() + " is never changed")
	}
}

func (m *mutator) changeSlice(v reflect.Value) {
	const appendCopy, appendZero, remove, clear, kinds = 0, 1, 2, 3, 10
	choice := m.choose(kinds)
	switch {
	case choice == appendZero || v.Len() == 0:
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		m.change(v.Index(v.Len() - 1))
	case choice == appendCopy:
		v.Set(reflect.Append(v, deepCopy(v.Index(m.choose(v.Len())))))
		m.change(v.Index(v.Len() - 1))
	case choice == remove:
		i := m.choose(v.Len())
		v.Set(reflect.AppendSlice(v.Slice(0, i), v.Slice(i+1, v.Len())))
	case choice == clear:
		v.SetZero()
	default:
		m.change(v.Index(m.choose(v.Len())))
	}
}

// deepCopy shares nothing with v.
func deepCopy(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(deepCopy(v.Field(i)))
		}
	case reflect.Slice:
		for i := range v.Len() {
			out.Set(reflect.Append(out, deepCopy(v.Index(i))))
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMap(v.Type()))
			for _, name := range v.MapKeys() {
				out.SetMapIndex(name, v.MapIndex(name))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(deepCopy(v.Elem()))
		}
	default:
		out.Set(v)
	}
	return out
}

// words are texts that some setting takes, and some that none does.
var words = []string{
	"", "a", "web", "worker", "api", "admin", "dev", "dev-a", "a-web", "web-container", "terraform", "staging", "prod", "prod-eu", "preview", "shared", "migrate", "main", "develop",
	"role-x", "x-web-task", "deploy", "paperwurks", "for", "exec", "database", "session-key", "session_key", "stripe-key", "port", "LOG_LEVEL", "SESSION_KEY", "PORT",
	"eu-central-1", "eu-west-1", "us-east-1", "eu-central-1a", "eu-central-1b", "eu-west-1a", "us-east-1f",
	"10.20.0.0/14", "10.0.0.0/8", "10.20.0.0/16", "10.22.0.0/20", "10.23.0.0/16", "10.23.16.0/20", "10.23.16.0/17", "172.16.0.0/16", "0.0.0.0/0", "::/0",
	"single", "per-zone", "none", "ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssmmessages", "s3", "kms",
	"14", "15", "17", "18", "db.t4g.micro", "db.m7g.large", "db.x2idn.16xlarge", "db.t3.nano", "db.", "db..",
	"111122223333", "000000000000", "1", "48151623", "731204567", "Z0123456789ABCDEFGHIJ", "paperwurks.example", "on-call@paperwurks.example",
	"/", "/*", "/admin/*", "/healthz", "CMD", "CMD-SHELL", "exit 0", "*", "refs/heads/main", "..", "Prod", "prod ", " prod",
	"pr\u043ed", "\u200b", "\x00", "\n", "${x}", "%{x}", "$${x}", "#{TfToken[TOKEN.0]}", "]", `"]`, "[0]", "\xff\xfe",
	strings.Repeat("a", 64), strings.Repeat("a-", 600),
}

func (m *mutator) text() string {
	choice := m.choose(256)
	if choice < 224 {
		return words[choice%len(words)]
	}
	length := min(m.choose(16), len(m.data))
	text := string(m.data[:length])
	m.data = m.data[length:]
	return text
}

// numbers are those around which something changes.
var numbers = []int64{
	0, 1, 2, 3, 5, 7, 9, 10, 14, 20, 22, 29, 30, 35, 36, 50, 60, 85, 90, 99, 100, 101, 110, 224, 256, 300, 365, 449, 500, 512, 1000, 1023, 1024,
	2048, 3653, 4096, 4999, 5000, 8080, 8192, 16384, 30720, 65535, 65536, 122880, 2_000_000_000, math.MaxInt64, math.MinInt64, -1,
}

func (m *mutator) number() int64 {
	choice := m.choose(256)
	if choice < 240 {
		return numbers[choice%len(numbers)]
	}
	var raw [8]byte
	for i := range raw {
		raw[i] = m.next()
	}
	return int64(binary.LittleEndian.Uint64(raw[:]))
}

func (m *mutator) fraction() float64 {
	extremes := []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64, 0, -0.5, 0.5, 59.9, 60.1}
	if choice := m.choose(16); choice < len(extremes) {
		return extremes[choice]
	}
	return math.Float64frombits(uint64(m.number()))
}
