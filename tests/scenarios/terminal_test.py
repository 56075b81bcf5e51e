"""What a person sees of a run: a line that moves on a terminal, and after Ctrl-C the report of what happened until then."""

import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest
from fcntl import ioctl

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("DIORAMA", str(ROOT / "build/release/diorama"))
WORLD = ROOT / "tests/scenarios/planted/world.yaml"
LONG = ["--set", "duration=300d", "--set", "traffic.shoppers.rate=2/s", "--set", "app.sql_engine=model"]


class Terminal:
    """A program on a terminal of its own, 120 columns wide."""

    def __init__(self, *arguments):
        self.screen = b""
        self.main, side = pty.openpty()
        ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        environment = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8")
        self.process = subprocess.Popen(
            [BINARY, *arguments], cwd=ROOT, stdin=side, stdout=side, stderr=side, env=environment,
            start_new_session=True, preexec_fn=lambda: ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(side)

    def read(self, seconds):
        """What is written until then, or until the program ends."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.main], [], [], 0.1)[0]:
                try:
                    written = os.read(self.main, 65536)
                except OSError:  # the other end is gone
                    return
                if not written:
                    return
                self.screen += written

    def wait_for(self, pattern, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            self.read(0.2)
            if found := re.search(pattern, self.text()):
                return found
        return re.search(pattern, self.text())

    def text(self):
        return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", self.screen.decode(errors="replace"))

    def press_control_c(self):
        os.write(self.main, b"\x03")

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.main)


class WhatAPersonSees(unittest.TestCase):
    def run_on_terminal(self, *arguments):
        terminal = Terminal("run", str(WORLD), *arguments)
        self.addCleanup(terminal.close)
        return terminal

    def test_a_line_moves_and_control_c_ends_the_run_with_its_report(self):
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / "report.json"
            page = pathlib.Path(folder) / "report.html"
            terminal = self.run_on_terminal(*LONG, "--json", str(report), "--report", str(page))
            line = terminal.wait_for(r"\r *([0-9hms]+) +of 7200h +[━─]{20} +[0-9.,kM]+x +[^\r]*requests[^\r]*events/s", 120)
            self.assertIsNotNone(line, terminal.text())
            first = line.group(1)
            terminal.read(1)
            times = re.findall(r"\r *([0-9hms]+) +of 7200h", terminal.text())
            self.assertGreater(len(times), 2)
            self.assertNotEqual(times[-1], first, "the line does not move")

            terminal.press_control_c()
            terminal.read(60)
            self.assertEqual(terminal.process.wait(60), 1, terminal.text())
            told = json.loads(report.read_text())
            self.assertTrue(told["interrupted"])
            self.assertGreater(told["totals"]["requests"], 0)
            self.assertIn("interrupted", terminal.text())
            self.assertIn("</html>", page.read_text())

    def test_a_signal_does_the_same_where_nobody_looks(self):
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / "report.json"
            process = subprocess.Popen(
                [BINARY, "run", WORLD, *LONG, "--json", report, "--quiet"], cwd=ROOT, stdout=subprocess.DEVNULL
            )
            time.sleep(3)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(60), 1)
            self.assertTrue(json.loads(report.read_text())["interrupted"])


if __name__ == "__main__":
    unittest.main()
