package constructs

import (
	"fmt"
	"slices"

	cdk "github.com/aws/constructs-go/constructs/v10"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/alarm"
	"github.com/paperwurks/infra/constructs/scheduler"
)

// alarmsAtOnce is how many alarms one call takes (Amazon CloudWatch API,
// EnableAlarmActions: AlarmNames).
const alarmsAtOnce = 100

// newOffHours makes the schedules that stop the database and start it again, and let
// alarms call again that somebody silenced to switch the environment off by hand. The
// tasks are Application Auto Scaling's.
func newOffHours(scope cdk.Construct, props EnvironmentProps, alarms *alarm.Alarms) error {
	const id = "off-hours"
	n, env := props.Settings.Names(), props.Environment
	if !env.OffHours.IsSet() {
		return nil
	}
	role, err := newWorkloadRole(scope, id+"-role", n, env.Name, workloadRole{
		name:        n.OffHoursRole(env.Name),
		description: "Stops and starts the database of " + env.Name + " by a schedule",
		trust:       access.OffHoursTrust(n, env.Name),
		policy:      access.OffHours(n, env.Name),
		boundaryARN: n.BoundaryARN(n.OffHoursBoundary(env.Name)),
	})
	if err != nil {
		return err
	}
	database := map[string]string{"DbInstanceIdentifier": n.Database(env.Name)}
	asks := []scheduler.Ask{
		{Name: config.SwitchOff, Description: "Stops the database", Service: "rds", Action: "stopDBInstance", Input: database, Schedule: env.OffHours.SwitchOff()},
		{Name: config.SwitchOn, Description: "Starts the database", Service: "rds", Action: "startDBInstance", Input: database, Schedule: env.OffHours.StartDatabase()},
	}
	part := 0
	for some := range slices.Chunk(alarms.Names, alarmsAtOnce) {
		part++
		asks = append(asks, scheduler.Ask{Name: fmt.Sprintf("alarms-%d", part), Description: "Lets alarms call that were silenced by hand", Service: "cloudwatch", Action: "enableAlarmActions",
			Input: map[string][]string{"AlarmNames": some}, Schedule: env.OffHours.SwitchOn()})
	}
	if err := scheduler.NewAsks(scope, id, scheduler.AsksProps{
		Group: n.OffHoursGroup(env.Name), TimeZone: env.OffHours.TimeZone, RoleARN: role.ARN, Asks: asks, After: []cdktf.ITerraformDependable{role.Policy},
	}); err != nil {
		return fmt.Errorf("off-hours of %q: %w", env.Name, err)
	}
	return nil
}
