package architecture

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/kernel"
	"github.com/paperwurks/infra/stacks"
)

// root is the repository, and docs where the committed files are, seen from this package.
const (
	root = "../.."
	docs = root + "/docs"
)

// platformFolder holds this platform's stacks, synthesised once.
var platformFolder string

// One jsii kernel serves every test of the package.
func TestMain(m *testing.M) {
	if err := kernel.Use(); err != nil {
		panic(err)
	}
	folder, err := os.MkdirTemp("", "architecture-*")
	if err != nil {
		panic(err)
	}
	platformFolder = folder
	code := m.Run()
	kernel.Close()
	if err := os.RemoveAll(folder); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// synthesised is this platform's folder.
func synthesised(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(platformFolder, "manifest.json")); err != nil {
		synthesise(t, config.Platform(), platformFolder)
	}
	return platformFolder
}

func synthesise(t *testing.T, settings config.Settings, folder string) {
	t.Helper()
	if err := access.Validate(settings); err != nil {
		t.Fatal(err)
	}
	if err := stacks.Synthesise(folder, settings, config.Target{}); err != nil {
		t.Fatal(err)
	}
}

// TestCurrent is what CI stops at when a setting changed and the documents did
// not.
func TestCurrent(t *testing.T) {
	want, err := files(root, config.Platform(), synthesised(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := current(docs, want); err != nil {
		t.Error(err)
	}
	again, err := files(root, config.Platform(), synthesised(t))
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for name := range want {
		size += len(want[name])
		if !bytes.Equal(want[name], again[name]) {
			t.Errorf("%s is another one when it is written again", name)
		}
	}
	if most := 400_000; size > most {
		t.Errorf("the files are %d bytes in sum, want at most %d", size, most)
	}
	t.Logf("%d files, %d bytes, are current", len(want), size)
}

// filesOf are the documents of a platform.
func filesOf(t *testing.T, settings config.Settings) map[string][]byte {
	t.Helper()
	folder := t.TempDir()
	synthesise(t, settings, folder)
	out, err := files(root, settings, folder)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSettingChanges changes settings, each of which must show in the
// documents, and those that cost must show there.
func TestSettingChanges(t *testing.T) {
	folder, before := t.TempDir(), filesOf(t, config.Fixture())
	if err := write(folder, before); err != nil {
		t.Fatal(err)
	}
	settings := config.Fixture()
	dev := &settings.Environments[0]
	dev.Network.NAT, dev.Variables = config.NATPerZone, config.Variables{"FEATURES": "export"}
	dev.Database.InstanceClass = "db.t4g.large"
	dev.RequestsPerIP, dev.Images.KeepReleases, dev.Services[0].RequestsPerTarget = 3000, 40, 700
	want := filesOf(t, settings)
	err := current(folder, want)
	for file, texts := range map[string][]string{
		contractFile:               {"| `FEATURES` | `export` | – | – |", "| `RequestsPerIP` | 3000 | 2000 | 2000 |", "| `RequestsPerTarget` of web | 700 | – | 1200 |", "| `KeepReleases` | 40 | 50 | 100 |"},
		documentFile:               {"| variables | FEATURES=export | LOG_LEVEL=info | LOG_LEVEL=info |", "| network: NAT | per-zone |", "| NAT gateway | 113.88 (3) |", "| Public IPv4 address | 10.95 (3) |", "| RDS db.t4g.large | 42.08 (0.39) |"},
		pictureFolder + "/dev.svg": {"paperwurks-dev-c", "db.t4g.large"},
	} {
		if err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("got %v, want %s named as not current", err, file)
		}
		for _, text := range texts {
			if !bytes.Contains(want[file], []byte(text)) || bytes.Contains(before[file], []byte(text)) {
				t.Errorf("%s: %q does not come with the change", file, text)
			}
		}
	}
}

// TestContractLinks: what contract.md leads to is there.
func TestContractLinks(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(docs, contractFile))
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for _, m := range regexp.MustCompile(`\]\(((?:\.\./)?[A-Za-z-]+\.md)?#([a-z0-9-]+)\)`).FindAllStringSubmatch(string(text), -1) {
		links++
		page, err := os.ReadFile(filepath.Join(docs, cmp.Or(m[1], contractFile)))
		if err != nil || !anchors(string(page))[m[2]] {
			t.Errorf("contract.md: %s#%s is not there (%v)", m[1], m[2], err)
		}
	}
	if links < 15 {
		t.Errorf("%d links", links)
	}
}

// TestOtherPlatforms draws platforms that are not this one. files refuses a
// picture that is hard to read, and a kind of resource without a price.
func TestOtherPlatforms(t *testing.T) {
	if testing.Short() {
		t.Skip("long: it draws other settings")
	}
	for _, other := range []struct {
		name  string
		do    func(s *config.Settings)
		shows []string
	}{
		{"with a domain, and without NAT", func(s *config.Settings) {
			s.Environments[0].Network.NAT = config.NATNone
			s.Environments[0].Network.InterfaceEndpoints = []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager", "kms"}
		}, []string{"app.paperwurks.example", "no route out", "posted to Slack channel C07PRODALARMS", "posted to Slack channel C07PRODPAGES", "| Interface endpoint | 131.40 (15) |", "HTTPS 443"}},
		{"without a domain, with a fourth environment, more services and secrets", func(s *config.Settings) {
			s.User.Domain = config.Domain{}
			s.AvailabilityZones = s.AvailabilityZones[:2]
			added := s.Environments[1]
			added.Name, added.Subdomain, added.Slack = "sandbox", "sandbox", config.SlackChannels{}
			added.Deployment = config.Deployment{Branch: "sandbox"}
			added.Network.CIDR = "10.23.0.0/16"
			added.Secrets = []string{"session-key", "mail-password"}
			admin := added.Services[0]
			admin.Name, admin.Route = "admin", &config.Route{Port: 8081, HealthCheckPath: "/healthz", Paths: []string{"/admin/*"}}
			added.Services = append([]config.Service{admin}, added.Services...)
			s.Environments = append(s.Environments, added)
		}, []string{"paperwurks-sandbox-admin", "paperwurks/sandbox/mail-password", "sandbox", "deploy-role-sandbox"}},
	} {
		t.Run(other.name, func(t *testing.T) {
			settings := config.Fixture()
			other.do(&settings)
			got := filesOf(t, settings)
			all := string(got[documentFile])
			for name, content := range got {
				if strings.HasSuffix(name, ".svg") {
					shown, err := texts(content)
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					all += strings.Join(shown, "\n")
				}
			}
			for _, text := range other.shows {
				if !strings.Contains(all, text) {
					t.Errorf("nothing shows %q", text)
				}
			}
		})
	}
}

// TestWrite writes, finds all current, and finds and fixes what is not.
func TestWrite(t *testing.T) {
	folder := t.TempDir()
	want := map[string][]byte{documentFile: []byte("page"), pictureFolder + "/dev.svg": []byte("<svg/>")}
	if err := current(folder, want); err == nil {
		t.Error("an empty folder is current")
	}
	for range 2 {
		if err := write(folder, want); err != nil {
			t.Fatal(err)
		}
		if err := current(folder, want); err != nil {
			t.Error(err)
		}
		gone := filepath.Join(folder, pictureFolder, "gone.svg")
		if err := os.WriteFile(gone, []byte("<svg/>"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := current(folder, want); err == nil || !strings.Contains(err.Error(), "gone.svg") {
			t.Errorf("got %v, want gone.svg named", err)
		}
	}
}

// TestWorkflows compares the names of workflows in the overview with the files.
func TestWorkflows(t *testing.T) {
	names := []string{backendWorkflow}
	for _, work := range infraWorkflows {
		names = append(names, strings.Split(work.files, ", ")...)
	}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join("../../.github/workflows", name)); err != nil {
			t.Error(err)
		}
	}
	if len(names) < 5 {
		t.Errorf("only %v looked at", names)
	}
}

// TestBudgets: config/budgets.json is what make budgets writes, for each
// environment and the account, and the account's is 1.5 times the sum that the
// document shows, rounded up to ten, unless an earlier one is near enough.
func TestBudgets(t *testing.T) {
	settings, before := config.Platform(), config.DefaultBudgets()
	want, err := Budgets(settings, synthesised(t), before)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile("../../config/budgets.json"); err != nil || string(got) != string(want) {
		t.Errorf("config/budgets.json is not current: run make budgets and look at what changed\n%s", want)
	}
	if len(before) != len(settings.Environments)+1 {
		t.Errorf("%d limits for %d environments and the account", len(before), len(settings.Environments))
	}
	text, err := Budgets(settings, synthesised(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	var fresh map[string]int
	if err := json.Unmarshal(text, &fresh); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(docs, "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`\| \*\*([0-9.]+)(?: \+ \?)?\*\* in all \|`).FindSubmatch(page)
	if found == nil {
		t.Fatal("docs/architecture.md shows no sum")
	}
	sum, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	if want := int(math.Ceil(sum*1.5/10)) * 10; fresh[config.AccountPrefix] != want {
		t.Errorf("the account's limit is %d, want %d: 1.5 times %.2f", fresh[config.AccountPrefix], want, sum)
	}
}
