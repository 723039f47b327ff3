# Three roles. What job code may do on AWS is none of them: that is worker_task_role_arn of each entry of managers_configs.

locals {
  # Named, not referred to, where a reference would be a circle: the role's own bucket and key name it.
  manager_task_role     = "iam-role-${local.service}-manager-task"
  manager_task_role_arn = "arn:${local.partition}:iam::${local.account}:role/${local.manager_task_role}"

  worker_execution_role     = "iam-role-${local.service}-worker-execution"
  worker_execution_role_arn = "arn:${local.partition}:iam::${local.account}:role/${local.worker_execution_role}"

  # ECS, for tasks of this account and region. A single cluster can't be named here.
  trust_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EcsTasks"
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = ["sts:AssumeRole"]
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnLike      = { "aws:SourceArn" = "arn:${local.partition}:ecs:${var.aws_region}:${local.account}:*" }
      }
    }]
  })

  deployment_tag = "fargate-gitlab-runner:deployment"
  log_group_arn  = "arn:${local.partition}:logs:${var.aws_region}:${local.account}:log-group:cwl-${local.service}"

  # Those that reach the tokens of the runners. As IAM reads them, * is any run of characters and ? one; all else stands for itself.
  job_secrets_of_tokens = [
    for arn in var.job_secret_arns : arn if can(regex("^\\Q${replace(replace(arn, "*", "\\E.*\\Q"), "?", "\\E.\\Q")}\\E$", local.secret_arn))
  ]

  job_secrets = { for service in ["secretsmanager", "ssm"] : service => [for arn in var.job_secret_arns : arn if split(":", arn)[2] == service] }

  # In the order of the runners, each once.
  worker_clusters = distinct([for runner in values(var.managers_configs) : runner.worker_ecs_cluster_arn])
  worker_tasks    = [for cluster in local.worker_clusters : "${replace(cluster, ":cluster/", ":task/")}/*"]

  # 123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/worker:1. Images of other registries need no permission.
  ecr_image = "^(\\d{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/([^:@]+)"
  images = {
    manager = [var.manager_docker_image]
    worker  = [for runner in values(var.managers_configs) : runner.worker_docker_image]
  }
  repositories = {
    for kind, images in local.images : kind => distinct([
      for found in [for image in images : regex(local.ecr_image, image) if can(regex(local.ecr_image, image))] :
      "arn:${local.partition}:ecr:${found[1]}:${found[0]}:repository/${found[2]}"
    ])
  }

  pull = {
    for kind, repositories in local.repositories : kind => length(repositories) == 0 ? [] : [
      # GetAuthorizationToken knows no resource: AWS forces the *.
      jsonencode({ Sid = "RegistryLogin", Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = ["*"] }),
      jsonencode({
        Sid      = "PullImages"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]
        Resource = repositories
      }),
    ]
  }

  secret_service = split(":", var.gitlab_token_secret_arn)[2]
  # Without the JSON key and version that the ARN of a secret may carry: permissions are for the whole secret.
  secret_parts = split(":", var.gitlab_token_secret_arn)
  secret_arn   = join(":", slice(local.secret_parts, 0, min(7, length(local.secret_parts))))
  decrypt_secret = var.secrets_kms_key == "" ? [] : [jsonencode({
    Sid       = "DecryptTokenSecret"
    Effect    = "Allow"
    Action    = ["kms:Decrypt"]
    Resource  = [can(regex("^arn:", var.secrets_kms_key)) ? var.secrets_kms_key : "arn:${local.partition}:kms:${var.aws_region}:${local.account}:key/${var.secrets_kms_key}"]
    Condition = { StringEquals = { "kms:ViaService" = "${local.secret_service}.${var.aws_region}.amazonaws.com" } }
  })]
}

# --- What ECS needs to start a manager. ---

resource "aws_iam_role" "manager_execution" {
  name                 = "iam-role-${local.service}-manager-execution"
  assume_role_policy   = local.trust_policy
  permissions_boundary = local.permissions_boundary
  tags                 = var.tags_common

  # About the manager, and here because its task definition waits for those of the workers: all that is wrong is said at once.
  lifecycle {
    precondition {
      condition     = length(local.service) <= 37
      error_message = "<project_code>-<environment>-<service_name> may have 37 characters, because IAM takes 64 in the name of a role: ${local.service} has ${length(local.service)}."
    }
    precondition {
      condition     = contains(lookup(local.fargate_memory, var.manager_cpu, []), var.manager_memory)
      error_message = "Fargate has no size of manager_cpu ${var.manager_cpu} with manager_memory ${var.manager_memory}. Allowed: ${join(", ", lookup(local.fargate_memory, var.manager_cpu, ["manager_cpu ${join(", ", keys(local.fargate_memory))}"]))}."
    }
    precondition {
      condition     = var.aws_region == split(":", var.manager_ecs_cluster_arn)[3]
      error_message = "aws_region must be the region of manager_ecs_cluster_arn."
    }
    precondition {
      condition     = length(local.runner_faults) == 0
      error_message = join("\n", local.runner_faults)
    }
    precondition {
      condition     = length(local.job_secrets_of_tokens) == 0
      error_message = "job_secret_arns lets jobs read the secret with the runners' tokens, ${local.secret_arn}, by ${join(", ", local.job_secrets_of_tokens)}. Name the secrets of jobs more exactly, or keep the tokens under another name."
    }
  }
}

resource "aws_iam_role_policy" "manager_execution" {
  name = "execution"
  role = aws_iam_role.manager_execution.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [for statement in local.pull.manager : jsondecode(statement)],
      [
        {
          Sid      = "WriteLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["${local.log_group_arn}:log-stream:${local.service}/*"]
        },
        {
          Sid      = "ReadTokenSecret"
          Effect   = "Allow"
          Action   = [local.secret_service == "ssm" ? "ssm:GetParameters" : "secretsmanager:GetSecretValue"]
          Resource = [local.secret_arn]
        },
      ],
      [for statement in local.decrypt_secret : jsondecode(statement)],
    )
  })
}

# --- What ECS needs to start a worker. ---

resource "aws_iam_role" "worker_execution" {
  name                 = local.worker_execution_role
  assume_role_policy   = local.trust_policy
  permissions_boundary = local.permissions_boundary
  tags                 = var.tags_common
}

resource "aws_iam_role_policy" "worker_execution" {
  name = "execution"
  role = aws_iam_role.worker_execution.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [for statement in local.pull.worker : jsondecode(statement)],
      [{
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${local.log_group_arn}:log-stream:task-${local.service}-worker-*"]
      }],
    )
  })
}

# --- What a manager does. ---

resource "aws_iam_role" "manager_task" {
  name                 = local.manager_task_role
  assume_role_policy   = local.trust_policy
  permissions_boundary = local.permissions_boundary
  tags                 = var.tags_common

  lifecycle {
    precondition {
      # What does not grow with the runners has less than 2,000 characters: buckets, their keys, logs, ECS Exec.
      condition     = length(local.manager_tasks_policy) + length(jsonencode(var.job_secret_arns)) + 2000 <= 10240
      error_message = "managers_configs has ${length(var.managers_configs)} runners: the policies of ${local.manager_task_role} would be longer than the 10240 characters that IAM takes. Spread the runners over several deployments, each with a service_name of its own."
    }
  }
}

# Start tasks of its own families in their clusters with its own tag, look at tasks there, stop those that bear the tag.
locals {
  manager_tasks_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [for at, cluster in local.worker_clusters : {
        Sid    = "RunTask${at}"
        Effect = "Allow"
        Action = ["ecs:RunTask"]
        # The colon and star stand for the revision: family* would let in other families.
        Resource = [
          for name, runner in var.managers_configs : "${split(":cluster/", cluster)[0]}:task-definition/${local.worker_families[name]}:*"
          if runner.worker_ecs_cluster_arn == cluster
        ]
        Condition = {
          ArnEquals    = { "ecs:cluster" = cluster }
          StringEquals = { "aws:RequestTag/${local.deployment_tag}" = local.service }
        }
      }],
      [
        {
          Sid      = "TagTask"
          Effect   = "Allow"
          Action   = ["ecs:TagResource"]
          Resource = local.worker_tasks
          Condition = {
            StringEquals = { "ecs:CreateAction" = "RunTask", "aws:RequestTag/${local.deployment_tag}" = local.service }
          }
        },
        {
          # Not by tag: tags of a new task are visible a little late, and a stopping task loses them.
          Sid       = "DescribeTasks"
          Effect    = "Allow"
          Action    = ["ecs:DescribeTasks"]
          Resource  = local.worker_tasks
          Condition = { ArnEquals = { "ecs:cluster" = local.worker_clusters } }
        },
        {
          Sid      = "StopTask"
          Effect   = "Allow"
          Action   = ["ecs:StopTask"]
          Resource = local.worker_tasks
          Condition = {
            ArnEquals    = { "ecs:cluster" = local.worker_clusters }
            StringEquals = { "aws:ResourceTag/${local.deployment_tag}" = local.service }
          }
        },
        {
          # The only resource that ListTasks knows is a container instance, which Fargate has none of: AWS forces the *.
          Sid       = "ListTasks"
          Effect    = "Allow"
          Action    = ["ecs:ListTasks"]
          Resource  = ["*"]
          Condition = { ArnEquals = { "ecs:cluster" = local.worker_clusters } }
        },
        {
          # Looking at definitions, and for families that a manager has derived. These actions know neither a resource nor a condition: AWS
          # forces the *. For the same reason a manager may not deregister any, as long as it registers none.
          Sid      = "Definitions"
          Effect   = "Allow"
          Action   = ["ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitionFamilies"]
          Resource = ["*"]
        },
        {
          # RunTask hands two roles to ECS; without either it is denied.
          Sid       = "PassWorkerRoles"
          Effect    = "Allow"
          Action    = ["iam:PassRole"]
          Resource  = distinct(concat([local.worker_execution_role_arn], [for role in values(local.worker_task_roles) : role if role != null]))
          Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
        },
      ],
    )
  })
}

resource "aws_iam_role_policy" "manager_tasks" {
  name   = "tasks"
  role   = aws_iam_role.manager_task.id
  policy = local.manager_tasks_policy
}

resource "aws_iam_role_policy" "manager_job_store" {
  name = "job-store"
  role = aws_iam_role.manager_task.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Records"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
        Resource = ["${aws_s3_bucket.job_store.arn}/*"]
      },
      { Sid = "ListRecords", Effect = "Allow", Action = ["s3:ListBucket"], Resource = [aws_s3_bucket.job_store.arn] },
      {
        Sid       = "RecordKey"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = [aws_kms_key.job_store.arn]
        Condition = { StringEquals = { "kms:ViaService" = "s3.${var.aws_region}.amazonaws.com" } }
      },
    ]
  })
}

# The last lines of its own workers, for the log of a job whose worker never spoke.
resource "aws_iam_role_policy" "manager_worker_logs" {
  name = "worker-logs"
  role = aws_iam_role.manager_task.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "ReadWorkerLogs"
      Effect   = "Allow"
      Action   = ["logs:GetLogEvents"]
      Resource = ["${local.log_group_arn}:log-stream:task-${local.service}-worker-*"]
    }]
  })
}

# A manager moves no cache itself: it signs links for workers, which hold for as much as the signer may do. Without ListBucket a cache that
# is not there would be a 403 instead of a 404.
resource "aws_iam_role_policy" "manager_cache" {
  name = "cache"
  role = aws_iam_role.manager_task.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        { Sid = "Caches", Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = ["${local.cache_bucket_arn}/${local.cache_prefix}*"] },
        { Sid = "ListCaches", Effect = "Allow", Action = ["s3:ListBucket"], Resource = [local.cache_bucket_arn] },
      ],
      [for key in local.cache_keys : {
        Sid       = "CacheKey"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = [key]
        Condition = { StringEquals = { "kms:ViaService" = "s3.${local.cache_region}.amazonaws.com" } }
      }],
    )
  })
}

# What the operator lists, on behalf of jobs. A key of the customer's over one of them is used by permission of that key's policy.
resource "aws_iam_role_policy" "manager_job_secrets" {
  count = length(var.job_secret_arns) == 0 ? 0 : 1

  name = "job-secrets"
  role = aws_iam_role.manager_task.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for statement in [
      { Sid = "JobSecrets", Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = local.job_secrets.secretsmanager },
      { Sid = "JobParameters", Effect = "Allow", Action = ["ssm:GetParameter"], Resource = local.job_secrets.ssm },
    ] : statement if length(statement.Resource) > 0]
  })
}

# ECS Exec, where it is on. These actions know no resource: AWS forces the *.
resource "aws_iam_role_policy" "manager_exec" {
  count = var.manager_execute_command ? 1 : 0

  name = "exec"
  role = aws_iam_role.manager_task.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "Exec"
      Effect = "Allow"
      Action = [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ]
      Resource = ["*"]
    }]
  })
}
