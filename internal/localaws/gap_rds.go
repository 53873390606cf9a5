package localaws

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Amazon RDS speaks awsQuery.

func init() {
	const noInsights = "moto forgets the settings of Performance Insights"
	const oneID = "moto gives all instances one resource id, by which the provider finds them"
	const otherSecret = "moto makes another master secret for an instance that has one"
	const noSource = "moto does not tell who set a parameter, which the provider asks for"
	register("rds",
		gap{operation: "CreateDBInstance", why: noInsights + "; " + oneID, answer: writeDBInstance},
		gap{operation: "ModifyDBInstance", why: noInsights + "; " + oneID + "; " + otherSecret, answer: modifyDBInstance},
		gap{operation: "CreateDBInstanceReadReplica", why: oneID, answer: writeDBInstance},
		gap{operation: "RestoreDBInstanceFromDBSnapshot", why: oneID, answer: writeDBInstance},
		gap{operation: "RestoreDBInstanceToPointInTime", why: oneID, answer: writeDBInstance},
		gap{operation: "DescribeDBInstances", why: noInsights + "; " + oneID, answer: describeDBInstances},
		gap{operation: "DeleteDBInstance", why: noInsights + "; " + oneID, answer: deleteDBInstance},
		gap{operation: "DescribeDBParameters", why: noSource, answer: describeDBParameters},
		gap{operation: "ModifyDBParameterGroup", why: "moto cannot reset a parameter, and so does not set it again", answer: modifyDBParameterGroup},
		gap{operation: "ResetDBParameterGroup", why: "moto cannot reset a parameter", answer: resetDBParameterGroup},
		gap{operation: "DeleteDBParameterGroup", why: "moto cannot reset a parameter", answer: deleteDBParameterGroup},
	)
}

// insightSettings are the settings of Performance Insights: as a call names them, and as an instance does.
var insightSettings = []struct{ written, read string }{
	{"EnablePerformanceInsights", "PerformanceInsightsEnabled"},
	{"PerformanceInsightsKMSKeyId", "PerformanceInsightsKMSKeyId"},
	{"PerformanceInsightsRetentionPeriod", "PerformanceInsightsRetentionPeriod"},
	{"DatabaseInsightsMode", "DatabaseInsightsMode"},
}

func instanceKey(c *call, instance string) string { return c.region + "/" + strings.ToLower(instance) }

// insights copies what is remembered of an instance, by the names that a call uses.
func insights(f *Front, key string) map[string]string {
	kept, _ := recall[map[string]string](f.memory, "insights", key)
	return maps.Clone(kept)
}

func writeDBInstance(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	form := c.form()
	name := form.Get("DBInstanceIdentifier")
	if restored := form.Get("TargetDBInstanceIdentifier"); restored != "" {
		name = restored
	}
	key := instanceKey(c, name)
	kept := insights(f, key)
	if kept == nil {
		kept = map[string]string{}
	}
	for _, setting := range insightSettings {
		if value := form.Get(setting.written); value != "" {
			kept[setting.written] = value
		}
	}
	if renamed := form.Get("NewDBInstanceIdentifier"); renamed != "" {
		id := resourceID(f, key)
		f.memory.remove("insights", key)
		f.memory.remove("dbi-resource-id", key)
		key = instanceKey(c, renamed)
		f.memory.put("dbi-resource-id", key, id)
	}
	f.memory.put("insights", key, kept)
	return completeInstances(f, c, a), nil
}

// modifyDBInstance leaves a master secret that is there as it is, when a call asks for one (Amazon RDS API,
// ModifyDBInstance: ManageMasterUserPassword): Terraform does so after it imported an instance.
func modifyDBInstance(f *Front, c *call) (*answer, error) {
	form := c.form()
	if form.Get("ManageMasterUserPassword") == "true" {
		described, err := f.askQuery(c, "rds", map[string][]string{"Action": {"DescribeDBInstances"}, "Version": {form.Get("Version")},
			"DBInstanceIdentifier": {form.Get("DBInstanceIdentifier")}})
		if err == nil && bytes.Contains(described, []byte("<MasterUserSecret>")) {
			form.Del("ManageMasterUserPassword")
			form.Del("MasterUserSecretKmsKeyId")
			other := *c
			other.body = []byte(form.Encode())
			c = &other
		}
	}
	return writeDBInstance(f, c) // says that there is no such instance, where there is none
}

// resourceID is an instance's own resource id.
func resourceID(f *Front, key string) string {
	return rememberOnce(f.memory, "dbi-resource-id", key, func() string { return "db-" + rand.Text() })
}

// describeDBInstances looks up instances by their own resource ids, of which moto knows nothing.
func describeDBInstances(f *Front, c *call) (*answer, error) {
	form := c.form()
	for n := 1; ; n++ {
		filter := fmt.Sprintf("Filters.Filter.%d.", n)
		kind := form.Get(filter + "Name")
		if kind == "" {
			break
		}
		if kind != "dbi-resource-id" {
			continue
		}
		form.Set(filter+"Name", "db-instance-id")
		for v := 1; form.Has(fmt.Sprintf("%sValues.Value.%d", filter, v)); v++ {
			value := fmt.Sprintf("%sValues.Value.%d", filter, v)
			form.Set(value, instanceOf(f, c, form.Get(value)))
		}
	}
	a, err := f.askWith(c, []byte(form.Encode()))
	if err != nil || !a.ok() {
		return a, err
	}
	return completeInstances(f, c, a), nil
}

// instanceOf is the name of the instance that has a resource id; what it gives where none has it is no name
// of an instance.
func instanceOf(f *Front, c *call, id string) string {
	for key, document := range f.memory.all("dbi-resource-id") {
		name, here := strings.CutPrefix(key, c.region+"/")
		if here && document == id {
			return name
		}
	}
	return "-"
}

// completeInstances adds what is remembered to each instance in an answer.
func completeInstances(f *Front, c *call, a *answer) *answer {
	a.body = editElements(a.body, "DBInstance", func(instance string) string {
		key := instanceKey(c, child(instance, "DBInstanceIdentifier"))
		instance = string(replaceInner([]byte(instance), "DbiResourceId", resourceID(f, key)))
		for name, value := range insights(f, key) {
			for _, setting := range insightSettings {
				if setting.written != name {
					continue
				}
				if at, ok := findElement([]byte(instance), setting.read); ok {
					instance = instance[:at.start] + instance[at.end:]
				}
				instance += "<" + setting.read + ">" + escaped(value) + "</" + setting.read + ">"
			}
		}
		return instance
	})
	return a
}

func deleteDBInstance(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	a = completeInstances(f, c, a)
	key := instanceKey(c, c.form().Get("DBInstanceIdentifier"))
	f.memory.remove("insights", key)
	f.memory.remove("dbi-resource-id", key)
	return a, nil
}

// resetParameters are the parameters of a group that have their default again, which moto still holds.
func resetParameters(f *Front, c *call, group string) []string {
	names, _ := recall[[]string](f.memory, "reset-parameters", c.region+"/"+group)
	return slices.Clone(names)
}

// parametersIn lists the parameters that a call names.
func parametersIn(c *call) []string {
	form := c.form()
	var names []string
	for _, member := range []string{"Parameters.Parameter", "Parameters.member"} {
		for i := 1; ; i++ {
			name := form.Get(fmt.Sprintf("%s.%d.ParameterName", member, i))
			if name == "" {
				break
			}
			names = append(names, name)
		}
	}
	return names
}

func modifyDBParameterGroup(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	group := c.form().Get("DBParameterGroupName")
	set := parametersIn(c)
	f.memory.put("reset-parameters", c.region+"/"+group, slices.DeleteFunc(resetParameters(f, c, group), func(name string) bool { return slices.Contains(set, name) }))
	return a, nil
}

func resetDBParameterGroup(f *Front, c *call) (*answer, error) {
	group := c.form().Get("DBParameterGroupName")
	described, err := f.askQuery(c, "rds", map[string][]string{"Action": {"DescribeDBParameters"}, "Version": {c.form().Get("Version")}, "DBParameterGroupName": {group}})
	if err != nil {
		return nil, notFound("DBParameterGroupNotFound", "DBParameterGroup", group)
	}
	names := parametersIn(c)
	if c.form().Get("ResetAllParameters") == "true" {
		for _, at := range findElements(described, "ParameterName") {
			names = append(names, text(described[at.start:at.end], "ParameterName"))
		}
	}
	f.memory.put("reset-parameters", c.region+"/"+group, append(resetParameters(f, c, group), names...))
	body := "<ResetDBParameterGroupResponse><ResetDBParameterGroupResult><DBParameterGroupName>" + escaped(group) +
		"</DBParameterGroupName></ResetDBParameterGroupResult><ResponseMetadata><RequestId>localaws</RequestId></ResponseMetadata></ResetDBParameterGroupResponse>"
	return &answer{http.StatusOK, http.Header{"Content-Type": {"text/xml"}}, []byte(body)}, nil
}

func deleteDBParameterGroup(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err == nil && a.ok() {
		f.memory.remove("reset-parameters", c.region+"/"+c.form().Get("DBParameterGroupName"))
	}
	return a, err
}

// describeDBParameters says that the parameters which moto holds were set by the user: it holds no others.
func describeDBParameters(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	form := c.form()
	reset := resetParameters(f, c, form.Get("DBParameterGroupName"))
	a.body = editElements(a.body, "Parameters", func(parameters string) string {
		kept := ""
		for _, at := range findElements([]byte(parameters), "Parameter") {
			parameter := parameters[at.innerStart:at.innerEnd]
			source := form.Get("Source")
			if (source == "" || source == "user") && !slices.Contains(reset, child(parameter, "ParameterName")) {
				kept += "<Parameter>" + parameter + "<Source>user</Source></Parameter>"
			}
		}
		return kept
	})
	return a, nil
}
