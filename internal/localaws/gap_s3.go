package localaws

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// Amazon S3 speaks restXml, addressed by path. Only the operations below are read here; objects pass by.

func init() {
	const noKeyFormat = "moto forgets the format of the log's object keys"
	const noLifecycle = "moto forgets parts of lifecycle rules, such as the number of versions and the object sizes"
	const noEventBridge = "moto does not tell that a bucket notifies EventBridge"
	const noConditions = "moto applies a bucket's denials without their conditions, and so keeps everybody out"
	register("s3",
		gap{operation: "PUT /{bucket}?policy", api: "PutBucketPolicy", why: noConditions, answer: putBucketPolicy},
		gap{operation: "GET /{bucket}?policy", api: "GetBucketPolicy", why: noConditions, answer: getBucketPolicy},
		gap{operation: "PUT /{bucket}?logging", api: "PutBucketLogging", why: noKeyFormat, answer: putBucketLogging},
		gap{operation: "GET /{bucket}?logging", api: "GetBucketLogging", why: noKeyFormat, answer: getBucketLogging},
		gap{operation: "PUT /{bucket}?notification", api: "PutBucketNotificationConfiguration", why: noEventBridge, answer: putBucketNotification},
		gap{operation: "GET /{bucket}?notification", api: "GetBucketNotificationConfiguration", why: noEventBridge, answer: getBucketNotification},
		gap{operation: "PUT /{bucket}?lifecycle", api: "PutBucketLifecycleConfiguration", why: noLifecycle, answer: putBucketLifecycle},
		gap{operation: "GET /{bucket}?lifecycle", api: "GetBucketLifecycleConfiguration", why: noLifecycle, answer: getBucketLifecycle},
		gap{operation: "DELETE /{bucket}?!", api: "DeleteBucket", why: "what is remembered of a bucket goes with it", answer: deleteBucket},
	)
}

// allowances are a policy without its denials: of these moto would overlook the conditions.
func allowances(policy []byte) ([]byte, error) {
	var document struct {
		Version   string
		Statement []object
	}
	if err := json.Unmarshal(policy, &document); err != nil {
		return nil, &apiError{http.StatusBadRequest, "MalformedPolicy", err.Error()}
	}
	allowed := []object{}
	for _, statement := range document.Statement {
		if statement["Effect"] == "Allow" {
			allowed = append(allowed, statement)
		}
	}
	document.Statement = allowed
	return json.Marshal(document)
}

func putBucketPolicy(f *Front, c *call) (*answer, error) {
	allowed, err := allowances(c.body)
	if err != nil {
		return nil, err
	}
	a, err := f.askWith(c, allowed)
	if err == nil && a.ok() {
		f.memory.put("bucket-policy", c.names["bucket"], string(c.body))
	}
	return a, err
}

func getBucketPolicy(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	if kept, ok := recall[string](f.memory, "bucket-policy", c.names["bucket"]); ok {
		a.body = []byte(kept)
	}
	return a, nil
}

// rememberElement keeps one element of what is written about a bucket, when moto takes it.
func rememberElement(f *Front, c *call, kind, element string) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	f.memory.remove(kind, c.names["bucket"])
	if at, ok := findElement(c.body, element); ok {
		f.memory.put(kind, c.names["bucket"], string(c.body[at.start:at.end]))
	}
	return a, nil
}

// addElement puts the kept element back at the end of another element of moto's answer.
func addElement(f *Front, c *call, kind, into string) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	kept, ok := recall[string](f.memory, kind, c.names["bucket"])
	if !ok {
		return a, nil
	}
	at, ok := findElement(a.body, into)
	if !ok {
		return a, nil
	}
	opened := bytes.Clone(a.body[at.start:at.innerEnd])
	if at.innerStart == at.end { // <into/>
		opened = append(bytes.TrimSuffix(opened, []byte("/>")), '>')
	}
	a.body = bytes.Join([][]byte{a.body[:at.start], opened, []byte(kept + "</" + into + ">"), a.body[at.end:]}, nil)
	return a, nil
}

func putBucketLogging(f *Front, c *call) (*answer, error) {
	return rememberElement(f, c, "log-key-format", "TargetObjectKeyFormat")
}

func getBucketLogging(f *Front, c *call) (*answer, error) {
	return addElement(f, c, "log-key-format", "LoggingEnabled")
}

func putBucketNotification(f *Front, c *call) (*answer, error) {
	return rememberElement(f, c, "event-bridge", "EventBridgeConfiguration")
}

func getBucketNotification(f *Front, c *call) (*answer, error) {
	return addElement(f, c, "event-bridge", "NotificationConfiguration")
}

// lifecycle is a bucket's rules as they were written, with the setting that goes along as a header.
type lifecycle struct{ rules, minimumSize string }

const minimumSizeHeader = "X-Amz-Transition-Default-Minimum-Object-Size"

func putBucketLifecycle(f *Front, c *call) (*answer, error) {
	if err := wellFormed(c.body); err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	kept := lifecycle{minimumSize: "all_storage_classes_128K"}
	if given := c.request.Header.Get(minimumSizeHeader); given != "" {
		kept.minimumSize = given
	}
	kept.rules, _ = inner(c.body, "LifecycleConfiguration")
	f.memory.put("lifecycle", c.names["bucket"], kept)
	a.header.Set(minimumSizeHeader, kept.minimumSize)
	return a, nil
}

func getBucketLifecycle(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	if kept, ok := recall[lifecycle](f.memory, "lifecycle", c.names["bucket"]); ok {
		a.body = replaceInner(a.body, "LifecycleConfiguration", kept.rules)
		a.header.Set(minimumSizeHeader, kept.minimumSize)
	}
	return a, nil
}

func deleteBucket(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err == nil && a.ok() {
		for _, kind := range []string{"log-key-format", "event-bridge", "lifecycle", "bucket-policy"} {
			f.memory.remove(kind, c.names["bucket"])
		}
	}
	return a, err
}
