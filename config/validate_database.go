package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Storage of type gp3 in GiB (Amazon RDS API, CreateDBInstance:
// AllocatedStorage, RDS for PostgreSQL).
const (
	minStorage = 20
	maxStorage = 65536
	// maxAllocated leaves storage autoscaling the tenth that it asks for.
	maxAllocated = maxStorage * 10 / 11
)

// database returns the memory of the instance in GiB; 0 when its class is
// refused.
func (c *checker) database(path string, d Database) int {
	if !slices.Contains(postgresMajors, d.EngineVersion) {
		c.refuse(path+".engineVersion", d.EngineVersion, "a major version is allowed that RDS supports without extra charge and the platform's roles and parameter group fit: %s", or(postgresMajors))
	}
	memory := c.instanceClass(path, d)
	c.between(path+".storageGiB", d.StorageGiB, minStorage, maxAllocated,
		fmt.Sprintf("GiB are allowed: storage autoscaling needs a tenth more, and AWS takes %d", maxStorage))
	// Amazon RDS user guide, "Managing capacity automatically with Amazon RDS
	// storage autoscaling": the limit is at least 10 percent above what is
	// allocated.
	if !c.isRefused(path + ".storageGiB") {
		c.between(path+".maxStorageGiB", d.MaxStorageGiB, d.StorageGiB+(d.StorageGiB+9)/10, maxStorage, "GiB are allowed: storageGiB and a tenth, or more")
	}
	// Amazon RDS API, CreateDBInstance: BackupRetentionPeriod; 0 would turn
	// backups off.
	c.between(path+".backupDays", d.BackupDays, 1, 35, "days are allowed")
	return memory
}

// connections checks the alarm on connections of a database with so much
// memory; 0 when its class is refused.
func (c *checker) connections(path string, alarm, memoryGiB int) {
	if memoryGiB > 0 {
		limit := maxConnections(memoryGiB)
		c.between(path, alarm, 1, limit-1,
			fmt.Sprintf("connections are allowed: the database takes %d, so that a higher alarm is never raised", limit))
	} else if alarm < 1 {
		c.refuse(path, alarm, "1 connection or more is allowed")
	}
}

// instanceClass returns the memory of the class in GiB; 0 when it is refused.
func (c *checker) instanceClass(path string, d Database) int {
	path += ".instanceClass"
	family, size, ok := strings.Cut(strings.TrimPrefix(d.InstanceClass, "db."), ".")
	if !ok || !strings.HasPrefix(d.InstanceClass, "db.") {
		c.refuse(path, d.InstanceClass, `a class such as "db.m7g.large" is allowed`)
		return 0
	}
	sizes, ok := instanceFamilies[family]
	if !ok {
		c.refuse(path, d.InstanceClass, "a family that RDS for PostgreSQL has is allowed: db. and %s", or(slices.Sorted(maps.Keys(instanceFamilies))))
		return 0
	}
	i := slices.IndexFunc(sizes, func(s instanceSize) bool { return s.Name == size })
	if i < 0 {
		names := make([]string, len(sizes))
		for i, s := range sizes {
			names[i] = s.Name
		}
		c.refuse(path, d.InstanceClass, "a size that db.%s has is allowed: %s", family, or(names))
		return 0
	}
	if only, limited := familyMajors[family]; limited && !slices.Contains(only, d.EngineVersion) {
		c.refuse(path, d.InstanceClass, "a class that takes engineVersion %s is allowed; db.%s takes %s", show(d.EngineVersion), family, or(only))
		return 0
	}
	return d.MemoryGiB()
}

// maxConnections is how many connections RDS for PostgreSQL takes on an
// instance with so much memory (Amazon RDS user guide, "Quotas and constraints
// for Amazon RDS", maximum number of database connections).
func maxConnections(memoryGiB int) int {
	const perConnection, most = 9_531_392, 5000
	return min(memoryGiB<<30/perConnection, most)
}
