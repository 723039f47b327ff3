# The managers: where they run, how large they are, which GitLab they talk to.

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

variable "manager_cpu_architecture" {
  description = "Processors of the managers, X86_64 or ARM64, which their image must be built for. null: X86_64."
  type        = string
  default     = null

  validation {
    condition     = var.manager_cpu_architecture == null || can(regex("^(X86_64|ARM64)$", var.manager_cpu_architecture))
    error_message = "manager_cpu_architecture must be X86_64, ARM64 or null."
  }
}

variable "manager_security_group_ids" {
  description = "Security groups of the managers. They must let out 443 to GitLab and AWS, and worker_ssh_port (22, unless a runner has another) to the workers."
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

variable "manager_assign_public_ip" {
  description = "Whether managers get a public address: only where their subnets have no other way out than an internet gateway."
  type        = bool
  default     = false
}

variable "manager_docker_image" {
  description = "Image of the manager."
  type        = string

  validation {
    condition     = can(regex("^[^\\s<>\"'`$\\\\]{1,512}$", var.manager_docker_image))
    error_message = "manager_docker_image must be an image: a repository with a tag or digest, without spaces."
  }
}

variable "gitlab_url" {
  description = "Address of GitLab."
  type        = string

  validation {
    condition     = can(regex("(?i)^https?://[^\\s/?#@]+(/[^\\s?#]*)?$", var.gitlab_url))
    error_message = "gitlab_url must be a full URL such as https://gitlab.example.com, without user, query and fragment; it is ${var.gitlab_url}."
  }
}

variable "gitlab_token_secret_arn" {
  description = "ARN of the runner tokens, in Secrets Manager or Parameter Store: one glrt- token as it is, or a JSON object from the name of a runner to its token."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\\d{12}:secret:[\\w/+=.@-]+-[A-Za-z0-9]{6}(:[^:]*:[^:]*:[^:]*)?|ssm:[a-z0-9-]+:\\d{12}:parameter(/[\\w.-]+)+)$", var.gitlab_token_secret_arn))
    error_message = "gitlab_token_secret_arn must be arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX, with the 6 characters that Secrets Manager adds, or arn:aws:ssm:REGION:ACCOUNT:parameter/NAME, with a region and the 12 digits of an account in their places; it is ${var.gitlab_token_secret_arn}. Copy the whole ARN from the console."
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

variable "gitlab_runner_concurrency" {
  description = "Jobs at a time in each manager process."
  type        = number
  default     = 10

  validation {
    condition     = var.gitlab_runner_concurrency >= 1 && var.gitlab_runner_concurrency <= 10000 && floor(var.gitlab_runner_concurrency) == var.gitlab_runner_concurrency
    error_message = "gitlab_runner_concurrency must be a whole number, 1 to 10000; it is ${var.gitlab_runner_concurrency}."
  }
}

variable "gitlab_runner_name_prefix" {
  description = "How the managers call themselves in GitLab."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", var.gitlab_runner_name_prefix))
    error_message = "gitlab_runner_name_prefix may have letters, digits, -, _ and ., 64 at most, and no spaces, and begins with a letter or a digit; it is \"${var.gitlab_runner_name_prefix}\"."
  }
}

variable "manager_execute_command" {
  description = "Whether ECS Exec opens shells in managers, for looking inside. Whoever may use it acts with the role of the managers, which reads the secrets of the jobs that run."
  type        = bool
  default     = false
}

variable "wait_for_steady_state" {
  description = "Whether apply waits until the new managers are healthy and fails where ECS went back to those before. Without it, apply is done while the deployment goes on."
  type        = bool
  default     = true
}
