package localaws

import (
	"fmt"
	"strings"
)

// Amazon EC2 speaks ec2Query.

func init() {
	const noOptions = "moto forgets the destination options of a flow log"
	const noDescription = "moto forgets the description of a rule that names a prefix list or another group"
	register("ec2",
		gap{operation: "CreateFlowLogs", why: noOptions, answer: createFlowLogs},
		gap{operation: "DescribeFlowLogs", why: noOptions, answer: describeFlowLogs},
		gap{operation: "AuthorizeSecurityGroupIngress", why: noDescription, answer: authorizeSecurityGroup},
		gap{operation: "AuthorizeSecurityGroupEgress", why: noDescription, answer: authorizeSecurityGroup},
		gap{operation: "DescribeSecurityGroupRules", why: noDescription, answer: describeSecurityGroupRules},
	)
}

// itemsOf lists the direct <item> elements of the first set of that name.
func itemsOf(document []byte, set string) []span {
	at, ok := findElement(document, set)
	if !ok {
		return nil
	}
	items := findElements(document[at.innerStart:at.innerEnd], "item")
	for i := range items {
		items[i].start += at.innerStart
		items[i].innerStart += at.innerStart
		items[i].innerEnd += at.innerStart
		items[i].end += at.innerStart
	}
	return items
}

// createFlowLogs remembers the options for logs in S3.
func createFlowLogs(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	form := c.form()
	options := ""
	for _, name := range []string{"FileFormat", "HiveCompatiblePartitions", "PerHourPartition"} {
		if value := form.Get("DestinationOptions." + name); value != "" {
			element := strings.ToLower(name[:1]) + name[1:]
			options += fmt.Sprintf("<%[1]s>%[2]s</%[1]s>", element, escaped(value))
		}
	}
	if options == "" {
		return a, nil
	}
	for _, at := range itemsOf(a.body, "flowLogIdSet") {
		f.memory.put("flow-log", string(a.body[at.innerStart:at.innerEnd]), "<destinationOptions>"+options+"</destinationOptions>")
	}
	return a, nil
}

func describeFlowLogs(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	a.body = editSpans(a.body, itemsOf(a.body, "flowLogSet"), func(item string) string {
		options, _ := recall[string](f.memory, "flow-log", child(item, "flowLogId"))
		return item + options
	})
	return a, nil
}

// authorizeSecurityGroup remembers the description of each rule that names a prefix list or another group.
func authorizeSecurityGroup(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	form := c.form()
	descriptions := map[string]string{} // by what the rule names, and its ports
	for p := 1; form.Get(fmt.Sprintf("IpPermissions.%d.IpProtocol", p)) != ""; p++ {
		permission := fmt.Sprintf("IpPermissions.%d.", p)
		for list, id := range map[string]string{"PrefixListIds": "PrefixListId", "Groups": "GroupId"} {
			for n := 1; ; n++ {
				member := fmt.Sprintf("%s%s.%d.", permission, list, n)
				named := form.Get(member + id)
				if named == "" {
					break
				}
				key := ruleKey(named, form.Get(permission+"IpProtocol"), form.Get(permission+"FromPort"), form.Get(permission+"ToPort"))
				descriptions[key] = form.Get(member + "Description")
			}
		}
	}
	for _, at := range itemsOf(a.body, "securityGroupRuleSet") {
		rule := string(a.body[at.innerStart:at.innerEnd])
		named := child(rule, "prefixListId")
		if group, ok := inner([]byte("<r>"+rule+"</r>"), "referencedGroupInfo"); ok {
			named = child(group, "groupId")
		}
		key := ruleKey(named, child(rule, "ipProtocol"), child(rule, "fromPort"), child(rule, "toPort"))
		if description := descriptions[key]; description != "" {
			f.memory.put("rule-description", child(rule, "securityGroupRuleId"), description)
		}
	}
	return a, nil
}

// ruleKey tells one rule of a call from another.
func ruleKey(named, protocol, from, to string) string {
	if from == "-1" {
		from, to = "", "" // all ports, which some leave out
	}
	return strings.Join([]string{named, protocol, from, to}, " ")
}

func describeSecurityGroupRules(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	a.body = editSpans(a.body, itemsOf(a.body, "securityGroupRuleSet"), func(item string) string {
		description, ok := recall[string](f.memory, "rule-description", child(item, "securityGroupRuleId"))
		if !ok || hasChild(item, "description") {
			return item // one that was changed later is kept by moto
		}
		return item + "<description>" + escaped(description) + "</description>"
	})
	return a, nil
}
