package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paperwurks/infra/tools/architecture/picture"
	"github.com/paperwurks/infra/tools/architecture/platform"
)

// The columns of an environment's picture, in pixels: what users reach, the VPC,
// and the AWS services outside of it.
const (
	edgeX, edgeWidth       = picture.Left, 142
	vpcX, vpcWidth         = 220, 430
	serviceX, serviceWidth = 692, picture.Right - 692
	tierMargin             = 12
	// lane is the distance of the lines to NAT and to the database from the
	// right edge of what they leave.
	lane = 12
)

// environmentPicture is the way of a request through an environment, and what
// its tasks reach.
type environmentPicture struct {
	*picture.Picture
	stacks    *platform.Stacks
	env       string
	network   platform.Network
	workloads []platform.Workload
	// public, balancer and cluster are where arrows leave and arrive.
	public, balancer, firewall, cluster picture.Rect
}

func drawEnvironment(s *platform.Stacks, env string) (*picture.Picture, error) {
	e := &environmentPicture{stacks: s, env: env, Picture: picture.New(env, "Environment "+env,
		"How a request reaches the services of "+env+", and what the services reach: tiers of the network, data stores and the AWS services outside of it.")}
	var err error
	if e.network, err = s.Network(env); err != nil {
		return nil, err
	}
	if e.workloads, err = s.Workloads(env); err != nil {
		return nil, err
	}
	vpc := picture.Rect{X: vpcX, Y: picture.Top, W: vpcWidth}
	at := len(e.Frames)
	e.Frame(picture.Frame{})

	y := e.publicTier(vpc.Y + picture.FrameHead)
	services := e.services()
	y = e.privateTier(y+28, services)
	bottom := e.outside(services)
	y = e.isolatedTier(max(y, bottom) + 28)

	vpc.H = y + tierMargin - vpc.Y
	label := fmt.Sprintf("VPC %s · %s", e.network.Name, e.network.CIDR)
	if n := len(e.network.Interface); n > 0 {
		label += " · " + counted(n, "interface endpoint", "interface endpoints")
	}
	e.Frames[at] = picture.Frame{Rect: vpc, Zone: picture.Plain, Label: label}
	e.edge()
	_, rest := stack(e.Picture, point(serviceX, bottom+14), serviceWidth, 12, e.observation(), e.keys(), e.parameters())
	e.Finish(max(vpc.Bottom(), rest) + 6)
	return e.Picture, nil
}

// inner is the frame of a tier.
func (e *environmentPicture) tier(y int) picture.Rect {
	return picture.Rect{X: vpcX + tierMargin, Y: y, W: vpcWidth - 2*tierMargin}
}

// subnets sets one box a zone, leaving the lane free.
func (e *environmentPicture) subnets(y int, tier string) (bottom int) {
	frame := e.tier(y)
	places := columns(frame.X+tierMargin, frame.W-3*tierMargin-lane/2, len(e.network.Subnets[tier]), 8)
	var boxes []picture.Box
	for i, subnet := range e.network.Subnets[tier] {
		b := picture.Box{Rect: places[i], Zone: picture.Zone(tier), Kind: subnet.CIDR}
		if tier == "public" {
			b.Kind = subnet.Zone
			b.Lines = []string{subnet.CIDR}
		}
		if subnet.NAT != "" {
			b.Lines = append(b.Lines, "NAT gateway "+subnet.NAT)
		}
		boxes = append(boxes, b)
	}
	return row(e.Picture, y+picture.FrameHead, boxes)
}

func (e *environmentPicture) publicTier(y int) (bottom int) {
	frame := e.tier(y)
	at := len(e.Frames)
	e.Frame(picture.Frame{})
	frame.H = e.subnets(y, "public") + 10 - y
	e.Frames[at] = picture.Frame{Rect: frame, Zone: picture.Public, Label: "Public subnets"}
	e.public = frame
	return frame.Bottom()
}

func (e *environmentPicture) privateTier(y int, reached []picture.Box) (bottom int) {
	frame := e.tier(y)
	at := len(e.Frames)
	e.Frame(picture.Frame{})
	y = e.subnets(y, "private") + 14
	y = e.loadBalancer(frame, y) + 26

	e.cluster = picture.Rect{X: frame.X + 8, Y: y, W: frame.W - 16}
	label := "ECS on Fargate"
	for _, c := range e.stacks.Of(e.env, "aws_ecs_cluster") {
		label = "ECS cluster " + c.Text("name") + ", on Fargate"
	}
	var boxes []picture.Box
	for _, w := range e.workloads {
		boxes = append(boxes, workloadBox(w))
	}
	clusterAt := len(e.Frames)
	e.Frame(picture.Frame{})
	places, below := stack(e.Picture, point(e.cluster.X+8, y+picture.FrameHead), e.cluster.W-8-46, 8, boxes...)
	needed := 0
	for _, b := range reached {
		b.W = serviceWidth
		needed += b.NeededHeight() + 12
	}
	e.cluster.H = max(below+10-y, needed)
	e.Frames[clusterAt] = picture.Frame{Rect: e.cluster, Zone: picture.Private, Label: label, Dashed: true}
	bus := e.cluster.Right() - 30
	var ports []string
	for i, w := range e.workloads {
		if w.Port > 0 {
			e.Arrow("requests", point(bus, e.balancer.Bottom()), point(bus, places[i].CenterY()), point(places[i].Right(), places[i].CenterY()))
			if port := plain(w.Port); !slices.Contains(ports, port) {
				ports = append(ports, port)
			}
		}
	}
	if len(ports) > 0 {
		e.Label(point(bus-8, e.balancer.Bottom()+17), picture.End, "HTTP "+listed(ports))
	}
	frame.H = e.cluster.Bottom() + 8 - frame.Y
	e.Frames[at] = picture.Frame{Rect: frame, Zone: picture.Private, Label: "Private subnets"}
	if len(e.network.NATs()) > 0 {
		x := e.cluster.Right() - lane
		e.Arrow("out", point(x, e.cluster.Y), point(x, e.public.Bottom()))
		e.Label(point(x-10, e.public.Bottom()+18), picture.End, "HTTPS 443, out by NAT")
	}
	return frame.Bottom()
}

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
	for _, rule := range acl.Blocks("rule") {
		b.Lines = append(b.Lines, wafRule(rule))
	}
	return b
}

// wafRule is a rule's name without what all of AWS's managed groups share, or a
// rate limit with its number.
func wafRule(rule map[string]any) string {
	name, _ := rule["name"].(string)
	for _, rate := range platform.Nested(rule, "statement", "rate_based_statement") {
		return fmt.Sprintf("rate limit: %s an address in 5 min", plain(rate.Number("limit")))
	}
	return strings.TrimPrefix(name, "AWSManagedRules")
}

func workloadBox(w platform.Workload) picture.Box {
	b := picture.Box{Zone: picture.Private, Name: w.Name}
	size := fmt.Sprintf("%s vCPU, %s GiB", plain(w.CPU/1024), plain(w.Memory/1024))
	if w.IsService {
		b.Kind = "ECS service"
		tasks := between(w.Min, w.Max) + " tasks of " + size
		if w.Max == 1 {
			tasks = "1 task of " + size
		}
		b.Lines = append(b.Lines, tasks+spot(w))
	} else {
		b.Kind = "ECS task, once before each deployment"
		b.Lines = append(b.Lines, size)
	}
	if uses := usesOf(w); len(uses) > 0 {
		b.Lines = append(b.Lines, "uses "+listed(uses))
	}
	return b
}

// spot says which of a service's tasks run on Fargate Spot.
func spot(w platform.Workload) string {
	switch share := plain(100 * w.SpotWeight / (w.SpotWeight + w.OnDemandWeight)); {
	case w.SpotWeight == 0:
		return ""
	case w.OnDemandBase == 0:
		return " · " + share + "% on Spot"
	default:
		return fmt.Sprintf(" · above %s, %s%% on Spot", plain(w.OnDemandBase), share)
	}
}

// usesOf are the data stores that a workload is told of.
func usesOf(w platform.Workload) []string {
	var out []string
	for _, r := range w.Uses {
		use := ""
		switch {
		case r.Kind == "aws_db_instance" && r.Attribute == "master_user_secret":
			use = "its master secret"
		case r.Kind == "aws_db_instance":
			use = "database"
		case r.Kind == "aws_s3_bucket":
			use = "documents"
		case r.Kind == "aws_secretsmanager_secret":
			use = "secret " + last(r.Text("name"))
		}
		if use != "" && !slices.Contains(out, use) {
			out = append(out, use)
		}
	}
	return out
}

// isolatedTier sets the databases.
func (e *environmentPicture) isolatedTier(y int) (bottom int) {
	frame := e.tier(y)
	at := len(e.Frames)
	e.Frame(picture.Frame{})
	y = e.subnets(y, "isolated") + 12
	for _, db := range e.stacks.Of(e.env, "aws_db_instance") {
		b := databaseBox(db)
		b.Rect = picture.Rect{X: frame.X + tierMargin, Y: y, W: frame.W - 2*tierMargin + lane/2}
		b.H = b.NeededHeight()
		e.Box(b)
		x := e.cluster.Right() - lane
		e.Arrow("database", point(x, e.cluster.Bottom()), point(x, y))
		e.Label(point(x-10, e.tier(0).Y+frame.Y-10), picture.End, "TCP "+plain(db.Number("port"))+", from the tasks that use it")
		y += b.H + 12
	}
	frame.H = y - frame.Y
	e.Frames[at] = picture.Frame{Rect: frame, Zone: picture.Isolated, Label: "Isolated subnets"}
	return frame.Bottom()
}

func databaseBox(db platform.Resource) picture.Box {
	zones := "in one zone"
	if db.Is("multi_az") {
		zones = "Multi-AZ: a standby in another zone"
	}
	protected := ""
	if db.Is("deletion_protection") {
		protected = ", protected from deletion"
	}
	engine := map[string]string{"postgres": "PostgreSQL"}[db.Text("engine")]
	if engine == "" {
		engine = db.Text("engine")
	}
	return picture.Box{
		Zone: picture.Isolated, Icon: picture.Database,
		Kind: "RDS for " + engine + " " + db.Text("engine_version"), Name: db.Text("identifier"),
		Lines: []string{
			fmt.Sprintf("%s, %s GiB of %s, %s", db.Text("instance_class"), between(db.Number("allocated_storage"), db.Number("max_allocated_storage")), db.Text("storage_type"), zones),
			fmt.Sprintf("%s days of backups%s", plain(db.Number("backup_retention_period")), protected),
		},
	}
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
	e.Label(point(middle, e.firewall.CenterY()-22), picture.Middle, "VPC")
	e.Label(point(middle, e.firewall.CenterY()-8), picture.Middle, "origin")
	e.Label(point(middle, e.firewall.CenterY()+18), picture.Middle, protocol)
}

// forwards says whether a listener passes requests on.
func forwards(listener platform.Resource) bool {
	return slices.ContainsFunc(listener.Blocks("default_action"), func(a map[string]any) bool { return a["type"] == "forward" })
}

// services are what the tasks reach outside of the VPC.
func (e *environmentPicture) services() []picture.Box {
	var boxes []picture.Box
	for _, r := range e.stacks.In(e.env, "aws_ecr_repository") {
		boxes = append(boxes, picture.Box{Zone: picture.Service, Kind: "ECR repository", Name: r.Text("name"), Lines: []string{"tags " + strings.ToLower(r.Text("image_tag_mutability"))}})
	}
	for _, r := range e.stacks.In(e.env, "aws_s3_bucket") {
		if !e.isLogBucket(r) {
			boxes = append(boxes, picture.Box{Zone: picture.Service, Icon: picture.Bucket, Kind: "S3 bucket, through its endpoint", Name: r.Text("bucket")})
		}
	}
	secrets := picture.Box{Zone: picture.Service, Icon: picture.Key, Kind: "Secrets Manager"}
	for _, r := range e.stacks.Of(e.env, "aws_secretsmanager_secret") {
		if secrets.Name == "" {
			secrets.Name = r.Text("name")
		} else {
			secrets.Lines = append(secrets.Lines, r.Text("name"))
		}
	}
	for _, db := range e.stacks.Of(e.env, "aws_db_instance") {
		if db.Is("manage_master_user_password") {
			secrets.Lines = append(secrets.Lines, "master secret of "+db.Text("identifier")+", kept by RDS")
		}
	}
	return append(boxes, secrets)
}

func (e *environmentPicture) isLogBucket(bucket platform.Resource) bool {
	for _, logging := range e.stacks.In(e.env, "aws_s3_bucket_logging") {
		if e.stacks.Refers(logging.Stack, logging.Attributes["target_bucket"], bucket) {
			return true
		}
	}
	return false
}

// outside sets the internet and the services that tasks reach, level with
// where the arrows leave.
func (e *environmentPicture) outside(reached []picture.Box) (bottom int) {
	internet := picture.Box{Zone: picture.Outside, Name: "Internet", Lines: []string{"through the internet gateway"}}
	internet.W = serviceWidth
	height := internet.NeededHeight()
	place := picture.Rect{X: serviceX, Y: e.public.CenterY() - height/2, W: serviceWidth, H: height}
	if len(e.network.NATs()) > 0 {
		internet.Rect = place
		e.Box(internet)
		e.Arrow("internet", point(e.public.Right(), place.CenterY()), point(serviceX, place.CenterY()))
	}
	for _, r := range e.stacks.In(e.env, "aws_s3_bucket") {
		if e.isLogBucket(r) {
			b := picture.Box{Zone: picture.Service, Icon: picture.Bucket, Kind: "S3 bucket, access logs", Name: r.Text("bucket"), Lines: []string{"of CloudFront, load balancer and documents"}}
			_, _ = stack(e.Picture, point(serviceX, e.balancer.Y-30), serviceWidth, 12, b)
		}
	}
	places, bottom := stack(e.Picture, point(serviceX, e.cluster.Y+4), serviceWidth, 12, reached...)
	for _, p := range places {
		e.Arrow("service "+p.String(), point(e.cluster.Right(), p.CenterY()), point(serviceX, p.CenterY()))
	}
	return bottom
}

func (e *environmentPicture) observation() picture.Box {
	b := picture.Box{Zone: picture.Service, Kind: "CloudWatch", Name: counted(len(e.stacks.In(e.env, "aws_cloudwatch_metric_alarm")), "alarm", "alarms")}
	for _, topic := range e.stacks.Of(e.env, "aws_sns_topic") {
		b.Lines = append(b.Lines, "mailed by SNS topic "+topic.Text("name"))
	}
	b.Lines = append(b.Lines, counted(len(e.stacks.In(e.env, "aws_cloudwatch_log_group")), "log group", "log groups")+", encrypted")
	return b
}

func (e *environmentPicture) keys() picture.Box {
	b := picture.Box{Zone: picture.Service, Icon: picture.Key, Kind: "KMS", Name: counted(len(e.stacks.In(e.env, "aws_kms_key")), "key", "keys") + ", rotating"}
	for _, alias := range e.stacks.In(e.env, "aws_kms_alias") {
		b.Lines = append(b.Lines, alias.Text("name"))
	}
	return b
}

func (e *environmentPicture) parameters() picture.Box {
	n := 0
	path := ""
	for _, stackName := range []string{platform.Shared, e.env} {
		for _, r := range e.stacks.Of(stackName, "aws_ssm_parameter") {
			if parts := strings.Split(r.Text("name"), "/"); len(parts) > 2 && parts[2] == e.env {
				n++
				path = strings.Join(parts[:3], "/")
			}
		}
	}
	return picture.Box{Zone: picture.Service, Kind: "SSM parameters", Name: path + "/…", Lines: []string{counted(n, "value", "values") + " for the backend's pipeline"}}
}
