# The cluster that the workers run in.

include "root" {
  path = find_in_parent_folders("terragrunt.hcl")
}

terraform {
  source = "../../../../infra/terraform/modules//ecs-fargate-cluster"
}

inputs = {
  cluster_name = "workers"

  # For tasks that name no provider. Workers do, and here it is always Fargate.
  fargate_weight      = 1
  fargate_spot_weight = 0
}
