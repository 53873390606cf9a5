package localaws

import "net/http"

// AWS IAM speaks awsQuery.

func init() {
	register("iam", gap{operation: "UpdateRole", why: "moto takes the description away from a role whose session duration is changed, and the other way round", answer: updateRole})
}

// updateRole adds to the call what it leaves as it is.
func updateRole(f *Front, c *call) (*answer, error) {
	form := c.form()
	role, err := f.askQuery(c, "iam", map[string][]string{"Action": {"GetRole"}, "Version": {form.Get("Version")}, "RoleName": {form.Get("RoleName")}})
	if err != nil {
		return nil, &apiError{http.StatusNotFound, "NoSuchEntity", "The role with name " + form.Get("RoleName") + " cannot be found."}
	}
	for _, member := range []string{"Description", "MaxSessionDuration"} {
		if value := text(role, member); value != "" && !form.Has(member) {
			form.Set(member, value)
		}
	}
	return f.askWith(c, []byte(form.Encode()))
}
