# What is the same for everything in this environment. Replace all of it.

locals {
  aws_region      = "eu-west-1"
  aws_account_id  = "111122223333"
  project_name    = "sample"
  project_code    = "sample"
  owner           = "platform-team"
  env             = "dev"
  s3_state_bucket = "sample-dev-terraform-state"
}
