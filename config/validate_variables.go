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
		"AWS_REGION", "DATABASE_HOST", "DATABASE_MASTER_CREDENTIALS", "DATABASE_NAME", "DATABASE_PORT", "DATABASE_USER",
		"DOCUMENTS_BUCKET", "ENVIRONMENT", "PORT",
	}
}

// shellVariables are those without which no program starts, or another than
// the one meant.
var shellVariables = []string{"BASH_ENV", "ENV", "HOME", "HOSTNAME", "IFS", "LD_AUDIT", "LD_LIBRARY_PATH", "LD_PRELOAD", "PATH", "USER"}

// taken says why an environment variable cannot be of the application's
// settings; "" where it can. Case does not count, for who reads it.
func taken(name string) string {
	upper := strings.ToUpper(name)
	switch {
	case slices.Contains(PlatformVariables(), upper):
		return "the platform itself sets " + upper
	case slices.Contains(shellVariables, upper), strings.HasPrefix(upper, "AWS_"), strings.HasPrefix(upper, "ECS_"):
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
