"""The AWS CLI as a person types it, one flow per service: Debian's aws under Debian's Python, under another Python the first other one in PATH."""

import concurrent.futures
import datetime
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from reference.emulator import Emulator, wait_for  # noqa: E402

DEBIAN_CLI = "/usr/bin/aws"


def version_of(command):
    shown = subprocess.run([command, "--version"], capture_output=True, text=True).stdout
    found = re.match(r"aws-cli/(\d+)\.(\d+)\.(\d+)", shown)
    return tuple(map(int, found.groups())) if found else None


def command_line_interface():
    """(path, version): each Python of the test run exercises the CLI that came with it."""
    if sys.executable.startswith("/usr/bin/"):
        candidates = [DEBIAN_CLI]
    else:
        beside = str(pathlib.Path(sys.executable).parent / "aws")
        folders = [shutil.which("aws", path=folder) for folder in os.environ.get("PATH", "").split(":")]
        candidates = [beside] + [found for found in folders if found]
    debian = version_of(DEBIAN_CLI) if os.path.exists(DEBIAN_CLI) else None
    for path in candidates:
        if os.path.exists(path) and (version := version_of(path)) and (path == DEBIAN_CLI or version != debian):
            return path, version
    return None, None


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.command, version = command_line_interface()
        if not cls.command:
            raise unittest.SkipTest(f"no aws for {sys.executable} besides the one already tested")
        cls.emulator = Emulator("--time-scale", "60").start()
        cls.addClassCleanup(cls.emulator.stop)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(cls.folder),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_PAGER": "",
            "AWS_MAX_ATTEMPTS": "2",
        }
        # Older ones want to be told each time.
        cls.options = []
        if version >= (2, 13) or (1, 29) <= version < (2, 0):
            cls.environment["AWS_ENDPOINT_URL"] = cls.emulator.url
        else:
            cls.options = ["--endpoint-url", cls.emulator.url]

    def test_every_flow(self):
        """Most of the time goes into starting Python, so the flows, which share nothing, run side by side."""
        flows = [name for name in dir(self) if name.startswith("flow_")]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            ended = {name: pool.submit(getattr(self, name)) for name in flows}
        for name in flows:
            with self.subTest(name):
                ended[name].result()

    def run_aws(self, line):
        words = line if isinstance(line, list) else line.split()
        command = [self.command, *self.options, *words]
        return subprocess.run(
            command, capture_output=True, text=True, env=self.environment, cwd=self.folder, timeout=120
        )

    def aws(self, line):
        """Runs `aws <line>` (words apart by spaces, or a list); its JSON, else its text."""
        ended = self.run_aws(line)
        self.assertEqual(ended.returncode, 0, f"aws {line}\n{ended.stdout}{ended.stderr}{self.emulator.log_tail(5)}")
        try:
            return json.loads(ended.stdout) if ended.stdout.strip() else None
        except ValueError:
            return ended.stdout

    def refused(self, line, code):
        ended = self.run_aws(line)
        self.assertNotEqual(ended.returncode, 0, ended.stdout)
        self.assertIn(f"({code})", ended.stderr)
        return ended.stderr

    def file(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return f"file://{path}"

    def subnets(self):
        described = self.aws("ec2 describe-subnets --filters Name=default-for-az,Values=true")
        return [subnet["SubnetId"] for subnet in described["Subnets"]]

    def flow_sts(self):
        self.assertEqual(self.aws("sts get-caller-identity")["Arn"], "arn:aws:iam::000000000000:root")
        self.assertEqual(self.aws("sts get-caller-identity --query Account --output text").strip(), "000000000000")

    def flow_s3_high_level(self):
        self.file("site/index.html", b"<h1>hello</h1>")
        self.file("site/css/main.css", b"body {}")
        self.file("site/a name with spaces & \xc3\xbcmlaut.txt".encode("latin-1").decode(), b"odd")
        self.assertIn("make_bucket: photos", self.aws("s3 mb s3://photos"))
        self.assertIn("upload:", self.aws("s3 cp site/index.html s3://photos/first.html"))
        self.assertEqual(self.aws("s3 cp s3://photos/first.html -"), "<h1>hello</h1>")
        self.assertEqual(self.aws("s3 sync site s3://photos/site").count("upload:"), 3)
        self.assertEqual(self.run_aws("s3 sync site s3://photos/site").stdout, "")  # nothing changed
        listed = self.aws("s3 ls s3://photos --recursive --summarize")
        self.assertIn("Total Objects: 4", listed)
        self.assertIn("PRE site/", self.aws("s3 ls s3://photos/"))
        self.aws("s3 sync s3://photos/site back")
        for path in (self.folder / "site").rglob("*.*"):
            self.assertEqual(
                (self.folder / "back" / path.relative_to(self.folder / "site")).read_bytes(), path.read_bytes()
            )
        self.assertEqual(
            self.aws("s3api head-object --bucket photos --key site/css/main.css")["ContentType"], "text/css"
        )
        self.aws("s3 mv s3://photos/first.html s3://photos/second.html")
        self.refused("s3api head-object --bucket photos --key first.html", "404")
        self.refused("s3api delete-bucket --bucket photos", "BucketNotEmpty")
        with urllib.request.urlopen(self.aws("s3 presign s3://photos/second.html").strip()) as answer:
            self.assertEqual(answer.read(), b"<h1>hello</h1>")
        self.assertEqual(self.aws("s3 rm s3://photos --recursive --exclude *.css").count("delete:"), 3)
        self.assertIn("remove_bucket: photos", self.aws("s3 rb s3://photos --force"))
        self.assertNotIn("photos", self.aws("s3 ls"))

    def flow_s3_multipart(self):
        content = hashlib.shake_256(b"large").digest(20 * 1024 * 1024)
        self.file("large.bin", content)
        self.aws("s3 mb s3://large")
        self.aws("s3 cp large.bin s3://large/large.bin")
        head = self.aws("s3api head-object --bucket large --key large.bin")
        self.assertEqual(head["ContentLength"], len(content))
        self.assertRegex(head["ETag"], r'^"[0-9a-f]{32}-3"$')
        self.aws("s3 cp s3://large/large.bin copy.bin")
        self.assertEqual((self.folder / "copy.bin").read_bytes(), content)
        self.aws("s3 cp s3://large/large.bin s3://large/second.bin")  # UploadPartCopy
        ranged = self.aws("s3api get-object --bucket large --key second.bin --range bytes=8388600-8388615 part.bin")
        self.assertEqual(ranged["ContentRange"], f"bytes 8388600-8388615/{len(content)}")
        self.assertEqual((self.folder / "part.bin").read_bytes(), content[8388600:8388616])
        self.assertNotIn("Uploads", self.aws("s3api list-multipart-uploads --bucket large") or {})
        self.aws("s3 rb s3://large --force")

    def flow_route53(self):
        made = self.aws("route53 create-hosted-zone --name shop.test --caller-reference one")
        zone = made["HostedZone"]["Id"]
        record = {"Name": "www.shop.test", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.7"}]}
        batch = self.file(
            "batch.json", {"Comment": "first", "Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
        )
        changing = f"route53 change-resource-record-sets --hosted-zone-id {zone} --change-batch"
        change = self.aws(f"{changing} {batch}")["ChangeInfo"]
        self.aws(f"route53 wait resource-record-sets-changed --id {change['Id']}")
        answer = subprocess.run(
            ["dig", "+short", "@127.0.0.1", "-p", str(self.emulator.dns_port), "www.shop.test"],
            capture_output=True,
            text=True,
        )
        self.assertEqual(answer.stdout.split(), ["192.0.2.7"])
        listed = self.aws(
            f"route53 list-resource-record-sets --hosted-zone-id {zone} --query ResourceRecordSets[?Type=='A']"
        )
        self.assertEqual(listed, [{**record, "Name": "www.shop.test."}])
        again = self.file("again.json", {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]})
        self.refused(f"{changing} {again}", "InvalidChangeBatch")
        self.refused(f"route53 delete-hosted-zone --id {zone}", "HostedZoneNotEmpty")
        gone = self.file("gone.json", {"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]})
        self.aws(f"{changing} {gone}")
        self.aws(f"route53 delete-hosted-zone --id {zone}")
        self.refused(f"route53 get-hosted-zone --id {zone}", "NoSuchHostedZone")

    def flow_cloudfront(self):
        self.aws("s3 mb s3://origin")
        self.aws("s3api delete-public-access-block --bucket origin")
        read = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::origin/*"}
        policy = self.file("policy.json", {"Version": "2012-10-17", "Statement": [read]})
        self.aws(f"s3api put-bucket-policy --bucket origin --policy {policy}")
        self.file("page.html", b"one")
        self.aws("s3 cp page.html s3://origin/page.html")
        shown = "--query Distribution.[Id,DomainName] --output text"
        created = self.aws(
            f"cloudfront create-distribution --origin-domain-name origin.s3.amazonaws.com --default-root-object page.html {shown}"
        )
        ident, domain = created.split()
        self.aws(f"cloudfront wait distribution-deployed --id {ident}")

        def fetch():
            proxy = urllib.request.ProxyHandler({"http": self.emulator.url})
            with urllib.request.build_opener(proxy).open(
                f"http://{domain.split(':')[0]}/page.html", timeout=10
            ) as answer:
                return answer.headers["X-Cache"], answer.read()

        self.assertEqual(fetch(), ("Miss from cloudfront", b"one"))
        self.assertEqual(fetch(), ("Hit from cloudfront", b"one"))
        self.file("page.html", b"two")
        self.aws("s3 cp page.html s3://origin/page.html")
        made = self.aws(
            ["cloudfront", "create-invalidation", "--distribution-id", ident, "--paths", "/page.html", "/img/*"]
        )
        self.aws(
            f"cloudfront wait invalidation-completed --distribution-id {ident} --id {made['Invalidation']['Id']}"
        )
        self.assertEqual(fetch(), ("Miss from cloudfront", b"two"))
        got = self.aws(f"cloudfront get-distribution-config --id {ident}")
        delete = f"cloudfront delete-distribution --id {ident} --if-match"
        self.refused(f"{delete} {got['ETag']}", "DistributionNotDisabled")
        config = self.file("disabled.json", {**got["DistributionConfig"], "Enabled": False})
        updated = self.aws(
            f"cloudfront update-distribution --id {ident} --if-match {got['ETag']} --distribution-config {config}"
        )
        self.aws(f"cloudfront wait distribution-deployed --id {ident}")
        self.refused(f"{delete} {got['ETag']}", "PreconditionFailed")
        self.aws(f"{delete} {updated['ETag']}")
        self.refused(f"cloudfront get-distribution --id {ident}", "NoSuchDistribution")
        self.aws("s3 rb s3://origin --force")

    def flow_load_balancer_and_instances(self):
        subnets = self.subnets()
        vpc = self.aws("ec2 describe-vpcs --query Vpcs[0].VpcId --output text").strip()
        balancer = self.aws(["elbv2", "create-load-balancer", "--name", "front", "--subnets", *subnets])[
            "LoadBalancers"
        ][0]
        arn = balancer["LoadBalancerArn"]
        self.aws(f"elbv2 wait load-balancer-available --load-balancer-arns {arn}")
        group = self.aws(
            f"elbv2 create-target-group --name web --protocol HTTP --port 80 --vpc-id {vpc} --health-check-path /health"
            " --health-check-interval-seconds 5 --health-check-timeout-seconds 4 --healthy-threshold-count 2"
        )["TargetGroups"][0]["TargetGroupArn"]
        actions = f"--default-actions Type=forward,TargetGroupArn={group}"
        listener = self.aws(f"elbv2 create-listener --load-balancer-arn {arn} --protocol HTTP --port 80 {actions}")
        listener = listener["Listeners"][0]["ListenerArn"]
        started = self.aws(
            "ec2 run-instances --image-id ami-0abcdef1234567890 --instance-type t3.micro --count 2"
            f" --subnet-id {subnets[0]} --tag-specifications ResourceType=instance,Tags=[{{Key=Name,Value=web}}]"
        )
        instances = [one["InstanceId"] for one in started["Instances"]]
        self.aws(["ec2", "wait", "instance-running", "--instance-ids", *instances])
        named = self.aws(
            "ec2 describe-instances --filters Name=tag:Name,Values=web Name=instance-state-name,Values=running"
            " --query Reservations[].Instances[].InstanceId --output text"
        )
        self.assertEqual(sorted(named.split()), sorted(instances))
        targets = [f"Id={one}" for one in instances]
        self.aws(["elbv2", "register-targets", "--target-group-arn", group, "--targets", *targets])
        self.aws(f"elbv2 wait target-in-service --target-group-arn {group}")
        with urllib.request.build_opener(urllib.request.ProxyHandler({"http": self.emulator.url})).open(
            f"http://{balancer['DNSName'].split(':')[0]}/whoami", timeout=10
        ) as answer:
            self.assertIn(answer.headers["X-Instance-Id"], instances)
        self.refused(f"elbv2 delete-target-group --target-group-arn {group}", "ResourceInUse")
        self.aws(f"elbv2 delete-listener --listener-arn {listener}")
        self.aws(f"elbv2 delete-load-balancer --load-balancer-arn {arn}")
        self.aws(f"elbv2 wait load-balancers-deleted --load-balancer-arns {arn}")
        self.aws(f"elbv2 delete-target-group --target-group-arn {group}")
        self.refused("elbv2 describe-load-balancers --names front", "LoadBalancerNotFound")
        ended = self.aws(["ec2", "terminate-instances", "--instance-ids", *instances])
        self.assertEqual(len(ended["TerminatingInstances"]), 2)
        self.aws(["ec2", "wait", "instance-terminated", "--instance-ids", *instances])

    def flow_auto_scaling(self):
        subnets = ",".join(self.subnets())
        data = self.file("template.json", {"ImageId": "ami-0abcdef1234567890", "InstanceType": "t3.micro"})
        self.aws(f"ec2 create-launch-template --launch-template-name fleet --launch-template-data {data}")
        self.aws(
            "autoscaling create-auto-scaling-group --auto-scaling-group-name fleet --min-size 1 --max-size 3 --desired-capacity 2"
            f" --launch-template LaunchTemplateName=fleet,Version=$Latest --vpc-zone-identifier {subnets}"
            " --tags Key=Name,Value=fleet,PropagateAtLaunch=true"
        )
        describe = "autoscaling describe-auto-scaling-groups --auto-scaling-group-names fleet --query"
        in_service = f"{describe} length(AutoScalingGroups[0].Instances[?LifecycleState=='InService'])"
        wait_for(lambda: self.aws(in_service) == 2, "two instances in service")
        self.aws("autoscaling set-desired-capacity --auto-scaling-group-name fleet --desired-capacity 3")
        wait_for(lambda: self.aws(in_service) == 3, "three instances in service")
        policy = {
            "TargetValue": 50.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
        }
        put = self.aws(
            "autoscaling put-scaling-policy --auto-scaling-group-name fleet --policy-name cpu --policy-type TargetTrackingScaling"
            f" --target-tracking-configuration {self.file('policy.json', policy)}"
        )
        self.assertEqual(len(put["Alarms"]), 2)
        activities = self.aws("autoscaling describe-scaling-activities --auto-scaling-group-name fleet --max-items 2")
        self.assertEqual(len(activities["Activities"]), 2)
        self.refused("autoscaling delete-auto-scaling-group --auto-scaling-group-name fleet", "ResourceInUse")
        self.aws("autoscaling delete-auto-scaling-group --auto-scaling-group-name fleet --force-delete")
        wait_for(lambda: self.aws(f"{describe} AutoScalingGroups") == [], "the end of the group")
        self.aws("ec2 delete-launch-template --launch-template-name fleet")

    def flow_rds(self):
        self.aws(
            "rds create-db-instance --db-instance-identifier orders --engine mysql --db-instance-class db.t3.micro"
            " --allocated-storage 20 --master-username admin --master-user-password secret-secret --db-name shop"
        )
        self.aws("rds wait db-instance-available --db-instance-identifier orders")
        found = self.aws("rds describe-db-instances --db-instance-identifier orders --query DBInstances[0].Endpoint")
        self.assertTrue(found["Address"] and found["Port"])
        self.aws("rds create-db-snapshot --db-instance-identifier orders --db-snapshot-identifier monday")
        self.aws("rds wait db-snapshot-available --db-snapshot-identifier monday")
        self.refused(
            "rds create-db-instance --db-instance-identifier orders --engine mysql --db-instance-class db.t3.micro"
            " --allocated-storage 20 --master-username admin --master-user-password secret-secret",
            "DBInstanceAlreadyExists",
        )
        self.aws("rds delete-db-instance --db-instance-identifier orders --skip-final-snapshot")
        self.aws("rds wait db-instance-deleted --db-instance-identifier orders")
        self.refused("rds describe-db-instances --db-instance-identifier orders", "DBInstanceNotFound")
        self.aws("rds delete-db-snapshot --db-snapshot-identifier monday")

    def flow_cloudwatch(self):
        for value in (1, 2, 6):
            self.aws(
                f"cloudwatch put-metric-data --namespace Shop --metric-name Orders --value {value} --unit Count --dimensions Page=cart"
            )
        now = datetime.datetime.fromtimestamp(self.emulated_now(), datetime.timezone.utc)
        start, end = (now - datetime.timedelta(hours=1)).isoformat(), (
            now + datetime.timedelta(minutes=10)
        ).isoformat()
        got = self.aws(
            "cloudwatch get-metric-statistics --namespace Shop --metric-name Orders --dimensions Name=Page,Value=cart"
            f" --period 3600 --statistics Sum SampleCount Maximum --start-time {start} --end-time {end}"
        )
        self.assertEqual(sum(one["Sum"] for one in got["Datapoints"]), 9)
        self.assertEqual(sum(one["SampleCount"] for one in got["Datapoints"]), 3)
        self.assertEqual({one["Unit"] for one in got["Datapoints"]}, {"Count"})
        self.assertEqual(len(self.aws("cloudwatch list-metrics --namespace Shop")["Metrics"]), 1)
        topic = self.aws("sns create-topic --name pager --query TopicArn --output text").strip()
        self.aws(
            "cloudwatch put-metric-alarm --alarm-name busy --namespace Shop --metric-name Orders --dimensions Name=Page,Value=cart"
            " --statistic Sum --period 60 --evaluation-periods 1 --threshold 5 --comparison-operator GreaterThanThreshold"
            f" --treat-missing-data notBreaching --alarm-actions {topic}"
        )
        self.aws("cloudwatch wait alarm-exists --alarm-names busy")
        self.aws(
            "cloudwatch put-metric-data --namespace Shop --metric-name Orders --value 9 --unit Count --dimensions Page=cart"
        )
        history = "cloudwatch describe-alarm-history --alarm-name busy --history-item-type StateUpdate --query AlarmHistoryItems[].HistorySummary"
        wait_for(lambda: any("to ALARM" in one for one in self.aws(history)), "the alarm")
        self.aws("cloudwatch delete-alarms --alarm-names busy")
        self.assertEqual(self.aws("cloudwatch describe-alarms")["MetricAlarms"], [])

    def emulated_now(self):
        """The Date of an answer is the emulated one."""
        import email.utils

        with urllib.request.urlopen(f"{self.emulator.url}/_diorama/health", timeout=10) as answer:
            return email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp()

    def flow_sns(self):
        topic = self.aws(
            "sns create-topic --name news --tags Key=team,Value=web --query TopicArn --output text"
        ).strip()
        self.assertEqual(topic, "arn:aws:sns:eu-central-1:000000000000:news")
        subscribed = self.aws(
            f"sns subscribe --topic-arn {topic} --protocol email --notification-endpoint me@shop.test"
        )
        self.assertEqual(subscribed["SubscriptionArn"], "pending confirmation")
        letter = wait_for(lambda: self.letters("me@shop.test"), "the confirmation")[0]
        arn = self.aws(f"sns confirm-subscription --topic-arn {topic} --token {letter['token']}")["SubscriptionArn"]
        sent = self.aws(["sns", "publish", "--topic-arn", topic, "--subject", "Hello", "--message", "dear reader"])
        self.assertTrue(sent["MessageId"])
        wait_for(lambda: [one for one in self.letters("me@shop.test") if one["subject"] == "Hello"], "the letter")
        self.aws(f"sns unsubscribe --subscription-arn {arn}")
        self.aws(f"sns delete-topic --topic-arn {topic}")
        self.refused(["sns", "publish", "--topic-arn", topic, "--message", "gone"], "NotFound")

    def letters(self, address):
        found = self.emulator.page("/_diorama/mailbox")
        found = found["letters"] if isinstance(found, dict) else found
        return [one for one in found if address in json.dumps(one)]


if __name__ == "__main__":
    unittest.main()
