// Package updates knows who updates each version that this repository pins:
// Dependabot (.github/dependabot.yml) or, where Dependabot cannot read the file,
// a person, whom `platform outdated` tells by an issue. What Dependabot is told to
// ignore counts as what it cannot read. Faults finds what is
// pinned and updated by nobody.
package updates
