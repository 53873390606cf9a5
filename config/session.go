package config

// SessionSeconds is the longest session of a CI role. Credentials have to
// outlive the job that uses them, for Terraform can otherwise neither write the
// state nor release its lock: an apply may take two hours (CloudFront's
// distributions and an RDS instance with a standby each up to half an hour),
// and everything else ends within one.
func SessionSeconds(role string) int {
	if role == InfraRole {
		return 7200
	}
	return 3600
}
