"""Every scenario that is shipped, in each of its worlds: it is read without a mistake, and what it expects holds."""

import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("DIORAMA", str(ROOT / "build/release/diorama"))


def shipped():
    """Files that are scenarios of their own; others are included by them."""
    for path in sorted((ROOT / "scenarios").glob("*.yaml")):
        if re.search(r"^scenario:", path.read_text(), re.MULTILINE):
            yield path


def worlds_of(path):
    """The names below `worlds:`, or one world without a name."""
    section = re.search(r"^worlds:\n((?:[ #].*\n|\n)*)", path.read_text(), re.MULTILINE)
    return re.findall(r"^  ([\w-]+):", section.group(1), re.MULTILINE) if section else [None]


class Shipped(unittest.TestCase):
    def diorama(self, *arguments):
        return subprocess.run(
            [BINARY, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
        )

    def test_there_are_scenarios(self):
        self.assertGreaterEqual(len(list(shipped())), 8)

    def test_every_one_is_read_without_a_mistake(self):
        for path in shipped():
            with self.subTest(path.name):
                done = self.diorama("check", str(path))
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_what_they_expect_holds(self):
        for path in shipped():
            for world in worlds_of(path):
                with self.subTest(f"{path.name} {world or ''}"):
                    setting = ["--set", f"world={world}"] if world else []
                    done = self.diorama("run", str(path), *setting)
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
