package existing

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"strconv"
)

func computeKinds() map[string]Kind {
	return map[string]Kind{
		"aws_ecs_cluster": {Key: []string{"name"}, List: listClusters, ImportID: func(v Values) string { return v.text("name") }},
		"aws_ecs_service": {Key: []string{"cluster", "name"}, List: listServices, ImportID: func(v Values) string {
			return lastOf(v.text("cluster")) + "/" + v.text("name")
		}},
		"aws_appautoscaling_target": {Key: []string{"resource_id", "scalable_dimension"}, List: listScalableTargets, ImportID: func(v Values) string {
			return v.text("service_namespace") + "/" + v.text("resource_id") + "/" + v.text("scalable_dimension")
		}},
		"aws_lb":               {Key: []string{"name"}, List: listLoadBalancers},
		"aws_lb_target_group":  {Key: []string{"name"}, List: listTargetGroups},
		"aws_lb_listener":      {Key: []string{"load_balancer_arn", "port"}, List: listListeners},
		"aws_lb_listener_rule": {Key: []string{"listener_arn", "priority"}, List: listListenerRules},
	}
}

func clusters(ctx context.Context, a AWS) ([]string, error) {
	var arns []string
	pages := ecs.NewListClustersPaginator(ecs.NewFromConfig(a.Config), &ecs.ListClustersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, arn := range page.ClusterArns {
			if a.project(lastOf(arn)) {
				arns = append(arns, arn)
			}
		}
	}
	return arns, nil
}

func listClusters(ctx context.Context, a AWS) ([]Object, error) {
	arns, err := clusters(ctx, a)
	var found []Object
	for _, arn := range arns {
		found = append(found, Object{ID: lastOf(arn), Key: lastOf(arn)})
	}
	return found, err
}

func listServices(ctx context.Context, a AWS) ([]Object, error) {
	arns, err := clusters(ctx, a)
	if err != nil {
		return nil, err
	}
	var found []Object
	for _, cluster := range arns {
		pages := ecs.NewListServicesPaginator(ecs.NewFromConfig(a.Config), &ecs.ListServicesInput{Cluster: &cluster})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, service := range page.ServiceArns {
				name := lastOf(service)
				found = append(found, Object{ID: lastOf(cluster) + "/" + name, Key: joined(cluster, name)})
			}
		}
	}
	return found, nil
}

func listScalableTargets(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := scaling.NewDescribeScalableTargetsPaginator(scaling.NewFromConfig(a.Config), &scaling.DescribeScalableTargetsInput{
		ServiceNamespace: scalingtypes.ServiceNamespaceEcs,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, t := range page.ScalableTargets {
			if a.project(*t.ResourceId, "service/") {
				found = append(found, Object{
					ID:  "ecs/" + *t.ResourceId + "/" + string(t.ScalableDimension),
					Key: joined(*t.ResourceId, string(t.ScalableDimension)),
				})
			}
		}
	}
	return found, nil
}

func loadBalancers(ctx context.Context, a AWS) ([]elbtypes.LoadBalancer, error) {
	var balancers []elbtypes.LoadBalancer
	pages := elb.NewDescribeLoadBalancersPaginator(elb.NewFromConfig(a.Config), &elb.DescribeLoadBalancersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		balancers = append(balancers, page.LoadBalancers...)
	}
	return slices.DeleteFunc(balancers, func(b elbtypes.LoadBalancer) bool { return !a.project(*b.LoadBalancerName) }), nil
}

func listLoadBalancers(ctx context.Context, a AWS) ([]Object, error) {
	balancers, err := loadBalancers(ctx, a)
	var found []Object
	for _, b := range balancers {
		found = append(found, Object{ID: *b.LoadBalancerArn, Key: *b.LoadBalancerName})
	}
	return found, err
}

func listTargetGroups(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := elb.NewDescribeTargetGroupsPaginator(elb.NewFromConfig(a.Config), &elb.DescribeTargetGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range page.TargetGroups {
			if a.project(*g.TargetGroupName) {
				found = append(found, Object{ID: *g.TargetGroupArn, Key: *g.TargetGroupName})
			}
		}
	}
	return found, nil
}

func listListeners(ctx context.Context, a AWS) ([]Object, error) {
	balancers, err := loadBalancers(ctx, a)
	if err != nil {
		return nil, err
	}
	var found []Object
	for _, b := range balancers {
		pages := elb.NewDescribeListenersPaginator(elb.NewFromConfig(a.Config), &elb.DescribeListenersInput{LoadBalancerArn: b.LoadBalancerArn})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, l := range page.Listeners {
				found = append(found, Object{ID: *l.ListenerArn, Key: joined(*b.LoadBalancerArn, strconv.Itoa(int(aws.ToInt32(l.Port))))})
			}
		}
	}
	return found, nil
}

func listListenerRules(ctx context.Context, a AWS) ([]Object, error) {
	balancers, err := loadBalancers(ctx, a)
	if err != nil {
		return nil, err
	}
	client := elb.NewFromConfig(a.Config)
	var found []Object
	for _, b := range balancers {
		listeners := elb.NewDescribeListenersPaginator(client, &elb.DescribeListenersInput{LoadBalancerArn: b.LoadBalancerArn})
		for listeners.HasMorePages() {
			page, err := listeners.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, l := range page.Listeners {
				rules, err := rulesOf(ctx, client, *l.ListenerArn)
				if err != nil {
					return nil, err
				}
				found = append(found, rules...)
			}
		}
	}
	return found, nil
}

// rulesOf are a listener's rules but its default, which is a part of it.
func rulesOf(ctx context.Context, client *elb.Client, listener string) ([]Object, error) {
	var found []Object
	pages := elb.NewDescribeRulesPaginator(client, &elb.DescribeRulesInput{ListenerArn: &listener})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Rules {
			if !aws.ToBool(r.IsDefault) {
				found = append(found, Object{ID: *r.RuleArn, Key: joined(listener, *r.Priority)})
			}
		}
	}
	return found, nil
}
