// Package review reads what Terraform is about to do, as `terraform show -json`
// writes it, and says it to people: as the comment of a pull request, as a
// report of drift, as the summary of a deployment. It also keeps a plan apart
// from what makes it stale.
//
// No value that Terraform or the provider marks as sensitive leaves Reduce,
// and only what Reduce gave is ever stored or rendered.
package review
