// Package database makes RDS for PostgreSQL instances. It is a part: see package
// constructs for what a part may import.
package database

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dbinstance"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dbparametergroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dbsubnetgroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securitygroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupegressrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupingressrule"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/tf"
)

// Port is the port of PostgreSQL.
const Port = 5432

// Database is an RDS for PostgreSQL instance in the isolated tier. Only the
// tasks that AllowFrom names reach it; its master password is made, kept and
// rotated by RDS in Secrets Manager; applications sign in with IAM.
type Database struct {
	Identifier string
	ARN        string
	// Address is the host, Endpoint host and port.
	Address, Endpoint string
	// ResourceID is the id that rds-db:connect speaks of.
	ResourceID string
	// MasterSecretARN is the secret that RDS manages.
	MasterSecretARN string

	scope           cdk.Construct
	securityGroupID string
}

// Props configures a Database.
type Props struct {
	// Names and Environment make the names of all parts.
	Names       config.Names
	Environment string
	Settings    config.Database
	// PreventDestroy makes Terraform refuse to destroy the instance;
	// DeletionProtection makes AWS refuse to delete it, and keeps its automated
	// backups.
	PreventDestroy, DeletionProtection bool
	VPCID                              string
	// SubnetIDs is Terraform's list of the isolated tier's subnets.
	SubnetIDs *[]*string
	// DataKeyARN encrypts storage, backups, performance insights and the
	// master secret; LogsKeyARN the exported logs.
	DataKeyARN, LogsKeyARN string
	// LogRetentionDays of the exported logs.
	LogRetentionDays int
	// BackupWindow and MaintenanceWindow as RDS spells them.
	BackupWindow, MaintenanceWindow string
	// MonitoringRoleARN is the role that RDS writes enhanced monitoring with.
	MonitoringRoleARN string
}

// exportedLogs are the logs that RDS for PostgreSQL can write to CloudWatch.
var exportedLogs = []string{"postgresql", "upgrade"}

// New makes the instance and what it needs.
func New(scope cdk.Construct, id string, props Props) *Database {
	n, env := props.Names, props.Environment
	settings := props.Settings
	identifier := n.Database(env)
	scope = tf.Group(scope, id)

	// RDS makes the groups itself, unencrypted and kept forever, unless they
	// are there before it.
	var logs []cdktf.ITerraformDependable
	for _, log := range exportedLogs {
		logs = append(logs, cloudwatchloggroup.NewCloudwatchLogGroup(scope, new(log+"-log-group"), &cloudwatchloggroup.CloudwatchLogGroupConfig{
			Name:            new(n.DatabaseLogGroup(env, log)),
			RetentionInDays: tf.Number(props.LogRetentionDays),
			KmsKeyId:        &props.LogsKeyARN,
		}))
	}
	groupID := *securitygroup.NewSecurityGroup(scope, new("security-group"), &securitygroup.SecurityGroupConfig{
		Name:        new(n.DatabaseGroup(env)),
		Description: new("PostgreSQL, from the tasks that use it"),
		VpcId:       &props.VPCID,
		Tags:        tf.NameTag(n.DatabaseGroup(env)),
	}).Id()
	subnets := dbsubnetgroup.NewDbSubnetGroup(scope, new("subnet-group"), &dbsubnetgroup.DbSubnetGroupConfig{
		Name:        new(n.DatabaseSubnets(env)),
		Description: new("Isolated subnets of " + env),
		SubnetIds:   props.SubnetIDs,
	})
	parameters := dbparametergroup.NewDbParameterGroup(scope, new("parameter-group"), &dbparametergroup.DbParameterGroupConfig{
		Name:        new(n.DatabaseParameters(env, settings.EngineVersion)),
		Description: new("PostgreSQL " + settings.EngineVersion + " of " + env),
		Family:      new("postgres" + settings.EngineVersion),
		Parameter: []*dbparametergroup.DbParameterGroupParameter{
			// Refuses connections without TLS. RDS keeps it as pending-reboot,
			// whatever is asked for (provider #39252); the instance starts with
			// it.
			{Name: new("rds.force_ssl"), Value: new("1"), ApplyMethod: new("pending-reboot")},
			{Name: new("log_connections"), Value: new("1"), ApplyMethod: new("immediate")},
			{Name: new("log_disconnections"), Value: new("1"), ApplyMethod: new("immediate")},
			// Statements that change the schema, and those slower than a second
			// (milliseconds).
			{Name: new("log_statement"), Value: new("ddl"), ApplyMethod: new("immediate")},
			{Name: new("log_min_duration_statement"), Value: new("1000"), ApplyMethod: new("immediate")},
		},
		// A new major version brings a new family and so a new group; the
		// instance must have left the old one before it can go.
		Lifecycle: &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)},
	})
	instance := dbinstance.NewDbInstance(scope, new("instance"), &dbinstance.DbInstanceConfig{
		Identifier:              &identifier,
		Engine:                  new("postgres"),
		EngineVersion:           &settings.EngineVersion,
		InstanceClass:           &settings.InstanceClass,
		DbName:                  new(config.DatabaseName),
		Port:                    tf.Number(Port),
		AllocatedStorage:        tf.Number(settings.StorageGiB),
		MaxAllocatedStorage:     tf.Number(settings.MaxStorageGiB),
		StorageType:             new("gp3"),
		StorageEncrypted:        new(true),
		KmsKeyId:                &props.DataKeyARN,
		MultiAz:                 new(settings.MultiAZ),
		DbSubnetGroupName:       subnets.Name(),
		ParameterGroupName:      parameters.Name(),
		VpcSecurityGroupIds:     tf.List(groupID),
		PubliclyAccessible:      new(false),
		AutoMinorVersionUpgrade: new(true),
		ApplyImmediately:        new(settings.ChangeNow),
		// RDS asks for it with another major version.
		AllowMajorVersionUpgrade: onlyIf(settings.ChangeNow),
		MaintenanceWindow:        &props.MaintenanceWindow,

		Username:                         new(config.DatabaseAdministrator),
		ManageMasterUserPassword:         new(true),
		MasterUserSecretKmsKeyId:         &props.DataKeyARN,
		IamDatabaseAuthenticationEnabled: new(true),

		BackupRetentionPeriod:  tf.Number(settings.BackupDays),
		BackupWindow:           &props.BackupWindow,
		CopyTagsToSnapshot:     new(true),
		DeleteAutomatedBackups: new(!props.DeletionProtection),
		DeletionProtection:     new(props.DeletionProtection),
		SkipFinalSnapshot:      new(!settings.FinalSnapshot),
		FinalSnapshotIdentifier: func() *string {
			if settings.FinalSnapshot {
				return new(n.FinalSnapshot(env, groupID))
			}
			return nil
		}(),

		PerformanceInsightsEnabled:         new(true),
		PerformanceInsightsKmsKeyId:        &props.DataKeyARN,
		PerformanceInsightsRetentionPeriod: tf.Number(7),
		MonitoringInterval:                 tf.Number(60),
		MonitoringRoleArn:                  &props.MonitoringRoleARN,
		EnabledCloudwatchLogsExports:       tf.List(exportedLogs...),

		DependsOn: &logs,
		Lifecycle: &cdktf.TerraformResourceLifecycle{
			PreventDestroy: new(props.PreventDestroy),
			// The provider sends both again after an import, such as of a restored
			// copy. RDS then refuses the key: it is "valid only if the DB instance
			// doesn't manage the master user password in Secrets Manager" (Amazon
			// RDS API, ModifyDBInstance). Creation sends them.
			IgnoreChanges: tf.List("manage_master_user_password", "master_user_secret_kms_key_id"),
		},
	})
	return &Database{
		Identifier:      identifier,
		ARN:             *instance.Arn(),
		Address:         *instance.Address(),
		Endpoint:        *instance.Endpoint(),
		ResourceID:      *instance.ResourceId(),
		MasterSecretARN: *instance.MasterUserSecret().Get(tf.Number(0)).SecretArn(),
		scope:           scope,
		securityGroupID: groupID,
	}
}

// onlyIf is true or nothing.
func onlyIf(on bool) any {
	if on {
		return new(true)
	}
	return nil
}

// AllowFrom lets a service's tasks, by the id of their security group, reach
// the database. It returns both rules.
func (d *Database) AllowFrom(service, tasks string) []cdktf.ITerraformDependable {
	ingress := vpcsecuritygroupingressrule.NewVpcSecurityGroupIngressRule(d.scope, new("ingress-"+service), &vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig{
		SecurityGroupId:           &d.securityGroupID,
		ReferencedSecurityGroupId: &tasks,
		Description:               new("PostgreSQL from " + service),
		IpProtocol:                new("tcp"),
		FromPort:                  tf.Number(Port),
		ToPort:                    tf.Number(Port),
	})
	egress := vpcsecuritygroupegressrule.NewVpcSecurityGroupEgressRule(d.scope, new("egress-"+service), &vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig{
		SecurityGroupId:           &tasks,
		ReferencedSecurityGroupId: &d.securityGroupID,
		Description:               new("PostgreSQL"),
		IpProtocol:                new("tcp"),
		FromPort:                  tf.Number(Port),
		ToPort:                    tf.Number(Port),
	})
	return []cdktf.ITerraformDependable{ingress, egress}
}
