package localaws

import (
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// CloudFront speaks restXml. moto keeps distributions, but only a few of their settings; it has neither
// policies nor VPC origins. A document is kept here exactly as it was written and returned so.

const cloudFrontPath = "/2020-05-31/"

func init() {
	const policies = cloudFrontPath + "response-headers-policy"
	const noPolicies = "moto has no CloudFront policies"
	register("cloudfront",
		gap{operation: "POST " + policies, api: "CreateResponseHeadersPolicy", why: noPolicies, answer: createHeadersPolicy},
		gap{operation: "GET " + policies, api: "ListResponseHeadersPolicies", why: noPolicies, answer: listHeadersPolicies},
		gap{operation: "GET " + policies + "/{id}", api: "GetResponseHeadersPolicy", why: noPolicies, answer: getHeadersPolicy},
		gap{operation: "PUT " + policies + "/{id}", api: "UpdateResponseHeadersPolicy", why: noPolicies, answer: updateHeadersPolicy},
		gap{operation: "DELETE " + policies + "/{id}", api: "DeleteResponseHeadersPolicy", why: noPolicies, answer: deleteHeadersPolicy},
	)
	const vpcOrigin = cloudFrontPath + "vpc-origin"
	const noVPCOrigins = "moto has no VPC origins"
	register("cloudfront",
		gap{operation: "POST " + vpcOrigin, api: "CreateVpcOrigin", why: noVPCOrigins, answer: createVPCOrigin},
		gap{operation: "GET " + vpcOrigin, api: "ListVpcOrigins", why: noVPCOrigins, answer: listVPCOrigins},
		gap{operation: "GET " + vpcOrigin + "/{id}", api: "GetVpcOrigin", why: noVPCOrigins, answer: getVPCOrigin},
		gap{operation: "PUT " + vpcOrigin + "/{id}", api: "UpdateVpcOrigin", why: noVPCOrigins, answer: updateVPCOrigin},
		gap{operation: "DELETE " + vpcOrigin + "/{id}", api: "DeleteVpcOrigin", why: noVPCOrigins, answer: deleteVPCOrigin},
	)
	const tagging = cloudFrontPath + "tagging"
	register("cloudfront",
		gap{operation: "GET " + tagging, api: "ListTagsForResource", why: noVPCOrigins, answer: listVPCOriginTags},
		gap{operation: "POST " + tagging, api: "TagResource, UntagResource", why: noVPCOrigins, answer: changeVPCOriginTags},
	)
	const distribution = cloudFrontPath + "distribution"
	const forgets = "moto forgets most of a distribution's settings"
	register("cloudfront",
		gap{operation: "POST " + distribution, api: "CreateDistribution, CreateDistributionWithTags", why: forgets, answer: writeDistribution},
		gap{operation: "GET " + distribution + "/{id}", api: "GetDistribution", why: forgets, answer: readDistribution},
		gap{operation: "GET " + distribution + "/{id}/config", api: "GetDistributionConfig", why: forgets, answer: readDistribution},
		gap{operation: "PUT " + distribution + "/{id}/config", api: "UpdateDistribution", why: "moto forgets most settings, and ignores If-Match", answer: updateDistribution},
		gap{operation: "DELETE " + distribution + "/{id}", api: "DeleteDistribution", why: "moto deletes a distribution that is still enabled, and ignores If-Match", answer: deleteDistribution},
	)
}

// versioned is a CloudFront document, with the version that If-Match is held against.
type versioned struct {
	id, etag, arn string
	config        string // what stands inside the config element, as written
	created       string
	modified      string
}

const versionTime = "2006-01-02T15:04:05.000Z"

func newVersioned(id, config string) versioned {
	now := time.Now().UTC().Format(versionTime)
	return versioned{id: id, etag: newETag(), config: config, created: now, modified: now}
}

// changed is the document's next version.
func (v versioned) changed(config string) versioned {
	next := newVersioned(v.id, config)
	next.arn, next.created = v.arn, v.created
	return next
}

// newETag makes a version in the form of CloudFront's: E and thirteen characters.
func newETag() string { return "E" + rand.Text()[:13] }

// checkMatch holds If-Match against the version that is there.
func checkMatch(r *http.Request, etag string) error {
	switch r.Header.Get("If-Match") {
	case etag:
		return nil
	case "":
		return refuse("version-is-given", http.StatusBadRequest, "InvalidIfMatchVersion", "The If-Match version is missing or not valid for the resource.")
	default:
		return refuse("version-is-current", http.StatusPreconditionFailed, "PreconditionFailed", "The request failed because it didn't meet the preconditions in one or more request-header fields.")
	}
}

// cloudFrontAnswer sends a document with its version.
func cloudFrontAnswer(status int, etag, body string) (*answer, error) {
	header := http.Header{"Content-Type": {"text/xml"}}
	if etag != "" {
		header.Set("ETag", etag)
	}
	return &answer{status, header, []byte(xml.Header + body)}, nil
}

// distributionsUsing names the distributions whose settings hold an element with that text.
func (f *Front) distributionsUsing(element, id string) []string {
	var using []string
	for _, document := range f.memory.all("distribution") {
		d, ok := document.(versioned)
		if ok && strings.Contains(d.config, "<"+element+">"+id+"</"+element+">") {
			using = append(using, d.id)
		}
	}
	slices.Sort(using)
	return using
}

// --- response headers policies ---

const headersPolicy = "ResponseHeadersPolicy"

func findHeadersPolicy(f *Front, id string) (versioned, error) {
	v, ok := recall[versioned](f.memory, headersPolicy, id)
	if !ok {
		return versioned{}, notFound("NoSuchResponseHeadersPolicy", "The policy", id)
	}
	return v, nil
}

func headersPolicyDocument(v versioned) string {
	return fmt.Sprintf("<%[1]s><Id>%[2]s</Id><LastModifiedTime>%[3]s</LastModifiedTime><%[1]sConfig>%[4]s</%[1]sConfig></%[1]s>",
		headersPolicy, v.id, v.modified, v.config)
}

// writtenHeadersPolicy reads the settings that a call brings, and refuses a name that another policy has.
func writtenHeadersPolicy(f *Front, c *call, id string) (string, error) {
	if err := wellFormed(c.body); err != nil {
		return "", err
	}
	config, _ := inner(c.body, headersPolicy+"Config")
	for other, document := range f.memory.all(headersPolicy) {
		if v, ok := document.(versioned); ok && other != id && child(v.config, "Name") == child(config, "Name") {
			return "", refuse("headers-policy-name-is-free", http.StatusConflict, "ResponseHeadersPolicyAlreadyExists", fmt.Sprintf("A policy with the name %q already exists.", child(config, "Name")))
		}
	}
	return config, nil
}

func createHeadersPolicy(f *Front, c *call) (*answer, error) {
	config, err := writtenHeadersPolicy(f, c, "")
	if err != nil {
		return nil, err
	}
	v := newVersioned(newUUID(), config)
	f.memory.put(headersPolicy, v.id, v)
	return cloudFrontAnswer(http.StatusCreated, v.etag, headersPolicyDocument(v))
}

func getHeadersPolicy(f *Front, c *call) (*answer, error) {
	v, err := findHeadersPolicy(f, c.names["id"])
	if err != nil {
		return nil, err
	}
	return cloudFrontAnswer(http.StatusOK, v.etag, headersPolicyDocument(v))
}

func updateHeadersPolicy(f *Front, c *call) (*answer, error) {
	v, err := findHeadersPolicy(f, c.names["id"])
	if err != nil {
		return nil, err
	}
	if err := checkMatch(c.request, v.etag); err != nil {
		return nil, err
	}
	config, err := writtenHeadersPolicy(f, c, v.id)
	if err != nil {
		return nil, err
	}
	v = v.changed(config)
	f.memory.put(headersPolicy, v.id, v)
	return cloudFrontAnswer(http.StatusOK, v.etag, headersPolicyDocument(v))
}

func deleteHeadersPolicy(f *Front, c *call) (*answer, error) {
	v, err := findHeadersPolicy(f, c.names["id"])
	if err != nil {
		return nil, err
	}
	if err := checkMatch(c.request, v.etag); err != nil {
		return nil, err
	}
	if using := f.distributionsUsing("ResponseHeadersPolicyId", v.id); len(using) > 0 {
		return nil, refuse("headers-policy-is-free", http.StatusConflict, "ResponseHeadersPolicyInUse", "The policy is attached to distributions "+strings.Join(using, ", ")+".")
	}
	f.memory.remove(headersPolicy, v.id)
	return &answer{status: http.StatusNoContent}, nil
}

func listHeadersPolicies(f *Front, _ *call) (*answer, error) {
	var items []string
	for _, document := range f.memory.all(headersPolicy) {
		if v, ok := document.(versioned); ok {
			items = append(items, fmt.Sprintf("<%[1]sSummary><Type>custom</Type>%[2]s</%[1]sSummary>", headersPolicy, headersPolicyDocument(v)))
		}
	}
	slices.Sort(items)
	return cloudFrontAnswer(http.StatusOK, "", fmt.Sprintf("<%[1]sList><MaxItems>1000</MaxItems><Quantity>%[2]d</Quantity><Items>%[3]s</Items></%[1]sList>",
		headersPolicy, len(items), strings.Join(items, "")))
}

// --- VPC origins ---

const vpcOriginConfig = "VpcOriginEndpointConfig"

// vpcOriginInUse is AWS's text (aws-cdk #34629).
const vpcOriginInUse = "The specified VPC origin is currently associated with one or more distributions. Please disassociate the VPC origin from all distributions before updating or deleting"

// vpcOriginStatus is Deploying for as long as a VPC origin takes after it was made or changed; on AWS up to 15 minutes
// (CloudFront developer guide, "Restrict access with VPC origins").
func (f *Front) vpcOriginStatus(v versioned) string {
	modified, err := time.Parse(versionTime, v.modified)
	if err == nil && time.Since(modified) < f.VPCOriginDelay {
		return "Deploying"
	}
	return "Deployed"
}

func vpcOriginDocument(f *Front, v versioned) string {
	return fmt.Sprintf("<VpcOrigin><Id>%s</Id><Arn>%s</Arn><AccountId>%s</AccountId><Status>%s</Status><CreatedTime>%s</CreatedTime><LastModifiedTime>%s</LastModifiedTime><%[7]s>%[8]s</%[7]s></VpcOrigin>",
		v.id, v.arn, f.account, f.vpcOriginStatus(v), v.created, v.modified, vpcOriginConfig, v.config)
}

func findVPCOrigin(f *Front, id string) (versioned, error) {
	v, ok := recall[versioned](f.memory, "vpc-origin", id)
	if !ok {
		return versioned{}, notFound("EntityNotFound", "The VPC origin", id)
	}
	return v, nil
}

func writtenVPCOrigin(c *call) (string, error) {
	if err := wellFormed(c.body); err != nil {
		return "", err
	}
	config, _ := inner(c.body, vpcOriginConfig)
	if child(config, "Name") == "" || child(config, "Arn") == "" {
		return "", &apiError{http.StatusBadRequest, "InvalidArgument", "A VPC origin needs a Name and the Arn of what it leads to."}
	}
	return config, nil
}

func createVPCOrigin(f *Front, c *call) (*answer, error) {
	config, err := writtenVPCOrigin(c)
	if err != nil {
		return nil, err
	}
	v := newVersioned("vo_"+rand.Text()[:22], config)
	v.arn = f.arn("cloudfront", "", "vpcorigin/"+v.id)
	f.memory.put("vpc-origin", v.id, v)
	f.memory.tag(v.arn, xmlTags(c.body))
	return cloudFrontAnswer(http.StatusAccepted, v.etag, vpcOriginDocument(f, v))
}

func getVPCOrigin(f *Front, c *call) (*answer, error) {
	v, err := findVPCOrigin(f, c.names["id"])
	if err != nil {
		return nil, err
	}
	return cloudFrontAnswer(http.StatusOK, v.etag, vpcOriginDocument(f, v))
}

func updateVPCOrigin(f *Front, c *call) (*answer, error) {
	v, err := findVPCOrigin(f, c.names["id"])
	if err != nil {
		return nil, err
	}
	if err := checkMatch(c.request, v.etag); err != nil {
		return nil, err
	}
	if using := f.distributionsUsing("VpcOriginId", v.id); len(using) > 0 {
		return nil, refuse("vpc-origin-is-free-to-change", http.StatusConflict, "CannotUpdateEntityWhileInUse", vpcOriginInUse)
	}
	config, err := writtenVPCOrigin(c)
	if err != nil {
		return nil, err
	}
	v = v.changed(config)
	f.memory.put("vpc-origin", v.id, v)
	return cloudFrontAnswer(http.StatusAccepted, v.etag, vpcOriginDocument(f, v))
}

func deleteVPCOrigin(f *Front, c *call) (*answer, error) {
	v, err := findVPCOrigin(f, c.names["id"])
	if err != nil {
		return nil, err
	}
	if err := checkMatch(c.request, v.etag); err != nil {
		return nil, err
	}
	if using := f.distributionsUsing("VpcOriginId", v.id); len(using) > 0 {
		return nil, refuse("vpc-origin-is-free-to-delete", http.StatusConflict, "CannotDeleteEntityWhileInUse", vpcOriginInUse)
	}
	f.memory.remove("vpc-origin", v.id)
	f.memory.forgetTags(v.arn)
	return cloudFrontAnswer(http.StatusAccepted, v.etag, vpcOriginDocument(f, v))
}

func listVPCOrigins(f *Front, c *call) (*answer, error) {
	var items []string
	for _, document := range f.memory.all("vpc-origin") {
		v, ok := document.(versioned)
		if !ok {
			continue
		}
		items = append(items, fmt.Sprintf("<VpcOriginSummary><Id>%s</Id><Name>%s</Name><Status>%s</Status><CreatedTime>%s</CreatedTime><LastModifiedTime>%s</LastModifiedTime><Arn>%s</Arn><AccountId>%s</AccountId><OriginEndpointArn>%s</OriginEndpointArn></VpcOriginSummary>",
			v.id, escaped(child(v.config, "Name")), f.vpcOriginStatus(v), v.created, v.modified, v.arn, f.account, escaped(child(v.config, "Arn"))))
	}
	slices.Sort(items)
	return cloudFrontAnswer(http.StatusOK, "", fmt.Sprintf("<VpcOriginList><Marker></Marker><MaxItems>1000</MaxItems><IsTruncated>false</IsTruncated><Quantity>%d</Quantity><Items>%s</Items></VpcOriginList>",
		len(items), strings.Join(items, "")))
}

// xmlTags reads the tags that a CloudFront document brings.
func xmlTags(document []byte) map[string]string {
	tags := map[string]string{}
	all, _ := inner(document, "Tags")
	for _, at := range findElements([]byte(all), "Tag") {
		tag := []byte(all[at.start:at.end])
		tags[text(tag, "Key")] = text(tag, "Value")
	}
	return tags
}

// isVPCOrigin says whether a call about tags names a VPC origin; moto keeps the tags of everything else.
func isVPCOrigin(c *call) (arn string, is bool) {
	arn = c.request.URL.Query().Get("Resource")
	return arn, strings.Contains(arn, ":vpcorigin/")
}

func listVPCOriginTags(f *Front, c *call) (*answer, error) {
	arn, is := isVPCOrigin(c)
	if !is {
		return f.ask(c)
	}
	if _, err := findVPCOrigin(f, arn[strings.LastIndexByte(arn, '/')+1:]); err != nil {
		return nil, notFound("NoSuchResource", "The resource", arn)
	}
	var items []string
	for key, value := range f.memory.tagsOf(arn) {
		items = append(items, "<Tag><Key>"+escaped(key)+"</Key><Value>"+escaped(value)+"</Value></Tag>")
	}
	slices.Sort(items)
	return cloudFrontAnswer(http.StatusOK, "", "<Tags><Items>"+strings.Join(items, "")+"</Items></Tags>")
}

func changeVPCOriginTags(f *Front, c *call) (*answer, error) {
	arn, is := isVPCOrigin(c)
	if !is {
		return f.ask(c)
	}
	if _, err := findVPCOrigin(f, arn[strings.LastIndexByte(arn, '/')+1:]); err != nil {
		return nil, notFound("NoSuchResource", "The resource", arn)
	}
	switch operation := c.request.URL.Query().Get("Operation"); operation {
	case "Tag":
		f.memory.tag(arn, xmlTags(c.body))
	case "Untag":
		var keys []string
		for _, at := range findElements(c.body, "Key") {
			keys = append(keys, text(c.body[at.start:at.end], "Key"))
		}
		f.memory.untag(arn, keys)
	default:
		return nil, &apiError{http.StatusBadRequest, "InvalidArgument", fmt.Sprintf("Operation %q is neither Tag nor Untag.", operation)}
	}
	return &answer{status: http.StatusNoContent}, nil
}

// --- distributions ---

const distributionConfig = "DistributionConfig"

// writtenDistribution is the settings that a call brings, with the empty lists that CloudFront adds where
// none were given: the provider counts on them.
func writtenDistribution(c *call) string {
	config, _ := inner(c.body, distributionConfig)
	for _, list := range []string{"Aliases", "OriginGroups", "CacheBehaviors", "CustomErrorResponses"} {
		if !hasChild(config, list) {
			config += "<" + list + "><Quantity>0</Quantity></" + list + ">"
		}
	}
	return config
}

// writeDistribution lets moto make the distribution and remembers the settings it came with.
func writeDistribution(f *Front, c *call) (*answer, error) {
	if err := wellFormed(c.body); err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	v := newVersioned(text(a.body, "Id"), writtenDistribution(c))
	f.memory.put("distribution", v.id, v)
	return distributionAnswer(a, v), nil
}

// distributionAnswer is moto's answer with the settings and the version that are remembered.
func distributionAnswer(a *answer, v versioned) *answer {
	a.body = replaceInner(a.body, distributionConfig, v.config)
	if _, ok := findElement(a.body, "LastModifiedTime"); ok {
		a.body = replaceInner(a.body, "LastModifiedTime", v.modified)
	}
	a.header.Set("ETag", v.etag)
	return a
}

func readDistribution(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	v, ok := recall[versioned](f.memory, "distribution", c.names["id"])
	if !ok {
		return a, nil
	}
	return distributionAnswer(a, v), nil
}

func updateDistribution(f *Front, c *call) (*answer, error) {
	v, ok := recall[versioned](f.memory, "distribution", c.names["id"])
	if !ok {
		return nil, notFound("NoSuchDistribution", "The distribution", c.names["id"])
	}
	if err := checkMatch(c.request, v.etag); err != nil {
		return nil, err
	}
	if err := wellFormed(c.body); err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	v = v.changed(writtenDistribution(c))
	f.memory.put("distribution", v.id, v)
	return distributionAnswer(a, v), nil
}

func deleteDistribution(f *Front, c *call) (*answer, error) {
	id := c.names["id"]
	v, ok := recall[versioned](f.memory, "distribution", id)
	if !ok {
		return nil, notFound("NoSuchDistribution", "The distribution", id)
	}
	if err := checkMatch(c.request, v.etag); err != nil {
		return nil, err
	}
	if child(v.config, "Enabled") == "true" {
		return nil, refuse("distribution-is-disabled", http.StatusConflict, "DistributionNotDisabled", "The distribution you are trying to delete has not been disabled.")
	}
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	f.memory.remove("distribution", id)
	return a, nil
}

// newUUID makes a random UUID.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// digits makes a random number of that many digits, the first of which is not 0.
func digits(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	for i := range b {
		b[i] = '0' + b[i]%10
	}
	b[0] = '1' + b[0]%9
	return string(b)
}
