package maintenance

import (
	"context"
	"flag"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/command"
)

// nobody is the list of guests without any.
const nobody = "nobody"

// Command switches an environment's maintenance mode, or says how it is.
var Command = command.Command{
	Name: "maintenance", Arguments: "ENVIRONMENT [on|off]", Summary: "switch an environment's maintenance mode on or off, or say how it is",
	Define: func(flags *flag.FlagSet) command.Func {
		allow := flags.String("allow", "", "`addresses` and CIDR blocks that are let through; \""+nobody+"\" for none (default: as it is)")
		local := flags.String("local", "", "`URL` of the local AWS (default: AWS)")
		return func(ctx context.Context, p command.Process, args []string) error {
			target := config.Target{LocalEndpoint: *local}
			if err := target.Validate(); err != nil {
				return err
			}
			s := target.For(config.Platform())
			mode, guests, err := read(s, args, *allow)
			if err != nil {
				return err
			}
			edge, err := awsapi.Connect(ctx, config.EdgeRegion, target.LocalEndpoint)
			if err != nil {
				return err
			}
			m := Switch{Settings: s, Environment: args[0], Edge: edge}
			if mode != "" {
				if err := m.Set(ctx, mode == "on", guests); err != nil {
					return err
				}
			}
			state, err := m.Read(ctx)
			if err != nil {
				return err
			}
			fmt.Fprintf(p.Out, "%s: %s\n", m.Environment, state)
			if mode == "on" {
				fmt.Fprintln(p.Out, "Alarms see what users see: the check from outside and CloudFront's 5xx will ring, whoever is on call is to know before.")
			}
			if mode != "" {
				fmt.Fprintln(p.Out, "A change takes some seconds, at times minutes, until it holds everywhere.")
			}
			return nil
		}
	},
}

// read returns what the arguments ask for; nil guests for those that are there.
func read(s config.Settings, args []string, allow string) (mode string, guests []netip.Prefix, err error) {
	if len(args) == 0 || len(args) > 2 {
		return "", nil, command.UsageError("an environment is required, and on, off or nothing")
	}
	var known []string
	for _, env := range s.Environments {
		known = append(known, env.Name)
	}
	if !slices.Contains(known, args[0]) {
		return "", nil, command.UsageError(fmt.Sprintf("environment %q: one of %s is allowed", args[0], strings.Join(known, ", ")))
	}
	if len(args) == 2 {
		mode = args[1]
	}
	switch {
	case len(args) == 2 && mode != "on" && mode != "off":
		return "", nil, command.UsageError(fmt.Sprintf("mode %q: on or off is allowed", mode))
	case allow == "":
		return mode, nil, nil
	case mode == "":
		return "", nil, command.UsageError("-allow is for on or off")
	case allow == nobody:
		return mode, []netip.Prefix{}, nil
	}
	guests, err = ParseGuests(allow)
	if err != nil {
		return "", nil, command.UsageError("-allow: " + err.Error())
	}
	return mode, guests, nil
}
