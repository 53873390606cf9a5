package localaws

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// IAM Access Analyzer speaks restJson. moto has none of it.

func init() {
	const why = "moto has no Access Analyzer"
	register("access-analyzer",
		gap{operation: "PUT /analyzer", api: "CreateAnalyzer", why: why, answer: createAnalyzer},
		gap{operation: "GET /analyzer", api: "ListAnalyzers", why: why, answer: listAnalyzers},
		gap{operation: "GET /analyzer/{name}", api: "GetAnalyzer", why: why, answer: getAnalyzer},
		gap{operation: "DELETE /analyzer/{name}", api: "DeleteAnalyzer", why: why, answer: deleteAnalyzer},
		gap{operation: "GET /tags/{arn}", api: "ListTagsForResource", why: why, answer: listAnalyzerTags},
		gap{operation: "POST /tags/{arn}", api: "TagResource", why: why, answer: tagAnalyzer},
		gap{operation: "DELETE /tags/{arn}", api: "UntagResource", why: why, answer: untagAnalyzer},
	)
}

type analyzer struct {
	ARN           string            `json:"arn"`
	Name          string            `json:"name"`
	Type          string            `json:"type"`
	CreatedAt     string            `json:"createdAt"`
	Status        string            `json:"status"`
	Configuration json.RawMessage   `json:"configuration,omitempty"`
	Tags          map[string]string `json:"tags"`
}

func createAnalyzer(f *Front, c *call) (*answer, error) {
	var in struct {
		AnalyzerName  string            `json:"analyzerName"`
		Type          string            `json:"type"`
		Configuration json.RawMessage   `json:"configuration"`
		Tags          map[string]string `json:"tags"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.AnalyzerName == "" || in.Type == "" {
		return nil, &apiError{http.StatusBadRequest, "ValidationException", "an analyzer needs a name and a type"}
	}
	key := c.region + "/" + in.AnalyzerName
	if _, exists := recall[analyzer](f.memory, "analyzer", key); exists {
		return nil, &apiError{http.StatusConflict, "ConflictException", fmt.Sprintf("analyzer %q exists", in.AnalyzerName)}
	}
	made := analyzer{
		ARN:           f.arn("access-analyzer", c.region, "analyzer/"+in.AnalyzerName),
		Name:          in.AnalyzerName,
		Type:          in.Type,
		CreatedAt:     time.Now().UTC().Format(time.RFC3339),
		Status:        "ACTIVE",
		Configuration: in.Configuration,
	}
	f.memory.put("analyzer", key, made)
	f.memory.tag(made.ARN, in.Tags)
	return jsonAnswer(map[string]string{"arn": made.ARN})
}

func findAnalyzer(f *Front, c *call) (analyzer, error) {
	found, ok := recall[analyzer](f.memory, "analyzer", c.region+"/"+c.names["name"])
	if !ok {
		return analyzer{}, notFound("ResourceNotFoundException", "analyzer", c.names["name"])
	}
	found.Tags = f.memory.tagsOf(found.ARN)
	return found, nil
}

func getAnalyzer(f *Front, c *call) (*answer, error) {
	found, err := findAnalyzer(f, c)
	if err != nil {
		return nil, err
	}
	return jsonAnswer(map[string]any{"analyzer": found})
}

func listAnalyzers(f *Front, c *call) (*answer, error) {
	only := c.request.URL.Query().Get("type")
	found := []analyzer{}
	for key, document := range f.memory.all("analyzer") {
		a, ok := document.(analyzer)
		if ok && strings.HasPrefix(key, c.region+"/") && (only == "" || only == a.Type) {
			a.Tags = f.memory.tagsOf(a.ARN)
			found = append(found, a)
		}
	}
	slices.SortFunc(found, func(a, b analyzer) int { return strings.Compare(a.Name, b.Name) })
	return jsonAnswer(map[string]any{"analyzers": found})
}

func deleteAnalyzer(f *Front, c *call) (*answer, error) {
	found, err := findAnalyzer(f, c)
	if err != nil {
		return nil, err
	}
	f.memory.remove("analyzer", c.region+"/"+found.Name)
	f.memory.forgetTags(found.ARN)
	return jsonAnswer(struct{}{})
}

// analyzerARN finds the analyzer that a call about tags names.
func analyzerARN(f *Front, c *call) (string, error) {
	arn := c.names["arn"]
	for _, document := range f.memory.all("analyzer") {
		if a, ok := document.(analyzer); ok && a.ARN == arn {
			return arn, nil
		}
	}
	return "", notFound("ResourceNotFoundException", "resource", arn)
}

func listAnalyzerTags(f *Front, c *call) (*answer, error) {
	arn, err := analyzerARN(f, c)
	if err != nil {
		return nil, err
	}
	return jsonAnswer(map[string]any{"tags": f.memory.tagsOf(arn)})
}

func tagAnalyzer(f *Front, c *call) (*answer, error) {
	arn, err := analyzerARN(f, c)
	if err != nil {
		return nil, err
	}
	var in struct {
		Tags map[string]string `json:"tags"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	f.memory.tag(arn, in.Tags)
	return jsonAnswer(struct{}{})
}

func untagAnalyzer(f *Front, c *call) (*answer, error) {
	arn, err := analyzerARN(f, c)
	if err != nil {
		return nil, err
	}
	f.memory.untag(arn, c.request.URL.Query()["tagKeys"])
	return jsonAnswer(struct{}{})
}
