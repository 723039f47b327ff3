# --- What the predecessor of this module had; names and meanings are unchanged. ---

variable "aws_region" {
  description = "Region of the service and its logs."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-\\d$", var.aws_region))
    error_message = "aws_region must be a region such as eu-west-1."
  }
}

variable "environment" {
  description = "Environment, e.g. dev; the second part of every name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.environment))
    error_message = "environment may have letters, digits, - and _."
  }
}

variable "project_code" {
  description = "Code of the project; the first part of every name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.project_code))
    error_message = "project_code may have letters, digits, - and _."
  }
}

variable "service_name" {
  description = "Name of the service; the third part of every name. The ECS service is <project_code>-<environment>-<service_name>."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.service_name))
    error_message = "service_name may have letters, digits, - and _."
  }
}

variable "manager_ecs_cluster_arn" {
  description = "ARN of the ECS cluster that the managers run in."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\\d{12}:cluster/[A-Za-z0-9_-]+$", var.manager_ecs_cluster_arn))
    error_message = "manager_ecs_cluster_arn must be the ARN of an ECS cluster: arn:aws:ecs:REGION:ACCOUNT:cluster/NAME."
  }
}

variable "manager_instance_count" {
  description = "Manager processes. Each takes up to gitlab_runner_concurrency jobs, and each shows up in GitLab as one runner manager of every entry of managers_configs."
  type        = number
  default     = 1

  validation {
    condition     = var.manager_instance_count >= 0 && floor(var.manager_instance_count) == var.manager_instance_count
    error_message = "manager_instance_count must be a whole number, 0 or more."
  }
}

variable "manager_cpu" {
  description = "CPU units of a manager (1024 = 1 vCPU)."
  type        = number
  default     = 256
}

variable "manager_memory" {
  description = "Memory of a manager in MiB; together with manager_cpu a size that Fargate has."
  type        = number
  default     = 512
}

variable "manager_security_group_ids" {
  description = "Security groups of the managers. They must let out 443 to GitLab and AWS, and 22 to the workers."
  type        = list(string)

  validation {
    condition     = length(var.manager_security_group_ids) >= 1 && length(var.manager_security_group_ids) <= 5 && alltrue([for id in var.manager_security_group_ids : can(regex("^sg-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "manager_security_group_ids must be 1 to 5 ids such as sg-0123456789abcdef0."
  }
}

variable "manager_subnet_ids" {
  description = "Subnets of the managers."
  type        = list(string)

  validation {
    condition     = length(var.manager_subnet_ids) >= 1 && length(var.manager_subnet_ids) <= 16 && alltrue([for id in var.manager_subnet_ids : can(regex("^subnet-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "manager_subnet_ids must be 1 to 16 ids such as subnet-0123456789abcdef0."
  }
}

variable "manager_docker_image" {
  description = "Image of the manager."
  type        = string

  validation {
    condition     = can(regex("^[^\\s<>\"'`$\\\\]{1,512}$", var.manager_docker_image))
    error_message = "manager_docker_image must be an image: a repository with a tag or digest, without spaces."
  }
}

variable "tags_common" {
  description = "Tags of everything that this module makes."
  type        = map(string)
  default     = {}
}

variable "gitlab_token_secret_arn" {
  description = "ARN of the runner tokens, in Secrets Manager or Parameter Store: one glrt- token as it is, or a JSON object from the name of a runner to its token."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\\d{12}:secret:.+|ssm:[a-z0-9-]+:\\d{12}:parameter/.+)$", var.gitlab_token_secret_arn))
    error_message = "gitlab_token_secret_arn must be arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME or arn:aws:ssm:REGION:ACCOUNT:parameter/NAME, with a region and the 12 digits of an account in their places."
  }
}

variable "secrets_kms_key" {
  description = "Id or ARN of the KMS key of that secret. Empty: the default key of the service, which needs no permission."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[\\w-]+|[\\w-]*)$", var.secrets_kms_key))
    error_message = "secrets_kms_key must be the id or the ARN of a KMS key (no alias: permissions are for keys), or empty."
  }
}

variable "iam_permissions_boundary" {
  description = "ARN of the permissions boundary of every role that this module makes. null or empty: none."
  type        = string
  default     = null

  validation {
    condition     = var.iam_permissions_boundary == null || can(regex("^(arn:aws[a-z-]*:iam::(\\d{12}|aws):policy/.+)?$", var.iam_permissions_boundary))
    error_message = "iam_permissions_boundary must be the ARN of a policy, null or empty."
  }
}

variable "gitlab_url" {
  description = "Address of GitLab."
  type        = string

  validation {
    condition     = can(regex("^https?://[^\\s/]+", var.gitlab_url))
    error_message = "gitlab_url must be a full URL such as https://gitlab.example.com."
  }
}

variable "gitlab_runner_concurrency" {
  description = "Jobs at a time in each manager process."
  type        = number
  default     = 10

  validation {
    condition     = var.gitlab_runner_concurrency >= 1 && floor(var.gitlab_runner_concurrency) == var.gitlab_runner_concurrency
    error_message = "gitlab_runner_concurrency must be a whole number, 1 or more."
  }
}

variable "gitlab_runner_name_prefix" {
  description = "How the managers call themselves in GitLab."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,64}$", var.gitlab_runner_name_prefix))
    error_message = "gitlab_runner_name_prefix may have letters, digits, -, _ and ., 64 at most, and no spaces."
  }
}

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
    worker_capacity              = optional(list(object({ provider = string, weight = number, base = optional(number) })))
    worker_capacity_fallback     = optional(list(object({ provider = string, weight = number, base = optional(number) })))
  }))

  validation {
    condition     = length(var.managers_configs) > 0
    error_message = "managers_configs must have at least one entry."
  }
  validation {
    condition     = alltrue([for name in keys(var.managers_configs) : can(regex("^[A-Za-z0-9_-]+$", name))])
    error_message = "Names of runners, the keys of managers_configs, become part of a task definition family and may have letters, digits, - and _, unlike: ${join(", ", [for name in keys(var.managers_configs) : name if !can(regex("^[A-Za-z0-9_-]+$", name))])}."
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
    condition     = alltrue([for runner in values(var.managers_configs) : runner.worker_cpu_architecture == null || can(regex("^(X86_64|ARM64)$", runner.worker_cpu_architecture))])
    error_message = "worker_cpu_architecture must be X86_64 or ARM64. It is neither in managers_configs of: ${join(", ", [for name, runner in var.managers_configs : name if !(runner.worker_cpu_architecture == null || can(regex("^(X86_64|ARM64)$", runner.worker_cpu_architecture)))])}."
  }
  validation {
    condition     = alltrue([for runner in values(var.managers_configs) : can(regex("^(arn:aws[a-z-]*:iam::\\d{12}:role/.+)?$", coalesce(runner.worker_task_role_arn, " ") == " " ? "" : runner.worker_task_role_arn))])
    error_message = "worker_task_role_arn must be the ARN of a role, or left out for jobs without permissions on AWS. It is neither in managers_configs of: ${join(", ", [for name, runner in var.managers_configs : name if !can(regex("^(arn:aws[a-z-]*:iam::\\d{12}:role/.+)?$", coalesce(runner.worker_task_role_arn, " ") == " " ? "" : runner.worker_task_role_arn))])}."
  }
}

# --- New here, all of them optional. ---

variable "manager_cpu_architecture" {
  description = "Processors of the managers, X86_64 or ARM64, which their image must be built for. null: X86_64."
  type        = string
  default     = null

  validation {
    condition     = var.manager_cpu_architecture == null || can(regex("^(X86_64|ARM64)$", var.manager_cpu_architecture))
    error_message = "manager_cpu_architecture must be X86_64, ARM64 or null."
  }
}

variable "manager_assign_public_ip" {
  description = "Whether managers get a public address: only where their subnets have no other way out than an internet gateway."
  type        = bool
  default     = false
}

variable "log_retention_in_days" {
  description = "Days that logs of managers and workers are kept. 0: for ever."
  type        = number
  default     = 30

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_in_days)
    error_message = "log_retention_in_days must be a number of days that CloudWatch Logs knows, such as 30, 90 or 365."
  }
}

variable "log_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the logs; its policy must let CloudWatch Logs use it. null: the encryption of CloudWatch Logs itself."
  type        = string
  default     = null

  validation {
    condition     = var.log_kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[\\w-]+$", var.log_kms_key_arn))
    error_message = "log_kms_key_arn must be the ARN of a KMS key, or null."
  }
}

variable "cache_bucket_name" {
  description = "Name of a bucket of yours for the cache of jobs. null: the module makes one, with a key of its own."
  type        = string
  default     = null

  validation {
    condition     = var.cache_bucket_name == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.cache_bucket_name))
    error_message = "cache_bucket_name must be the name of a bucket, or null."
  }
}

variable "cache_bucket_region" {
  description = "Region of that bucket of yours. null: aws_region, where a bucket that the module makes lies too."
  type        = string
  default     = null

  validation {
    condition     = var.cache_bucket_region == null || can(regex("^[a-z]{2}(-[a-z]+)+-\\d$", var.cache_bucket_region))
    error_message = "cache_bucket_region must be a region such as eu-west-1, or null."
  }
}

variable "cache_prefix" {
  description = "What the name of every object in the bucket of the cache begins with."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([A-Za-z0-9_!.*'()-]+(/[A-Za-z0-9_!.*'()-]+)*/?)?$", var.cache_prefix))
    error_message = "cache_prefix may have letters, digits and ! - _ . * ' ( ), in parts between slashes."
  }
}

variable "cache_shared" {
  description = "Whether all runners have their caches in common. Otherwise each runner has its own."
  type        = bool
  default     = false
}

variable "cache_kms_key_arn" {
  description = "ARN of the KMS key of that bucket of yours. null: none that needs a permission. A bucket that the module makes has a key of its own."
  type        = string
  default     = null

  validation {
    condition     = var.cache_kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[\\w-]+$", var.cache_kms_key_arn))
    error_message = "cache_kms_key_arn must be the ARN of a KMS key, or null."
  }
}

variable "job_secret_arns" {
  description = "ARNs of secrets and parameters that jobs may name in secrets:, with * and ? in the name. Every job of every runner may read them."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.job_secret_arns : can(regex("^arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\\d{12}:secret:[^*?].*|ssm:[a-z0-9-]+:\\d{12}:parameter/[^*?].*)$", arn))])
    error_message = "job_secret_arns must be ARNs of Secrets Manager or Parameter Store whose names do not begin with a wildcard."
  }
}
