package config

import (
	"reflect"
	"testing"
)

var platformRows = []row{
	is("project", "", "lower-case letters and digits, with single hyphens between them and a letter first, are allowed"),
	is("project", "Paperwurks", "lower-case letters and digits, with single hyphens between them and a letter first, are allowed"),
	is("project", "2paper", "lower-case letters and digits, with single hyphens between them and a letter first, are allowed"),
	is("project", "paper_wurks", "lower-case letters and digits, with single hyphens between them and a letter first, are allowed"),
	is("project", "paper--wurks", "lower-case letters and digits, with single hyphens between them and a letter first, are allowed"),
	is("project", "paperwurks-", "lower-case letters and digits, with single hyphens between them and a letter first, are allowed"),
	is("project", "paperwurks-and-others", "at most 20 characters are allowed: with an environment's name it makes the name of a load balancer"),
	is("project", "awsome", `a name that does not start with "aws" is allowed: AWS keeps that for itself`),
	is("project", "internal", `a name that does not start with "internal-" is allowed: AWS keeps that for itself`),
	is("project", "sg", `a name that does not start with "sg-" is allowed: AWS keeps that for itself`),

	is("region", "", `a region of the AWS partition "aws" is allowed, such as "eu-central-1"`),
	is("region", "eu-centra1-1", `a region of the AWS partition "aws" is allowed, such as "eu-central-1"`),
	is("region", "EU-CENTRAL-1", `a region of the AWS partition "aws" is allowed, such as "eu-central-1"`),
	is("region", "us-gov-west-1", `a region of the AWS partition "aws" is allowed, such as "eu-central-1"`),
	refuses(func(s *Settings) { s.Region = "eu-west-1" },
		`availabilityZones[0]: "eu-central-1a": a zone of the region is allowed: "eu-west-1a", "eu-west-1b" or "eu-west-1c"`,
		`availabilityZones[1]: "eu-central-1b": a zone of the region is allowed: "eu-west-1a", "eu-west-1b" or "eu-west-1c"`,
		`availabilityZones[2]: "eu-central-1c": a zone of the region is allowed: "eu-west-1a", "eu-west-1b" or "eu-west-1c"`),

	refuses(func(s *Settings) { s.AvailabilityZones = nil },
		`availabilityZones: []: 2 to 6 zones are allowed: RDS and the load balancer ask for two`),
	refuses(func(s *Settings) { s.AvailabilityZones = []string{"eu-central-1a"} },
		`availabilityZones: ["eu-central-1a"]: 2 to 6 zones are allowed: RDS and the load balancer ask for two`),
	refuses(func(s *Settings) {
		s.AvailabilityZones = []string{"eu-central-1a", "eu-central-1b", "eu-central-1c", "eu-central-1a", "eu-central-1b", "eu-central-1c", "eu-central-1a"}
	},
		`availabilityZones: ["eu-central-1a" "eu-central-1b" "eu-central-1c" "eu-central-1a" "eu-central-1b" "eu-central-1c" "eu-central-1a"]: 2 to 6 zones are allowed: RDS and the load balancer ask for two`,
		`availabilityZones[3]: "eu-central-1a": each zone is allowed once`,
		`availabilityZones[4]: "eu-central-1b": each zone is allowed once`,
		`availabilityZones[5]: "eu-central-1c": each zone is allowed once`,
		`availabilityZones[6]: "eu-central-1a": each zone is allowed once`),
	is("availabilityZones[2]", "eu-central-1a", "each zone is allowed once"),
	is("availabilityZones[1]", "eu-west-1b", `a zone of the region is allowed: "eu-central-1a", "eu-central-1b" or "eu-central-1c"`),
	is("availabilityZones[1]", "b", `a zone of the region is allowed: "eu-central-1a", "eu-central-1b" or "eu-central-1c"`),
	is("availabilityZones[0]", "", `a zone of the region is allowed: "eu-central-1a", "eu-central-1b" or "eu-central-1c"`),
	is("availabilityZones[0]", "eu-central-1d", `a zone of the region is allowed: "eu-central-1a", "eu-central-1b" or "eu-central-1c"`),
	is("availabilityZones[0]", "eu-central-1-ham-1a", `a zone of the region is allowed: "eu-central-1a", "eu-central-1b" or "eu-central-1c"`),
	is("availabilityZones[0]", "euc1-az1", `a zone of the region is allowed: "eu-central-1a", "eu-central-1b" or "eu-central-1c"`),

	is("addressPlan", "10.20.0.0", `an IPv4 block is allowed, such as "10.20.0.0/16"`),
	is("addressPlan", "10.20.0.0/33", `an IPv4 block is allowed, such as "10.20.0.0/16"`),
	is("addressPlan", "fd00:20::/32", `an IPv4 block is allowed, such as "10.20.0.0/16"`),
	is("addressPlan", "10.22.0.0/14", `a block without host bits is allowed: "10.20.0.0/14"`),
	is("addressPlan", "0.0.0.0/0", "a block of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 is allowed: other addresses are somebody's on the internet"),
	refuses(func(s *Settings) {
		s.AddressPlan = "11.20.0.0/16"
		s.Environments = s.Environments[:1]
		s.Environments[0].Network.CIDR = "11.20.0.0/16"
	},
		`addressPlan: "11.20.0.0/16": a block of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 is allowed: other addresses are somebody's on the internet`),
	is("addressPlan", "10.20.0.0/21", "a block of /20 or larger is allowed: no environment fits in a smaller one"),

	is("state.noncurrentVersionDays", 0, "30 to 3653 days are allowed"),
	is("state.noncurrentVersionDays", 36500, "30 to 3653 days are allowed"),
	is("state.accessLogDays", -1, "30 to 3653 days are allowed"),

	is("account.trail.retentionDays", 364, "365 to 3653 days are allowed: an intruder is noticed late"),
	is("account.trail.retentionDays", 3654, "365 to 3653 days are allowed: an intruder is noticed late"),
	is("account.budgets.accountUSD", -1, "0 to 1000000 US dollars a month are allowed; 0 is the default"),
	is("account.budgets.anomalyUSD", 0, "1 to 1000000 US dollars are allowed"),
	refuses(func(s *Settings) {
		s.Account.Trail.Insights, s.Account.Organisation.Trail = true, "an organisation trail"
	}, "account.trail.insights: true: only false is allowed where the organisation has the trail",
		"account.trail.objectEvents: true: only false is allowed where the organisation has the trail", withoutAlarm),
	refuses(func(s *Settings) { s.Account.Organisation.GuardDuty = "its delegated administrator" },
		"account.guardDuty.objectEvents: true: only false is allowed where the organisation has GuardDuty",
		"account.guardDuty.databaseSignIns: true: only false is allowed where the organisation has GuardDuty"),
	refuses(func(s *Settings) {
		s.Account.Trail, s.Account.GuardDuty = Trail{}, GuardDuty{}
		o := reflect.ValueOf(&s.Account.Organisation).Elem()
		for i := range o.NumField() {
			o.Field(i).SetString("the organisation do")
		}
	}, append([]string{"account.trail.retentionDays: 0: 365 to 3653 days are allowed: an intruder is noticed late"},
		append(everyPart(`"the organisation do": a reason of 20 characters or more is required`), withoutAlarm)...)...),

	refuses(func(s *Settings) { s.Environments = nil },
		`environments: []: one environment or more is required`),
}

// everyPart is a line for each part of the account's baseline, by the path of its
// field.
func everyPart(rest string) []string {
	var lines []string
	t := reflect.TypeFor[Organisation]()
	for i := range t.NumField() {
		lines = append(lines, "account.organisation."+lowerCamel(t.Field(i).Name)+": "+rest)
	}
	return lines
}

// TestBaselineParts: each part is a setting of its own name, and made unless the
// organisation does it.
func TestBaselineParts(t *testing.T) {
	kind := reflect.TypeFor[Organisation]()
	if n := len(Organisation{}.Parts()); n != kind.NumField() {
		t.Fatalf("%d parts, and %d fields", n, kind.NumField())
	}
	for i := range kind.NumField() {
		var a Account
		reflect.ValueOf(&a.Organisation).Elem().Field(i).SetString("an organisation does it")
		for j, p := range a.Organisation.Parts() {
			// Who has the trail has the alarms on its events.
			want := j != i && (p.Part != TrailAlarmsPart || a.Organisation.Trail == "")
			if got := a.Makes(p.Part); got != want {
				t.Errorf("%s by the organisation: makes %s: %v", kind.Field(i).Name, p.Part, got)
			}
			if name := lowerCamel(kind.Field(j).Name); string(p.Part) != name || p.What == "" {
				t.Errorf("part %q, %q, of field %q", p.Part, p.What, name)
			}
		}
	}
}
