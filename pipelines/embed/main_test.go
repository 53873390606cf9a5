package main

import (
	"errors"
	"strings"
	"testing"
)

func TestEmbed(t *testing.T) {
	const workflow = "steps:\n  - name: a\n    run: | # pipelines/backend/a.sh\n      old\n\n      older\n  - name: b\n    run: | # pipelines/backend/b.sh\n"
	scripts := map[string]string{"a.sh": "#!/bin/sh\n# a\n\nif x; then\n  y\nfi\n", "b.sh": "#!/bin/sh\nb\n"}
	read := func(name string) (string, error) {
		if s, ok := scripts[name]; ok {
			return s, nil
		}
		return "", errors.New("no " + name)
	}
	const want = "steps:\n  - name: a\n    run: | # pipelines/backend/a.sh\n      # a\n\n      if x; then\n        y\n      fi\n  - name: b\n    run: | # pipelines/backend/b.sh\n      b\n"
	got, err := embed(workflow, read)
	if err != nil || got != want {
		t.Fatalf("%v\n%s", err, got)
	}
	if again, err := embed(got, read); err != nil || again != got {
		t.Errorf("a second time changes it: %v\n%s", err, again)
	}
	scripts["a.sh"] = "no interpreter\n"
	if _, err := embed(workflow, read); err == nil || !strings.Contains(err.Error(), "interpreter") {
		t.Errorf("got %v", err)
	}
	delete(scripts, "a.sh")
	if _, err := embed(workflow, read); err == nil {
		t.Error("a script that is not there was embedded")
	}
}
