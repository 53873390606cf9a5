package config

const (
	wantMajor  = `a major version is allowed that RDS supports without extra charge and the platform's roles and parameter group fit: "15", "16" or "17"`
	wantFamily = `a family that RDS for PostgreSQL has is allowed: db. and "m5", "m5d", "m6g", "m6gd", "m6i", "m6id", "m6idn", "m6in", "m7g", "m7i", "m8g", "m8gd", "r5", "r5b", "r5d", "r6g", "r6gd", "r6i", "r6id", "r6idn", "r6in", "r7g", "r7i", "r8g", "r8gd", "t3", "t4g", "x2g", "x2idn" or "x2iedn"`
)

var databaseRows = []row{
	is(`environments["dev"].database.engineVersion`, "", wantMajor),
	is(`environments["dev"].database.engineVersion`, "17.4", wantMajor),
	is(`environments["dev"].database.engineVersion`, "9.6", wantMajor),
	is(`environments["dev"].database.engineVersion`, "13", wantMajor),
	is(`environments["dev"].database.engineVersion`, "14", wantMajor),
	is(`environments["dev"].database.engineVersion`, "18", wantMajor),
	is(`environments["dev"].database.engineVersion`, "postgres17", wantMajor),

	is(`environments["dev"].database.instanceClass`, "", `a class such as "db.m7g.large" is allowed`),
	is(`environments["dev"].database.instanceClass`, "t4g.medium", `a class such as "db.m7g.large" is allowed`),
	is(`environments["dev"].database.instanceClass`, "db.t4g", `a class such as "db.m7g.large" is allowed`),
	is(`environments["dev"].database.instanceClass`, "db.t2.medium", wantFamily),
	is(`environments["dev"].database.instanceClass`, "db.z1d.large", wantFamily),
	is(`environments["dev"].database.instanceClass`, "db.m7g.Large", `a size that db.m7g has is allowed: "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge" or "16xlarge"`),
	is(`environments["dev"].database.instanceClass`, "db.m7g.24xlarge", `a size that db.m7g has is allowed: "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge" or "16xlarge"`),
	is(`environments["dev"].database.instanceClass`, "db.r6i.large.tpc1.mem2x", `a size that db.r6i has is allowed: "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge" or "32xlarge"`),
	is(`environments["prod"].database.instanceClass`, "db.x2idn.16xlarge", `a class that takes engineVersion "17" is allowed; db.x2idn takes "15"`),

	is(`environments["dev"].database.storageGiB`, 10, "20 to 59578 GiB are allowed: storage autoscaling needs a tenth more, and AWS takes 65536"),
	is(`environments["dev"].database.storageGiB`, 0, "20 to 59578 GiB are allowed: storage autoscaling needs a tenth more, and AWS takes 65536"),
	is(`environments["dev"].database.storageGiB`, 65537, "20 to 59578 GiB are allowed: storage autoscaling needs a tenth more, and AWS takes 65536"),
	refuses(func(s *Settings) {
		environment(s, "dev").Database.StorageGiB = 59579
		environment(s, "dev").Database.MaxStorageGiB = 65536
	},
		`environments["dev"].database.storageGiB: 59579: 20 to 59578 GiB are allowed: storage autoscaling needs a tenth more, and AWS takes 65536`),
	is(`environments["dev"].database.maxStorageGiB`, 20, "22 to 65536 GiB are allowed: storageGiB and a tenth, or more"),
	is(`environments["prod"].database.maxStorageGiB`, 109, "110 to 65536 GiB are allowed: storageGiB and a tenth, or more"),
	is(`environments["prod"].database.maxStorageGiB`, 0, "110 to 65536 GiB are allowed: storageGiB and a tenth, or more"),

	is(`environments["dev"].database.backupDays`, 0, "1 to 35 days are allowed"),
	is(`environments["prod"].database.backupDays`, 36, "1 to 35 days are allowed"),

	is(`environments["dev"].alarms.databaseConnections`, 0, "1 to 449 connections are allowed: the database takes 450, so that a higher alarm is never raised"),
	is(`environments["dev"].alarms.databaseConnections`, 450, "1 to 449 connections are allowed: the database takes 450, so that a higher alarm is never raised"),
	refuses(func(s *Settings) {
		environment(s, "dev").Database.InstanceClass = "db.t4g"
		environment(s, "dev").Alarms.DatabaseConnections = -1
	},
		`environments["dev"].database.instanceClass: "db.t4g": a class such as "db.m7g.large" is allowed`,
		`environments["dev"].alarms.databaseConnections: -1: 1 connection or more is allowed`),
	refuses(func(s *Settings) { environment(s, "dev").Database.InstanceClass = "db.t4g.small" },
		`environments["dev"].alarms.databaseConnections: 300: 1 to 224 connections are allowed: the database takes 225, so that a higher alarm is never raised`),
}
