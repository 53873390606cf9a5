package architecture

import (
	"slices"

	"github.com/paperwurks/infra/internal/architecture/picture"
)

// tier begins the frame of a tier.
func (e *environmentPicture) tier(y int, zone picture.Zone, label string) *picture.Frame {
	return e.Frame(picture.Frame{Rect: picture.Rect{X: vpcX + tierMargin, Y: y, W: vpcWidth - 2*tierMargin}, Zone: zone, Label: label})
}

// subnets sets one box a zone, leaving the lane free.
func (e *environmentPicture) subnets(frame *picture.Frame, tier string) (bottom int) {
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
	return row(e.Picture, frame.Y+picture.FrameHead, boxes)
}

func (e *environmentPicture) publicTier(y int) (bottom int) {
	frame := e.tier(y, picture.Public, "Public subnets")
	frame.H = e.subnets(frame, "public") + 10 - y
	e.public = frame.Rect
	return frame.Bottom()
}

func (e *environmentPicture) privateTier(y int, reached []picture.Box) (bottom int) {
	frame := e.tier(y, picture.Private, "Private subnets")
	y = e.subnets(frame, "private") + 14
	y = e.loadBalancer(frame.Rect, y) + 26

	cluster := e.Frame(picture.Frame{Rect: picture.Rect{X: frame.X + 8, Y: y, W: frame.W - 16}, Zone: picture.Private, Label: "ECS on Fargate", Dashed: true})
	for _, c := range e.stacks.Of(e.env, "aws_ecs_cluster") {
		cluster.Label = "ECS cluster " + c.Text("name") + ", on Fargate"
	}
	var boxes []picture.Box
	for _, w := range e.workloads {
		boxes = append(boxes, workloadBox(w, e.starts(w)))
	}
	places, below := stack(e.Picture, point(cluster.X+8, y+picture.FrameHead), cluster.W-8-46, 8, boxes...)
	needed := 0
	for _, b := range reached {
		b.W = serviceWidth
		needed += b.NeededHeight() + 12
	}
	cluster.H = max(below+10-y, needed)
	e.cluster = cluster.Rect
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
	if len(e.network.NATs()) > 0 {
		x := e.cluster.Right() - lane
		e.Arrow("out", point(x, e.cluster.Y), point(x, e.public.Bottom()))
		e.Label(point(x-10, e.public.Bottom()+18), picture.End, "HTTPS 443, out by NAT")
	}
	return frame.Bottom()
}

// isolatedTier sets the databases.
func (e *environmentPicture) isolatedTier(y int) (bottom int) {
	frame := e.tier(y, picture.Isolated, "Isolated subnets")
	y = e.subnets(frame, "isolated") + 12
	for _, db := range e.stacks.Of(e.env, "aws_db_instance") {
		b := databaseBox(db)
		b.Rect = picture.Rect{X: frame.X + tierMargin, Y: y, W: frame.W - 2*tierMargin + lane/2}
		b.H = b.NeededHeight()
		e.Box(b)
		x := e.cluster.Right() - lane
		e.Arrow("database", point(x, e.cluster.Bottom()), point(x, y))
		e.Label(point(x-10, frame.Y-10), picture.End, "TCP "+plain(db.Number("port"))+", from the tasks that use it")
		y += b.H + 12
	}
	frame.H = y - frame.Y
	return frame.Bottom()
}
