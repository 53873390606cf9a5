//go:build tools

// Package tools imports what this module pins, so that Dependabot sees it as a
// direct dependency: it leaves `tool` directives alone (dependabot-core#12050).
package tools

import _ "github.com/opentofu/opentofu/cmd/tofu"
