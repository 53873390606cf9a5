package compliance

import (
	"fmt"
	"slices"
	"strings"
)

// adminNames are the master user names that AWS's consoles and guides propose.
var adminNames = []string{"admin", "administrator", "master", "postgres", "root"}

var databaseRules = []Rule{
	{
		ID: "PW-RDS-01", Title: "A database is encrypted with a customer key", Types: []string{"aws_db_instance"},
		Why:  "Storage, backups and snapshots take over the key; it cannot be turned on later.",
		Fix:  "Set storage_encrypted, and kms_key_id, performance_insights_kms_key_id and master_user_secret_kms_key_id to the environment's data key.",
		FSBP: []string{"RDS.3", "RDS.27"},
		check: func(p *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"storage_encrypted": true})
			for _, key := range []string{"kms_key_id", "performance_insights_kms_key_id", "master_user_secret_kms_key_id"} {
				faults = append(faults, keyFault(p, r, key)...)
			}
			return faults
		},
	},
	{
		ID: "PW-RDS-02", Title: "No database is public", Types: []string{"aws_db_instance"},
		Why:  "A database on the internet is found within minutes.",
		Fix:  "Set publicly_accessible to false and the subnet group to the isolated subnets.",
		FSBP: []string{"RDS.2", "RDS.46"},
		check: func(p *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"publicly_accessible": false})
			group := p.target(r, r.Attributes["db_subnet_group_name"], "aws_db_subnet_group")
			if group == nil {
				return append(faults, "db_subnet_group_name is no group of the stack: the default VPC would be used")
			}
			subnets := subnetsOf(p, group, group.Attributes["subnet_ids"])
			faults = append(faults, one(len(subnets) == 0, "its subnets are not the platform's")...)
			for _, subnet := range subnets {
				for _, way := range waysOut(p, subnet) {
					faults = append(faults, fmt.Sprintf("its subnet %s has the route %s", subnet.Path, way.Path))
				}
			}
			return append(faults, one(len(list(r.Attributes["vpc_security_group_ids"])) == 0, "no security group: the VPC's default would be used")...)
		},
	},
	{
		ID: "PW-RDS-03", Title: "A database takes TLS connections only", Types: []string{"aws_db_instance", "aws_db_parameter_group"},
		Why: "PostgreSQL falls back to plain text when a client asks for it.",
		Fix: "Set rds.force_ssl to 1 in the instance's parameter group.",
		check: func(p *Platform, r *Resource) []string {
			if r.Type == "aws_db_instance" {
				return one(p.target(r, r.Attributes["parameter_group_name"], "aws_db_parameter_group") == nil, "parameter_group_name is no group of the stack")
			}
			forced := slices.ContainsFunc(list(r.Attributes["parameter"]), func(parameter any) bool {
				return at(parameter, "name") == "rds.force_ssl" && at(parameter, "value") == "1"
			})
			return one(!forced, "rds.force_ssl is not 1")
		},
	},
	{
		ID: "PW-RDS-04", Title: "A database is backed up", Types: []string{"aws_db_instance"},
		Why:  "Automated backups are the only way back to the minute before a mistake.",
		Fix:  "Keep backups for 7 days, in a protected environment for 30; keep them and a final snapshot when the instance goes.",
		FSBP: []string{"RDS.11", "RDS.17"},
		check: func(p *Platform, r *Resource) []string {
			least := 7.0
			if p.isProtected(r) {
				least = 30
			}
			days := number(r.Attributes["backup_retention_period"])
			faults := one(days < least, "backup_retention_period is %v, want at least %v", days, least)
			faults = append(faults, want(r, map[string]any{"copy_tags_to_snapshot": true})...)
			faults = append(faults, one(p.isProtected(r) && r.Attributes["delete_automated_backups"] != false, "delete_automated_backups is %s", show(r.Attributes["delete_automated_backups"]))...)
			return append(faults, one(!p.isDisposable(r) && text(r.Attributes["final_snapshot_identifier"]) == "", "no final_snapshot_identifier")...)
		},
	},
	{
		ID: "PW-RDS-05", Title: "Nobody knows the master password", Types: []string{"aws_db_instance"},
		Why:  "A password in Terraform is in the state; one that nobody rotates is known to everybody who left.",
		Fix:  "Set manage_master_user_password and iam_database_authentication_enabled; no password.",
		FSBP: []string{"RDS.10", "RDS.25"},
		check: func(_ *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"manage_master_user_password": true, "iam_database_authentication_enabled": true})
			for _, attribute := range []string{"password", "password_wo"} {
				faults = append(faults, one(r.Attributes[attribute] != nil, "%s is set", attribute)...)
			}
			name := text(r.Attributes["username"])
			return append(faults, one(name == "" || slices.Contains(adminNames, strings.ToLower(name)), "username is %q", name)...)
		},
	},
	{
		ID: "PW-RDS-06", Title: "A database says what it does", Types: []string{"aws_db_instance"},
		Why:  "Without logs nobody sees who connected; without monitoring nobody sees why it is slow.",
		Fix:  "Export the logs postgresql and upgrade, set monitoring_interval and performance_insights_enabled.",
		FSBP: []string{"RDS.6", "RDS.9", "RDS.36"},
		check: func(_ *Platform, r *Resource) []string {
			exports := texts(r.Attributes["enabled_cloudwatch_logs_exports"])
			faults := one(!containsAll(exports, "postgresql", "upgrade"), "exports the logs %v, want postgresql and upgrade", exports)
			faults = append(faults, one(number(r.Attributes["monitoring_interval"]) == 0, "no enhanced monitoring")...)
			return append(faults, want(r, map[string]any{"performance_insights_enabled": true})...)
		},
	},
	{
		ID: "PW-RDS-07", Title: "A database gets its security fixes", Types: []string{"aws_db_instance"},
		Why:   "Minor versions carry the fixes for known holes.",
		Fix:   "Set auto_minor_version_upgrade to true.",
		FSBP:  []string{"RDS.13"},
		check: wants(map[string]any{"auto_minor_version_upgrade": true}),
	},
	{
		ID: "PW-RDS-08", Title: "Prod's database outlives a zone", Types: []string{"aws_db_instance"},
		Why:  "One zone's loss would be the application's.",
		Fix:  "Set multi_az in every protected environment.",
		FSBP: []string{"RDS.5"},
		check: func(p *Platform, r *Resource) []string {
			return one(p.isProtected(r) && !isTrue(r.Attributes["multi_az"]), "multi_az is %s", show(r.Attributes["multi_az"]))
		},
	},
}
