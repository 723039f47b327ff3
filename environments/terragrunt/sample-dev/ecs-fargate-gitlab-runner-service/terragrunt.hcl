# Managers and the task definitions of their workers. The inputs are those of the predecessor; what is new is optional.

include "root" {
  path = find_in_parent_folders("terragrunt.hcl")
}

terraform {
  source = "../../../../infra/terraform/modules//ecs-fargate-gitlab-runner-service"
}

locals {
  env      = read_terragrunt_config(find_in_parent_folders("env_inputs.hcl")).locals
  registry = "${local.env.aws_account_id}.dkr.ecr.${local.env.aws_region}.amazonaws.com"
}

dependency "managers" {
  config_path = "../ecs-cluster-for-managers"

  mock_outputs = {
    cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/ecs-cluster-sample-dev-managers"
  }
  mock_outputs_allowed_terraform_commands = ["init", "validate", "plan"]
}

dependency "workers" {
  config_path = "../ecs-cluster-for-workers"

  mock_outputs = {
    cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/ecs-cluster-sample-dev-workers"
  }
  mock_outputs_allowed_terraform_commands = ["init", "validate", "plan"]
}

inputs = {
  service_name = "gitlab-runner"

  manager_ecs_cluster_arn    = dependency.managers.outputs.cluster_arn
  manager_instance_count     = 1
  manager_cpu                = 256
  manager_memory             = 512
  manager_security_group_ids = ["sg-0123456789abcdef0"]
  manager_subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  manager_docker_image       = "${local.registry}/fargate-gitlab-runner/manager:0.1.0"

  gitlab_url                = "https://gitlab.example.com"
  gitlab_token_secret_arn   = "arn:aws:secretsmanager:${local.env.aws_region}:${local.env.aws_account_id}:secret:gitlab-runner-tokens-AbCdEf"
  gitlab_runner_concurrency = 10
  gitlab_runner_name_prefix = "sample-dev"

  managers_configs = {
    "dev_tool1" = {
      tags                     = ["dev", "tool1"]
      limit                    = 10
      worker_docker_image      = "${local.registry}/fargate-gitlab-runner/worker:0.1.0-debian"
      worker_cpu               = 512
      worker_memory            = 1024
      worker_ecs_cluster_arn   = dependency.workers.outputs.cluster_arn
      worker_aws_region        = local.env.aws_region
      worker_subnet_id         = "subnet-0123456789abcdef2"
      worker_security_group_id = "sg-0123456789abcdef1"
      worker_ssh_user          = "root"
      worker_task_role_arn     = "arn:aws:iam::${local.env.aws_account_id}:role/sample-dev-tool1"
    }

    "dev_tool2" = {
      tags                     = ["dev", "tool2"]
      limit                    = 5
      worker_docker_image      = "${local.registry}/fargate-gitlab-runner/worker:0.1.0-alpine"
      worker_cpu               = 2048
      worker_memory            = 4096
      worker_ecs_cluster_arn   = dependency.workers.outputs.cluster_arn
      worker_aws_region        = local.env.aws_region
      worker_subnet_id         = "subnet-0123456789abcdef2"
      worker_security_group_id = "sg-0123456789abcdef1"
      worker_ssh_user          = "root"
      worker_task_role_arn     = "arn:aws:iam::${local.env.aws_account_id}:role/sample-dev-tool2"

      # New: on Spot, which is cheaper and may be taken away with two minutes' notice, and on Fargate where Spot has nothing.
      worker_capacity          = [{ provider = "FARGATE_SPOT" }]
      worker_capacity_fallback = [{ provider = "FARGATE" }]
    }
  }
}
