output "manager_service_name" {
  description = "Name of the ECS service of the managers."
  value       = aws_ecs_service.manager.name
}

output "worker_task_definition_arns" {
  description = "ARNs of the workers' task definitions, by name of the runner."
  value       = { for name, definition in aws_ecs_task_definition.worker : name => definition.arn }
}

output "job_store_bucket_name" {
  description = "Name of the bucket that holds the records of jobs."
  value       = aws_s3_bucket.job_store.id
}

output "cache_bucket_name" {
  description = "Name of the bucket that holds the cache of jobs."
  value       = local.cache_bucket_name
}
