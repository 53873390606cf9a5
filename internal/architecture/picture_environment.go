package architecture

import (
	"fmt"

	"github.com/paperwurks/infra/internal/architecture/picture"
	"github.com/paperwurks/infra/internal/architecture/platform"
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
	vpc := e.Frame(picture.Frame{Rect: picture.Rect{X: vpcX, Y: picture.Top, W: vpcWidth}, Zone: picture.Plain})
	vpc.Label = fmt.Sprintf("VPC %s · %s", e.network.Name, e.network.CIDR)
	if n := len(e.network.Interface); n > 0 {
		vpc.Label += " · " + counted(n, "interface endpoint", "interface endpoints")
	}
	y := e.publicTier(vpc.Y + picture.FrameHead)
	services := e.services()
	y = e.privateTier(y+28, services)
	bottom := e.outside(services)
	y = e.isolatedTier(max(y, bottom) + 28)

	vpc.H = y + tierMargin - vpc.Y
	e.edge()
	boxes := append(e.jobs(), e.observation(), e.keys(), e.parameters())
	_, rest := stack(e.Picture, point(serviceX, bottom+14), serviceWidth, 12, append(boxes, e.copies()...)...)
	e.Finish(max(vpc.Bottom(), rest) + 6)
	return e.Picture, nil
}
