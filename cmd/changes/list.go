package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/paperwurks/infra/config"
)

// destroy destroys a stack as the runbook says.
func (p *platform) destroy(ctx context.Context, name string) error {
	_, err := p.terraform.Run(ctx, p.path("terraform", name), nil, "destroy", "-input=false", "-no-color", "-auto-approve", "-parallelism=20")
	return err
}

var zoneInAnswer = regexp.MustCompile(`/hostedzone/([A-Z0-9]+)`)

// makeZone makes the public zone of the domain, and names it in the settings.
func (p *platform) makeZone(ctx context.Context, s *config.Settings) error {
	body := `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>` + s.User.Domain.Name + `</Name><CallerReference>changes</CallerReference></CreateHostedZoneRequest>`
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.endpoint+"/2013-04-01/hostedzone", strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=none")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	m := zoneInAnswer.FindSubmatch(answer)
	if m == nil {
		return fmt.Errorf("CreateHostedZone: %s: %s", response.Status, answer)
	}
	s.User.Domain.HostedZoneID = string(m[1])
	return nil
}
