"""Terraform's bucket resources: applied, found unchanged, destroyed.

Needs terraform, and its AWS provider in a folder laid out as a filesystem mirror, named by DIORAMA_TERRAFORM_PLUGINS.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from reference.emulator import Emulator  # noqa: E402

PLUGINS = os.environ.get("DIORAMA_TERRAFORM_PLUGINS")
CONFIGURATION = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "endpoint" {}
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  s3_use_path_style           = true
  endpoints {
    s3  = var.endpoint
    sns = var.endpoint
    sts = var.endpoint
  }
}
resource "aws_s3_bucket" "site" {
  bucket        = "terraform-site"
  force_destroy = true
  tags          = { project = "shop" }
}
resource "aws_s3_bucket_versioning" "site" {
  bucket = aws_s3_bucket.site.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule { object_ownership = "BucketOwnerPreferred" }
}
resource "aws_s3_bucket_public_access_block" "site" {
  bucket                  = aws_s3_bucket.site.id
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = false
  restrict_public_buckets = false
}
resource "aws_s3_bucket_policy" "site" {
  bucket     = aws_s3_bucket.site.id
  depends_on = [aws_s3_bucket_public_access_block.site]
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "everybody"
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.site.arn}/*"
    }]
  })
}
resource "aws_s3_bucket_acl" "site" {
  bucket     = aws_s3_bucket.site.id
  depends_on = [aws_s3_bucket_ownership_controls.site]
  acl        = "private"
}
resource "aws_s3_bucket_website_configuration" "site" {
  bucket = aws_s3_bucket.site.id
  index_document { suffix = "index.html" }
  error_document { key = "error.html" }
}
resource "aws_s3_bucket_cors_configuration" "site" {
  bucket = aws_s3_bucket.site.id
  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["https://example.com"]
    max_age_seconds = 300
  }
}
resource "aws_s3_bucket_lifecycle_configuration" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    id     = "old"
    status = "Enabled"
    filter { prefix = "logs/" }
    expiration { days = 30 }
    noncurrent_version_expiration { noncurrent_days = 7 }
  }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "AES256" }
  }
}
resource "aws_s3_bucket" "logs" {
  bucket        = "terraform-logs"
  force_destroy = true
}
resource "aws_s3_bucket_logging" "site" {
  bucket        = aws_s3_bucket.site.id
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = "site/"
}
resource "aws_s3_bucket_metric" "site" {
  bucket = aws_s3_bucket.site.id
  name   = "EntireBucket"
}
resource "aws_sns_topic" "events" {
  name = "events"
}
resource "aws_s3_bucket_notification" "site" {
  bucket = aws_s3_bucket.site.id
  topic {
    topic_arn     = aws_sns_topic.events.arn
    events        = ["s3:ObjectCreated:*"]
    filter_suffix = ".html"
  }
}
resource "aws_s3_object" "index" {
  bucket       = aws_s3_bucket.site.id
  key          = "index.html"
  content      = "<h1>hello</h1>"
  content_type = "text/html"
}
"""


@unittest.skipUnless(PLUGINS and shutil.which("terraform"), "no terraform, or DIORAMA_TERRAFORM_PLUGINS is not set")
class Terraform(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.emulator = Emulator().start()
        self.addCleanup(self.emulator.stop)
        (self.folder / "main.tf").write_text(CONFIGURATION)
        mirror = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{PLUGINS}"\n  }}\n}}\n'
        (self.folder / "terraformrc").write_text(mirror)

    def terraform(self, *arguments):
        environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(self.folder / "terraformrc"), "TF_VAR_endpoint": self.emulator.url}
        ran = subprocess.run(
            ["terraform", *arguments, "-input=false", "-no-color"],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=280,
        )
        return ran.returncode, ran.stdout + ran.stderr

    def test_apply_plan_destroy(self):
        code, said = self.terraform("init")
        self.assertEqual(code, 0, said)
        code, said = self.terraform("apply", "-auto-approve")
        self.assertEqual(code, 0, said)
        # Nothing to do the second time: what was set is what is read.
        code, said = self.terraform("plan", "-detailed-exitcode")
        self.assertEqual(code, 0, said)
        code, said = self.terraform("destroy", "-auto-approve")
        self.assertEqual(code, 0, said)
        self.assertEqual(self.emulator.client("s3").list_buckets()["Buckets"], [])


if __name__ == "__main__":
    unittest.main()
