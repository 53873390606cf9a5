package capability

import "github.com/paperwurks/infra/config"

// Reach is something of an environment that a role reaches when it may do all
// of the rows; none where the environment has no such thing.
type Reach struct {
	What string
	Rows []Row
}

// Reached is what there is to reach in an environment. A secret stands for all
// that the environment has.
func Reached(env config.Environment) []Reach {
	data, s3 := key(env.Name+"/data"), with("kms:ViaService", throughS3)
	secret := func(arn string) []Row {
		return []Row{
			{Action: "secretsmanager:GetSecretValue", On: arn},
			{Action: "kms:Decrypt", On: data, With: with("kms:ViaService", throughSM, "kms:EncryptionContext:SecretARN", arn, "kms:EncryptionContext:SecretVersionId", "0a1b")},
		}
	}
	secrets := Reach{What: "secrets"}
	if len(env.Secrets) > 0 {
		secrets.Rows = secret("{secret paperwurks/" + env.Name + "/" + env.Secrets[0] + "}")
	}
	return []Reach{
		{"documents", []Row{
			{Action: "s3:GetObject", On: bucket("paperwurks-"+env.Name+"-documents", "contract.pdf")}, {Action: "kms:Decrypt", On: data, With: s3},
		}},
		{"database, as the application", []Row{{Action: "rds-db:connect", On: "{dbuser paperwurks-" + env.Name + "}/" + config.DatabaseUser}}},
		{"database, as its migration", []Row{{Action: "rds-db:connect", On: "{dbuser paperwurks-" + env.Name + "}/" + config.DatabaseMigrator}}},
		{"database, only to read", []Row{{Action: "rds-db:connect", On: "{dbuser paperwurks-" + env.Name + "}/" + config.DatabaseReader}}},
		{"database's master password", secret("{master paperwurks-" + env.Name + "}")},
		secrets,
		{"images, to replace them", []Row{{Action: "ecr:PutImage", On: repository(env.Name)}}},
	}
}
