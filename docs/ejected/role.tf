# shared/setup/deploy-role-dev/role
resource "aws_iam_role" "setup_deploy-role-dev_role_BA197A87" {
  name                 = "deploy-role-dev"
  description          = "Deploys paperwurks/backend to dev"
  max_session_duration = 3600
  path                 = "/paperwurks/ci/"
  permissions_boundary = aws_iam_policy.setup_boundary_ci_58B4CFD0.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "EnvironmentsOnBranch"
        Effect    = "Allow"
        Principal = { Federated = aws_iam_openid_connect_provider.setup_github_08F7B77D.arn }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "token.actions.githubusercontent.com:aud"                 = "sts.amazonaws.com"
            "token.actions.githubusercontent.com:environment"         = "dev"
            "token.actions.githubusercontent.com:ref"                 = "refs/heads/develop"
            "token.actions.githubusercontent.com:repository_id"       = "20000002"
            "token.actions.githubusercontent.com:repository_owner_id" = "10000001"
            "token.actions.githubusercontent.com:sub" = [
              "repo:paperwurks/backend:environment:dev",
              "repo:paperwurks@10000001/backend@20000002:environment:dev",
            ]
          }
        }
      },
    ]
  })
}

# shared/setup/deploy-role-dev/paperwurks-deploy-role-dev-images/policy
resource "aws_iam_policy" "setup_deploy-role-dev_paperwurks-deploy-role-dev-images_policy_0E598AA1" {
  name        = "paperwurks-deploy-role-dev-images"
  description = "Pushes and pulls the images of dev"
  path        = "/paperwurks/ci/"

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
        Sid    = "PushAndPullItsImages"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:DescribeImageScanFindings",
          "ecr:DescribeImages",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:ListImages",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ]
        Resource = "arn:aws:ecr:eu-central-1:111122223333:repository/paperwurks/dev/backend"
      },
      {
        Sid      = "ReadWhatInspectorFinds"
        Effect   = "Allow"
        Action   = ["inspector2:ListCoverage", "inspector2:ListFindings"]
        Resource = "*"
      },
    ]
  })
}

# shared/setup/deploy-role-dev/paperwurks-deploy-role-dev-images/attachment
resource "aws_iam_role_policy_attachment" "setup_deploy-role-dev_paperwurks-deploy-role-dev-images_attachment_C8FA534B" {
  policy_arn = aws_iam_policy.setup_deploy-role-dev_paperwurks-deploy-role-dev-images_policy_0E598AA1.arn
  role       = aws_iam_role.setup_deploy-role-dev_role_BA197A87.name
}

# shared/setup/deploy-role-dev/paperwurks-deploy-role-dev-jobs/policy
resource "aws_iam_policy" "setup_deploy-role-dev_paperwurks-deploy-role-dev-jobs_policy_04C0BA20" {
  name        = "paperwurks-deploy-role-dev-jobs"
  description = "Runs the jobs of dev"
  path        = "/paperwurks/ci/"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "RegisterItsJobs"
        Effect = "Allow"
        Action = "ecs:RegisterTaskDefinition"
        Resource = [
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-nightly:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-reindex:*",
        ]
      },
      {
        Sid    = "TagTheJobsThatItRegisters"
        Effect = "Allow"
        Action = "ecs:TagResource"
        Resource = [
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-nightly:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-reindex:*",
        ]
        Condition = { StringEquals = { "ecs:CreateAction" = "RegisterTaskDefinition" } }
      },
      {
        Sid    = "RunItsJobs"
        Effect = "Allow"
        Action = "ecs:RunTask"
        Resource = [
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-nightly:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-reindex:*",
        ]
        Condition = {
          ArnEquals            = { "ecs:cluster" = "arn:aws:ecs:eu-central-1:111122223333:cluster/paperwurks-dev" }
          StringEqualsIfExists = { "ecs:enable-execute-command" = "false" }
        }
      },
      {
        Sid    = "PassTheRolesOfItsJobs"
        Effect = "Allow"
        Action = "iam:PassRole"
        Resource = [
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-nightly-execution",
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-nightly-task",
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-reindex-execution",
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-reindex-task",
        ]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Sid    = "ScheduleItsJobs"
        Effect = "Allow"
        Action = [
          "scheduler:CreateSchedule",
          "scheduler:DeleteSchedule",
          "scheduler:GetSchedule",
          "scheduler:UpdateSchedule",
        ]
        Resource = "arn:aws:scheduler:eu-central-1:111122223333:schedule/paperwurks-dev/*"
      },
      {
        Sid      = "ListSchedules"
        Effect   = "Allow"
        Action   = "scheduler:ListSchedules"
        Resource = "*"
      },
      {
        Sid       = "PassTheSchedulersRole"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-scheduler"
        Condition = { StringEquals = { "iam:PassedToService" = "scheduler.amazonaws.com" } }
      },
    ]
  })
}

# shared/setup/deploy-role-dev/paperwurks-deploy-role-dev-jobs/attachment
resource "aws_iam_role_policy_attachment" "setup_deploy-role-dev_paperwurks-deploy-role-dev-jobs_attachment_66D23FF4" {
  policy_arn = aws_iam_policy.setup_deploy-role-dev_paperwurks-deploy-role-dev-jobs_policy_04C0BA20.arn
  role       = aws_iam_role.setup_deploy-role-dev_role_BA197A87.name
}

# shared/setup/deploy-role-dev/paperwurks-deploy-role-dev-limits/policy
resource "aws_iam_policy" "setup_deploy-role-dev_paperwurks-deploy-role-dev-limits_policy_CB55129B" {
  name        = "paperwurks-deploy-role-dev-limits"
  description = "What deploy-role-dev never does"
  path        = "/paperwurks/ci/"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid         = "RolesForTasksOnly"
        Effect      = "Deny"
        Action      = "iam:PassRole"
        NotResource = "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-scheduler"
        Condition   = { StringNotEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Sid       = "TheSchedulersForTheScheduler"
        Effect    = "Deny"
        Action    = "iam:PassRole"
        Resource  = "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-scheduler"
        Condition = { StringNotEquals = { "iam:PassedToService" = "scheduler.amazonaws.com" } }
      },
      {
        Sid    = "NothingButDeploying"
        Effect = "Deny"
        NotAction = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:DescribeImageScanFindings",
          "ecr:DescribeImages",
          "ecr:GetAuthorizationToken",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:ListImages",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
          "ecs:DescribeServices",
          "ecs:DescribeTaskDefinition",
          "ecs:DescribeTasks",
          "ecs:ListTaskDefinitions",
          "ecs:ListTasks",
          "ecs:RegisterTaskDefinition",
          "ecs:RunTask",
          "ecs:StopTask",
          "ecs:TagResource",
          "ecs:UpdateService",
          "iam:PassRole",
          "inspector2:ListCoverage",
          "inspector2:ListFindings",
          "logs:DescribeLogStreams",
          "logs:FilterLogEvents",
          "logs:GetLogEvents",
          "scheduler:CreateSchedule",
          "scheduler:DeleteSchedule",
          "scheduler:GetSchedule",
          "scheduler:ListSchedules",
          "scheduler:UpdateSchedule",
          "ssm:GetParameter",
          "ssm:GetParameters",
          "ssm:GetParametersByPath",
        ]
        Resource = "*"
      },
      {
        Sid    = "NothingOfAnotherEnvironment"
        Effect = "Deny"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:DescribeImageScanFindings",
          "ecr:DescribeImages",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:ListImages",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
          "ecs:DescribeServices",
          "ecs:DescribeTasks",
          "ecs:RegisterTaskDefinition",
          "ecs:RunTask",
          "ecs:StopTask",
          "ecs:TagResource",
          "ecs:UpdateService",
          "iam:PassRole",
          "logs:DescribeLogStreams",
          "logs:FilterLogEvents",
          "logs:GetLogEvents",
          "scheduler:CreateSchedule",
          "scheduler:DeleteSchedule",
          "scheduler:GetSchedule",
          "scheduler:UpdateSchedule",
          "ssm:GetParameter",
          "ssm:GetParameters",
          "ssm:GetParametersByPath",
        ]
        NotResource = [
          "arn:aws:ecr:eu-central-1:111122223333:repository/paperwurks/dev/backend",
          "arn:aws:ecs:eu-central-1:111122223333:service/paperwurks-dev/*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-migrate:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-nightly:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-reindex:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-roles:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-web:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-worker:*",
          "arn:aws:ecs:eu-central-1:111122223333:task/paperwurks-dev/*",
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-*-execution",
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-*-task",
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-scheduler",
          "arn:aws:logs:eu-central-1:111122223333:log-group:/paperwurks/dev/ecs/*",
          "arn:aws:scheduler:eu-central-1:111122223333:schedule/paperwurks-dev/*",
          "arn:aws:ssm:eu-central-1:111122223333:parameter/paperwurks/dev",
          "arn:aws:ssm:eu-central-1:111122223333:parameter/paperwurks/dev/*",
        ]
      },
      {
        Sid    = "NoTaskButTheMigration"
        Effect = "Deny"
        Action = "ecs:RunTask"
        NotResource = [
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-migrate:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-nightly:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-reindex:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-roles:*",
        ]
      },
      {
        Sid       = "NoTagButWhereItRegisters"
        Effect    = "Deny"
        Action    = "ecs:TagResource"
        Resource  = "*"
        Condition = { StringNotEquals = { "ecs:CreateAction" = "RegisterTaskDefinition" } }
      },
      {
        Sid      = "OnlyInItsCluster"
        Effect   = "Deny"
        Action   = ["ecs:ListTasks", "ecs:RunTask"]
        Resource = "*"
        Condition = {
          ArnNotEquals = { "ecs:cluster" = "arn:aws:ecs:eu-central-1:111122223333:cluster/paperwurks-dev" }
        }
      },
      {
        Sid      = "OnlyItsDefinitions"
        Effect   = "Deny"
        Action   = "ecs:UpdateService"
        Resource = "*"
        Condition = {
          ArnNotLike = {
            "ecs:task-definition" = [
              "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-web:*",
              "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-worker:*",
            ]
          }
          Null = { "ecs:task-definition" = "false" }
        }
      },
      {
        Sid       = "NoShell"
        Effect    = "Deny"
        Action    = ["ecs:RunTask", "ecs:UpdateService"]
        Resource  = "*"
        Condition = { StringEquals = { "ecs:enable-execute-command" = "true" } }
      },
      {
        Sid      = "OnlyInItsSubnets"
        Effect   = "Deny"
        Action   = "ecs:UpdateService"
        Resource = "*"
        Condition = {
          "ForAnyValue:StringNotEquals" = {
            "ecs:subnet" = [
              aws_subnet.setup_dev_network_private-subnet-a_A5CECA9D.id,
              aws_subnet.setup_dev_network_private-subnet-b_6F95FF92.id,
              aws_subnet.setup_dev_network_private-subnet-c_4511F12C.id,
            ]
          }
        }
      },
      {
        Sid       = "NoPublicTask"
        Effect    = "Deny"
        Action    = "ecs:UpdateService"
        Resource  = "*"
        Condition = { Bool = { "ecs:auto-assign-public-ip" = "true" } }
      },
    ]
  })
}

# shared/setup/deploy-role-dev/paperwurks-deploy-role-dev-limits/attachment
resource "aws_iam_role_policy_attachment" "setup_deploy-role-dev_paperwurks-deploy-role-dev-limits_attachment_A547680A" {
  policy_arn = aws_iam_policy.setup_deploy-role-dev_paperwurks-deploy-role-dev-limits_policy_CB55129B.arn
  role       = aws_iam_role.setup_deploy-role-dev_role_BA197A87.name
}

# shared/setup/deploy-role-dev/paperwurks-deploy-role-dev-observe/policy
resource "aws_iam_policy" "setup_deploy-role-dev_paperwurks-deploy-role-dev-observe_policy_64D29CFA" {
  name        = "paperwurks-deploy-role-dev-observe"
  description = "Reads the logs and parameters of dev"
  path        = "/paperwurks/ci/"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "ReadItsLogs"
        Effect = "Allow"
        Action = ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"]
        Resource = [
          "arn:aws:logs:eu-central-1:111122223333:log-group:/paperwurks/dev/ecs/migrate",
          "arn:aws:logs:eu-central-1:111122223333:log-group:/paperwurks/dev/ecs/migrate:*",
          "arn:aws:logs:eu-central-1:111122223333:log-group:/paperwurks/dev/ecs/nightly",
          "arn:aws:logs:eu-central-1:111122223333:log-group:/paperwurks/dev/ecs/nightly:*",
          "arn:aws:logs:eu-central-1:111122223333:log-group:/paperwurks/dev/ecs/reindex",
          "arn:aws:logs:eu-central-1:111122223333:log-group:/paperwurks/dev/ecs/reindex:*",
          "arn:aws:logs:eu-central-1:111122223333:log-group:/paperwurks/dev/ecs/roles",
          "arn:aws:logs:eu-central-1:111122223333:log-group:/paperwurks/dev/ecs/roles:*",
          "arn:aws:logs:eu-central-1:111122223333:log-group:/paperwurks/dev/ecs/web",
          "arn:aws:logs:eu-central-1:111122223333:log-group:/paperwurks/dev/ecs/web:*",
          "arn:aws:logs:eu-central-1:111122223333:log-group:/paperwurks/dev/ecs/worker",
          "arn:aws:logs:eu-central-1:111122223333:log-group:/paperwurks/dev/ecs/worker:*",
        ]
      },
      {
        Sid    = "ReadItsParameters"
        Effect = "Allow"
        Action = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
        Resource = [
          "arn:aws:ssm:eu-central-1:111122223333:parameter/paperwurks/dev",
          "arn:aws:ssm:eu-central-1:111122223333:parameter/paperwurks/dev/*",
        ]
      },
    ]
  })
}

# shared/setup/deploy-role-dev/paperwurks-deploy-role-dev-observe/attachment
resource "aws_iam_role_policy_attachment" "setup_deploy-role-dev_paperwurks-deploy-role-dev-observe_attachment_1C3D481E" {
  policy_arn = aws_iam_policy.setup_deploy-role-dev_paperwurks-deploy-role-dev-observe_policy_64D29CFA.arn
  role       = aws_iam_role.setup_deploy-role-dev_role_BA197A87.name
}

# shared/setup/deploy-role-dev/paperwurks-deploy-role-dev-tasks/policy
resource "aws_iam_policy" "setup_deploy-role-dev_paperwurks-deploy-role-dev-tasks_policy_9A93755A" {
  name        = "paperwurks-deploy-role-dev-tasks"
  description = "Deploys to the services of dev"
  path        = "/paperwurks/ci/"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "RegisterItsTaskDefinitions"
        Effect = "Allow"
        Action = "ecs:RegisterTaskDefinition"
        Resource = [
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-migrate:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-roles:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-web:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-worker:*",
        ]
      },
      {
        Sid    = "TagWhatItRegisters"
        Effect = "Allow"
        Action = "ecs:TagResource"
        Resource = [
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-migrate:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-roles:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-web:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-worker:*",
        ]
        Condition = { StringEquals = { "ecs:CreateAction" = "RegisterTaskDefinition" } }
      },
      {
        Sid      = "ReadTaskDefinitions"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions"]
        Resource = "*"
      },
      {
        Sid    = "UpdateItsServices"
        Effect = "Allow"
        Action = "ecs:UpdateService"
        Resource = [
          "arn:aws:ecs:eu-central-1:111122223333:service/paperwurks-dev/paperwurks-dev-web",
          "arn:aws:ecs:eu-central-1:111122223333:service/paperwurks-dev/paperwurks-dev-worker",
        ]
        Condition = {
          ArnLikeIfExists = {
            "ecs:task-definition" = [
              "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-web:*",
              "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-worker:*",
            ]
          }
          BoolIfExists = { "ecs:auto-assign-public-ip" = "false" }
          "ForAllValues:StringEquals" = {
            "ecs:subnet" = [
              aws_subnet.setup_dev_network_private-subnet-a_A5CECA9D.id,
              aws_subnet.setup_dev_network_private-subnet-b_6F95FF92.id,
              aws_subnet.setup_dev_network_private-subnet-c_4511F12C.id,
            ]
          }
          StringEqualsIfExists = { "ecs:enable-execute-command" = "false" }
        }
      },
      {
        Sid    = "WatchItsServices"
        Effect = "Allow"
        Action = "ecs:DescribeServices"
        Resource = [
          "arn:aws:ecs:eu-central-1:111122223333:service/paperwurks-dev/paperwurks-dev-web",
          "arn:aws:ecs:eu-central-1:111122223333:service/paperwurks-dev/paperwurks-dev-worker",
        ]
      },
      {
        Sid    = "RunItsMigration"
        Effect = "Allow"
        Action = "ecs:RunTask"
        Resource = [
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-migrate:*",
          "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-roles:*",
        ]
        Condition = {
          ArnEquals            = { "ecs:cluster" = "arn:aws:ecs:eu-central-1:111122223333:cluster/paperwurks-dev" }
          StringEqualsIfExists = { "ecs:enable-execute-command" = "false" }
        }
      },
      {
        Sid      = "WatchItsTasks"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTasks", "ecs:StopTask"]
        Resource = "arn:aws:ecs:eu-central-1:111122223333:task/paperwurks-dev/*"
      },
      {
        Sid       = "ListItsTasks"
        Effect    = "Allow"
        Action    = "ecs:ListTasks"
        Resource  = "*"
        Condition = { ArnEquals = { "ecs:cluster" = "arn:aws:ecs:eu-central-1:111122223333:cluster/paperwurks-dev" } }
      },
      {
        Sid    = "PassTheRolesOfItsTasks"
        Effect = "Allow"
        Action = "iam:PassRole"
        Resource = [
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-migrate-execution",
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-migrate-task",
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-roles-execution",
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-roles-task",
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-web-execution",
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-web-task",
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-worker-execution",
          "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-worker-task",
        ]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
    ]
  })
}

# shared/setup/deploy-role-dev/paperwurks-deploy-role-dev-tasks/attachment
resource "aws_iam_role_policy_attachment" "setup_deploy-role-dev_paperwurks-deploy-role-dev-tasks_attachment_75192494" {
  policy_arn = aws_iam_policy.setup_deploy-role-dev_paperwurks-deploy-role-dev-tasks_policy_9A93755A.arn
  role       = aws_iam_role.setup_deploy-role-dev_role_BA197A87.name
}
