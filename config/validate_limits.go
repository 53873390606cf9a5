package config

import "slices"

// What AWS takes in a policy, in characters (IAM user guide, "IAM and AWS STS
// quotas").
const (
	// maxTrust of a role's trust policy; on request more.
	maxTrust = 2048
	// maxPolicy of a managed policy.
	maxPolicy = 6144
)

// limits refuses more environments and services than AWS's policies have room
// for: the trust of infra-role names the GitHub environment of each
// environment, another of its policies what it must keep of each protected
// one, and a policy of deploy-role each service.
func (c *checker) limits(s Settings) {
	const path = "environments"
	names := make([]string, len(s.Environments))
	protected := 0
	for i, e := range s.Environments {
		names[i] = e.Name
		if e.IsProtected() {
			protected++
		}
	}
	s = c.shortest(s)
	if size := InfraTrustSize(s); size > maxTrust {
		c.refuse(path, len(s.Environments), "fewer environments, or shorter names of GitHub environments, are required: the trust policy of %s would have at least %d characters, and AWS takes %d",
			InfraRole, size, maxTrust)
	}
	if size := InfraProtectionSize(s); size > maxPolicy {
		c.refuse(path, protected, "fewer environments with database.deletionProtection, or shorter names, are required: the policy that keeps %s from what they hold would have at least %d characters, and AWS takes %d",
			InfraRole, size, maxPolicy)
	}
	for i, e := range s.Environments {
		if size := DeployTasksSize(s.Names(), e); size > maxPolicy {
			c.refuse(element(path, names, i)+".services", len(e.Services), "fewer services, or shorter names, are required: the policy that lets %s deploy them would have at least %d characters, and AWS takes %d",
				deployRole, size, maxPolicy)
		}
	}
}

// shortest gives the settings with one character in place of each name that is
// refused already: what is too much even so is too much whatever stands there
// in the end.
func (c *checker) shortest(s Settings) Settings {
	shorten := func(path string, text *string) {
		if c.isRefused(path) {
			*text = "x"
		}
	}
	shorten("project", &s.Project)
	shorten("region", &s.Region)
	shorten("user.gitHubOwnerID", &s.User.GitHubOwnerID)
	shorten("user.infraRepositoryID", &s.User.InfraRepositoryID)
	shorten("gitHub.owner", &s.GitHub.Owner)
	shorten("gitHub.infraRepository", &s.GitHub.InfraRepository)
	shorten("gitHub.infraBranch", &s.GitHub.InfraBranch)
	if c.isRefused("user.accountID") {
		s.User.AccountID = ExampleAccountID
	}
	environments := make([]string, len(s.Environments))
	for i, e := range s.Environments {
		environments[i] = e.Name
	}
	s.Environments = slices.Clone(s.Environments)
	for i := range s.Environments {
		e, path := &s.Environments[i], element("environments", environments, i)
		shorten(path+".name", &e.Name)
		shorten(path+".deployment.gitHubEnvironment", &e.Deployment.GitHubEnvironment)
		services := make([]string, len(e.Services))
		for j, service := range e.Services {
			services[j] = service.Name
		}
		e.Services = slices.Clone(e.Services)
		for j := range e.Services {
			shorten(element(path+".services", services, j)+".name", &e.Services[j].Name)
		}
	}
	return s
}

// InfraTrustSize is how many characters the trust policy of infra-role has
// that package access writes; a test there holds the two together.
func InfraTrustSize(s Settings) int {
	// All but what depends on the settings.
	const fixed = 517
	names, ids := len(s.GitHub.Owner)+len(s.GitHub.InfraRepository), len(s.User.GitHubOwnerID)+len(s.User.InfraRepositoryID)
	size := fixed + len(s.Names().OIDCProviderARN()) + len(s.GitHub.InfraBranch) + ids
	add := func(environment string) {
		size += len(`"repo:/:environment:",`) + len(`"repo:@/@:environment:",`) + len(`"",`)
		size += 2*names + ids + 3*len(environment)
	}
	add(sharedGitHubEnvironment)
	for _, e := range s.Environments {
		add(e.Deployment.GitHubEnvironment)
	}
	return size
}

// InfraProtectionSize is how many characters the policy has that keeps
// infra-role from what protected environments hold, of which there are two or
// more; package access writes it, and a test there holds the two together.
func InfraProtectionSize(s Settings) int {
	// All but what depends on the settings: the project stands in it so often,
	// and the region.
	const fixed, projects, regions = 2494, 13, 4
	n := s.Names()
	size := fixed + projects*len(n.project) + regions*len(n.region)
	for _, e := range s.Environments {
		if !e.IsProtected() {
			continue
		}
		service := n.ARN("ecs", "service/"+n.Cluster(e.Name)+"/*")
		size += listed(e.Name, e.Name, n.KeyAliases(e.Name), service, service,
			n.ARN("rds", "db:"+n.Database(e.Name)),
			BucketARN(n.Environment(e.Name)+"-*"),
			n.ARN("secretsmanager", "secret:"+n.Secret(e.Name, "*")),
			n.ARN("ecr", "repository/"+n.Repository(e.Name)),
			n.WorkloadRoleARN(n.In(e.Name, "*")))
	}
	return size
}

// DeployTasksSize is how many characters the policy has that lets deploy-role
// deploy an environment's services, of which there are two or more; package
// access writes it, and a test there holds the two together.
func DeployTasksSize(n Names, e Environment) int {
	// All but what depends on the settings.
	const fixed = 1348
	cluster := n.Cluster(e.Name)
	family := func(task string) string { return n.ARN("ecs", "task-definition/"+n.Service(e.Name, task)+":*") }
	size := fixed + listed(n.ARN("ecs", "cluster/"+cluster), n.ARN("ecs", "cluster/"+cluster), n.ARN("ecs", "task/"+cluster+"/*"), family(MigrationTask))
	task := func(name string) {
		f := family(name)
		size += listed(f, f, f, n.WorkloadRoleARN(n.TaskRole(e.Name, name)), n.WorkloadRoleARN(n.ExecutionRole(e.Name, name)))
	}
	task(MigrationTask)
	for _, s := range e.Services {
		task(s.Name)
		service := n.ARN("ecs", "service/"+cluster+"/"+n.Service(e.Name, s.Name))
		size += listed(service, service)
	}
	return size
}

// listed is how many characters texts have in a list of JSON, each with its
// quotes and a comma.
func listed(texts ...string) int {
	size := 0
	for _, text := range texts {
		size += len(text) + len(`"",`)
	}
	return size
}
