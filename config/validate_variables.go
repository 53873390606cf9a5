package config

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// PlatformVariables are the environment variables that a task may have from the
// platform. ECS refuses a secret of the same name (Amazon ECS API,
// ContainerDefinition: secrets).
func PlatformVariables() []string {
	return []string{
		"AWS_REGION", "DATABASE_HOST", "DATABASE_MASTER_CREDENTIALS", "DATABASE_NAME", "DATABASE_PORT", "DATABASE_ROLES_SQL", "DATABASE_USER",
		"DOCUMENTS_BUCKET", "ENVIRONMENT", "PORT",
	}
}

// shellVariables are those without which no program starts, or another than
// the one meant.
var shellVariables = []string{"BASH_ENV", "ENV", "GCONV_PATH", "GLIBC_TUNABLES", "HOME", "HOSTNAME", "IFS", "PATH", "SHELLOPTS", "USER"}

// Variables that most libraries follow without being asked, and with which
// credentials leave the platform. A changed Command could do the same, but not
// unseen: these look like plain settings.
var (
	// proxyVariables: AWS's SDKs ask 169.254.170.2 for the task's credentials by
	// plain HTTP, through the proxy too (aws/amazon-ecs-agent #605; Amazon ECS
	// developer guide, "HTTP proxy configuration"). What a task reaches is the
	// network's to say. NO_PROXY is the image's, if it has a proxy of its own.
	proxyVariables = []string{"ALL_PROXY", "FTP_PROXY", "GRPC_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "WSS_PROXY", "WS_PROXY"}
	// uncheckedVariables (Node.js, "Command-line API"; PEP 493).
	uncheckedVariables = []string{"NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY"}
	// libpqVariables win over, or stand in for, the host that a program names
	// (PostgreSQL, libpq, "Environment Variables").
	libpqVariables = []string{"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE"}
)

// taken says why an environment variable cannot be of the application's
// settings; "" where it can. Case does not count, for who reads it.
func taken(name string) string {
	upper := strings.ToUpper(name)
	switch {
	case slices.Contains(PlatformVariables(), upper):
		return "the platform itself sets " + upper
	case slices.Contains(proxyVariables, upper):
		return upper + " sends the requests for the task's credentials to a proxy too; a name that only the application reads does not"
	case slices.Contains(uncheckedVariables, upper):
		return upper + " turns the check of certificates off"
	case slices.Contains(libpqVariables, upper):
		return upper + " sends the database's token to another host than DATABASE_HOST"
	case slices.Contains(shellVariables, upper), strings.HasPrefix(upper, "AWS_"), strings.HasPrefix(upper, "ECS_"), strings.HasPrefix(upper, "LD_"):
		return upper + " means something to programs, shells or AWS"
	}
	return ""
}

const (
	// maxVariableName and maxVariable are the characters of a variable's name and
	// of its value: what somebody can still read. What is longer is a file of the
	// image.
	maxVariableName = 128
	maxVariable     = 4096
	// maxDefinition is the size of a task definition in bytes (Amazon ECS service
	// quotas, "Task definition size": 64 KiB).
	maxDefinition = 64 << 10
	// definitionFrame is room for what is in every definition and in no setting:
	// names, roles, log, volumes, the platform's variables.
	definitionFrame = 8 << 10
	// MaxDatabaseRoles is room for access/database_roles.sql as JSON, which a task gets
	// as a variable.
	MaxDatabaseRoles = 20 << 10
	// secretReference is room for a secret's ARN, and what JSON puts around it.
	secretReference = 256
)

// variableName is a name as POSIX has it (IEEE Std 1003.1, 8.1, "Environment
// Variable Definition").
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// variables checks those of a list, in the order of their names.
func (c *checker) variables(list string, variables Variables, secrets []string) {
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		path, value := key(list, name), variables[name]
		secret := slices.IndexFunc(secrets, func(s string) bool { return variable(s) == name })
		switch {
		case !variableName.MatchString(name) || len(name) > maxVariableName:
			c.refuse(path, name, "a name of at most %d letters, digits and underscores is allowed, without a digit first, such as \"LOG_LEVEL\"", maxVariableName)
			continue
		case taken(name) != "":
			c.refuse(path, name, "another name is required: %s", taken(name))
			continue
		case secret >= 0:
			c.refuse(path, name, "another name is required: secret %s is this variable", show(secrets[secret]))
			continue
		}
		switch {
		case value == "":
			c.refuse(path, value, "a value is required: a variable without one is left out")
		case len(value) > maxVariable:
			c.refuse(path, value, "at most %d characters are allowed; there are %d: what is longer is a file of the image", maxVariable, len(value))
		case SecretLike(name, value) != "":
			// Whoever reads the fault would read the secret.
			c.refuse(path, hidden, "a value that everybody may read is allowed, and this %s: put it into the environment's secrets, which have names only", SecretLike(name, value))
		}
	}
}

// definition refuses variables with which a task's definition would be larger
// than ECS takes, as JSON.
func (c *checker) definition(path string, all Variables, secrets []string, command, check []string) {
	size := definitionFrame + secretReference*len(secrets)
	for _, part := range []any{all, command, check} {
		text, err := json.Marshal(part)
		if err != nil {
			c.refuse(path, len(all), "values that JSON takes are allowed: %v", err)
			return
		}
		size += len(text)
	}
	// A variable is {"name":…,"value":…},
	size += len(all) * len(`{"name":,"value":}`)
	if size > maxDefinition {
		c.refuse(path, len(all), "at most %d bytes are allowed in a task definition, as JSON with the environment's variables and the command; there would be up to %d", maxDefinition, size)
	}
}
