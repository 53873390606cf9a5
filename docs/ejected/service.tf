# dev/environment/web-task/log-group
resource "aws_cloudwatch_log_group" "environment_web-task_log-group_B8656B5F" {
  name              = "/paperwurks/dev/ecs/web"
  kms_key_id        = data.terraform_remote_state.shared.outputs.for_dev_logs_key_arn
  retention_in_days = 30
}

# dev/environment/web-task/definition
resource "aws_ecs_task_definition" "environment_web-task_definition_66BE29FF" {
  family                   = "paperwurks-dev-web"
  cpu                      = "256"
  execution_role_arn       = aws_iam_role.environment_bootstrap-role_08CD9A76.arn
  memory                   = "512"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  skip_destroy             = true

  container_definitions = jsonencode([
    {
      name      = "web"
      image     = "${data.terraform_remote_state.shared.outputs.for_dev_repository_url}:bootstrap"
      essential = true
      command   = ["web"]
      environment = [
        { name = "AWS_REGION", value = "eu-central-1" },
        { name = "DATABASE_HOST", value = aws_db_instance.environment_database_instance_C3927743.address },
        { name = "DATABASE_NAME", value = "paperwurks" },
        { name = "DATABASE_PORT", value = "5432" },
        { name = "DATABASE_USER", value = "backend" },
        { name = "DOCUMENTS_BUCKET", value = aws_s3_bucket.environment_documents_bucket_957C091C.bucket },
        { name = "ENVIRONMENT", value = "dev" },
        { name = "LOG_LEVEL", value = "debug" },
        { name = "PORT", value = "8080" },
      ]
      secrets = [
        {
          name      = "SESSION_KEY"
          valueFrom = aws_secretsmanager_secret.environment_secrets_session-key_secret_58906A8B.arn
        },
      ]
      portMappings = [{ containerPort = 8080, hostPort = 8080, protocol = "tcp" }]
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.environment_web-task_log-group_B8656B5F.name
          awslogs-region        = "eu-central-1"
          awslogs-stream-prefix = "web"
        }
      }
      linuxParameters = {
        initProcessEnabled = true
        capabilities       = { drop = ["ALL"] }
      }
      mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
      readonlyRootFilesystem = true
      privileged             = false
      stopTimeout            = 120
    },
  ])

  runtime_platform {
    cpu_architecture        = "ARM64"
    operating_system_family = "LINUX"
  }

  volume {
    name = "tmp"
  }
}

# dev/environment/web-task/security-group
resource "aws_security_group" "environment_web-task_security-group_B0701F75" {
  name        = "paperwurks-dev-web"
  description = "Tasks of web"
  vpc_id      = data.terraform_remote_state.shared.outputs.for_dev_vpc_id

  tags = {
    Name = "paperwurks-dev-web"
  }
}

# dev/environment/web-task/egress-https
resource "aws_vpc_security_group_egress_rule" "environment_web-task_egress-https_88BB6963" {
  description       = "HTTPS to AWS and to what the application calls"
  ip_protocol       = "tcp"
  security_group_id = aws_security_group.environment_web-task_security-group_B0701F75.id
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = 443
  to_port           = 443
}

# dev/environment/web/service
resource "aws_ecs_service" "environment_web_service_6D8A8CE6" {
  name                               = "paperwurks-dev-web"
  availability_zone_rebalancing      = "ENABLED"
  cluster                            = aws_ecs_cluster.environment_cluster_83F9DC64.arn
  deployment_maximum_percent         = 200
  deployment_minimum_healthy_percent = 100
  desired_count                      = 1
  enable_ecs_managed_tags            = true
  enable_execute_command             = false
  force_new_deployment               = true
  health_check_grace_period_seconds  = 60
  platform_version                   = "LATEST"
  propagate_tags                     = "SERVICE"
  task_definition                    = aws_ecs_task_definition.environment_web-task_definition_66BE29FF.arn
  wait_for_steady_state              = false

  alarms {
    enable   = true
    rollback = true

    alarm_names = [
      "paperwurks-dev-web-5xx",
      "paperwurks-dev-web-latency",
      "paperwurks-dev-web-unhealthy",
      "paperwurks-dev-web-memory",
    ]
  }

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 100
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  load_balancer {
    container_name   = "web"
    container_port   = 8080
    target_group_arn = aws_lb_target_group.environment_load-balancer_target-group-web_F29D1EDB.arn
  }

  network_configuration {
    subnets          = data.terraform_remote_state.shared.outputs.for_dev_private_subnet_id_list
    assign_public_ip = false
    security_groups  = [aws_security_group.environment_web-task_security-group_B0701F75.id]
  }

  lifecycle {
    ignore_changes = [task_definition, desired_count, load_balancer]
  }

  depends_on = [
    aws_cloudwatch_metric_alarm.environment_alarms_load-balancer-5xx_DD6E351D,
    aws_cloudwatch_metric_alarm.environment_alarms_web-5xx_84C9A91E,
    aws_cloudwatch_metric_alarm.environment_alarms_web-latency_F05179CD,
    aws_cloudwatch_metric_alarm.environment_alarms_web-unhealthy_5743F79E,
    aws_cloudwatch_metric_alarm.environment_alarms_web-memory_475EDC20,
    aws_cloudwatch_metric_alarm.environment_alarms_web-cpu_DCB1F6A0,
    aws_cloudwatch_metric_alarm.environment_alarms_web-no-task_BB5E836A,
    aws_cloudwatch_metric_alarm.environment_alarms_worker-memory_14B6FDA4,
    aws_cloudwatch_metric_alarm.environment_alarms_worker-cpu_CD2BB44C,
    aws_cloudwatch_metric_alarm.environment_alarms_worker-no-task_1CCCF4A6,
    aws_cloudwatch_metric_alarm.environment_alarms_nightly-job-failed_E26F12EE,
    aws_cloudwatch_metric_alarm.environment_alarms_nightly-job-missed_0E92AF0F,
    aws_cloudwatch_metric_alarm.environment_alarms_jobs-not-started_B8329190,
    aws_cloudwatch_metric_alarm.environment_alarms_database-cpu_24B104DE,
    aws_cloudwatch_metric_alarm.environment_alarms_database-storage_D8EC230B,
    aws_cloudwatch_metric_alarm.environment_alarms_database-connections_2D75C63F,
    aws_cloudwatch_metric_alarm.environment_alarms_database-memory_DF3B00F4,
    aws_iam_role_policy.environment_web-task_task-role_policy_F0E0AEDB,
    aws_iam_role_policy.environment_web-task_execution-role_policy_A654070A,
    aws_vpc_security_group_ingress_rule.environment_database_ingress-web_BCAEC03E,
    aws_vpc_security_group_egress_rule.environment_database_egress-web_65455317,
    aws_vpc_security_group_egress_rule.environment_web-task_egress-https_88BB6963,
    aws_ecs_cluster_capacity_providers.environment_cluster_capacity-providers_34098412,
    aws_lb_listener.environment_load-balancer_listener_BAE31BB2,
    aws_vpc_security_group_egress_rule.environment_load-balancer_egress-web_9BAE7BF6,
    aws_vpc_security_group_ingress_rule.environment_load-balancer_ingress-web_B274D9CE,
  ]
}

# dev/environment/web/scaling-target
resource "aws_appautoscaling_target" "environment_web_scaling-target_B272432B" {
  max_capacity       = 2
  min_capacity       = 1
  resource_id        = "service/paperwurks-dev/${aws_ecs_service.environment_web_service_6D8A8CE6.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  service_namespace  = "ecs"

  lifecycle {
    ignore_changes = [min_capacity, max_capacity]
  }
}

# dev/environment/web/scaling-policy
resource "aws_appautoscaling_policy" "environment_web_scaling-policy_D5E306DB" {
  name               = "cpu"
  resource_id        = aws_appautoscaling_target.environment_web_scaling-target_B272432B.resource_id
  scalable_dimension = aws_appautoscaling_target.environment_web_scaling-target_B272432B.scalable_dimension
  service_namespace  = aws_appautoscaling_target.environment_web_scaling-target_B272432B.service_namespace
  policy_type        = "TargetTrackingScaling"

  target_tracking_scaling_policy_configuration {
    target_value       = 60
    scale_in_cooldown  = 300
    scale_out_cooldown = 60

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

# dev/environment/web/switch-off
resource "aws_appautoscaling_scheduled_action" "environment_web_switch-off_0DCCB952" {
  name               = "switch-off"
  resource_id        = aws_appautoscaling_target.environment_web_scaling-target_B272432B.resource_id
  scalable_dimension = aws_appautoscaling_target.environment_web_scaling-target_B272432B.scalable_dimension
  schedule           = "cron(0 20 ? * * *)"
  service_namespace  = aws_appautoscaling_target.environment_web_scaling-target_B272432B.service_namespace
  timezone           = "Europe/Berlin"

  scalable_target_action {
    max_capacity = "0"
    min_capacity = "0"
  }

  depends_on = [aws_appautoscaling_policy.environment_web_scaling-policy_D5E306DB]
}

# dev/environment/web/switch-on
resource "aws_appautoscaling_scheduled_action" "environment_web_switch-on_29B8DDBA" {
  name               = "switch-on"
  resource_id        = aws_appautoscaling_target.environment_web_scaling-target_B272432B.resource_id
  scalable_dimension = aws_appautoscaling_target.environment_web_scaling-target_B272432B.scalable_dimension
  schedule           = "cron(15 7 ? * MON-FRI *)"
  service_namespace  = aws_appautoscaling_target.environment_web_scaling-target_B272432B.service_namespace
  timezone           = "Europe/Berlin"

  scalable_target_action {
    max_capacity = "2"
    min_capacity = "1"
  }

  depends_on = [aws_appautoscaling_scheduled_action.environment_web_switch-off_0DCCB952]
}

# dev/environment/web-task/execution-role/role
resource "aws_iam_role" "environment_web-task_execution-role_B64E41F8" {
  name                 = "paperwurks-dev-web-execution"
  description          = "What ECS needs to start web in dev"
  path                 = "/paperwurks/workload/"
  permissions_boundary = "arn:aws:iam::111122223333:policy/paperwurks/boundary/paperwurks-workload-boundary-dev"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AssumedByService"
        Effect    = "Allow"
        Principal = { Service = "ecs-tasks.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = {
          ArnLike      = { "aws:SourceArn" = "arn:aws:ecs:eu-central-1:111122223333:*" }
          StringEquals = { "aws:SourceAccount" = "111122223333" }
        }
      },
    ]
  })
}

# dev/environment/web-task/execution-role/policy
resource "aws_iam_role_policy" "environment_web-task_execution-role_policy_A654070A" {
  name = "permissions"
  role = aws_iam_role.environment_web-task_execution-role_B64E41F8.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "LogInToECR"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Sid      = "PullItsImage"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = data.terraform_remote_state.shared.outputs.for_dev_repository_arn
      },
      {
        Sid      = "WriteItsLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:eu-central-1:111122223333:log-group:/paperwurks/dev/ecs/web:*"
      },
      {
        Sid      = "ReadItsSecrets"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = aws_secretsmanager_secret.environment_secrets_session-key_secret_58906A8B.arn
      },
      {
        Sid       = "DecryptItsSecrets"
        Effect    = "Allow"
        Action    = "kms:Decrypt"
        Resource  = data.terraform_remote_state.shared.outputs.for_dev_data_key_arn
        Condition = { StringLike = { "kms:ViaService" = "secretsmanager.*.amazonaws.com" } }
      },
    ]
  })
}

# dev/environment/web-task/task-role/role
resource "aws_iam_role" "environment_web-task_task-role_F3A0BF8A" {
  name                 = "paperwurks-dev-web-task"
  description          = "What web's containers in dev may do"
  path                 = "/paperwurks/workload/"
  permissions_boundary = "arn:aws:iam::111122223333:policy/paperwurks/boundary/paperwurks-workload-boundary-dev"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AssumedByService"
        Effect    = "Allow"
        Principal = { Service = "ecs-tasks.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = {
          ArnLike      = { "aws:SourceArn" = "arn:aws:ecs:eu-central-1:111122223333:*" }
          StringEquals = { "aws:SourceAccount" = "111122223333" }
        }
      },
    ]
  })
}

# dev/environment/web-task/task-role/policy
resource "aws_iam_role_policy" "environment_web-task_task-role_policy_F0E0AEDB" {
  name = "permissions"
  role = aws_iam_role.environment_web-task_task-role_F3A0BF8A.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ReadAndWriteDocuments"
        Effect   = "Allow"
        Action   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
        Resource = "arn:aws:s3:::paperwurks-dev-documents-111122223333/*"
      },
      {
        Sid      = "ListDocuments"
        Effect   = "Allow"
        Action   = ["s3:ListBucket", "s3:ListBucketMultipartUploads"]
        Resource = "arn:aws:s3:::paperwurks-dev-documents-111122223333"
      },
      {
        Sid       = "EncryptDocuments"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = data.terraform_remote_state.shared.outputs.for_dev_data_key_arn
        Condition = { StringEquals = { "kms:ViaService" = "s3.eu-central-1.amazonaws.com" } }
      },
      {
        Sid      = "SignInToTheDatabase"
        Effect   = "Allow"
        Action   = "rds-db:connect"
        Resource = "arn:aws:rds-db:eu-central-1:111122223333:dbuser:${aws_db_instance.environment_database_instance_C3927743.resource_id}/backend"
      },
    ]
  })
}
