"""API golden files: fixed calls as raw HTTP, whole answers compared byte for byte with tests/api/golden/<name>.txt.

Identifiers and request ids repeat because the emulator runs with --seed 1. The clock is real, so every date is replaced
by <time>, and so is the port by <port>; Date and Content-Length, which follow from them, are left out. A body that is not
text stands as hexadecimal. UPDATE_GOLDEN=1 rewrites the files; `git diff` is then the review.
"""

import datetime
import http.client
import os
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/api")]

from golden_cases import CASES  # noqa: E402
from reference.emulator import Emulator  # noqa: E402

GOLDEN = ROOT / "tests/api/golden"
TIMES = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?"  # ISO 8601
    r"|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"  # RFC 9110
    r"|\b1[789]\d{8}(\.\d+)?\b"  # epoch seconds
)
DEPENDENT = {"date", "content-length"}


def normalized(text, port):
    return TIMES.sub("<time>", text).replace(f":{port}", ":<port>")


def readable(body):
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return body.hex()
    return text if text.isprintable() or "\n" in text else body.hex()


def answer_of(case, connection, port):
    connection.request(case.method, case.path, case.body, case.signed(datetime.datetime.now(datetime.timezone.utc)))
    response = connection.getresponse()
    body = response.read()
    head = [f"{response.status} {response.reason}"]
    head += [f"{name}: {value}" for name, value in response.getheaders() if name.lower() not in DEPENDENT]
    return normalized("\n".join(head) + "\n\n" + readable(body), port) + "\n"


class Golden(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with Emulator("--seed", "1") as emulator:
            connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=10)
            cls.answers = {case.name: answer_of(case, connection, emulator.port) for case in CASES}
            connection.close()

    def test_every_answer_is_the_golden_one(self):
        for name, answer in self.answers.items():
            file = GOLDEN / f"{name}.txt"
            if os.environ.get("UPDATE_GOLDEN"):
                file.write_text(answer)
            with self.subTest(name):
                self.assertTrue(file.exists(), f"{file} is missing; UPDATE_GOLDEN=1 writes it")
                self.assertMultiLineEqual(file.read_text(), answer)

    def test_every_golden_file_has_its_case(self):
        self.assertEqual({file.stem for file in GOLDEN.glob("*.txt")}, set(self.answers))

    def test_no_call_is_answered_with_an_internal_error(self):
        self.assertEqual([name for name, answer in self.answers.items() if answer.startswith("500")], [])


if __name__ == "__main__":
    unittest.main()
