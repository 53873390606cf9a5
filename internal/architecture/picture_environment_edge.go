package architecture

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/architecture/picture"
	"github.com/paperwurks/infra/internal/architecture/platform"
)

// loadBalancer sets the regional web ACL and the load balancer behind it.
func (e *environmentPicture) loadBalancer(frame picture.Rect, y int) (bottom int) {
	var boxes []picture.Box
	for _, acl := range e.stacks.Of(e.env, "aws_wafv2_web_acl") {
		if acl.Text("scope") == "REGIONAL" {
			boxes = append(boxes, webACLBox(acl, picture.Private))
		}
	}
	for _, lb := range e.stacks.Of(e.env, "aws_lb") {
		b := picture.Box{Zone: picture.Private, Kind: "Load balancer", Name: lb.Text("name")}
		if lb.Is("internal") {
			b.Lines = append(b.Lines, "internal: no public address")
		}
		boxes = append(boxes, b)
	}
	places := columns(frame.X+tierMargin, frame.W-3*tierMargin-lane/2, len(boxes), 34)
	for i := range boxes {
		boxes[i].Rect = places[i]
	}
	bottom = row(e.Picture, y, boxes)
	for i := range boxes {
		place := picture.Rect{X: places[i].X, Y: y, W: places[i].W, H: bottom - y}
		if i == 0 {
			e.firewall = place
		} else {
			e.Arrow("requests", point(e.balancer.Right(), place.CenterY()), point(place.X, place.CenterY()))
		}
		e.balancer = place
	}
	return bottom
}

func webACLBox(acl platform.Resource, zone picture.Zone) picture.Box {
	b := picture.Box{Zone: zone, Kind: "Web ACL (WAF)", Name: acl.Text("name"), Icon: picture.Shield}
	for _, rule := range acl.Nested("rule") {
		b.Lines = append(b.Lines, wafRule(rule))
	}
	return b
}

// wafRule is a rule's name without what all of AWS's managed groups share, or a
// rate limit with its number.
func wafRule(rule platform.Resource) string {
	for _, rate := range rule.Nested("statement", "rate_based_statement") {
		return fmt.Sprintf("rate limit: %s an address in 5 min", plain(rate.Number("limit")))
	}
	return strings.TrimPrefix(rule.Text("name"), "AWSManagedRules")
}

// edge sets what users reach, down to the load balancer's web ACL.
func (e *environmentPicture) edge() {
	boxes := []picture.Box{{Zone: picture.Outside, Name: "Users", Icon: picture.Person, Lines: []string{"on the internet"}}}
	for _, d := range e.stacks.Of(e.env, "aws_cloudfront_distribution") {
		b := picture.Box{Zone: picture.Public, Kind: "CloudFront", Name: d.Text("comment")}
		if aliases, ok := d.Attributes["aliases"].([]any); ok {
			for _, alias := range aliases {
				b.Lines = append(b.Lines, fmt.Sprint(alias))
			}
		} else {
			b.Lines = append(b.Lines, "under AWS's own name")
		}
		for _, behavior := range d.Nested("ordered_cache_behavior") {
			if behavior.Text("target_origin_id") == balancerOrigin(d) {
				b.Lines = append(b.Lines, "caches "+behavior.Text("path_pattern"))
			}
		}
		for _, bucket := range e.stacks.In(e.env, "aws_s3_bucket") {
			if e.isOfPages(bucket) {
				b.Lines = append(b.Lines, "S3 bucket, the page of errors", bucket.Text("bucket"))
			}
		}
		boxes = append(boxes, b)
	}
	for _, acl := range e.stacks.Of(e.env, "aws_wafv2_web_acl") {
		if acl.Text("scope") == "CLOUDFRONT" {
			boxes = append(boxes, webACLBox(acl, picture.Public))
		}
	}
	const gap = 28
	height := -gap
	for _, b := range boxes {
		b.W = edgeWidth
		height += b.NeededHeight() + gap
	}
	// The last box ends level with the load balancer's web ACL where there is
	// room above it.
	lastBox := boxes[len(boxes)-1]
	lastBox.W = edgeWidth
	y := max(picture.Top, e.firewall.CenterY()-lastBox.NeededHeight()/2-(height-lastBox.NeededHeight()))
	places, _ := stack(e.Picture, point(edgeX, y), edgeWidth, gap, boxes...)
	for i, place := range places[1:] {
		e.Arrow("requests", point(place.CenterX(), places[i].Bottom()), point(place.CenterX(), place.Y))
	}
	e.Label(point(places[0].CenterX()+8, places[0].Bottom()+18), picture.Start, "HTTPS")
	from := places[len(places)-1]
	protocol := ""
	for _, listener := range e.stacks.Of(e.env, "aws_lb_listener") {
		if forwards(listener) {
			protocol = fmt.Sprintf("%s %s", listener.Text("protocol"), plain(listener.Number("port")))
		}
	}
	middle := (from.Right() + vpcX) / 2
	if from.CenterY() == e.firewall.CenterY() {
		e.Arrow("requests", point(from.Right(), from.CenterY()), point(e.firewall.X, from.CenterY()))
	} else {
		e.Arrow("requests", point(from.Right(), from.CenterY()), point(middle, from.CenterY()), point(middle, e.firewall.CenterY()), point(e.firewall.X, e.firewall.CenterY()))
	}
	if from.CenterY() > e.firewall.CenterY() { // the arrow comes from below: all words are above it
		e.Label(point(middle, e.firewall.CenterY()-36), picture.Middle, "VPC")
		e.Label(point(middle, e.firewall.CenterY()-22), picture.Middle, "origin")
		e.Label(point(middle, e.firewall.CenterY()-8), picture.Middle, protocol)
		return
	}
	e.Label(point(middle, e.firewall.CenterY()-22), picture.Middle, "VPC")
	e.Label(point(middle, e.firewall.CenterY()-8), picture.Middle, "origin")
	e.Label(point(middle, e.firewall.CenterY()+18), picture.Middle, protocol)
}

// isOfPages says of a bucket whether the distribution takes pages from it.
func (e *environmentPicture) isOfPages(bucket platform.Resource) bool {
	for _, d := range e.stacks.Of(e.env, "aws_cloudfront_distribution") {
		for _, origin := range d.Nested("origin") {
			if e.stacks.Refers(d.Stack, origin.Attributes["domain_name"], bucket) {
				return true
			}
		}
	}
	return false
}

// balancerOrigin is the origin that requests go to which no path takes.
func balancerOrigin(d platform.Resource) string {
	for _, all := range d.Nested("default_cache_behavior") {
		return all.Text("target_origin_id")
	}
	return ""
}

// forwards says whether a listener passes requests on.
func forwards(listener platform.Resource) bool {
	return slices.ContainsFunc(listener.Nested("default_action"), func(a platform.Resource) bool { return a.Text("type") == "forward" })
}
