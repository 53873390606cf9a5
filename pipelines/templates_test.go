package pipelines

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// form is an issue form (GitHub documentation, "Syntax for issue forms" and
// "Syntax for GitHub's form schema"), with all keys that GitHub knows.
type form struct {
	Name        string    `yaml:"name"`
	Description string    `yaml:"description"`
	Title       string    `yaml:"title"`
	Labels      []string  `yaml:"labels"`
	Assignees   []string  `yaml:"assignees"`
	Projects    []string  `yaml:"projects"`
	Type        string    `yaml:"type"`
	Body        []element `yaml:"body"`
}

type element struct {
	Type       string `yaml:"type"`
	ID         string `yaml:"id"`
	Attributes struct {
		Label       string `yaml:"label"`
		Description string `yaml:"description"`
		Placeholder string `yaml:"placeholder"`
		Value       string `yaml:"value"`
		Render      string `yaml:"render"`
		Multiple    bool   `yaml:"multiple"`
		Default     *int   `yaml:"default"`
		Options     []any  `yaml:"options"`
	} `yaml:"attributes"`
	Validations struct {
		Required bool `yaml:"required"`
	} `yaml:"validations"`
}

var elementID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// formFaults names what GitHub would refuse of an issue form.
func formFaults(data []byte) []string {
	var f form
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&f); err != nil {
		return []string{err.Error()}
	}
	var faults []string
	fault := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	if f.Name == "" || f.Description == "" {
		fault("name and description are required")
	}
	seen := map[string]bool{}
	asks := false
	for i, e := range f.Body {
		where := fmt.Sprintf("body[%d]", i)
		if e.Type == "markdown" {
			if e.Attributes.Value == "" {
				fault("%s: markdown without a value", where)
			}
			continue
		}
		asks = true
		if !elementID.MatchString(e.ID) || seen[e.ID] {
			fault("%s: id %q: letters, digits, - and _, once in the form", where, e.ID)
		}
		if e.Attributes.Label == "" || seen["label "+e.Attributes.Label] {
			fault("%s: label %q: one that is used once is required", where, e.Attributes.Label)
		}
		seen[e.ID], seen["label "+e.Attributes.Label] = true, true
		switch e.Type {
		case "input", "textarea":
			if len(e.Attributes.Options) > 0 {
				fault("%s: %s has no options", where, e.Type)
			}
		case "dropdown":
			var options []string
			for _, o := range e.Attributes.Options {
				text, ok := o.(string)
				if !ok || text == "" || strings.EqualFold(text, "none") || slices.Contains(options, text) {
					fault("%s: option %v: a text that is there once, and not None, is required", where, o)
				}
				options = append(options, text)
			}
			if len(options) == 0 {
				fault("%s: options are required", where)
			}
		case "checkboxes":
			for _, o := range e.Attributes.Options {
				option, _ := o.(map[string]any)
				if label, ok := option["label"].(string); !ok || label == "" {
					fault("%s: option %v: a label is required", where, o)
				}
				for key := range option {
					if key != "label" && key != "required" {
						fault("%s: option %v: unknown key %q", where, o, key)
					}
				}
			}
			if len(e.Attributes.Options) == 0 || e.Validations.Required {
				fault("%s: checkboxes have options, of which each says whether it is required", where)
			}
		default:
			fault("%s: type %q", where, e.Type)
		}
	}
	if !asks {
		fault("body: a form that asks nothing")
	}
	return faults
}

func TestIssueForms(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(root, ".github/ISSUE_TEMPLATE/*.yml"))
	if err != nil {
		t.Fatal(err)
	}
	forms := 0
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(name) == "config.yml" {
			continue
		}
		forms++
		for _, fault := range formFaults(data) {
			t.Errorf("%s: %s", name, fault)
		}
	}
	if forms < 2 {
		t.Errorf("%d forms", forms)
	}
}

func TestFormFaults(t *testing.T) {
	const good = "name: A\ndescription: B\nbody:\n  - type: dropdown\n    id: a\n    attributes:\n      label: L\n      options: [x, y]\n    validations:\n      required: true\n"
	if faults := formFaults([]byte(good)); len(faults) > 0 {
		t.Fatal(faults)
	}
	for _, test := range []struct{ from, to, want string }{
		{"name: A\n", "", "name and description"},
		{"label: L", "lable: L", "lable"},
		{"label: L", "label: ''", "label"},
		{"id: a", "id: a b", `id "a b"`},
		{"type: dropdown", "type: select", `type "select"`},
		{"[x, y]", "[x, x]", "option x"},
		{"[x, y]", "[x, None]", "option None"},
		{"[x, y]", "[]", "options are required"},
		{"type: dropdown", "type: checkboxes", "a label is required"},
		{"type: dropdown", "type: input", "no options"},
		{good[strings.Index(good, "  - type"):], "  - type: markdown\n    attributes:\n      value: x\n", "asks nothing"},
		{"    validations:", "  - type: input\n    id: a\n    attributes:\n      label: L\n    validations:", `id "a"`},
	} {
		faults := formFaults([]byte(strings.Replace(good, test.from, test.to, 1)))
		if !strings.Contains(strings.Join(faults, "\n"), test.want) {
			t.Errorf("%q: %q; want %q", test.to, faults, test.want)
		}
	}
}

var (
	templateLink = regexp.MustCompile(`(?:blob/main|\]\(\.\.)/([\w./-]+\.md)(?:#([\w-]+))?`)
	heading      = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInAnchor  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestTemplateLinks: what the templates and SECURITY.md send to is there.
func TestTemplateLinks(t *testing.T) {
	links := 0
	for _, pattern := range []string{"SECURITY.md", "pull_request_template.md", "ISSUE_TEMPLATE/*.yml"} {
		names, err := filepath.Glob(filepath.Join(root, ".github", pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(names))
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range templateLink.FindAllStringSubmatch(string(data), -1) {
				links++
				page, err := os.ReadFile(filepath.Join(root, m[1]))
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				anchors := []string{""}
				for _, h := range heading.FindAllStringSubmatch(string(page), -1) {
					anchors = append(anchors, strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-"))
				}
				if !slices.Contains(anchors, m[2]) {
					t.Errorf("%s: %s has no heading #%s", name, m[1], m[2])
				}
			}
		}
	}
	if links < 6 {
		t.Errorf("%d links", links)
	}
}
