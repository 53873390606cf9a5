// Command platform is what people and CI run around the app: it deploys,
// reviews, repairs and describes what the app synthesised. It links neither
// jsii nor the AWS bindings; what needs the stacks runs the app or is given
// the folder that it wrote.
//
//	go run ./cmd/platform COMMAND [flags] [arguments]
package main

import (
	"slices"

	"github.com/paperwurks/infra/internal/bootstrap"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/contract"
	"github.com/paperwurks/infra/internal/doctor"
	"github.com/paperwurks/infra/internal/eject"
	"github.com/paperwurks/infra/internal/localaws"
	"github.com/paperwurks/infra/internal/maintenance"
	"github.com/paperwurks/infra/internal/mutate"
	"github.com/paperwurks/infra/internal/offhours"
	"github.com/paperwurks/infra/internal/pipeline"
	"github.com/paperwurks/infra/internal/preflight"
	"github.com/paperwurks/infra/internal/recovery"
	"github.com/paperwurks/infra/internal/rehearse"
	"github.com/paperwurks/infra/internal/scan"
	"github.com/paperwurks/infra/internal/status"
	"github.com/paperwurks/infra/internal/up"
	"github.com/paperwurks/infra/internal/updates"
	"github.com/paperwurks/infra/internal/validate"
)

func main() {
	command.Main("platform", "Deploys, reviews, repairs and describes the platform.", commands())
}

func commands() []command.Command {
	return slices.Concat(
		[]command.Command{up.Command, up.Parameters},
		localaws.Commands,
		pipeline.Commands,
		recovery.Commands,
		offhours.Commands,
		describing,
		[]command.Command{
			status.Command,
			maintenance.Command,
			preflight.Command,
			bootstrap.Command,
			doctor.Command,
			validate.Command,
			eject.Command,
			scan.Command,
			rehearse.Command,
			rehearse.Workflows,
			mutate.Command,
			updates.Command,
			contract.Command,
		},
	)
}
