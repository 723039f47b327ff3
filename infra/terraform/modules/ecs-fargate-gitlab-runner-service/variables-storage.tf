# Logs, cache and secrets of jobs.

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
    condition     = alltrue([for arn in var.job_secret_arns : can(regex("^arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\\d{12}:secret:[\\w/+=.@-]([\\w/+=.@*?-]*[*?][\\w/+=.@*?-]*|[\\w/+=.@-]*-[A-Za-z0-9]{6})|ssm:[a-z0-9-]+:\\d{12}:parameter/[\\w.-][\\w.*?/-]*)$", arn))])
    error_message = "job_secret_arns must be ARNs of Secrets Manager, with the 6 characters at the end or a wildcard, or of Parameter Store, and their names do not begin with a wildcard. Copy the ARN from the console. These are not: ${join(", ", [for arn in var.job_secret_arns : arn if !can(regex("^arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\\d{12}:secret:[\\w/+=.@-]([\\w/+=.@*?-]*[*?][\\w/+=.@*?-]*|[\\w/+=.@-]*-[A-Za-z0-9]{6})|ssm:[a-z0-9-]+:\\d{12}:parameter/[\\w.-][\\w.*?/-]*)$", arn))])}."
  }
}
