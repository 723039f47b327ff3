variable "project_code" {
  description = "Code of the project; part of the cluster's name, ecs-cluster-<project_code>-<environment>-<cluster_name>."
  type        = string
}

variable "environment" {
  description = "Environment, e.g. dev."
  type        = string
}

variable "cluster_name" {
  description = "What the cluster is for, e.g. managers."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.cluster_name))
    error_message = "cluster_name may have letters, digits, - and _."
  }
}

variable "fargate_weight" {
  description = "Share of tasks on Fargate."
  type        = number
  default     = 50
}

variable "fargate_spot_weight" {
  description = "Share of tasks on Fargate Spot, which is cheaper and can be taken away with two minutes' notice."
  type        = number
  default     = 50
}

variable "container_insights" {
  description = "Whether CloudWatch Container Insights are on. They cost extra."
  type        = bool
  default     = true
}

variable "tags_common" {
  description = "Tags of the cluster."
  type        = map(string)
  default     = {}
}
