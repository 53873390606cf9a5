package localaws

import (
	"encoding/json"
	"strings"
)

// AWS KMS speaks awsJson 1.1.

func init() {
	const why = "moto forgets how often a key is rotated"
	register("kms",
		gap{operation: "EnableKeyRotation", why: why, answer: enableKeyRotation},
		gap{operation: "GetKeyRotationStatus", why: why, answer: getKeyRotationStatus},
	)
}

// defaultRotationDays is how often AWS rotates a key for which nothing else was said.
const defaultRotationDays = 365

// rotationKey is where a key's rotation is kept; a key is given by id or ARN.
func rotationKey(c *call, key string) string {
	return c.region + "/" + key[strings.LastIndexByte(key, '/')+1:]
}

func enableKeyRotation(f *Front, c *call) (*answer, error) {
	var in struct {
		KeyID string `json:"KeyId"`
		Days  int    `json:"RotationPeriodInDays"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err == nil && a.ok() {
		if in.Days == 0 {
			in.Days = defaultRotationDays
		}
		f.memory.put("rotation-days", rotationKey(c, in.KeyID), in.Days)
	}
	return a, err
}

func getKeyRotationStatus(f *Front, c *call) (*answer, error) {
	var in struct {
		KeyID string `json:"KeyId"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	var out object
	if err := json.Unmarshal(a.body, &out); err != nil {
		return nil, err
	}
	if enabled, _ := out["KeyRotationEnabled"].(bool); enabled {
		out["RotationPeriodInDays"] = defaultRotationDays
		if days, ok := recall[int](f.memory, "rotation-days", rotationKey(c, in.KeyID)); ok {
			out["RotationPeriodInDays"] = days
		}
	}
	return jsonAnswer(out)
}
