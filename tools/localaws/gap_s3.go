package localaws

import "bytes"

// Amazon S3 speaks restXml, addressed by path. Only the operations below are read here; objects pass by.

func init() {
	const noKeyFormat = "moto forgets the format of the log's object keys"
	const noEventBridge = "moto does not tell that a bucket notifies EventBridge"
	register("s3",
		gap{operation: "PUT /{bucket}?logging", api: "PutBucketLogging", why: noKeyFormat, answer: putBucketLogging},
		gap{operation: "GET /{bucket}?logging", api: "GetBucketLogging", why: noKeyFormat, answer: getBucketLogging},
		gap{operation: "PUT /{bucket}?notification", api: "PutBucketNotificationConfiguration", why: noEventBridge, answer: putBucketNotification},
		gap{operation: "GET /{bucket}?notification", api: "GetBucketNotificationConfiguration", why: noEventBridge, answer: getBucketNotification},
		gap{operation: "DELETE /{bucket}?!", api: "DeleteBucket", why: noKeyFormat + "; " + noEventBridge, answer: deleteBucket},
	)
}

// remembered keeps one element of what is written about a bucket, when moto takes it.
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

func deleteBucket(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err == nil && a.ok() {
		f.memory.remove("log-key-format", c.names["bucket"])
		f.memory.remove("event-bridge", c.names["bucket"])
	}
	return a, err
}
