package rehearse

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/runbook"
)

// operations holds runbooks that are run as they are written there, under these
// headings; runbook.WorstDay holds those of the drills.
const (
	operations = "docs/operations.md"

	removeEnvironment = "Remove an environment"
	rotateSecret      = "Rotate a secret"
	restoreDatabase   = "Restore the database to a point in time"
	copyTakesPlace    = "The copy takes the original's place"
	oldDatabaseGoes   = "The old database goes"
	afterKill         = "A deployment was killed"
	drift             = "Drift"
	maintenanceMode   = "Maintenance mode"
	doesNotAnswer     = "Prod does not answer"
	databaseIsBusy    = "The database is busy or full"
	switching         = "Switch an environment off and on"
)

// byTheBook runs the commands of a section of the runbooks, those of the blocks
// that begin with a text, in a folder of their own, with the AWS CLI and Terraform at the local AWS; every question is
// answered with yes. It returns what they print. Values are those of the
// placeholders. `make synth` is the app itself, whose settings may be changed;
// every other target is the Makefile's own, at infra-role's endpoint, but for those
// that a person runs: `make maintenance`, switch-off and switch-on. The other calls, and those
// of maintenance, are noted as those of the role for people that the runbook says, which may then make no
// other; an administrator's are not, nor those of the switches, which AWS decides by tags: what they may do is asked of the access model.
func (r *rehearsal) byTheBook(ctx context.Context, app, section, beginning string, values map[string]string) (string, error) {
	document, err := os.ReadFile(operations)
	if err != nil {
		return "", err
	}
	blocks, err := blocksOf(string(document), section, beginning)
	if err != nil {
		return "", err
	}
	return r.runBlocks(ctx, app, operations, "runbook", blocks, values)
}

// runBlocks runs blocks of a file as byTheBook does, in a folder.
func (r *rehearsal) runBlocks(ctx context.Context, app, file, name string, blocks []runbook.Block, values map[string]string) (string, error) {
	repository, err := filepath.Abs(".")
	if err != nil {
		return "", err
	}
	folder := r.path(name)
	if err := os.MkdirAll(filepath.Join(folder, "bin"), 0o755); err != nil {
		return "", err
	}
	makes := fmt.Sprintf("#!/bin/bash\nif [ \"$*\" = synth ]; then exec %q -o cdktf.out -local %q; fi\n"+
		"on=%q\ncase $1 in maintenance) on=$AWS_ENDPOINT_URL ;; switch-*) on=%q ;; esac\nexport PATH=%q\nexec make --no-print-directory -C %q \"$@\" ON=\"$on\"\n",
		app, r.endpoints.nobody, r.endpoints.infra, r.endpoints.nobody, os.Getenv("PATH"), repository)
	if err := os.WriteFile(filepath.Join(folder, "bin", "make"), []byte(makes), 0o755); err != nil {
		return "", err
	}
	path := "PATH=" + filepath.Join(folder, "bin") + ":" + r.tool("aws-cli", "bin") + ":" + os.Getenv("PATH")
	var said strings.Builder
	for _, block := range blocks {
		text, err := block.Filled(values)
		if err == nil {
			var out string
			out, err = r.command(ctx, append(r.person(r.endpoints.as(block.Role)), path), strings.Repeat("yes\n", 20), "bash", "-euo", "pipefail", "-c", fmt.Sprintf("cd %q\n%s", folder, text))
			said.WriteString(out)
		}
		if err != nil {
			return "", fmt.Errorf("%s, %q, line %d: %w", file, block.Section, block.Line, err)
		}
	}
	return said.String(), nil
}

// blocksOf are the commands of a section that begin with a text.
func blocksOf(document, section, beginning string) ([]runbook.Block, error) {
	blocks := slices.DeleteFunc(runbook.Under(runbook.Read(document), section), func(b runbook.Block) bool {
		return !strings.HasPrefix(b.Text, beginning)
	})
	if len(blocks) == 0 {
		return nil, fmt.Errorf("%s has no commands %q under %q", operations, beginning, section)
	}
	return blocks, nil
}

// administrator is the environment of a person with the local AWS's account.
func (r *rehearsal) administrator() []string { return r.person(r.endpoints.nobody) }

// person is the environment of a person whose calls go to an endpoint.
func (r *rehearsal) person(endpoint string) []string {
	return []string{"AWS_ENDPOINT_URL=" + endpoint, "AWS_REGION=" + r.settings.Region, "AWS_DEFAULT_REGION=" + r.settings.Region, "AWS_PAGER=",
		"AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local", "AWS_EC2_METADATA_DISABLED=true"}
}

// in are the placeholders' values in an environment.
func in(env string) map[string]string { return map[string]string{"env": env, "stack": env} }

// secretByTheBook sets a secret of the application and rotates the database's.
func (r *rehearsal) secretByTheBook(ctx context.Context) (string, error) {
	b, err := r.asBackend(ctx)
	if err != nil {
		return "", err
	}
	before, err := b.running(ctx)
	if err != nil {
		return "", err
	}
	if _, err := r.byTheBook(ctx, r.app, rotateSecret, "", in(disposable)); err != nil {
		return "", err
	}
	after, err := b.running(ctx)
	if err != nil {
		return "", err
	}
	if before.image != after.image {
		return "", fmt.Errorf("services run %q; before they ran %q", after.image, before.image)
	}
	return fmt.Sprintf("a value set, the master secret rotated, %d services restarted", len(after.running)), nil
}

// restoreByTheBook restores the database and puts the copy in its place, under
// Terraform.
func (r *rehearsal) restoreByTheBook(ctx context.Context) (string, error) {
	original, err := r.database(ctx)
	if err != nil {
		return "", err
	}
	values := in(disposable)
	values["time"] = time.Now().UTC().Format(time.RFC3339)
	for _, section := range []string{restoreDatabase, copyTakesPlace} {
		if _, err := r.byTheBook(ctx, r.app, section, "", values); err != nil {
			return "", err
		}
	}
	copied, err := r.database(ctx)
	if err != nil {
		return "", err
	}
	if copied == original {
		return "", fmt.Errorf("the database is still %q: the copy did not take its place", original)
	}
	if err := r.onlySettingsOfTheCopyChange(ctx); err != nil {
		return "", err
	}
	if _, err := r.cli("restored", r.app).Deploy(ctx, prefixed{r.out, "   "}, disposable); err != nil {
		return "", fmt.Errorf("the deployment after the restore: %w", err)
	}
	if err := r.nothingChanges(ctx, r.app, disposable); err != nil {
		return "", fmt.Errorf("a diff after the restore: %w", err)
	}
	now, err := r.database(ctx)
	if err != nil {
		return "", err
	}
	if now != copied {
		return "", fmt.Errorf("the deployment replaced the copy %q by %q", copied, now)
	}
	if _, err := r.byTheBook(ctx, r.app, oldDatabaseGoes, "", in(disposable)); err != nil {
		return "", err
	}
	// Where there are off-hours, autoscaling's bounds are not Terraform's.
	if err := r.switches(ctx, config.SwitchOn); err != nil {
		return "", err
	}
	// Autoscaling brings the services back to MinTasks.
	if err := r.deployCommit(ctx, secondCommit, false); err != nil {
		return "", fmt.Errorf("the deployment of the backend after the restore: %w", err)
	}
	n := r.settings.Names()
	for _, s := range r.environment(disposable).Services {
		running, err := r.aws(ctx, "ecs", "describe-services", "--cluster", n.Cluster(disposable), "--services", n.Service(disposable, s.Name), "--query", "services[0].runningCount")
		if err != nil {
			return "", err
		}
		if running != strconv.Itoa(s.MinTasks) {
			return "", fmt.Errorf("%s runs %s tasks after the restore; want %d", s.Name, running, s.MinTasks)
		}
	}
	return fmt.Sprintf("%s took the place of %s; an empty diff after the deployment, %d services run again", copied, original, len(r.deployed.running)), nil
}

// changedByRestore are the attributes that a diff after the import of a restored
// database may change, as the runbook says.
var changedByRestore = map[string][]string{
	"aws_db_instance": {"monitoring", "performance_insights", "database_insights", "enabled_cloudwatch_logs_exports", "deletion_protection", "max_allocated_storage", "tags",
		// Of Terraform itself, which an import does not know.
		"apply_immediately", "skip_final_snapshot", "final_snapshot_identifier", "delete_automated_backups"},
	"aws_appautoscaling_target": {"min_capacity", "max_capacity"},
	"aws_iam_role_policy":       {"policy"},
	"aws_ssm_parameter":         {"value", "insecure_value", "version"}, // of the master secret's ARN
}

// onlySettingsOfTheCopyChange plans the disposable environment after the import.
func (r *rehearsal) onlySettingsOfTheCopyChange(ctx context.Context) error {
	plans, err := r.plans(ctx, r.app, disposable)
	if err != nil {
		return err
	}
	var errs []error
	for _, c := range plans[disposable].ResourceChanges {
		switch c.Action() {
		case review.None:
			continue
		case review.Update:
		default:
			if c.Type == "aws_ecs_task_definition" {
				continue // that of the roles has the ARN of the master secret; a revision is never changed
			}
			errs = append(errs, fmt.Errorf("%s: %s", c.Address, c.Action()))
			continue
		}
		for _, attribute := range review.Attributes(review.Differences(c.Change)) {
			if !slices.ContainsFunc(changedByRestore[c.Type], func(known string) bool { return strings.HasPrefix(attribute, known) }) {
				errs = append(errs, fmt.Errorf("%s: %s changes", c.Address, attribute))
			}
		}
	}
	if len(errs) > 0 {
		return fmt.Errorf("the diff after the import has what the runbook does not name: %w", errors.Join(errs...))
	}
	return nil
}

// database is what only one life of the disposable environment's database has.
func (r *rehearsal) database(ctx context.Context) (string, error) {
	return r.aws(ctx, "rds", "describe-db-instances", "--db-instance-identifier", r.settings.Names().Database(disposable), "--query", "DBInstances[0].DbiResourceId")
}

// aws looks with the AWS CLI, without being noted.
func (r *rehearsal) aws(ctx context.Context, args ...string) (string, error) {
	out, err := r.command(ctx, r.administrator(), "", r.tool("aws-cli", "bin", "aws"), append(args, "--output", "text")...)
	return strings.TrimSpace(out), err
}

// The service and the environment that are added: copies of what is there.
const (
	addedService     = "spare"
	addedEnvironment = "trial"

	addService = `
	for i := range s.Environments {
		if e := &s.Environments[i]; e.Name == %q {
			added := e.Services[len(e.Services)-1]
			added.Name = %q
			e.Services = append(e.Services, added)
		}
	}
`
	addEnvironment = `
	for _, e := range s.Environments {
		if e.Name == %q {
			e.Name, e.Subdomain, e.Network.CIDR, e.Network.NAT = %[2]q, %[2]q, %[3]q, NATSingle
			e.Deployment = Deployment{Branch: %[2]q}
			s.Environments = append(s.Environments, e)
			break
		}
	}
`
	approveRemoval = `
	s.Approved = append(s.Approved, Approval{Stack: SharedStack, Environment: %q, Reason: %q, Until: %q})
`
	removalReason = "The rehearsal takes the environment away that it added."
)

// addServiceByTheBook adds a service: the administrator changes the boundary and
// the deploy role, the pipeline deploys, and the backend's next deployment puts
// the image on it.
func (r *rehearsal) addServiceByTheBook(ctx context.Context) (string, error) {
	app, err := r.changedApp(ctx, "service", fmt.Sprintf(addService, disposable, addedService))
	if err != nil {
		return "", err
	}
	if err := r.deployAdded(ctx, app, "service", disposable); err != nil {
		return "", err
	}
	// What is deployed from now on has it.
	r.app = app
	for i := range r.settings.Environments {
		if e := &r.settings.Environments[i]; e.Name == disposable {
			added := e.Services[len(e.Services)-1]
			added.Name = addedService
			e.Services = append(slices.Clone(e.Services), added)
		}
	}
	if err := r.deployCommit(ctx, secondCommit, false); err != nil {
		return "", fmt.Errorf("the deployment of the backend after the service was added: %w", err)
	}
	return fmt.Sprintf("bootstrap, deployment, an empty diff; %s runs in %d services", tagOf(r.deployed.image), len(r.deployed.running)), nil
}

// deployAdded is what follows a merge that CI may not apply all of: the
// administrator's bootstrap, then the pipeline.
func (r *rehearsal) deployAdded(ctx context.Context, app, name, stack string) error {
	if _, err := r.runBootstrap(ctx, app); err != nil {
		return fmt.Errorf("the administrator's bootstrap: %w", err)
	}
	if err := r.nothingChanges(ctx, app, config.SharedStack); err != nil {
		return fmt.Errorf("a diff of %s after the bootstrap: %w", config.SharedStack, err)
	}
	if _, err := r.cli(name, app).Deploy(ctx, prefixed{r.out, "   "}, stack); err != nil {
		return err
	}
	return r.nothingChanges(ctx, app, stack)
}

// addEnvironmentByTheBook adds an environment and removes it again.
func (r *rehearsal) addEnvironmentByTheBook(ctx context.Context) (string, error) {
	block, err := freeBlock(r.settings.AddressPlan, config.Platform().Environments)
	if err != nil {
		return "", err
	}
	service := fmt.Sprintf(addService, disposable, addedService) // which is deployed
	app, err := r.changedApp(ctx, "environment", service+fmt.Sprintf(addEnvironment, disposable, addedEnvironment, block))
	if err != nil {
		return "", err
	}
	if err := r.deployAdded(ctx, app, "environment", addedEnvironment); err != nil {
		return "", err
	}
	if _, err := r.byTheBook(ctx, app, removeEnvironment, "", in(addedEnvironment)); err != nil {
		return "", err
	}
	without, err := r.changedApp(ctx, "environment-removed", service+fmt.Sprintf(approveRemoval, addedEnvironment, removalReason, time.Now().AddDate(0, 0, 7).Format(time.DateOnly)))
	if err != nil {
		return "", err
	}
	if _, err := r.runBootstrap(ctx, without, "-allow-destroy"); err != nil {
		return "", fmt.Errorf("the bootstrap that takes its parts of %s away: %w", config.SharedStack, err)
	}
	return "its stack deployed on " + block + ", an empty diff; removed, the others unchanged", r.nothingChanges(ctx, r.app, r.stacks()...)
}

// freeBlock is the first /16 of an address plan that no environment touches.
func freeBlock(plan string, environments []config.Environment) (string, error) {
	all, err := netip.ParsePrefix(plan)
	if err != nil {
		return "", err
	}
	for a := all.Masked().Addr(); all.Contains(a); {
		block := netip.PrefixFrom(a, 16)
		if !slices.ContainsFunc(environments, func(e config.Environment) bool {
			taken, err := netip.ParsePrefix(e.Network.CIDR)
			return err != nil || taken.Overlaps(block)
		}) {
			return block.String(), nil
		}
		bytes := a.As4()
		bytes[1]++
		a = netip.AddrFrom4(bytes)
	}
	return "", fmt.Errorf("the address plan %s has no free block of /16", plan)
}

// recreate deploys the disposable environment right after its destruction.
func (r *rehearsal) recreate(ctx context.Context) (string, error) {
	if _, err := r.cli("recreated", r.app).Deploy(ctx, prefixed{r.out, "   "}, disposable); err != nil {
		return "", err
	}
	return disposable + " recreated under the same names, an empty diff", r.nothingChanges(ctx, r.app, disposable)
}

// noDrift looks for drift as the nightly workflow does. Stacks that were not
// applied as the workflows do are refreshed first, by the book.
func (r *rehearsal) noDrift(ctx context.Context) (string, error) {
	for _, env := range r.environments() {
		if env == disposable {
			continue
		}
		if _, err := r.byTheBook(ctx, r.app, drift, "", in(env)); err != nil {
			return "", err
		}
	}
	// On since the second diff: no apply in between has switched it off.
	if err := r.maintenance(ctx, "", maintenanceIsOn); err != nil {
		return "", err
	}
	synth, plans := r.path("drift", "cdktf.out"), r.path("drift", "plans")
	if err := r.synth(ctx, r.app, synth, r.endpoints.infraDiff); err != nil {
		return "", err
	}
	var said string
	for _, args := range [][]string{{"plan", "-dir", r.tools, "-refresh-only"}, {"drift"}} {
		var err error
		if said, err = r.command(ctx, nil, "", r.tool("bin", "platform"), slices.Concat(args, []string{"-synth", synth, "-plans", plans}, r.stacks())...); err != nil {
			return "", err
		}
	}
	if strings.TrimSpace(said) != nothingDrifted {
		return "", fmt.Errorf("drift after the deployments:\n%s", said)
	}
	return fmt.Sprintf("none in %d stacks, %s still in maintenance mode, and then not", len(r.stacks()), disposable), r.maintenance(ctx, " MODE=off", "maintenance mode is off")
}

// maintenanceIsOn is what `make maintenance` says after that of the runbook.
const maintenanceIsOn = "maintenance mode is on; let through: 203.0.113.7/32, 2001:db8::/32"

// maintenance switches the disposable environment's maintenance mode by the book, or
// looks, and returns an error unless what it says then is as wanted.
func (r *rehearsal) maintenance(ctx context.Context, mode, want string) error {
	beginning := "make maintenance ENV=<env>" + mode
	if mode == "" {
		beginning += "\n" // and no more
	}
	said, err := r.byTheBook(ctx, r.app, maintenanceMode, beginning, in(disposable))
	if err == nil && !strings.Contains(said, disposable+": "+want) {
		err = fmt.Errorf("%s%s said:\n%swant %q", "make maintenance", mode, said, want)
	}
	return err
}

const nothingDrifted = "No drift in any stack."
