package architecture

const introduction = `
# Architecture

<!-- Written by ` + "`make docs`" + ` from the synthesised stacks; ` + "`make test`" + ` fails while it is not current. -->

What this repository makes, as pictures and tables. All of it is read from the stacks that Terraform gets, so that it is
what is deployed; nothing here is drawn by hand. The pictures follow your browser's light or dark mode.
`

const differencesIntroduction = `
From ` + "`config/platform.go`" + `: every setting of an environment that is not the same everywhere.
`

const environmentsIntroduction = `
A request goes from the left to the right and down; what is drawn in a frame is inside of it. The numbers on the lines are the
ports that the security groups and listeners open. Tasks reach ECR, Secrets Manager and CloudWatch over HTTPS, and S3
through its endpoint in the VPC.
`

const networkIntroduction = `
Each VPC is divided the same way, so that a tier and a zone are found by their address. VPCs are not joined.
`

const accessIntroduction = `
Nobody assumes a role of the pipelines but a run of GitHub Actions whose token matches, by OIDC; there is no stored key.
What each role may do down to the action, and what it may not, is simulated in [access.md](access.md).
`

const parametersIntroduction = `
What stacks publish for pipelines to read, under one path for each reader. The readers are the roles whose policies name
the path; [access.md](access.md) has the whole evaluation.
`

// otherRegion takes the platform's region and that of the prices.
const otherRegion = "**The platform is in %s, and these are the prices of %s.**"

// costIntroduction takes the region, the date of the prices and the hours a month.
const costIntroduction = `
Roughly, from AWS's public list prices for %s **as known on %s, not checked against AWS here**: on-demand, without tax,
support, free tier, discounts, traffic between zones and whatever use goes beyond the assumptions below. A month has %s
hours. ≈ marks a price that is near but not known to the cent, ? one that is not in the list. Tasks are counted at the least number that autoscaling
keeps. An environment's column holds what the shared stack makes for it too; ` + "`shared`" + ` is what serves all.
CloudFront asks the same for an answer from its cache; paths that are cached (` + "`Route.CachedPaths`" + `) save tasks and traffic, which is not counted.
Prices and assumptions are in ` + "`internal/architecture/cost/prices.json`" + `. A pull request's comment has the difference that it
makes, from the same table. To compare a price with AWS's list (not run here; no test needs it), such as that of an instance:

    aws pricing get-products --region us-east-1 --service-code AmazonRDS --filters Type=TERM_MATCH,Field=regionCode,Value=%[1]s \
      Type=TERM_MATCH,Field=instanceType,Value=db.m7g.large Type=TERM_MATCH,Field=databaseEngine,Value=PostgreSQL \
      Type=TERM_MATCH,Field=deploymentOption,Value=Single-AZ --query 'PriceList[]' --output text |
      jq -r '.terms.OnDemand[].priceDimensions[] | "\(.pricePerUnit.USD) \(.unit) \(.description)"'
`
