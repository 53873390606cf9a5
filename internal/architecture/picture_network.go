package architecture

import (
	"fmt"
	"strings"

	"github.com/paperwurks/infra/internal/architecture/picture"
	"github.com/paperwurks/infra/internal/architecture/platform"
)

// Measures of the network's picture, in pixels.
const (
	tierLabelWidth = 168
	cellGap        = 12
	routeGap       = 24
)

// drawNetwork is every VPC with its subnets, and where each sends what leaves it.
func drawNetwork(s *platform.Stacks) (*picture.Picture, error) {
	p := picture.New("network", "Networks", "Every environment's VPC with its subnets by tier and zone, their addresses, and where their default route leads.")
	y := picture.Top
	for _, env := range s.Environments() {
		n, err := s.Network(env)
		if err != nil {
			return nil, err
		}
		y = drawVPC(p, n, y) + 14
	}
	p.Finish(y)
	return p, nil
}

func drawVPC(p *picture.Picture, n platform.Network, y int) (bottom int) {
	label := fmt.Sprintf("VPC %s · %s", n.Name, n.CIDR)
	if len(n.Gateway) > 0 {
		label += " · gateway endpoint: " + strings.Join(n.Gateway, ", ")
	}
	if len(n.Interface) > 0 {
		label += " · " + counted(len(n.Interface), "interface endpoint", "interface endpoints")
	}
	if n.FlowLog != "" {
		label += " · flow log: " + n.FlowLog
	}
	vpc := p.Frame(picture.Frame{Rect: picture.Rect{X: picture.Left, Y: y, W: picture.Right - picture.Left}, Zone: picture.Plain, Label: label})
	y += picture.FrameHead
	// exits are where what leaves the private subnets goes, by NAT gateway.
	exits := map[string]picture.Rect{}
	for _, tier := range platform.Tiers() {
		frame := p.Frame(picture.Frame{Rect: picture.Rect{X: vpc.X + 10, Y: y, W: vpc.W - 20}, Zone: picture.Zone(tier), Label: strings.ToUpper(tier[:1]) + tier[1:]})
		places := columns(frame.X+tierLabelWidth, frame.W-tierLabelWidth-8, len(n.Subnets[tier]), cellGap)
		var boxes []picture.Box
		for i, subnet := range n.Subnets[tier] {
			b := picture.Box{Rect: places[i], Zone: picture.Zone(tier), Kind: subnet.Zone, Name: subnet.CIDR}
			if subnet.NAT != "" {
				b.Lines = append(b.Lines, "NAT gateway "+subnet.NAT)
			}
			boxes = append(boxes, b)
		}
		height := tallest(boxes)
		row(p, y+8, boxes)
		frame.H = height + 16
		p.Labels = append(p.Labels, picture.Label{At: point(frame.X+10, y+34), Anchor: picture.Start, Text: wayOut(n, tier), Muted: true})
		for i, subnet := range n.Subnets[tier] {
			place := picture.Rect{X: places[i].X, Y: y + 8, W: places[i].W, H: height}
			if subnet.NAT != "" {
				exits[subnet.NAT] = place
			}
			if exit, there := exits[subnet.Out]; there && tier == "private" {
				between := (exit.Bottom() + place.Y) / 2
				p.Arrow(n.Name+" to "+subnet.Out, point(place.CenterX(), place.Y), point(place.CenterX(), between), point(exit.CenterX(), between), point(exit.CenterX(), exit.Bottom()))
			}
		}
		y = frame.Bottom() + 8
		if tier == "public" {
			y = frame.Bottom() + routeGap
		}
	}
	vpc.H = y + 2 - vpc.Y
	return vpc.Bottom()
}

// wayOut says where a tier's default route leads.
func wayOut(n platform.Network, tier string) string {
	out := map[string]bool{}
	for _, subnet := range n.Subnets[tier] {
		out[subnet.Out] = true
	}
	switch {
	case out[""]:
		return "no route out"
	case out[platform.InternetGateway]:
		return "out: internet gateway"
	case len(out) == 1:
		return "out: one NAT gateway"
	default:
		return "out: a NAT gateway a zone"
	}
}
