package existing

import (
	"context"

	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

func observeKinds() map[string]Kind {
	byName := func(v Values) string { return v.text("name") }
	return map[string]Kind{
		"aws_cloudwatch_log_group":                {Key: []string{"name"}, List: listLogGroups},
		"aws_cloudwatch_log_delivery":             {Key: []string{"delivery_source_name", "delivery_destination_arn"}, List: listDeliveries},
		"aws_cloudwatch_log_delivery_source":      {Key: []string{"name"}, List: listDeliverySources, ImportID: byName},
		"aws_cloudwatch_log_delivery_destination": {Key: []string{"name"}, List: listDeliveryDestinations, ImportID: byName},
	}
}

func listLogGroups(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := logs.NewDescribeLogGroupsPaginator(logs.NewFromConfig(a.Config), &logs.DescribeLogGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range page.LogGroups {
			if a.project(*g.LogGroupName, "/", "/aws/rds/instance/", "aws-waf-logs-") {
				found = append(found, Object{ID: *g.LogGroupName, Key: *g.LogGroupName})
			}
		}
	}
	return found, nil
}

func listDeliveries(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := logs.NewDescribeDeliveriesPaginator(logs.NewFromConfig(a.Config), &logs.DescribeDeliveriesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, d := range page.Deliveries {
			if a.project(*d.DeliverySourceName) {
				found = append(found, Object{ID: *d.Id, Key: joined(*d.DeliverySourceName, *d.DeliveryDestinationArn)})
			}
		}
	}
	return found, nil
}

func listDeliverySources(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := logs.NewDescribeDeliverySourcesPaginator(logs.NewFromConfig(a.Config), &logs.DescribeDeliverySourcesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, s := range page.DeliverySources {
			if a.project(*s.Name) {
				found = append(found, Object{ID: *s.Name, Key: *s.Name})
			}
		}
	}
	return found, nil
}

func listDeliveryDestinations(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := logs.NewDescribeDeliveryDestinationsPaginator(logs.NewFromConfig(a.Config), &logs.DescribeDeliveryDestinationsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, d := range page.DeliveryDestinations {
			if a.project(*d.Name) {
				found = append(found, Object{ID: *d.Name, Key: *d.Name})
			}
		}
	}
	return found, nil
}
