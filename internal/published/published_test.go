package published

import (
	"fmt"
	"strings"
	"testing"
)

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
