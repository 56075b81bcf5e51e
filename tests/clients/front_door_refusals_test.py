"""What the front door answers to requests that are wrong, in every protocol and in HTTP itself. It serves others meanwhile and afterwards."""

import pathlib
import sys
import threading
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))

from front_door_case import FrontDoor, text_of  # noqa: E402
from wire import authorization, cbor, connected, form, head, raw, read_answer, send, signed, uncbor  # noqa: E402


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
        # A flood of other tests' refusals may have been thinned out: a line of its own says so when it is over.
        time.sleep(1.1)
        self.answer_or_close(b"nonsense\r\n\r\n")
        before = len(self.log_lines())
        self.answer_or_close(b"nonsense\r\n\r\n")
        headers = {**signed("monitoring"), "Content-Type": "application/x-amz-json-1.0"}
        target = {"X-Amz-Target": "GraniteServiceVersion20100801.Two\\nLines"}
        send(self.emulator, "POST", "/", {**headers, **target}, "{}")
        send(self.emulator, "POST", "/2013-04-01/hostedzone", signed("route53"), "<a>\nwrong\n\x1b[31m</b>")
        form(self.emulator, "sns", {"Action": "Two\nLines" + "x" * 5000, "Version": "2010-03-31"})
        send(self.emulator, "PUT", "/Not_A_Bucket", signed("s3"))
        lines = self.log_lines()[before:]
        self.assertEqual(len(lines), 5, lines)
        for line in lines:
            self.assertRegex(line, r"^20\d\d-\d\d-\d\dT[\d:.]+Z info \S+ ")
            self.assertLess(len(line), 1200)

    def log_lines(self):
        with open(self.emulator.log_path) as log:
            return log.readlines()

    def test_a_flood_of_refusals_does_not_fill_the_log(self):
        time.sleep(1.1)
        before = len(self.log_lines())
        for _ in range(200):
            self.answer_or_close(b"nonsense\r\n\r\n")
        time.sleep(1.1)
        self.answer_or_close(b"nonsense\r\n\r\n")
        lines = self.log_lines()[before:]
        self.assertLess(len(lines), 100)
        self.assertTrue(any(line.endswith("lines like these were left out\n") for line in lines), lines)

    def test_http_refusals_have_request_ids(self):
        for octets in (b"nonsense\r\n\r\n", b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"):
            answer = raw(self.emulator, octets)
            self.assertRegex(answer.headers["x-amzn-RequestId"], r"^[0-9a-f-]{36}$")
            self.assertEqual(answer.headers["x-amz-request-id"], answer.headers["x-amzn-RequestId"])

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
