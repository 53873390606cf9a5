package config

import (
	"maps"
	"slices"
)

// optIn are the regions that an account has to enable first (AWS Account
// Management reference guide, "Enable or disable AWS Regions in your account":
// those launched after 20 March 2019).
var optIn = []string{
	"af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6",
	"ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1",
}

// copiesRegions are those that a platform in a region may have copies in: not its
// own, not EdgeRegion, where infra-role builds, none that may be disabled, which
// ends the copying (Amazon RDS user guide, "Troubleshooting stopped cross-Region
// automated backups").
func copiesRegions(region string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(zonesOf)), func(r string) bool {
		return r == region || r == EdgeRegion || slices.Contains(optIn, r)
	})
}

// copies asks for all or nothing. Which pairs of regions RDS copies backups
// between, no document lists; preflight asks RDS.
func (c *checker) copies(path, region string, e Environment) {
	k := e.Copies
	if k.Region == "" {
		for _, set := range []struct {
			field string
			value any
			is    bool
		}{
			{".ended", k.Ended, k.Ended != ""},
			{".backupDays", k.BackupDays, k.BackupDays != 0},
			{".noncurrentVersionDays", k.NoncurrentVersionDays, k.NoncurrentVersionDays != 0},
			{".timeControl", k.TimeControl, k.TimeControl},
		} {
			if set.is {
				c.refuse(path+set.field, set.value, "without a region of the copies no value is allowed")
			}
		}
		return
	}
	if allowed := copiesRegions(region); !slices.Contains(allowed, k.Region) {
		c.refuse(path+".region", k.Region, "another region than the platform's and %s is allowed, which needs no opting in: %s", EdgeRegion, or(allowed))
	}
	if ends := []string{string(CopiesKept), string(CopiesDestroyed)}; k.Ended != "" && !slices.Contains(ends, string(k.Ended)) {
		c.refuse(path+".ended", k.Ended, "%s is allowed, or none while backups and documents are copied", or(ends))
	}
	if !e.IsProtected() && !isProduction(e.Name) {
		c.refuse(path+".region", k.Region, `copies are for an environment whose data is "protected"`)
	}
	// Amazon RDS API, StartDBInstanceAutomatedBackupsReplication:
	// BackupRetentionPeriod.
	c.between(path+".backupDays", k.BackupDays, 1, 35, "days are allowed")
	c.between(path+".noncurrentVersionDays", k.NoncurrentVersionDays, 1, maxDays, "days are allowed")
}
