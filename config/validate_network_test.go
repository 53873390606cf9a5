package config

const wantCIDR = `an IPv4 block is allowed, such as "10.20.0.0/16"`

var networkRows = []row{
	is(`environments["dev"].network.cidr`, "", wantCIDR),
	is(`environments["dev"].network.cidr`, "10.20.0.0", wantCIDR),
	is(`environments["dev"].network.cidr`, "10.20.0.0/016", wantCIDR),
	is(`environments["dev"].network.cidr`, "10.20.256.0/16", wantCIDR),
	is(`environments["dev"].network.cidr`, "::ffff:10.20.0.0/112", wantCIDR),
	is(`environments["dev"].network.cidr`, "10.20.1.0/16", `a block without host bits is allowed: "10.20.0.0/16"`),
	is(`environments["dev"].network.cidr`, "10.20.0.0/15", "a block from /16 to /20 is allowed",
		`environments["staging"].network.cidr: "10.21.0.0/16": a block of its own is required: it overlaps environments["dev"].network.cidr, "10.20.0.0/15"`),
	is(`environments["dev"].network.cidr`, "10.20.0.0/21", "a block from /16 to /20 is allowed"),
	is(`environments["dev"].network.cidr`, "10.99.0.0/24", "a block from /16 to /20 is allowed",
		`environments["dev"].network.cidr: "10.99.0.0/24": a block inside addressPlan, "10.20.0.0/14", is allowed`),
	is(`environments["dev"].network.cidr`, "10.24.0.0/16", `a block inside addressPlan, "10.20.0.0/14", is allowed`),
	is(`environments["dev"].network.cidr`, "192.168.0.0/16", `a block inside addressPlan, "10.20.0.0/14", is allowed`),
	is(`environments["staging"].network.cidr`, "10.20.0.0/16", `a block of its own is required: it overlaps environments["dev"].network.cidr, "10.20.0.0/16"`),
	is(`environments["prod"].network.cidr`, "10.21.16.0/20", `a block of its own is required: it overlaps environments["staging"].network.cidr, "10.21.0.0/16"`),
	refuses(func(s *Settings) {
		environment(s, "dev").Network.CIDR = "10.23.0.0/20"
		service(s, "dev", "worker").MaxTasks = 361
	},
		`environments["dev"].network.cidr: "10.23.0.0/20": a block with room for 731 tasks is required, twice every maxTasks, the migration and each job; the private subnets have 729 free addresses`),

	is(`environments["dev"].network.nat`, "", `"single", "per-zone" or "none" is allowed`),
	is(`environments["dev"].network.nat`, "regional", `"single", "per-zone" or "none" is allowed`),
	is(`environments["dev"].network.nat`, "perZone", `"single", "per-zone" or "none" is allowed`),

	refuses(func(s *Settings) { environment(s, "prod").Network.NAT = NATNone },
		`environments["prod"].network.interfaceEndpoints: []: "ecr.api" is required without NAT: no task starts without it`,
		`environments["prod"].network.interfaceEndpoints: []: "ecr.dkr" is required without NAT: no task starts without it`,
		`environments["prod"].network.interfaceEndpoints: []: "logs" is required without NAT: no task starts without it`,
		`environments["prod"].network.interfaceEndpoints: []: "secretsmanager" is required without NAT: no task starts without it`),
	refuses(func(s *Settings) {
		environment(s, "prod").Network.NAT = NATNone
		environment(s, "prod").Network.InterfaceEndpoints = []string{"ecr.api", "ecr.dkr", "secretsmanager"}
	},
		`environments["prod"].network.interfaceEndpoints: ["ecr.api" "ecr.dkr" "secretsmanager"]: "logs" is required without NAT: no task starts without it`),
	refuses(func(s *Settings) { environment(s, "dev").Network.InterfaceEndpoints = []string{"logs", "kms", "logs"} },
		`environments["dev"].network.interfaceEndpoints[2]: "logs": each endpoint is allowed once`),
	refuses(func(s *Settings) { environment(s, "dev").Network.InterfaceEndpoints = []string{"s3"} },
		`environments["dev"].network.interfaceEndpoints[0]: "s3": an endpoint other than S3's is allowed: the VPC always has S3's gateway endpoint, which is free`),
	refuses(func(s *Settings) {
		environment(s, "dev").Network.InterfaceEndpoints = []string{"com.amazonaws.eu-central-1.logs"}
	},
		`environments["dev"].network.interfaceEndpoints[0]: "com.amazonaws.eu-central-1.logs": `+or(interfaceServices)+` is allowed`),
	refuses(func(s *Settings) { environment(s, "dev").Network.InterfaceEndpoints = []string{"ecr"} },
		`environments["dev"].network.interfaceEndpoints[0]: "ecr": `+or(interfaceServices)+` is allowed`),
}
