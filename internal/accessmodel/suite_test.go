package accessmodel

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/accessmodel/token"
	"github.com/paperwurks/infra/internal/iamsim"
)

// suite is the table, or a part of it, asked of the stacks after something has
// been done to them.
type suite struct {
	name string
	// change is what an attacker, or a mistake, has done.
	change    func(p *inventory.Platform) error
	questions func(config.Settings) []question
	// denialsOnly: what the table denies must be denied; what it allows is not
	// asked.
	denialsOnly bool
}

var suites = []suite{
	{
		name:      "as deployed",
		questions: ofCI,
	},
	{
		name:      "granted, without any limit",
		change:    takeLimitsAway,
		questions: grantsOfCI,
	},
	{
		name:        "everything allowed by mistake",
		change:      allowEverything,
		questions:   firmOfCI,
		denialsOnly: true,
	},
	{
		name:        "handed over by the policy of a resource",
		change:      handOver,
		questions:   dataOfCI,
		denialsOnly: true,
	},
	{
		name:        "nothing but the policies of resources",
		change:      leaveResourcesAlone,
		questions:   guardedByResources,
		denialsOnly: true,
	},
	{
		name:      "workloads, granted, without any limit",
		change:    takeLimitsAway,
		questions: grantsOfWorkloads,
	},
	{
		name:      "workloads, with roles that an attacker made",
		change:    capability.MakeRoles,
		questions: ofWorkloads,
	},
	{
		name:        "workloads, everything allowed by mistake",
		change:      allowWorkloadsEverything,
		questions:   firmOfWorkloads,
		denialsOnly: true,
	},
	{
		name:        "workloads, handed over by the policy of a resource",
		change:      handOverToWorkloads,
		questions:   dataOfWorkloads,
		denialsOnly: true,
	},
	{
		name:      "workload roles assumed by a workflow run",
		change:    letRunsIn,
		questions: ofWorkloadsForNobody,
	},
	{
		name:      "a person with administrator rights",
		questions: ofAdministrator,
		change:    func(p *inventory.Platform) error { return p.AddAdministrator() },
	},
	{
		name:      "chat, and a role that a member of a channel brings",
		questions: ofChat,
		change:    capability.AddMember,
	},
	{
		name:      "chat, granted, without any limit",
		change:    takeLimitsAway,
		questions: grantsOfChat,
	},
	{
		name:        "chat, everything allowed by mistake",
		change:      allowChatEverything,
		questions:   ofChat,
		denialsOnly: true,
	},
	{
		name:        "chat, handed over by the policy of a resource",
		change:      handOverToChat,
		questions:   ofChat,
		denialsOnly: true,
	},
	{
		name:      "people",
		questions: ofPeople,
	},
	{
		name:      "people, granted, without any limit",
		change:    takeLimitsAway,
		questions: grantsOfPeople,
	},
	{
		name:        "people, everything allowed by mistake",
		change:      allowPeopleEverything,
		questions:   firmOfPeople,
		denialsOnly: true,
	},
	{
		name:        "people, handed over by the policy of a resource",
		change:      handOverToPeople,
		questions:   firmOfPeople,
		denialsOnly: true,
	},
	{
		name:      "people who take a role for people",
		change:    addPersons,
		questions: takingRoles,
	},
}

func ofChat(s config.Settings) []question {
	return questions(environmentsOf(s).Chatting(promotions(s), jobsOf(s)), capability.Chatters(s))
}

// grantsOfChat asks the role that the stacks make.
func grantsOfChat(s config.Settings) []question {
	return slices.DeleteFunc(ofChat(s), func(q question) bool { return q.role == capability.Member })
}

// allowChatEverything leaves the role of channels nothing but its boundary.
func allowChatEverything(p *inventory.Platform) error {
	if err := capability.AddMember(p); err != nil || p.Roles[capability.ChatRole] == nil {
		return err
	}
	return errors.Join(p.AddRole(p.Roles[capability.ChatRole], capability.Everything), openResources(p))
}

// handOverToChat hands data and roles over to the sessions of channels.
func handOverToChat(p *inventory.Platform) error {
	if err := capability.AddMember(p); err != nil || p.Roles[capability.ChatRole] == nil {
		return err
	}
	return handOverTo(p, []string{p.Session(p.Roles[capability.ChatRole]), p.Session(p.Roles[capability.Member])})
}

func ofPeople(s config.Settings) []question {
	return questions(environmentsOf(s).People(switchableOf(s)), peopleOf(s))
}

// grantsOfPeople asks all, of which the grants alone refuse all but what the boundary
// or a key's policy carves out of them.
func grantsOfPeople(s config.Settings) []question {
	carved := map[string][]string{
		"give a service a shell":                 {"paperwurks-on-call", "paperwurks-break-glass"},
		"decrypt the database's master password": {"paperwurks-break-glass"},
		"give the copy a password of its own":    {"paperwurks-break-glass"},
	}
	all := ofPeople(s)
	for i, q := range all {
		if roles := carved[q.row.Does]; roles != nil {
			all[i].row.May = roles
		}
	}
	return all
}

// firmOfPeople are what the boundary alone denies. Which secrets a key decrypts for is
// its policy's.
func firmOfPeople(s config.Settings) []question {
	return slices.DeleteFunc(questions(environmentsOf(s).PeopleFirmly(), peopleOf(s)), func(q question) bool {
		return q.row.Does == "decrypt the database's master password"
	})
}

// peopleRoles are the roles for people of a platform.
func peopleRoles(p *inventory.Platform) []*inventory.Role {
	var out []*inventory.Role
	for _, role := range p.Roles {
		if strings.HasPrefix(role.Path, "/paperwurks/people/") {
			out = append(out, role)
		}
	}
	slices.SortFunc(out, func(a, b *inventory.Role) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// allowPeopleEverything leaves the roles for people nothing but their boundary.
func allowPeopleEverything(p *inventory.Platform) error {
	for _, role := range peopleRoles(p) {
		if err := p.AddRole(role, capability.Everything); err != nil {
			return err
		}
	}
	return openResources(p)
}

// handOverToPeople hands data and roles over to the sessions of people.
func handOverToPeople(p *inventory.Platform) error {
	var sessions []string
	for _, role := range peopleRoles(p) {
		sessions = append(sessions, p.Session(role))
	}
	return handOverTo(p, sessions)
}

// addPersons adds those whom the fixture and the platform name, and others.
func addPersons(p *inventory.Platform) error {
	for _, s := range []config.Settings{config.Fixture(), config.Platform()} {
		if err := capability.AddPersons(p, s.People); err != nil {
			return err
		}
	}
	return nil
}

func takingRoles(s config.Settings) []question {
	return questions([]capability.Area{capability.TakingRoles(s.People)}, capability.Persons(s.People))
}

func ofAdministrator(s config.Settings) []question {
	return questions(environmentsOf(s).Administration(), []string{inventory.Administrator})
}

func ofCI(s config.Settings) []question {
	environments := environmentsOf(s)
	return questions(environments.Areas(promotions(s), jobsOf(s)), ciRolesOf(s))
}

// carvedOut are what infra-role's limits take out of something wider that it
// is granted; AWS has no other way to say so.
var carvedOut = []string{
	"give prod's web a shell", "give dev's web a shell", "make a service with a shell in prod",
	"delete a secret of staging at once", "make a database with a password of its own", "make a public database",
	"set a master password of its own",
	"change who may use the key of prod's data", "change who may use the key of dev's data",
	"change who may use the key of the state", "take the name off the key of data",
	"give the key of data a second name", "point the name of the key of data elsewhere",
	"take the name of the key of data away", "take the name of the key of dev's data away", "destroy the key of dev's data",
	"destroy prod's database under another name", "say that prod's database is dev's",
	"say that prod's database is nobody's", "destroy prod's database", "destroy prod's documents bucket", "destroy prod's log bucket",
	"destroy a secret of prod", "destroy the images of prod", "destroy a service of prod",
	"destroy the key of prod's images", "disable the key of prod's logs at the edge", "destroy the role of prod's web",
	"take the name of the key of prod's images away", "take the name off the key of prod's logs",
	"point the name of prod's logs at the edge elsewhere", "destroy prod's NAT gateway", "take the address of prod's NAT gateway away",
	"point prod's route elsewhere", "take prod's route away", "destroy prod's network", "give prod's NAT gateway another name",
	"take the name of prod's NAT gateway away", "take all tags of prod's NAT gateway away", "give prod's NAT gateway a second name, of small letters",
	"say that prod's database is dev's, in capitals", "take the endpoints of prod's network away",
	"keep the trail from its key", "disable the trail's key", "delete the trail's key", "rename the trail's key",
	"delete the trail's events in CloudWatch Logs", "keep the trail's events in CloudWatch Logs for a day", "encrypt the trail's events in CloudWatch Logs otherwise",
	"delete an alarm of the account", "set an alarm of the account to something else", "delete the account's topic", "let nobody publish to the account's topic",
	"take who is told of the account off its topic",
	"change who may assume the role of prod's web", "change who may assume the role of dev's migration",
}

// isCarvedOut says whether a row is one of them; each environment has a scheduler's role.
func isCarvedOut(row capability.Row) bool {
	return slices.Contains(carvedOut, row.Does) || strings.HasPrefix(row.Does, "change who may assume the scheduler's role of ")
}

// grantsOfCI asks all but what is carved out, for which the grants alone must
// say yes: else it needs no carving.
func grantsOfCI(s config.Settings) []question {
	all := ofCI(s)
	for i, q := range all {
		if q.role == config.InfraRole && isCarvedOut(q.row) {
			all[i].row.May = []string{config.InfraRole}
		}
	}
	return all
}

// firm are the areas in which infra-role's denials hold whatever else its
// policies were to allow. In the others it builds infrastructure, within what
// it is allowed. Of every other role every denial is firm.
var firm = []string{
	"Images", "Chat", "Deployment", "Jobs", "Documents", "Contents of databases", "Keys", "Destruction", "Ways to more rights",
	"Services that would do it for them", "Terraform's state", "The account's baseline", "Values of secrets", "Ways in and out",
}

func firmOfCI(s config.Settings) []question {
	return slices.DeleteFunc(ofCI(s), func(q question) bool {
		return q.role == config.InfraRole && !slices.Contains(firm, q.area)
	})
}

// dataOfCI asks for what has policies of its own: data, and roles.
func dataOfCI(s config.Settings) []question {
	return slices.DeleteFunc(ofCI(s), func(q question) bool {
		return !slices.Contains([]string{"Images", "Documents", "Values of secrets"}, q.area) && q.row.Action != "sts:AssumeRole"
	})
}

func ofWorkloads(s config.Settings) []question {
	environments := environmentsOf(s)
	return questions(environments.Workloads(jobsOf(s), offHoursOf(s)), environments.WorkloadRoles(jobsOf(s), offHoursOf(s)))
}

// dataOfWorkloads leaves out the key of logs, whose policy infra-role may set: it
// encrypts no user data.
func dataOfWorkloads(s config.Settings) []question {
	return slices.DeleteFunc(ofWorkloads(s), func(q question) bool { return strings.Contains(q.row.Does, "crypt what did not start") })
}

// grantsOfWorkloads asks the roles that the stacks make.
func grantsOfWorkloads(s config.Settings) []question {
	environments := environmentsOf(s)
	return questions(environments.Workloads(jobsOf(s), offHoursOf(s)), documentedWorkloads(environments, jobsOf(s), offHoursOf(s)))
}

// ofWorkloadsForNobody asks the same, and nothing may be allowed.
func ofWorkloadsForNobody(s config.Settings) []question {
	all := ofWorkloads(s)
	for i := range all {
		all[i].row.May = nil
	}
	return all
}

// workloadsOf are the roles of workloads that the table asks.
func workloadsOf(p *inventory.Platform) []string {
	var environments capability.Environments
	for role := range p.Roles {
		if env, ok := strings.CutPrefix(role, "deploy-role-"); ok {
			environments = append(environments, env)
		}
	}
	roles := environments.WorkloadRoles(nil, nil)
	for role := range p.Roles {
		// A job's roles are like a service's, and the scheduler's passes them.
		if p.Roles[role].Path == "/paperwurks/workload/" && !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	slices.Sort(roles)
	return roles
}

func ciRoles(p *inventory.Platform) []*inventory.Role {
	var out []*inventory.Role
	for _, role := range p.Roles {
		if strings.HasPrefix(role.Path, "/paperwurks/ci/") {
			out = append(out, role)
		}
	}
	slices.SortFunc(out, func(a, b *inventory.Role) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// guards are the actions that the policy of a resource, known by a part of its
// ARN, denies by itself to all but some roles: those that match.
var guards = []struct {
	resource, but string
	actions       []string
}{
	{"-documents-", "^$", []string{"s3:GetObject", "s3:PutObject"}},
	{"-dev-documents-", "^infra-role$", []string{"s3:DeleteObject"}},
	{"-prod-documents-", "^$", []string{"s3:DeleteObject"}},
	{"terraform-state-{account}", "^infra-|^paperwurks-(read-only|on-call|break-glass)$", []string{"s3:DeleteObject", "s3:GetObject", "s3:PutBucketPolicy", "s3:PutObject"}},
	{"account-trail-{account}", "^$", []string{"s3:DeleteObject", "s3:GetObject", "s3:PutBucketPolicy", "s3:PutObject"}},
	{"account-config-{account}", "^$", []string{"s3:DeleteObject", "s3:GetObject", "s3:PutBucketPolicy", "s3:PutObject"}},
	{"/session-key", "^$", []string{"secretsmanager:GetSecretValue"}},
	{"/backend", "^$", []string{"ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"}},
	// Repositories and keys know tasks by the pattern of their names, and
	// infra-role makes what the keys encrypt.
	{"/backend", "-made-execution$", []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}},
	{"/data}", "^infra-role$|-made-|-roles-task$|-migrate-task$", []string{"kms:Decrypt", "kms:GenerateDataKey"}},
	{"/data}", "^infra-role$", []string{"kms:CreateGrant"}},
	{"/state}", "^infra-|^paperwurks-(read-only|on-call|break-glass)$", []string{"kms:Decrypt", "kms:GenerateDataKey"}},
}

// guardedByResources asks of every role, of CI and of workloads, what the
// policies of buckets, repositories, secrets and keys deny by themselves.
func guardedByResources(s config.Settings) []question {
	return slices.DeleteFunc(slices.Concat(ofCI(s), ofWorkloads(s), firmOfPeople(s)), func(q question) bool {
		for _, g := range guards {
			if strings.Contains(q.row.On, g.resource) && slices.Contains(g.actions, q.row.Action) && !regexp.MustCompile(g.but).MatchString(q.role) {
				return false
			}
		}
		return true
	})
}

// leaveResourcesAlone lets every role do everything, without a limit of its
// own.
func leaveResourcesAlone(p *inventory.Platform) error {
	if err := capability.MakeRoles(p); err != nil {
		return err
	}
	for _, role := range p.Roles {
		role.Boundary, role.Managed, role.Inline = "", nil, nil
		if err := p.AddRole(role, capability.Everything); err != nil {
			return err
		}
	}
	return nil
}

// takeLimitsAway leaves roles what they are granted, without their boundary
// and the policies that only deny, and with resources that deny nobody.
func takeLimitsAway(p *inventory.Platform) error {
	for _, role := range p.Roles {
		role.Boundary = ""
		role.Managed = slices.DeleteFunc(role.Managed, func(name string) bool {
			return strings.HasSuffix(name, "-limits") || strings.HasSuffix(name, "-protect")
		})
	}
	// These hold what had no room in -protect and in -limits.
	for name, document := range p.Documents {
		if !strings.HasSuffix(name, config.InfraRole+"-network") && !strings.HasSuffix(name, config.InfraRole+"-observe") {
			continue
		}
		var open struct {
			Version   string
			Statement []map[string]any
		}
		if err := json.Unmarshal([]byte(document.JSON()), &open); err != nil {
			return err
		}
		open.Statement = slices.DeleteFunc(open.Statement, func(s map[string]any) bool { return s["Effect"] == "Deny" })
		text, err := json.Marshal(open)
		if err == nil {
			err = p.SetDocument(name, string(text))
		}
		if err != nil {
			return err
		}
	}
	return openResources(p)
}

// openResources lets the policies of resources deny nobody.
func openResources(p *inventory.Platform) error {
	for name := range p.Documents {
		kind, _, _ := strings.Cut(name, " ")
		open := map[string]string{"bucket": silent, "secret": silent, "repository": silent, "key": p.OpenKey()}[kind]
		if open == "" {
			continue
		}
		if err := p.SetDocument(name, open); err != nil {
			return err
		}
	}
	return nil
}

// silent is a resource's policy that decides nothing.
const silent = `{"Version":"2012-10-17","Statement":[{"Sid":"Silent","Effect":"Deny","Principal":"*","Action":"none:None","Resource":"*"}]}`

// allowEverything leaves the roles of CI nothing but their limits and their
// boundary.
func allowEverything(p *inventory.Platform) error {
	for _, role := range ciRoles(p) {
		if err := p.AddRole(role, capability.Everything); err != nil {
			return err
		}
	}
	return openResources(p)
}

// allowWorkloadsEverything leaves workload roles nothing but their boundary.
func allowWorkloadsEverything(p *inventory.Platform) error {
	if err := capability.MakeRoles(p); err != nil {
		return err
	}
	for _, name := range workloadsOf(p) {
		if err := p.AddRole(p.Roles[name], capability.Everything); err != nil {
			return err
		}
	}
	return openResources(p)
}

// firmOfWorkloads are what the boundary alone denies. It leaves to a role's
// own policy and to the policies of keys which key it uses, and to the network
// and its own policy which environment's database it signs in to.
func firmOfWorkloads(s config.Settings) []question {
	return slices.DeleteFunc(ofWorkloads(s), func(q question) bool {
		left := []string{"kms:Decrypt", "kms:GenerateDataKey", "rds-db:connect"}
		real := !capability.IsMade(q.role)
		// Which environment's database it is, IAM does not know, and the network does.
		asTheMigration := strings.HasSuffix(q.row.Does, "as the migration") && !strings.HasSuffix(q.role, "-migrate-task")
		return q.area == "Logs, for workloads" || real && slices.Contains(left, q.row.Action) && len(q.row.May) > 0 && !asTheMigration ||
			strings.HasPrefix(q.row.Does, "decrypt what did not start, past SQS") && !strings.HasSuffix(q.role, "-scheduler") ||
			strings.HasPrefix(q.row.Does, "encrypt with the key of data, through SQS") || q.row.Does == "decrypt with prod's key past S3" || q.row.Does == "decrypt the state"
	})
}

// handOver hands data and roles over to the sessions of CI.
func handOver(p *inventory.Platform) error {
	var sessions []string
	for _, role := range ciRoles(p) {
		sessions = append(sessions, p.Session(role))
	}
	return handOverTo(p, sessions)
}

// handOverToWorkloads hands them over to the sessions of workloads.
func handOverToWorkloads(p *inventory.Platform) error {
	if err := capability.MakeRoles(p); err != nil {
		return err
	}
	var sessions []string
	for _, name := range workloadsOf(p) {
		sessions = append(sessions, p.Session(p.Roles[name]))
	}
	return handOverTo(p, sessions)
}

// handOverTo lets sessions do everything by the policies of buckets, secrets,
// repositories, keys and roles, as somebody could write them who may set them.
// The policies of the buckets of state and trail and of the keys of data, state and
// trail are not infra-role's to set.
func handOverTo(p *inventory.Platform, sessions []string) error {
	if len(sessions) == 0 { // no roles for people
		return nil
	}
	handed := policy.Statement{Sid: "HandedOver", Effect: policy.Allow, Actions: []string{"sts:AssumeRole"}}
	for _, session := range sessions {
		handed.Principals = append(handed.Principals, policy.Principal{Type: policy.AWS, ID: session})
	}
	for _, role := range p.Roles {
		// As well as whom the role trusts already.
		text, err := withStatement(string(role.Trust), handed)
		if err != nil {
			return err
		}
		role.Trust = json.RawMessage(text)
	}
	handed.Actions, handed.Resources = []string{"*"}, []string{"*"}
	for name, document := range p.Documents {
		kind, of, _ := strings.Cut(name, " ")
		if !slices.Contains([]string{"bucket", "secret", "repository", "key"}, kind) ||
			strings.Contains(of, "terraform-state") || strings.Contains(of, "account-trail") || strings.Contains(of, "account-config") || strings.HasSuffix(of, "/account") || strings.HasSuffix(of, "/state") || strings.HasSuffix(of, "/data") {
			continue
		}
		text, err := withStatement(document.JSON(), handed)
		if err != nil {
			return err
		}
		if err := p.SetDocument(name, text); err != nil {
			return err
		}
	}
	return nil
}

// withStatements are documents to which a statement was added before: hundreds
// of mutants have all but one in common.
var withStatements = map[string]string{}

// withStatement adds a statement to a document.
func withStatement(document string, s policy.Statement) (string, error) {
	key := fmt.Sprint(s, document)
	if text, ok := withStatements[key]; ok {
		return text, nil
	}
	d, err := policy.Parse([]byte(document))
	if err != nil {
		return "", err
	}
	d.Statements = append(d.Statements, s)
	withStatements[key], err = d.JSON()
	return withStatements[key], err
}

// letRunsIn makes every workload role one that any workflow run can assume.
func letRunsIn(p *inventory.Platform) error {
	if err := capability.MakeRoles(p); err != nil {
		return err
	}
	for _, name := range workloadsOf(p) {
		for provider := range p.OIDCProviders {
			p.Roles[name].Trust = json.RawMessage(`{"Version":"2012-10-17","Statement":[{"Sid":"AnyRun","Effect":"Allow",` +
				`"Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"` + provider + `"}}]}`)
		}
	}
	return nil
}

// examiner asks all suites of stacks.
type examiner struct {
	settings config.Settings
	runs     []capability.Run
	// questions of each suite.
	questions [][]question
}

func newExaminer(s config.Settings) (*examiner, error) {
	runs, err := capability.Runs(s)
	x := &examiner{settings: s, runs: runs}
	for _, suite := range suites {
		all := suite.questions(s)
		if suite.denialsOnly {
			all = slices.DeleteFunc(all, question.want)
		}
		x.questions = append(x.questions, all)
	}
	return x, err
}

// scene is one set of stacks, as each suite has it.
type scene struct {
	deployed *inventory.Platform
	changed  []*inventory.Platform
}

func (x *examiner) scene(stacks inventory.Stacks) (scene, error) {
	var out scene
	var err error
	if out.deployed, err = inventory.Load(stacks); err != nil {
		return out, err
	}
	for _, suite := range suites {
		p := out.deployed.Clone()
		if suite.change != nil {
			if err := suite.change(p); err != nil {
				return out, err
			}
		}
		out.changed = append(out.changed, p)
	}
	return out, nil
}

// examination is what there is to ask of a scene, and what is wrong with it
// without asking.
type examination struct {
	asked    []asked
	findings []string
	rows     int
}

// asked is a question of a suite, and the platform to ask it of.
type asked struct {
	suite    suite
	question question
	platform *inventory.Platform
}

// examine prepares all questions and evaluates the trust policies. Given a
// scene that was found right, it leaves out what must be answered as there.
func (x *examiner) examine(at scene, right *scene) (examination, error) {
	var e examination
	for i, suite := range suites {
		same := func(question) bool { return false }
		if right != nil {
			same = unchanged(right.changed[i], at.changed[i])
		}
		for _, q := range x.questions[i] {
			if same(q) {
				continue
			}
			e.asked = append(e.asked, asked{suite, q, at.changed[i]})
		}
	}
	e.rows = len(e.asked)
	e.findings = boundaries(at.deployed)
	return e, e.trusts(x, at.deployed, right)
}

// unchanged tells of a question whether two platforms must answer it alike:
// nothing that they say of its action differs.
func unchanged(a, b *inventory.Platform) func(question) bool {
	var changed []string
	for name, document := range b.Documents {
		if a.Documents[name] == nil || a.Documents[name].JSON() != document.JSON() {
			changed = append(changed, name)
		}
	}
	ofResource := func(name string) bool { return strings.Contains(name, " ") }
	sameTrusts := maps.EqualFunc(a.Roles, b.Roles, func(ra, rb *inventory.Role) bool { return string(ra.Trust) == string(rb.Trust) })
	return func(q question) bool {
		ra, rb := a.Roles[q.role], b.Roles[q.role]
		if ra == nil || rb == nil || ra.Boundary != rb.Boundary || !slices.Equal(ra.Managed, rb.Managed) || !slices.Equal(ra.Inline, rb.Inline) {
			return false
		}
		// A session says who let its own role in; who assumes a role is decided by
		// the trust of that one.
		if string(ra.Trust) != string(rb.Trust) || !sameTrusts && strings.HasPrefix(q.row.Action, "sts:") {
			return false
		}
		for _, name := range changed {
			touches := ofResource(name) || rb.Boundary == name || slices.Contains(rb.Managed, name) || slices.Contains(rb.Inline, name)
			if touches && (a.Documents[name] == nil || !a.Documents[name].SaysAlike(b.Documents[name], q.row.Action)) {
				return false
			}
		}
		return true
	}
}

// trusts evaluates every run's tokens against every role of CI, or those whose
// trust is not as in the scene that was found right.
func (e *examination) trusts(x *examiner, p *inventory.Platform, right *scene) error {
	for _, name := range ciRolesOf(x.settings) {
		if right != nil && string(right.deployed.Roles[name].Trust) == string(p.Roles[name].Trust) && maps.EqualFunc(right.deployed.OIDCProviders, p.OIDCProviders, slices.Equal) {
			continue
		}
		trust, err := token.ParseTrust(p.Roles[name].Trust)
		if err != nil {
			return fmt.Errorf("role %q: %w", name, err)
		}
		for _, run := range x.runs {
			for _, immutable := range []bool{false, true} {
				run.ImmutableSubject = immutable
				t := run.Token()
				want := slices.Contains(run.Roles, name)
				// And, as if the provider took every audience by mistake.
				for _, providers := range []map[string][]string{p.OIDCProviders, takingEveryAudience(p, t)} {
					e.rows++
					got, err := trust.Admits(providers, t)
					if err != nil {
						return fmt.Errorf("role %q: %w", name, err)
					}
					if got != want {
						e.findings = append(e.findings, fmt.Sprintf("%s, from %s (%s): admitted: %v, want %v (%s)", name, run.Does, t.Claims["sub"], got, want, run.Why))
					}
				}
			}
		}
	}
	return nil
}

func takingEveryAudience(p *inventory.Platform, t token.Token) map[string][]string {
	out := map[string][]string{}
	for arn, audiences := range p.OIDCProviders {
		out[arn] = append(slices.Clone(audiences), t.Claims["aud"])
	}
	return out
}

// check asks the simulator, once for all examinations, and returns what is not
// as the table has it, for each. A question that cannot even be asked of the
// stacks is among it.
func (x *examiner) check(examinations ...examination) ([][]string, error) {
	out := make([][]string, len(examinations))
	var requests []iamsim.Request
	var of []func(iamsim.Answer)
	for i, e := range examinations {
		out[i] = e.findings
		for _, a := range e.asked {
			request, err := a.question.request(a.platform)
			if err != nil {
				out[i] = append(out[i], err.Error())
				continue
			}
			requests = append(requests, request)
			of = append(of, func(answer iamsim.Answer) {
				if finding := a.finding(request, answer); finding != "" {
					out[i] = append(out[i], finding)
				}
			})
		}
	}
	answers, err := simulator.Ask(requests)
	if err != nil {
		return nil, err
	}
	for i, answer := range answers {
		of[i](answer)
	}
	return out, nil
}

// finding says what is not as the table has it; "" when all is.
func (a asked) finding(request iamsim.Request, answer iamsim.Answer) string {
	q := a.question
	if answer.Error == "" && (answer.Decision == iamsim.Allowed) == q.want() {
		return ""
	}
	what := fmt.Sprintf("%s: %s, %q (%s on %s)", a.suite.name, q.role, q.row.Does, q.row.Action, request.Resource)
	if answer.Error != "" {
		return what + ": " + answer.Error
	}
	return fmt.Sprintf("%s: %s by %q; want allowed: %v (%s)", what, answer.Decision, answer.By, q.want(), q.row.Why)
}
