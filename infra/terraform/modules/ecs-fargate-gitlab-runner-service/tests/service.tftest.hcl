# `terraform test` in the module's folder. The inputs come from terraform.tfvars(.json).

run "with_a_bucket_for_the_cache" {
  command = plan

  variables {
    cache_bucket_name = "shop-cache"
  }

  assert {
    condition     = length(aws_s3_bucket.cache) == 0 && length(aws_kms_key.cache) == 0 && output.cache_bucket_name == "shop-cache"
    error_message = "No bucket and no key must be made where one is given."
  }

  assert {
    condition     = toset(keys(output.worker_task_definition_arns)) == toset(keys(var.managers_configs))
    error_message = "There must be one worker task definition for each entry of managers_configs."
  }

  assert {
    condition     = output.manager_service_name == "${var.project_code}-${var.environment}-${var.service_name}"
    error_message = "The service must be named <project_code>-<environment>-<service_name>."
  }
}

run "refuses_no_runners" {
  command = plan

  variables {
    managers_configs = {}
  }

  expect_failures = [var.managers_configs]
}
