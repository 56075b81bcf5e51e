"""S3 with --data killed (-9) at random moments under load: every acknowledged write is there, nothing is torn.

DIORAMA_S3_KILLS says how often (20). Writers own keys of their own, and all of them fight for one more. What a writer
had sent without an answer when the process died may or may not be there, but only whole.
"""

import hashlib
import os
import pathlib
import random
import sys
import tempfile
import threading
import unittest

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from reference.emulator import Emulator  # noqa: E402

KILLS = int(os.environ.get("DIORAMA_S3_KILLS", "20"))
WRITERS = 4
KEYS = 5  # of each writer
SHARED = "shared"
IMPATIENT = Config(retries={"max_attempts": 0}, connect_timeout=2, read_timeout=10)
ABSENT = None


def digest(body):
    return hashlib.md5(body).hexdigest()


class Writer(threading.Thread):
    """Puts, completes and deletes until the server is gone. `known` are its keys' acknowledged contents, `pending` is what
    it asked for last: (key, content)."""

    def __init__(self, test, number, known):
        super().__init__()
        self.s3 = test.connect()
        self.chance = random.Random()
        self.number = number
        self.known = known
        self.pending = None
        self.acknowledged = 0
        self.offered = test.offered

    def run(self):
        try:
            while True:
                self.step()
        except (BotoCoreError, ClientError):
            pass  # the server died

    def step(self):
        size = self.chance.choice((0, 1, 1000, 70_000, 600_000))
        body = self.chance.randbytes(size)
        what = self.chance.random()
        if what < 0.2:
            self.offered.add(digest(body))
            self.s3.put_object(Bucket="crash", Key=SHARED, Body=body)
            return
        key = f"{self.number}/{self.chance.randrange(KEYS)}"
        if what < 0.35:
            self.pending = (key, ABSENT)
            self.s3.delete_object(Bucket="crash", Key=key)
        elif what < 0.5:
            self.upload_in_parts(key, body)
        else:
            self.pending = (key, digest(body))
            self.s3.put_object(Bucket="crash", Key=key, Body=body)
        self.known[key] = self.pending[1]
        self.pending = None
        self.acknowledged += 1

    def upload_in_parts(self, key, body):
        where = {"Bucket": "crash", "Key": key}
        upload = self.s3.create_multipart_upload(**where)["UploadId"]
        part = self.s3.upload_part(**where, UploadId=upload, PartNumber=1, Body=body)["ETag"]
        self.pending = (key, digest(body))
        parts = {"Parts": [{"PartNumber": 1, "ETag": part}]}
        self.s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload=parts)


class Reader(threading.Thread):
    """Reads the key that all write to, as long as it can."""

    def __init__(self, test):
        super().__init__()
        self.s3 = test.connect()
        self.read = []

    def run(self):
        try:
            while True:
                self.read.append(digest(self.s3.get_object(Bucket="crash", Key=SHARED)["Body"].read()))
        except (BotoCoreError, ClientError):
            pass


class Crash(unittest.TestCase):
    durability = "full"

    def connect(self):
        return self.emulator.client("s3", config=IMPATIENT)

    def content(self, s3, key):
        try:
            return digest(s3.get_object(Bucket="crash", Key=key)["Body"].read())
        except ClientError as error:
            self.assertEqual(error.response["Error"]["Code"], "NoSuchKey", key)
            return ABSENT

    def check(self, writers, known):
        s3 = self.connect()
        pending = dict(writer.pending for writer in writers if writer.pending)
        for key, acknowledged in known.items():
            found = self.content(s3, key)
            if key in pending:
                allowed = (acknowledged, pending[key])
                self.assertIn(found, allowed, f"{key} is neither what was acknowledged nor what was sent last")
            else:
                self.assertEqual(found, acknowledged, f"{key} is not what was acknowledged")
            known[key] = found
        self.assertIn(self.content(s3, SHARED), self.offered)
        listed = {entry["Key"] for entry in s3.list_objects_v2(Bucket="crash").get("Contents", [])}
        expected = {key for key, found in known.items() if found is not ABSENT} | {SHARED}
        self.assertEqual(listed, expected)

    def round(self, known):
        writers = [Writer(self, number, known[number]) for number in range(WRITERS)]
        reader = Reader(self)
        for thread in (*writers, reader):
            thread.start()
        threading.Event().wait(random.uniform(0.02, 0.5))
        self.emulator.kill()
        for thread in (*writers, reader):
            thread.join()
        for client in self.emulator.clients:
            client.close()
        self.emulator.clients.clear()
        self.assertLessEqual(set(reader.read), self.offered, "a reader got what nobody wrote")
        self.emulator.start()
        everything = {key: found for own in known for key, found in own.items()}
        self.check(writers, everything)
        for key, found in everything.items():
            known[int(key.split("/")[0])][key] = found
        return sum(writer.acknowledged for writer in writers)

    def run_rounds(self, kills):
        with tempfile.TemporaryDirectory(prefix="diorama-crash-") as folder:
            self.emulator = Emulator("--data", folder, "--durability", self.durability, "--log", "error").start()
            self.addCleanup(self.emulator.stop)
            self.offered = {digest(b"")}
            s3 = self.connect()
            s3.create_bucket(Bucket="crash")
            s3.put_object(Bucket="crash", Key=SHARED, Body=b"")
            known = [{f"{number}/{key}": ABSENT for key in range(KEYS)} for number in range(WRITERS)]
            acknowledged = sum(self.round(known) for _ in range(kills))
            self.assertGreater(acknowledged, kills, "hardly anything was written")
            self.emulator.stop()

    def test_every_acknowledged_write_survives(self):
        self.run_rounds(KILLS)


class RelaxedCrash(Crash):
    """A killed process loses nothing without fsync either: the kernel has it."""

    durability = "relaxed"

    def test_every_acknowledged_write_survives(self):
        self.run_rounds(max(1, KILLS // 5))


if __name__ == "__main__":
    unittest.main()
