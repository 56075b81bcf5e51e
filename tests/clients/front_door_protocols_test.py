"""The front door with real clients and by hand: every protocol, body coding and account, and who may see what."""

import gzip
import pathlib
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))

from botocore.exceptions import ClientError  # noqa: E402
from front_door_case import FrontDoor, local_names, text_of  # noqa: E402
from reference.emulator import make_public  # noqa: E402
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
        answer = send(self.emulator, "GET", "/some-bucket/some-key?torrent", signed("s3"))
        self.assertEqual(answer.status, 501, answer)
        self.assertEqual(text_of(answer.body, "Code"), "NotImplemented")
        self.assertIn(b"GetObjectTorrent", answer.body)

    def test_unknown_operations_and_services_with_boto3(self):
        with self.assertRaises(ClientError) as caught:
            self.emulator.client("ec2").describe_spot_price_history()
        self.assertEqual(caught.exception.response["Error"]["Code"], "NotImplemented")
        self.assertIn("DescribeSpotPriceHistory", caught.exception.response["Error"]["Message"])
        for service, call, name in (
            ("route53", lambda it: it.enable_hosted_zone_dnssec(HostedZoneId="Z123"), "EnableHostedZoneDNSSEC"),
            ("cloudfront", lambda it: it.list_key_groups(), "ListKeyGroups"),
        ):
            with self.subTest(service), self.assertRaises(ClientError) as caught:
                call(self.emulator.client(service))
            self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 501)
            self.assertIn(f"The operation {name} of {service} is not emulated", caught.exception.response["Error"]["Message"])
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
        answer = send(self.emulator, "GET", "/anonymous/key")
        self.assertEqual((answer.status, text_of(answer.body, "Code")), (403, "AccessDenied"))
        make_public(self.emulator.client("s3"), "anonymous")
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


if __name__ == "__main__":
    unittest.main()
