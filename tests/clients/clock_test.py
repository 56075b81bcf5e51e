"""Time as clients see it: advanced by hand, scaled, brisk or faithful; and that clients go on working meanwhile."""

import datetime
import http.client
import json
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

from botocore.config import Config
from front_door_case import FrontDoor
from reference.emulator import Emulator, wait_for

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Clock(FrontDoor):
    """Talks to /_diorama/clock."""

    def now(self):
        return moment(self.emulator.page("/_diorama/clock")["now"])

    def post(self, body, method="POST"):
        """Status and document of what the clock answers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.emulator.port}/_diorama/clock", body.encode(), method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def advance(self, span):
        status, answer = self.post(json.dumps({"advance": span}))
        self.assertEqual(status, 200, answer)
        return moment(answer["now"])

    def signing_client(self):
        """Presigns by version 4: boto3's default, version 2, does not say when."""
        return self.emulator.client("s3", config=Config(signature_version="s3v4"))

    def go_to(self, when):
        status, answer = self.post(json.dumps({"to": when.isoformat()}))
        self.assertEqual(status, 200, answer)


class Advance(Clock):
    arguments = ("--pace", "brisk")

    def test_the_clock_goes_where_it_is_told_and_goes_on_from_there(self):
        before = self.now()
        reached = self.advance("1h30m")
        self.assertGreaterEqual(reached - before, 1.5 * HOUR)
        self.assertLess(reached - before, 1.5 * HOUR + MINUTE)
        target = (reached + 5 * HOUR).replace(microsecond=0)
        status, answer = self.post(json.dumps({"to": target.isoformat()}))
        self.assertEqual((status, answer["scale"], moment(answer["now"])), (200, 1.0, target))
        self.assertLess(self.now() - target, MINUTE)

    def test_spans_are_written_as_people_or_iso_8601_or_programs_write_them(self):
        for span, seconds in (("90s", 90), ("PT1H", 3600), (15, 15), ("0s", 0)):
            before = self.now()
            passed = (self.advance(span) - before).total_seconds()
            self.assertTrue(seconds <= passed < seconds + 10, (span, passed))

    def test_what_cannot_be_is_refused_in_a_sentence_and_moves_nothing(self):
        before = self.now()
        for body, sentence in (
            ("", "JSON object"),
            ("{", "JSON object"),
            ("[]", "JSON object"),
            ('{"advance": "1h", "to": "2030-01-01T00:00:00Z"}', "JSON object"),
            ('{"advance": "soon"}', "not a span of time"),
            ('{"advance": "1 fortnight"}', "not a span of time"),
            ('{"advance": "-1h"}', "does not go back"),
            ('{"advance": -5}', "does not go back"),
            ('{"to": "2001-01-01T00:00:00Z"}', "does not go back"),
            ('{"to": "tomorrow"}', "not a time"),
            ('{"advance": "1000d"}', "at most 366 days"),
            ('{"to": "2300-01-01T00:00:00Z"}', "not a time"),
        ):
            with self.subTest(body):
                status, answer = self.post(body)
                self.assertEqual(status, 400)
                self.assertIn(sentence, answer["message"])
        self.assertLess(self.now() - before, MINUTE)

    def test_a_day_takes_seconds_and_the_api_answers_meanwhile(self):
        s3 = self.emulator.client("s3")
        answered = []
        walk = threading.Thread(target=lambda: answered.append(self.advance("24h")))
        began = time.monotonic()
        walk.start()
        seen = [self.now()]
        while walk.is_alive():
            s3.list_buckets()
            seen.append(self.now())
        walk.join()
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual(len(answered), 1)
        self.assertEqual(seen, sorted(seen))
        self.assertGreaterEqual(answered[0] - seen[0], 23 * HOUR)

    def test_an_alarm_goes_off_at_its_own_time(self):
        cloudwatch = self.emulator.client("cloudwatch")
        cloudwatch.put_metric_alarm(
            AlarmName="late",
            Namespace="Shop",
            MetricName="Failures",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=3,
            Threshold=10,
            ComparisonOperator="GreaterThanThreshold",
        )
        first = self.now().replace(second=0, microsecond=0) + 10 * MINUTE
        for minute in range(3):
            cloudwatch.put_metric_data(
                Namespace="Shop",
                MetricData=[{"MetricName": "Failures", "Value": 50, "Timestamp": first + minute * MINUTE}],
            )
        self.go_to(first + 2 * MINUTE)
        alarm = cloudwatch.describe_alarms(AlarmNames=["late"])["MetricAlarms"][0]
        self.assertNotEqual(alarm["StateValue"], "ALARM")
        self.advance("15m")
        history = cloudwatch.describe_alarm_history(AlarmName="late", HistoryItemType="StateUpdate")
        went_off = [
            item["Timestamp"] for item in history["AlarmHistoryItems"] if item["HistorySummary"].endswith("to ALARM")
        ]
        self.assertEqual(len(went_off), 1, history)
        # The third minute is over then, and was looked at within the next.
        self.assertGreaterEqual(went_off[0], first + 2 * MINUTE)
        self.assertLessEqual(went_off[0], first + 4 * MINUTE)

    def test_a_backup_window_opens(self):
        rds = self.emulator.client("rds")
        opens = (self.now() + 6 * HOUR).replace(second=0, microsecond=0)
        closes = opens + 30 * MINUTE
        rds.create_db_instance(
            DBInstanceIdentifier="shop",
            DBInstanceClass="db.t3.micro",
            Engine="mysql",
            AllocatedStorage=20,
            MasterUsername="admin",
            MasterUserPassword="correct-horse",
            BackupRetentionPeriod=3,
            PreferredBackupWindow=f"{opens:%H:%M}-{closes:%H:%M}",
        )

        def status():
            return rds.describe_db_instances(DBInstanceIdentifier="shop")["DBInstances"][0]["DBInstanceStatus"]

        def backups():
            snapshots = rds.describe_db_snapshots(DBInstanceIdentifier="shop", SnapshotType="automated")["DBSnapshots"]
            return [(snapshot["SnapshotCreateTime"], snapshot["Status"]) for snapshot in snapshots]

        wait_for(lambda: status() == "available", "the database")
        self.assertEqual(len(backups()), 1)
        self.go_to(opens - 5 * MINUTE)
        self.assertEqual(len(backups()), 1)
        self.go_to(closes)
        taken = [backup for backup in backups() if opens <= backup[0] <= closes]
        self.assertEqual([backup[1] for backup in taken], ["available"], backups())
        self.assertEqual(status(), "available")

    def test_a_presigned_url_expires_when_the_clock_is_advanced_and_a_new_one_works(self):
        s3 = self.signing_client()
        bucket = self.bucket("presigned")
        s3.put_object(Bucket=bucket, Key="page", Body=b"here")

        def presigned():
            return s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "page"}, ExpiresIn=3600)

        def status_of(url):
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    return answer.status
            except urllib.error.HTTPError as refused:
                with refused:
                    return refused.code

        for _ in range(3):
            url = presigned()
            self.assertIn("X-Amz-Date", url)
            self.assertEqual(status_of(url), 200)
            self.advance("59m")
            self.assertEqual(status_of(url), 200)
            self.advance("2m")
            self.assertEqual(status_of(url), 403)
            self.assertEqual(status_of(presigned()), 200)

    def test_a_presigned_url_of_version_2_lives_by_its_clients_clock(self):
        s3 = self.emulator.client("s3", config=Config(signature_version="s3"))
        bucket = self.bucket("presigned-2")
        s3.put_object(Bucket=bucket, Key="page", Body=b"here")
        self.advance("3h")
        url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "page"}, ExpiresIn=3600)
        self.assertIn("Expires=", url)
        with urllib.request.urlopen(url, timeout=10) as answer:
            self.assertEqual(answer.read(), b"here")

    def test_what_is_written_after_an_advance_is_of_that_time(self):
        self.advance("3h")
        s3 = self.emulator.client("s3")
        bucket = self.bucket("later")
        s3.put_object(Bucket=bucket, Key="page", Body=b"here")
        answer = s3.head_object(Bucket=bucket, Key="page")
        self.assertLess(abs(answer["LastModified"] - self.now()), MINUTE)

    def test_open_connections_stay_open(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=10)
        self.addCleanup(connection.close)
        connection.request("GET", "/_diorama/health")
        connection.getresponse().read()
        socket = connection.sock
        self.advance("3d")
        time.sleep(0.6)  # the sweeper of idle connections comes twice in a second
        connection.request("GET", "/_diorama/health")
        self.assertEqual(connection.getresponse().status, 200)
        self.assertIs(connection.sock, socket)


class Scale(Clock):
    arguments = ("--time-scale", "60")

    def test_a_minute_passes_in_a_second_before_and_after_an_advance(self):
        for _ in range(2):
            began, before = time.monotonic(), self.now()
            time.sleep(1)
            after, ended = self.now(), time.monotonic()
            passed = (after - before).total_seconds()
            self.assertGreaterEqual(passed, 59)
            self.assertLess(passed, 60 * (ended - began) + 1)
            self.advance("1h")

    def test_a_presigned_url_lives_as_many_emulated_seconds(self):
        s3 = self.signing_client()
        bucket = self.bucket("fast")
        s3.put_object(Bucket=bucket, Key="page", Body=b"here")
        url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "page"}, ExpiresIn=90)
        with urllib.request.urlopen(url, timeout=10) as answer:
            self.assertEqual(answer.status, 200)
        time.sleep(3)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url, timeout=10)
        refused.exception.close()
        self.assertEqual(refused.exception.code, 403)


class Kept(unittest.TestCase):
    def test_with_a_data_folder_time_does_not_go_back_when_the_emulator_starts_anew(self):
        with tempfile.TemporaryDirectory() as folder:
            advanced = json.dumps({"advance": "2d"}).encode()
            with Emulator("--data", folder) as emulator:
                urllib.request.urlopen(f"http://127.0.0.1:{emulator.port}/_diorama/clock", advanced, 60).close()
                before = moment(emulator.page("/_diorama/clock")["now"])
                emulator.kill()
            with Emulator("--data", folder) as emulator:
                after = moment(emulator.page("/_diorama/clock")["now"])
            self.assertGreaterEqual(after - before, datetime.timedelta())
            self.assertLess(after - before, MINUTE)


class End(unittest.TestCase):
    def test_the_emulator_ends_at_once_also_in_the_middle_of_an_advance(self):
        with Emulator() as emulator:
            connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=30)
            self.addCleanup(connection.close)
            before = moment(emulator.page("/_diorama/clock")["now"])
            connection.request("POST", "/_diorama/clock", '{"advance": "366d"}')
            wait_for(lambda: moment(emulator.page("/_diorama/clock")["now"]) - before > HOUR, "the advance")
            began = time.monotonic()
            self.assertEqual(emulator.stop(), 0)
            self.assertLess(time.monotonic() - began, 5)


class FaithfulPace(Clock):
    arguments = ("--pace", "faithful")

    def test_an_instance_takes_its_time(self):
        ec2 = self.emulator.client("ec2")
        instance = ec2.run_instances(ImageId="ami-0abcdef1234567890", MinCount=1, MaxCount=1)["Instances"][0]

        def state():
            described = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])
            return described["Reservations"][0]["Instances"][0]["State"]["Name"]

        time.sleep(1)
        self.assertEqual(state(), "pending")
        self.advance("10m")
        self.assertEqual(state(), "running")


class Pace(unittest.TestCase):
    def test_another_pace_is_refused(self):
        command = [Emulator().binary, "up", "--pace", "slow"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=10)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("--pace", ended.stderr)


if __name__ == "__main__":
    unittest.main()
