# The cluster that the managers run in.

include "root" {
  path = find_in_parent_folders("terragrunt.hcl")
}

terraform {
  source = "../../../../infra/terraform/modules//ecs-fargate-cluster"
}

inputs = {
  cluster_name = "managers"

  # A manager that is taken away hands its jobs over, but there is no need to have that happen.
  fargate_weight      = 1
  fargate_spot_weight = 0
}
