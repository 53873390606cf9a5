package status

import (
	"time"

	"github.com/paperwurks/infra/config"
)

// Report is what was read, and what is wrong with it.
type Report struct {
	At              time.Time
	Account, Region string
	// Healthy says that all could be read and that nothing is wrong.
	Healthy      bool
	Environments []Environment
	// The rest is of the whole account.
	Topics []Topic `json:",omitempty"`
	Locks  []Lock  `json:",omitempty"`
	Quotas []Quota `json:",omitempty"`
	Drift  *Drift  `json:",omitempty"`
	// Alarms are those of the account, on what CloudTrail logs; nil where the platform has none.
	Alarms  *Alarms  `json:",omitempty"`
	Wrong   []string `json:",omitempty"`
	Unread  []Unread `json:",omitempty"`
	isLocal bool
}

// Unread is a part that could not be read, and why.
type Unread struct{ Part, Why string }

// Environment is one environment's.
type Environment struct {
	Name, URL string
	// Off says why the environment is switched off; "" for one that is on.
	Off          string        `json:",omitempty"`
	Services     []Service     `json:",omitempty"`
	Alarms       *Alarms       `json:",omitempty"`
	Topics       []Topic       `json:",omitempty"`
	Database     *Database     `json:",omitempty"`
	Secrets      []Secret      `json:",omitempty"`
	Certificates []Certificate `json:",omitempty"`
	// Maintenance says that users see the maintenance page; "" where they see the
	// application.
	Maintenance string   `json:",omitempty"`
	Wrong       []string `json:",omitempty"`
	Unread      []Unread `json:",omitempty"`

	hours config.OffHours
	// switchable says that a person may switch it off and on.
	switchable bool
}

// Service is an ECS service.
type Service struct {
	Name             string
	Running, Desired int
	// Revision is the task definition and Image the tag that it runs; Commit is
	// the backend's, "" before its first deployment.
	Revision, Image, Commit string
	// Since is when the tasks of this revision were first asked for.
	Since time.Time
	// Deployment is the last one; nil where AWS shows none.
	Deployment *Deployment `json:",omitempty"`
}

// Deployment of a service. Outcome is the API's status of it, such as
// "SUCCESSFUL" or "ROLLBACK_SUCCESSFUL" (Amazon ECS API, ServiceDeploymentBrief).
type Deployment struct {
	Outcome, Reason string
	// Began and Ended; Ended is zero while it is at work.
	Began time.Time
	Ended time.Time `json:",omitzero"`
}

// Alarms of an environment: how many there are, how many have no data, and
// those that ring or call nobody.
type Alarms struct {
	All, WithoutData int
	Ringing          []Alarm  `json:",omitempty"`
	Muted            []string `json:",omitempty"`
}

// Alarm is one that rings.
type Alarm struct {
	Name, Means, Severity, Reason, Runbook string
	Since                                  time.Time
}

// Topic is an SNS topic that alarms are published to.
type Topic struct {
	Name, Region string
	// Exists is false for one that SNS does not have.
	Exists bool
	// Wanted is how many subscribers the settings give it at least; of those it has,
	// Confirmed get what is published, and Pending have not confirmed.
	Wanted, Confirmed, Pending int
}

// Database is the RDS instance.
type Database struct {
	State, Class, Version string
	StorageGiB            float64
	// FreeGiB is nil where CloudWatch has no measurement of the last minutes.
	FreeGiB *float64 `json:",omitempty"`
	// Pending are changes that wait for the maintenance window or a restart.
	Pending []string `json:",omitempty"`
	// Restorable is the latest time that can be restored; zero for none.
	Restorable time.Time `json:",omitzero"`
	// CertificateEnds is when the server's certificate does.
	CertificateEnds time.Time `json:",omitzero"`
}

// Secret is one of the application's own.
type Secret struct {
	Name     string
	HasValue bool
	// DeletedAt is when it will be gone; zero for one that stays.
	DeletedAt time.Time `json:",omitzero"`
}

// Lock is a state that somebody holds.
type Lock struct {
	Stack, Who, Operation string
	Since                 time.Time
}

// Certificate of the environment's host name.
type Certificate struct {
	Host, Region, State string
	Ends                time.Time `json:",omitzero"`
}

// Quota of the account, and how much of it is used.
type Quota struct {
	Name        string
	Used, Limit float64
}

// Drift is what the nightly check found last.
type Drift struct {
	// Issue is the number of the open issue, 0 for none; Since is when it was
	// opened.
	Issue int
	Since time.Time `json:",omitzero"`
	// Checked is when the last check ended, Outcome GitHub's word for how.
	Checked time.Time `json:",omitzero"`
	Outcome string    `json:",omitempty"`
}
