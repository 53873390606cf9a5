package backend

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
)

const (
	indexDigest = "sha256:3333333333333333333333333333333333333333333333333333333333333333"
	otherDigest = "sha256:4444444444444444444444444444444444444444444444444444444444444444"
	attestation = "sha256:2222222222222222222222222222222222222222222222222222222222222222"
)

// gotten is BatchGetImage's answer for one image; "" for none.
func gotten(t *testing.T, digest, manifest string) string {
	t.Helper()
	if digest == "" {
		return `{"images": [], "failures": [{"imageId": {}, "failureCode": "ImageNotFound", "failureReason": "Requested image not found"}]}`
	}
	data, err := json.Marshal(map[string]any{"images": []any{map[string]any{"imageId": map[string]string{"imageDigest": digest}, "imageManifest": manifest}}, "failures": []any{}})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestPromote: what ran well in staging is copied by its digest, and nothing
// else is.
func TestPromote(t *testing.T) {
	t.Parallel()
	index := testdata(t, "index.json")
	prod := strings.Replace(registry, "/dev/", "/prod/", 1)
	for _, test := range []struct {
		name       string
		built, ran string
		// copied is what prod has, at the first look and then.
		copied   []string
		child    string
		code     int
		want     string
		copiesIt bool
	}{
		{"copied", indexDigest, indexDigest, []string{"", indexDigest}, attestation, 0, prod + ":prod-" + sha + " is " + indexDigest + ", which ran in staging.", true},
		{"there from an earlier run", indexDigest, indexDigest, []string{indexDigest}, attestation, 0, "which ran in staging", false},
		{"never deployed", "", "", []string{""}, attestation, 1, "commit " + sha + " was never deployed to staging", false},
		{"never ran well", indexDigest, "", []string{""}, attestation, 1, "::error::Commit " + sha + " never ran well in staging", false},
		{"another image ran", indexDigest, otherDigest, []string{""}, attestation, 1, "do not deploy, find out who", false},
		{"another image is there", indexDigest, indexDigest, []string{otherDigest}, attestation, 1, "What ran in staging is deployed, and nothing else.", false},
		{"another image arrives", indexDigest, indexDigest, []string{"", otherDigest}, attestation, 1, "What ran in staging is deployed, and nothing else.", true},
		{"nothing arrives", indexDigest, indexDigest, []string{""}, attestation, 1, "prod-" + sha + " is not there", true},
		{"a part is lost", indexDigest, indexDigest, []string{"", indexDigest}, "", 1, "lacks " + attestation, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answers := map[string][]string{
				"ecr batch-get-image @imageTag=staging-" + sha:          {gotten(t, test.built, index)},
				"ecr batch-get-image @imageTag=staging-" + sha + "-ran": {gotten(t, test.ran, index)},
				"ecr batch-get-image @imageDigest=" + indexDigest:       {gotten(t, indexDigest, index)},
				"ecr batch-get-image @imageDigest=" + childDigest:       {gotten(t, childDigest, "{}")},
				"ecr batch-get-image @imageDigest=" + attestation:       {gotten(t, test.child, "{}")},
				"buildx imagetools": {""},
			}
			for _, digest := range test.copied {
				answers["ecr batch-get-image @imageTag=prod-"+sha] = append(answers["ecr batch-get-image @imageTag=prod-"+sha], gotten(t, digest, index))
			}
			r := run(t, "promote", answers, "ENVIRONMENT=prod", "PROMOTED_FROM=staging", "REPOSITORY="+prod, "IMAGE="+prod+":prod-"+sha)
			wants(t, r, test.code, r.output, test.want)
			copying := fmt.Sprintf("imagetools create --prefer-index=false --tag %s:prod-%s %s@%s", prod, sha, strings.Replace(registry, "/dev/", "/staging/", 1), indexDigest)
			if strings.Contains(r.calls, copying) != test.copiesIt {
				t.Errorf("copied: %t, want %t:\n%s", !test.copiesIt, test.copiesIt, r.calls)
			}
		})
	}
	for _, from := range []string{"prod", "../other", ""} {
		r := run(t, "promote", nil, "ENVIRONMENT=prod", "PROMOTED_FROM="+from, "REPOSITORY="+prod, "IMAGE="+prod+":prod-"+sha)
		wants(t, r, 1, r.output, fmt.Sprintf("PROMOTED_FROM is %q", from))
	}
	r := run(t, "promote", map[string][]string{"ecr batch-get-image": {expired}}, "ENVIRONMENT=prod", "PROMOTED_FROM=staging", "REPOSITORY="+prod, "IMAGE="+prod+":prod-"+sha)
	wants(t, r, 254, r.output, "ExpiredTokenException", "::error::Nothing was deployed: a command failed")
	if strings.Contains(r.output, "never deployed") {
		t.Errorf("AWS does not answer, and it says that there is no image:\n%s", r.output)
	}
}

// TestRan: what ran well gets a second tag on the same digest, once.
func TestRan(t *testing.T) {
	t.Parallel()
	index := testdata(t, "index.json")
	tag := "dev-" + sha
	mark := func(proven, ran, marked string, more map[string][]string) result {
		answers := map[string][]string{"ecr batch-get-image @imageTag=" + tag: {ran}, "ecr batch-get-image @imageTag=" + tag + "-ran": {marked}}
		maps.Copy(answers, more)
		return run(t, "ran", answers, "PROVEN="+proven)
	}
	image := strings.Replace(gotten(t, indexDigest, index), `"imageManifest":`, `"imageManifestMediaType": "application/vnd.oci.image.index.v1+json", "imageManifest":`, 1)
	r := mark("true", image, gotten(t, "", ""), map[string][]string{"ecr put-image": {`{}`}})
	wants(t, r, 0, r.calls, "put-image --repository-name paperwurks/dev/backend --image-tag "+tag+"-ran --image-manifest file://",
		"--image-manifest-media-type application/vnd.oci.image.index.v1+json --image-digest "+indexDigest)
	r = mark("true", image, image, nil)
	wants(t, r, 0, r.output, tag+"-ran is there")
	r = mark("true", image, gotten(t, otherDigest, index), nil)
	wants(t, r, 1, r.output, "::error::"+tag+" is "+indexDigest+", and "+tag+"-ran is "+otherDigest, "find out who")
	for _, proven := range []string{"false", ""} {
		r = mark(proven, image, gotten(t, "", ""), nil)
		wants(t, r, 0, r.output, "::warning::"+tag+" is not marked", "nobody has seen it work")
		wants(t, r, 0, r.file(t, "summary.md"), "a service has 0 tasks")
		if r.calls != "" {
			t.Errorf("it calls AWS:\n%s", r.calls)
		}
	}
	for _, answers := range [][2]string{{expired, gotten(t, "", "")}, {image, expired}, {gotten(t, "", ""), gotten(t, "", "")}, {image, `{"images": [], "failures": [{"failureCode": "KmsError"}]}`}} {
		r = mark("true", answers[0], answers[1], nil)
		if r.code == 0 {
			t.Errorf("it ends well:\n%s", r.output)
		}
		wants(t, r, r.code, r.output, "could not be marked")
	}
}
