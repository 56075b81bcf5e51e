"""A test case with an emulator and Terraform, each test in a folder of its own.

Needs terraform, and its AWS provider in a folder laid out as a filesystem mirror, named by DIORAMA_TERRAFORM_PLUGINS.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

from reference.emulator import Emulator  # noqa: E402

PLUGINS = os.environ.get("DIORAMA_TERRAFORM_PLUGINS")
PROVIDER = """
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
    route53 = var.endpoint
    s3      = var.endpoint
    sns     = var.endpoint
    sts     = var.endpoint
  }
}
"""


@unittest.skipUnless(shutil.which("terraform") and PLUGINS, "needs terraform and DIORAMA_TERRAFORM_PLUGINS")
class TerraformCase(unittest.TestCase):
    configuration = ""  # besides the provider

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.emulator = Emulator(*self.options()).start()
        self.addCleanup(self.emulator.stop)
        (self.folder / "main.tf").write_text(PROVIDER + self.configuration)
        mirror = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{PLUGINS}"\n  }}\n}}\n'
        (self.folder / "terraformrc").write_text(mirror)

    def options(self):
        """Of the emulator."""
        return []

    def variables(self):
        """Of the configuration, besides the endpoint."""
        return {}

    def terraform(self, *arguments, expected=0):
        """Runs a command of Terraform, which must end with the expected exit code."""
        environment = {
            **os.environ,
            "TF_CLI_CONFIG_FILE": str(self.folder / "terraformrc"),
            "TF_VAR_endpoint": self.emulator.url,
            **{f"TF_VAR_{name}": value for name, value in self.variables().items()},
        }
        ran = subprocess.run(
            ["terraform", *arguments, "-input=false", "-no-color"],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=580,
        )
        self.assertEqual(ran.returncode, expected, ran.stdout + ran.stderr)
        return ran.stdout
