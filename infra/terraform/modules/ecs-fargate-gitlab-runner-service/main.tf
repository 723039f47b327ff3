# The service: managers that take jobs from GitLab, and the task definitions of the workers that they start.
#
# Names, container definitions and policies are the same as those of the CDK constructs; a test compares the two.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  # The name of the ECS service, and the value of the tag by which the managers know their tasks.
  service = "${var.project_code}-${var.environment}-${var.service_name}"

  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition

  # The predecessor's samples pass "" for none.
  permissions_boundary = var.iam_permissions_boundary == "" ? null : var.iam_permissions_boundary

  manager_container = "cd-ecs-${local.service}-manager"
  worker_families   = { for name in keys(var.managers_configs) : name => "task-${local.service}-worker-${name}" }

  # Jobs of a runner without a role have no permissions on AWS; the predecessor's users may have "" for that.
  worker_task_roles = { for name, runner in var.managers_configs : name => runner.worker_task_role_arn == "" ? null : runner.worker_task_role_arn }

  # CPU units, and the memory in MiB that goes with them. Source: Amazon ECS developer guide, "Task CPU and memory".
  fargate_memory = {
    "256"   = [512, 1024, 2048]
    "512"   = range(1024, 4 * 1024 + 1, 1024)
    "1024"  = range(2 * 1024, 8 * 1024 + 1, 1024)
    "2048"  = range(4 * 1024, 16 * 1024 + 1, 1024)
    "4096"  = range(8 * 1024, 30 * 1024 + 1, 1024)
    "8192"  = range(16 * 1024, 60 * 1024 + 1, 4 * 1024)
    "16384" = range(32 * 1024, 120 * 1024 + 1, 8 * 1024)
    "32768" = [60 * 1024, 120 * 1024, 244 * 1024]
  }

  # What the managers are told about their runners: what was said here, under the predecessor's names, and the task definition.
  runners = {
    for name, runner in var.managers_configs : name => merge(
      { for key, value in runner : key => value if value != null && key != "registration" },
      runner.registration == null ? {} : { registration = { for key, value in runner.registration : key => value if value != null } },
      {
        manager_name               = name
        tag_list                   = join(",", runner.tags)
        worker_task_definition_arn = aws_ecs_task_definition.worker[name].arn
      },
    )
  }
}

resource "aws_ecs_task_definition" "manager" {
  family                   = "task-${local.service}-manager"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.manager_cpu
  memory                   = var.manager_memory
  task_role_arn            = aws_iam_role.manager_task.arn
  execution_role_arn       = aws_iam_role.manager_execution.arn
  tags                     = var.tags_common

  dynamic "runtime_platform" {
    for_each = var.manager_cpu_architecture == null ? [] : [var.manager_cpu_architecture]
    content {
      cpu_architecture        = runtime_platform.value
      operating_system_family = "LINUX"
    }
  }

  # A deployment that is rolled back goes to the revision before.
  skip_destroy = true

  container_definitions = jsonencode([
    {
      name      = local.manager_container
      image     = var.manager_docker_image
      essential = true
      environment = concat([
        { name = "GITLAB_URL", value = var.gitlab_url },
        { name = "RUNNER_CONCURRENCY", value = tostring(var.gitlab_runner_concurrency) },
        { name = "RUNNER_NAME_PREFIX", value = var.gitlab_runner_name_prefix },
        { name = "MANAGERS_CONFIGS", value = jsonencode(local.runners) },
        { name = "RUNNER_DEPLOYMENT", value = local.service },
        { name = "JOB_STORE_BUCKET", value = aws_s3_bucket.job_store.id },
        { name = "JOB_STORE_REGION", value = var.aws_region },
        { name = "CACHE_BUCKET", value = local.cache_bucket_name },
        { name = "CACHE_REGION", value = local.cache_region },
        ],
        local.cache_prefix == "" ? [] : [{ name = "CACHE_PREFIX", value = local.cache_prefix }],
        var.cache_shared ? [{ name = "CACHE_SHARED", value = "true" }] : [],
        length(var.job_secret_arns) == 0 ? [] : [{ name = "JOB_SECRET_ARNS", value = jsonencode(var.job_secret_arns) }],
        [{ name = "TELEMETRY_PORT", value = "9252" }],
      )
      secrets         = [{ name = "GITLAB_REGISTRATION_TOKEN", valueFrom = var.gitlab_token_secret_arn }]
      linuxParameters = { initProcessEnabled = true }
      # The longest that Fargate allows; handing the jobs over takes less than 20 s.
      stopTimeout = 120
      healthCheck = {
        command     = ["CMD", "/usr/local/lib/fargate-gitlab-runner/healthcheck.sh"]
        interval    = 10
        timeout     = 5
        retries     = 3
        startPeriod = 60
      }
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          "awslogs-group"         = aws_cloudwatch_log_group.this.name
          "awslogs-region"        = var.aws_region
          "awslogs-stream-prefix" = local.service
        }
      }
    },
  ])
}

resource "aws_ecs_service" "manager" {
  name             = local.service
  cluster          = var.manager_ecs_cluster_arn
  task_definition  = aws_ecs_task_definition.manager.arn
  desired_count    = var.manager_instance_count
  launch_type      = "FARGATE"
  platform_version = "1.4.0"
  tags             = var.tags_common

  wait_for_steady_state = var.wait_for_steady_state

  # A successor is there before its predecessor goes, because a manager hands its jobs over.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  enable_execute_command  = var.manager_execute_command
  enable_ecs_managed_tags = true
  propagate_tags          = "SERVICE"

  deployment_controller {
    type = "ECS"
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.manager_subnet_ids
    security_groups  = var.manager_security_group_ids
    assign_public_ip = var.manager_assign_public_ip
  }

  # Managers that start before they may do anything would fail their health checks.
  depends_on = [
    aws_iam_role_policy.manager_execution,
    aws_iam_role_policy.manager_tasks,
    aws_iam_role_policy.manager_job_store,
    aws_iam_role_policy.manager_worker_logs,
    aws_iam_role_policy.manager_cache,
    aws_iam_role_policy.manager_job_secrets,
    aws_iam_role_policy.manager_exec,
    aws_iam_role_policy.worker_execution,
    aws_s3_bucket_policy.job_store,
  ]

  # A service that was rolled back is steady too.
  lifecycle {
    postcondition {
      condition     = self.task_definition == aws_ecs_task_definition.manager.arn
      error_message = "The new managers did not become healthy, and ECS went back to ${self.task_definition}. What is wrong stands in their log, ${aws_cloudwatch_log_group.this.name}, and in the events of the service ${self.name}."
    }
  }
}

resource "aws_ecs_task_definition" "worker" {
  for_each = var.managers_configs

  family                   = local.worker_families[each.key]
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = each.value.worker_cpu
  memory                   = each.value.worker_memory
  task_role_arn            = local.worker_task_roles[each.key]
  execution_role_arn       = aws_iam_role.worker_execution.arn
  tags                     = var.tags_common

  dynamic "runtime_platform" {
    for_each = each.value.worker_cpu_architecture == null ? [] : [each.value.worker_cpu_architecture]
    content {
      cpu_architecture        = runtime_platform.value
      operating_system_family = "LINUX"
    }
  }

  # Managers of the revision before go on starting workers of theirs until they have been replaced.
  skip_destroy = true

  container_definitions = jsonencode([
    merge(
      {
        name             = "ci-coordinator"
        image            = each.value.worker_docker_image
        essential        = true
        portMappings     = [{ containerPort = coalesce(each.value.worker_ssh_port, 22), protocol = "tcp" }]
        linuxParameters  = { initProcessEnabled = true }
        logConfiguration = local.worker_logs[each.key]
      },
      # The images of this project listen on the port that they are told.
      coalesce(each.value.worker_ssh_port, 22) == 22 ? {} : { environment = [{ name = "WORKER_SSH_PORT", value = tostring(each.value.worker_ssh_port) }] },
    ),
    {
      # Ends the task when the job's deadline has passed, whatever the job did to the rest; RunTask sets the seconds.
      name             = "ci-deadline"
      image            = each.value.worker_docker_image
      essential        = true
      command          = ["sh", "-c", "trap 'exit 0' TERM; sleep 86400 & wait; exit 124"]
      logConfiguration = local.worker_logs[each.key]
    },
  ])

  lifecycle {
    precondition {
      condition     = split(":", each.value.worker_ecs_cluster_arn)[3] == var.aws_region
      error_message = "managers_configs.${each.key}: worker_ecs_cluster_arn lies in ${split(":", each.value.worker_ecs_cluster_arn)[3]}, but the service and its subnets in ${var.aws_region}."
    }
    precondition {
      condition     = contains(lookup(local.fargate_memory, each.value.worker_cpu, []), each.value.worker_memory)
      error_message = "managers_configs.${each.key}: Fargate has no size of worker_cpu ${each.value.worker_cpu} with worker_memory ${each.value.worker_memory}. Allowed: ${join(", ", lookup(local.fargate_memory, each.value.worker_cpu, ["worker_cpu ${join(", ", keys(local.fargate_memory))}"]))}."
    }
  }
}

locals {
  worker_logs = {
    for name, runner in var.managers_configs : name => {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.this.name
        "awslogs-region"        = var.aws_region
        "awslogs-stream-prefix" = local.worker_families[name]
      }
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "cwl-${local.service}"
  retention_in_days = var.log_retention_in_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags_common
}
