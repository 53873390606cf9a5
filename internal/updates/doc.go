// Package updates knows who updates each version that this repository pins:
// Dependabot (.github/dependabot.yml) or, where Dependabot cannot read the file,
// or is told to ignore what is in it, a person, whom `platform outdated` tells by an
// issue. Faults finds what is pinned and updated by nobody.
package updates
