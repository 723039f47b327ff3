# Two buckets with two keys. Records hold what jobs were told, secrets included, so that nobody but the managers may read them; the cache
# is what jobs share with one another.

locals {
  # The beginning of a bucket's name: 37 characters at most, small letters, digits and hyphens. AWS adds the rest.
  bucket_prefix = trim(substr(lower(replace(local.service, "_", "-")), 0, 30), "-")
  account_root  = "arn:${local.partition}:iam::${local.account}:root"

  cache_bucket_name = var.cache_bucket_name == null ? aws_s3_bucket.cache[0].id : var.cache_bucket_name
  cache_bucket_arn  = var.cache_bucket_name == null ? aws_s3_bucket.cache[0].arn : "arn:${local.partition}:s3:::${var.cache_bucket_name}"
  cache_region      = var.cache_bucket_name == null ? var.aws_region : coalesce(var.cache_bucket_region, var.aws_region)
  # Empty, or with a slash at its end.
  cache_prefix = replace(var.cache_prefix, "/([^/])$/", "$1/")
  cache_keys   = var.cache_bucket_name == null ? [aws_kms_key.cache[0].arn] : compact([var.cache_kms_key_arn])

  # Looks after a key, and neither uses it nor lets others use it by a grant.
  key_administration = {
    Sid       = "Administration"
    Effect    = "Allow"
    Principal = { AWS = local.account_root }
    Action = [
      "kms:CancelKeyDeletion",
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:Describe*",
      "kms:Disable*",
      "kms:Enable*",
      "kms:Get*",
      "kms:List*",
      "kms:Put*",
      "kms:RevokeGrant",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:Update*",
    ]
    Resource = ["*"]
  }
}

# --- The job store. ---

resource "aws_kms_key" "job_store" {
  description             = "Records of the jobs of ${local.service}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = var.tags_common

  # In a key policy, * means this key. The role is named in a condition, because a principal must exist before the key does.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.key_administration,
      {
        Sid       = "ManagerOnly"
        Effect    = "Allow"
        Principal = { AWS = local.account_root }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = ["*"]
        Condition = { ArnEquals = { "aws:PrincipalArn" = local.manager_task_role_arn } }
      },
    ]
  })
}

resource "aws_s3_bucket" "job_store" {
  bucket_prefix = "${local.bucket_prefix}-store-"
  tags          = var.tags_common

  # S3 deletes no bucket that holds something. Then its key must not go either: this way round it is destroyed after the bucket only.
  depends_on = [aws_kms_key.job_store]
}

resource "aws_s3_bucket_ownership_controls" "job_store" {
  bucket = aws_s3_bucket.job_store.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "job_store" {
  bucket                  = aws_s3_bucket.job_store.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "job_store" {
  bucket = aws_s3_bucket.job_store.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.job_store.arn
    }
  }
}

# Versioning stays off: a record that was deleted is gone, secrets and all. Tombstones and heartbeats are written anew while anybody needs
# them, and go two days after that. Records of live jobs are written at intents only, so not at all while a long script runs, and GitLab lets
# a job run for a month: their days are a bound for garbage alone. The managers' own identities, under system-ids/, stay.
resource "aws_s3_bucket_lifecycle_configuration" "job_store" {
  bucket = aws_s3_bucket.job_store.id

  dynamic "rule" {
    for_each = [{ prefix = "jobs", days = 40 }, { prefix = "done", days = 2 }, { prefix = "owners", days = 2 }]

    content {
      id     = "expire-${rule.value.prefix}"
      status = "Enabled"

      filter {
        prefix = "${rule.value.prefix}/"
      }

      expiration {
        days = rule.value.days
      }
    }
  }

  rule {
    id     = "unfinished-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_policy" "job_store" {
  bucket = aws_s3_bucket.job_store.id

  # Of all principals only the managers read, write or delete records. The bucket itself may be looked at: Terraform asks with HeadBucket, which
  # S3 counts as s3:ListBucket, whether it is still there, and the names of records hold ids alone.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:*"]
        Resource  = [aws_s3_bucket.job_store.arn, "${aws_s3_bucket.job_store.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "ManagerOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*"]
        Resource  = ["${aws_s3_bucket.job_store.arn}/*"]
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = local.manager_task_role_arn } }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.job_store]
}

# --- The cache, unless there is a bucket for it. ---

resource "aws_kms_key" "cache" {
  count = var.cache_bucket_name == null ? 1 : 0

  description             = "Cache of the jobs of ${local.service}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = var.tags_common

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.key_administration,
      {
        Sid       = "ThroughS3"
        Effect    = "Allow"
        Principal = { AWS = local.account_root }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = ["*"]
        Condition = { StringEquals = { "kms:ViaService" = "s3.${var.aws_region}.amazonaws.com" } }
      },
    ]
  })
}

resource "aws_s3_bucket" "cache" {
  count = var.cache_bucket_name == null ? 1 : 0

  bucket_prefix = "${local.bucket_prefix}-cache-"
  tags          = var.tags_common

  depends_on = [aws_kms_key.cache]
}

resource "aws_s3_bucket_ownership_controls" "cache" {
  count = var.cache_bucket_name == null ? 1 : 0

  bucket = aws_s3_bucket.cache[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "cache" {
  count = var.cache_bucket_name == null ? 1 : 0

  bucket                  = aws_s3_bucket.cache[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "cache" {
  count = var.cache_bucket_name == null ? 1 : 0

  bucket = aws_s3_bucket.cache[0].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.cache[0].arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "cache" {
  count = var.cache_bucket_name == null ? 1 : 0

  bucket = aws_s3_bucket.cache[0].id

  rule {
    id     = "unfinished-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_policy" "cache" {
  count = var.cache_bucket_name == null ? 1 : 0

  bucket = aws_s3_bucket.cache[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = ["s3:*"]
      Resource  = [aws_s3_bucket.cache[0].arn, "${aws_s3_bucket.cache[0].arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.cache]
}
