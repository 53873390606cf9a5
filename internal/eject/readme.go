package eject

import (
	"bytes"
	"cmp"
	_ "embed"
	"text/template"

	"github.com/paperwurks/infra/internal/synthesised"
)

//go:embed readme.md.tmpl
var readmeText string

var readmeTemplate = template.Must(template.New("README.md").Parse(readmeText))

func readme(stacks synthesised.Stacks, renamed bool) ([]byte, error) {
	about := struct {
		Project, First string
		Stacks         synthesised.Stacks
		Renamed        bool
	}{Stacks: stacks, Renamed: renamed}
	for _, s := range stacks {
		about.First = cmp.Or(about.First, s.Name)
		for _, p := range s.Providers {
			for _, d := range p.DefaultTags {
				about.Project = cmp.Or(about.Project, d.Tags["project"])
			}
		}
	}
	var out bytes.Buffer
	err := readmeTemplate.Execute(&out, about)
	return out.Bytes(), err
}
