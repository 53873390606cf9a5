package config

import "strings"

// postgresMajors are the major versions of PostgreSQL that RDS offers with
// standard support (Amazon RDS for PostgreSQL release notes, "Release
// calendar").
var postgresMajors = []string{"14", "15", "16", "17"}

// instanceFamily is a family of RDS instance classes that takes PostgreSQL.
type instanceFamily struct {
	// MemoryGiB by size.
	MemoryGiB map[string]int
}

// Memory by size, in GiB (Amazon RDS user guide, "Hardware specifications for
// DB instance classes").
var (
	burstable = map[string]int{"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
	general   = map[string]int{
		"large": 8, "xlarge": 16, "2xlarge": 32, "4xlarge": 64, "8xlarge": 128, "12xlarge": 192, "16xlarge": 256,
	}
	memory = map[string]int{
		"large": 16, "xlarge": 32, "2xlarge": 64, "4xlarge": 128, "8xlarge": 256, "12xlarge": 384, "16xlarge": 512,
	}
)

// instanceFamilies are those that RDS offers for PostgreSQL.
var instanceFamilies = map[string]instanceFamily{
	"t3":  {burstable},
	"t4g": {burstable},
	"m6g": {general},
	"m7g": {general},
	"r6g": {memory},
	"r7g": {memory},
}

// instanceMemory is the memory of an instance class in GiB; 0 when RDS does not
// offer the class.
func instanceMemory(class string) int {
	family, size, _ := strings.Cut(strings.TrimPrefix(class, "db."), ".")
	if !strings.HasPrefix(class, "db.") {
		return 0
	}
	return instanceFamilies[family].MemoryGiB[size]
}
