package config

import "slices"

func (c *checker) database(path string, e Environment) {
	path += ".database"
	d := e.Database
	if !slices.Contains(postgresMajors, d.EngineVersion) {
		c.refuse(path+".engineVersion", d.EngineVersion, "%s is allowed", or(postgresMajors))
	}
	if instanceMemory(d.InstanceClass) == 0 {
		c.refuse(path+".instanceClass", d.InstanceClass, `a class that RDS offers for PostgreSQL is allowed, such as "db.m7g.large"`)
	}
	c.between(path+".storageGiB", d.StorageGiB, 20, 65536, "GiB")
	if low := d.StorageGiB + (d.StorageGiB+9)/10; d.MaxStorageGiB < low || d.MaxStorageGiB > 65536 {
		c.refuse(path+".maxStorageGiB", d.MaxStorageGiB, "from %d (storageGiB and a tenth) to 65536 GiB are allowed", low)
	}
	c.between(path+".backupDays", d.BackupDays, 1, 35, "days")
	c.between(path+".maxConnectionsAlarm", d.MaxConnectionsAlarm, 1, 5000, "connections")
}
