package architecture

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/architecture/cost"
	"github.com/paperwurks/infra/internal/architecture/picture"
	"github.com/paperwurks/infra/internal/architecture/platform"
	"github.com/paperwurks/infra/pipelines"
)

// The files that are written, relative to the folder docs.
const (
	documentFile  = "architecture.md"
	pictureFolder = "architecture"
)

// files are everything that is written, by path relative to the folder docs of the
// repository at root, whose workflows are read.
func files(root string, settings config.Settings, synthesised string) (map[string][]byte, error) {
	s, err := platform.Read(synthesised, environmentNames(settings))
	if err != nil {
		return nil, err
	}
	pictures, err := drawAll(s)
	if err != nil {
		return nil, err
	}
	text, err := document(settings, s, pictures)
	if err != nil {
		return nil, err
	}
	workflows, err := pipelines.ReadReusable(os.DirFS(root))
	if err != nil {
		return nil, err
	}
	agreed, err := contract(settings, s, workflows)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{documentFile: []byte(text), contractFile: []byte(agreed)}
	for _, env := range settings.Environments {
		text, err := operations(settings, s, env)
		if err != nil {
			return nil, err
		}
		out[operationsFile(env.Name)] = []byte(text)
	}
	for _, p := range pictures {
		out[pictureFolder+"/"+p.Name+".svg"] = p.SVG()
	}
	return out, nil
}

// environmentNames are in the order of the settings.
func environmentNames(settings config.Settings) []string {
	var names []string
	for _, env := range settings.Environments {
		names = append(names, env.Name)
	}
	return names
}

// drawAll draws every picture, and refuses one that is hard to read.
func drawAll(s *platform.Stacks) ([]*picture.Picture, error) {
	draw := []func() (*picture.Picture, error){func() (*picture.Picture, error) { return drawOverview(s) }}
	for _, env := range s.Environments() {
		draw = append(draw, func() (*picture.Picture, error) { return drawEnvironment(s, env) })
	}
	draw = append(draw,
		func() (*picture.Picture, error) { return drawNetwork(s) },
		func() (*picture.Picture, error) { return drawAccess(s) },
		func() (*picture.Picture, error) { return drawWorkloadAccess(s) },
	)
	var out []*picture.Picture
	var faults []error
	for _, d := range draw {
		p, err := d()
		if err != nil {
			return nil, err
		}
		faults = append(faults, p.Faults())
		out = append(out, p)
	}
	return out, errors.Join(faults...)
}

// document is architecture.md.
func document(settings config.Settings, s *platform.Stacks, pictures []*picture.Picture) (string, error) {
	prices, err := cost.Load()
	if err != nil {
		return "", err
	}
	p := &page{}
	show := func(name string) {
		for _, picture := range pictures {
			if picture.Name == name {
				p.picture(name, picture.Description)
			}
		}
	}
	p.WriteString(strings.TrimSpace(introduction) + "\n")
	p.Heading("Overview")
	show("overview")
	p.Heading("How the environments differ")
	p.Text(differencesIntroduction)
	differences(p, settings)
	p.Heading("Environments")
	p.Text(environmentsIntroduction)
	for _, env := range s.Environments() {
		fmt.Fprintf(p, "\n### %s\n", env)
		p.Text(fmt.Sprintf("An alarm rings? [%s](%[1]s)", operationsFile(env)))
		show(env)
	}
	p.Heading("Networks")
	p.Text(networkIntroduction)
	show("network")
	if err := addressPlan(p, settings); err != nil {
		return "", err
	}
	p.Heading("Who assumes what")
	p.Text(accessIntroduction)
	show("access")
	show("access-workloads")
	p.Heading("Published parameters")
	p.Text(parametersIntroduction)
	err = parameters(p, s, func(name string) string {
		return settings.Names().ARN("ssm", "parameter"+name)
	})
	if err != nil {
		return "", err
	}
	p.Heading("What it costs")
	if err := costs(p, prices, s); err != nil {
		return "", err
	}
	return strings.TrimSpace(p.String()) + "\n", nil
}

// addressPlan lists the blocks of the plan, taken and free.
func addressPlan(p *page, settings config.Settings) error {
	plan, err := netip.ParsePrefix(settings.AddressPlan)
	if err != nil {
		return fmt.Errorf("address plan: %w", err)
	}
	p.Text(fmt.Sprintf("The plan, `%s`, in blocks of /16:", plan))
	p.Table("block", "taken by")
	for block := netip.PrefixFrom(plan.Addr(), max(16, plan.Bits())); plan.Contains(block.Addr()); {
		var taken []string
		for _, env := range settings.Environments {
			if cidr, err := netip.ParsePrefix(env.Network.CIDR); err == nil && block.Overlaps(cidr) {
				taken = append(taken, fmt.Sprintf("%s, `%s`", env.Name, cidr))
			}
		}
		if len(taken) == 0 {
			taken = []string{"free"}
		}
		p.Row("`"+block.String()+"`", strings.Join(taken, "; "))
		address := block.Addr().As4()
		if address[1]++; address[1] == 0 {
			break
		}
		block = netip.PrefixFrom(netip.AddrFrom4(address), block.Bits())
	}
	return nil
}
