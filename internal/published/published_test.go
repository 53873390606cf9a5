package published

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/awsapi"
)

// SSM that answers only what is asked for as its API has it, in two pages.
func TestRead(t *testing.T) {
	refuse := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked map[string]any
		err := json.NewDecoder(r.Body).Decode(&asked)
		switch {
		case err != nil || refuse || r.Header.Get("X-Amz-Target") != "AmazonSSM.GetParametersByPath" || asked["Path"] != "/paperwurks/" || asked["Recursive"] != true:
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"__type": "AccessDeniedException", "message": "not this"}`)
		case asked["NextToken"] == nil:
			fmt.Fprint(w, `{"Parameters": [{"Name": "/paperwurks/dev/a", "Value": "1"}], "NextToken": "more"}`)
		default:
			fmt.Fprint(w, `{"Parameters": [{"Name": "/paperwurks/dev/b", "Value": "2"}]}`)
		}
	}))
	defer server.Close()
	client, err := awsapi.Connect(t.Context(), "eu-central-1", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(t.Context(), client, "paperwurks")
	if want := map[string]string{"/paperwurks/dev/a": "1", "/paperwurks/dev/b": "2"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	refuse = true
	if _, err := Read(t.Context(), client, "paperwurks"); err == nil || !strings.Contains(err.Error(), "read the published parameters") || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("refused: got %v", err)
	}
}

func TestCompare(t *testing.T) {
	parameters := map[string]string{"/paperwurks/dev/ecs/cluster-name": "c"}
	for _, test := range []struct {
		name                string
		parameters, outputs map[string]string
		want                string
	}{
		{"equal", parameters, map[string]string{"dev_ecs_cluster_name": "c"}, ""},
		{"for other stacks only", parameters, map[string]string{"dev_ecs_cluster_name": "c", "for_dev_vpc_id": "v"}, ""},
		{"another value", parameters, map[string]string{"dev_ecs_cluster_name": "d"}, `"c" in SSM, "d" in the output`},
		{"no output", parameters, nil, `"" in the output dev_ecs_cluster_name`},
		{"two values", map[string]string{"/paperwurks/dev/b": "c", "/paperwurks/dev/a": "c"}, map[string]string{"dev_a": "d", "dev_b": "d"},
			"parameter /paperwurks/dev/a: \"c\" in SSM, \"d\" in the output dev_a\nparameter /paperwurks/dev/b"},
		{"no parameter", nil, map[string]string{"dev_ecs_cluster_name": "c"}, "no such parameter"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := fmt.Sprint(Compare("paperwurks", test.parameters, test.outputs))
			if test.want == "" && got != "<nil>" || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
