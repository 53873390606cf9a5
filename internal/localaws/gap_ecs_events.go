package localaws

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// ended does what EventBridge and CloudWatch do of a task that has stopped: where a rule passes its event on,
// the alarms that ring for one event of the rule ring. None of them stops by itself, as it does on AWS.
func (f *Front) ended(c *call, t *fargateTask) error {
	var event, pattern object
	text, err := json.Marshal(object{"source": "aws.ecs", "detail-type": "ECS Task State Change", "detail": t.description})
	if err != nil {
		return fmt.Errorf("the event of task %s: %w", t.arn, err)
	}
	if err := json.Unmarshal(text, &event); err != nil {
		return fmt.Errorf("the event of task %s: %w", t.arn, err)
	}
	var listed struct {
		Rules []struct{ Name, EventPattern, State string }
	}
	if err := f.askJSON(c, "events", "AWSEvents.ListRules", object{}, &listed); err != nil {
		return err
	}
	for _, rule := range listed.Rules {
		if rule.State != "ENABLED" || rule.EventPattern == "" {
			continue
		}
		pattern = nil
		if err := json.Unmarshal([]byte(rule.EventPattern), &pattern); err != nil {
			return fmt.Errorf("the pattern of rule %q: %w", rule.Name, err)
		}
		passes, err := PassesEvent(pattern, event)
		if err == nil && passes {
			err = f.ring(c, rule.Name, "task "+t.arn+" has stopped")
		}
		if err != nil {
			return fmt.Errorf("rule %q: %w", rule.Name, err)
		}
	}
	return nil
}

// ring sets the alarms that ring for one event of a rule.
func (f *Front) ring(c *call, rule, why string) error {
	type metric struct {
		Namespace, MetricName string
		Dimensions            []struct{ Name, Value string }
	}
	of := func(m metric) bool {
		return m.Namespace == "AWS/Events" && m.MetricName == "Invocations" && len(m.Dimensions) == 1 && m.Dimensions[0].Name == "RuleName" && m.Dimensions[0].Value == rule
	}
	next := ""
	for {
		var out struct {
			MetricAlarms []struct {
				metric
				AlarmName, ComparisonOperator string
				Threshold                     float64
				Metrics                       []struct{ MetricStat struct{ Metric metric } }
			}
			NextToken string
		}
		in := object{"AlarmTypes": []string{"MetricAlarm"}}
		if next != "" {
			in["NextToken"] = next
		}
		if err := f.askJSON(c, "monitoring", "GraniteServiceVersion20100801.DescribeAlarms", in, &out); err != nil {
			return err
		}
		for _, a := range out.MetricAlarms {
			looks := of(a.metric)
			for _, m := range a.Metrics {
				looks = looks || of(m.MetricStat.Metric)
			}
			if !looks || a.ComparisonOperator != "GreaterThanThreshold" || a.Threshold != 0 {
				continue
			}
			if err := f.askJSON(c, "monitoring", "GraniteServiceVersion20100801.SetAlarmState",
				object{"AlarmName": a.AlarmName, "StateValue": "ALARM", "StateReason": why}, nil); err != nil {
				return err
			}
		}
		if next = out.NextToken; next == "" {
			return nil
		}
	}
}

// PassesEvent says whether a rule of EventBridge with the pattern passes the event on, both as JSON decodes them. It
// knows the operators that the patterns of this repository have (Amazon EventBridge user guide, "Comparison operators
// for use in event patterns", "Arrays in event patterns"), and returns an error for another. AWS's own matcher,
// event-ruler 1.7.3 for Java, was given the cases of constructs/scheduler and answered the same.
func PassesEvent(pattern, event map[string]any) (bool, error) {
	for field, want := range pattern {
		passes, err := passesField(field, want, event)
		if err != nil || !passes {
			return false, err
		}
	}
	return true, nil
}

func passesField(field string, want any, event map[string]any) (bool, error) {
	switch want := want.(type) {
	case map[string]any:
		// Of a list, one element has to have all.
		elements, isList := event[field].([]any)
		if !isList {
			elements = []any{event[field]}
		}
		for _, e := range elements {
			if element, ok := e.(map[string]any); ok {
				if passes, err := PassesEvent(want, element); err != nil || passes {
					return passes, err
				}
			}
		}
		return false, nil
	case []any:
		for _, w := range want {
			passes, err := false, error(nil)
			if alternative, ok := w.(map[string]any); ok && field == "$or" {
				passes, err = PassesEvent(alternative, event)
			} else if got, there := event[field]; there {
				passes, err = passesValue(w, got)
			}
			if err != nil || passes {
				return passes, err
			}
		}
		return false, nil
	default:
		return false, fmt.Errorf("EventBridge refuses the pattern: %q is %v", field, want)
	}
}

// passesValue compares a value of an event with one that a pattern has.
func passesValue(want, got any) (bool, error) {
	operator, ok := want.(map[string]any)
	if !ok {
		return got == want, nil
	}
	if prefix, ok := operator["prefix"].(string); ok && len(operator) == 1 {
		text, isText := got.(string)
		return isText && strings.HasPrefix(text, prefix), nil
	}
	if not, ok := operator["anything-but"].([]any); ok && len(operator) == 1 {
		return !slices.Contains(not, got), nil
	}
	return false, fmt.Errorf("no operator is known of %v", want)
}
