package architecture

import (
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/architecture/platform"
)

// parameters are the SSM path plan: every published name, with <env> for what
// each environment has.
func parameters(p *page, s *platform.Stacks, arn func(parameter string) string) error {
	roles, err := s.Roles(platform.Shared)
	if err != nil {
		return err
	}
	roles = pipelineRoles(s, roles)
	var lines []*published
	for _, stackName := range s.Names() {
		for _, r := range s.Of(stackName, "aws_ssm_parameter") {
			line := publishedAs(s, r, roles, arn)
			known := slices.IndexFunc(lines, func(other *published) bool { return other.key() == line.key() })
			if known < 0 {
				lines = append(lines, line)
				continue
			}
			lines[known].environments = once(lines[known].environments, line.environments)
			lines[known].workloads = once(lines[known].workloads, line.workloads)
		}
	}
	p.Table("parameter", "what", "of", "published by", "read by")
	for _, l := range lines {
		var of []string
		if len(l.workloads) > 0 {
			of = append(of, listed(l.workloads))
		}
		switch {
		case len(l.environments) == len(s.Environments()):
			of = append(of, "every environment")
		case len(l.environments) > 0:
			of = append(of, listed(l.environments))
		}
		p.Row("`"+l.name+"`", l.description, strings.Join(of, " in "), "`"+l.writer+"`", strings.Join(l.readers, ", "))
	}
	return nil
}

// published is a parameter, or one that several environments and workloads have
// alike.
type published struct {
	// name has <env> and <service> for what differs.
	name, description, writer        string
	readers, environments, workloads []string
}

func (p published) key() string {
	return strings.Join(append([]string{p.name, p.description, p.writer}, p.readers...), "\n")
}

func publishedAs(s *platform.Stacks, parameter platform.Resource, roles []platform.Role, arn func(string) string) *published {
	name := parameter.Text("name")
	env := ownerOf(s, name)
	out := &published{name: name, description: parameter.Text("description"), writer: parameter.Stack}
	for _, role := range roles {
		if role.Allows("ssm:GetParameter", arn(name)) {
			out.readers = append(out.readers, "`"+general(role.Name, env)+"`")
		}
	}
	if env == "" {
		return out
	}
	out.environments = []string{env}
	out.writer = general(out.writer, env)
	out.name = strings.Replace(name, "/"+env+"/", "/<env>/", 1)
	parts := strings.Split(out.name, "/")
	if i := slices.Index(parts, "service"); i > 0 && i+2 < len(parts) {
		out.workloads = []string{parts[i+1]}
		parts[i+1] = "<service>"
		out.name = strings.Join(parts, "/")
	}
	return out
}

// once adds those that are not there yet.
func once(to, more []string) []string {
	for _, item := range more {
		if !slices.Contains(to, item) {
			to = append(to, item)
		}
	}
	return to
}

// ownerOf is the environment whose path a parameter is under, or "".
func ownerOf(s *platform.Stacks, parameter string) string {
	for _, env := range s.Environments() {
		if strings.Contains(parameter, "/"+env+"/") {
			return env
		}
	}
	return ""
}

// general writes <env> for an environment's name at the end of a name.
func general(name, env string) string {
	if env != "" && (name == env || strings.HasSuffix(name, "-"+env)) {
		return strings.TrimSuffix(name, env) + "<env>"
	}
	return name
}
