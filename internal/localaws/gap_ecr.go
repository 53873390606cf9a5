package localaws

import (
	"encoding/json"
	"net/http"
	"time"
)

func init() {
	register("ecr",
		gap{operation: "DescribeImageScanFindings", why: "moto scans no image when it is pushed; here each scan has ended and found nothing", answer: describeScanFindings},
	)
}

// describeScanFindings answers for an image; of an index, which ECR cannot
// scan, there is no scan (moby/buildkit #3499, ecr-scan-image #43).
func describeScanFindings(f *Front, c *call) (*answer, error) {
	var in struct {
		RepositoryName string
		ImageID        object `json:"imageId"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	var got struct {
		Images []struct {
			ImageID       object `json:"imageId"`
			ImageManifest string
		}
	}
	if err := f.askJSON(c, "ecr", "AmazonEC2ContainerRegistry_V20150921.BatchGetImage", object{"repositoryName": in.RepositoryName, "imageIds": []object{in.ImageID}}, &got); err != nil {
		return nil, err
	}
	if len(got.Images) == 0 {
		return nil, &apiError{status: http.StatusBadRequest, code: "ImageNotFoundException", message: "The image requested does not exist in the specified repository"}
	}
	var manifest struct{ Manifests []any }
	if err := json.Unmarshal([]byte(got.Images[0].ImageManifest), &manifest); err != nil {
		return nil, err
	}
	if manifest.Manifests != nil {
		return nil, &apiError{status: http.StatusBadRequest, code: "ScanNotFoundException", message: "Image scan does not exist for the image"}
	}
	return jsonAnswer(object{
		"registryId": f.account, "repositoryName": in.RepositoryName, "imageId": got.Images[0].ImageID,
		"imageScanStatus":   object{"status": "COMPLETE", "description": "The scan was completed successfully."},
		"imageScanFindings": object{"findings": []any{}, "findingSeverityCounts": object{}, "imageScanCompletedAt": seconds(time.Now())},
	})
}
