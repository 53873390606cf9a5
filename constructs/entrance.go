package constructs

import (
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/bucket"
	"github.com/paperwurks/infra/constructs/certificate"
	"github.com/paperwurks/infra/constructs/distribution"
	"github.com/paperwurks/infra/constructs/key"
	"github.com/paperwurks/infra/constructs/loadbalancer"
	"github.com/paperwurks/infra/constructs/webacl"
)

// entrance is the way in from the internet: CloudFront with its web ACL, and
// behind it the load balancer with its own.
type entrance struct {
	loadBalancer *loadbalancer.LoadBalancer
	// targetGroups by the name of the routed service.
	targetGroups map[string]*loadbalancer.TargetGroup
	distribution *distribution.Distribution
	// edgeKeyARN encrypts what is of EdgeRegion.
	edgeKeyARN string
}

func newEntrance(scope cdk.Construct, props EnvironmentProps, logBucket *bucket.Bucket) (*entrance, error) {
	s, env, shared := props.Settings, props.Environment, props.Shared
	n := s.Names()
	out := &entrance{targetGroups: map[string]*loadbalancer.TargetGroup{}}

	certificates := &certificate.Certificates{}
	if s.User.Domain.IsSet() {
		certificates = certificate.New(scope, "certificates", certificate.Props{
			Hostname: s.Hostname(env), HostedZoneID: s.User.Domain.HostedZoneID, Edge: props.Edge,
		})
	}
	fallback, paths := routes(env.Services)
	if fallback == nil {
		return nil, fmt.Errorf("environments[%q].services: exactly one service with a route and no paths is required", env.Name)
	}
	balancer, target := loadbalancer.New(scope, "load-balancer", loadbalancer.Props{
		Name: n.LoadBalancer(env.Name), SecurityGroupName: n.LoadBalancerGroup(env.Name),
		VPCID: shared.VPCID, SubnetIDs: shared.PrivateSubnetIDs,
		LogBucket: logBucket.Name, LogReady: logBucket.Ready,
		CertificateARN: certificates.RegionalARN, DeletionProtection: env.IsProtected(),
		Default: routeTo(n, env, *fallback),
	})
	out.loadBalancer = balancer
	out.targetGroups[fallback.Name] = target
	for _, service := range paths {
		out.targetGroups[service.Name] = balancer.RoutePaths(routeTo(n, env, service.Service), service.priority)
	}
	regional := webacl.New(scope, "web-acl", webacl.Props{
		Name: n.WebACL(env.Name), Scope: webacl.Regional,
		LogGroup: n.WebACLLogGroup(n.WebACL(env.Name)), LogsKeyARN: shared.LogsKeyARN, RetentionDays: env.Logs.RetentionDays,
		ManagedRules: []webacl.ManagedRules{webacl.CommonThreats, webacl.KnownBadInputs, webacl.SQLInjection},
	})
	balancer.Protect(regional.ARN)

	edgeKey, err := key.New(scope, "edge-logs-key", key.Props{
		Alias: n.EdgeLogsKeyAlias(env.Name), Description: "Logs of " + env.Name + " at the edge",
		PreventDestroy: !env.IsDisposable(), Provider: props.Edge,
		Policy: access.EdgeLogsKey(n, env),
	})
	if err != nil {
		return nil, err
	}
	out.edgeKeyARN = edgeKey.ARN
	guests := map[config.IPVersion]string{}
	for _, version := range config.IPVersions {
		guests[version] = n.MaintenanceGuests(env.Name, version)
	}
	edge := webacl.New(scope, "edge-web-acl", webacl.Props{
		Name: n.EdgeWebACL(env.Name), Scope: webacl.CloudFront, Provider: props.Edge,
		LogGroup: n.WebACLLogGroup(n.EdgeWebACL(env.Name)), LogsKeyARN: edgeKey.ARN, RetentionDays: env.Logs.RetentionDays,
		RequestsPerIP: env.RequestsPerIP,
		ManagedRules:  []webacl.ManagedRules{webacl.IPReputation, webacl.KnownBadInputs},
		Maintenance:   &webacl.Maintenance{SwitchName: n.Maintenance(env.Name), GuestNames: guests, Page: config.MaintenancePage},
	})
	pages, err := newPages(scope, props, logBucket)
	if err != nil {
		return nil, err
	}
	out.distribution = distribution.New(scope, "distribution", distribution.Props{
		Name:        n.Distribution(env.Name),
		CachedPaths: cachedPaths(env.Services),
		Pages: distribution.Pages{
			Name: n.Pages(env.Name), BucketDomainName: pages.DomainName, Path: config.UnavailablePath, Codes: config.UnavailableCodes(),
		},
		OriginARN: balancer.ARN, OriginDNSName: balancer.DNSName, OriginWay: balancer.Way,
		WebACLARN: edge.ARN,
		LogName:   n.CloudFrontLog(env.Name), LogBucketARN: logBucket.ARN, LogPrefix: config.CloudFrontLogPrefix, LogReady: logBucket.Ready,
		Edge:     props.Edge,
		Hostname: s.Hostname(env), HostedZoneID: s.User.Domain.HostedZoneID, CertificateARN: certificates.EdgeARN,
	})
	return out, nil
}

// newPages makes the bucket of the pages that CloudFront shows in the place of
// errors.
func newPages(scope cdk.Construct, props EnvironmentProps, logBucket *bucket.Bucket) (*bucket.Bucket, error) {
	n, env := props.Settings.Names(), props.Environment
	pages, err := bucket.New(scope, "pages", bucket.Props{
		Name:                  n.PagesBucket(env.Name),
		WithoutKey:            "It holds one page that everybody may see. With a key, CloudFront would need a right on that key, and no key of the environment is for CloudFront.",
		LogBucket:             logBucket.Name,
		LogPrefix:             config.PagesLogPrefix,
		LogReady:              logBucket.Ready,
		NoncurrentVersionDays: 30,
		PreventDestroy:        !env.IsDisposable(),
		ForceDestroy:          env.IsDisposable(),
		Policy:                access.PagesBucket(n, env.Name),
	})
	if err != nil {
		return nil, err
	}
	pages.Page("unavailable", config.UnavailablePath, config.UnavailablePage)
	return pages, nil
}

// cachedPaths are those of all services.
func cachedPaths(services []config.Service) []string {
	var out []string
	for _, s := range services {
		if s.Route != nil {
			out = append(out, s.Route.CachedPaths...)
		}
	}
	return out
}

// pathService is a service that gets what its paths name.
type pathService struct {
	config.Service
	// priority of its rule: by its place among all routed services, so that two
	// that take each other's requests do not take each other's priority, which AWS
	// gives to one rule only.
	priority int
}

// routes splits the routed services into the one without paths and the others.
func routes(services []config.Service) (fallback *config.Service, others []pathService) {
	priority := 0
	for _, s := range services {
		if s.Route == nil {
			continue
		}
		priority += 10
		if len(s.Route.Paths) == 0 {
			fallback = &s
		} else {
			others = append(others, pathService{s, priority})
		}
	}
	return fallback, others
}

// routeTo is a routed service as the load balancer sees it.
func routeTo(n config.Names, env config.Environment, s config.Service) loadbalancer.Target {
	return loadbalancer.Target{Service: s.Name, Name: n.TargetGroup(env.Name, s.Name), Route: *s.Route}
}
