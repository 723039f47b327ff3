# An ECS cluster for Fargate: half of its tasks on Fargate, half on Fargate Spot, unless a task says otherwise.

locals {
  name = "ecs-cluster-${var.project_code}-${var.environment}-${var.cluster_name}"
}

resource "aws_ecs_cluster" "this" {
  name = local.name
  tags = var.tags_common

  setting {
    name  = "containerInsights"
    value = var.container_insights ? "enabled" : "disabled"
  }
}

# Without a default, RunTask of a caller who names no provider fails with "No Container Instances were found in your cluster".
resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = var.fargate_weight
  }

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = var.fargate_spot_weight
  }
}
