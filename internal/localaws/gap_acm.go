package localaws

import "encoding/json"

// AWS Certificate Manager speaks awsJson 1.1.

func init() {
	const why = "moto forgets the kind of key of a certificate"
	register("acm",
		gap{operation: "RequestCertificate", why: why, answer: requestCertificate},
		gap{operation: "DescribeCertificate", why: why, answer: describeCertificate},
	)
}

func requestCertificate(f *Front, c *call) (*answer, error) {
	var in struct{ KeyAlgorithm string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err != nil || !a.ok() || in.KeyAlgorithm == "" {
		return a, err
	}
	var out struct{ CertificateArn string }
	if err := json.Unmarshal(a.body, &out); err != nil {
		return nil, err
	}
	f.memory.put("key-algorithm", out.CertificateArn, in.KeyAlgorithm)
	return a, nil
}

func describeCertificate(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	var out struct{ Certificate object }
	if err := json.Unmarshal(a.body, &out); err != nil {
		return nil, err
	}
	arn, _ := out.Certificate["CertificateArn"].(string)
	if algorithm, ok := recall[string](f.memory, "key-algorithm", arn); ok {
		out.Certificate["KeyAlgorithm"] = algorithm
	}
	return jsonAnswer(out)
}
