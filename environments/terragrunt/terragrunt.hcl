# What all environments have in common. Each folder below sample-dev and sample-prd includes this file and adds its own inputs; what is
# the same in one environment stands in its env_inputs.hcl.

locals {
  env = read_terragrunt_config(find_in_parent_folders("env_inputs.hcl")).locals

  tags = {
    Project     = local.env.project_name
    Owner       = local.env.owner
    Environment = local.env.env
    ManagedBy   = "terraform"
  }
}

# One object for each folder, in a bucket that the account has for this; Terragrunt makes bucket and lock table where they are missing, newer
# ones with --backend-bootstrap.
remote_state {
  backend = "s3"

  generate = {
    path      = "backend.tf"
    if_exists = "overwrite_terragrunt"
  }

  config = {
    bucket         = local.env.s3_state_bucket
    key            = "${path_relative_to_include()}/terraform.tfstate"
    region         = local.env.aws_region
    encrypt        = true
    dynamodb_table = "${local.env.s3_state_bucket}-lock"
  }
}

generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite_terragrunt"
  contents  = <<-EOT
    provider "aws" {
      region              = "${local.env.aws_region}"
      allowed_account_ids = ["${local.env.aws_account_id}"]

      default_tags {
        tags = ${jsonencode(local.tags)}
      }
    }
  EOT
}

terraform {
  # The token service of the region: the global one is out of reach from private subnets.
  extra_arguments "regional_sts" {
    commands = get_terraform_commands_that_need_vars()

    env_vars = {
      AWS_STS_REGIONAL_ENDPOINTS = "regional"
    }
  }
}

inputs = merge(local.env, {
  environment  = local.env.env
  project_code = local.env.project_code
  tags_common  = local.tags
})
