"""Small worlds for what scenarios can say: those in tests/scenarios/worlds hold, and where a file says `# Must fail: …`
exactly the expectations and rules that match one of these patterns do not."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("DIORAMA", str(ROOT / "build/release/diorama"))
WORLDS = sorted((ROOT / "tests/scenarios/worlds").glob("*.yaml"))


def run(path, *arguments):
    """The exit code, what was written, and the report."""
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        done = subprocess.run(
            [BINARY, "run", path, "--quiet", "--json", report, *arguments],
            cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
        )
        return done, report.read_bytes() if report.exists() else b""


class Worlds(unittest.TestCase):
    def test_each_holds_or_fails_as_it_says(self):
        self.assertGreater(len(WORLDS), 5)
        for path in WORLDS:
            with self.subTest(path.name):
                patterns = re.findall(r"^# Must fail: (.*)$", path.read_text(), re.MULTILINE)
                done, report = run(path)
                self.assertTrue(report, done.stdout + done.stderr)
                told = json.loads(report)
                failed = [one["text"] for one in told["expectations"] if not one["passed"]]
                failed += [f"{one['checker']}: {one['text']}" for one in told["violations"]]
                faults = [one.get("failure") for one in told["faults"] if one.get("failure")]
                self.assertEqual(faults, [], "a fault could not be injected")
                for pattern in patterns:
                    self.assertTrue(any(re.search(pattern, one) for one in failed), f"{pattern} held\n{done.stdout}")
                others = [one for one in failed if not any(re.search(pattern, one) for pattern in patterns)]
                self.assertEqual(others, [], done.stdout)
                self.assertEqual(done.returncode, 1 if patterns else 0, done.stdout + done.stderr)

    def test_one_seed_is_one_run_with_rows_too(self):
        path = next(path for path in WORLDS if path.name == "real-sql.yaml")
        first = run(path, "--set", "duration=14m")[1]
        self.assertEqual(first, run(path, "--set", "duration=14m")[1])
        self.assertNotEqual(first, run(path, "--set", "duration=14m", "--seed", "2")[1])


if __name__ == "__main__":
    unittest.main()
