"""Configurations of buckets that do something: events, access logs, request metrics, lifecycle, forms, tags by ARN."""

import json
import pathlib
import sys
import unittest
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))

import boto3  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from reference.emulator import Emulator, make_public, wait_for  # noqa: E402
from wire import send  # noqa: E402


class Buckets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator().start()
        cls.addClassCleanup(cls.emulator.stop)
        cls.s3 = cls.emulator.client("s3")

    def advance(self, span):
        request = urllib.request.Request(
            f"{self.emulator.url}/_diorama/clock", json.dumps({"advance": span}).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def letters(self):
        return self.emulator.page("/_diorama/mailbox")["letters"]

    def events(self):
        """The names of the events that were mailed, oldest first."""
        found = []
        for letter in reversed(self.letters()):
            if letter["subject"] == "Amazon S3 Notification":
                message = json.loads(letter["body"].splitlines()[0])
                found += [record["eventName"] for record in message.get("Records", [])] or [message["Event"]]
        return found

    def test_events_reach_a_topic(self):
        sns = self.emulator.client("sns")
        topic = sns.create_topic(Name="uploads")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
        letter = wait_for(lambda: [one for one in self.letters() if "token" in one], "the confirmation")[0]
        sns.confirm_subscription(TopicArn=topic, Token=letter["token"])
        self.s3.create_bucket(Bucket="watched")
        filters = {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".png"}]}}
        wanted = {"TopicArn": topic, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], "Filter": filters}
        self.s3.put_bucket_notification_configuration(Bucket="watched", NotificationConfiguration={"TopicConfigurations": [wanted]})
        kept = self.s3.get_bucket_notification_configuration(Bucket="watched")["TopicConfigurations"]
        self.assertEqual([one["TopicArn"] for one in kept], [topic])
        self.s3.put_object(Bucket="watched", Key="a.png", Body=b"x")
        self.s3.put_object(Bucket="watched", Key="a.txt", Body=b"x")
        self.s3.copy_object(Bucket="watched", Key="b.png", CopySource="watched/a.png")
        self.s3.delete_objects(Bucket="watched", Delete={"Objects": [{"Key": "a.png"}, {"Key": "a.txt"}], "Quiet": True})
        expected = ["s3:TestEvent", "ObjectCreated:Put", "ObjectCreated:Copy", "ObjectRemoved:Delete"]
        wait_for(lambda: self.events() == expected, "the events")
        with self.assertRaises(ClientError) as refused:
            wrong = {**wanted, "TopicArn": topic + "-none"}
            self.s3.put_bucket_notification_configuration(Bucket="watched", NotificationConfiguration={"TopicConfigurations": [wrong]})
        self.assertEqual(refused.exception.response["Error"]["Code"], "InvalidArgument")

    def test_access_logs_are_delivered(self):
        for name in ("logged", "logs-of-all"):
            self.s3.create_bucket(Bucket=name)
        let_in = {
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::logs-of-all/*",
        }
        self.s3.put_bucket_policy(Bucket="logs-of-all", Policy=json.dumps({"Version": "2012-10-17", "Statement": [let_in]}))
        where = {"LoggingEnabled": {"TargetBucket": "logs-of-all", "TargetPrefix": "logged/"}}
        self.s3.put_bucket_logging(Bucket="logged", BucketLoggingStatus=where)
        self.s3.put_object(Bucket="logged", Key="key", Body=b"hello")
        self.s3.get_object(Bucket="logged", Key="key")["Body"].read()
        self.advance("10m")
        found = wait_for(lambda: self.s3.list_objects_v2(Bucket="logs-of-all").get("Contents"), "the log")
        lines = self.s3.get_object(Bucket="logs-of-all", Key=found[0]["Key"])["Body"].read().decode()
        self.assertIn("REST.PUT.OBJECT key", lines)
        self.assertIn('REST.GET.OBJECT key "GET /logged/key HTTP/1.1" 200 - 5 5', lines)

    def test_request_metrics_by_filter(self):
        self.s3.create_bucket(Bucket="measured")
        self.s3.put_bucket_metrics_configuration(
            Bucket="measured", Id="docs", MetricsConfiguration={"Id": "docs", "Filter": {"Prefix": "docs/"}}
        )
        self.s3.put_object(Bucket="measured", Key="docs/a", Body=b"x" * 100)
        self.s3.put_object(Bucket="measured", Key="other", Body=b"x")
        self.s3.get_object(Bucket="measured", Key="docs/a")["Body"].read()
        cloudwatch = self.emulator.client("cloudwatch")
        dimensions = [{"Name": "BucketName", "Value": "measured"}, {"Name": "FilterId", "Value": "docs"}]

        def total(name):
            import datetime

            now = datetime.datetime.fromisoformat(self.emulator.page("/_diorama/clock")["now"].replace("Z", "+00:00"))
            hour = datetime.timedelta(hours=1)
            points = cloudwatch.get_metric_statistics(
                Namespace="AWS/S3", MetricName=name, Dimensions=dimensions, StartTime=now - hour, EndTime=now + hour, Period=60, Statistics=["Sum"]
            )["Datapoints"]
            return sum(point["Sum"] for point in points)

        wait_for(lambda: total("AllRequests") == 2, "the metrics")
        self.assertEqual((total("PutRequests"), total("GetRequests"), total("BytesUploaded"), total("BytesDownloaded")), (1, 1, 100, 100))

    def test_lifecycle_on_the_clock(self):
        self.s3.create_bucket(Bucket="ageing")
        self.s3.put_bucket_versioning(Bucket="ageing", VersioningConfiguration={"Status": "Enabled"})
        rules = [
            {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 1}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}},
            {"ID": "cold", "Status": "Enabled", "Filter": {"Prefix": "docs/"}, "Transitions": [{"Days": 4, "StorageClass": "GLACIER_IR"}]},
        ]
        self.s3.put_bucket_lifecycle_configuration(Bucket="ageing", LifecycleConfiguration={"Rules": rules})
        put = self.s3.put_object(Bucket="ageing", Key="logs/a", Body=b"x")
        self.assertIn('rule-id="old"', put["Expiration"])
        self.s3.put_object(Bucket="ageing", Key="docs/a", Body=b"x" * 200_000)
        self.advance("3d")
        versions = self.s3.list_object_versions(Bucket="ageing", Prefix="logs/")
        self.assertEqual([marker["IsLatest"] for marker in versions.get("DeleteMarkers", [])], [True])
        self.advance("3d")
        versions = self.s3.list_object_versions(Bucket="ageing", Prefix="logs/")
        self.assertEqual((versions.get("Versions", []), versions.get("DeleteMarkers", [])), ([], []))
        self.assertEqual(self.s3.head_object(Bucket="ageing", Key="docs/a")["StorageClass"], "GLACIER_IR")

    def test_a_presigned_form(self):
        self.s3.create_bucket(Bucket="forms")
        made = self.s3.generate_presigned_post(
            "forms", "up/${filename}", Fields={"acl": "bucket-owner-full-control"}, Conditions=[{"acl": "bucket-owner-full-control"}, ["content-length-range", 1, 100]]
        )

        def submit(content):
            edge = "----edge"
            body = b"".join(
                f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in made["fields"].items()
            )
            body += f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="cat.txt"\r\nContent-Type: text/plain\r\n\r\n'.encode()
            body += content + f"\r\n--{edge}--\r\n".encode()
            return send(self.emulator, "POST", "/forms", {"Content-Type": f"multipart/form-data; boundary={edge}"}, body)

        answer = submit(b"meow")
        self.assertEqual(answer.status, 204, answer)
        got = self.s3.get_object(Bucket="forms", Key="up/cat.txt")
        self.assertEqual((got["Body"].read(), got["ContentType"]), (b"meow", "text/plain"))
        self.assertIn(b"EntityTooLarge", submit(b"x" * 101).body)

    def test_a_stack_with_a_bucket(self):
        bucket = {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "BucketName": "of-a-stack",
                "VersioningConfiguration": {"Status": "Enabled"},
                "CorsConfiguration": {"CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
                "LifecycleConfiguration": {"Rules": [{"Id": "old", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}]},
                "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
                "PublicAccessBlockConfiguration": {"BlockPublicAcls": "true"},
            },
        }
        cloudformation = self.emulator.client("cloudformation")
        stack = lambda: cloudformation.describe_stacks(StackName="buckets")["Stacks"][0]["StackStatus"]
        cloudformation.create_stack(StackName="buckets", TemplateBody=json.dumps({"Resources": {"Bucket": bucket}}))
        wait_for(lambda: stack() == "CREATE_COMPLETE", "the stack")
        self.assertEqual(self.s3.get_bucket_versioning(Bucket="of-a-stack")["Status"], "Enabled")
        self.assertEqual(self.s3.get_bucket_lifecycle_configuration(Bucket="of-a-stack")["Rules"][0]["ID"], "old")
        self.assertEqual(self.s3.get_bucket_cors(Bucket="of-a-stack")["CORSRules"][0]["AllowedOrigins"], ["*"])
        self.assertFalse(self.s3.get_public_access_block(Bucket="of-a-stack")["PublicAccessBlockConfiguration"]["BlockPublicPolicy"])
        del bucket["Properties"]["CorsConfiguration"], bucket["Properties"]["VersioningConfiguration"]
        cloudformation.update_stack(StackName="buckets", TemplateBody=json.dumps({"Resources": {"Bucket": bucket}}))
        wait_for(lambda: stack() == "UPDATE_COMPLETE", "the update")
        self.assertEqual(self.s3.get_bucket_versioning(Bucket="of-a-stack")["Status"], "Suspended")
        with self.assertRaises(ClientError) as missing:
            self.s3.get_bucket_cors(Bucket="of-a-stack")
        self.assertEqual(missing.exception.response["Error"]["Code"], "NoSuchCORSConfiguration")
        cloudformation.delete_stack(StackName="buckets")

    def test_tags_and_blocks_by_s3_control(self):
        control = boto3.client(
            "s3control",
            endpoint_url=self.emulator.url,
            region_name="us-east-1",
            aws_access_key_id="777777777777",
            aws_secret_access_key="test",
        )
        self.addCleanup(control.close)

        # Not every system finds an address for "777777777777.localhost".
        def by_address(request, **_):
            request.headers["Host"] = urllib.parse.urlsplit(request.url).netloc
            request.url = request.url.replace("777777777777.localhost", "127.0.0.1", 1)

        control.meta.events.register("before-send.s3-control", by_address)
        account = "777777777777"
        s3 = self.emulator.client("s3", account=account)
        s3.create_bucket(Bucket="controlled")
        arn = "arn:aws:s3:::controlled"
        if not hasattr(control, "tag_resource"):
            self.skipTest("this boto3 does not know S3 Control's tags")
        control.tag_resource(AccountId=account, ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        control.untag_resource(AccountId=account, ResourceArn=arn, TagKeys=["a"])
        self.assertEqual(control.list_tags_for_resource(AccountId=account, ResourceArn=arn)["Tags"], [{"Key": "b", "Value": "2"}])
        self.assertEqual(s3.get_bucket_tagging(Bucket="controlled")["TagSet"], [{"Key": "b", "Value": "2"}])
        with self.assertRaises(ClientError) as missing:
            control.get_public_access_block(AccountId=account)
        self.assertEqual(missing.exception.response["Error"]["Code"], "NoSuchPublicAccessBlockConfiguration")
        s3.put_object(Bucket="controlled", Key="key", Body=b"x")
        make_public(s3, "controlled")
        self.assertEqual(send(self.emulator, "GET", "/controlled/key").status, 200)
        everything = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
        control.put_public_access_block(AccountId=account, PublicAccessBlockConfiguration=everything)
        self.assertEqual(send(self.emulator, "GET", "/controlled/key").status, 403)
        self.assertEqual(control.get_public_access_block(AccountId=account)["PublicAccessBlockConfiguration"], everything)
        control.delete_public_access_block(AccountId=account)


if __name__ == "__main__":
    unittest.main()
