package config

// Findings of these are mailed to the account's topic: of GuardDuty those of this
// severity and above (GuardDuty user guide, "Findings severity levels": high is 7.0
// to 8.9, critical more), of Security Hub those with these labels.
const HighSeverity = 7

// RecorderName is the name of Config's recorder and of its delivery channel, of which
// a region has one each: the one that AWS gives them where nobody names them.
// ConfigPrincipal is the service whose role the recorder has. RecordingFrequency: every
// change, for Security Hub's controls that look when something changes.
const (
	RecorderName    = "default"
	ConfigPrincipal = "config.amazonaws.com"

	RecordingFrequency = "CONTINUOUS"
)

// HighLabels are Security Hub's words for it.
func HighLabels() []string { return []string{"HIGH", "CRITICAL"} }

// FindingsAnchor is the section of docs/operations.md on findings.
const FindingsAnchor = "findings"

// FindingsRunbook is the page that says what to do with a finding.
func (g GitHub) FindingsRunbook() string { return g.runbook(FindingsAnchor) }

// FoundationsStandard and BestPracticesStandard are the standards that Security Hub
// checks in a region (AWS Security Hub user guide, "CIS AWS Foundations Benchmark",
// "AWS Foundational Security Best Practices standard").
func FoundationsStandard(region string) string {
	return "arn:aws:securityhub:" + region + "::standards/cis-aws-foundations-benchmark/v/5.0.0"
}
func BestPracticesStandard(region string) string {
	return "arn:aws:securityhub:" + region + "::standards/aws-foundational-security-best-practices/v/1.0.0"
}
