// Package markdown writes pages of Markdown. It imports nothing of this repository.
package markdown
