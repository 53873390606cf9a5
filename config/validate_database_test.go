package config

const (
	wantMajor  = `a major version is allowed that RDS supports without extra charge and the platform's parameter group fits: "14", "15", "16" or "17"`
	wantFamily = `a family that RDS for PostgreSQL has is allowed: db. and "m5", "m5d", "m6g", "m6gd", "m6i", "m6id", "m6idn", "m6in", "m7g", "m7i", "m8g", "m8gd", "r5", "r5b", "r5d", "r6g", "r6gd", "r6i", "r6id", "r6idn", "r6in", "r7g", "r7i", "r8g", "r8gd", "t3", "t4g", "x2g", "x2idn" or "x2iedn"`
)

var databaseRows = []row{
	refuses(func(s *Settings) { environment(s, "dev").Database.EngineVersion = "" },
		`environments["dev"].database.engineVersion: "": `+wantMajor),
	refuses(func(s *Settings) { environment(s, "dev").Database.EngineVersion = "17.4" },
		`environments["dev"].database.engineVersion: "17.4": `+wantMajor),
	refuses(func(s *Settings) { environment(s, "dev").Database.EngineVersion = "9.6" },
		`environments["dev"].database.engineVersion: "9.6": `+wantMajor),
	refuses(func(s *Settings) { environment(s, "dev").Database.EngineVersion = "13" },
		`environments["dev"].database.engineVersion: "13": `+wantMajor),
	refuses(func(s *Settings) { environment(s, "dev").Database.EngineVersion = "18" },
		`environments["dev"].database.engineVersion: "18": `+wantMajor),
	refuses(func(s *Settings) { environment(s, "dev").Database.EngineVersion = "postgres17" },
		`environments["dev"].database.engineVersion: "postgres17": `+wantMajor),

	refuses(func(s *Settings) { environment(s, "dev").Database.InstanceClass = "" },
		`environments["dev"].database.instanceClass: "": a class such as "db.m7g.large" is allowed`),
	refuses(func(s *Settings) { environment(s, "dev").Database.InstanceClass = "t4g.medium" },
		`environments["dev"].database.instanceClass: "t4g.medium": a class such as "db.m7g.large" is allowed`),
	refuses(func(s *Settings) { environment(s, "dev").Database.InstanceClass = "db.t4g" },
		`environments["dev"].database.instanceClass: "db.t4g": a class such as "db.m7g.large" is allowed`),
	refuses(func(s *Settings) { environment(s, "dev").Database.InstanceClass = "db.t2.medium" },
		`environments["dev"].database.instanceClass: "db.t2.medium": `+wantFamily),
	refuses(func(s *Settings) { environment(s, "dev").Database.InstanceClass = "db.z1d.large" },
		`environments["dev"].database.instanceClass: "db.z1d.large": `+wantFamily),
	refuses(func(s *Settings) { environment(s, "dev").Database.InstanceClass = "db.m7g.Large" },
		`environments["dev"].database.instanceClass: "db.m7g.Large": a size that db.m7g has is allowed: "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge" or "16xlarge"`),
	refuses(func(s *Settings) { environment(s, "dev").Database.InstanceClass = "db.m7g.24xlarge" },
		`environments["dev"].database.instanceClass: "db.m7g.24xlarge": a size that db.m7g has is allowed: "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge" or "16xlarge"`),
	refuses(func(s *Settings) { environment(s, "dev").Database.InstanceClass = "db.r6i.large.tpc1.mem2x" },
		`environments["dev"].database.instanceClass: "db.r6i.large.tpc1.mem2x": a size that db.r6i has is allowed: "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge" or "32xlarge"`),
	refuses(func(s *Settings) { environment(s, "prod").Database.InstanceClass = "db.x2idn.16xlarge" },
		`environments["prod"].database.instanceClass: "db.x2idn.16xlarge": a class that takes engineVersion "17" is allowed; db.x2idn takes "15"`),

	refuses(func(s *Settings) { environment(s, "dev").Database.StorageGiB = 10 },
		`environments["dev"].database.storageGiB: 10: 20 to 59578 GiB are allowed: storage autoscaling needs a tenth more, and AWS takes 65536`),
	refuses(func(s *Settings) { environment(s, "dev").Database.StorageGiB = 0 },
		`environments["dev"].database.storageGiB: 0: 20 to 59578 GiB are allowed: storage autoscaling needs a tenth more, and AWS takes 65536`),
	refuses(func(s *Settings) { environment(s, "dev").Database.StorageGiB = 65537 },
		`environments["dev"].database.storageGiB: 65537: 20 to 59578 GiB are allowed: storage autoscaling needs a tenth more, and AWS takes 65536`),
	refuses(func(s *Settings) {
		environment(s, "dev").Database.StorageGiB = 59579
		environment(s, "dev").Database.MaxStorageGiB = 65536
	},
		`environments["dev"].database.storageGiB: 59579: 20 to 59578 GiB are allowed: storage autoscaling needs a tenth more, and AWS takes 65536`),
	refuses(func(s *Settings) { environment(s, "dev").Database.MaxStorageGiB = 20 },
		`environments["dev"].database.maxStorageGiB: 20: 22 to 65536 GiB are allowed: storageGiB and a tenth, or more`),
	refuses(func(s *Settings) { environment(s, "prod").Database.MaxStorageGiB = 109 },
		`environments["prod"].database.maxStorageGiB: 109: 110 to 65536 GiB are allowed: storageGiB and a tenth, or more`),
	refuses(func(s *Settings) { environment(s, "prod").Database.MaxStorageGiB = 0 },
		`environments["prod"].database.maxStorageGiB: 0: 110 to 65536 GiB are allowed: storageGiB and a tenth, or more`),

	refuses(func(s *Settings) { environment(s, "dev").Database.BackupDays = 0 },
		`environments["dev"].database.backupDays: 0: 1 to 35 days are allowed`),
	refuses(func(s *Settings) { environment(s, "prod").Database.BackupDays = 36 },
		`environments["prod"].database.backupDays: 36: 1 to 35 days are allowed`),

	refuses(func(s *Settings) { environment(s, "dev").Alarms.DatabaseConnections = 0 },
		`environments["dev"].alarms.databaseConnections: 0: 1 to 449 connections are allowed: the database takes 450, so that a higher alarm is never raised`),
	refuses(func(s *Settings) { environment(s, "dev").Alarms.DatabaseConnections = 450 },
		`environments["dev"].alarms.databaseConnections: 450: 1 to 449 connections are allowed: the database takes 450, so that a higher alarm is never raised`),
	refuses(func(s *Settings) {
		environment(s, "dev").Database.InstanceClass = "db.t4g"
		environment(s, "dev").Alarms.DatabaseConnections = -1
	},
		`environments["dev"].database.instanceClass: "db.t4g": a class such as "db.m7g.large" is allowed`,
		`environments["dev"].alarms.databaseConnections: -1: 1 connection or more is allowed`),
	refuses(func(s *Settings) { environment(s, "dev").Database.InstanceClass = "db.t4g.small" },
		`environments["dev"].alarms.databaseConnections: 300: 1 to 224 connections are allowed: the database takes 225, so that a higher alarm is never raised`),
}
