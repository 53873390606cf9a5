package architecture

import (
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/architecture/picture"
	"github.com/paperwurks/infra/internal/architecture/platform"
)

// The columns of the pictures of roles, in pixels: who assumes, the role, and
// what it reaches.
const (
	whoX, whoWidth     = picture.Left, 236
	roleX, roleWidth   = 300, 232
	reachX, reachWidth = 580, picture.Right - 580
	roleGap            = 16
)

// roleRow is one role: who may assume it, from where, and what it reaches.
type roleRow struct {
	who   []picture.Box
	role  picture.Box
	reach picture.Box
}

// drawRows sets a row for each role below each other.
func drawRows(p *picture.Picture, y int, rows []roleRow) (bottom int) {
	for _, r := range rows {
		for i := range r.who {
			r.who[i].W = whoWidth
		}
		r.role.W, r.reach.W = roleWidth, reachWidth
		whoHeight := -8
		for _, b := range r.who {
			whoHeight += b.NeededHeight() + 8
		}
		height := max(whoHeight, r.role.NeededHeight(), r.reach.NeededHeight())
		// What is one box fills the row, so that every arrow is straight.
		if len(r.who) == 1 {
			whoHeight = height
		}
		r.role.Rect = picture.Rect{X: roleX, Y: y, W: roleWidth, H: height}
		r.reach.Rect = picture.Rect{X: reachX, Y: y, W: reachWidth, H: height}
		role, reach := p.Box(r.role), p.Box(r.reach)
		at := y + (height-whoHeight)/2
		for _, b := range r.who {
			b.Rect = picture.Rect{X: whoX, Y: at, W: whoWidth, H: b.NeededHeight()}
			if len(r.who) == 1 {
				b.H = height
			}
			from := p.Box(b)
			p.Arrow("assume "+r.role.Name, point(from.Right(), from.CenterY()), point(roleX, from.CenterY()))
			at += b.H + 8
		}
		p.Arrow("reach "+r.role.Name, point(role.Right(), role.CenterY()), point(reach.X, role.CenterY()))
		y += height + roleGap
	}
	return y - roleGap
}

// heads of the three columns.
func drawHeads(p *picture.Picture, who, role, reach string) (bottom int) {
	for _, head := range []struct {
		x    int
		text string
	}{{whoX, who}, {roleX, role}, {reachX, reach}} {
		p.Labels = append(p.Labels, picture.Label{At: point(head.x, picture.Top+14), Anchor: picture.Start, Text: head.text, Strong: true})
	}
	return picture.Top + 26
}

// drawAccess is what GitHub's workflow runs may assume, and what that reaches.
func drawAccess(s *platform.Stacks) (*picture.Picture, error) {
	p := picture.New("access", "Roles of the pipelines", "Which workflow runs on GitHub may assume which role, and what each role reaches.")
	roles, err := s.Roles(platform.Shared)
	if err != nil {
		return nil, err
	}
	var rows []roleRow
	for _, role := range pipelineRoles(s, roles) {
		row := roleRow{
			role:  picture.Box{Zone: picture.Identity, Icon: picture.Key, Kind: "IAM role", Name: role.Name, Lines: []string{role.Description}},
			reach: picture.Box{Zone: picture.Service},
		}
		for _, t := range role.Trust {
			row.who = append(row.who, picture.Box{Zone: picture.Outside, Icon: picture.Branch, Kind: "workflow of " + t.Repository, Lines: []string{fromWhere(t)}})
		}
		var never []string
		for _, policy := range role.Policies {
			if policy.OnlyDenies() {
				never = append(never, policy.Name)
				continue
			}
			row.reach.Lines = append(row.reach.Lines, policy.Description)
		}
		if env := environmentOf(s, role.Name); env != "" && promotedFrom(s, env) != "" {
			row.reach.Lines = append(row.reach.Lines, "Pulls the images of "+promotedFrom(s, env)+", to promote them")
		}
		for _, boundary := range s.References(platform.Shared, role.Attributes["permissions_boundary"]) {
			row.role.Lines = append(row.role.Lines, "within "+boundary.Text("name"))
		}
		if len(never) > 0 {
			row.role.Lines = append(row.role.Lines, "limited by "+listed(never))
		}
		rows = append(rows, row)
	}
	y := drawHeads(p, "A run on GitHub, by its OIDC token", "assumes", "and reaches")
	p.Finish(drawRows(p, y, rows) + 8)
	return p, nil
}

// pipelineRoles are those that GitHub's runs assume: for the platform first, then
// by environment.
func pipelineRoles(s *platform.Stacks, roles []platform.Role) []platform.Role {
	roles = slices.DeleteFunc(slices.Clone(roles), func(r platform.Role) bool { return len(r.Trust) == 0 || r.Trust[0].Repository == "" })
	order := func(r platform.Role) int { return slices.Index(s.Environments(), environmentOf(s, r.Name)) }
	slices.SortStableFunc(roles, func(a, b platform.Role) int { return order(a) - order(b) })
	return roles
}

// environmentOf is the environment that a name speaks of, or "".
func environmentOf(s *platform.Stacks, name string) string {
	for _, env := range s.Environments() {
		if strings.HasSuffix(name, "-"+env) || strings.Contains(name, "-"+env+"-") {
			return env
		}
	}
	return ""
}

func fromWhere(t platform.Trust) string {
	var words []string
	if t.PullRequest {
		words = append(words, "pull request")
	}
	if t.Branch != "" {
		words = append(words, "branch "+t.Branch)
	}
	switch {
	case len(t.Environments) == 1:
		words = append(words, "environment "+t.Environments[0])
	case len(t.Environments) > 1:
		words = append(words, "environments "+strings.Join(t.Environments, ", "))
	case !t.PullRequest:
		words = append(words, "no environment")
	}
	return strings.Join(words, " · ")
}

// drawWorkloadAccess is what AWS's services may assume for what runs, and what
// that reaches. A role that every environment has is one row.
func drawWorkloadAccess(s *platform.Stacks) (*picture.Picture, error) {
	p := picture.New("access-workloads", "Roles of what runs", "Which AWS service assumes which role in every environment, and what each role reaches.")
	type key struct{ name, service, reach string }
	found := map[key][]string{}
	var keys []key
	for _, stackName := range s.Names() {
		roles, err := s.Roles(stackName)
		if err != nil {
			return nil, err
		}
		for _, role := range roles {
			env := environmentOf(s, role.Name)
			if len(role.Trust) == 0 || role.Trust[0].Service == "" || env == "" {
				continue
			}
			var reach []string
			for _, policy := range role.Policies {
				for _, statement := range policy.Statements {
					reach = append(reach, sentence(statement.Sid))
				}
			}
			k := key{strings.Replace(role.Name, "-"+env, "-<env>", 1), role.Trust[0].Service, strings.Join(reach, ", ")}
			if len(found[k]) == 0 {
				keys = append(keys, k)
			}
			found[k] = append(found[k], env)
		}
	}
	slices.SortStableFunc(keys, func(a, b key) int { return strings.Compare(a.service+a.name, b.service+b.name) })
	var rows []roleRow
	for _, k := range keys {
		slices.SortFunc(found[k], func(a, b string) int {
			return slices.Index(s.Environments(), a) - slices.Index(s.Environments(), b)
		})
		rows = append(rows, roleRow{
			who:   []picture.Box{{Zone: picture.Service, Kind: "AWS service", Lines: []string{k.service}}},
			role:  picture.Box{Zone: picture.Identity, Icon: picture.Key, Kind: "in " + listed(found[k]), Name: k.name},
			reach: picture.Box{Zone: picture.Plain, Lines: []string{k.reach}},
		})
	}
	y := drawHeads(p, "A service of AWS", "assumes", "and may")
	p.Finish(drawRows(p, y, rows) + 8)
	return p, nil
}
