package runbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
)

// WorstDay is the document of the drills.
const WorstDay = "docs/worst-day.md"

// Drill is a scenario of WorstDay: what of it an emulator can carry, and what AWS
// promises of it.
type Drill struct {
	// Section is its heading; Parts are the headings below it.
	Section string
	Parts   []string
	// Rehearsed are the texts with which those blocks begin that the rehearsal
	// runs, each of one block of Section.
	Rehearsed []string
	// Steps are their numbers in the document; Elsewhere is what the rehearsal runs
	// of another document.
	Steps, Elsewhere string
	// OnlyAWS is what no emulator has.
	OnlyAWS string
	// Point and Time are the recovery point and the recovery time, with the
	// document of AWS's that promises them.
	Point, Time string
}

// Drills are the scenarios, in the document's order, with the numbers of the
// settings.
func Drills(s config.Settings) []Drill {
	const restore = "[operations.md](operations.md#restore-the-database-to-a-point-in-time)"
	backups := days(s, func(e config.Environment) int { return e.Database.BackupDays })
	versions := days(s, func(e config.Environment) int { return e.Documents.NoncurrentVersionDays })
	session := func(role string) int { return config.SessionSeconds(role) / 60 }
	return []Drill{
		{
			Section:   "A lost database",
			Elsewhere: "the restore with the instance there, and what follows it: " + restore,
			OnlyAWS:   "the backup of an instance that is gone; how long it takes",
			Point:     "typically 5 minutes (RDS user guide, \"Restoring a DB instance to a specified time\"); as far back as " + backups,
			Time:      "AWS names none: it grows with the database and with what was written since the last daily snapshot (re:Post, \"point-in-time restore … taking a long time\"). Then one Deploy. A lost zone with `MultiAZ`: 60 to 120 seconds, typically",
		},
		{
			Section: "A lost region",
			OnlyAWS: "all of it",
			Point:   lostRegion(s),
			Time:    "AWS names none. An empty platform elsewhere: a new account's quotas (hours to days), the bootstrap, four deployments",
		},
		{
			Section:   "Deleted documents",
			Rehearsed: []string{"export BUCKET=", "export BUCKET="}, Steps: "steps 2 and 3",
			OnlyAWS: "that its bucket policy refuses before and after",
			Point:   "0: every version is kept; after the deletion for " + versions,
			Time:    "one request for each 1,000 documents; they are there at once (S3 user guide, \"Amazon S3 data consistency model\")",
		},
		{
			Section:   "Credentials of a role were stolen",
			Parts:     []string{"It was infra-role", "It was a deploy-role"},
			Rehearsed: []string{"aws iam get-role", "aws iam put-role-policy", "aws iam update-assume-role-policy"}, Steps: "steps 1, 2 and 5",
			OnlyAWS: "that IAM refuses, and when; CloudTrail (steps 3 and 4); ECR's password",
			Point: fmt.Sprintf("a protected environment's data: as of a lost database and of deleted documents; a state: each version, for %d days",
				s.State.NoncurrentVersionDays),
			Time: fmt.Sprintf("IAM names none (\"eventual consistency\"). By themselves sessions end after %d minutes (infra-role) and %d (a deploy-role). CloudTrail shows them after 5 minutes, typically, not guaranteed (CloudTrail user guide)",
				session(config.InfraRole), session("")),
		},
		{
			Section:   "A leaked secret",
			Elsewhere: "a value set, the master secret rotated, the services restarted: [operations.md](operations.md#rotate-a-secret)",
			OnlyAWS:   "CloudTrail: who read it (step 3)",
			Point:     "nothing is lost; what was read was read",
			Time:      "one restart of the services. The master secret is another one at once, and by itself every 7 days (RDS user guide, \"Password management with Amazon RDS and AWS Secrets Manager\")",
		},
	}
}

// lostRegion is how much is lost with the region, by what is copied out of it.
func lostRegion(s config.Settings) string {
	const none = "**none**: nothing is copied out of the region"
	var with []string
	for _, e := range s.Environments {
		if !e.Copies.AreMade() {
			continue
		}
		documents := "documents: AWS names none"
		if e.Copies.TimeControl {
			documents = "99.9% of a month's documents: 15 minutes (S3 Replication Time Control, service level agreement)"
		}
		with = append(with, fmt.Sprintf("%s, to %s: its backups: what RDS copied last, \"as soon as they are ready\", as `describe-db-instance-automated-backups` there shows, as far back as %d days; %s",
			e.Name, e.Copies.Region, e.Copies.BackupDays, documents))
	}
	if len(with) == 0 {
		return none + ". With `Copies` of an environment, its backups: what RDS copied last, \"as soon as they are ready\" (RDS user guide, \"Replicating automated backups to another AWS Region\"); its documents: 15 minutes for 99.9% of a month's (S3 Replication Time Control, service level agreement), without it AWS names none"
	}
	if len(with) == len(s.Environments) {
		return strings.Join(with, ". ")
	}
	return strings.Join(with, ". ") + ". The others: " + none
}

// days are a number of days for each environment.
func days(s config.Settings, of func(config.Environment) int) string {
	var each []string
	for _, e := range s.Environments {
		each = append(each, fmt.Sprintf("%s %d", e.Name, of(e)))
	}
	return strings.Join(each, ", ") + " days"
}

// Run are the blocks of a document that the rehearsal runs of the drill. It
// returns an error for one that the document lacks.
func (d Drill) Run(document string) ([]Block, error) {
	var out []Block
	left := Under(Read(document), d.Section)
	for _, beginning := range d.Rehearsed {
		i := slices.IndexFunc(left, func(b Block) bool { return strings.HasPrefix(b.Text, beginning) })
		if i < 0 {
			return nil, fmt.Errorf("%s has no commands %q left under %q", WorstDay, beginning, d.Section)
		}
		out, left = append(out, left[i]), left[i+1:]
	}
	return out, nil
}

const drillHead = "| scenario | run here | only AWS has | recovery point | recovery time |\n| --- | --- | --- | --- | --- |\n"

// WithDrills returns the document with the table of the drills written into it.
// It returns an error if the document has no table, lacks a scenario, or has one
// that is no drill.
func WithDrills(document string, s config.Settings) (string, error) {
	before, after, ok := strings.Cut(document, drillHead)
	if !ok {
		return "", fmt.Errorf("no table of drills to write")
	}
	for strings.HasPrefix(after, "|") {
		_, after, _ = strings.Cut(after, "\n")
	}
	blocks := Read(document)
	known := map[string]bool{}
	var rows strings.Builder
	for _, d := range Drills(s) {
		run, err := d.Run(document)
		if err != nil {
			return "", err
		}
		all := 0
		for _, section := range append([]string{d.Section}, d.Parts...) {
			known[section] = true
			if !strings.Contains(document, "# "+section+"\n") {
				return "", fmt.Errorf("no section %q", section)
			}
			all += len(Under(blocks, section))
		}
		var here []string
		if all > 0 {
			steps := "no step"
			if d.Steps != "" {
				steps = d.Steps
			}
			here = append(here, fmt.Sprintf("%s: %d of %d blocks of commands", steps, len(run), all))
		}
		if d.Elsewhere != "" {
			here = append(here, d.Elsewhere)
		}
		anchor := strings.ReplaceAll(strings.ToLower(d.Section), " ", "-")
		fmt.Fprintf(&rows, "| [%s](#%s) | %s | %s | %s | %s |\n", d.Section, anchor, strings.Join(here, "; "), d.OnlyAWS, d.Point, d.Time)
	}
	for _, b := range blocks {
		if !b.Inline && b.Section != blocks[0].Section && !known[b.Section] {
			return "", fmt.Errorf("line %d: commands under %q, which is no drill", b.Line, b.Section)
		}
	}
	return before + drillHead + rows.String() + after, nil
}
