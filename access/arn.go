package access

import "github.com/paperwurks/infra/config"

// regional is the ARN pattern of a resource in the platform's region and at
// the edge.
func regional(n config.Names, service, resource string) []string {
	return []string{n.ARN(service, resource), n.EdgeARN(service, resource)}
}

// logGroup is a log group in both spellings that AWS uses: some actions check
// the one that ends in :*, which also covers its streams.
func logGroup(n config.Names, name string) []string {
	group := n.ARN("logs", "log-group:"+name)
	return []string{group, group + ":*"}
}

// named matches what starts with the project's prefix.
func named(n config.Names) string { return n.Project() + "-*" }

// via is a service's name in kms:ViaService.
func via(n config.Names, services ...string) []string {
	out := make([]string, len(services))
	for i, s := range services {
		out[i] = s + "." + n.Region() + ".amazonaws.com"
	}
	return out
}

func concat(lists ...[]string) []string {
	var out []string
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}
