// Package cdktf runs the cdktf CLI of package-lock.json for the programs of this repository, and says how far its
// Terraform runs are. Only programs import it.
package cdktf
