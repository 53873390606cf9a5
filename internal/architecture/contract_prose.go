package architecture

const contractIntroduction = `
# The contract with the backend

<!-- Written by ` + "`make docs`" + ` from the synthesised stacks and internal/architecture/contract_prose.go; ` + "`make test`" + ` fails while it is not current. -->

What the platform expects of ` + "`paperwurks/backend`" + ` and gives to it: of the image that its pipeline builds, and of its
repository. How it deploys is in [pipelines.md](pipelines.md#what-the-backend-writes), and what its developers can
ask for [below](#what-you-can-ask-for). Its versions, and how to upgrade, are in [CHANGELOG.md](../CHANGELOG.md).
`

const imageIntroduction = `
One image runs as every service, as the migration, and as the task before it that makes the database's roles. The pipeline checks what can be seen of it before it is pushed and
before there are credentials; on a laptop: ` + "`IMAGE=<image> PLATFORM=linux/<amd64|arm64> pipelines/backend/check-image.sh`" + `. **Not tested here:** that script
ran against recorded output of Docker, and no task of this platform ran on Fargate.
`

const checkImage = "`check-image.sh`"

// imageRows are what an image must do; {kind} is a limit of the stacks.
var imageRows = []struct{ what, required, checked string }{
	{"platform", "linux/amd64, or linux/arm64 where the environment's `Images.Architecture` is ARM64: SSM has which (`image/platform`), and the pipeline builds for it on a runner of that architecture. An image for both fits too", checkImage + "; what is registered is compared once more with its task definition"},
	{"user", "`USER` is not root. An entry point that changes the user (su, gosu, setpriv) dies: all capabilities are dropped", checkImage},
	{"/tmp", "`RUN chmod 1777 /tmp` and after it `VOLUME /tmp`. Fargate mounts an empty folder there; without `VOLUME` it belongs to root with 0755, and nobody else can write (Amazon ECS developer guide, \"Bind mounts\")", checkImage + ", which also writes to it as the image's user"},
	{"other folders", "read-only. What is written elsewhere, such as caches, goes to /tmp (`TMPDIR`, `HOME`), which is lost with the task", checkImage + " starts a shell under the same restriction"},
	{"entry point", "`ENTRYPOINT` in exec form that takes the task's arguments (below) and hands on signals. In an environment with jobs the command of each ends with 0 if it did its work, and with another code if not; it bears a second run next to one that is at work, and SIGTERM at any time: a schedule does not wait, and at the time limit the task is stopped", checkImage + ": that there is one"},
	{"roles", "the argument `roles` runs `DATABASE_ROLES_SQL` as the database's master user, and nothing else ([below](#what-a-task-gets))", "the deployment, by its exit code"},
	{"tools", "`/bin/sh`, `stat -c`, `date +%s` for the check of the worker's heartbeat, and `sleep` for the time limit of a job: no distroless image", checkImage},
	{"credentials", "none in the image: no `AWS_*` variable for them, which would be used in place of the task's role, and no secret", checkImage},
	{"stop", "on SIGTERM take no new job, and answer requests until none arrives any more; end within {stop} seconds, the longer on Fargate Spot; then comes SIGKILL. A deployment takes a task from the load balancer first, which waits {drain} seconds for the requests under way. Fargate Spot sends SIGTERM first: requests go on arriving, up to the end of its two minutes", "nobody"},
	{"keep-alive", "keep idle connections open for longer than the load balancer's {idle} seconds, such as 75; otherwise it sends a request into a connection that is just being closed, and answers 502", "nobody"},
	{"static files", "what is under `Route.CachedPaths`, such as `/static/*`, is the same for everybody: CloudFront passes on GET and HEAD without cookie, query and header there, but for `Host` under a domain, and keeps an answer as its `Cache-Control` says, a day without one, a second even with `no-store` or `private` (CloudFront API, CachePolicyConfig). So a new version has a new name; `?v=2` is not seen. An error is kept too: 10 seconds, 502, 503 and 504 not at all, or as long as its own `max-age` (developer guide, \"Control how long CloudFront caches errors\"). So errors have no `max-age`, and the image answers old and new names, for a new page asks an old task while a deployment runs.", "nobody"},
	{"errors", "in the place of an answer with 502, 503 or 504 users see a page of the platform's with the same code, as they do where no task answers: no program may need the body or the headers of one. All other answers, 500 among them, are passed on. Paths that begin with `/.platform/` are CloudFront's", "nobody"},
	{"heartbeat", "the worker touches `/tmp/heartbeat` every 30 seconds, also while a job runs; the check wants less than 60", "the task's health check"},
	{"log", "lines to standard output and error; no secret, no personal data", "nobody"},
}

const taskIntroduction = `
The entry point gets the arguments of the task. Variables are as in every environment; their values differ. Beyond its AWS
calls a task reaches the internet over HTTPS only, and only where the environment has NAT ([architecture.md](architecture.md)).
`

const variablesContract = `
**Settings and flags of the application.** What the application itself reads, in plain text, is in ` + "`Variables`" + ` of config/platform.go: of an
environment for all its tasks, of a service or of ` + "`Migration`" + ` for that one, which wins. Synth refuses a name that is in the table above or means something to
a shell or to AWS, one that leads traffic or credentials elsewhere (` + "`HTTPS_PROXY`, `PGHOSTADDR`" + `), and a name or value that looks like a
secret: everybody who may look at ECS reads them. A secret is one of ` + "`Secrets`" + `. A change is in the pull request's comment, name by name, and goes live with the backend's next deployment; at once, without another image:
[operations.md](operations.md#change-a-variable).
`

const databaseContract = `
**The database.** There is no password for the application. As ` + "`DATABASE_USER`" + ` a task signs in with a token of IAM
(` + "`rds generate-db-auth-token`" + `, in the SDKs of every language), valid for 15 minutes, of which it makes a new one for each new
connection; over TLS, checked against [RDS's certificates](https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem)
(` + "`sslmode=verify-full`" + `), which the image holds. Services and jobs are ` + "`backend`" + `, a job
with ` + "`ReadOnly`" + ` is ` + "`backend_readonly`" + `, the migration is ` + "`backend_migrator`" + `; no role that the stacks make may sign in as another one than its own.

**` + "`roles`" + ` comes before each migration** and is the only one that signs in as the master user, over TLS as well. It runs ` + "`DATABASE_ROLES_SQL`" + ` as one text, which is a
transaction, and ends with 0 if PostgreSQL took it. As an entry point, with psql and jq in the image:

    if [ "$1" = roles ]; then
      PGUSER=$(printf '%s' "$DATABASE_MASTER_CREDENTIALS" | jq -r .username) PGPASSWORD=$(printf '%s' "$DATABASE_MASTER_CREDENTIALS" | jq -r .password) \
        exec psql "host=$DATABASE_HOST port=$DATABASE_PORT dbname=$DATABASE_NAME sslmode=verify-full sslrootcert=/path/of/global-bundle.pem" --command "$DATABASE_ROLES_SQL"
    fi

Or with a bare driver, without a list of parameters (the text has ` + "`%`" + `), and before the framework's settings are loaded: ` + "`roles`" + ` has none of the application's secrets,
and what a framework asks when it connects would run as the master user. The text is [access/database_roles.sql](../access/database_roles.sql); on a laptop
` + "`CREATE ROLE rds_iam`" + ` comes first.

| role | signs in | may |
| --- | --- | --- |
| ` + "`backend_owner`" + ` | nobody | owns what migrations make; makes tables, functions and types in ` + "`public`" + `, schemas, and extensions that PostgreSQL trusts |
| ` + "`backend_migrator`" + ` | ` + "`migrate`" + ` | acts as ` + "`backend_owner`" + `, from its first statement on (` + "`current_user`" + `); after ` + "`SET ROLE NONE`" + ` it may make nothing |
| ` + "`backend`" + ` | services, and jobs without ` + "`ReadOnly`" + ` | reads and writes rows, uses sequences, calls functions, makes temporary tables; no ` + "`TRUNCATE`" + `, ` + "`setval`" + ` or ` + "`REFRESH`" + ` of a materialized view |
| ` + "`backend_readonly`" + ` | jobs with ` + "`ReadOnly`" + ` in config/platform.go | reads rows; calls no function of the application's, also not through a view, and makes no temporary table. Each of its transactions is read-only (SQLSTATE 25006), and where one turns that off it has no right to write a row (42501); a large object of its own PostgreSQL lets everybody make |

That is what a new thing in ` + "`public`" + ` comes with; a migration may grant less, or more, and in a schema of its own it grants that itself. What
` + "`backend_readonly`" + ` may write of what migrations made, by itself or by a function that runs as its owner, the next ` + "`roles`" + ` takes back, whoever granted it. What the application made in a schema where a migration lets it create is its own: where
` + "`backend_readonly`" + ` may write there, ` + "`roles`" + ` warns in its log, and the application takes it back. Large objects of its own anybody may make, ` + "`backend_readonly`" + ` too: PostgreSQL gives everybody the functions, and only a superuser takes them back.
What only a master user could have brought about, such as a membership, ` + "`roles`" + ` names in its log, changes nothing and stops the deployment ([what to do](operations.md#the-roles-of-the-database-are-refused)). An extension that PostgreSQL does not trust, such as PostGIS, is a line in that text: a pull request here. A pool that sends ` + "`DISCARD ALL`" + ` may take the migration's role
away before PostgreSQL 15.9, 16.5 and 17.1, and those three do not give it at all (fixed in 15.10, 16.6 and 17.2).
**Not tested here:** RDS. The text runs in the tests on PostgreSQL 17.10 as a master without superuser rights. RDS asks a member of ` + "`rds_iam`" + `, however indirect, for a token (Amazon RDS user
guide, "IAM database authentication"), so the master is a member of no role that signs in.

**People do not sign in.** The database has no way in but from a task, and no role for people may sign in. Who has a question asks it by a job with ` + "`ReadOnly`" + ` and without a schedule, whose
command is the backend's reviewed code, and which ` + "`backend-run.yml`" + ` starts by its name when the environment's reviewers approved it: [operations.md](operations.md#ask-the-database-a-question).
Reading is all that ` + "`ReadOnly`" + ` limits, of the database alone: documents and secrets such a job has as its service does.

**Migrations suit the older code.** They run before the services are updated, and stay when a deployment is rolled back: a
column is added in one deployment and required in a later one; it is dropped after the code that reads it is gone. Each is
one transaction, so that a migration that was stopped is run again from there. Only one runs at a time: the pipeline refuses a
second one.
`

const repositoryContract = `
What ` + "`backend-deploy.yml`" + ` runs in a checkout of the backend on a bare ` + "`ubuntu-24.04`" + ` runner of GitHub (` + "`ubuntu-24.04-arm`" + ` where the environment runs on ARM64), without credentials. Each
command is an [input](#what-the-workflows-take) of the workflow.

The build sees the repository and no secret. The result is pushed once for each commit and environment, as
` + "`<env>-<commit>`" + `: tags are immutable, and a rollback starts the image of an older commit without a build.

**A bad image stops.** Before the migration the pipeline waits up to ten minutes for ECR's scan of the image (basic scanning, on push: packages of
the operating system only; where the account has turned on Amazon Inspector, its findings, once Inspector says that it scanned the image and two
answers a minute apart are the same). What is found of ` + "`scan-severity`" + ` or
above is listed and stops the run; so does an image that could not be scanned (` + "`NOT_SCANNED`, `UNSUPPORTED_IMAGE`, `FAILED`" + `).
` + "`NOT_SCANNED`" + ` is mostly the registry's: its scan filters do not match the repository, which is then scanned by hand only (Amazon ECR user guide,
"Using filters"); ` + "`aws ecr get-registry-scanning-configuration`" + ` shows them. Findings without a rating (` + "`UNDEFINED`, Inspector's `UNTRIAGED`" + `) are
counted and never stop, at no ` + "`scan-severity`" + `. What may
be deployed all the same is in ` + "`scan-allowed.json`" + `, each with a reason and the last day on which it may, 180 days ahead at most:

    [{"id": "CVE-2026-12345", "reason": "the parser is never given files of others", "until": "2027-02-28"}]

The day after, the finding stops deployments again; a rollback is not scanned. **Not tested here:** ECR's own scan, and Inspector: the answers
that the tests read are written after the APIs' references and aws/aws-sdk#289 and #288. That ECR asks for ` + "`inspector2:ListFindings`" + ` in the role's name is the ECR
user guide's word; deploy-role has it, and ` + "`ListCoverage`" + `.
`

const askIntroduction = `
What the platform is like is in ` + "`config/platform.go`" + ` here, and a change of it is a pull request to this repository: write one, or ask for one. Its
comment says what it changes and costs, and who runs the platform approves it ([Change something](../README.md#change-something)). What the backend starts by
itself waits for the reviewers of its GitHub environment.
`

const (
	backendAlone = "the reviewers of the GitHub environment, if it has any"
	pullRequest  = "a pull request here"
	andBootstrap = pullRequest + ", and an administrator's `make bootstrap`"
)

// askRows are what a developer of the backend can ask for, and which runbook says how.
var askRows = []struct{ want, how, who string }{
	{"a command that runs by a schedule, or once", "an entry in `Jobs`: [Add a job](operations.md#add-a-job)", andBootstrap},
	{"to run a job once", "`backend-run.yml`: [Run a job once](operations.md#run-a-job-once)", backendAlone},
	{"to know why a job failed, or did not run", "[A job failed or did not run](operations.md#a-job-failed-or-did-not-run)", "whoever is on call"},
	{"another value of a variable, or a new one", "an entry in `Variables`, which counts with the next deployment: [Change a variable](operations.md#change-a-variable)", pullRequest},
	{"that it counts at once, with the image that runs", "`backend-redeploy.yml`: [Change a variable](operations.md#change-a-variable)", backendAlone},
	{"another value of a secret", "[Rotate a secret](operations.md#rotate-a-secret)", "a person with the role break-glass"},
	{"the commit that ran before", "`backend-rollback.yml`: [Roll back a deployment](operations.md#roll-back-a-deployment)", backendAlone},
	{"that a deployment is asked from outside, by a command too", "`backend-ask.yml`: [pipelines.md](pipelines.md#what-the-backend-writes)", "nobody: it takes no role"},
	{"another process of the image, with or without a route", "an entry in `Services`: [Add a service](operations.md#add-a-service)", andBootstrap},
	{"more tasks, CPU or memory; another limit below", "the environment's setting", pullRequest},
	{"that users see a page while you work", "[Maintenance mode](operations.md#maintenance-mode)", "whoever is on call"},
	{"an environment that is off, or on in the evening", "[Switch an environment off and on](operations.md#switch-an-environment-off-and-on)", "whoever is on call"},
}

const limitsIntroduction = `
**Limits that you meet.** ` + "`RequestsPerIP`" + ` is how many requests one address may send in five minutes, files under ` + "`Route.CachedPaths`" + ` too; AWS WAF answers all
further ones of that address with 403, until it sends fewer. It counts what the address sends, not who: a load test from one machine meets it, and so does an office behind
one address. That begins near the limit, not at it, possibly minutes after, and mostly ends within 30 seconds of fewer requests (AWS WAF developer guide, "Rate-based rule caveats"). Ask for a higher
one before. ` + "`RequestsPerTarget`" + ` is how many requests a minute and task autoscaling aims at besides the CPU, up to ` + "`MaxTasks`" + `; – for the CPU alone. ` + "`KeepReleases`" + ` is how far back
a rollback reaches: that many images with a tag stay, the newest by their push, failed deployments among them; and no further than the 100 newest revisions of each service, of
which each deployment, redeployment and changed setting takes one.
`

const inputsIntroduction = `
Each is a line under ` + "`with:`" + ` of the job that calls the workflow ([pipelines.md](pipelines.md#what-the-backend-writes)).
`
