package compliance

import "slices"

// bucketParts are the resources that make a bucket what it has to be. S3's own
// defaults do not replace them: they change with the account and its age.
var bucketParts = []string{
	"aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_ownership_controls", "aws_s3_bucket_policy",
	"aws_s3_bucket_public_access_block", "aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket_versioning",
}

var bucketRules = []Rule{
	{
		ID: "PW-S3-01", Title: "A bucket is whole", Types: []string{"aws_s3_bucket"},
		Why: "Encryption, the block of public access, ownership, versions, lifecycle and policy are resources of their own; a forgotten one leaves AWS's default.",
		Fix: "Make the bucket with constructs/bucket.",
		check: func(p *Platform, r *Resource) []string {
			var faults []string
			for _, part := range bucketParts {
				n := len(p.partsOf(r, part, "bucket"))
				faults = append(faults, one(n != 1, "%d %s, want 1", n, part)...)
			}
			for _, old := range []string{"acl", "grant", "policy", "website", "cors_rule", "server_side_encryption_configuration"} {
				faults = append(faults, one(r.Attributes[old] != nil, "%s is in the bucket itself, where no rule looks", old)...)
			}
			return faults
		},
	},
	{
		ID: "PW-S3-02", Title: "A bucket is encrypted with a customer key", Types: []string{"aws_s3_bucket_server_side_encryption_configuration"},
		Why: "With a key of its own, whoever reaches the bucket still has to reach the key, and each use of it is in CloudTrail.",
		Fix: "Set sse_algorithm to aws:kms, kms_master_key_id to a key of the platform and bucket_key_enabled to true.",
		check: func(p *Platform, r *Resource) []string {
			const block = "apply_server_side_encryption_by_default"
			faults := one(len(list(r.Attributes["rule"])) != 1, "%d encryption rules, want 1", len(list(r.Attributes["rule"])))
			algorithm := at(r.Attributes, "rule", block, "sse_algorithm")
			faults = append(faults, one(algorithm != "aws:kms" && algorithm != "aws:kms:dsse", "sse_algorithm is %s, want aws:kms", show(algorithm))...)
			faults = append(faults, keyFault(p, r, "rule", block, "kms_master_key_id")...)
			return append(faults, one(!isTrue(at(r.Attributes, "rule", "bucket_key_enabled")), "bucket_key_enabled is not true")...)
		},
	},
	{
		ID: "PW-S3-03", Title: "No bucket is public", Types: []string{"aws_s3_bucket_public_access_block"},
		Why:   "One policy or ACL, written by anybody later, would open the bucket to the world.",
		Fix:   "Set all four flags to true.",
		FSBP:  []string{"S3.1", "S3.2", "S3.3", "S3.8"},
		check: wants(map[string]any{"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}),
	},
	{
		ID: "PW-S3-04", Title: "A bucket requires TLS 1.2 or later", Types: []string{"aws_s3_bucket_policy"},
		Why:  "S3 answers plain HTTP too unless the bucket's policy denies it.",
		Fix:  "Deny s3:* to everybody on the bucket and its objects when aws:SecureTransport is false, and when s3:TlsVersion is less than 1.2.",
		FSBP: []string{"S3.5"},
		check: func(p *Platform, r *Resource) []string {
			statements, ok := statementsOf(p, r)
			if !ok {
				return []string{"the policy cannot be read"}
			}
			onAll := slices.DeleteFunc(slices.Clone(statements), func(s statement) bool {
				return !slices.Contains(s.Actions, "s3:*") || len(s.Resources) < 2
			})
			faults := one(!denies(onAll, "Bool", "aws:SecureTransport", "false"), "requests without TLS are not denied")
			return append(faults, one(!denies(onAll, "NumericLessThan", "s3:TlsVersion", "1.2"), "TLS before 1.2 is not denied")...)
		},
	},
	{
		ID: "PW-S3-05", Title: "No bucket uses ACLs", Types: []string{"aws_s3_bucket_ownership_controls"},
		Why:   "An ACL grants access that no policy shows.",
		Fix:   "Set object_ownership to BucketOwnerEnforced, and write a policy instead of an ACL.",
		FSBP:  []string{"S3.12"},
		check: wants(map[string]any{"rule.object_ownership": "BucketOwnerEnforced"}),
	},
	{
		ID: "PW-S3-06", Title: "A bucket keeps versions", Types: []string{"aws_s3_bucket_versioning"},
		Why:   "Without versions an overwritten or deleted object is gone.",
		Fix:   "Set versioning_configuration.status to Enabled.",
		check: wants(map[string]any{"versioning_configuration.status": "Enabled"}),
	},
	{
		ID: "PW-S3-07", Title: "A bucket cleans up after itself", Types: []string{"aws_s3_bucket_lifecycle_configuration"},
		Why:  "Old versions and broken uploads are kept, unseen and paid for, until a rule removes them.",
		Fix:  "Add an enabled rule that expires noncurrent versions and aborts incomplete uploads.",
		FSBP: []string{"S3.13"},
		check: func(_ *Platform, r *Resource) []string {
			versions, uploads := false, false
			for _, rule := range list(r.Attributes["rule"]) {
				if at(rule, "status") == "Enabled" {
					versions = versions || number(at(rule, "noncurrent_version_expiration", "noncurrent_days")) > 0
					uploads = uploads || number(at(rule, "abort_incomplete_multipart_upload", "days_after_initiation")) > 0
				}
			}
			return append(one(!versions, "noncurrent versions never expire"), one(!uploads, "incomplete uploads are never aborted")...)
		},
	},
	{
		ID: "PW-S3-08", Title: "Access to a bucket is logged", Types: []string{"aws_s3_bucket"},
		Why:  "After a leak only the access log says which objects were read.",
		Fix:  "Give the bucket a log bucket. A bucket that receives such logs has none: it would log its own logging.",
		FSBP: []string{"S3.9"},
		check: func(p *Platform, r *Resource) []string {
			logs := len(p.partsOf(r, "aws_s3_bucket_logging", "bucket"))
			receives := len(p.partsOf(r, "aws_s3_bucket_logging", "target_bucket"))
			return one(logs == 0 && receives == 0, "no access log")
		},
	},
	{
		ID: "PW-S3-09", Title: "Access logs stay in their environment", Types: []string{"aws_s3_bucket_logging"},
		Why: "A log elsewhere is read by whoever may read there.",
		Fix: "Log to the environment's own log bucket, under a prefix.",
		check: func(p *Platform, r *Resource) []string {
			target := p.target(r, r.Attributes["target_bucket"], "aws_s3_bucket")
			faults := one(target == nil, "target_bucket is no bucket of the stack")
			faults = append(faults, one(target != nil && target == p.target(r, r.Attributes["bucket"], "aws_s3_bucket"), "the bucket logs into itself")...)
			return append(faults, one(text(r.Attributes["target_prefix"]) == "", "no target_prefix")...)
		},
	},
}
