package localaws

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Amazon Route 53 speaks restXml.

func init() {
	register("route53", gap{operation: "POST /2013-04-01/hostedzone/{id}/rrset", api: "ChangeResourceRecordSets",
		why: "moto refuses to create a record again that was deleted", answer: changeRecords})
}

// changeRecords looks itself whether a record that is to be created is there, and has moto write it over
// what it has: moto takes the journal of all changes for what is there.
func changeRecords(f *Front, c *call) (*answer, error) {
	if err := wellFormed(c.body); err != nil {
		return nil, err
	}
	var failed error
	body := editElements(c.body, "Change", func(change string) string {
		set := []byte("<c>" + change + "</c>")
		if child(change, "Action") != "CREATE" || text(set, "SetIdentifier") != "" || failed != nil {
			return change
		}
		content, _ := inner(set, "ResourceRecordSet")
		name, kind := child(content, "Name"), child(content, "Type")
		exists, err := f.hasRecord(c, name, kind)
		if err != nil {
			failed = err
		} else if exists {
			failed = &apiError{http.StatusBadRequest, "InvalidChangeBatch", fmt.Sprintf("Tried to create resource record set [name='%s', type='%s'] but it already exists", name, kind)}
		}
		return string(replaceInner([]byte(change), "Action", "UPSERT"))
	})
	if failed != nil {
		return nil, failed
	}
	return f.askWith(c, body)
}

// hasRecord says whether moto has a record of that name and type.
func (f *Front) hasRecord(c *call, name, kind string) (bool, error) {
	name = strings.TrimSuffix(name, ".") + "."
	query := url.Values{"name": {name}, "type": {kind}, "maxitems": {"1"}}
	a, err := f.askPath(c, http.MethodGet, "/2013-04-01/hostedzone/"+c.names["id"]+"/rrset?"+query.Encode(), nil)
	if err != nil || !a.ok() {
		return false, err // a zone that is not there is refused by the change itself
	}
	set, _ := inner(a.body, "ResourceRecordSet")
	found := child(set, "Name")
	return strings.EqualFold(strings.ReplaceAll(found, `\052`, "*"), name) && child(set, "Type") == kind, nil
}
