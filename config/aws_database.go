package config

import "strings"

// postgresMajors are the major versions that RDS gives standard support (Amazon
// RDS for PostgreSQL release notes, "Release calendars"): an older one costs
// extra, by the hour and CPU. Not 14: there who signs in may make others members of
// its role (PostgreSQL 15 release notes, "Migration"), and so the application's role
// the master user, whose password RDS then no longer takes. Not 18 yet: there
// log_connections is a list, and RDS refuses the 1 that the platform's parameter group
// gives it.
var postgresMajors = []string{"15", "16", "17"}

// instanceSize is a size of a family of instance classes.
type instanceSize struct {
	Name string
	// GiB of memory.
	GiB int
}

// instanceFamilies are the families that RDS for PostgreSQL takes for a DB
// instance, of those that are not deprecated (Amazon RDS user guide, "Supported
// DB engines for DB instance classes" and "Hardware specifications for DB
// instance classes"). Not every region has all of them.
var instanceFamilies = map[string][]instanceSize{
	"t3":  burstable,
	"t4g": burstable,

	"m5":    sizes(4, upTo24...),
	"m5d":   sizes(4, upTo24...),
	"m6g":   sizes(4, upTo16...),
	"m6gd":  sizes(4, upTo16...),
	"m6i":   sizes(4, upTo32...),
	"m6id":  sizes(4, upTo32...),
	"m6idn": sizes(4, upTo32...),
	"m6in":  sizes(4, upTo32...),
	"m7g":   sizes(4, upTo16...),
	"m7i":   sizes(4, upTo48...),
	"m8g":   sizes(4, upTo48...),
	"m8gd":  sizes(4, upTo48...),

	"r5":    sizes(8, upTo24...),
	"r5b":   sizes(8, upTo24...),
	"r5d":   sizes(8, upTo24...),
	"r6g":   sizes(8, upTo16...),
	"r6gd":  sizes(8, upTo16...),
	"r6i":   sizes(8, upTo32...),
	"r6id":  sizes(8, upTo32...),
	"r6idn": sizes(8, upTo32...),
	"r6in":  sizes(8, upTo32...),
	"r7g":   sizes(8, upTo16...),
	"r7i":   sizes(8, upTo48...),
	"r8g":   sizes(8, upTo48...),
	"r8gd":  sizes(8, upTo48...),

	"x2g":    sizes(16, upTo16...),
	"x2idn":  sizes(16, "16xlarge", "24xlarge", "32xlarge"),
	"x2iedn": sizes(32, "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge", "24xlarge", "32xlarge"),
}

// familyMajors are the major versions of the families that do not take all of
// postgresMajors in their newest minor version.
var familyMajors = map[string][]string{"x2idn": {"15"}}

var burstable = []instanceSize{
	{"micro", 1}, {"small", 2}, {"medium", 4}, {"large", 8}, {"xlarge", 16}, {"2xlarge", 32},
}

var (
	upTo16 = []string{"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"}
	upTo24 = []string{"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"}
	upTo32 = []string{"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge"}
	upTo48 = []string{"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"}
)

var vCPUs = map[string]int{
	"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "12xlarge": 48, "16xlarge": 64, "24xlarge": 96,
	"32xlarge": 128, "48xlarge": 192,
}

// sizes have so many GiB of memory for each virtual CPU.
func sizes(gibPerVCPU int, names ...string) []instanceSize {
	out := make([]instanceSize, len(names))
	for i, name := range names {
		out[i] = instanceSize{name, gibPerVCPU * vCPUs[name]}
	}
	return out
}

// MemoryGiB is the memory of the database's instance class; 0 for a class that
// RDS for PostgreSQL does not have.
func (d Database) MemoryGiB() int {
	family, size, _ := strings.Cut(strings.TrimPrefix(d.InstanceClass, "db."), ".")
	for _, s := range instanceFamilies[family] {
		if s.Name == size {
			return s.GiB
		}
	}
	return 0
}
