package architecture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/architecture/picture"
	"github.com/paperwurks/infra/internal/architecture/platform"
	stackfiles "github.com/paperwurks/infra/internal/synthesised"
)

// shownKinds are the resources that pictures must show, by the attribute that
// holds their real name.
var shownKinds = map[string]string{
	"aws_ecs_cluster": "name", "aws_ecs_service": "name", "aws_ecs_task_definition": "family",
	"aws_db_instance": "identifier", "aws_s3_bucket": "bucket", "aws_secretsmanager_secret": "name",
	"aws_ecr_repository": "name", "aws_lb": "name", "aws_cloudfront_distribution": "comment",
	"aws_wafv2_web_acl": "name", "aws_sns_topic": "name", "aws_kms_alias": "name", "aws_subnet": "cidr_block",
	"aws_nat_gateway": "tags.Name", "aws_vpc": "tags.Name",
	"aws_scheduler_schedule_group": "name", "aws_sqs_queue": "name",
}

// ofSchedules are the kinds that only an environment with a scheduled job has.
var ofSchedules = []string{"aws_scheduler_schedule_group", "aws_sqs_queue"}

// thing is a resource that must be shown.
type thing struct{ stack, kind, name string }

// things are what the synthesised JSON holds, read without the code under test.
func things(t *testing.T, folder string) []thing {
	t.Helper()
	all, err := stackfiles.Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	var out []thing
	kinds := map[string]int{}
	for _, stack := range all {
		out = append(out, thing{stack.Name, "stack", stack.Name})
		for kind, attribute := range shownKinds {
			for id, resource := range stack.Resource[kind] {
				value := any(map[string]any(resource))
				for _, key := range strings.Split(attribute, ".") {
					inner, _ := value.(map[string]any)
					value = inner[key]
				}
				name, _ := value.(string)
				if name == "" {
					t.Fatalf("%s.%s of %q has no %s", kind, id, stack.Name, attribute)
				}
				kinds[kind]++
				if kind == "aws_ecs_task_definition" && served(stack, name) {
					continue
				}
				out = append(out, thing{stack.Name, kind, name})
			}
		}
		for _, role := range stack.Resource["aws_iam_role"] {
			if role["path"] == "/paperwurks/ci/" {
				out = append(out, thing{stack.Name, "aws_iam_role", role["name"].(string)})
			}
		}
	}
	scheduled := slices.ContainsFunc(config.Platform().Environments, func(e config.Environment) bool { return len(e.ScheduledJobs()) > 0 })
	for kind := range shownKinds {
		if kinds[kind] == 0 && (scheduled || !slices.Contains(ofSchedules, kind)) {
			t.Errorf("no %s is synthesised: the test would prove nothing", kind)
		}
	}
	return out
}

// served says whether a service, which the pictures show, has the name of its
// task definition.
func served(stack stackfiles.Stack, family string) bool {
	for _, service := range stack.Resource["aws_ecs_service"] {
		if service["name"] == family {
			return true
		}
	}
	return false
}

// texts are what a browser shows of a picture, element by element.
func texts(svg []byte) ([]string, error) {
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	var out []string
	var inside strings.Builder
	depth := 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "text" {
				depth++
			}
		case xml.CharData:
			if depth > 0 {
				inside.Write(token)
			}
		case xml.EndElement:
			if token.Name.Local == "text" {
				depth--
				out = append(out, inside.String())
				inside.Reset()
			}
		}
	}
}

// introduced are the words before a name in a longer text.
var introduced = map[string]string{
	"aws_ecs_cluster": "ECS cluster ", "aws_sns_topic": "mailed by SNS topic ", "aws_vpc": "VPC ",
	"aws_nat_gateway": "NAT gateway ", "aws_s3_bucket": "bucket ", "aws_kms_alias": "key ", "aws_sqs_queue": "queue ",
}

// introducedBy says whether a text, or one part of a list, introduces a thing.
func (w thing) introducedBy(text string) bool {
	words, there := introduced[w.kind]
	return there && slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '·' }), func(part string) bool {
		return strings.TrimSpace(part) == words+w.name
	})
}

// headed are the words above a name that is a text of its own: they tell apart
// what has the same name.
var headed = map[string]string{
	"stack": "stack of ", "aws_iam_role": "IAM role", "aws_ecs_service": "ECS service", "aws_ecs_task_definition": "ECS task",
	"aws_db_instance": "RDS for ", "aws_lb": "Load balancer", "aws_cloudfront_distribution": "CloudFront",
	"aws_wafv2_web_acl": "Web ACL", "aws_ecr_repository": "ECR repository", "aws_s3_bucket": "S3 bucket",
	"aws_subnet": config.Platform().Region, "aws_kms_alias": "", "aws_secretsmanager_secret": "", "aws_scheduler_schedule_group": "EventBridge Scheduler",
}

// headedBy says whether a text is a thing's name, below what says its kind.
func (w thing) headedBy(above, text string) bool {
	head, there := headed[w.kind]
	return there && text == w.name && strings.HasPrefix(above, head)
}

// unshown are the things that no text is left for. Each text shows one thing.
func unshown(wanted []thing, shown []string) []thing {
	used := make([]bool, len(shown))
	var out []thing
	for _, w := range wanted {
		found := false
		for i, text := range shown {
			if !used[i] && (w.introducedBy(text) || i > 0 && w.headedBy(shown[i-1], text)) {
				used[i], found = true, true
				break
			}
		}
		if !found {
			out = append(out, w)
		}
	}
	return out
}

// shownIn says which picture must show a thing: an environment's shows what is
// its own and what the shared stack makes for it.
func shownIn(w thing, environments []string) string {
	switch w.kind {
	case "stack":
		return "overview"
	case "aws_iam_role":
		return "access"
	case "aws_s3_bucket", "aws_kms_alias", "aws_sns_topic":
		if w.stack == platform.Shared && !slices.ContainsFunc(environments, func(env string) bool { return strings.Contains(w.name, "/"+env+"/") }) {
			return "overview"
		}
	}
	if w.stack != platform.Shared {
		return w.stack
	}
	for _, env := range environments {
		if strings.Contains(w.name, "/"+env+"/") {
			return env
		}
	}
	return "network"
}

// TestEverythingIsShown compares the pictures with the synthesised JSON, and then
// drops each box of each picture to see that it would be missed.
func TestEverythingIsShown(t *testing.T) {
	s, err := platform.Read(synthesised(t), environmentNames(config.Platform()))
	if err != nil {
		t.Fatal(err)
	}
	pictures, err := drawAll(s)
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string][]thing{}
	for _, w := range things(t, synthesised(t)) {
		name := shownIn(w, s.Environments())
		wanted[name] = append(wanted[name], w)
	}
	compared, dropped := 0, 0
	for _, p := range pictures {
		mine := wanted[p.Name]
		if missing := unshown(mine, mustTexts(t, p)); len(missing) > 0 {
			t.Errorf("picture %q lacks %v", p.Name, missing)
		}
		compared += len(mine)
		names := map[string]bool{}
		for _, w := range mine {
			names[w.name] = true
		}
		delete(wanted, p.Name)
		for i, b := range p.Boxes {
			if !names[b.Name] {
				continue
			}
			less := *p
			less.Boxes = slices.Delete(slices.Clone(p.Boxes), i, i+1)
			if len(unshown(mine, mustTexts(t, &less))) == 0 {
				t.Errorf("picture %q: nobody would miss box %q", p.Name, b.Kind+" "+b.Name)
			}
			dropped++
		}
	}
	for name := range wanted {
		t.Errorf("there is no picture %q, which should show %v", name, wanted[name])
	}
	t.Logf("%d stacks, roles and resources are shown; dropping any of %d boxes would be noticed", compared, dropped)
	if environments := len(s.Environments()); compared < 30*environments || dropped < 10*environments {
		t.Errorf("%d compared, %d dropped: too few to prove anything", compared, dropped)
	}
}

func mustTexts(t *testing.T, p *picture.Picture) []string {
	t.Helper()
	out, err := texts(p.SVG())
	if err != nil {
		t.Fatal(fmt.Errorf("picture %q: %w", p.Name, err))
	}
	return out
}
