package access

import (
	_ "embed" // the SQL of the database's roles

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// Bootstrap is what the bootstrap role may do: write to the log groups of the
// environment's tasks.
func Bootstrap(n config.Names, env config.Environment) policy.Document {
	return policy.Document{Statements: []policy.Statement{
		writeLogs(n.ARN("logs", "log-group:"+n.LogGroup(env.Name, "*"))),
	}}
}

// TaskResources are what only Terraform knows of what a task reaches.
type TaskResources struct {
	DataKeyARN string
	// DatabaseResourceID is the instance's id in rds-db:connect, "db-…".
	DatabaseResourceID string
}

// ServiceTask is what a service's containers may do: what its settings say,
// each in its own environment. A service that uses nothing is denied
// everything.
func ServiceTask(n config.Names, env config.Environment, service config.Service, r TaskResources) policy.Document {
	var statements []policy.Statement
	if service.ReachesDocuments() {
		statements = append(statements, useDocuments(n, env, r.DataKeyARN)...)
	}
	if users := env.DatabaseUsers(service); len(users) > 0 {
		statements = append(statements, signIn(n, r, users...))
	}
	if len(statements) == 0 {
		return nothing()
	}
	return policy.Document{Statements: statements}
}

// MigrationTask is what the migration's containers may do: sign in as who changes the
// schema.
func MigrationTask(n config.Names, r TaskResources) policy.Document {
	return policy.Document{Statements: []policy.Statement{signIn(n, r, config.DatabaseMigrator)}}
}

// RolesTask is what the containers that make the database's roles may do: nothing.
// They get the master secret when they start.
func RolesTask() policy.Document { return nothing() }

// DatabaseRoles is the SQL that makes the database's roles and checks them, in one
// transaction and however often; RDS's master user runs it.
//
//go:embed database_roles.sql
var DatabaseRoles string

// signIn is IAM database authentication as one of the database's roles, or either of two.
func signIn(n config.Names, r TaskResources, users ...string) policy.Statement {
	var resources []string
	for _, user := range users {
		resources = append(resources, n.ARN("rds-db", "dbuser:"+r.DatabaseResourceID+"/"+user))
	}
	return policy.Statement{
		Sid:       "SignInToTheDatabase",
		Effect:    policy.Allow,
		Actions:   []string{"rds-db:connect"},
		Resources: resources,
	}
}

// nothing is the policy of a role that calls no AWS API.
func nothing() policy.Document {
	return policy.Document{Statements: []policy.Statement{{
		Sid:       "CallsNoAWSService",
		Effect:    policy.Deny,
		Actions:   []string{"*"},
		Resources: []string{"*"},
	}}}
}

// ExecutionResources are what ECS needs to start one task.
type ExecutionResources struct {
	RepositoryARN string
	LogGroupARN   string
	// SecretARNs are exactly the secrets that the task's containers receive.
	SecretARNs []string
	// DataKeyARN encrypts the secrets.
	DataKeyARN string
}

// Execution is what ECS may do to start a task: pull its image, write its log,
// read its secrets.
func Execution(r ExecutionResources) policy.Document {
	statements := []policy.Statement{
		logInToECR(),
		pullItsImage(r.RepositoryARN),
		writeLogs(r.LogGroupARN),
	}
	if len(r.SecretARNs) > 0 {
		statements = append(statements, readItsSecrets(r)...)
	}
	return policy.Document{Statements: statements}
}

func writeLogs(groupARN string) policy.Statement {
	return policy.Statement{
		Sid:       "WriteItsLog",
		Effect:    policy.Allow,
		Actions:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
		Resources: []string{groupARN + ":*"},
	}
}
