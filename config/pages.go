package config

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// The pages that users see when the application does not answer. Their text is
// the owner's: edit the files in config/pages.
var (
	// MaintenancePage is AWS WAF's answer in maintenance mode.
	//go:embed pages/maintenance.html
	MaintenancePage string
	// UnavailablePage is CloudFront's answer where the load balancer's is one of
	// UnavailableCodes, or there is none.
	//go:embed pages/unavailable.html
	UnavailablePage string
)

// MaxPageBytes is the longest page (AWS WAF developer guide, "AWS WAF quotas":
// custom response body).
const MaxPageBytes = 4096

// UnavailableCodes are the answers in whose place CloudFront shows
// UnavailablePage: those that the load balancer gives without a task that answers
// (502, 503 and 504; Elastic Load Balancing user guide, "Troubleshoot your
// Application Load Balancers"), and CloudFront without a load balancer that does
// (502 and 504; CloudFront developer guide, "Troubleshooting error responses").
// The same codes of the application's are replaced too.
func UnavailableCodes() []int { return []int{502, 503, 504} }

// ReservedPaths starts the paths that CloudFront keeps from the application, for
// its own pages; UnavailablePath is the one there is.
const (
	ReservedPaths   = "/.platform/"
	UnavailablePath = ReservedPaths + "unavailable.html"
)

// The patterns that switch maintenance mode, of the paths of requests. A path
// begins with a slash, so that the second matches none (AWS WAF asks for one).
const (
	MaintenanceOn  = "^/"
	MaintenanceOff = "^maintenance-is-off$"
)

// IPVersion of the addresses of an IP set, as AWS WAF spells it.
type IPVersion string

const (
	IPv4 IPVersion = "IPV4"
	IPv6 IPVersion = "IPV6"
)

// IPVersions are both.
var IPVersions = []IPVersion{IPv4, IPv6}

// elsewhere finds what a page would load, or run.
var elsewhere = regexp.MustCompile(`(?i)<(script|link|iframe|img|object|embed)\b|\bsrc\s*=|url\(|@import|\bon[a-z]+\s*=`)

// page refuses what cannot be shown of a file of config/pages.
func (c *checker) page(file, content string) {
	if fault := pageFault(content); fault != "" {
		c.refuse("config/pages/"+file, content[:min(len(content), 40)], "%s", fault)
	}
}

// pageFault says why a page cannot be shown; "" if it can.
func pageFault(page string) string {
	switch {
	case !utf8.ValidString(page):
		return "UTF-8 is required"
	case len(page) > MaxPageBytes:
		return fmt.Sprintf("at most %d bytes are allowed; it has %d", MaxPageBytes, len(page))
	case !strings.HasPrefix(page, "<!DOCTYPE html>\n"):
		return `"<!DOCTYPE html>" is required as its first line`
	case strings.Contains(page, "${"), strings.Contains(page, "%{"), strings.Contains(page, "TfToken["):
		return `neither "${", "%{" nor "TfToken[" is allowed: Terraform or cdktf would expand it`
	}
	if found := elsewhere.FindString(page); found != "" {
		return fmt.Sprintf("%q is not allowed: it must load and run nothing, since nothing else answers", found)
	}
	return ""
}
