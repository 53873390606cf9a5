package constructs

import (
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dbinstance"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dbparametergroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dbsubnetgroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securitygroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupegressrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupingressrule"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
)

// PostgresPort is the port of PostgreSQL.
const PostgresPort = 5432

// Database is an RDS for PostgreSQL instance in the isolated tier. Only the
// tasks that AllowFrom names reach it; its master password is made, kept and
// rotated by RDS in Secrets Manager; applications sign in with IAM.
type Database struct {
	Identifier string
	// Address is the host, Endpoint host and port.
	Address, Endpoint string
	// ResourceID is the id that rds-db:connect speaks of.
	ResourceID string
	// MasterSecretARN is the secret that RDS manages.
	MasterSecretARN string

	scope           cdk.Construct
	securityGroupID string
}

// DatabaseProps configures a Database.
type DatabaseProps struct {
	Names       config.Names
	Environment config.Environment
	VPCID       string
	// SubnetIDs is Terraform's list of the isolated tier's subnets.
	SubnetIDs *[]*string
	// DataKeyARN encrypts storage, backups, performance insights and the
	// master secret; LogsKeyARN the exported logs.
	DataKeyARN, LogsKeyARN string
}

// exportedLogs are the logs that RDS for PostgreSQL can write to CloudWatch.
var exportedLogs = []string{"postgresql", "upgrade"}

// NewDatabase makes the instance and what it needs. It fails when the
// monitoring role's documents are not policies.
func NewDatabase(scope cdk.Construct, id string, props DatabaseProps) (*Database, error) {
	n, env := props.Names, props.Environment
	settings := env.Database
	identifier := n.Database(env.Name)
	scope = group(scope, id)

	monitoring, err := NewServiceRole(scope, "monitoring-role", ServiceRoleProps{
		Names:       n,
		Environment: env.Name,
		Name:        n.DatabaseMonitoringRole(env.Name),
		Description: "Writes the enhanced monitoring of " + env.Name + "'s database",
		Trust:       access.DatabaseMonitoringTrust(n, env.Name),
		Policy:      access.DatabaseMonitoring(n),
	})
	if err != nil {
		return nil, fmt.Errorf("database %q: %w", identifier, err)
	}
	// RDS makes the groups itself, unencrypted and kept forever, unless they
	// are there before it.
	var logs []cdktf.ITerraformDependable
	for _, log := range exportedLogs {
		logs = append(logs, cloudwatchloggroup.NewCloudwatchLogGroup(scope, new(log+"-log-group"), &cloudwatchloggroup.CloudwatchLogGroupConfig{
			Name:            new("/aws/rds/instance/" + identifier + "/" + log),
			RetentionInDays: number(env.Logs.RetentionDays),
			KmsKeyId:        &props.LogsKeyARN,
		}))
	}
	groupID := *securitygroup.NewSecurityGroup(scope, new("security-group"), &securitygroup.SecurityGroupConfig{
		Name:        new(n.In(env.Name, "database")),
		Description: new("PostgreSQL, from the tasks that use it"),
		VpcId:       &props.VPCID,
		Tags:        named(n.In(env.Name, "database")),
	}).Id()
	subnets := dbsubnetgroup.NewDbSubnetGroup(scope, new("subnet-group"), &dbsubnetgroup.DbSubnetGroupConfig{
		Name:        new(n.In(env.Name, "isolated")),
		Description: new("Isolated subnets of " + env.Name),
		SubnetIds:   props.SubnetIDs,
	})
	parameters := dbparametergroup.NewDbParameterGroup(scope, new("parameter-group"), &dbparametergroup.DbParameterGroupConfig{
		Name:        new(n.In(env.Name, "postgres"+settings.EngineVersion)),
		Description: new("PostgreSQL " + settings.EngineVersion + " of " + env.Name),
		Family:      new("postgres" + settings.EngineVersion),
		Parameter: []*dbparametergroup.DbParameterGroupParameter{
			// Refuses connections without TLS.
			{Name: new("rds.force_ssl"), Value: new("1"), ApplyMethod: new("immediate")},
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
		Port:                    number(PostgresPort),
		AllocatedStorage:        number(settings.StorageGiB),
		MaxAllocatedStorage:     number(settings.MaxStorageGiB),
		StorageType:             new("gp3"),
		StorageEncrypted:        new(true),
		KmsKeyId:                &props.DataKeyARN,
		MultiAz:                 new(settings.MultiAZ),
		DbSubnetGroupName:       subnets.Name(),
		ParameterGroupName:      parameters.Name(),
		VpcSecurityGroupIds:     list(groupID),
		PubliclyAccessible:      new(false),
		AutoMinorVersionUpgrade: new(true),
		ApplyImmediately:        new(false),
		MaintenanceWindow:       new("sun:03:00-sun:04:00"),

		Username:                         new("paperwurks_admin"),
		ManageMasterUserPassword:         new(true),
		MasterUserSecretKmsKeyId:         &props.DataKeyARN,
		IamDatabaseAuthenticationEnabled: new(true),

		BackupRetentionPeriod:  number(settings.BackupDays),
		BackupWindow:           new("01:00-02:00"),
		CopyTagsToSnapshot:     new(true),
		DeleteAutomatedBackups: new(!env.IsProtected()),
		DeletionProtection:     new(settings.DeletionProtection),
		SkipFinalSnapshot:      new(!settings.FinalSnapshot),
		FinalSnapshotIdentifier: func() *string {
			if settings.FinalSnapshot {
				return new(n.In(env.Name, "final"))
			}
			return nil
		}(),

		PerformanceInsightsEnabled:         new(true),
		PerformanceInsightsKmsKeyId:        &props.DataKeyARN,
		PerformanceInsightsRetentionPeriod: number(7),
		MonitoringInterval:                 number(60),
		MonitoringRoleArn:                  &monitoring.ARN,
		EnabledCloudwatchLogsExports:       list(exportedLogs...),

		DependsOn: &logs,
		Lifecycle: preventDestroy(!env.IsDisposable()),
	})
	return &Database{
		Identifier:      identifier,
		Address:         *instance.Address(),
		Endpoint:        *instance.Endpoint(),
		ResourceID:      *instance.ResourceId(),
		MasterSecretARN: *instance.MasterUserSecret().Get(number(0)).SecretArn(),
		scope:           scope,
		securityGroupID: groupID,
	}, nil
}

// AllowFrom lets a service's tasks, by the id of their security group, reach
// the database.
func (d *Database) AllowFrom(service, tasks string) {
	vpcsecuritygroupingressrule.NewVpcSecurityGroupIngressRule(d.scope, new("ingress-"+service), &vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig{
		SecurityGroupId:           &d.securityGroupID,
		ReferencedSecurityGroupId: &tasks,
		Description:               new("PostgreSQL from " + service),
		IpProtocol:                new("tcp"),
		FromPort:                  number(PostgresPort),
		ToPort:                    number(PostgresPort),
	})
	vpcsecuritygroupegressrule.NewVpcSecurityGroupEgressRule(d.scope, new("egress-"+service), &vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig{
		SecurityGroupId:           &tasks,
		ReferencedSecurityGroupId: &d.securityGroupID,
		Description:               new("PostgreSQL"),
		IpProtocol:                new("tcp"),
		FromPort:                  number(PostgresPort),
		ToPort:                    number(PostgresPort),
	})
}
