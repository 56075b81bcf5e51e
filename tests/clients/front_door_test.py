"""The front door with real clients and by hand: every protocol, body coding and way to sign, who may see what, and what is answered to
requests that are wrong. After everything that is wrong the server still serves others."""

import base64
import datetime
import gzip
import hashlib
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))

import boto3  # noqa: E402
import botocore  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from reference.emulator import Emulator  # noqa: E402
from wire import (  # noqa: E402
    Tagged,
    authorization,
    cbor,
    chunked,
    connected,
    form,
    head,
    raw,
    read_answer,
    send,
    signed,
    uncbor,
)

IS_NEWER_BOTO3 = tuple(map(int, botocore.__version__.split(".")[:2])) >= (1, 36)


def local_names(document):
    """The names of all elements without their namespaces."""
    return [element.tag.rpartition("}")[2] for element in ET.fromstring(document).iter()]


def text_of(document, name):
    return next(element.text for element in ET.fromstring(document).iter() if element.tag.rpartition("}")[2] == name)


class FrontDoor(unittest.TestCase):
    """One emulator for all tests of a class; a failing test shows the end of its log."""

    arguments = ()

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.authority = folder.name
        cls.emulator = Emulator("--ca", cls.authority, *cls.arguments).start()
        cls.addClassCleanup(cls.emulator.stop)

    def setUp(self):
        self.addCleanup(self.assert_serving)

    def assert_serving(self):
        self.assertEqual(self.emulator.page("/_diorama/health")["services"]["s3"], "running")

    def bucket(self, name):
        self.emulator.client("s3").create_bucket(Bucket=name)
        return name


class Protocols(FrontDoor):
    def test_query_finds_the_action_anywhere_in_a_large_form(self):
        filler = {f"Filler.member.{n}": "x" * 1000 for n in range(300)}
        answer = form(self.emulator, "sts", {**filler, "Version": "2011-06-15", "Action": "GetCallerIdentity"})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(text_of(answer.body, "Account"), "000000000000")
        self.assertEqual(text_of(answer.body, "RequestId"), answer.headers["x-amzn-RequestId"])

    def test_query_parameters_may_stand_in_the_url(self):
        answer = send(self.emulator, "GET", "/?Action=GetCallerIdentity&Version=2011-06-15", signed("sts"))
        self.assertEqual(text_of(answer.body, "Account"), "000000000000")

    def test_query_without_a_signature_is_recognised_by_its_version_and_action(self):
        answer = send(
            self.emulator,
            "POST",
            "/",
            {"Content-Type": "application/x-www-form-urlencoded"},
            "Version=2011-06-15&Action=GetCallerIdentity",
        )
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(local_names(answer.body)[0], "GetCallerIdentityResponse")

    def test_query_errors_are_error_responses(self):
        answer = form(self.emulator, "sns", {"Action": "DeleteTopic", "Version": "2010-03-31"})
        self.assertEqual(answer.status, 400, answer)
        self.assertEqual(local_names(answer.body)[:4], ["ErrorResponse", "Error", "Type", "Code"])
        self.assertEqual(text_of(answer.body, "RequestId"), answer.request_id)

    def test_ec2_answers_and_errors(self):
        answer = form(self.emulator, "ec2", {"Action": "DescribeRegions", "Version": "2016-11-15"})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(local_names(answer.body)[:2], ["DescribeRegionsResponse", "requestId"])
        answer = form(
            self.emulator,
            "ec2",
            {"Action": "DescribeInstances", "Version": "2016-11-15", "InstanceId.1": "i-0123456789abcdef0"},
        )
        self.assertEqual(answer.status, 400, answer)
        self.assertEqual(local_names(answer.body), ["Response", "Errors", "Error", "Code", "Message", "RequestID"])
        self.assertEqual(text_of(answer.body, "Code"), "InvalidInstanceID.NotFound")

    def test_rest_xml_answers_and_errors(self):
        answer = send(self.emulator, "GET", "/2013-04-01/hostedzone", signed("route53"))
        self.assertEqual(answer.status, 200, answer)
        self.assertIn("ListHostedZonesResponse", local_names(answer.body))
        self.assertTrue(answer.request_id)
        answer = send(self.emulator, "GET", "/2013-04-01/hostedzone/ZNOTHERE", signed("route53"))
        self.assertEqual(answer.status, 404, answer)
        self.assertEqual(text_of(answer.body, "Code"), "NoSuchHostedZone")
        self.assertEqual(local_names(answer.body)[0], "ErrorResponse")
        answer = send(self.emulator, "GET", "/2020-05-31/distribution/ENOTHERE", signed("cloudfront"))
        self.assertEqual((answer.status, text_of(answer.body, "Code")), (404, "NoSuchDistribution"), answer)

    def test_s3_errors_are_bare(self):
        answer = send(self.emulator, "GET", "/no-such-bucket-anywhere", signed("s3"))
        self.assertEqual(answer.status, 404, answer)
        self.assertEqual(local_names(answer.body)[:3], ["Error", "Code", "Message"])
        self.assertEqual(text_of(answer.body, "BucketName"), "no-such-bucket-anywhere")
        self.assertEqual(text_of(answer.body, "RequestId"), answer.headers["x-amz-request-id"])
        self.assertTrue(answer.headers["x-amz-id-2"])

    def json_call(self, operation, body, **more):
        headers = {
            **signed("monitoring"),
            "X-Amz-Target": f"GraniteServiceVersion20100801.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            **more,
        }
        return send(self.emulator, "POST", "/", headers, body)

    def cbor_call(self, operation, body, **more):
        headers = {**signed("monitoring"), "Smithy-Protocol": "rpc-v2-cbor", "Content-Type": "application/cbor", **more}
        return send(self.emulator, "POST", f"/service/GraniteServiceVersion20100801/operation/{operation}", headers, body)

    def test_json_answers_and_errors(self):
        answer = self.json_call("DescribeAlarms", "{}")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Content-Type"], "application/x-amz-json-1.0")
        self.assertEqual(answer.json()["MetricAlarms"], [])
        self.assertTrue(answer.request_id)
        answer = self.json_call("SetAlarmState", '{"AlarmName": "no", "StateValue": "OK", "StateReason": "why not"}')
        self.assertEqual(answer.status, 404, answer)
        self.assertTrue(answer.json()["__type"].endswith("ResourceNotFound"), answer)

    def test_cbor_answers_and_errors(self):
        now = Tagged(1, float(int(time.time())))
        datum = {"MetricName": "Teapots", "Value": 3.5, "Timestamp": now, "Dimensions": [{"Name": "Kind", "Value": "cbor"}]}
        answer = self.cbor_call("PutMetricData", cbor({"Namespace": "Tea/Room", "MetricData": [datum]}))
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Smithy-Protocol"], "rpc-v2-cbor")
        self.assertTrue(answer.request_id)
        answer = self.cbor_call("ListMetrics", cbor({"Namespace": "Tea/Room"}))
        self.assertEqual(answer.headers["Content-Type"], "application/cbor")
        self.assertEqual(uncbor(answer.body)["Metrics"][0]["MetricName"], "Teapots")
        answer = self.cbor_call("SetAlarmState", cbor({"AlarmName": "no", "StateValue": "OK", "StateReason": "why not"}))
        self.assertEqual(answer.status, 404, answer)
        self.assertTrue(uncbor(answer.body)["__type"].endswith("ResourceNotFound"), uncbor(answer.body))

    def test_the_three_protocols_of_cloudwatch_see_the_same(self):
        client = self.emulator.client("cloudwatch", account="123456789012")
        client.put_metric_data(Namespace="Shared", MetricData=[{"MetricName": "M", "Value": 1}])
        scope = {"account": "123456789012"}
        by_query = form(self.emulator, "monitoring", {"Action": "ListMetrics", "Version": "2010-08-01", "Namespace": "Shared"}, **scope)
        self.assertIn(b"<MetricName>M</MetricName>", by_query.body)
        signature = {"Authorization": authorization("monitoring", account="123456789012")}
        by_json = self.json_call("ListMetrics", '{"Namespace": "Shared"}', **signature)
        self.assertEqual([metric["MetricName"] for metric in by_json.json()["Metrics"]], ["M"])
        by_cbor = self.cbor_call("ListMetrics", cbor({"Namespace": "Shared"}), **signature)
        self.assertEqual([metric["MetricName"] for metric in uncbor(by_cbor.body)["Metrics"]], ["M"])
        self.assertEqual([metric["MetricName"] for metric in client.list_metrics(Namespace="Shared")["Metrics"]], ["M"])

    def test_cloudwatch_with_boto3_sends_many_data_compressed(self):
        # Newer clients compress PutMetricData of more than 10 KiB.
        client = self.emulator.client("cloudwatch")
        data = [{"MetricName": f"Metric{n}", "Value": n, "Dimensions": [{"Name": "Long", "Value": "v" * 100}]} for n in range(300)]
        client.put_metric_data(Namespace="Compressed", MetricData=data)
        found = set()
        for page in client.get_paginator("list_metrics").paginate(Namespace="Compressed"):
            found |= {metric["MetricName"] for metric in page["Metrics"]}
        self.assertEqual(found, {f"Metric{n}" for n in range(300)})

    def test_unknown_operations_are_named_in_every_protocol(self):
        calls = {
            "query": (form(self.emulator, "sns", {"Action": "FlyToTheMoon", "Version": "2010-03-31"}), "sns"),
            "ec2": (form(self.emulator, "ec2", {"Action": "FlyToTheMoon", "Version": "2016-11-15"}), "ec2"),
            "json": (self.json_call("FlyToTheMoon", "{}"), "cloudwatch"),
            "cbor": (self.cbor_call("FlyToTheMoon", cbor({})), "cloudwatch"),
        }
        for protocol, (answer, service) in calls.items():
            with self.subTest(protocol):
                self.assertEqual(answer.status, 501, answer)
                self.assertTrue(answer.request_id)
                for word in (b"NotImplemented", b"FlyToTheMoon", service.encode()):
                    self.assertIn(word, answer.body)
        answer = send(self.emulator, "GET", "/2013-04-01/moonflight", signed("route53"))
        self.assertEqual(answer.status, 501, answer)
        self.assertIn(b"NotImplemented", answer.body)
        self.assertIn(b"route53", answer.body)
        answer = send(self.emulator, "GET", "/some-bucket?accelerate", signed("s3"))
        self.assertEqual(answer.status, 501, answer)
        self.assertEqual(text_of(answer.body, "Code"), "NotImplemented")
        self.assertIn(b"GetBucketAccelerateConfiguration", answer.body)

    def test_unknown_operations_and_services_with_boto3(self):
        with self.assertRaises(ClientError) as caught:
            self.emulator.client("ec2").describe_spot_price_history()
        self.assertEqual(caught.exception.response["Error"]["Code"], "NotImplemented")
        self.assertIn("DescribeSpotPriceHistory", caught.exception.response["Error"]["Message"])
        for service, call in (("sqs", lambda it: it.list_queues()), ("lambda", lambda it: it.list_functions())):
            with self.subTest(service), self.assertRaises(ClientError) as caught:
                call(self.emulator.client(service))
            self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 501)
            self.assertIn(service, str(caught.exception.response["Error"]))

    def test_every_answer_has_a_request_id_of_its_own(self):
        answers = [form(self.emulator, "sts", {"Action": "GetCallerIdentity", "Version": "2011-06-15"}) for _ in range(3)]
        answers += [send(self.emulator, "GET", "/", signed("s3")) for _ in range(3)]
        answers += [send(self.emulator, "GET", "/2020-05-31/distribution", signed("cloudfront"))]
        answers += [form(self.emulator, "nothing", {"Action": "What"})]
        self.assertEqual(len({answer.request_id for answer in answers} - {None}), len(answers))


class Bodies(FrontDoor):
    ACTION = b"Action=GetCallerIdentity&Version=2011-06-15"

    def post(self, framing, *pieces, **more):
        headers = {**signed("sts"), "Content-Type": "application/x-www-form-urlencoded", **framing}
        return raw(self.emulator, head("POST", "/", headers), *pieces, method="POST", **more)

    def test_chunked_requests(self):
        answer = self.post({"Transfer-Encoding": "chunked"}, chunked(self.ACTION[:7], self.ACTION[7:]))
        self.assertEqual(text_of(answer.body, "Account"), "000000000000")

    def test_chunks_that_come_byte_by_byte(self):
        octets = [bytes([octet]) for octet in chunked(self.ACTION[:7], self.ACTION[7:])]
        answer = self.post({"Transfer-Encoding": "chunked"}, *octets)
        self.assertEqual(text_of(answer.body, "Account"), "000000000000")

    def test_gzip_requests(self):
        body = gzip.compress(self.ACTION)
        answer = self.post({"Content-Encoding": "gzip", "Content-Length": len(body)}, body)
        self.assertEqual(text_of(answer.body, "Account"), "000000000000")
        answer = self.post({"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}, chunked(body[:5], body[5:]))
        self.assertEqual(text_of(answer.body, "Account"), "000000000000")

    def test_broken_gzip_is_refused(self):
        for body in (b"this is not gzip", gzip.compress(self.ACTION)[:-6], gzip.compress(self.ACTION) + b"more"):
            answer = self.post({"Content-Encoding": "gzip", "Content-Length": len(body)}, body)
            self.assertEqual(answer.status, 400, (body, answer))

    def test_a_gzip_bomb_is_refused(self):
        body = gzip.compress(b"x" * 50_000_000)
        answer = self.post({"Content-Encoding": "gzip", "Content-Length": len(body)}, body)
        self.assertEqual(answer.status, 400, answer)

    def test_an_oversized_body_is_refused_without_reading_it(self):
        answer = self.post({"Content-Length": 10_000_000_000})
        self.assertEqual(answer.status, 413, answer)

    def test_continue_is_said_at_once(self):
        for service, target, body in (("sts", "/", self.ACTION), ("s3", "/expectations/key", b"content")):
            if service == "s3":
                self.bucket("expectations")
            method = "PUT" if service == "s3" else "POST"
            headers = {**signed(service), "Content-Length": len(body), "Expect": "100-continue"}
            if service == "sts":
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            with self.subTest(service), connected(self.emulator) as sock:
                began = time.monotonic()
                sock.sendall(head(method, target, headers))
                interim = b""
                while b"\r\n\r\n" not in interim:
                    interim += sock.recv(1)
                self.assertEqual(interim, b"HTTP/1.1 100 Continue\r\n\r\n")
                self.assertLess(time.monotonic() - began, 0.5)
                sock.sendall(body)
                self.assertEqual(read_answer(sock, method).status, 200)

    def test_continue_is_not_said_when_the_request_is_refused_anyway(self):
        headers = {**signed("s3"), "Content-Length": 5, "Expect": "100-continue"}
        answer = raw(self.emulator, head("PUT", "/no-such-bucket-here/key", headers), method="PUT")
        self.assertEqual(answer.status, 404, answer)

    def test_several_requests_on_one_connection_and_pipelined(self):
        request = head("GET", "/?Action=GetCallerIdentity&Version=2011-06-15", signed("sts"))
        with connected(self.emulator) as sock:
            sock.sendall(request * 5)
            buffered = sock.makefile("rb")

            class Wire:
                @staticmethod
                def makefile(_):
                    return NotClosing(buffered)

            ids = {read_answer(Wire()).request_id for _ in range(5)}
        self.assertEqual(len(ids), 5)


class NotClosing:
    """A file that http.client may close without closing the connection's."""

    def __init__(self, file):
        self.file = file

    def __getattr__(self, name):
        return getattr(self.file, name)

    def close(self):
        pass

    def flush(self):
        pass


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


def certificate_of(test):
    """A file with what `diorama ca` prints."""
    printed = subprocess.run([test.emulator.binary, "ca", "--ca", test.authority], capture_output=True, check=True).stdout
    test.assertTrue(printed.startswith(b"-----BEGIN CERTIFICATE-----"), printed)
    path = pathlib.Path(test.authority) / "printed.pem"
    path.write_bytes(printed)
    return str(path)


class TLS(FrontDoor):
    def test_curl_verifies_names_of_all_kinds_on_the_shared_port(self):
        certificate = certificate_of(self)
        for host in ("localhost", "some-bucket.s3.localhost", "www.example.com"):
            with self.subTest(host):
                url = f"https://{host}:{self.emulator.port}/_diorama/health"
                resolve = f"{host}:{self.emulator.port}:127.0.0.1"
                command = ["curl", "-sS", "--max-time", "10", "--cacert", certificate, "--resolve", resolve, "-o", "/dev/null", "-w", "%{http_code}", url]
                self.assertEqual(subprocess.run(command, capture_output=True, text=True).stdout != "000", True, host)
        refused = subprocess.run(["curl", "-sS", f"https://localhost:{self.emulator.port}/_diorama/health"], capture_output=True)
        self.assertEqual(refused.returncode, 60)

    def test_an_address_is_verified_too(self):
        context = ssl.create_default_context(cafile=certificate_of(self))
        with urllib.request.urlopen(f"https://127.0.0.1:{self.emulator.port}/_diorama/health", context=context, timeout=10) as answer:
            self.assertEqual(answer.status, 200)

    def test_boto3_verifies(self):
        options = dict(region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        client = boto3.client("sts", endpoint_url=f"https://localhost:{self.emulator.port}", verify=certificate_of(self), **options)
        self.assertEqual(client.get_caller_identity()["Account"], "000000000000")

    def test_the_authority_stays_the_same(self):
        first = pathlib.Path(certificate_of(self)).read_bytes()
        with Emulator("--ca", self.authority) as second:
            context = ssl.create_default_context(cafile=certificate_of(self))
            with urllib.request.urlopen(f"https://localhost:{second.port}/_diorama/health", context=context, timeout=10) as answer:
                self.assertEqual(answer.status, 200)
        self.assertEqual(pathlib.Path(certificate_of(self)).read_bytes(), first)

    def test_bytes_that_are_neither_tls_nor_http(self):
        for octets in (b"\x16\x03\x01\xff\xff" + b"\xff" * 200, b"\x16\x03\x01\x00\x05hello", b"\x16", b"\x80\x2e\x01\x00\x02"):
            with connected(self.emulator) as sock:
                sock.sendall(octets)
                sock.shutdown(1)
                with_answer = b""
                try:
                    while piece := sock.recv(4096):
                        with_answer += piece
                except ConnectionResetError:
                    pass
                self.assertNotIn(b"200 OK", with_answer)


class S3Addressing(FrontDoor):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.emulator.client("s3")
        cls.s3.create_bucket(Bucket="addressed")
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


class Accounts(FrontDoor):
    def test_twelve_digits_select_the_account(self):
        for key, account in (("123456789012", "123456789012"), ("AKIAIOSFODNN7EXAMPLE", "000000000000"), ("12345678901", "000000000000")):
            identity = self.emulator.client("sts", account=key).get_caller_identity()
            self.assertEqual(identity["Account"], account)
            self.assertIn(f"::{account}:", identity["Arn"])

    def test_accounts_and_regions_see_their_own(self):
        places = [("111111111111", "us-east-1"), ("111111111111", "eu-west-1"), ("222222222222", "us-east-1")]
        for number, (account, region) in enumerate(places):
            self.emulator.client("sns", region, account).create_topic(Name=f"topic-{number}")
            ec2 = self.emulator.client("ec2", region, account)
            ec2.create_launch_template(LaunchTemplateName=f"template-{number}", LaunchTemplateData={"InstanceType": "t3.micro"})
            vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
            self.emulator.client("elbv2", region, account).create_target_group(Name=f"group-{number}", Protocol="HTTP", Port=80, VpcId=vpc)
            self.emulator.client("cloudwatch", region, account).put_metric_data(
                Namespace="Own", MetricData=[{"MetricName": f"Metric{number}", "Value": 1}]
            )
        for number, (account, region) in enumerate(places):
            with self.subTest(account=account, region=region):
                client = lambda service: self.emulator.client(service, region, account)
                topics = [topic["TopicArn"] for topic in client("sns").list_topics()["Topics"]]
                self.assertEqual(topics, [f"arn:aws:sns:{region}:{account}:topic-{number}"])
                templates = client("ec2").describe_launch_templates()["LaunchTemplates"]
                self.assertEqual([template["LaunchTemplateName"] for template in templates], [f"template-{number}"])
                groups = client("elbv2").describe_target_groups()["TargetGroups"]
                self.assertEqual([group["TargetGroupName"] for group in groups], [f"group-{number}"])
                metrics = client("cloudwatch").list_metrics(Namespace="Own")["Metrics"]
                self.assertEqual([metric["MetricName"] for metric in metrics], [f"Metric{number}"])

    def test_global_services_are_of_the_account_in_every_region(self):
        self.emulator.client("route53", "us-east-1", "333333333333").create_hosted_zone(Name="example.org", CallerReference="1")
        zones = lambda account, region: self.emulator.client("route53", region, account).list_hosted_zones()["HostedZones"]
        self.assertEqual([zone["Name"] for zone in zones("333333333333", "eu-west-1")], ["example.org."])
        self.assertEqual(zones("444444444444", "us-east-1"), [])

    def test_buckets_belong_to_accounts_but_their_names_are_everybodys(self):
        self.emulator.client("s3", account="555555555555").create_bucket(Bucket="belongs-to-five")
        names = lambda account: [bucket["Name"] for bucket in self.emulator.client("s3", account=account).list_buckets()["Buckets"]]
        self.assertIn("belongs-to-five", names("555555555555"))
        self.assertNotIn("belongs-to-five", names("666666666666"))
        with self.assertRaises(ClientError) as caught:
            self.emulator.client("s3", account="666666666666").create_bucket(Bucket="belongs-to-five")
        self.assertEqual(caught.exception.response["Error"]["Code"], "BucketAlreadyExists")

    def test_anonymous_requests(self):
        self.bucket("anonymous")
        self.emulator.client("s3").put_object(Bucket="anonymous", Key="key", Body=b"for all")
        self.assertEqual(send(self.emulator, "GET", "/anonymous/key").body, b"for all")
        answer = send(self.emulator, "GET", "/2013-04-01/hostedzone")
        self.assertEqual((answer.status, local_names(answer.body)[0]), (200, "ListHostedZonesResponse"), answer)
        answer = send(
            self.emulator,
            "POST",
            "/",
            {"X-Amz-Target": "GraniteServiceVersion20100801.DescribeAlarms", "Content-Type": "application/x-amz-json-1.0"},
            "{}",
        )
        self.assertEqual(answer.status, 200, answer)
        answer = send(self.emulator, "POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, "Action=DescribeVpcs", host="ec2.us-east-1.amazonaws.com")
        self.assertEqual((answer.status, local_names(answer.body)[0]), (200, "DescribeVpcsResponse"), answer)


class BadRequests(FrontDoor):
    def code(self, answer):
        return text_of(answer.body, "Code")

    def test_broken_signatures(self):
        action = "Action=GetCallerIdentity&Version=2011-06-15"
        whole = authorization("sts")
        for what, value in {
            "no signature": whole.rpartition(",")[0],
            "no credential": "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=00",
            "nothing": "AWS4-HMAC-SHA256",
            "a short scope": whole.replace("/us-east-1/sts/aws4_request", "/sts"),
        }.items():
            for content_type in ("application/x-www-form-urlencoded",):
                with self.subTest(what):
                    headers = {"Authorization": value, "X-Amz-Date": "20260101T000000Z", "Content-Type": content_type}
                    answer = send(self.emulator, "POST", "/", headers, action)
                    self.assertEqual((answer.status, self.code(answer)), (400, "IncompleteSignature"), answer)
        answer = send(self.emulator, "POST", "/", {"Authorization": whole, "Content-Type": "application/x-www-form-urlencoded"}, action)
        self.assertEqual((answer.status, self.code(answer)), (400, "IncompleteSignature"), answer)

    def test_broken_signatures_of_s3(self):
        answer = send(self.emulator, "GET", "/", {"Authorization": "AWS4-HMAC-SHA256 nonsense", "X-Amz-Date": "20260101T000000Z"}, host="s3.localhost")
        self.assertEqual((answer.status, self.code(answer)), (400, "AuthorizationHeaderMalformed"), answer)

    def test_malformed_xml(self):
        zone = '<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>example.net</Name><CallerReference>1'
        for body in (zone, "<a><b></a></b>", "not xml", "\0\0\0", "<?xml version='1.0'?>", "<" * 10_000, "<a>" * 50_000):
            answer = send(self.emulator, "POST", "/2013-04-01/hostedzone", {**signed("route53"), "Content-Type": "text/xml"}, body)
            self.assertEqual(answer.status, 400, (body[:40], answer))
            self.assertIn(self.code(answer), ("InvalidInput", "MalformedXML", "MalformedInput"), body[:40])

    def test_xml_entities_do_not_explode(self):
        entities = "".join(f'<!ENTITY e{n} "{"&e%d;" % (n - 1) * 10}">' for n in range(1, 12))
        body = f'<!DOCTYPE a [<!ENTITY e0 "ha">{entities}]><CreateHostedZoneRequest><Name>&e11;</Name></CreateHostedZoneRequest>'
        began = time.monotonic()
        answer = send(self.emulator, "POST", "/2013-04-01/hostedzone", signed("route53"), body)
        self.assertEqual(answer.status, 400, answer)
        self.assertLess(time.monotonic() - began, 2)

    def test_malformed_json(self):
        headers = {**signed("monitoring"), "Content-Type": "application/x-amz-json-1.0"}
        for operation, body in (
            ("DescribeAlarms", "{"),
            ("DescribeAlarms", "nonsense"),
            ("DescribeAlarms", "[1, 2]"),
            ("DescribeAlarms", '{"MaxRecords": "many"}'),
            ("DescribeAlarms", '{"MaxRecords": 1e400}'),
            ("DescribeAlarms", '{"MaxRecords": 99999999999999999999}'),
            ("DescribeAlarms", '{"AlarmNames": "one"}'),
            ("DescribeAlarms", '{"AlarmNames": [["one"]]}'),
            ("DescribeAlarms", '{"AlarmNames": [{"a": 1}]}'),
            ("DescribeAlarms", "[" * 100_000),
            ("DescribeAlarms", '{"a":' * 100_000),
            ("DescribeAlarms", b'{"AlarmNames": ["\xff\xfe"]}'),
            ("GetMetricStatistics", '{"Namespace": "N", "MetricName": "M", "Period": 60, "StartTime": "the day after", "EndTime": 5}'),
            ("GetMetricStatistics", '{"Namespace": "N", "MetricName": "M", "Period": 60, "StartTime": 1e300, "EndTime": 5, "Statistics": ["Sum"]}'),
        ):
            target = {"X-Amz-Target": f"GraniteServiceVersion20100801.{operation}"}
            answer = send(self.emulator, "POST", "/", {**headers, **target}, body)
            self.assertEqual(answer.status, 400, (body[:60], answer))
            self.assertTrue(answer.json()["__type"], answer)

    def test_malformed_cbor(self):
        headers = {**signed("monitoring"), "Smithy-Protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"}
        for body in (
            b"\xff",
            b"\xa1",
            b"\xbf",
            b"\x9b" + b"\xff" * 8,
            b"\x7b" + b"\x7f" + b"\xff" * 7 + b"abc",
            b"\x81" * 100_000,
            cbor([1, 2]),
            cbor("text"),
            cbor({"AlarmNames": "one"}),
            cbor({"MaxRecords": "many"}),
            cbor({"MaxRecords": 1 << 62}),
            cbor({"AlarmNames": [{"a": 1}]}),
            cbor({}) + b"more",
        ):
            answer = send(self.emulator, "POST", "/service/GraniteServiceVersion20100801/operation/DescribeAlarms", headers, body)
            self.assertEqual(answer.status, 400, (body[:60], answer))
            self.assertTrue(uncbor(answer.body)["__type"], answer)

    def test_wrong_types_and_impossible_dates_in_forms(self):
        statistics = {"Action": "GetMetricStatistics", "Version": "2010-08-01", "Namespace": "N", "MetricName": "M", "Statistics.member.1": "Sum"}
        times = {"StartTime": "2026-01-01T00:00:00Z", "EndTime": "2026-01-02T00:00:00Z", "Period": "60"}
        for wrong in (
            {"Period": "a minute"},
            {"Period": "99999999999999999999"},
            {"StartTime": "2026-02-30T00:00:00Z"},
            {"StartTime": "2026-13-01T00:00:00Z"},
            {"StartTime": "yesterday"},
            {"EndTime": ""},
            {"Statistics.member.1": "Summit"},
        ):
            answer = form(self.emulator, "monitoring", {**statistics, **times, **wrong})
            self.assertEqual(answer.status, 400, (wrong, answer))
            self.assertIn(self.code(answer), ("ValidationError", "MalformedInput", "InvalidParameterValue", "MissingParameter"), wrong)
        for broken in ("Dimensions.member.x.Name=a", "Dimensions.member.99999999999.Name=a", "Dimensions=5", "%", "%zz=%", "=" * 1000, "&" * 1000, "a.b.c.d." * 1000):
            body = urllib.parse.urlencode({**statistics, **times}) + "&" + broken
            headers = {**signed("monitoring"), "Content-Type": "application/x-www-form-urlencoded"}
            self.assertLess(send(self.emulator, "POST", "/", headers, body).status, 500, broken[:40])

    def test_missing_action_and_empty_requests(self):
        answer = form(self.emulator, "sns", {"Version": "2010-03-31"})
        self.assertEqual((answer.status, self.code(answer)), (400, "MissingAction"), answer)
        answer = send(self.emulator, "POST", "/", {**signed("sns"), "Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual((answer.status, self.code(answer)), (400, "MissingAction"), answer)


class BadHTTP(FrontDoor):
    def answer_or_close(self, octets):
        """The status, or None if the connection was closed without one."""
        with connected(self.emulator) as sock:
            try:
                sock.sendall(octets)
                sock.shutdown(1)
                first = sock.recv(65536)
            except (ConnectionResetError, BrokenPipeError):
                return None
            if not first:
                return None
            self.assertTrue(first.startswith(b"HTTP/1."), first[:100])
            return int(first.split(b" ")[1])

    def test_malformed_heads_are_refused_or_closed(self):
        for octets in (
            b"\r\n\r\n\r\n",
            b"\0\0\0\0\0\0\0\0\r\n\r\n",
            b"nonsense\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
            b"GET / HTTP/1.x\r\nHost: localhost\r\n\r\n",
            b"GET / HTTP/1.1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: localhost\r\nNoColon\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: localhost\r\nA: \0\r\n\r\n",
            b"GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"G\0T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: five\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
            b"\xff\xfe\xfd\xfc / HTTP/1.1\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ):
            with self.subTest(octets[:60]):
                status = self.answer_or_close(octets)
                self.assertTrue(status is None or 400 <= status < 506, status)
                self.assertNotEqual(status, 500)
                self.assert_serving()

    def test_what_was_refused_is_told_in_one_line_each(self):
        before = len(open(self.emulator.log_path).readlines())
        self.answer_or_close(b"nonsense\r\n\r\n")
        headers = {**signed("monitoring"), "Content-Type": "application/x-amz-json-1.0"}
        target = {"X-Amz-Target": "GraniteServiceVersion20100801.Two\\nLines"}
        send(self.emulator, "POST", "/", {**headers, **target}, "{}")
        send(self.emulator, "POST", "/2013-04-01/hostedzone", signed("route53"), "<a>\nwrong\n\x1b[31m</b>")
        form(self.emulator, "sns", {"Action": "Two\nLines" + "x" * 5000, "Version": "2010-03-31"})
        send(self.emulator, "PUT", "/Not_A_Bucket", signed("s3"))
        lines = open(self.emulator.log_path).readlines()[before:]
        self.assertEqual(len(lines), 5, lines)
        for line in lines:
            self.assertRegex(line, r"^20\d\d-\d\d-\d\dT[\d:.]+Z info \S+ ")
            self.assertLess(len(line), 1200)

    def test_huge_heads(self):
        long_line = b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
        long_header = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n"
        many_headers = b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 100) for n in range(5000)) + b"\r\n"
        for octets, statuses in ((long_line, (414, None)), (long_header, (431, None)), (many_headers, (431, None))):
            self.assertIn(self.answer_or_close(octets), statuses)

    def test_hosts_of_all_kinds(self):
        for host in ("", "[::1]", "a" * 5000, "..", "*", "local host", "%00", "localhost:99999999", "localhost:", "ex\xe4mple.com".encode("latin1").decode("latin1")):
            octets = b"GET / HTTP/1.1\r\nHost: " + host.encode("latin1") + b"\r\n\r\n"
            status = self.answer_or_close(octets)
            self.assertNotEqual(status, 500, host[:20])
        self.answer_or_close(b"GET / HTTP/1.1\r\n\r\n")
        self.answer_or_close(b"GET / HTTP/1.0\r\n\r\n")

    def test_odd_targets(self):
        for target in ("//", "/%", "/%zz", "/..", "/../../etc/passwd", "/a/%00", "*", "http://", "http:///", "http://[", "http://a:b:c/", "?", "/?" + "&" * 5000, "/?%=%"):
            for method in ("GET", "PUT", "DELETE", "OPTIONS"):
                octets = f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".encode()
                self.assertNotEqual(self.answer_or_close(octets), 500, (method, target[:20]))

    def test_a_client_that_trickles_harms_nobody(self):
        stop = threading.Event()
        request = head("PUT", "/trickle/key", {**signed("s3"), "Content-Length": 10_000}) + b"x" * 10_000

        def trickle():
            with connected(self.emulator, 30) as sock:
                for octet in request:
                    if stop.wait(0.005):
                        return
                    sock.sendall(bytes([octet]))

        threads = [threading.Thread(target=trickle, daemon=True) for _ in range(20)]
        for thread in threads:
            thread.start()
        for _ in range(50):
            began = time.monotonic()
            self.assert_serving()
            self.assertLess(time.monotonic() - began, 1)
        stop.set()
        for thread in threads:
            thread.join()

    def test_five_hundred_idle_connections_harm_nobody(self):
        import contextlib

        with contextlib.ExitStack() as stack:
            idle = [stack.enter_context(connected(self.emulator)) for _ in range(500)]
            for sock in idle[::2]:
                sock.sendall(b"GET / HTT")
            for _ in range(20):
                self.assert_serving()
            idle[0].sendall(b"P/1.1\r\nHost: localhost\r\nAuthorization: " + authorization("s3").encode() + b"\r\nX-Amz-Date: 20260101T000000Z\r\n\r\n")
            self.assertEqual(read_answer(idle[0]).status, 200)

    def test_a_client_that_never_reads_harms_nobody(self):
        self.bucket("unread")
        self.emulator.client("s3").put_object(Bucket="unread", Key="large", Body=b"x" * 20_000_000)
        before = self.emulator.resident_kib()
        request = head("GET", "/unread/large", signed("s3"))
        with connected(self.emulator) as first, connected(self.emulator) as second:
            for sock in (first, second):
                sock.sendall(request * 20)
            for _ in range(20):
                self.assert_serving()
            self.assertLess(self.emulator.resident_kib() - before, 60_000)


if __name__ == "__main__":
    unittest.main()
