package accessmodel

// The words of docs/access.md. Everything else on the page is simulated.

const introduction = `
# Who may do what

Written by ` + "`make access`" + ` from the synthesised stacks, by simulating AWS's evaluation of every policy, permissions
boundary and resource policy; ` + "`make test`" + ` fails while it is not current. A pull request that changes what a role may
do shows it here. ` + allowed + ` is allowed, ` + denied + ` is denied.
`

const glanceIntroduction = `
How much of what is asked below each role may. What is asked of an area includes what nobody may.
`

const admissionsIntroduction = `
A role of CI is assumed with the token that GitHub gives to a workflow run, and by nobody else. Its trust compares the
audience, the subject (in both of GitHub's spellings, each exact), the numeric ids of owner and repository, the branch,
and the GitHub environment where the job names one.
`

const workloadsIntroduction = `
Roles of prod and dev stand for those of every environment; migrations, monitoring and flow logs have theirs. The tests
ask the same of roles that somebody who controls a run of infra-role could make: with every permission in their policy,
they get no data, no image and no other identity.
`

const attachmentsIntroduction = `
A boundary is what its role cannot exceed. Policies that end in "-limits" and "-protect" only deny.
`

const reasoning = `
## How it holds

1. **Grants** name what a role needs and nothing else. Each is tested by itself, without the limits.
2. **Limits** deny the rest, and hold when somebody allows everything by mistake or attaches an administrator's policy.
   They are tested by themselves too.
3. **Boundaries** hold for every role under ` + "`/paperwurks/ci/` and `/paperwurks/workload/`" + `. They deny explicitly: a
   resource's policy that names a role's session is not limited by what a boundary merely does not allow.
4. **Resources** (buckets, image repositories, secrets, keys) deny who has no business with them, whatever that role's own
   policies say.

What the roles need is not guessed: the rehearsal records the calls of Terraform and of the backend's scripts, and
` + "[`internal/accessmodel/observed`](../internal/accessmodel/observed)" + ` keeps what IAM is asked for by them. ` + "`make test`" + ` fails when a role
may not make one of its calls, and when a role has a permission that no call used, no row below is about and
` + "`unused.csv`" + ` there gives no reason for. An emulator checks no permission: what AWS asks for beyond the call itself is
from AWS's documentation, and was not tried on AWS.

infra-role may make workload roles, so the model assumes that it makes bad ones. It must give them the workload boundary of
an environment, which names, one by one, the roles that reach data; any other role reaches none. Of those that do, it can
pass none to a task and say of none who may assume it. Its own task definitions start with a role that only writes logs;
what a service runs from then on is registered by deploy-role with the real roles. So whoever controls a run of infra-role
can start code in the network, but not as somebody who reads documents, secrets or the database.

### What only an administrator changes

By ` + "`make bootstrap`" + `, with a person's administrator rights. The pipeline's own role reads these and is denied the rest:

- the roles of CI with their policies, the permissions boundaries, GitHub's OIDC provider;
- with them, what follows from a new environment (its deploy role, its boundary) and from a new service (its roles are
  named in the environment's boundary);
- the state bucket and its log, the policies of image repositories, and the policies and names of the keys of data and state;
- who may assume the roles of tasks, once they are made;
- whatever would destroy a protected environment's data or the roles that reach it.

### What it does not hold against

- **Whoever controls a run of infra-role controls the way in.** Building CloudFront, the load balancer and DNS includes
  pointing them elsewhere: later traffic can be read. Documents, secrets and databases that are there cannot.
- **An environment that is not protected** can be destroyed, so its roles can be made anew with another trust. Real data
  belongs in a protected one.
- **The template of a deployment is infra's.** deploy-role registers each revision from the newest one: an environment
  variable or a command that infra-role put there runs with the next deployment. The backend's pipeline shows the difference.
- **Infrastructure can be set to forget.** infra-role cannot delete what a protected environment keeps, but it sets for how
  long backups, versions, logs and images are kept. Copies that outlive that belong in another account's vault.
- **Documents not yet written.** infra-role sets the encryption of an environment's bucket and its policy; a document
  written under another key afterwards could be handed on. Those written before cannot: their key's policy is an
  administrator's.
- **A person with administrator rights.** For them there are AWS Organizations' policies, outside this repository.
`
