package pipelines

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/runbook"
)

var (
	// Not within a sentence, which names another region than the platform's.
	regionLine  = regexp.MustCompile("(?m)(^ *aws-region: |(?:^|[^`])export AWS_REGION=)\\S+")
	optionsLine = regexp.MustCompile(`(environment: \{type: choice, options: \[)[^]]*\]`)
	// A job by the line of its name, up to the next one or what ends the block.
	jobBlock = regexp.MustCompile("(?m)^  [A-Za-z0-9_-]+:\n(?:(?:    .*)?\n)*")
)

// WithSettings returns a workflow or a document with what follows from the
// settings: the region, in failures.yml the topic that is told, in deploy.yml a job for each environment like that of the
// shared stack, in backend-deploy.yml whose images are promoted, in docs/pipelines.md the lines that the backend copies, and in
// docs/operations.md the table of the alarms, and in docs/worst-day.md that of the drills. A file in which nothing follows is
// returned as it is; an error says what the file lacks.
func WithSettings(file, text string, s config.Settings) (string, error) {
	text = regionLine.ReplaceAllString(text, "${1}"+s.Region)
	var err error
	switch path.Base(file) {
	case "deploy.yml":
		text, err = deployJobs(text, s)
	case "failures.yml":
		text, err = accountTopic(text, s)
	case "pipelines.md":
		text, err = documentedJobs(text, s)
	case "operations.md":
		text, err = documentedAlarms(text, s)
	case "worst-day.md":
		text, err = runbook.WithDrills(text, s)
	case "backend-deploy.yml":
		text, err = images(text, s)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return text, nil
}

var topicLine = regexp.MustCompile(`(?m)^( *TOPIC: ).*$`)

// accountTopic writes the name of the account's topic, or that there is none.
func accountTopic(text string, s config.Settings) (string, error) {
	if !topicLine.MatchString(text) {
		return "", fmt.Errorf("no TOPIC to write")
	}
	name := `""`
	if s.Account.Topic() {
		name = s.Names().AccountTopic()
	}
	return topicLine.ReplaceAllString(text, "${1}"+name), nil
}

// deployJobs replaces all after the job of the shared stack by a copy of that
// job for each environment.
func deployJobs(text string, s config.Settings) (string, error) {
	start := strings.Index(text, "\n  "+config.SharedStack+":\n") + 1
	if start == 0 {
		return "", fmt.Errorf("no job %q to copy", config.SharedStack)
	}
	shared := strings.TrimRight(jobBlock.FindString(text[start:]), "\n") + "\n"
	out, before := text[:start]+shared, config.SharedStack
	for _, env := range s.Environments {
		job := shared
		for _, line := range []struct{ from, to string }{
			{"  " + config.SharedStack + ":", "  " + env.Name + ":"},
			{"    needs: check", "    needs: " + before},
			{"      stack: " + config.SharedStack, "      stack: " + env.Name},
			{"      environment: " + access.SharedGitHubEnvironment, "      environment: " + env.Name},
		} {
			if n := strings.Count(job, line.from+"\n"); n != 1 {
				return "", fmt.Errorf("job %q: the line %q is there %d times, want once", config.SharedStack, line.from, n)
			}
			job = strings.Replace(job, line.from+"\n", line.to+"\n", 1)
		}
		out, before = out+"\n"+job, env.Name
	}
	return out, nil
}

// documentedJobs replaces the jobs of the backend's deploy.yml by one for each
// environment, like the first, and the choices of its rollback.yml. Where one comes
// after another, a job that asks the other's product is between them.
func documentedJobs(text string, s config.Settings) (string, error) {
	const jobs, end = "\njobs:\n", "```"
	start := strings.Index(text, jobs) + len(jobs)
	length := strings.Index(text[start:], end)
	template := jobBlock.FindString(text[start:])
	if start < len(jobs) || length < 0 || template == "" {
		return "", fmt.Errorf("no job of the backend's to copy")
	}
	var written strings.Builder
	var names []string
	earlier := map[string]string{}
	for _, env := range s.Environments {
		branch := env.Deployment.Branch
		condition := "    if: github.ref == 'refs/heads/" + branch + "'\n"
		if before := earlier[branch]; before != "" {
			written.WriteString(asking(template, before, condition))
			condition += "    needs: [" + before + ", " + before + answers + "]\n"
		}
		job := regexp.MustCompile(`(?m)^  [A-Za-z0-9_-]+:\n`).ReplaceAllLiteralString(template, "  "+env.Name+":\n")
		job = regexp.MustCompile(`(?m)^    if: .*\n(    needs: .*\n)?`).ReplaceAllLiteralString(job, condition)
		job = regexp.MustCompile(`(?m)^(      environment: ).*$`).ReplaceAllString(job, "${1}"+env.Name)
		written.WriteString(job)
		names, earlier[branch] = append(names, env.Name), env.Name
	}
	text = text[:start] + written.String() + text[start+length:]
	return optionsLine.ReplaceAllString(text, "${1}"+strings.Join(names, ", ")+"]"), nil
}

// answers ends the name of a job that asks an environment's product: an environment's
// own name has no underscore.
const answers = "_answers"

// asking is the job that asks the product of an environment, made of the job that
// deploys one.
func asking(template, env, condition string) string {
	_, uses, _ := strings.Cut(template, "    uses: ")
	uses, _, _ = strings.Cut(uses, "\n")
	return "  " + env + answers + ":\n" + condition + "    needs: " + env + "\n    uses: " + strings.Replace(uses, "backend-deploy.yml", "backend-ask.yml", 1) +
		"\n    permissions: {contents: read}\n    with:\n      url: <public/url of " + env + ">\n"
}

// byEnvironment is a value that a workflow looks up by its input, after a prefix.
func byEnvironment(prefix string) *regexp.Regexp {
	return regexp.MustCompile(`(` + regexp.QuoteMeta(prefix) + `\$\{\{ fromJSON\(')[^']*('\)\[inputs\.environment\])`)
}

// images writes, by environment, whose images one takes and what processors one
// builds for, and on.
func images(text string, s config.Settings) (string, error) {
	from, platform, runner := map[string]string{}, map[string]string{}, map[string]string{}
	for _, env := range s.Environments {
		if env.Images.From != "" {
			from[env.Name] = env.Images.From
		}
		if env.Images.Processor() == config.ARM {
			// GitHub's runner of that architecture (GitHub documentation,
			// "GitHub-hosted runners reference").
			platform[env.Name], runner[env.Name] = config.ARM.Platform(), "-arm"
		}
	}
	for _, line := range []struct {
		prefix string
		values map[string]string
	}{{"PROMOTED_FROM: ", from}, {"PLATFORM: linux/", platform}, {"runs-on: ubuntu-24.04", runner}} {
		data, err := json.Marshal(line.values)
		if err != nil {
			return "", err
		}
		written := byEnvironment(line.prefix)
		if !written.MatchString(text) {
			return "", fmt.Errorf("no %q to write", line.prefix)
		}
		text = written.ReplaceAllString(text, "${1}"+string(data)+"${2}")
	}
	return text, nil
}

var alarmTable = regexp.MustCompile(`(?m)(^\| alarm \| means \| first step \| severity \|\n\|.*\n)((?:\|.*\n)+)`)

// documentedAlarms writes the rows of the table of alarms.
func documentedAlarms(text string, s config.Settings) (string, error) {
	if !alarmTable.MatchString(text) {
		return "", fmt.Errorf("no table of alarms to write")
	}
	var rows strings.Builder
	for _, k := range config.AlarmKinds() {
		service := ""
		if k.OfService {
			service = "<service>"
		}
		if k.OfJob {
			service = "<job>"
		}
		means := strings.ReplaceAll(k.Means, "{service}", "`"+service+"`") // Markdown hides it without
		if k.RollsBack {
			means += "; rolls a deployment back"
		}
		fmt.Fprintf(&rows, "| `%s` | %s | %s<a id=\"%s\"></a> | %s |\n", s.Names().Alarm("<env>", k.ID.Of(service)), means, k.First, k.ID.Anchor(), k.Severity)
	}
	return alarmTable.ReplaceAllString(text, "${1}"+strings.ReplaceAll(rows.String(), "$", "$$")), nil
}
