package compliance

import "strings"

// copyRules are those of copies in another region.
var copyRules = []Rule{
	{
		ID: "PW-COP-01", Title: "Copies of backups are in another region, under a key of their own", Types: []string{"aws_db_instance_automated_backups_replication"},
		Why: "A copy that is lost with the region, or cannot be read without it, is none.",
		Fix: "Give it the provider of config.Copies.Region, a key of that region, and keep it for 1 day or more.",
		check: func(p *Platform, r *Resource) []string {
			faults := elsewhere(p, r, r)
			faults = append(faults, keyThere(p, r, r.Attributes["kms_key_id"])...)
			faults = append(faults, one(p.target(r, r.Attributes["source_db_instance_arn"], "aws_db_instance") == nil, "source_db_instance_arn is no database of the stack")...)
			return append(faults, one(number(r.Attributes["retention_period"]) < 1, "retention_period is %s", show(r.Attributes["retention_period"]))...)
		},
	},
	{
		ID: "PW-COP-02", Title: "Documents are copied to another region, and deletions are not", Types: []string{"aws_s3_bucket_replication_configuration"},
		Why: "Whoever deletes documents here must not delete them there; a copy elsewhere is under nobody's rules.",
		Fix: "Make it with constructs/bucket's NewReplication, to a bucket of the stack in another region.",
		check: func(p *Platform, r *Resource) []string {
			rules := list(r.Attributes["rule"])
			faults := one(len(rules) != 1, "%d rules, want 1", len(rules))
			for _, rule := range rules {
				faults = append(faults, one(at(rule, "status") != "Enabled", "status is %s", show(at(rule, "status")))...)
				faults = append(faults, one(at(rule, "filter", "prefix") != "", "filter.prefix is %s: what it leaves out has no copy", show(at(rule, "filter", "prefix")))...)
				faults = append(faults, one(at(rule, "delete_marker_replication", "status") != "Disabled", "delete markers are copied")...)
				encrypted := at(rule, "source_selection_criteria", "sse_kms_encrypted_objects", "status")
				faults = append(faults, one(encrypted != "Enabled", "objects that are encrypted with a customer key, which all are, are not copied")...)
				to := p.target(r, at(rule, "destination", "bucket"), "aws_s3_bucket")
				if to == nil {
					faults = append(faults, "the destination is no bucket of the stack")
					continue
				}
				faults = append(faults, elsewhere(p, r, to)...)
				faults = append(faults, keyThere(p, to, at(rule, "destination", "encryption_configuration", "replica_kms_key_id"))...)
			}
			return append(faults, one(p.target(r, r.Attributes["role"], "aws_iam_role") == nil, "role is no role of the stack")...)
		},
	},
}

// elsewhere says what is wrong with where a copy is.
func elsewhere(p *Platform, r, copied *Resource) []string {
	here, there := regionOf(p, &Resource{Stack: r.Stack}), regionOf(p, copied)
	return one(there == "" || there == here, "the copy is in %q, as what it is of", there)
}

// keyThere says what is wrong with the key of a copy.
func keyThere(p *Platform, r *Resource, value any) []string {
	if fault := customerKey(p, r, value); fault != "" {
		return []string{"its key is " + fault}
	}
	key := p.target(r, value, "aws_kms_key")
	return one(regionOf(p, key) != regionOf(p, r), "its key is in %q", regionOf(p, key))
}

// regionOf is the region of a resource's provider.
func regionOf(p *Platform, r *Resource) string {
	_, alias, _ := strings.Cut(text(r.Attributes["provider"]), ".")
	for _, provider := range p.all("provider.aws") {
		if provider.Stack == r.Stack && provider.Name == alias {
			return text(provider.Attributes["region"])
		}
	}
	return ""
}
