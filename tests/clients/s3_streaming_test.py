"""S3 with --data and bodies far larger than a request may hold: the process hardly grows while they stream in and out.

DIORAMA_S3_BIG_MIB says how large (1024, a gigabyte, of zeros, so that client and disk have little to do).
"""

import datetime
import hashlib
import http.client
import os
import pathlib
import sys
import tempfile
import threading
import unittest

from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from reference.emulator import Emulator  # noqa: E402

MIB = 1 << 20
BIG = int(os.environ.get("DIORAMA_S3_BIG_MIB", "1024")) * MIB
SOME = 16 * MIB
PATIENT = Config(retries={"max_attempts": 0}, read_timeout=600)
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, "
    f"Signature={'0' * 64}"
)


class Streaming(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="diorama-streaming-")
        cls.addClassCleanup(folder.cleanup)
        cls.emulator = Emulator("--data", folder.name, "--durability", "relaxed").start()
        cls.addClassCleanup(cls.emulator.stop)
        cls.s3 = cls.emulator.client("s3")
        cls.s3.create_bucket(Bucket="big")
        for path in ("warm-up", "warm-up"):  # what is allocated once
            cls.put(path, SOME)
            cls.get(path)

    @classmethod
    def connect(cls):
        return http.client.HTTPConnection("127.0.0.1", cls.emulator.port, timeout=300)

    @classmethod
    def put(cls, key, size, query=""):
        connection = cls.connect()
        connection.putrequest("PUT", f"/big/{key}{query}")
        connection.putheader("Content-Length", str(size))
        connection.putheader("Authorization", AUTHORIZATION)
        connection.putheader("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        connection.putheader("x-amz-date", cls.s3_date())
        connection.endheaders()
        zeros = bytes(MIB)
        for _ in range(size // MIB):
            connection.send(zeros)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    @staticmethod
    def s3_date():
        return datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")

    @classmethod
    def get(cls, key):
        """The number of bytes and their MD5."""
        body = cls.s3.get_object(Bucket="big", Key=key)["Body"]
        size, md5 = 0, hashlib.md5()
        while piece := body.read(MIB):
            size += len(piece)
            md5.update(piece)
        return size, md5.hexdigest()

    def growth_during(self, work):
        """How many KiB the process grew at most while `work` ran."""
        before, peak, done = self.emulator.resident_kib(), 0, threading.Event()

        def watch():
            nonlocal peak
            while not done.wait(0.02):
                peak = max(peak, self.emulator.resident_kib())

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            work()
        finally:
            done.set()
            watcher.join()
        return peak - before

    def test_a_gigabyte_in_and_out(self):
        def there_and_back():
            answer = self.put("gigabyte", BIG)
            self.assertEqual(answer.status, 200)
            size, md5 = self.get("gigabyte")
            self.assertEqual(size, BIG)
            self.assertEqual(answer.getheader("ETag"), f'"{md5}"')

        # One request at a time: at most a mebibyte, and room for the allocator.
        self.assertLess(self.growth_during(there_and_back), 2 * 1024)

    def test_a_gigabyte_in_parts_and_copied(self):
        """Part by part, then copied with another checksum, so that every byte is looked at."""
        parts, where = 8, {"Bucket": "big", "Key": "parts"}
        patient = self.emulator.client("s3", config=PATIENT)

        def upload_and_copy():
            upload = self.s3.create_multipart_upload(**where)["UploadId"]
            done = []
            for number in range(1, parts + 1):
                answer = self.put("parts", BIG // parts, f"?partNumber={number}&uploadId={upload}")
                self.assertEqual(answer.status, 200)
                done.append({"PartNumber": number, "ETag": answer.getheader("ETag")})
            self.s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": done})
            patient.copy_object(Bucket="big", Key="copy", CopySource="big/parts", ChecksumAlgorithm="SHA1")

        self.assertLess(self.growth_during(upload_and_copy), 2 * 1024)
        self.assertEqual(self.s3.head_object(Bucket="big", Key="copy")["ContentLength"], BIG)
        for key in ("parts", "copy"):
            self.s3.delete_object(Bucket="big", Key=key)

    def test_the_largest_object_there_can_be(self):
        """Five tebibytes: a piece many times over, which lies on the disk once."""
        self.assertEqual(self.put("piece", 1024 * MIB).status, 200)
        where, count = {"Bucket": "big", "Key": "largest"}, 5 * 1024
        largest = count << 30
        upload = self.s3.create_multipart_upload(**where)["UploadId"]
        parts = []
        for number in range(1, count + 1):
            copied = self.s3.upload_part_copy(**where, UploadId=upload, PartNumber=number, CopySource="big/piece")
            parts.append({"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]})
        self.s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})
        self.assertEqual(self.s3.head_object(**where)["ContentLength"], largest)

        def read_across_the_last_seam():
            seam = largest - (1 << 30)
            got = self.s3.get_object(**where, Range=f"bytes={seam - MIB}-{seam + MIB - 1}")
            self.assertEqual(got["ContentRange"], f"bytes {seam - MIB}-{seam + MIB - 1}/{largest}")
            self.assertEqual(got["Body"].read(), bytes(2 * MIB))

        self.assertLess(self.growth_during(read_across_the_last_seam), 2 * 1024)
        self.s3.delete_object(**where)

    def test_many_at_once_hold_less_than_a_mebibyte_each(self):
        several = 8

        def together():
            threads = [threading.Thread(target=self.put, args=(f"together/{i}", SOME)) for i in range(several)]
            threads += [threading.Thread(target=self.get, args=("warm-up",)) for _ in range(several)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        self.assertLess(self.growth_during(together), 2 * several * 1024)
        for i in range(several):
            self.assertEqual(self.s3.head_object(Bucket="big", Key=f"together/{i}")["ContentLength"], SOME)

    def test_a_client_that_reads_slowly_holds_little(self):
        self.put("slow", 4 * SOME)

        def dawdle():
            body = self.s3.get_object(Bucket="big", Key="slow")["Body"]
            body.read(1)
            threading.Event().wait(0.5)
            body.close()

        self.assertLess(self.growth_during(dawdle), 2 * 1024)


if __name__ == "__main__":
    unittest.main()
