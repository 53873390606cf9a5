package bootstrap

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/terraform"
)

// These make the test's own binary play the app or Terraform. What Terraform
// does wrong is said by files in the folder named: "exists" (addresses that AWS
// says are there), "killed" (an apply ends, with all of it made and none of it
// in the state), "lost" (an address that the plan destroys), "changing" (no
// plan is ever empty), "unrefreshed" (a refresh-only apply fails), "refused" (the number of a call that
// fails), "unpublished" (an output that is not made).
const (
	fakeFolder   = "FAKE_TERRAFORM"
	fakeEndpoint = "FAKE_ENDPOINT"
)

func TestMain(m *testing.M) {
	folder := os.Getenv(fakeFolder)
	var err error
	switch {
	case folder == "":
		os.Exit(m.Run())
	case filepath.Base(os.Args[0]) == "infra" && !slices.Equal(os.Args[3:], []string{"-local", os.Getenv(fakeEndpoint)}):
		err = fmt.Errorf("the stacks are not for the local AWS: %q", os.Args[1:])
	case filepath.Base(os.Args[0]) == "infra":
		err = os.CopyFS(os.Args[2], os.DirFS(filepath.Join(folder, "cdktf.out")))
		if errors.Is(err, fs.ErrExist) {
			err = nil
		}
	default:
		err = fake{folder, os.Getenv(fakeEndpoint)}.run(os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

type fake struct{ folder, endpoint string }

func (f fake) says(name string) []string {
	data, err := os.ReadFile(filepath.Join(f.folder, name))
	if err != nil {
		return nil
	}
	return strings.Fields(string(data))
}

// fakePlan is what is in a plan file, behind the mark of a ZIP archive.
type fakePlan struct {
	Local   bool
	Creates []string
	Imports map[string]string
	Lost    []string
}

const zipMark = "PK\x03\x04"

func (f fake) run(args []string) error {
	log, err := os.OpenFile(filepath.Join(f.folder, "calls"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	fmt.Fprintln(log, strings.Join(args, " "))
	if os.Getenv("TF_IN_AUTOMATION") != "1" || os.Getenv("TF_INPUT") != "0" {
		return errors.New("Terraform would ask a person")
	}
	so, err := os.ReadFile(log.Name())
	if err != nil {
		return err
	}
	if slices.Contains(f.says("refused"), fmt.Sprint(strings.Count(string(so), "\n"))) {
		return errors.New("refused")
	}
	switch args[0] {
	case "init":
		if err := os.MkdirAll(".terraform", 0o700); err != nil {
			return err
		}
		return os.WriteFile(".terraform/terraform.tfstate", []byte(`{"version": 3, "lineage": "", "backend": {"type": "s3"}}`), 0o600)
	case "plan":
		return f.plan(args)
	case "show":
		return f.show(args[2])
	case "untaint":
		return f.untaint(args[len(args)-1])
	case "apply":
		if slices.Contains(args, "-refresh-only") {
			if len(f.says("unrefreshed")) > 0 {
				return errors.New("AWS is slow")
			}
			return nil
		}
		return f.apply(args[len(args)-1])
	}
	return fmt.Errorf("unknown command %q", args)
}

// localState is the file of the local backend; "" for the bucket.
func localState() string {
	var override struct {
		Terraform struct {
			Backend struct{ Local struct{ Path string } }
		}
	}
	data, err := os.ReadFile(localBackendFile)
	if err != nil || json.Unmarshal(data, &override) != nil {
		return ""
	}
	return override.Terraform.Backend.Local.Path
}

func (f fake) state() (map[string]any, error) {
	var data []byte
	if file := localState(); file != "" {
		data, _ = os.ReadFile(file)
	} else {
		response, err := http.Get(f.endpoint + "/" + stateObject)
		if err != nil {
			return nil, err
		}
		defer response.Body.Close()
		if response.StatusCode == http.StatusOK {
			data, _ = io.ReadAll(response.Body)
		}
	}
	s := map[string]any{"version": 4, "serial": 0, "lineage": "made-by-terraform", "resources": []any{}, "outputs": map[string]any{}}
	if len(data) == 0 {
		return s, nil
	}
	return s, json.Unmarshal(data, &s)
}

func (f fake) write(s map[string]any) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if file := localState(); file != "" {
		return os.WriteFile(file, data, 0o600)
	}
	request, err := http.NewRequest(http.MethodPut, f.endpoint+"/"+stateObject, strings.NewReader(string(data)))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func resources() (map[string]map[string]any, error) {
	data, err := os.ReadFile("cdk.tf.json")
	if err != nil {
		return nil, err
	}
	var content struct {
		Resource map[string]map[string]map[string]any
	}
	if err := json.Unmarshal(data, &content); err != nil {
		return nil, err
	}
	out := map[string]map[string]any{}
	for kind, all := range content.Resource {
		for name, attributes := range all {
			out[kind+"."+name] = attributes
		}
	}
	return out, nil
}

func (f fake) plan(args []string) error {
	all, err := resources()
	if err != nil {
		return err
	}
	data, err := f.state()
	if err != nil {
		return err
	}
	text, _ := json.Marshal(data)
	known, err := terraform.ParseState(text)
	if err != nil {
		return err
	}
	if t := known.Tainted(nil); len(t) > 0 {
		return fmt.Errorf("instance cannot be destroyed: %q", t)
	}
	p := fakePlan{Local: localState() != "", Lost: f.says("lost"), Imports: map[string]string{}}
	var file string
	var targets []string
	for _, a := range args {
		if value, ok := strings.CutPrefix(a, "-target="); ok {
			targets = append(targets, value)
		}
		if value, ok := strings.CutPrefix(a, "-out="); ok {
			file = value
		}
	}
	for address := range all {
		if (len(targets) == 0 || slices.Contains(targets, address)) && !slices.Contains(known.Addresses(), address) {
			p.Creates = append(p.Creates, address)
		}
	}
	slices.Sort(p.Creates)
	var imports struct{ Import []struct{ To, ID string } }
	if data, err := os.ReadFile(importsFile); err == nil {
		if err := json.Unmarshal(data, &imports); err != nil {
			return err
		}
	}
	for _, i := range imports.Import {
		p.Imports[i.To] = i.ID
	}
	data2, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return os.WriteFile(file, append([]byte(zipMark), data2...), 0o600)
}

func (f fake) untaint(address string) error {
	s, err := f.state()
	if err != nil {
		return err
	}
	for _, r := range s["resources"].([]any) {
		if r := r.(map[string]any); r["type"].(string)+"."+r["name"].(string) == address {
			delete(r["instances"].([]any)[0].(map[string]any), "status")
		}
	}
	return f.write(s)
}

func readFakePlan(file string) (fakePlan, error) {
	var p fakePlan
	data, err := os.ReadFile(file)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(data[len(zipMark):], &p)
}

func (f fake) show(file string) error {
	p, err := readFakePlan(file)
	if err != nil {
		return err
	}
	all, err := resources()
	if err != nil {
		return err
	}
	var changes []map[string]any
	change := func(address string, change map[string]any) {
		kind, _, _ := strings.Cut(address, ".")
		changes = append(changes, map[string]any{"address": address, "mode": "managed", "type": kind, "change": change})
	}
	for _, address := range p.Creates {
		c := map[string]any{"actions": []string{"create"}, "after": all[address]}
		if id := p.Imports[address]; id != "" {
			c = map[string]any{"actions": []string{"no-op"}, "before": all[address], "after": all[address], "importing": map[string]string{"id": id}}
		}
		change(address, c)
	}
	for _, address := range p.Lost {
		change(address, map[string]any{"actions": []string{"delete"}, "before": map[string]any{}})
	}
	if len(f.says("changing")) > 0 {
		change("aws_ssm_parameter.moving", map[string]any{"actions": []string{"update"}, "before": map[string]any{"a": 1}, "after": map[string]any{"a": 2}})
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"format_version": "1.2", "resource_changes": changes})
}

const fakeProvider = `provider["registry.terraform.io/hashicorp/aws"]`

// made are the ids of resources, where they are not their address.
var made = map[string]map[string]any{
	"aws_kms_key.key": {"id": "k1", "arn": testKeyARN},
}

func (f fake) apply(file string) error {
	p, err := readFakePlan(file)
	if err != nil {
		return err
	}
	if p.Local != (localState() != "") {
		return errors.New("the plan is of another backend")
	}
	s, err := f.state()
	if err != nil {
		return err
	}
	var failed []string
	for _, address := range p.Creates {
		if slices.Contains(f.says("exists"), address) && p.Imports[address] == "" {
			failed = append(failed, address)
			continue
		}
		attributes := made[address]
		if attributes == nil {
			attributes = map[string]any{"id": address}
		}
		if id := p.Imports[address]; id != "" && made[address] == nil {
			attributes = map[string]any{"id": id}
		}
		kind, name, _ := strings.Cut(address, ".")
		s["resources"] = append(s["resources"].([]any), map[string]any{"mode": "managed", "type": kind, "name": name, "provider": fakeProvider,
			"instances": []any{map[string]any{"attributes": attributes}}})
		fmt.Printf(`{"@message":"%[1]s: Creating...","type":"apply_start"}`+"\n"+`{"@message":"%[1]s: Creation complete after 0s","type":"apply_complete"}`+"\n", address)
	}
	if len(f.says("killed")) > 0 {
		return errors.New("signal: killed")
	}
	fmt.Printf(`{"@message":"Apply complete! Resources: %d added","type":"change_summary"}`+"\n", len(p.Creates)-len(failed))
	fmt.Println(`{"@message":"is of no interest","type":"refresh_start"}`)
	if len(failed) > 0 {
		fmt.Println(`{"@message":"Creation errored","type":"apply_errored"}`)
	}
	if os.Remove(filepath.Join(f.folder, "lost")) == nil {
		fmt.Println(`{"@message":"destroyed","type":"apply_complete"}`)
	}
	serial, _ := s["serial"].(float64)
	s["serial"] = serial + 1
	if !p.Local {
		outputs := map[string]any{
			"shared_role_infra_role_arn":        map[string]any{"value": "arn:infra"},
			"shared_role_infra_report_role_arn": map[string]any{"value": "arn:report"},
			"shared_role_infra_diff_role_arn":   map[string]any{"value": "arn:diff"},
			"shared_github_oidc_provider_arn":   map[string]any{"value": "arn:github"},
			"for_dev_vpc_id":                    map[string]any{"value": "vpc-1"},
		}
		for _, name := range f.says("unpublished") {
			delete(outputs, name)
		}
		s["outputs"] = outputs
	}
	if err := f.write(s); err != nil {
		return err
	}
	if p.Local {
		response, err := http.Post(f.endpoint+"/fake/make-buckets", "", nil)
		if err != nil {
			return err
		}
		response.Body.Close()
	}
	for _, address := range failed {
		fmt.Printf(`{"@message":"Error","type":"diagnostic","diagnostic":{"severity":"error","address":%q,"summary":"creating: operation error","detail":"api error EntityAlreadyExists: it is there"}}`+"\n", address)
	}
	if len(failed) > 0 {
		return errors.New("exit status 1")
	}
	return nil
}
