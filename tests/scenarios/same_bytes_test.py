"""Equal seeds give equal reports, to the byte: run after run, and in every build; another seed gives another report."""

import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("DIORAMA", str(ROOT / "build/release/diorama"))).resolve()
# Between them: DNS failover, the CDN, faults, scaling, a database that fails over under writes.
SCENARIOS = ("zone-dies-at-peak", "database-failover-under-write-load", "cold-cdn")


def newest_source():
    return max(
        path.stat().st_mtime
        for folder in ("emulator", "services")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".cpp", ".hpp", ".json")
    )


def other_builds():
    """Binaries of this tree's other builds that are not older than its sources."""
    for path in sorted((ROOT / "build").glob("*/diorama")):
        if path.resolve() != BINARY and path.stat().st_mtime > newest_source():
            yield path


class SameBytes(unittest.TestCase):
    def reports(self, binary, scenario, *settings):
        """JSON, HTML and JUnit of one run."""
        with tempfile.TemporaryDirectory() as folder:
            files = {kind: pathlib.Path(folder) / f"report.{kind}" for kind in ("json", "html", "xml")}
            done = subprocess.run(
                [
                    str(binary),
                    "run",
                    f"scenarios/{scenario}.yaml",
                    "--quiet",
                    "--without-matrix",
                    *("--json", str(files["json"])),
                    *("--report", str(files["html"])),
                    *("--junit", str(files["xml"])),
                    *settings,
                ],
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=1200,
                check=False,
            )
            self.assertIn(done.returncode, (0, 1), done.stdout + done.stderr)
            return {kind: path.read_bytes() for kind, path in files.items()}

    def assert_same(self, one, other, what):
        for kind, content in one.items():
            self.assertTrue(content == other[kind], f"{what}: the {kind} differs")

    def test_run_after_run(self):
        for scenario in SCENARIOS:
            with self.subTest(scenario):
                first = self.reports(BINARY, scenario)
                self.assert_same(first, self.reports(BINARY, scenario), "a second run")

    def test_in_every_build(self):
        builds = list(other_builds())
        if not builds:
            self.skipTest("there is no other build that is up to date")
        for scenario in SCENARIOS:
            first = self.reports(BINARY, scenario)
            for build in builds:
                with self.subTest(f"{scenario} in {build.parent.name}"):
                    self.assert_same(first, self.reports(build, scenario), str(build))

    def test_another_seed(self):
        first = self.reports(BINARY, SCENARIOS[0], "--seed", "1")
        second = self.reports(BINARY, SCENARIOS[0], "--seed", "2")
        self.assertNotEqual(first["json"], second["json"])


if __name__ == "__main__":
    unittest.main()
