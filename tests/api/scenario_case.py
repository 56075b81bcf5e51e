"""A small scenario of the reference architecture, and the binary that runs it: what tests of the commands share."""

import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("DIORAMA", str(ROOT / "build/release/diorama"))
TEMPLATE = ROOT / "scenarios/web-application/template.yaml"

SCENARIO = """# Two minutes of little traffic.
scenario: small
duration: 2m
deploy:
  template: TEMPLATE
  parameters: { MinSize: 2, MaxSize: 4 }
app:
  routes:
    GET /: { cpu: lognormal(6ms, 0.5), size: 24KiB }
traffic:
  shoppers:
    rate: 5/s
    visit: [GET http://www.example.com/]
expect:
  - EXPECTATION
"""


class ScenarioCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="diorama-test-")))

    def scenario(self, expectation="requests > 0", extra="", name="small.yaml"):
        path = self.folder / name
        path.write_text(SCENARIO.replace("TEMPLATE", str(TEMPLATE)).replace("EXPECTATION", expectation) + extra)
        return path

    def diorama(self, *arguments, seconds=300):
        return subprocess.run(
            [BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=seconds, cwd=self.folder
        )
