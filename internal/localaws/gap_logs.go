package localaws

import "encoding/json"

// CloudWatch Logs speaks awsJson 1.1.

func init() {
	const why = "moto forgets the class of a log group"
	register("logs",
		gap{operation: "CreateLogGroup", why: why, answer: createLogGroup},
		gap{operation: "DescribeLogGroups", why: why, answer: describeLogGroups},
		gap{operation: "DeleteLogGroup", why: why, answer: deleteLogGroup},
	)
}

func createLogGroup(f *Front, c *call) (*answer, error) {
	var in struct{ LogGroupName, LogGroupClass string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err == nil && a.ok() && in.LogGroupClass != "" {
		f.memory.put("log-group-class", c.region+"/"+in.LogGroupName, in.LogGroupClass)
	}
	return a, err
}

func describeLogGroups(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	var out object
	if err := json.Unmarshal(a.body, &out); err != nil {
		return nil, err
	}
	groups, _ := out["logGroups"].([]any)
	for _, item := range groups {
		group, _ := item.(object)
		name, _ := group["logGroupName"].(string)
		setDefaults(group, object{"logGroupClass": "STANDARD"})
		if class, ok := recall[string](f.memory, "log-group-class", c.region+"/"+name); ok {
			group["logGroupClass"] = class
		}
	}
	return jsonAnswer(out)
}

func deleteLogGroup(f *Front, c *call) (*answer, error) {
	var in struct{ LogGroupName string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err == nil && a.ok() {
		f.memory.remove("log-group-class", c.region+"/"+in.LogGroupName)
	}
	return a, err
}
