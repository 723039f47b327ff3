# What is the same for everything in this environment. Replace all of it.

locals {
  aws_region      = "eu-west-1"
  aws_account_id  = "444455556666"
  project_name    = "sample"
  project_code    = "sample"
  owner           = "platform-team"
  env             = "prd"
  s3_state_bucket = "sample-prd-terraform-state"
}
