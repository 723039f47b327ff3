# The cluster that the workers run in.

include "root" {
  path = find_in_parent_folders("terragrunt.hcl")
}

terraform {
  source = "../../../../infra/terraform/modules//ecs-fargate-cluster"
}

inputs = {
  cluster_name = "workers"
}
