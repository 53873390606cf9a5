package localaws

func init() {
	register("ecs",
		gap{operation: "ListServiceDeployments", why: "moto knows no deployments", answer: oneECSCall(listServiceDeployments)},
	)
}

// listServiceDeployments are a service's deployments, newest first. A rollback
// is a part of the deployment that it undoes (Amazon ECS API,
// ServiceDeploymentBrief).
func listServiceDeployments(f *Front, c *call) (*answer, error) {
	var in struct{ Cluster, Service string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s, ok := findService(f, c, inCluster(f, c, "service", in.Cluster, in.Service))
	if !ok {
		return nil, &apiError{status: 400, code: "ServiceNotFoundException", message: "Service not found."}
	}
	list := []object{}
	for i := len(s.history) - 1; i >= 0; i-- {
		r := s.history[i]
		if r.undoes != nil {
			continue
		}
		status, last := s.outcome(i)
		d := object{"serviceDeploymentArn": f.arn("ecs", c.region, "service-deployment/"+s.name+"/"+r.id), "serviceArn": s.arn, "clusterArn": s.cluster,
			"createdAt": seconds(r.created), "startedAt": seconds(r.created), "status": status, "statusReason": r.reason}
		if status != "IN_PROGRESS" && status != "ROLLBACK_IN_PROGRESS" {
			d["finishedAt"] = seconds(last.updated)
		}
		list = append(list, d)
	}
	return jsonAnswer(object{"serviceDeployments": list})
}

// outcome is the status of the i-th deployment, and the one that it ended with.
func (s *ecsService) outcome(i int) (string, *rollout) {
	r := s.history[i]
	for _, undo := range s.history[i+1:] {
		switch {
		case undo.undoes != r:
		case undo.state == rolloutCompleted:
			return "ROLLBACK_SUCCESSFUL", undo
		case undo.state == rolloutFailed:
			return "ROLLBACK_FAILED", undo
		default:
			return "ROLLBACK_IN_PROGRESS", undo
		}
	}
	switch {
	case r.state == rolloutCompleted:
		return "SUCCESSFUL", r
	case r.state == rolloutFailed || i < len(s.history)-1:
		return "STOPPED", r
	default:
		return "IN_PROGRESS", r
	}
}
