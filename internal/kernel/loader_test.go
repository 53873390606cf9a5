//go:build unix

package kernel

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	_jsii_ "github.com/aws/jsii-runtime-go/runtime"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dbinstance"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lb"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/provider"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucket"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/subnet"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpc"
	"github.com/hashicorp/terraform-cdk-go/cdktf"
)

// A process has one jsii kernel, so each case runs this test binary again as
// an app of its own: appVariable names the app.
const appVariable = "FASTJSII_TEST_APP"

// What a run of an app leaves besides its output.
const (
	// peakFile is written by every app: the largest memory, in KiB, that a
	// process below it had.
	peakFile = "peak"
	// tarballVariable, nameVariable, versionVariable are the tiny app's package.
	tarballVariable = "FASTJSII_TEST_TARBALL"
	nameVariable    = "FASTJSII_TEST_NAME"
	versionVariable = "FASTJSII_TEST_VERSION"
	// loaderVariable is a loader with other pins than ours.
	loaderVariable = "FASTJSII_TEST_LOADER"
)

func TestMain(m *testing.M) {
	apps := map[string]func(){"stacks": stacksApp, "tiny": tinyApp, "alpha": alphaApp, "both": bothApp, "damage": damageApp}
	if app, found := apps[os.Getenv(appVariable)]; found {
		runApp(app)
		return
	}
	scratch = must(os.MkdirTemp("", "fastjsii-test-"))
	code := m.Run()
	jsii.Close() // the bindings unpacked a kernel for this process too
	if err := os.RemoveAll(scratch); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// scratch is a folder for what tests share.
var scratch string

func runApp(app func()) {
	if file := os.Getenv(loaderVariable); file != "" {
		loader = must(os.ReadFile(file))
	}
	before := os.Environ()
	if err := Enable(); err != nil {
		panic(err)
	}
	if after := os.Environ(); strings.Join(before, "\n") != strings.Join(after, "\n") {
		panic(fmt.Sprintf("Enable changed the environment: %q became %q", before, after))
	}
	app()
	jsii.Close()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage); err != nil {
		panic(err)
	}
	peak := usage.Maxrss
	if runtime.GOOS == "darwin" {
		peak /= 1024
	}
	if err := os.WriteFile(peakFile, fmt.Append(nil, peak), 0o600); err != nil {
		panic(err)
	}
}

// ---- the app that uses AWS

// stacksApp makes two stacks of what crosses between Go and the kernel in
// every way: nested blocks, lists, unions, tokens, references read back,
// overrides, an aspect that the kernel calls in Go, and an error. Package stacks
// compares what the platform itself makes.
func stacksApp() {
	app := cdktf.NewApp(nil)
	visitor := &visitor{}
	cdktf.Aspects_Of(app).Add(visitor)
	for _, name := range []string{"one", "two"} {
		stack := cdktf.NewTerraformStack(app, &name)
		buildStack(stack)
	}
	func() {
		defer func() { fmt.Println("refused:", recover()) }()
		vpc.NewVpc(app, jsii.String("no stack above"), &vpc.VpcConfig{})
	}()
	app.Synth()
	fmt.Println("visited:", strings.Join(visitor.paths, " "))
}

type visitor struct{ paths []string }

func (v *visitor) Visit(node constructs.IConstruct) {
	v.paths = append(v.paths, *node.Node().Path())
}

func buildStack(stack cdktf.TerraformStack) {
	text, yes, number := jsii.String, jsii.Bool, jsii.Number[float64]
	cdktf.NewS3Backend(stack, &cdktf.S3BackendConfig{Bucket: text("state"), Key: stack.Node().Id(), Region: text("eu-central-1")})
	provider.NewAwsProvider(stack, text("aws"), &provider.AwsProviderConfig{
		Region:      text("eu-central-1"),
		DefaultTags: &[]*provider.AwsProviderDefaultTags{{Tags: &map[string]*string{"Stage": text("test")}}},
	})
	network := vpc.NewVpc(stack, text("network"), &vpc.VpcConfig{CidrBlock: text("10.0.0.0/16"), EnableDnsSupport: true})
	var subnets []*string
	for i := range 3 {
		made := subnet.NewSubnet(stack, text(fmt.Sprint("subnet", i)), &subnet.SubnetConfig{
			VpcId:     network.Id(),
			CidrBlock: cdktf.Fn_Cidrsubnet(network.CidrBlock(), number(4), number(float64(i))),
			Tags:      &map[string]*string{"Name": text(fmt.Sprintf("%s-%d", *stack.Node().Id(), i)), "Plain": text("a-e-1.5")},
		})
		subnets = append(subnets, made.Id())
	}
	iamrole.NewIamRole(stack, text("role"), &iamrole.IamRoleConfig{
		AssumeRolePolicy: text(`{"Statement":[{"Condition":{"StringEquals":{"a":"${escaped}"}}}]}`),
		InlinePolicy:     []*iamrole.IamRoleInlinePolicy{{Name: text("inline"), Policy: text("{}")}},
	})
	balancer := lb.NewLb(stack, text("balancer"), &lb.LbConfig{
		Internal: true, Subnets: &subnets, AccessLogs: &lb.LbAccessLogs{Bucket: text("logs"), Enabled: yes(true)},
	})
	balancer.PutTimeouts(&lb.LbTimeouts{Create: text("20m")})
	bucket := s3bucket.NewS3Bucket(stack, text("bucket"), &s3bucket.S3BucketConfig{BucketPrefix: text("files-"), ForceDestroy: false})
	bucket.AddOverride(text("lifecycle.prevent_destroy"), true)
	bucket.OverrideLogicalId(text("files"))
	database := dbinstance.NewDbInstance(stack, text("database"), &dbinstance.DbInstanceConfig{
		InstanceClass: text("db.t4g.micro"), AllocatedStorage: number(20), ManageMasterUserPassword: true,
		Lifecycle: &cdktf.TerraformResourceLifecycle{PreventDestroy: yes(true)},
		DependsOn: &[]cdktf.ITerraformDependable{network},
	})
	cdktf.NewTerraformOutput(stack, text("secret"), &cdktf.TerraformOutputConfig{
		Value: database.MasterUserSecret().Get(number(0)).SecretArn(), Sensitive: yes(true),
	})
	fmt.Println(*stack.Node().Path(), *balancer.AccessLogs().Bucket(), *cdktf.Token_AsString(database.Port(), nil) != "")
}

func TestStacks(t *testing.T) {
	t.Parallel()
	cache := t.TempDir()
	stock := start(t, "stacks", switchVariable+"=off").wait()
	if stock.warnings != nil {
		t.Errorf("switched off: warned of %q", stock.warnings)
	}
	if len(stock.files) != 3 || len(stock.files["stacks/one/cdk.tf.json"]) < 3000 || len(stock.files["stacks/two/cdk.tf.json"]) < 3000 {
		t.Fatalf("the stock kernel made %d files, %d bytes in the first stack", len(stock.files), len(stock.files["stacks/one/cdk.tf.json"]))
	}

	start(t, "stacks", inCache(cache)).wait().mustEqual(t, "cold cache", stock) // many at once: TestManyAtOnceOnAColdCache
	cacheHolds(t, cache, "cjs", "json", "pack")
	for name, node := range nodes(t) {
		warm := start(t, "stacks", inCache(cache), "JSII_NODE="+node).wait()
		warm.mustEqual(t, "warm cache, "+name, stock)
		if warm.peak*4 > stock.peak {
			t.Errorf("%s: %d KiB at most, stock %d KiB: not a quarter", name, warm.peak, stock.peak)
		}
	}
}

// nodes are the Nodes on this machine: the one on the path, the ones that
// projects keep, and those that FASTJSII_TEST_NODES lists.
func nodes(t *testing.T) map[string]string {
	t.Helper()
	files := []string{must(exec.LookPath("node"))}
	for _, pattern := range []string{"node_modules/.bin/node", "../../node_modules/.bin/node"} {
		files = append(files, must(filepath.Glob(pattern))...)
	}
	files = append(files, filepath.SplitList(os.Getenv("FASTJSII_TEST_NODES"))...)
	found := map[string]string{}
	for _, file := range files {
		version, err := exec.Command(file, "--version").Output()
		if err != nil {
			t.Fatalf("%s --version: %v", file, err)
		}
		found["Node "+strings.TrimSpace(string(version))] = must(filepath.Abs(file))
	}
	return found
}

// ---- the app that uses a package of its own

// tinyApp calls a package made by tinyPackage, pinned by the loader it is
// given.
func tinyApp() {
	loadTiny()
	greet("alpha")
	greet("beta")
	greet("alpha")
}

// alphaApp uses one of the package's modules.
func alphaApp() {
	loadTiny()
	greet("alpha")
}

// bothApp has a second package next to that of tinyApp.
func bothApp() {
	tinyApp()
	second := filepath.Join(filepath.Dir(os.Getenv(tarballVariable)), "second.tgz")
	_jsii_.Load(otherName, "1.0.0", must(os.ReadFile(second)))
}

const otherName = "@test/provider-other"

// damageApp spoils the pack in its cache while it is in use.
func damageApp() {
	loadTiny()
	greet("alpha")
	dir := filepath.Join(must(os.UserCacheDir()), "fastjsii")
	pack := must(filepath.Glob(filepath.Join(dir, "*.pack")))[0]
	spoil(pack)
	if os.Getenv("FASTJSII_TEST_FOLDER") == "gone" {
		if err := errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600)); err != nil {
			panic(err)
		}
	}
	greet("beta")
}

func loadTiny() {
	_jsii_.Load(os.Getenv(nameVariable), os.Getenv(versionVariable), must(os.ReadFile(os.Getenv(tarballVariable))))
}

func greet(submodule string) {
	var greeting *string
	fqn := _jsii_.FQN(fmt.Sprintf("%s.%s.Greeter", os.Getenv(nameVariable), submodule))
	_jsii_.StaticInvoke(fqn, "greet", []any{jsii.String("Ada")}, &greeting)
	fmt.Println(*greeting)
}

// tinyPackage is a jsii package in the shape of a prebuilt provider. Its
// functions tell what they can see of their process.
func tinyPackage(name, version, readme string) []byte {
	types := map[string]any{}
	files := map[string]string{
		"package.json": fmt.Sprintf(`{"name":%q,"version":%q,"main":"lib/index.js"}`, name, version),
		"lib/index.js": "\"use strict\";\nObject.defineProperty(exports, \"__esModule\", { value: true });\nexports.beta = exports.alpha = void 0;\n// generated by cdktf get\n",
		"lib/part.js":  "module.exports = 'part';\n",
	}
	for _, submodule := range []string{"alpha", "beta"} {
		fqn := fmt.Sprintf("%s.%s.Greeter", name, submodule)
		text := map[string]any{"primitive": "string"}
		types[fqn] = map[string]any{
			"assembly": name, "fqn": fqn, "kind": "class", "name": "Greeter", "namespace": submodule,
			"docs": map[string]any{"summary": strings.Repeat("read by nobody ", 100)},
			"methods": []any{map[string]any{
				"name": "greet", "static": true,
				"parameters": []any{map[string]any{"name": "who", "type": text}},
				"returns":    map[string]any{"type": text},
			}},
		}
		files["lib/index.js"] += fmt.Sprintf("exports.%s = require(\"./%s\");\n", submodule, submodule)
		files["lib/"+submodule+"/index.js"] = fmt.Sprintf(`class Greeter {
	static greet(who) {
		console.log('printed by %[1]s');
		require('child_process').execSync('echo inherited; cat', { stdio: ['inherit', 'ignore', 'inherit'] });
		const { NODE_OPTIONS, FASTJSII_NODE_OPTIONS } = process.env;
		const sees = [NODE_OPTIONS, FASTJSII_NODE_OPTIONS, process.execArgv, __filename.split('/node_modules/')[1], require('../part')];
		return ['%[1]s greets ' + who, JSON.stringify(sees), require('%[2]s').%[1]s.Greeter === Greeter, require('%[2]s/lib/part')].join(' ');
	}
}
exports.Greeter = Greeter;
Greeter[Symbol.for('jsii.rtti')] = { fqn: '%[3]s', version: '1.0.0' };
//# sourceMappingURL=data:application/json;base64,%[4]s
`, submodule, name, fqn, strings.Repeat("AAAA", 1000))
	}
	assembly := must(json.Marshal(map[string]any{
		"schema": "jsii/0.10.0", "jsiiVersion": "5.6.17 (build test)", "name": name, "version": version,
		"targets": map[string]any{"js": map[string]any{"npm": name}}, "types": types, "readme": map[string]any{"markdown": readme},
	}))
	files[".jsii"] = string(assembly)
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		header := &tar.Header{Name: "package/" + name, Mode: 0o644, Size: int64(len(files[name])), Typeflag: tar.TypeReg}
		if err := errors.Join(archive.WriteHeader(header), second(archive.Write([]byte(files[name])))); err != nil {
			panic(err)
		}
	}
	if err := errors.Join(archive.Close(), zipped.Close()); err != nil {
		panic(err)
	}
	return packed.Bytes()
}

// tiny is a package with a loader that has its pin, and what the stock kernel
// makes of it.
type tiny struct {
	env    []string
	loader string
	stock  *run
}

var pinned = regexp.MustCompile(`name: '(@cdktf/provider-aws)',\s+version: '([\d.]+)',\s+tarball: '(\w{64})',\s+index: '(\w{64})'`)

// parallel has t run next to others, with the package that they share.
func parallel(t *testing.T) tiny {
	t.Helper()
	t.Parallel()
	madeTiny.Do(func() { sharedTiny = newTiny(t, scratch) })
	if sharedTiny.stock == nil {
		t.Fatal("no package to test with")
	}
	return sharedTiny
}

var (
	madeTiny   sync.Once
	sharedTiny tiny
)

func newTiny(t *testing.T, dir string) tiny {
	t.Helper()
	const name, version = "@test/provider-tiny", "1.0.0"
	file := filepath.Join(dir, "tiny.tgz")
	write(t, file, tinyPackage(name, version, "the"))
	env := []string{nameVariable + "=" + name, versionVariable + "=" + version, tarballVariable + "=" + file}

	printed := start(t, "tiny", append(env, switchVariable+"=pin", inCache(dir))...).wait()
	var pin struct{ Name, Version, Tarball, Index string }
	_, line, _ := strings.Cut(printed.stderr, "fastjsii: pin ")
	line, _, _ = strings.Cut(line, "\n")
	if err := json.Unmarshal([]byte(line), &pin); err != nil || pin.Name != name || pin.Version != version {
		t.Fatalf("%s=pin printed %q: %v", switchVariable, printed.stderr, err)
	}
	ours := pinned.FindSubmatch(loader)
	if ours == nil {
		t.Fatal("no pin in loader.cjs")
	}
	changed := loader
	for i, value := range []string{pin.Name, pin.Version, pin.Tarball, pin.Index} {
		changed = bytes.ReplaceAll(changed, append(append([]byte("'"), ours[i+1]...), '\''), []byte("'"+value+"'"))
	}
	file = filepath.Join(dir, "loader.cjs")
	write(t, file, changed)
	env = append(env, loaderVariable+"="+file)
	stock := start(t, "tiny", append(env, switchVariable+"=off")...).wait()
	if !strings.Contains(stock.stdout, "printed by beta\n") || !strings.Contains(stock.stdout, "beta greets Ada ") {
		t.Fatalf("the stock kernel printed %q", stock.stdout)
	}
	return tiny{env, file, stock}
}

// start runs app with the package, env after it.
func (p tiny) start(t *testing.T, app string, env ...string) *run {
	t.Helper()
	return start(t, app, append(p.env[:len(p.env):len(p.env)], env...)...)
}

func TestColdThenWarm(t *testing.T) {
	p, cache := parallel(t), t.TempDir()
	p.start(t, "tiny", inCache(cache)).wait().mustEqual(t, "cold", p.stock)
	cacheHolds(t, cache, "cjs", "json", "pack")
	before := stamps(t, cache)
	p.start(t, "tiny", inCache(cache)).wait().mustEqual(t, "warm", p.stock)
	if after := stamps(t, cache); after != before {
		t.Errorf("a warm start wrote to the cache: %s became %s", before, after)
	}
	for name, file := range cached(t, cache) {
		if mode := must(os.Stat(file)).Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o", name, mode)
		}
	}
	if mode := must(os.Stat(filepath.Join(cache, "fastjsii"))).Mode().Perm(); mode != 0o700 {
		t.Errorf("the cache folder has mode %o", mode)
	}
}

func TestOptionsOfTheUser(t *testing.T) {
	p := parallel(t)
	const options = "NODE_OPTIONS=--no-deprecation"
	stock := p.start(t, "tiny", options, switchVariable+"=off").wait()
	if stock.stdout == p.stock.stdout {
		t.Fatal("the package does not see NODE_OPTIONS")
	}
	p.start(t, "tiny", options, inCache(filepath.Join(t.TempDir(), `with "quotes" and \`))).wait().mustEqual(t, "own NODE_OPTIONS", stock)
}

func TestManyAtOnceOnAColdCache(t *testing.T) {
	p, cache := parallel(t), t.TempDir()
	var runs []*run
	for range 4 {
		runs = append(runs, p.start(t, "tiny", inCache(cache)))
	}
	for _, run := range runs {
		run.wait().mustEqual(t, "one of four", p.stock)
	}
	cacheHolds(t, cache, "cjs", "json", "pack")
}

const rebuilt = " was damaged; it has been built again"

// Whatever is wrong with the cache, the next start says so and fixes it.
func TestDamagedCache(t *testing.T) {
	p := parallel(t)
	cache := t.TempDir()
	p.start(t, "tiny", inCache(cache)).wait().mustEqual(t, "cold", p.stock)
	whole := contents(t, cache)
	truncate := func(file string) {
		if err := os.Truncate(file, must(os.Stat(file)).Size()/2); err != nil {
			t.Fatal(err)
		}
	}
	grow := func(file string) {
		write(t, file, append(must(os.ReadFile(file)), '\n'))
	}
	empty := func(file string) { write(t, file, nil) }
	remove := func(file string) {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	for _, damage := range []struct {
		name, file string
		do         func(file string)
		warning    string
	}{
		{"pack truncated", "pack", truncate, rebuilt},
		{"pack empty", "pack", empty, rebuilt},
		{"pack of the right size, other content", "pack", spoil, rebuilt},
		{"pack with more", "pack", grow, rebuilt},
		{"pack gone", "pack", remove, ""},
		{"index truncated", "json", truncate, rebuilt},
		{"index with other content", "json", spoil, rebuilt},
		{"index gone", "json", remove, ""},
		{"loader truncated", "cjs", truncate, ""},
		{"loader with other content", "cjs", spoil, ""},
	} {
		damage.do(cached(t, cache)[damage.file])
		p.start(t, "tiny", inCache(cache)).wait().mustWarn(t, damage.name, p.stock, damage.warning)
		if !maps.Equal(contents(t, cache), whole) {
			t.Errorf("%s: the cache is not what it was", damage.name)
		}
	}
}

// What the app does not use is not read: it may as well be damaged.
func TestUnused(t *testing.T) {
	p, cache := parallel(t), t.TempDir()
	p.start(t, "tiny", inCache(cache)).wait().mustEqual(t, "cold", p.stock)
	files := cached(t, cache)
	var index struct{ Types, Modules map[string][3]any }
	if err := json.Unmarshal(must(os.ReadFile(files["json"])), &index); err != nil {
		t.Fatal(err)
	}
	pack := must(os.ReadFile(files["pack"]))
	for _, place := range [][3]any{index.Types["beta"], index.Modules["lib/beta/index.js"]} {
		from, length := int(place[0].(float64)), int(place[1].(float64))
		copy(pack[from:from+length], bytes.Repeat([]byte{'!'}, length))
	}
	write(t, files["pack"], pack)
	if got := p.start(t, "alpha", inCache(cache)).wait(); got.warnings != nil || !strings.Contains(got.stdout, "alpha greets Ada") {
		t.Errorf("warned of %q, printed %q", got.warnings, got.stdout)
	}
	p.start(t, "tiny", inCache(cache)).wait().mustWarn(t, "used", p.stock, rebuilt)
}

func TestDamageWhileInUse(t *testing.T) {
	p := parallel(t)
	for folder, warning := range map[string]string{"there": rebuilt, "gone": " was damaged, and can't be fixed: "} {
		t.Run("folder "+folder, func(t *testing.T) {
			cache := t.TempDir()
			p.start(t, "tiny", inCache(cache)).wait().mustEqual(t, "cold", p.stock)
			got := p.start(t, "damage", inCache(cache), "FASTJSII_TEST_FOLDER="+folder).wait()
			if len(got.warnings) != 1 || !strings.Contains(got.warnings[0], warning) {
				t.Errorf("warned of %q", got.warnings)
			}
			for _, line := range strings.Split(p.stock.stdout, "\n") {
				if !strings.Contains(got.stdout, line+"\n") {
					t.Errorf("did not print %q: %q", line, got.stdout)
				}
			}
		})
	}
}

// Where there can be no cache, the kernel is the stock one, after one line.
func TestNoCache(t *testing.T) {
	p := parallel(t)
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, nil)
	open := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(open, "fastjsii"), 0o700), os.Chmod(filepath.Join(open, "fastjsii"), 0o777)); err != nil {
		t.Fatal(err)
	}
	// The folder takes the loader but no pack, as a full disk would: a folder of
	// the pack's name is in the way.
	full, model := t.TempDir(), t.TempDir()
	p.start(t, "tiny", inCache(model)).wait().mustEqual(t, "cold", p.stock)
	obstacle := filepath.Join(full, "fastjsii", filepath.Base(cached(t, model)["pack"]))
	if err := os.MkdirAll(filepath.Join(obstacle, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, env := range map[string][]string{
		"a file where the folder should be": {inCache(file)},
		"a folder that can't be made":       {inCache("/dev/null")},
		"a folder others can write to":      {inCache(open)},
		"a folder that takes no pack":       {inCache(full)},
		"no folder known":                   {"XDG_CACHE_HOME=", "HOME=", "JSII_RUNTIME_PACKAGE_CACHE=disabled"},
	} {
		p.start(t, "tiny", env...).wait().mustWarn(t, name, p.stock, "the stock way")
	}
}

func TestOtherPackage(t *testing.T) {
	p := parallel(t)
	for name, version := range map[string]string{"other version": "1.0.1", "other content": "1.0.0"} {
		file := filepath.Join(t.TempDir(), "other.tgz")
		write(t, file, tinyPackage("@test/provider-tiny", version, "another"))
		env := []string{tarballVariable + "=" + file, versionVariable + "=" + version}
		got := p.start(t, "tiny", append(env, inCache(t.TempDir()))...).wait()
		got.mustWarn(t, name, p.stock, "the stock way")
	}
}

// Of several packages that are not what they should be, one line.
func TestOtherPackages(t *testing.T) {
	p, dir := parallel(t), t.TempDir()
	file, other := filepath.Join(dir, "loader.cjs"), filepath.Join(dir, "other.tgz")
	given := must(os.ReadFile(p.loader))
	changed := bytes.Replace(given, []byte("name: 'cdktf'"), []byte("name: '"+otherName+"'"), 1)
	if bytes.Equal(changed, given) {
		t.Fatal("no pin of cdktf in loader.cjs")
	}
	write(t, file, changed)
	write(t, other, tinyPackage("@test/provider-tiny", "1.0.0", "another"))
	write(t, filepath.Join(dir, "second.tgz"), tinyPackage(otherName, "1.0.0", ""))
	got := p.start(t, "both", loaderVariable+"="+file, tarballVariable+"="+other, inCache(t.TempDir())).wait()
	got.mustWarn(t, "two packages", p.stock, "@test/provider-tiny 1.0.0 is not the 1.0.0 that is known here; loading @test/provider-tiny the stock way")
}

func TestOtherRuntime(t *testing.T) {
	p := parallel(t)
	for _, kind := range []string{"launcher", "program"} {
		file := filepath.Join(t.TempDir(), "loader.cjs")
		other := regexp.MustCompile(kind+`: '\w{64}'`).ReplaceAll(loader, []byte(kind+": '"+strings.Repeat("0", 64)+"'"))
		if bytes.Equal(other, loader) {
			t.Fatalf("no pin of the %s in loader.cjs", kind)
		}
		write(t, file, other)
		got := p.start(t, "tiny", loaderVariable+"="+file, inCache(t.TempDir())).wait()
		got.mustWarn(t, "other "+kind, p.stock, "unknown version of jsii-runtime-go; loading the stock way")
	}
}

func TestSwitch(t *testing.T) {
	p, cache := parallel(t), t.TempDir()
	p.start(t, "tiny", switchVariable+"=off", inCache(cache)).wait().mustEqual(t, "off", p.stock)
	if entries := must(os.ReadDir(cache)); len(entries) > 0 {
		t.Errorf("switched off, it made %s", entries[0].Name())
	}
}

func TestSwitchToNothingKnown(t *testing.T) {
	t.Setenv(switchVariable, "of")
	if err := Enable(); err == nil || !strings.Contains(err.Error(), "FASTJSII=of") {
		t.Errorf("FASTJSII=of: %v", err)
	}
}

func TestOtherKernel(t *testing.T) {
	t.Setenv(runtimeVariable, "node elsewhere.js")
	if err := enable(); err == nil || !strings.Contains(err.Error(), runtimeVariable) {
		t.Errorf("with %s set: %v", runtimeVariable, err)
	}
}

// ---- running an app

type run struct {
	t      *testing.T
	app    string
	cmd    *exec.Cmd
	dir    string
	out    bytes.Buffer
	err    bytes.Buffer
	stdout string
	stderr string
	// warnings are the lines that Enable and the loader wrote.
	warnings []string
	files    map[string]string
	peak     int
}

// start runs app in a folder of its own; env comes last in its environment.
func start(t *testing.T, app string, env ...string) *run {
	t.Helper()
	r := &run{t: t, app: app, dir: t.TempDir()}
	// A kernel and an app that wait for each other would do so for good.
	limited, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	r.cmd = exec.CommandContext(limited, must(os.Executable()))
	r.cmd.WaitDelay = 5 * time.Second
	r.cmd.Dir = r.dir
	r.cmd.Stdout, r.cmd.Stderr = &r.out, &r.err
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if name != switchVariable && name != optionsVariable && name != runtimeVariable {
			r.cmd.Env = append(r.cmd.Env, pair)
		}
	}
	r.cmd.Env = append(append(r.cmd.Env, appVariable+"="+app), env...)
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *run) wait() *run {
	r.t.Helper()
	err := r.cmd.Wait()
	// What the kernel prints takes another way than what the app prints, so that
	// the order of lines is chance.
	lines := strings.SplitAfter(r.out.String(), "\n")
	slices.Sort(lines)
	r.stdout, r.stderr = strings.Join(lines, ""), r.err.String()
	if err != nil {
		r.t.Fatalf("%s: %v\n%s%s", r.app, err, r.stdout, r.stderr)
	}
	for _, line := range strings.Split(r.stderr, "\n") {
		if _, warning, found := strings.Cut(line, "fastjsii: "); found {
			r.warnings = append(r.warnings, warning)
		}
	}
	r.files = map[string]string{}
	root := filepath.Join(r.dir, "cdktf.out")
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		r.files[strings.TrimPrefix(path, root+"/")] = string(content)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(must(os.ReadFile(filepath.Join(r.dir, peakFile)))), &r.peak); err != nil {
		r.t.Fatal(err)
	}
	return r
}

// mustEqual checks that the app did what it does with the stock kernel, and
// that nothing was said about it.
func (r *run) mustEqual(t *testing.T, name string, stock *run) {
	t.Helper()
	r.mustWarn(t, name, stock, "")
}

// mustWarn checks the same with one line that holds warning.
func (r *run) mustWarn(t *testing.T, name string, stock *run, warning string) {
	t.Helper()
	if warning == "" && len(r.warnings) > 0 {
		t.Errorf("%s: warned of %q", name, r.warnings)
	}
	if warning != "" && (len(r.warnings) != 1 || !strings.Contains(r.warnings[0], warning)) {
		t.Errorf("%s: warned of %q, not once of %q", name, r.warnings, warning)
	}
	if r.stdout != stock.stdout {
		t.Errorf("%s: printed %q, stock %q", name, r.stdout, stock.stdout)
	}
	for file, content := range stock.files {
		if r.files[file] != content {
			t.Errorf("%s: %s differs: %d bytes, stock %d", name, file, len(r.files[file]), len(content))
		}
	}
	if len(r.files) != len(stock.files) {
		t.Errorf("%s: %d files, stock %d", name, len(r.files), len(stock.files))
	}
}

// ---- the cache

// inCache is the environment that has dir for the user's cache folder.
func inCache(dir string) string {
	if runtime.GOOS == "darwin" {
		return "HOME=" + dir
	}
	return "XDG_CACHE_HOME=" + dir
}

// cached are the files of the cache in dir, by ending.
func cached(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, file := range must(filepath.Glob(filepath.Join(dir, "fastjsii", "*"))) {
		kind := strings.TrimPrefix(filepath.Ext(file), ".")
		if files[kind] != "" {
			t.Errorf("the cache holds both %s and %s", files[kind], file)
		}
		files[kind] = file
	}
	return files
}

// cacheHolds checks that the cache has one file of each kind and nothing else,
// such as the drafts of writers that lost a race.
func cacheHolds(t *testing.T, dir string, kinds ...string) {
	t.Helper()
	files := cached(t, dir)
	for _, kind := range kinds {
		if files[kind] == "" {
			t.Errorf("the cache has no %s", kind)
		}
	}
	if len(files) != len(kinds) {
		t.Errorf("the cache holds %v", files)
	}
}

// contents are those of the files in the cache.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, file := range cached(t, dir) {
		found[file] = string(must(os.ReadFile(file)))
	}
	return found
}

// stamps tells which files the cache holds; a file that was written again is
// another, by its inode.
func stamps(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	for kind, file := range cached(t, dir) {
		all = append(all, fmt.Sprint(kind, " ", must(os.Stat(file)).Sys().(*syscall.Stat_t).Ino))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// spoil changes a file in place, and not its size.
func spoil(file string) {
	content := must(os.ReadFile(file))
	for i := range content {
		content[i] ^= 1
	}
	handle := must(os.OpenFile(file, os.O_WRONLY, 0))
	if err := errors.Join(second(handle.WriteAt(content, 0)), handle.Close()); err != nil {
		panic(err)
	}
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func second[T any](_ T, err error) error {
	return err
}
