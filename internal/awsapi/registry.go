package awsapi

import (
	"net/http"
	"regexp"
)

// registryOperations are the ECR operations that a push or pull of an image
// comes to: the registry's own API is not AWS's, and ECR asks IAM for these
// (Amazon ECR user guide, "Private repository policies" and "IAM permissions
// for pushing an image"). The path's group is the repository.
var registryOperations = []struct {
	method, operation string
	path              *regexp.Regexp
}{
	{http.MethodHead, "BatchCheckLayerAvailability", regexp.MustCompile(`^/v2/(.+)/blobs/[^/]+$`)},
	{http.MethodGet, "GetDownloadUrlForLayer", regexp.MustCompile(`^/v2/(.+)/blobs/sha256:[^/]+$`)},
	{http.MethodPost, "InitiateLayerUpload", regexp.MustCompile(`^/v2/(.+)/blobs/uploads/?$`)},
	{http.MethodPatch, "UploadLayerPart", regexp.MustCompile(`^/v2/(.+)/blobs/uploads/[^/]+$`)},
	{http.MethodPut, "CompleteLayerUpload", regexp.MustCompile(`^/v2/(.+)/blobs/uploads/[^/]+$`)},
	{http.MethodPut, "PutImage", regexp.MustCompile(`^/v2/(.+)/manifests/[^/]+$`)},
	{http.MethodHead, "BatchGetImage", regexp.MustCompile(`^/v2/(.+)/manifests/[^/]+$`)},
	{http.MethodGet, "BatchGetImage", regexp.MustCompile(`^/v2/(.+)/manifests/[^/]+$`)},
	{http.MethodGet, "ListImages", regexp.MustCompile(`^/v2/(.+)/tags/list$`)},
}

// IsRegistry says whether a request is one to an image registry.
func IsRegistry(r *http.Request) bool {
	service, _ := Scope(r)
	return service == "" && regexp.MustCompile(`^/v2(/|$)`).MatchString(r.URL.Path)
}

// registryOperation is what a request to an image registry asks of ECR, and
// of which repository; "" where it only signs in.
func registryOperation(r *http.Request) (operation, repository string) {
	for _, o := range registryOperations {
		if found := o.path.FindStringSubmatch(r.URL.Path); found != nil && o.method == r.Method {
			return o.operation, found[1]
		}
	}
	return "", ""
}
