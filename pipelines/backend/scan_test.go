package backend

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const childDigest = "sha256:1111111111111111111111111111111111111111111111111111111111111111"

func testdata(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// pushed is BatchGetImage's answer for a manifest.
func pushed(t *testing.T, manifest string) string {
	t.Helper()
	data, err := json.Marshal(map[string]any{"images": []any{map[string]any{
		"imageId": map[string]string{"imageDigest": childDigest, "imageTag": "dev-" + sha}, "imageManifest": manifest,
	}}, "failures": []any{}})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestScan gives the gate answers in the form of ECR's and Inspector's API
// references (DescribeImageScanFindings, ListCoverage), the answer of
// aws/aws-sdk#289, which says COMPLETE before there are findings, and buildx's
// index, in testdata.
func TestScan(t *testing.T) {
	t.Parallel()
	index, basic, enhanced := testdata(t, "index.json"), testdata(t, "scan-basic.json"), testdata(t, "scan-enhanced.json")
	day := func(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }
	allow := func(id string, until string) string {
		return fmt.Sprintf(`[{"id": %q, "reason": "not reachable from the application", "until": %q}]`, id, until)
	}
	clean := strings.NewReplacer(`"CRITICAL"`, `"LOW"`, `"HIGH"`, `"LOW"`).Replace(basic)
	early, coverage := testdata(t, "scan-enhanced-early.json"), testdata(t, "coverage.json")
	continuous := strings.Replace(early, `"COMPLETE"`, `"ACTIVE"`, 1)
	// One finding of three, a minute before the other two (aws/aws-sdk#288).
	first := strings.Replace(enhanced, `"CRITICAL"`, `"LOW"`, 1)
	waits := strings.NewReplacer(`"lastScannedAt": "2026-11-26T04:00:00+00:00",`, "", "SUCCESSFUL", "PENDING_INITIAL_SCAN").Replace(coverage)
	const notFound = "!An error occurred (ScanNotFoundException) when calling the DescribeImageScanFindings operation: Image scan does not exist"
	failed := func(status string) string {
		return fmt.Sprintf(`{"imageScanStatus": {"status": %q, "description": "The operating system is not supported."}}`, status)
	}
	for _, test := range []struct {
		name, severity, allowed string
		manifest                string
		answers                 []string
		coverage                []string
		code                    int
		want                    []string
	}{
		{"nothing found", "CRITICAL", "", index, []string{clean}, nil, 0, []string{"0 of CRITICAL or above stop the deployment"}},
		{"found", "CRITICAL", "", index, []string{basic}, nil, 1, []string{"| CVE-2026-10001 | CRITICAL | 3.0.15-1~deb12u1 openssl | **stops** |", "::error::The image is not deployed: CVE-2026-10001 (CRITICAL)."}},
		{"a lower severity", "HIGH", "", index, []string{basic}, nil, 1, []string{"CVE-2026-10001 (CRITICAL), CVE-2026-10002 (HIGH)"}},
		{"an unrated one never stops", "LOW", "", index, []string{strings.NewReplacer(`"CRITICAL"`, `"UNDEFINED"`, `"HIGH"`, `"UNDEFINED"`).Replace(basic)}, nil, 0, nil},
		{"Inspector's", "CRITICAL", "", index, []string{enhanced}, []string{coverage}, 1, []string{"| CVE-2026-10001 | CRITICAL | openssl 3.0.15 | **stops** |"}},
		{"an image without an index", "CRITICAL", "", `{"schemaVersion": 2, "config": {}, "layers": []}`, []string{basic}, nil, 1, []string{"CVE-2026-10001 (CRITICAL)"}},
		{"it waits", "CRITICAL", "", index, []string{notFound, `{"imageScanStatus": {"status": "PENDING"}}`, `{"imageScanStatus": {"status": "IN_PROGRESS"}}`, basic}, nil, 1, []string{"CVE-2026-10001 (CRITICAL)"}},
		{"Inspector's scan on push, complete before there are findings", "CRITICAL", "", index, []string{early, early, enhanced}, []string{waits, coverage}, 1, []string{"CVE-2026-10001 (CRITICAL)"}},
		{"Inspector's continuous scan, active before there are findings", "CRITICAL", "", index, []string{continuous, continuous, enhanced}, []string{`{"coveredResources": []}`, coverage}, 1, []string{"CVE-2026-10001 (CRITICAL)"}},
		{"Inspector's first finding, a minute before the others", "CRITICAL", "", index, []string{first, enhanced}, []string{coverage}, 1, []string{"CVE-2026-10001 (CRITICAL)"}},
		{"Inspector finds nothing", "CRITICAL", "", index, []string{early}, []string{coverage}, 0, []string{"ECR found 0: 0 of CRITICAL or above stop the deployment"}},
		{"Inspector has not scanned", "CRITICAL", "", index, []string{early}, []string{waits}, 1, []string{"| NOT_SCANNED | CRITICAL | Amazon Inspector: ACTIVE, PENDING_INITIAL_SCAN | **stops** |"}},
		{"Inspector does not cover the image", "CRITICAL", "", index, []string{early}, []string{`{"coveredResources": []}`}, 1, []string{"Amazon Inspector: does not cover the image"}},
		{"Inspector does not say", "CRITICAL", "", index, []string{early}, []string{"!An error occurred (AccessDeniedException) when calling the ListCoverage operation"}, 1, []string{"AccessDeniedException", "::error::Nothing was deployed: Amazon Inspector does not say"}},
		{"not for ever", "CRITICAL", "", index, []string{notFound}, nil, 1, []string{"::error::The image is not deployed: NOT_SCANNED (CRITICAL)", "aws ecr get-registry-scanning-configuration"}},
		{"what cannot be scanned", "CRITICAL", "", index, []string{failed("UNSUPPORTED_IMAGE")}, nil, 1, []string{"| UNSUPPORTED_IMAGE | CRITICAL | The operating system is not supported. | **stops** |"}},
		{"what cannot be scanned, allowed", "CRITICAL", allow("UNSUPPORTED_IMAGE", day(100)), index, []string{failed("UNSUPPORTED_IMAGE")}, nil, 0, []string{"allowed until " + day(100)}},
		{"another fault", "CRITICAL", "", index, []string{expired}, nil, 1, []string{"ExpiredTokenException", "::error::Nothing was deployed: AWS does not say what its scan found"}},
		{"allowed", "CRITICAL", allow("CVE-2026-10001", day(100)), index, []string{basic}, nil, 0, []string{"| CVE-2026-10001 | CRITICAL | 3.0.15-1~deb12u1 openssl | allowed until " + day(100) + ": not reachable from the application |"}},
		{"allowed today for the last time", "CRITICAL", allow("CVE-2026-10001", day(0)), index, []string{basic}, nil, 0, []string{"::warning::", "is allowed until " + day(0) + " only"}},
		{"allowed until yesterday", "CRITICAL", allow("CVE-2026-10001", day(-1)), index, []string{basic}, nil, 1, []string{"**stops**: was allowed until " + day(-1), "::error::The image is not deployed"}},
		{"another one is allowed", "CRITICAL", allow("CVE-2026-1", day(100)), index, []string{basic}, nil, 1, []string{"::notice::", "CVE-2026-1 is not found any more: remove it"}},
		{"allowed for too long", "CRITICAL", allow("CVE-2026-10001", day(200)), index, []string{basic}, nil, 1, []string{`entry 1: until is "` + day(200) + `": a day is required, ` + day(180) + " at the latest"}},
		{"without a reason", "CRITICAL", `[{"id": "CVE-2026-10001", "reason": "", "until": "` + day(9) + `"}]`, index, []string{basic}, nil, 1, []string{"entry 1: reason is \"\": a sentence is required"}},
		{"all faults of the list", "CRITICAL", `[{"reason": "x", "till": "soon"}]`, index, []string{basic}, nil, 1, []string{`"till" is unknown`, "id is missing", `reason is "x"`, "until is null"}},
		{"no list", "CRITICAL", `{"CVE-2026-10001": true}`, index, []string{basic}, nil, 1, []string{"is no JSON list"}},
		{"another severity", "NONE", "", index, []string{basic}, nil, 1, []string{`scan-severity is "NONE": LOW, MEDIUM, HIGH or CRITICAL is allowed`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			list := filepath.Join(t.TempDir(), "scan-allowed.json")
			if test.allowed != "" {
				if err := os.WriteFile(list, []byte(test.allowed), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			minutes := "1"
			if strings.Contains(strings.Join(test.want, ""), "NOT_SCANNED") || strings.Contains(test.name, "does not cover") {
				minutes = "0"
			}
			r := run(t, "scan", map[string][]string{"ecr batch-get-image": {pushed(t, test.manifest)}, "ecr describe-image-scan-findings @imageDigest=" + childDigest: test.answers, "inspector2 list-coverage": test.coverage},
				"SEVERITY="+test.severity, "ALLOWED="+list, "MINUTES="+minutes, "SETTLE_SECONDS=0")
			if test.code == 1 && r.code != 0 {
				test.code = r.code // of the command that failed
			}
			wants(t, r, test.code, r.output, test.want...)
			if test.coverage != nil {
				wants(t, r, test.code, r.calls, `"arn:aws:ecr:eu-central-1:111122223333:repository/paperwurks/dev/backend/`+childDigest+`"`)
			} else if strings.Contains(r.calls, "inspector2") {
				t.Errorf("it asks Inspector of a basic scan:\n%s", r.calls)
			}
		})
	}
}
