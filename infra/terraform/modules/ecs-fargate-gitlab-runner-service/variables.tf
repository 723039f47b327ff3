# Where and under which names. Inputs that the predecessor of this module had too are unchanged in name and meaning here and in the other
# files of variables; what is new has a default.

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

variable "tags_common" {
  description = "Tags of everything that this module makes."
  type        = map(string)
  default     = {}
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
