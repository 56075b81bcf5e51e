"""Scenarios run live: the clients of the file are real sockets through the real DNS, and the reports those of virtual time."""

import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("DIORAMA", str(ROOT / "build/release/diorama"))
WORLD = ROOT / "tests/scenarios/live/world.yaml"


def command(*arguments):
    return [BINARY, "run", str(WORLD), "--live", *arguments]


class Live(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_live(self, *arguments):
        report = self.folder / "report.json"
        done = subprocess.run(
            command("--json", str(report), "--ca", str(self.folder), *arguments),
            capture_output=True, text=True, timeout=180, check=False,
        )
        self.assertIn(done.returncode, (0, 1), done.stdout + done.stderr)
        return done, json.loads(report.read_text())

    def test_an_instance_is_replaced_under_traffic_and_every_expectation_holds(self):
        html = self.folder / "report.html"
        done, report = self.run_live("--report", str(html))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(report["live"])
        self.assertTrue(report["held"])
        self.assertIn("<html", html.read_text())
        self.assertGreater(report["totals"]["dns_queries"], 1)

        terminate, packet_loss = report["faults"]
        self.assertEqual(terminate["failure"], "")
        victim = terminate["targets"][0]
        lives = {life["id"]: life for life in report["instances"]}
        self.assertIsNotNone(lives[victim]["terminated"])
        self.assertEqual(len(lives), 3)
        self.assertTrue(all(life["requests"] > 0 for life in lives.values()), lives)
        self.assertIn("not possible live", packet_loss["failure"])

    def test_an_expectation_that_does_not_hold_fails_the_run(self):
        done, report = self.run_live(
            "--set", "duration=4s", "--set", "faults=[]", "--set", "expect=[outcomes(readers).ok > 1000000, writes_lost == 0]"
        )
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        outcomes, writes = report["expectations"]
        self.assertFalse(outcomes["passed"])
        self.assertFalse(writes["passed"], "nobody counted them")
        self.assertIn("not measured live", writes["measured"])

    def test_an_interrupted_run_still_writes_its_report(self):
        report = self.folder / "report.json"
        running = subprocess.Popen(
            command("--json", str(report), "--ca", str(self.folder), "--set", "duration=10m"),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        # Where it can be reached meanwhile.
        port = int(re.match(r"Live at http://localhost:(\d+), DNS at ", running.stderr.readline())[1])
        self.assertGreater(port, 0)
        # The line of the progress tells that the traffic flows.
        self.assertIn("requests", running.stderr.readline())
        running.send_signal(signal.SIGINT)
        begun = time.monotonic()
        output, errors = running.communicate(timeout=60)
        self.assertLess(time.monotonic() - begun, 30)
        self.assertEqual(running.returncode, 1, output + errors)
        told = json.loads(report.read_text())
        self.assertTrue(told["interrupted"])
        self.assertGreater(told["totals"]["requests"], 10)

    def test_visitors_send_back_the_load_balancers_cookie(self):
        report = self.folder / "report.json"
        done = subprocess.run(
            [
                *(BINARY, "run", str(ROOT / "tests/scenarios/worlds/sticky-visits.yaml"), "--live", "--quiet"),
                *("--json", str(report), "--ca", str(self.folder), "--set", "duration=20s", "--set", "faults=[]"),
                *("--set", "expect=[metric(AWS/ApplicationELB NonStickyRequestCount, Balancer).sum > 0]"),
            ],
            capture_output=True, text=True, timeout=180, check=False,
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        told = json.loads(report.read_text())
        strangers = float(re.search(r"= ([0-9.]+)", told["expectations"][0]["measured"])[1])
        # Of the loyal one request in four, all of the forgetful.
        self.assertAlmostEqual(strangers / told["totals"]["requests"], 5 / 8, delta=0.06)

    def test_a_matrix_is_not_run_live(self):
        done = subprocess.run(
            command("--set", "matrix={seeds: [1, 2]}"), capture_output=True, text=True, timeout=60, check=False
        )
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertIn("--without-matrix", done.stderr)


if __name__ == "__main__":
    unittest.main()
