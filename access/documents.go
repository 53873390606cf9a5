package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// Who may read and write the application's documents: the tasks of services
// whose settings say so. The bucket's policy denies it to everybody else, the
// key opens documents to tasks only (DataKey), and the workload boundary leaves
// S3 to the roles of tasks.

// DocumentsBucket is the policy of the documents bucket: only the environment's
// tasks read and write documents, whatever other roles' policies allow. Managing
// the bucket itself is not denied.
func DocumentsBucket(n config.Names, env config.Environment) policy.Document {
	bucket := n.DocumentsBucket(env.Name)
	toOthers := func(sid string, actions, except []string) policy.Statement {
		s := on(denyAnyone(sid, actions), config.BucketARN(bucket)+"/*")
		if len(except) > 0 {
			s.Conditions = []policy.Condition{policy.If(policy.ArnNotLike, "aws:PrincipalArn", except...)}
		}
		return s
	}
	readers := documentReaders(n, env)
	deleters := readers
	if env.IsDisposable() {
		// To destroy the environment, its bucket is emptied.
		deleters = concat(readers, []string{n.CIRoleARN(config.InfraRole)})
	}
	readable := readers
	var keep []policy.Statement
	if env.Copies.AreMade() {
		readable = concat(readers, []string{n.ReplicationRoleARN(env.Name)})
		keep = append(keep, keepReplication(n, bucket))
	}
	return bucketPolicy(bucket, append(keep,
		toOthers("DenyDocumentsToOthers", []string{"s3:GetObject*", "s3:PutObject*"}, readable),
		toOthers("DenyDeletingToOthers", []string{"s3:DeleteObject*"}, deleters))...)
}

// documentReaders are the roles of the tasks that use documents.
func documentReaders(n config.Names, env config.Environment) []string {
	var roles []string
	for _, s := range env.Tasks() {
		if s.ReachesDocuments() {
			roles = append(roles, n.WorkloadRoleARN(n.TaskRole(env.Name, s.Name)))
		}
	}
	return roles
}

// useDocuments is what the role of such a task allows.
func useDocuments(n config.Names, env config.Environment, dataKeyARN string) []policy.Statement {
	bucket := config.BucketARN(n.DocumentsBucket(env.Name))
	return []policy.Statement{
		{
			Sid:       "ReadAndWriteDocuments",
			Effect:    policy.Allow,
			Actions:   []string{"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"},
			Resources: []string{bucket + "/*"},
		},
		{
			Sid:       "ListDocuments",
			Effect:    policy.Allow,
			Actions:   []string{"s3:ListBucket", "s3:ListBucketMultipartUploads"},
			Resources: []string{bucket},
		},
		{
			// Amazon S3 user guide, "Using SSE-KMS": permissions for multipart
			// upload need Decrypt too.
			Sid:        "EncryptDocuments",
			Effect:     policy.Allow,
			Actions:    []string{"kms:Decrypt", "kms:GenerateDataKey"},
			Resources:  []string{dataKeyARN},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "kms:ViaService", via(n, "s3")...)},
		},
	}
}
