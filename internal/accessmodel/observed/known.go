package observed

import (
	"regexp"
	"strings"

	"github.com/paperwurks/infra/internal/awsapi"
)

// known is what calls say of each other: the names of what later calls name by
// an id that AWS made up.
type known struct {
	account, region string
	// aliases of KMS keys by the key's id.
	aliases map[string]string
	// bucketKeys are the keys, by id or ARN, that buckets encrypt with.
	bucketKeys map[string]string
	// rolePaths by the role's name.
	rolePaths map[string]string
	// taskRoles are the roles of a family's task definitions.
	taskRoles map[string][]string
	// repositoryKeys, databaseKeys and secretKeys are the keys that image
	// repositories, databases and secrets encrypt with: by name, a secret's as
	// the placeholder for its ARN.
	repositoryKeys, databaseKeys, secretKeys map[string]string
	// topicKeys are those of topics, by ARN.
	topicKeys map[string]string
	// deliveryBuckets are the ARNs of the buckets of delivery destinations.
	deliveryBuckets map[string]string
}

func learn(calls []awsapi.Recorded, account, region string) *known {
	k := &known{
		account: account, region: region,
		aliases: map[string]string{}, bucketKeys: map[string]string{}, rolePaths: map[string]string{},
		taskRoles: map[string][]string{}, repositoryKeys: map[string]string{}, databaseKeys: map[string]string{},
		secretKeys: map[string]string{}, topicKeys: map[string]string{}, deliveryBuckets: map[string]string{},
	}
	for _, c := range calls {
		p := c.Parameters
		switch c.Service + " " + c.Operation {
		case "kms CreateAlias", "kms UpdateAlias":
			k.aliases[idOf(p["TargetKeyId"])] = p["AliasName"]
		case "s3 PutBucketEncryption":
			if key := p["ServerSideEncryptionConfiguration.Rule.ApplyServerSideEncryptionByDefault.KMSMasterKeyID"]; key != "" {
				k.bucketKeys[p["Bucket"]] = key
			}
		case "iam CreateRole":
			k.rolePaths[p["RoleName"]] = p["Path"]
		case "ecr CreateRepository":
			k.repositoryKeys[p["repositoryName"]] = p["encryptionConfiguration.kmsKey"]
		case "logs PutDeliveryDestination":
			bucket, _, _ := strings.Cut(p["deliveryDestinationConfiguration.destinationResourceArn"], "/")
			if strings.HasPrefix(bucket, "arn:aws:s3:::") {
				k.deliveryBuckets[p["name"]] = bucket
			}
		case "rds CreateDBInstance":
			k.databaseKeys[p["DBInstanceIdentifier"]] = p["KmsKeyId"]
		case "secretsmanager CreateSecret":
			k.secretKeys[k.secret(p["Name"])] = p["KmsKeyId"]
		case "sns SetTopicAttributes":
			if p["AttributeName"] == "KmsMasterKeyId" {
				k.topicKeys[p["TopicArn"]] = p["AttributeValue"]
			}
		case "ecs RegisterTaskDefinition":
			for _, name := range []string{"taskRoleArn", "executionRoleArn"} {
				if role := p[name]; role != "" {
					k.taskRoles[c.Role+" "+p["family"]] = append(k.taskRoles[c.Role+" "+p["family"]], role)
				}
			}
		}
	}
	return k
}

// idOf is a key's id from its id or ARN.
func idOf(key string) string { return lastPart(key, "/") }

// lastPart is what follows the last separator.
func lastPart(text, separator string) string { return text[strings.LastIndex(text, separator)+1:] }

// secret is the placeholder of a secret that a call names by its name or ARN.
func (k *known) secret(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return k.stable(name)
	}
	return "{secret " + name + "}"
}

// key is the placeholder of a KMS key that a call names by id, ARN or alias.
// One that no recorded call gave a name is any key.
func (k *known) key(key string) string {
	alias := k.aliases[idOf(key)]
	if i := strings.Index(key, "alias/"); i >= 0 {
		alias = key[i:]
	}
	if alias == "" || strings.HasPrefix(alias, "alias/aws/") {
		return "arn:aws:kms:{region}:{account}:key/{id}"
	}
	return "{key " + alias + "}"
}

// Parts of ARNs that AWS makes up.
var (
	uuid     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	hex      = regexp.MustCompile(`([/:-])[0-9a-f]{16,64}\b`)
	globalID = regexp.MustCompile(`^(arn:aws:(?:cloudfront|route53):[^/]*/)[A-Za-z0-9_]{8,}$`)
	scaling  = regexp.MustCompile(`(:scalable-target/)[a-z0-9]+$`)
	delivery = regexp.MustCompile(`(:delivery:)[A-Za-z0-9]+$`)
	resource = regexp.MustCompile(`(:db:)db-[A-Z0-9]{26}$`)
	// RDS names a master secret, Secrets Manager adds six characters.
	masterSecret = regexp.MustCompile(`(:secret:rds!.+-)[A-Za-z0-9]{6}$`)
	// S3 user guide, "Amazon S3 server access log format": TargetPrefix, then
	// the time and a random string.
	accessLog = regexp.MustCompile(`\d{4}(-\d\d){5}-[0-9A-F]{16}$`)
	// IAM knows a subscription by its topic.
	subscription = regexp.MustCompile(`^(arn:aws:sns:[^:]*:[^:]*:[^:]+):[0-9a-f-]{36}$`)
	revision     = regexp.MustCompile(`(:task-definition/[^:]+):[0-9]+$`)
	secretName   = regexp.MustCompile(`^arn:aws:secretsmanager:[^:]*:[^:]*:secret:(.+)-[A-Za-z0-9]{6}$`)
	keyARN       = regexp.MustCompile(`^arn:aws:kms:[^:]*:[^:]*:key/`)
	balancer     = regexp.MustCompile(`^(arn:aws:elasticloadbalancing:[^:]*:[^:]*:(?:(?:loadbalancer|listener|listener-rule)/[a-z]+|targetgroup)/[^/]+)/.+$`)
)

// stable is a text in which what AWS makes up is replaced by what stays.
func (k *known) stable(text string) string {
	if keyARN.MatchString(text) {
		return k.key(text)
	}
	if m := secretName.FindStringSubmatch(text); m != nil && !strings.HasPrefix(m[1], "rds!") {
		return "{secret " + m[1] + "}"
	}
	if m := balancer.FindStringSubmatch(text); m != nil {
		kind := strings.Split(text, ":")[5]
		text = m[1] + "/{id}" + strings.Repeat("/{id}", map[string]int{"listener": 1, "listener-rule": 2}[kind[:strings.IndexByte(kind, '/')]])
	}
	text = subscription.ReplaceAllString(text, "$1")
	text = uuid.ReplaceAllString(text, "{id}")
	text = revision.ReplaceAllString(text, "$1:{id}")
	for _, made := range []*regexp.Regexp{scaling, delivery, resource, masterSecret} {
		text = made.ReplaceAllString(text, "$1{id}")
	}
	text = globalID.ReplaceAllString(text, "$1{id}")
	text = hex.ReplaceAllString(text, "$1{id}")
	text = strings.ReplaceAll(text, ":"+k.region+":", ":{region}:")
	return strings.ReplaceAll(text, k.account, "{account}")
}
