package config

import "slices"

// Shortest returns the settings with one character in place of each name that is
// refused already, and with the shortest region or account: what is too much even so is too much whatever the name is in
// the end. The sizes of policies are checked with it (package access).
func (s Settings) Shortest(faults Faults) Settings {
	shorten := func(path string, text *string) {
		if faults.has(path) {
			*text = "x"
		}
	}
	shorten("project", &s.Project)
	shorten("user.gitHubOwnerID", &s.User.GitHubOwnerID)
	shorten("user.infraRepositoryID", &s.User.InfraRepositoryID)
	shorten("gitHub.owner", &s.GitHub.Owner)
	shorten("gitHub.infraRepository", &s.GitHub.InfraRepository)
	shorten("gitHub.infraBranch", &s.GitHub.InfraBranch)
	if faults.has("region") {
		s.Region = EdgeRegion // no region has a shorter name
	}
	if faults.has("user.accountID") {
		s.User.AccountID = ExampleAccountID
	}
	given := s
	s.Environments = slices.Clone(s.Environments)
	for i := range s.Environments {
		e, path := &s.Environments[i], given.EnvironmentPath(i)
		shorten(path+".name", &e.Name)
		services := make([]string, len(e.Services))
		for j, service := range e.Services {
			services[j] = service.Name
		}
		e.Services = slices.Clone(e.Services)
		for j := range e.Services {
			shorten(element(path+".services", services, j)+".name", &e.Services[j].Name)
		}
		jobs := make([]string, len(e.Jobs))
		for j, job := range e.Jobs {
			jobs[j] = job.Name
		}
		e.Jobs = slices.Clone(e.Jobs)
		for j := range e.Jobs {
			shorten(element(path+".jobs", jobs, j)+".name", &e.Jobs[j].Name)
		}
	}
	return s
}

// EnvironmentPath is the path of an environment in messages:
// environments["prod"], or environments[2] where the name is no help.
func (s Settings) EnvironmentPath(i int) string {
	names := make([]string, len(s.Environments))
	for i, e := range s.Environments {
		names[i] = e.Name
	}
	return element("environments", names, i)
}
