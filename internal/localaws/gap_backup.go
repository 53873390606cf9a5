package localaws

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// AWS Backup speaks restJson. moto keeps vaults and plans, but has no selections and no change of a plan.

func init() {
	const selections = "/backup/plans/{plan}/selections"
	const noSelections = "moto has no backup selections"
	const noUpdates = "moto cannot change a backup plan"
	register("backup",
		gap{operation: "PUT " + selections, api: "CreateBackupSelection", why: noSelections, answer: createBackupSelection},
		gap{operation: "GET " + selections, api: "ListBackupSelections", why: noSelections, answer: listBackupSelections},
		gap{operation: "GET " + selections + "/{selection}", api: "GetBackupSelection", why: noSelections, answer: getBackupSelection},
		gap{operation: "DELETE " + selections + "/{selection}", api: "DeleteBackupSelection", why: noSelections, answer: deleteBackupSelection},
		gap{operation: "POST /backup/plans/{plan}", api: "UpdateBackupPlan", why: noUpdates, answer: updateBackupPlan},
		gap{operation: "GET /backup/plans/{plan}", api: "GetBackupPlan", why: noUpdates, answer: getBackupPlan},
		gap{operation: "DELETE /backup/plans/{plan}", api: "DeleteBackupPlan", why: "moto deletes a plan that still has selections", answer: deleteBackupPlan},
		gap{operation: "DELETE /backup-vaults/{vault}", api: "DeleteBackupVault", why: "what is remembered of a vault goes with it", answer: deleteBackupVault},
		gap{operation: "GET /tags/{arn}", api: "ListTags", why: "moto reads the ARN only from a path that ends in a slash", answer: listBackupTags},
	)
}

func init() {
	for _, d := range vaultDocuments {
		path := "/backup-vaults/{vault}/" + d.path
		register("backup",
			gap{operation: "PUT " + path, api: "PutBackupVault" + d.name, why: d.why, answer: d.put},
			gap{operation: "GET " + path, api: "GetBackupVault" + d.name, why: d.why, answer: d.get},
			gap{operation: "DELETE " + path, api: "DeleteBackupVault" + d.name, why: d.why, answer: d.remove},
		)
	}
}

type backupSelection struct {
	BackupPlanID     string          `json:"BackupPlanId"`
	SelectionID      string          `json:"SelectionId"`
	CreationDate     float64         // seconds since 1970
	CreatorRequestID string          `json:"CreatorRequestId,omitempty"`
	BackupSelection  json.RawMessage `json:",omitempty"`
}

// planOf refuses a plan that moto does not have.
func planOf(f *Front, c *call) (string, error) {
	id := c.names["plan"]
	a, err := f.askPath(c, http.MethodGet, "/backup/plans/"+id+"/", nil)
	if err != nil {
		return "", err
	}
	if !a.ok() {
		return "", notFound("ResourceNotFoundException", "backup plan", id)
	}
	return id, nil
}

func selectionKey(c *call, plan, selection string) string {
	return c.region + "/" + plan + "/" + selection
}

// selectionsOf lists a plan's selections, oldest first.
func selectionsOf(f *Front, c *call, plan string) []backupSelection {
	found := []backupSelection{}
	for key, document := range f.memory.all("backup-selection") {
		if s, ok := document.(backupSelection); ok && strings.HasPrefix(key, selectionKey(c, plan, "")) {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b backupSelection) int {
		return strings.Compare(fmt.Sprintf("%020.6f %s", a.CreationDate, a.SelectionID), fmt.Sprintf("%020.6f %s", b.CreationDate, b.SelectionID))
	})
	return found
}

func selectionName(s backupSelection) string {
	var named struct{ SelectionName string }
	if err := json.Unmarshal(s.BackupSelection, &named); err != nil {
		return "" // createBackupSelection has refused such a selection
	}
	return named.SelectionName
}

func createBackupSelection(f *Front, c *call) (*answer, error) {
	plan, err := planOf(f, c)
	if err != nil {
		return nil, err
	}
	var in struct {
		BackupSelection  json.RawMessage
		CreatorRequestID string `json:"CreatorRequestId"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	made := backupSelection{
		BackupPlanID:     plan,
		SelectionID:      newUUID(),
		CreationDate:     float64(time.Now().UnixMilli()) / 1000,
		CreatorRequestID: in.CreatorRequestID,
		BackupSelection:  in.BackupSelection,
	}
	name := selectionName(made)
	if name == "" {
		return nil, &apiError{http.StatusBadRequest, "MissingParameterValueException", "a backup selection needs a SelectionName"}
	}
	for _, other := range selectionsOf(f, c, plan) {
		if selectionName(other) == name {
			return nil, &apiError{http.StatusBadRequest, "AlreadyExistsException", fmt.Sprintf("backup selection %q exists", name)}
		}
	}
	f.memory.put("backup-selection", selectionKey(c, plan, made.SelectionID), made)
	return jsonAnswer(map[string]any{"BackupPlanId": plan, "SelectionId": made.SelectionID, "CreationDate": made.CreationDate})
}

func getBackupSelection(f *Front, c *call) (*answer, error) {
	found, ok := recall[backupSelection](f.memory, "backup-selection", selectionKey(c, c.names["plan"], c.names["selection"]))
	if !ok {
		return nil, notFound("ResourceNotFoundException", "backup selection", c.names["selection"])
	}
	return jsonAnswer(found)
}

func listBackupSelections(f *Front, c *call) (*answer, error) {
	plan, err := planOf(f, c)
	if err != nil {
		return nil, err
	}
	list := []map[string]any{}
	for _, s := range selectionsOf(f, c, plan) {
		var role struct{ IamRoleArn string }
		if err := json.Unmarshal(s.BackupSelection, &role); err != nil {
			return nil, err
		}
		list = append(list, map[string]any{"SelectionId": s.SelectionID, "SelectionName": selectionName(s), "BackupPlanId": plan,
			"CreationDate": s.CreationDate, "CreatorRequestId": s.CreatorRequestID, "IamRoleArn": role.IamRoleArn})
	}
	return jsonAnswer(map[string]any{"BackupSelectionsList": list})
}

func deleteBackupSelection(f *Front, c *call) (*answer, error) {
	if !f.memory.remove("backup-selection", selectionKey(c, c.names["plan"], c.names["selection"])) {
		return nil, notFound("ResourceNotFoundException", "backup selection", c.names["selection"])
	}
	return jsonAnswer(struct{}{})
}

// changedPlan is what a plan became after moto had made it.
type changedPlan struct {
	BackupPlan             map[string]any
	VersionID              string `json:"VersionId"`
	AdvancedBackupSettings any    `json:",omitempty"`
}

// updateBackupPlan keeps the plan's new version, with the defaults that AWS gives to a rule.
func updateBackupPlan(f *Front, c *call) (*answer, error) {
	plan, err := planOf(f, c)
	if err != nil {
		return nil, err
	}
	var in struct{ BackupPlan map[string]any }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	rules, _ := in.BackupPlan["Rules"].([]any)
	for _, r := range rules {
		rule, ok := r.(map[string]any)
		if !ok {
			return nil, &apiError{http.StatusBadRequest, "InvalidParameterValueException", "a rule is an object"}
		}
		for name, value := range map[string]any{"ScheduleExpression": "cron(0 5 ? * * *)", "ScheduleExpressionTimezone": "Etc/UTC",
			"StartWindowMinutes": 480, "CompletionWindowMinutes": 10080, "RuleId": newUUID()} {
			if _, given := rule[name]; !given {
				rule[name] = value
			}
		}
	}
	next := changedPlan{BackupPlan: in.BackupPlan, VersionID: newUUID(), AdvancedBackupSettings: in.BackupPlan["AdvancedBackupSettings"]}
	f.memory.put("backup-plan", c.region+"/"+plan, next)
	return jsonAnswer(map[string]any{"BackupPlanId": plan, "BackupPlanArn": f.arn("backup", c.region, "backup-plan:"+plan),
		"VersionId": next.VersionID, "CreationDate": float64(time.Now().UnixMilli()) / 1000})
}

func getBackupPlan(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	changed, ok := recall[changedPlan](f.memory, "backup-plan", c.region+"/"+c.names["plan"])
	if !ok {
		return a, nil
	}
	var out map[string]any
	if err := json.Unmarshal(a.body, &out); err != nil {
		return nil, err
	}
	out["BackupPlan"], out["VersionId"] = changed.BackupPlan, changed.VersionID
	if changed.AdvancedBackupSettings != nil {
		out["AdvancedBackupSettings"] = changed.AdvancedBackupSettings
	}
	return jsonAnswer(out)
}

func deleteBackupPlan(f *Front, c *call) (*answer, error) {
	plan := c.names["plan"]
	if n := len(selectionsOf(f, c, plan)); n > 0 {
		return nil, &apiError{http.StatusBadRequest, "InvalidRequestException", fmt.Sprintf("backup plan %q still has %d selections", plan, n)}
	}
	a, err := f.ask(c)
	if err == nil && a.ok() {
		f.memory.remove("backup-plan", c.region+"/"+plan)
	}
	return a, err
}

func listBackupTags(f *Front, c *call) (*answer, error) {
	return f.askPath(c, http.MethodGet, "/tags/"+url.PathEscape(c.names["arn"])+"/", nil)
}

// vaultDocument is something that a vault has at most one of.
type vaultDocument struct{ name, path, why string }

var vaultDocuments = []vaultDocument{
	{"AccessPolicy", "access-policy", "moto has no access policies of vaults"},
	{"Notifications", "notification-configuration", "moto has no notifications of vaults"},
}

// vaultOf refuses a vault that moto does not have.
func vaultOf(f *Front, c *call) (string, error) {
	name := c.names["vault"]
	a, err := f.askPath(c, http.MethodGet, "/backup-vaults/"+url.PathEscape(name), nil)
	if err != nil {
		return "", err
	}
	if !a.ok() {
		return "", notFound("ResourceNotFoundException", "backup vault", name)
	}
	return name, nil
}

func (d vaultDocument) put(f *Front, c *call) (*answer, error) {
	vault, err := vaultOf(f, c)
	if err != nil {
		return nil, err
	}
	var document object
	if err := c.decode(&document); err != nil {
		return nil, err
	}
	document["BackupVaultName"], document["BackupVaultArn"] = vault, f.arn("backup", c.region, "backup-vault:"+vault)
	f.memory.put("vault-"+d.path, c.region+"/"+vault, document)
	return &answer{status: http.StatusOK}, nil
}

func (d vaultDocument) get(f *Front, c *call) (*answer, error) {
	document, ok := recall[object](f.memory, "vault-"+d.path, c.region+"/"+c.names["vault"])
	if !ok {
		return nil, notFound("ResourceNotFoundException", d.name+" of backup vault", c.names["vault"])
	}
	return jsonAnswer(document)
}

func (d vaultDocument) remove(f *Front, c *call) (*answer, error) {
	if !f.memory.remove("vault-"+d.path, c.region+"/"+c.names["vault"]) {
		return nil, notFound("ResourceNotFoundException", d.name+" of backup vault", c.names["vault"])
	}
	return &answer{status: http.StatusOK}, nil
}

func deleteBackupVault(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err == nil && a.ok() {
		for _, d := range vaultDocuments {
			f.memory.remove("vault-"+d.path, c.region+"/"+c.names["vault"])
		}
	}
	return a, err
}
