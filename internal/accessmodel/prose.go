package accessmodel

// The words of docs/access.md. Everything else on the page is simulated.

const introduction = `
# Who may do what

Six questions and their answers; the tables below prove them. Written by ` + "`make access`" + ` from the synthesised stacks, by
simulating AWS's evaluation of every policy, permissions boundary and resource policy. ` + "`make test`" + ` fails while it is not
current, so a pull request that changes what anybody may do shows it here. ✅ is allowed, 🚫 is denied.

An emulator checks no permission, and none of this was tried on AWS.
`

const whoReads = `
## 1. Who reads an environment's data?

Of all roles that the stacks make, and of a person with administrator rights, these and nobody else:
`

const whoReadsToo = `
The execution roles are ECS's: they hand a secret to a task when it starts. The master password reaches the task that makes the database's
roles only, before each migration; services and the migration sign in with roles of their own ([contract.md](contract.md#what-a-task-gets)).
Nobody else reads documents or secrets, whatever their own policy allows: the policies of the bucket, of each secret and of
the key say so. An administrator may sign in to a database as far as IAM is asked; AWS has no policy of a database, and it is
the network that keeps people out.

**By running code, more do.** Whoever decides what a task runs has what the task has: see deploy-role in question 3.
`

const whoDeploys = `
## 2. Who deploys, by which run, and who approves it?
`

const whoDeploysToo = `
Reviewers are set in GitHub, under Settings → Environments of the repository named, and cannot be seen from here
([pipelines.md](pipelines.md#set-up-once) says which are needed). **An environment without required reviewers is deployed by
whoever may merge into its branch.** The jobs of every environment get the same infra-role, all of it: what is merged runs in dev's
job with credentials that can change prod, before anybody approved prod. So the pipeline asks for reviewers in every environment
as long as one is protected. An administrator can do all of it by hand.

Nothing is installed while a job has credentials (` + "`make ready`" + ` comes first), and no npm package runs a script when it is
installed. **That is no wall:** any step of a job with ` + "`id-token: write`" + `, before or after it signs in, can ask GitHub for the
token and take the role itself. Who writes a dependency that is built or run there has the role; the lock files, their
hashes and the reviewers of a change to them are what stands before it.
`

const stolenTokens = `
## 3. What can somebody do with a stolen token of a role?

Only from such a run as question 2 and the tables name, and until its session ends: after {sessions} at most.
What a stolen deploy-role left outlives its session, the worst first:

- **Tasks and services.** A migration that it started with a command of its own, or a service that it put on its image, runs on with
  the application's rights until somebody stops it.
- **Schedules.** One that it made in its environment's group, or put on a revision or a command of its own, starts tasks with the rights of
  a scheduled job, again and again, until somebody deletes it. It ends with the backend's next deployment, which puts the schedule of each job on its own
  revision and command and deletes every other one of the group. In another group no role of CI can make one.
- **The registry's password.** ECR's, which deploy-role asks for, is valid for 12 hours (Amazon ECR API reference,
  GetAuthorizationToken). No document of AWS's says that it ends with the session, and it cannot be taken back
  (aws/containers-roadmap#936): so it may push and pull for that long.
- **Images**, under the tag of a commit that was not deployed yet, and marks ` + "`<tag>-ran`" + `, which a promotion asks for. The backend's pipeline
  stops at an image that no earlier attempt of its run was pushing at that time.
- **Revisions of task definitions.** A deployment takes over none of them: its template is the revision that infrastructure wrote, which
  starts with a role that deploy-role cannot pass. A rollback takes the newest revision of its commit, and lists how that differs from what runs.

What to do: [worst-day.md](worst-day.md#credentials-of-a-role-were-stolen).

| role | can | cannot |
| --- | --- | --- |
| ` + "`infra-diff-role`" + ` | read how everything is configured, and Terraform's state, which holds no secret | change anything, take the state's lock, read data, secrets, logs or images |
| ` + "`infra-report-role`" + `, where the account has a topic | send mails of any text to whoever gets the account's alarms: a false alarm, a link to somewhere else | read, change or silence anything; publish to another topic; use a key but for that topic |
| ` + "`deploy-role-<env>`" + ` | **run code with the application's rights**: it pushes any image and starts it with the roles of the environment's tasks. So it reads and writes documents, signs in to the database as the application, receives the application's secrets, and with the execution role of the task that makes the database's roles the master password, which is all of the database. It reads the application's logs, and all that Amazon Inspector found in the account. **deploy-role-staging decides what prod promotes next** (question 6) | another environment's data, by any role that it has; infrastructure, the state, roles |
| ` + "`infra-role`" + `, of whichever environment's job | destroy an environment that is not protected; stop or starve one that is; take over the way in (question 6) | read data, secrets or images that are there; run code as somebody who does; change its own roles; destroy what a protected environment keeps |
| a task's role | what the task may: question 1 | anything else: it is bound to the environment by its boundary |
| ` + "`paperwurks-read-only`" + ` | read how everything is configured and runs, costs, findings, the history of events, who holds a lock | change anything, read logs, data, secrets or a state |
| ` + "`paperwurks-on-call`" + ` ([on-call.json](on-call.json)) | look; read the application's log and the account's events; restart a service or set how many tasks it has; switch maintenance mode | put it on another revision; read data, secrets or a state |
| ` + "`paperwurks-break-glass`" + ` | look and support; put a service back; set a secret, which locks the application out of what the old one opened; restore a copy of a database, which nobody but the network lets in; **say who may assume a role of CI: a deploy-role, and so let somebody run code with the application's rights, or ` + "`infra-role`" + `, and so let somebody change the infrastructure**. It rings an alarm within a quarter of an hour, and as long as it is used | read data, secrets or a state itself; delete or shorten backups, versions, logs, keys; end the trail or the alarm; change who is a role's person |

**RunTask has no condition for subnets**, so a stolen deploy-role-dev can put dev's migration into prod's network. It runs there as dev's
role, and reaches what the network alone protects: prod's database lets nobody in without a password or an IAM sign-in, which it does
not have. IAM cannot express it; only separate accounts end it.

**A service keeps to its environment's subnets.** Unlike a task of its own, a service can stand behind a load balancer, and so
receive its users' requests. UpdateService takes a network and target groups; its condition ` + "`ecs:subnet`" + ` lets deploy-role name
no subnet but its environment's. There is no condition for target groups: a service of dev could register at prod's, with
addresses in dev's network, to which prod's has no route.
`

const whoChangesRoles = `
## 4. Who changes roles?

- **The roles of CI, their policies, the permissions boundaries, GitHub's OIDC provider:** an administrator, with ` + "`make bootstrap`" + `.
  infra-role reads them and is denied the rest, even when somebody allows it everything by mistake.
- **The roles of workloads:** infra-role, by a reviewed pull request, under ` + "`/paperwurks/workload/`" + ` and within an environment's
  boundary, which names the roles that reach data one by one. It says of none of them who may assume it, once they are made,
  and passes none to a task.
- **The roles for people, their policies and their boundary:** an administrator, with ` + "`make bootstrap`" + `. People sign in through IAM
  Identity Center, or as the IAM users that the settings name; who has which permission set is said there, and no role of the
  platform changes it.
`

const onlyAdministrators = `
## 5. What may only an administrator do, and what not even they?

A person with AWS's AdministratorAccess and no boundary. What only they change, by ` + "`make bootstrap`" + `:

- the roles of CI with their policies, the permissions boundaries, GitHub's OIDC provider;
- with them, what follows from a new environment (its deploy role, its boundary) and from a new service (its roles are
  named in the environment's boundary);
- the state bucket and its log, the policies of image repositories, and the policies and names of the keys of data and state;
- who may assume the roles of tasks, once they are made;
- copies in another region ([operations.md](operations.md#keep-copies-in-another-region)), where an environment has them: their key, their bucket, the role that S3
  copies with, and while there are copies the policy of the documents bucket;
- whatever would destroy a protected environment's data or the roles that reach it.

What only they do, by the runbooks: set the value of a secret, restore a database, read old
versions of the state.

**Not even they** read a document, a secret's value or the database's master password, push or pull an image, or use a key past the
service that it is for, as long as the policies of buckets, secrets, repositories and keys stand. Those an administrator can take off: nothing
in an account can refuse it, CloudTrail records it, and AWS Organizations' policies, outside this repository, can.
To set a value takes the right to decrypt with its key; that the value is not read is the secret's own policy.
`

const notHeldAgainst = `
## 6. What does it not hold against?

- **Whoever controls the backend's branch, or a run of its deploy-role, has the application's rights** (question 3).
- **Build once, promote, and the scan are the pipeline's, not IAM's.** Whoever controls a run of an environment that others take images from
  decides what their next promotion copies: it writes the image and the mark that promote.sh asks for, and prod's approval is
  then the last word. And deploy-role-prod itself may push to prod's repository: the trust of a deploy-role asks for
  repository, branch and environment, not for the workflow (` + "`job_workflow_ref`" + `), so any workflow on the backend's ` + "`main`" + ` that names
  ` + "`prod`" + ` deploys without lint, scan or promotion. So does a backend that calls an older commit of ` + "`backend-deploy.yml`" + `. What stands before it: the
  rules of the backend's branch, and the reviewers of its environment. Why the trust does not ask: [pipelines.md](pipelines.md#what-the-backend-writes).
- **Whoever controls a run of infra-role controls the way in.** Building CloudFront, the load balancer and DNS includes
  pointing them elsewhere: later traffic can be read. Documents, secrets and databases that are there cannot.
- **An environment that is not protected** can be destroyed, so its roles can be recreated with another trust. Real data
  belongs in a protected one.
- **The template of a deployment is infra's.** deploy-role registers each revision from the one that infra-role wrote last, which SSM
  names: a variable or a command that infra-role put there runs with the next deployment, in the task that makes the database's roles too, which is the master user. The backend's pipeline shows the difference.
- **Infrastructure can be set to forget.** infra-role cannot delete what a protected environment keeps, but it sets for how
  long backups, versions, logs and images are kept. Copies that outlive that belong in another account's vault.
- **Documents not yet written.** infra-role sets the encryption of an environment's bucket and its policy; a document
  written under another key afterwards could be handed on. Those written before cannot: their key's policy is an
  administrator's.
- **One account for all environments.** What only the network separates, IAM does not (question 3).
- **Whoever breaks the glass and means it** (question 3): the alarm tells of it, and nothing stops it meanwhile.
- **A person with administrator rights who means it** (question 5).
`

const reasoning = `
## How it holds

1. **Grants** name what a role needs and nothing else. Each is tested by itself, without the limits.
2. **Limits** deny the rest, and hold when somebody allows everything by mistake or attaches an administrator's policy.
   They are tested by themselves too.
3. **Boundaries** hold for every role under ` + "`/paperwurks/ci/`, `/paperwurks/people/` and `/paperwurks/workload/`" + `. They deny explicitly: a
   resource's policy that names a role's session is not limited by what a boundary merely does not allow.
4. **Resources** (buckets, image repositories, secrets, keys) deny who has no business with them, whatever that role's own
   policies say.

What the roles need is not guessed: the rehearsal records the calls of Terraform, of the backend's scripts and of the person who
bootstraps, and [` + "`internal/accessmodel/observed`" + `](../internal/accessmodel/observed) keeps what IAM is asked for by them, with what AWS's
documentation says that a call asks for besides itself. ` + "`make test`" + ` fails when a role may not make one of its calls, when a role
has a permission that no call used, no row below is about and ` + "`unused.csv`" + ` there gives no reason for, and when a command of the
runbooks is in no row of the administrator's. It also breaks every statement, one at a time, and wants a row to notice.

AWS's documents leave three things open, which only an account can tell: how Application Auto Scaling tries ` + "`ecs:UpdateService`" + ` in
the caller's name (asked here of the service itself); whether the tag that a key is made with counts at once (infra-role may
finish a key that has no alias yet, so it need not); whether RDS, when a person lets it make a master secret, decrypts with the
key of data for more than the proof that the person may.

infra-role may make workload roles, so the model assumes that it makes bad ones. It must give them the workload boundary of
an environment, which names, one by one, the roles that reach data; any other role reaches none. Of those that do, it can
pass none to a task and say of none who may assume it. Its own task definitions start with a role that only writes logs;
what a service runs from then on is registered by deploy-role with the real roles. So whoever controls a run of infra-role
can start code in the network, but not as somebody who reads documents, secrets or the database.
`

const tablesIntroduction = `
## The tables

Each row was asked of every role of its table; who is not named is denied. What has a row for each environment is under the
environment's name.

### From where each role can be assumed

A role of CI is assumed with the token that GitHub gives to a workflow run, and by nobody else. Its trust compares the
audience, the subject (in both of GitHub's spellings, each exact), the numeric ids of owner and repository, the branch,
the GitHub environment where the job names one, for infra-role the workflow that applies, and for infra-report-role the one that
reports failed runs.
`

const ciIntroduction = `
### What the roles of CI may do
`

const peopleIntroduction = `
### What a person with administrator rights may do

The commands of [operations.md](operations.md), [worst-day.md](worst-day.md) and [pipelines.md](pipelines.md), and what is refused. prod stands for every
environment.
`

const rolesForPeopleIntroduction = `
### What the roles for people may do

Each is the least that its runbooks need ([operations.md](operations.md#roles-for-people)), within a boundary of their own. ` + "`People`" + ` in
` + "`config/platform.go`" + ` says who may assume which; a role that nobody may is not made. prod stands for every environment. The application's
log is shown with whatever the application writes there. Where a role is not wanted, [on-call.json](on-call.json) is a permission
set's own policy with the same rights as ` + "`paperwurks-on-call`" + `.
`

const workloadsIntroduction = `
### What the roles of workloads may do

Roles of prod and dev stand for those of every environment; migrations, monitoring and flow logs have theirs. The tests
ask the same of roles that somebody who controls a run of infra-role could make: with every permission in their policy,
they get no data, no image and no other identity.
`

const chatIntroduction = `
## What a message in a channel of Slack may come to

` + "`paperwurks-account-chat`" + ` is the role of every channel; ` + "`member`" + ` is a role with every right that a member of a channel brings, within the
channel's guardrail. Of all that the tables of CI ask neither may anything.
`

const attachmentsIntroduction = `
### What is attached to whom

A boundary is what its role cannot exceed. Policies that end in "-limits" and "-protect" only deny.
`
