package localaws

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// AWS Budgets speaks awsJson 1.1. moto keeps budgets and their notifications, but neither tags, nor who
// is notified, nor a change of a budget; the provider asks for each of them again for minutes.

func init() {
	const tags = "moto keeps no tags of budgets"
	const subscribers = "moto does not tell who is notified"
	register("budgets",
		gap{operation: "CreateBudget", why: tags + "; " + subscribers, answer: createBudget},
		gap{operation: "UpdateBudget", why: "moto cannot change a budget", answer: updateBudget},
		gap{operation: "DeleteBudget", why: tags + "; " + subscribers, answer: deleteBudget},
		gap{operation: "CreateNotification", why: subscribers, answer: createBudgetNotification},
		gap{operation: "DeleteNotification", why: subscribers, answer: deleteBudgetNotification},
		gap{operation: "DescribeSubscribersForNotification", why: subscribers, answer: describeBudgetSubscribers},
		gap{operation: "ListTagsForResource", why: tags, answer: listBudgetTags},
		gap{operation: "TagResource", why: tags, answer: tagBudget},
		gap{operation: "UntagResource", why: tags, answer: untagBudget},
	)
}

type budgetTag struct{ Key, Value string }

func budgetTags(tags []budgetTag) map[string]string {
	all := map[string]string{}
	for _, tag := range tags {
		all[tag.Key] = tag.Value
	}
	return all
}

// budgetNotification is one condition, and who hears of it.
type budgetNotification struct {
	Notification json.RawMessage
	Subscribers  json.RawMessage
}

// notificationKey tells one notification of a budget from another. A threshold of 80 is also one of 80.0.
func notificationKey(raw json.RawMessage) (string, error) {
	var n struct {
		NotificationType, ComparisonOperator, ThresholdType string
		Threshold                                           float64
	}
	if err := json.Unmarshal(raw, &n); err != nil {
		return "", &apiError{http.StatusBadRequest, "InvalidParameterException", err.Error()}
	}
	if n.ThresholdType == "" {
		n.ThresholdType = "PERCENTAGE"
	}
	return strings.Join([]string{n.NotificationType, n.ComparisonOperator, strconv.FormatFloat(n.Threshold, 'g', -1, 64), n.ThresholdType}, " "), nil
}

// budgetCall is what the calls about one budget have in common.
type budgetCall struct {
	AccountID    string `json:"AccountId"`
	BudgetName   string
	Notification json.RawMessage
	Subscribers  json.RawMessage
}

func (b budgetCall) arn() string {
	return "arn:aws:budgets::" + b.AccountID + ":budget/" + b.BudgetName
}

// remember keeps the notifications of a budget.
func (b budgetCall) remember(f *Front, all map[string]budgetNotification) {
	f.memory.put("budget-notifications", b.arn(), all)
}

// notifications copies what is kept.
func (b budgetCall) notifications(f *Front) map[string]budgetNotification {
	kept, _ := recall[map[string]budgetNotification](f.memory, "budget-notifications", b.arn())
	all := map[string]budgetNotification{}
	for key, n := range kept {
		all[key] = n
	}
	return all
}

func createBudget(f *Front, c *call) (*answer, error) {
	var in struct {
		AccountID                    string `json:"AccountId"`
		Budget                       struct{ BudgetName string }
		NotificationsWithSubscribers []budgetNotification
		ResourceTags                 []budgetTag
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	all := map[string]budgetNotification{}
	for _, n := range in.NotificationsWithSubscribers {
		key, err := notificationKey(n.Notification)
		if err != nil {
			return nil, err
		}
		all[key] = n
	}
	a, err := f.ask(c)
	if err == nil && a.ok() {
		b := budgetCall{AccountID: in.AccountID, BudgetName: in.Budget.BudgetName}
		b.remember(f, all)
		f.memory.tag(b.arn(), budgetTags(in.ResourceTags))
	}
	return a, err
}

// updateBudget lets moto make the budget anew, with the notifications that it has.
func updateBudget(f *Front, c *call) (*answer, error) {
	var in struct {
		AccountID string          `json:"AccountId"`
		NewBudget json.RawMessage // a Budget
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	var named struct{ BudgetName string }
	if err := json.Unmarshal(in.NewBudget, &named); err != nil {
		return nil, &apiError{http.StatusBadRequest, "InvalidParameterException", err.Error()}
	}
	b := budgetCall{AccountID: in.AccountID, BudgetName: named.BudgetName}
	const service = "AWSBudgetServiceGateway."
	if err := f.askJSON(c, "budgets", service+"DeleteBudget", map[string]any{"AccountId": b.AccountID, "BudgetName": b.BudgetName}, nil); err != nil {
		return nil, err
	}
	with := []budgetNotification{}
	for _, n := range b.notifications(f) {
		with = append(with, n)
	}
	if err := f.askJSON(c, "budgets", service+"CreateBudget", map[string]any{"AccountId": b.AccountID, "Budget": in.NewBudget, "NotificationsWithSubscribers": with}, nil); err != nil {
		return nil, err
	}
	return jsonAnswer(struct{}{})
}

func deleteBudget(f *Front, c *call) (*answer, error) {
	var in budgetCall
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err == nil && a.ok() {
		f.memory.remove("budget-notifications", in.arn())
		f.memory.forgetTags(in.arn())
	}
	return a, err
}

func createBudgetNotification(f *Front, c *call) (*answer, error) {
	var in budgetCall
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	key, err := notificationKey(in.Notification)
	if err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err == nil && a.ok() {
		all := in.notifications(f)
		all[key] = budgetNotification{in.Notification, in.Subscribers}
		in.remember(f, all)
	}
	return a, err
}

func deleteBudgetNotification(f *Front, c *call) (*answer, error) {
	var in budgetCall
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	key, err := notificationKey(in.Notification)
	if err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err == nil && a.ok() {
		all := in.notifications(f)
		delete(all, key)
		in.remember(f, all)
	}
	return a, err
}

func describeBudgetSubscribers(f *Front, c *call) (*answer, error) {
	var in budgetCall
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	key, err := notificationKey(in.Notification)
	if err != nil {
		return nil, err
	}
	found, ok := in.notifications(f)[key]
	if !ok {
		return nil, notFound("NotFoundException", "notification", key)
	}
	return jsonAnswer(map[string]any{"Subscribers": found.Subscribers})
}

func listBudgetTags(f *Front, c *call) (*answer, error) {
	var in struct{ ResourceARN string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	tags := []budgetTag{}
	for key, value := range f.memory.tagsOf(in.ResourceARN) {
		tags = append(tags, budgetTag{key, value})
	}
	slices.SortFunc(tags, func(a, b budgetTag) int { return strings.Compare(a.Key, b.Key) })
	return jsonAnswer(map[string]any{"ResourceTags": tags})
}

func tagBudget(f *Front, c *call) (*answer, error) {
	var in struct {
		ResourceARN  string
		ResourceTags []budgetTag
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	f.memory.tag(in.ResourceARN, budgetTags(in.ResourceTags))
	return jsonAnswer(struct{}{})
}

func untagBudget(f *Front, c *call) (*answer, error) {
	var in struct {
		ResourceARN     string
		ResourceTagKeys []string
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	f.memory.untag(in.ResourceARN, in.ResourceTagKeys)
	return jsonAnswer(struct{}{})
}
