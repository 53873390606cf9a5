package architecture

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/internal/architecture/picture"
	"github.com/paperwurks/infra/internal/architecture/platform"
)

// The columns of the overview, in pixels: GitHub, the roles, the stacks.
const (
	githubX, githubWidth         = picture.Left, 274
	overviewRoleX, overviewRoleW = 338, 182
	stacksX, stacksWidth         = 578, picture.Right - 578
	stackLane                    = 22
	// promotionGap is the room for an arrow's word between two stacks.
	promotionGap = 18
)

// infraWorkflows are this repository's workflows by what they assume, and what they do to
// the shared stack in a word; the folder .github/workflows has them.
var infraWorkflows = map[string]struct{ files, does, verb string }{
	"infra-diff-role":   {"pull-request.yml, drift.yml, deploy.yml", "test, plan, compare with AWS", "plan"},
	"infra-role":        {"deploy-stack.yml", "apply the plan that was approved", "apply"},
	"infra-report-role": {"failures.yml", "say that a run failed", "tell"},
}

// backendWorkflow is what the backend's repository calls to deploy.
const backendWorkflow = "backend-deploy.yml"

// drawOverview is the two repositories, their pipelines and roles, and the
// stacks that they make and deploy to.
func drawOverview(s *platform.Stacks) (*picture.Picture, error) {
	p := picture.New("overview", "From two repositories to the platform",
		"The repositories on GitHub, the roles that their pipelines assume, the stacks, and what flows between them.")
	all, err := s.Roles(platform.Shared)
	if err != nil {
		return nil, err
	}
	o := &overview{Picture: p, stacks: s}
	for _, role := range pipelineRoles(s, all) {
		if environmentOf(s, role.Name) == "" {
			o.platform = append(o.platform, role)
		} else {
			o.deploy = append(o.deploy, role)
		}
	}
	return o.draw()
}

type overview struct {
	*picture.Picture
	stacks           *platform.Stacks
	platform, deploy []platform.Role
}

func (o *overview) draw() (*picture.Picture, error) {
	top := picture.Top + picture.FrameHead/2
	column := func(x, width int, zone picture.Zone, label string) *picture.Frame {
		return o.Frame(picture.Frame{Rect: picture.Rect{X: x, Y: top, W: width}, Zone: zone, Label: label})
	}
	stacks := column(stacksX, stacksWidth, picture.Plain, "Terraform stacks")
	first := top + picture.FrameHead
	administrator := picture.Box{Rect: picture.Rect{X: githubX, Y: top, W: githubWidth}, Zone: picture.Outside, Icon: picture.Person, Kind: "a person, by IAM Identity Center",
		Name: "administrator", Lines: []string{"make bootstrap: the first deployment, and each change of the roles of CI"}}
	administrator.H = administrator.NeededHeight()
	person := o.Box(administrator)
	top = person.Bottom() + 14
	roles := column(overviewRoleX-10, overviewRoleW+20, picture.Identity, "IAM, by OIDC, no keys")
	repositoryFrame := func(repository, team string) *picture.Frame {
		frame := column(githubX, githubWidth, picture.Outside, "")
		frame.Label = frame.Fitting(repository+" · "+team, repository)
		return frame
	}
	infraFrame := repositoryFrame(repositoryOf(o.platform), "DevOps")
	backendFrame := repositoryFrame(repositoryOf(o.deploy), "Core Backend Team")

	// The platform's own roles, level with the shared stack.
	y := top + picture.FrameHead
	var infra []picture.Rect
	for _, role := range o.platform {
		work := infraWorkflows[role.Name]
		box := picture.Box{Zone: picture.Outside, Icon: picture.Branch, Kind: fromAny(role), Name: work.files, Lines: []string{work.does}}
		from, to, bottom := o.pair(y, 0, box, o.roleBox(role))
		o.Arrow("oidc "+role.Name, point(from.Right(), to.CenterY()), point(to.X, to.CenterY()))
		infra = append(infra, to)
		y = bottom + 12
	}
	sharedBox := o.stackBox(platform.Shared)
	sharedBox.Rect = picture.Rect{X: stacksX + 12, Y: first, W: stacksWidth - 24 - stackLane}
	sharedBox.H = max(sharedBox.NeededHeight(), y-12-first)
	shared := o.Box(sharedBox)
	o.Arrow("bootstrap", point(person.Right(), person.CenterY()), point(shared.X, person.CenterY()))
	o.Label(point(overviewRoleX+overviewRoleW/2, person.CenterY()-6), picture.Middle, "plan and apply, asking before each")
	for i, role := range o.platform {
		verb := infraWorkflows[role.Name].verb
		o.Arrow("infra "+verb, point(infra[i].Right(), infra[i].CenterY()), point(stacksX, infra[i].CenterY()))
		o.Label(point((overviewRoleX+overviewRoleW+stacksX+12)/2-3, infra[i].CenterY()-6), picture.Middle, verb)
	}
	infraFrame.H = shared.Bottom() + 10 - infraFrame.Y
	backendFrame.Y = infraFrame.Bottom() + 14

	// Each environment, level with the role that deploys to it.
	y = backendFrame.Y + picture.FrameHead
	lane := shared.Right() + stackLane/2 + 3
	places := map[string]picture.Rect{}
	before := ""
	for _, role := range o.deploy {
		env := environmentOf(o.stacks, role.Name)
		does := "test, build, push the image, migrate, update"
		source := promotedFrom(o.stacks, env)
		if source != "" {
			does = "copy the image that ran well in " + source + ", migrate, update"
		}
		if source != "" && source == before {
			y += promotionGap
		}
		target := o.stackBox(env)
		target.Rect = picture.Rect{X: stacksX + 12, Y: y, W: sharedBox.W}
		target.H = target.NeededHeight()
		box := picture.Box{Zone: picture.Outside, Icon: picture.Branch, Kind: fromAny(role), Name: backendWorkflow, Lines: []string{does}}
		from, to, bottom := o.pair(y, target.H, box, o.roleBox(role))
		target.H = bottom - y
		place := o.Box(target)
		o.Arrow("oidc "+role.Name, point(from.Right(), to.CenterY()), point(to.X, to.CenterY()))
		o.Arrow("deploy "+env, point(to.Right(), to.CenterY()), point(place.X, to.CenterY()))
		o.Label(point((overviewRoleX+overviewRoleW+stacksX+12)/2-3, to.CenterY()-6), picture.Middle, "deploy")
		o.Arrow("shared", point(shared.Right(), shared.CenterY()), point(lane, shared.CenterY()), point(lane, place.CenterY()), point(place.Right(), place.CenterY()))
		if source != "" && source == before {
			x := place.X + 40
			o.Arrow("promote", point(x, places[source].Bottom()), point(x, place.Y))
			o.Label(point(x+8, place.Y-promotionGap/2-1), picture.Start, "promote the image")
		}
		places[env], before = place, env
		y = max(bottom, place.Bottom()) + 12
	}
	o.Label(point(lane-6, backendFrame.Y+14), picture.End, "networks, keys and image repositories")

	for _, frame := range []*picture.Frame{roles, stacks, backendFrame} {
		frame.H = y - frame.Y
	}
	o.Finish(y + 6)
	return o.Picture, nil
}

// promotedFrom is the environment whose images another takes, by what its
// deploy-role may read; "" for one that builds.
func promotedFrom(s *platform.Stacks, env string) string {
	for _, made := range s.Of(platform.Shared, "aws_iam_policy") {
		if !strings.HasSuffix(made.Text("name"), "-deploy-role-"+env+"-images") {
			continue
		}
		document, err := policy.Parse([]byte(made.Text("policy")))
		if err != nil {
			continue // access.md and the rules complain of it
		}
		for _, s := range document.Statements {
			if found := repositoryOfImages.FindStringSubmatch(strings.Join(s.Resources, " ")); s.Sid == "PullWhatItPromotes" && found != nil {
				return found[1]
			}
		}
	}
	return ""
}

var repositoryOfImages = regexp.MustCompile(`:repository/[^/]+/([^/]+)/`)

// pair sets a workflow next to the role that it assumes, equally high and at
// least as high as is said.
func (o *overview) pair(y, least int, workflow, role picture.Box) (from, to picture.Rect, bottom int) {
	workflow.Rect = picture.Rect{X: githubX + 10, Y: y, W: githubWidth - 20}
	role.Rect = picture.Rect{X: overviewRoleX, Y: y, W: overviewRoleW}
	height := max(workflow.NeededHeight(), role.NeededHeight(), least)
	workflow.H, role.H = height, height
	return o.Box(workflow), o.Box(role), y + height
}

func (o *overview) roleBox(role platform.Role) picture.Box {
	return picture.Box{Zone: picture.Identity, Icon: picture.Key, Kind: "IAM role", Name: role.Name, Lines: []string{role.Description}}
}

func (o *overview) stackBox(name string) picture.Box {
	s := o.stacks
	b := picture.Box{Zone: picture.Stack, Kind: "stack of " + counted(s.Count(name), "resource", "resources"), Name: name}
	if name == platform.Shared {
		for _, bucket := range s.Of(name, "aws_s3_bucket") {
			b.Lines = append(b.Lines, "bucket "+bucket.Text("bucket"))
		}
		for _, alias := range s.Of(name, "aws_kms_alias") {
			if s.Owner(alias) == platform.Shared {
				b.Lines = append(b.Lines, "key "+alias.Text("name"))
			}
		}
		for _, topic := range s.Of(name, "aws_sns_topic") {
			b.Lines = append(b.Lines, "mailed by SNS topic "+topic.Text("name"))
		}
		b.Lines = append(b.Lines,
			fmt.Sprintf("GitHub's OIDC provider, %s", counted(len(s.Of(name, "aws_iam_role")), "role", "roles")),
			"for each environment a VPC, keys and an ECR repository")
		return b
	}
	var services []string
	for _, service := range s.Of(name, "aws_ecs_service") {
		for _, cluster := range s.References(name, service.Attributes["cluster"]) {
			services = append(services, strings.TrimPrefix(service.Text("name"), cluster.Text("name")+"-"))
		}
	}
	b.Lines = append(b.Lines, "ECS services "+listed(services))
	for _, db := range s.Of(name, "aws_db_instance") {
		b.Lines = append(b.Lines, fmt.Sprintf("PostgreSQL %s on %s", db.Text("engine_version"), db.Text("instance_class")))
	}
	b.Lines = append(b.Lines, "CloudFront, WAF, load balancer, S3, secrets")
	if n, _ := publishedFor(s, name); n > 0 {
		b.Lines = append(b.Lines, counted(n, "SSM parameter", "SSM parameters")+" for the backend's pipeline")
	}
	return b
}

// fromAny is from where a role is assumed, in one line.
func fromAny(role platform.Role) string {
	var words []string
	for _, t := range role.Trust {
		switch {
		case t.PullRequest:
			words = append(words, "pull requests")
		case len(t.Environments) == 1:
			words = append(words, t.Branch+", environment "+t.Environments[0])
		case len(t.Environments) > 1:
			words = append(words, t.Branch+", with an environment")
		default:
			words = append(words, t.Branch)
		}
	}
	return listed(words)
}

func repositoryOf(roles []platform.Role) string {
	for _, role := range roles {
		for _, t := range role.Trust {
			return t.Repository
		}
	}
	return ""
}
