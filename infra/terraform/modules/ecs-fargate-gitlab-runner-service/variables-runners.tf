# The runners and their workers. What is wrong with a value that is written out is said by runner-rules.tf.

variable "managers_configs" {
  description = "The runners by name, each with its tags, its limit, and what its workers are like. Everything optional is explained in docs/reference/configuration.md."
  type = map(object({
    tags                     = optional(list(string), [])
    limit                    = optional(number)
    worker_docker_image      = string
    worker_cpu               = number
    worker_memory            = number
    worker_ecs_cluster_arn   = string
    worker_aws_region        = optional(string)
    worker_subnet_id         = optional(string)
    worker_security_group_id = optional(string)
    worker_ssh_user          = optional(string)
    worker_task_role_arn     = optional(string)

    registration = optional(object({
      description      = optional(string)
      maintenance_note = optional(string)
      locked           = optional(bool)
      paused           = optional(bool)
      access_level     = optional(string)
      maximum_timeout  = optional(number)
    }))
    output_limit                 = optional(number)
    debug_trace_disabled         = optional(bool)
    custom_build_dir             = optional(bool)
    run_untagged                 = optional(bool)
    clone_url                    = optional(string)
    pre_get_sources_script       = optional(string)
    post_get_sources_script      = optional(string)
    pre_build_script             = optional(string)
    post_build_script            = optional(string)
    environment                  = optional(map(string))
    worker_subnet_ids            = optional(list(string))
    worker_security_group_ids    = optional(list(string))
    worker_assign_public_ip      = optional(bool)
    worker_ssh_port              = optional(number)
    worker_builds_dir            = optional(string)
    worker_proof                 = optional(string)
    worker_ephemeral_storage_gib = optional(number)
    worker_cpu_architecture      = optional(string)
    worker_capacity              = optional(list(object({ provider = string, weight = optional(number, 1), base = optional(number) })))
    worker_capacity_fallback     = optional(list(object({ provider = string, weight = optional(number, 1), base = optional(number) })))
  }))

  validation {
    condition     = length(var.managers_configs) > 0
    error_message = "managers_configs must have at least one entry."
  }
  validation {
    condition     = alltrue([for name in keys(var.managers_configs) : can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", name))])
    error_message = "Names of runners, the keys of managers_configs, become part of a task definition family and may have letters, digits, - and _, 64 at most, the first one a letter or a digit, unlike: ${join(", ", [for name in keys(var.managers_configs) : name if !can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", name))])}."
  }
  validation {
    condition     = alltrue([for runner in values(var.managers_configs) : can(regex("^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\\d{12}:cluster/[A-Za-z0-9_-]+$", runner.worker_ecs_cluster_arn))])
    error_message = "worker_ecs_cluster_arn must be the ARN of an ECS cluster, arn:aws:ecs:REGION:ACCOUNT:cluster/NAME. It is not in managers_configs of: ${join(", ", [for name, runner in var.managers_configs : name if !can(regex("^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\\d{12}:cluster/[A-Za-z0-9_-]+$", runner.worker_ecs_cluster_arn))])}."
  }
  validation {
    condition     = alltrue([for runner in values(var.managers_configs) : runner.worker_aws_region == null || try(split(":", runner.worker_ecs_cluster_arn)[3], null) == runner.worker_aws_region])
    error_message = "worker_aws_region must be the region of worker_ecs_cluster_arn. It is not in managers_configs of: ${join(", ", [for name, runner in var.managers_configs : name if !(runner.worker_aws_region == null || try(split(":", runner.worker_ecs_cluster_arn)[3], null) == runner.worker_aws_region)])}."
  }
  validation {
    condition     = alltrue([for runner in values(var.managers_configs) : length(compact(concat([runner.worker_subnet_id], coalesce(runner.worker_subnet_ids, [])))) > 0])
    error_message = "worker_subnet_id or worker_subnet_ids is missing in managers_configs of: ${join(", ", [for name, runner in var.managers_configs : name if length(compact(concat([runner.worker_subnet_id], coalesce(runner.worker_subnet_ids, [])))) == 0])}."
  }
  validation {
    condition     = alltrue([for runner in values(var.managers_configs) : length(compact(concat([runner.worker_security_group_id], coalesce(runner.worker_security_group_ids, [])))) > 0])
    error_message = "worker_security_group_id or worker_security_group_ids is missing in managers_configs of: ${join(", ", [for name, runner in var.managers_configs : name if length(compact(concat([runner.worker_security_group_id], coalesce(runner.worker_security_group_ids, [])))) == 0])}."
  }
  validation {
    condition     = alltrue([for runner in values(var.managers_configs) : can(regex("^[^\\s<>\"'`$\\\\]{1,512}$", runner.worker_docker_image))])
    error_message = "worker_docker_image must be an image: a repository with a tag or digest, without spaces. It is not in managers_configs of: ${join(", ", [for name, runner in var.managers_configs : "${name} (${runner.worker_docker_image})" if !can(regex("^[^\\s<>\"'`$\\\\]{1,512}$", runner.worker_docker_image))])}."
  }
  validation {
    condition     = alltrue(flatten([for runner in values(var.managers_configs) : [for id in concat(compact([runner.worker_subnet_id]), coalesce(runner.worker_subnet_ids, [])) : can(regex("^subnet-([0-9a-f]{8}|[0-9a-f]{17})$", id))]]))
    error_message = "worker_subnet_id and worker_subnet_ids must be ids such as subnet-0123456789abcdef0. They are not in managers_configs of: ${join(", ", flatten([for name, runner in var.managers_configs : [for id in concat(compact([runner.worker_subnet_id]), coalesce(runner.worker_subnet_ids, [])) : "${name} (${id})" if !can(regex("^subnet-([0-9a-f]{8}|[0-9a-f]{17})$", id))]]))}."
  }
  validation {
    condition     = alltrue([for runner in values(var.managers_configs) : length(distinct(concat(compact([runner.worker_subnet_id]), coalesce(runner.worker_subnet_ids, [])))) <= 16])
    error_message = "A worker may have 16 subnets at most. There are more in managers_configs of: ${join(", ", [for name, runner in var.managers_configs : name if length(distinct(concat(compact([runner.worker_subnet_id]), coalesce(runner.worker_subnet_ids, [])))) > 16])}."
  }
  validation {
    condition     = alltrue(flatten([for runner in values(var.managers_configs) : [for id in concat(compact([runner.worker_security_group_id]), coalesce(runner.worker_security_group_ids, [])) : can(regex("^sg-([0-9a-f]{8}|[0-9a-f]{17})$", id))]]))
    error_message = "worker_security_group_id and worker_security_group_ids must be ids such as sg-0123456789abcdef0. They are not in managers_configs of: ${join(", ", flatten([for name, runner in var.managers_configs : [for id in concat(compact([runner.worker_security_group_id]), coalesce(runner.worker_security_group_ids, [])) : "${name} (${id})" if !can(regex("^sg-([0-9a-f]{8}|[0-9a-f]{17})$", id))]]))}."
  }
  validation {
    condition     = alltrue([for runner in values(var.managers_configs) : length(distinct(concat(compact([runner.worker_security_group_id]), coalesce(runner.worker_security_group_ids, [])))) <= 5])
    error_message = "A worker may have 5 security groups at most. There are more in managers_configs of: ${join(", ", [for name, runner in var.managers_configs : name if length(distinct(concat(compact([runner.worker_security_group_id]), coalesce(runner.worker_security_group_ids, [])))) > 5])}."
  }
  validation {
    condition     = alltrue([for runner in values(var.managers_configs) : runner.worker_cpu_architecture == null || can(regex("^(X86_64|ARM64)$", runner.worker_cpu_architecture))])
    error_message = "worker_cpu_architecture must be X86_64 or ARM64. It is neither in managers_configs of: ${join(", ", [for name, runner in var.managers_configs : name if !(runner.worker_cpu_architecture == null || can(regex("^(X86_64|ARM64)$", runner.worker_cpu_architecture)))])}."
  }
  validation {
    condition     = alltrue([for runner in values(var.managers_configs) : can(regex("^(arn:aws[a-z-]*:iam::\\d{12}:role/.+)?$", coalesce(runner.worker_task_role_arn, " ") == " " ? "" : runner.worker_task_role_arn))])
    error_message = "worker_task_role_arn must be the ARN of a role, or left out for jobs without permissions on AWS. It is neither in managers_configs of: ${join(", ", [for name, runner in var.managers_configs : name if !can(regex("^(arn:aws[a-z-]*:iam::\\d{12}:role/.+)?$", coalesce(runner.worker_task_role_arn, " ") == " " ? "" : runner.worker_task_role_arn))])}."
  }
}
