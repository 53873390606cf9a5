// Package pipeline is what this repository's workflows run: plans, the comment of a pull request,
// the application of an approved plan, the report of drift. Only programs import it.
package pipeline
