package config

// OutsideRegions are those that Route 53 asks the public URL from: Europe and both
// sides of America. It asks for three or more of its eight (Amazon Route 53 API,
// HealthCheckConfig: Regions).
func OutsideRegions() []string { return []string{"eu-west-1", "us-east-1", "us-west-1"} }

// zonesOf gives for each region of the AWS partition "aws" the letters of its
// zones (AWS Regions and Availability Zones guide, "AWS Regions"; the letters
// as DescribeAvailabilityZones gives them to a new account). Other partitions
// spell ARNs otherwise than names and policies here do.
var zonesOf = map[string]string{
	"af-south-1":     "abc",
	"ap-east-1":      "abc",
	"ap-east-2":      "abc",
	"ap-northeast-1": "acd",
	"ap-northeast-2": "abcd",
	"ap-northeast-3": "abc",
	"ap-south-1":     "abc",
	"ap-south-2":     "abc",
	"ap-southeast-1": "abc",
	"ap-southeast-2": "abc",
	"ap-southeast-3": "abc",
	"ap-southeast-4": "abc",
	"ap-southeast-5": "abc",
	"ap-southeast-6": "abc",
	"ap-southeast-7": "abc",
	"ca-central-1":   "abd",
	"ca-west-1":      "abc",
	"eu-central-1":   "abc",
	"eu-central-2":   "abc",
	"eu-north-1":     "abc",
	"eu-south-1":     "abc",
	"eu-south-2":     "abc",
	"eu-west-1":      "abc",
	"eu-west-2":      "abc",
	"eu-west-3":      "abc",
	"il-central-1":   "abc",
	"me-central-1":   "abc",
	"me-south-1":     "abc",
	"mx-central-1":   "abc",
	"sa-east-1":      "abc",
	"us-east-1":      "abcdef",
	"us-east-2":      "abc",
	// An account sees two of the three.
	"us-west-1": "abc",
	"us-west-2": "abcd",
}
