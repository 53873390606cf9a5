package localaws

import "testing"

func TestPushedImagesAreScanned(t *testing.T) {
	b := newBench(t, map[string]string{
		"BatchGetImage": `{"images":[{"imageId":{"imageDigest":"sha256:1"},"imageManifest":"{\"layers\":[]}"}]}`,
	})
	find := func() (object, int) {
		out, r := b.json("ecr", "DescribeImageScanFindings", object{"repositoryName": "p/dev/backend", "imageId": object{"imageTag": "dev-abc"}})
		return out, r.status
	}
	out, status := find()
	b.want("scan", out["imageScanStatus"].(object)["status"], "COMPLETE")
	b.want("status", status, 200)
	for name, images := range map[string]string{
		"ImageNotFoundException": `{"images":[]}`,
		"ScanNotFoundException":  `{"images":[{"imageManifest":"{\"manifests\":[]}"}]}`,
	} {
		b.moto.answers["BatchGetImage"] = images
		out, status := find()
		b.want("error", out["__type"], name)
		b.want("status", status, 400)
	}
}
