package localaws

import "encoding/json"

// Application Auto Scaling speaks awsJson 1.1. moto keeps scalable targets without their tags, and the
// provider asks for tags again for minutes before it gives up.

func init() {
	const why = "moto keeps no tags of scalable targets"
	register("application-autoscaling",
		gap{operation: "RegisterScalableTarget", why: why, answer: registerScalableTarget},
		gap{operation: "ListTagsForResource", why: why, answer: listScalableTargetTags},
		gap{operation: "TagResource", why: why, answer: tagScalableTarget},
		gap{operation: "UntagResource", why: why, answer: untagScalableTarget},
	)
}

func registerScalableTarget(f *Front, c *call) (*answer, error) {
	var in struct{ Tags map[string]string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	var out struct{ ScalableTargetARN string }
	if err := json.Unmarshal(a.body, &out); err != nil {
		return nil, err
	}
	f.memory.tag(out.ScalableTargetARN, in.Tags)
	return a, nil
}

func listScalableTargetTags(f *Front, c *call) (*answer, error) {
	var in struct{ ResourceARN string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	return jsonAnswer(map[string]any{"Tags": f.memory.tagsOf(in.ResourceARN)})
}

func tagScalableTarget(f *Front, c *call) (*answer, error) {
	var in struct {
		ResourceARN string
		Tags        map[string]string
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	f.memory.tag(in.ResourceARN, in.Tags)
	return jsonAnswer(struct{}{})
}

func untagScalableTarget(f *Front, c *call) (*answer, error) {
	var in struct {
		ResourceARN string
		TagKeys     []string
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	f.memory.untag(in.ResourceARN, in.TagKeys)
	return jsonAnswer(struct{}{})
}
