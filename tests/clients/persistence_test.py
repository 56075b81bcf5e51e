"""Nothing acknowledged is lost: the reference architecture is killed (kill -9) right after its last acknowledged call and must go on by itself."""

import hashlib
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))

from reference.dns import query  # noqa: E402
from reference.emulator import wait_for  # noqa: E402
from reference.deployment import Deployment  # noqa: E402
from persistence_case import Reborn, bytes_of  # noqa: E402


class ReferenceArchitecture(unittest.TestCase):
    def run(self, result=None):
        super().run(result)
        if result is not None and (result.failures or result.errors) and hasattr(self, "emulator"):
            print(self.emulator.log_tail(40), file=sys.stderr)

    def test_it_goes_on_after_kill_9(self):
        with tempfile.TemporaryDirectory() as folder:
            self.emulator = Reborn(folder, "--time-scale", "20").start()
            try:
                self.build()
                self.emulator.kill_and_start()
                self.check()
                # A second time: what was brought up again must be as durable as what was made.
                self.emulator.kill_and_start()
                self.check_serving()
            finally:
                self.emulator.stop()

    def build(self):
        emulator = self.emulator
        self.deployment = Deployment(emulator)
        self.deployment.deploy()
        self.deployment.deploy_replica()
        self.plan = self.deployment.plan
        self.build_objects()
        self.build_backup()
        self.before = self.fleet()
        self.alarm = self.described_alarm()
        with self.deployment.connect(autocommit=True) as connection, connection.cursor() as cursor:
            for number in range(50):
                cursor.execute("INSERT INTO orders (item, amount) VALUES (%s, %s)", (f"just before {number}", number))
        # The last acknowledged calls: killed at once after them.
        deployment = self.deployment
        deployment.s3.put_object(Bucket="kept", Key="last", Body=b"last words", Metadata={"said": "at the end"})
        deployment.sns.create_topic(Name="last")
        deployment.cloudwatch.put_metric_alarm(
            AlarmName="last",
            Namespace="Kept",
            MetricName="Level",
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=10,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=[deployment.topic],
        )
        deployment.route53.change_resource_record_sets(
            HostedZoneId=deployment.zone,
            ChangeBatch={
                "Changes": [
                    {
                        "Action": "CREATE",
                        "ResourceRecordSet": {
                            "Name": "last.example.com",
                            "Type": "A",
                            "TTL": 60,
                            "ResourceRecords": [{"Value": "192.0.2.7"}],
                        },
                    }
                ]
            },
        )

    def build_objects(self):
        s3 = self.deployment.s3
        s3.create_bucket(Bucket="kept")
        self.objects = {}
        for number, size in enumerate((0, 1, 1000, 65536, 300_000, 3_000_000)):
            body = bytes_of(number, size)
            etag = s3.put_object(Bucket="kept", Key=f"object {number} ü", Body=body, ContentType="x/y")["ETag"]
            self.objects[f"object {number} ü"] = (body, etag)
        s3.put_object(Bucket="kept", Key="overwritten", Body=b"old")
        s3.put_object(Bucket="kept", Key="overwritten", Body=b"new")
        self.objects["overwritten"] = (b"new", '"' + hashlib.md5(b"new").hexdigest() + '"')
        s3.put_object(Bucket="kept", Key="deleted", Body=b"x")
        s3.delete_object(Bucket="kept", Key="deleted")
        self.upload = s3.create_multipart_upload(Bucket="kept", Key="assembled", ContentType="a/b")["UploadId"]
        self.parts = [bytes_of(100 + number, 5 << 20) for number in range(2)]
        for number, part in enumerate(self.parts, 1):
            s3.upload_part(Bucket="kept", Key="assembled", UploadId=self.upload, PartNumber=number, Body=part)

    def build_backup(self):
        rds = self.deployment.rds
        identifier = self.plan["database"]["identifier"]
        rds.create_db_snapshot(DBInstanceIdentifier=identifier, DBSnapshotIdentifier="kept")
        wait_for(
            lambda: rds.describe_db_snapshots(DBSnapshotIdentifier="kept")["DBSnapshots"][0]["Status"] == "available",
            "the snapshot",
        )

    def fleet(self):
        groups = self.deployment.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]
        self.assertEqual(len(groups), 1)
        return {one["InstanceId"] for one in groups[0]["Instances"] if one["LifecycleState"] == "InService"}

    def described_alarm(self):
        found = self.deployment.cloudwatch.describe_alarms(AlarmNames=[self.plan["alarm"]["name"]])["MetricAlarms"][0]
        changing = ("StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp", "StateTransitionedTimestamp")
        return {name: value for name, value in found.items() if name not in changing}

    def check(self):
        with self.subTest("objects are the same to the byte, uploads go on"):
            self.check_objects()
        with self.subTest("hosted zones answer, also the last change"):
            self.assertEqual(query("last.example.com", self.emulator.dns_port), ["192.0.2.7"])
            self.assertEqual(len(query(self.plan["dynamic_name"], self.emulator.dns_port)), 3)
            self.assertEqual(len(query(self.plan["static_name"], self.emulator.dns_port)), 1)
        with self.subTest("the load balancer, its targets and the group serve on"):
            self.check_serving()
        with self.subTest("the database has every committed row, and the replica follows"):
            self.check_database()
        with self.subTest("the alarm is there and is evaluated; its topic tells the operator"):
            self.check_alarm()
        with self.subTest("the snapshot can be restored"):
            self.check_restore()

    def check_objects(self):
        s3 = self.deployment.s3
        for key, (body, etag) in self.objects.items():
            got = s3.get_object(Bucket="kept", Key=key)
            self.assertEqual((got["Body"].read() == body, got["ETag"]), (True, etag), key)
        last = s3.get_object(Bucket="kept", Key="last")
        self.assertEqual((last["Body"].read(), last["Metadata"]), (b"last words", {"said": "at the end"}))
        listed = {entry["Key"] for entry in s3.list_objects_v2(Bucket="kept")["Contents"]}
        self.assertEqual(listed, {*self.objects, "last"})
        third = s3.upload_part(Bucket="kept", Key="assembled", UploadId=self.upload, PartNumber=3, Body=b"tail")
        parts = s3.list_parts(Bucket="kept", Key="assembled", UploadId=self.upload)["Parts"]
        self.assertEqual([part["Size"] for part in parts], [5 << 20, 5 << 20, 4])
        self.assertEqual(parts[2]["ETag"], third["ETag"])
        named = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in parts]
        s3.complete_multipart_upload(
            Bucket="kept", Key="assembled", UploadId=self.upload, MultipartUpload={"Parts": named}
        )
        got = s3.get_object(Bucket="kept", Key="assembled")
        self.assertEqual((got["Body"].read() == b"".join(self.parts) + b"tail", got["ContentType"]), (True, "a/b"))

    def check_serving(self):
        static, dynamic = self.plan["static_name"], self.plan["dynamic_name"]
        status, _, body = self.emulator.get(static, "/index.html")
        self.assertEqual((status, body), (200, (ROOT / "scenarios/web-application/site/index.html").read_bytes()))
        wait_for(lambda: len(self.deployment.healthy_targets()) >= len(self.before), "healthy targets", 20)
        self.assertEqual(self.emulator.get(dynamic, "/status")[::2], (200, b"up"))
        wait_for(lambda: self.emulator.get(dynamic, "/api/orders")[0] == 200, "the orders page", 20)
        # The same instances, not twice as many.
        self.assertEqual(self.fleet(), self.before)
        described = self.deployment.ec2.describe_instances(
            Filters=[{"Name": "instance-state-name", "Values": ["pending", "running"]}]
        )["Reservations"]
        self.assertEqual({i["InstanceId"] for r in described for i in r["Instances"]}, self.before)
        answered = set()
        for _ in range(6 * len(self.before)):
            status, headers, _ = self.emulator.get(dynamic, "/whoami")
            self.assertEqual(status, 200)
            answered.add(headers.get("X-Instance-Id"))
        self.assertEqual(answered, self.before)

    def check_database(self):
        database, replica = self.plan["database"]["identifier"], self.plan["database"]["replica"]
        self.deployment.wait_for_database(database)
        self.deployment.wait_for_database(replica)
        count = "SELECT COUNT(*), SUM(amount) FROM orders WHERE item LIKE 'just before %'"
        with self.deployment.connect(autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(count)
            rows, total = cursor.fetchone()
            self.assertEqual((int(rows), int(total)), (50, sum(range(50))))
            cursor.execute("INSERT INTO orders (item, amount) VALUES ('after the restart', 1)")
        with self.deployment.connect(replica, autocommit=True) as connection, connection.cursor() as cursor:

            def follows():
                cursor.execute("SELECT COUNT(*) FROM orders WHERE item = 'after the restart'")
                return cursor.fetchone()[0] == 1

            wait_for(follows, "the replica to follow", 20)
            cursor.execute(count)
            self.assertEqual(int(cursor.fetchone()[0]), 50)
        self.assertTrue(self.deployment.describe_database(database)["MultiAZ"])

    def check_alarm(self):
        self.assertEqual(self.described_alarm(), self.alarm)
        deployment = self.deployment
        topics = {topic["TopicArn"].split(":")[-1] for topic in deployment.sns.list_topics()["Topics"]}
        self.assertEqual(topics, {self.plan["topic"], "last"})
        subscriptions = deployment.sns.list_subscriptions_by_topic(TopicArn=deployment.topic)["Subscriptions"]
        self.assertEqual([one["SubscriptionArn"].startswith("arn:aws:sns:") for one in subscriptions], [True])
        deployment.cloudwatch.put_metric_data(Namespace="Kept", MetricData=[{"MetricName": "Level", "Value": 99}])
        wait_for(
            lambda: deployment.cloudwatch.describe_alarms(AlarmNames=["last"])["MetricAlarms"][0]["StateValue"]
            == "ALARM",
            "the alarm",
            30,
        )
        wait_for(
            lambda: any('ALARM: "last"' in letter.get("subject", "") for letter in deployment.mailbox()),
            "the letter of the alarm",
            10,
        )

    def check_restore(self):
        rds = self.deployment.rds
        rds.restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier="restored", DBSnapshotIdentifier="kept", DBInstanceClass="db.t3.medium"
        )
        self.deployment.wait_for_database("restored")
        with self.deployment.connect("restored") as connection, connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM orders WHERE item = 'a first order'")
            self.assertEqual(int(cursor.fetchone()[0]), 1)


if __name__ == "__main__":
    unittest.main()
