"""S3 at the front door: its body codings and checksums, its styles of addressing, and presigned URLs."""

import base64
import hashlib
import pathlib
import sys
import unittest
import urllib.parse
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from reference.dns import query  # noqa: E402
from reference.emulator import make_public  # noqa: E402
from front_door_case import FrontDoor, certificate_of, text_of  # noqa: E402
from wire import chunked, connected, head, raw, send, signed  # noqa: E402


def aws_chunks(*pieces, trailers=None, signature=None):
    extension = f";chunk-signature={signature}".encode() if signature else b""
    framed = b"".join(b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces) + b"0" + extension + b"\r\n"
    return framed + "".join(f"{name}:{value}\r\n" for name, value in (trailers or {}).items()).encode() + b"\r\n"


def crc32(content):
    return base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()


class S3Bodies(FrontDoor):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.emulator.client("s3")
        cls.s3.create_bucket(Bucket="bodies")

    def stored(self, key):
        return self.s3.get_object(Bucket="bodies", Key=key)["Body"].read()

    def assert_nothing_stored(self, key):
        with self.assertRaises(ClientError) as caught:
            self.s3.head_object(Bucket="bodies", Key=key)
        self.assertEqual(caught.exception.response["Error"]["Code"], "404")

    def put(self, key, headers, *pieces, **more):
        return raw(self.emulator, head("PUT", f"/bodies/{key}", {**signed("s3"), **headers}), *pieces, method="PUT", **more)

    def streaming(self, content, **more):
        return {
            "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            "Content-Encoding": "aws-chunked",
            "x-amz-decoded-content-length": len(content),
            "x-amz-trailer": "x-amz-checksum-crc32",
            **more,
        }

    def test_aws_chunked_with_a_trailing_checksum(self):
        content = b"in several pieces, with a checksum behind"
        body = aws_chunks(content[:10], content[10:], trailers={"x-amz-checksum-crc32": crc32(content)})
        answer = self.put("trailing", self.streaming(content, **{"Content-Length": len(body)}), body)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["x-amz-checksum-crc32"], crc32(content))
        got = self.s3.get_object(Bucket="bodies", Key="trailing")
        self.assertEqual(got["Body"].read(), content)
        self.assertNotIn("ContentEncoding", got)

    def test_http_chunks_may_end_anywhere_within_aws_chunks(self):
        content = b"0123456789abcdef" * 10
        body = aws_chunks(content[:33], content[33:], trailers={"x-amz-checksum-crc32": crc32(content)})
        for size in (1, 2, 3, 7, 40, 64):
            with self.subTest(size):
                pieces = [body[at : at + size] for at in range(0, len(body), size)]
                headers = self.streaming(content, **{"Transfer-Encoding": "chunked"})
                answer = self.put(f"borders-{size}", headers, chunked(*pieces))
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual(self.stored(f"borders-{size}"), content)

    def test_signed_aws_chunks(self):
        content = b"signed in pieces"
        body = aws_chunks(content[:5], content[5:], signature="a" * 64)
        headers = {
            "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "Content-Encoding": "aws-chunked,gzip",
            "x-amz-decoded-content-length": len(content),
            "Content-Length": len(body),
        }
        self.assertEqual(self.put("signed", headers, body).status, 200)
        got = self.s3.get_object(Bucket="bodies", Key="signed")
        self.assertEqual((got["Body"].read(), got["ContentEncoding"]), (content, "gzip"))

    def test_a_wrong_trailing_checksum_stores_nothing(self):
        content = b"not what the checksum says"
        body = aws_chunks(content, trailers={"x-amz-checksum-crc32": crc32(b"other")})
        answer = self.put("wrong-trailer", self.streaming(content, **{"Content-Length": len(body)}), body)
        self.assertEqual((answer.status, text_of(answer.body, "Code")), (400, "BadDigest"), answer)
        self.assert_nothing_stored("wrong-trailer")

    def test_broken_aws_chunks_store_nothing(self):
        content = b"0123456789"
        broken = {
            "cut": aws_chunks(content)[:-8],
            "no size": b"zz\r\n0123456789\r\n0\r\n\r\n",
            "longer than declared": aws_chunks(content + b"more"),
            "shorter than declared": aws_chunks(content[:5]),
        }
        for what, body in broken.items():
            with self.subTest(what):
                answer = self.put("broken", self.streaming(content, **{"Content-Length": len(body)}), body)
                self.assertEqual(answer.status, 400, answer)
                self.assert_nothing_stored("broken")

    def test_wrong_checksums_store_nothing(self):
        content = b"content"
        wrong = {
            "Content-MD5": (base64.b64encode(hashlib.md5(b"other").digest()).decode(), "BadDigest"),
            "x-amz-checksum-crc32": (crc32(b"other"), "BadDigest"),
            "x-amz-checksum-sha256": (base64.b64encode(hashlib.sha256(b"other").digest()).decode(), "BadDigest"),
            "x-amz-content-sha256": (hashlib.sha256(b"other").hexdigest(), "XAmzContentSHA256Mismatch"),
        }
        for header, (value, code) in wrong.items():
            with self.subTest(header):
                answer = self.put("wrong", {header: value, "Content-Length": len(content)}, content)
                self.assertEqual((answer.status, text_of(answer.body, "Code")), (400, code), answer)
                self.assert_nothing_stored("wrong")
        answer = self.put("wrong", {"Content-MD5": "nonsense", "Content-Length": len(content)}, content)
        self.assertEqual((answer.status, text_of(answer.body, "Code")), (400, "InvalidDigest"), answer)

    def test_a_body_shorter_than_promised_stores_nothing(self):
        with connected(self.emulator) as sock:
            sock.sendall(head("PUT", "/bodies/short", {**signed("s3"), "Content-Length": 100}) + b"only this")
        answer = self.put("short", {"Content-Length": 100}, b"only this", finish=True)
        self.assertEqual((answer.status, text_of(answer.body, "Code")), (400, "IncompleteBody"), answer)
        self.assert_nothing_stored("short")

    def test_broken_http_chunks_store_nothing(self):
        for what, body in {
            "no number": b"xyz\r\ncontent\r\n0\r\n\r\n",
            "no line end behind": b"7\r\ncontentMORE\r\n0\r\n\r\n",
            "endless number": b"7" * 40 + b"\r\ncontent\r\n0\r\n\r\n",
            "negative": b"-7\r\ncontent\r\n0\r\n\r\n",
        }.items():
            with self.subTest(what):
                answer = self.put("chunks", self.streaming(b"content", **{"Transfer-Encoding": "chunked"}), body)
                self.assertEqual(answer.status, 400, answer)
                self.assertEqual(answer.headers["Connection"], "close")
                self.assert_nothing_stored("chunks")

    def test_no_length_at_all_is_refused(self):
        answer = self.put("lengthless", {})
        self.assertEqual((answer.status, text_of(answer.body, "Code")), (411, "MissingContentLength"), answer)

    def test_boto3_over_https_sends_trailing_checksums(self):
        s3 = boto3.client(
            "s3",
            endpoint_url=f"https://localhost:{self.emulator.port}",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            verify=certificate_of(self),
            config=Config(s3={"addressing_style": "path"}),
        )
        content = b"content " * 20_000
        extra = {"ChecksumAlgorithm": "SHA256"}
        seen = []
        s3.meta.events.register("before-send.s3.PutObject", lambda request, **_: seen.append(dict(request.headers)))
        answer = s3.put_object(Bucket="bodies", Key="https", Body=content, **extra)
        self.assertIn(b"STREAMING-UNSIGNED-PAYLOAD-TRAILER", [bytes(value.encode() if isinstance(value, str) else value) for value in seen[0].values()])
        self.assertEqual(answer["ChecksumSHA256"], base64.b64encode(hashlib.sha256(content).digest()).decode())
        self.assertEqual(s3.get_object(Bucket="bodies", Key="https", ChecksumMode="ENABLED")["Body"].read(), content)


class S3Addressing(FrontDoor):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.emulator.client("s3")
        cls.s3.create_bucket(Bucket="addressed")
        make_public(cls.s3, "addressed")
        cls.s3.put_object(Bucket="addressed", Key="a/b c.txt", Body=b"content")

    def fetch(self, url):
        """Through 127.0.0.1 whatever the URL's host is; (status, body)."""
        parts = urllib.parse.urlsplit(url)
        target = parts.path + ("?" + parts.query if parts.query else "")
        answer = send(self.emulator, "GET", target, host=parts.netloc)
        return answer.status, answer.body

    def test_path_and_virtual_host_style(self):
        port = self.emulator.port
        for url in (
            f"http://localhost:{port}/addressed/a/b%20c.txt",
            f"http://127.0.0.1:{port}/addressed/a/b%20c.txt",
            f"http://s3.localhost:{port}/addressed/a/b%20c.txt",
            f"http://addressed.s3.localhost:{port}/a/b%20c.txt",
            f"http://addressed.s3.us-east-1.localhost:{port}/a/b%20c.txt",
            "http://addressed.s3.amazonaws.com/a/b%20c.txt",
            "http://addressed.s3.us-east-1.amazonaws.com/a/b%20c.txt",
            "http://s3.us-east-1.amazonaws.com/addressed/a/b%20c.txt",
            f"http://addressed.s3.localhost.localstack.cloud:{port}/a/b%20c.txt",
        ):
            with self.subTest(url):
                self.assertEqual(self.fetch(url), (200, b"content"))

    def test_boto3_in_both_styles(self):
        for style in ("path", "virtual"):
            with self.subTest(style):
                client = boto3.client(
                    "s3",
                    endpoint_url=f"http://s3.localhost:{self.emulator.port}" if style == "virtual" else self.emulator.url,
                    region_name="us-east-1",
                    aws_access_key_id="test",
                    aws_secret_access_key="test",
                    config=Config(s3={"addressing_style": style}),
                )
                url = client.generate_presigned_url("get_object", Params={"Bucket": "addressed", "Key": "a/b c.txt"})
                self.assertEqual("//addressed." in url, style == "virtual")
                self.assertEqual(self.fetch(url), (200, b"content"))

    def presigned(self, version, seconds, operation="get_object", **parameters):
        client = boto3.client(
            "s3",
            endpoint_url=self.emulator.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(signature_version=version, s3={"addressing_style": "path"}),
        )
        return client.generate_presigned_url(operation, Params={"Bucket": "addressed", "Key": "a/b c.txt", **parameters}, ExpiresIn=seconds)

    def test_presigned_urls_are_good_until_they_expire(self):
        for version in ("s3v4", "s3"):
            with self.subTest(version):
                self.assertEqual(self.fetch(self.presigned(version, 300)), (200, b"content"))
                status, body = self.fetch(self.presigned(version, -300) if version == "s3" else self.presigned_long_ago())
                self.assertEqual((status, text_of(body, "Code")), (403, "AccessDenied"), body)
                self.assertEqual(text_of(body, "Message"), "Request has expired")

    def presigned_long_ago(self):
        url = self.presigned("s3v4", 300)
        date = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["X-Amz-Date"][0]
        return url.replace(f"X-Amz-Date={date}", "X-Amz-Date=20200101T000000Z")

    def test_presigned_overrides_and_uploads(self):
        url = self.presigned("s3v4", 300, ResponseContentType="text/teapot")
        parts = urllib.parse.urlsplit(url)
        answer = send(self.emulator, "GET", f"{parts.path}?{parts.query}")
        self.assertEqual(answer.headers["Content-Type"], "text/teapot")
        parts = urllib.parse.urlsplit(self.presigned("s3v4", 300, "put_object", Key="uploaded"))
        self.assertEqual(send(self.emulator, "PUT", f"{parts.path}?{parts.query}", body=b"up").status, 200)
        self.assertEqual(self.s3.get_object(Bucket="addressed", Key="uploaded")["Body"].read(), b"up")

    def test_broken_presigned_urls(self):
        good = self.presigned("s3v4", 300)
        for what, url in {
            "no signature": good.replace("X-Amz-Signature", "X-Amz-Nothing"),
            "no number": good.replace("X-Amz-Expires=300", "X-Amz-Expires=soon"),
            "more than a week": good.replace("X-Amz-Expires=300", "X-Amz-Expires=700000"),
            "broken credential": good.replace("aws4_request", "aws5_request"),
            "broken date": good.replace("X-Amz-Date=", "X-Amz-Date=yesterday"),
            "other algorithm": good.replace("AWS4-HMAC-SHA256", "AWS9-ROT13"),
        }.items():
            with self.subTest(what):
                status, body = self.fetch(url)
                self.assertEqual((status, text_of(body, "Code")), (400, "AuthorizationQueryParametersError"), body)

    def test_presigned_urls_of_other_services_expire_too(self):
        query = urllib.parse.urlencode(
            {
                "Action": "GetCallerIdentity",
                "Version": "2011-06-15",
                "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
                "X-Amz-Credential": "test/20200101/us-east-1/sts/aws4_request",
                "X-Amz-Date": "20200101T000000Z",
                "X-Amz-Expires": "60",
                "X-Amz-SignedHeaders": "host",
                "X-Amz-Signature": "0" * 64,
            }
        )
        answer = send(self.emulator, "GET", f"/?{query}")
        self.assertEqual(answer.status, 403, answer)


if __name__ == "__main__":
    unittest.main()
