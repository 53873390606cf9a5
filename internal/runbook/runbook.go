// Package runbook reads the commands of the runbooks in docs, so that they can be
// checked and run as they are written there.
package runbook

import (
	"fmt"
	"regexp"
	"strings"
)

// Block is one piece of shell of a document: an indented or fenced block, or a
// command between backquotes.
type Block struct {
	// Section is the heading that it is under.
	Section string
	// Line is its first line in the document, from 1.
	Line int
	// Text is the shell, without the document's indentation.
	Text string
	// Inline says that it is part of a sentence.
	Inline bool
	// Role is whom it is for, as the document says before it, in the section or in a step:
	// "*Role: on-call.*"; "" where it says nothing.
	Role string
}

// role is how a document says whom what follows is for: until it says otherwise, or the
// section ends.
var role = regexp.MustCompile(`\*Role: ([a-z-]+)\.\*`)

// Part is what of a document is for one role.
type Part struct {
	Section, Role string
	// Line is its first in the document, from 1.
	Line int
	Text string
}

// Parts are the parts of a Markdown document, in order.
func Parts(document string) []Part {
	parts := []Part{{Line: 1}}
	fenced := false
	for n, line := range strings.Split(document, "\n") {
		last := parts[len(parts)-1]
		fenced = fenced != strings.HasPrefix(strings.TrimSpace(line), "```")
		if m := heading.FindStringSubmatch(line); m != nil && !fenced {
			parts = append(parts, Part{Section: m[1], Line: n + 1})
		} else if m := role.FindStringSubmatch(line); m != nil {
			parts = append(parts, Part{Section: last.Section, Role: m[1], Line: n + 1})
		}
		parts[len(parts)-1].Text += line + "\n"
	}
	return parts
}

var (
	heading = regexp.MustCompile(`^#+ (.*)$`)
	item    = regexp.MustCompile(`^( *)(?:[0-9]+\.|-) +`)
	inline  = regexp.MustCompile("`([^`]+)`")
	// command is the first word of what a person types.
	command     = regexp.MustCompile(`^(?:(?:[A-Z]+=\S* )?(?:aws|gh|make|npx|terraform|git|pipelines/backend/[a-z-]+\.sh|\.local/bin/[a-z]+)|umask|export|mkdir|[a-z]+\(\)|until|for|cd)\s`)
	placeholder = regexp.MustCompile(`<[a-z]+>`)
)

// Read returns the blocks of a Markdown document that are shell, in its order.
// Fenced blocks in another language than sh are left out.
func Read(document string) []Block {
	var blocks []Block
	var section string
	// depth is the indentation of the text of the list item that a line is in.
	depth, fence, block := 0, "", -1
	blankBefore := true
	for n, line := range strings.Split(document, "\n") {
		trimmed := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case fence != "":
			if trimmed == "```" {
				fence, block = "", -1
			} else if block >= 0 {
				blocks[block].Text += strings.TrimPrefix(line, strings.Repeat(" ", min(indent, depth))) + "\n"
			}
			continue
		case strings.HasPrefix(trimmed, "```"):
			fence, block = trimmed, -1
			if fence == "```sh" {
				blocks = append(blocks, Block{Section: section, Line: n + 2})
				block = len(blocks) - 1
			}
			continue
		case heading.MatchString(line):
			section, depth, block = heading.FindStringSubmatch(line)[1], 0, -1
		case trimmed == "":
			if block >= 0 {
				blocks[block].Text += "\n"
			}
		case indent >= depth+4 && (blankBefore || block >= 0):
			if block < 0 {
				blocks = append(blocks, Block{Section: section, Line: n + 1})
				block = len(blocks) - 1
			}
			blocks[block].Text += line[depth+4:] + "\n"
		default:
			block = -1
			if m := item.FindStringSubmatch(line); m != nil {
				depth = len(m[0])
			} else if indent < depth {
				depth = indent
			}
		}
		if block < 0 {
			for _, m := range inline.FindAllStringSubmatch(line, -1) {
				if command.MatchString(m[1]) {
					blocks = append(blocks, Block{Section: section, Line: n + 1, Text: m[1] + "\n", Inline: true})
				}
			}
		}
		blankBefore = trimmed == ""
	}
	var out []Block
	parts := Parts(document)
	for _, b := range blocks {
		b.Text = strings.TrimSpace(b.Text) + "\n"
		for len(parts) > 1 && parts[1].Line <= b.Line {
			parts = parts[1:]
		}
		if b.Role = parts[0].Role; command.MatchString(b.Text) {
			out = append(out, b)
		}
	}
	return out
}

// Filled is the block's text with a value for each of its placeholders, such as
// <env>. It returns an error for a placeholder without a value.
func (b Block) Filled(values map[string]string) (string, error) {
	var unknown []string
	text := placeholder.ReplaceAllStringFunc(b.Text, func(p string) string {
		value, ok := values[strings.Trim(p, "<>")]
		if !ok {
			unknown = append(unknown, p)
		}
		return value
	})
	if len(unknown) > 0 {
		return "", fmt.Errorf("line %d: no value for %s", b.Line, strings.Join(unknown, ", "))
	}
	return text, nil
}

// Under returns the blocks of a section that are not inline, in order.
func Under(blocks []Block, section string) []Block {
	var out []Block
	for _, b := range blocks {
		if b.Section == section && !b.Inline {
			out = append(out, b)
		}
	}
	return out
}
