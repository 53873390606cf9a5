package config

const (
	copiesPath        = `environments["prod"].copies`
	wantNoRegion      = "without a region of the copies no value is allowed"
	wantAnotherRegion = `another region than the platform's and us-east-1 is allowed, which needs no opting in: "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", ` +
		`"ca-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-2", "us-west-1" or "us-west-2"`
)

// copiesRows are what Copies refuses.
var copiesRows = []row{
	refuses(func(s *Settings) { environment(s, "prod").Copies.Region = s.Region }, copiesPath+`.region: "eu-central-1": `+wantAnotherRegion),
	refuses(func(s *Settings) { environment(s, "prod").Copies.Region = EdgeRegion }, copiesPath+`.region: "us-east-1": `+wantAnotherRegion),
	refuses(func(s *Settings) { environment(s, "prod").Copies.Region = "eu-south-1" }, copiesPath+`.region: "eu-south-1": `+wantAnotherRegion),
	refuses(func(s *Settings) { environment(s, "prod").Copies.Region = "" },
		copiesPath+`.backupDays: 14: `+wantNoRegion, copiesPath+`.noncurrentVersionDays: 90: `+wantNoRegion, copiesPath+`.timeControl: true: `+wantNoRegion),
	refuses(func(s *Settings) { environment(s, "prod").Copies = Copies{Ended: CopiesKept} }, copiesPath+`.ended: "kept": `+wantNoRegion),
	refuses(func(s *Settings) { environment(s, "prod").Copies.Ended = "off" }, copiesPath+`.ended: "off": "kept" or "destroyed" is allowed, or none while backups and documents are copied`),
	refuses(func(s *Settings) { environment(s, "prod").Copies.BackupDays = 0 }, copiesPath+`.backupDays: 0: 1 to 35 days are allowed`),
	refuses(func(s *Settings) { environment(s, "prod").Copies.BackupDays = 36 }, copiesPath+`.backupDays: 36: 1 to 35 days are allowed`),
	refuses(func(s *Settings) { environment(s, "prod").Copies.NoncurrentVersionDays = 0 }, copiesPath+`.noncurrentVersionDays: 0: 1 to 3653 days are allowed`),
	refuses(func(s *Settings) { environment(s, "staging").Copies = environment(s, "prod").Copies },
		`environments["staging"].copies.region: "eu-north-1": copies are for an environment whose data is "protected"`),
	refuses(func(s *Settings) { s.Environments[0].Name = "copies" }, `environments["copies"].name: "copies": `+wantTaken),
	refuses(func(s *Settings) { s.Environments[0].Name = "copies-dev" }, `environments["copies-dev"].name: "copies-dev": `+wantTaken),
}
