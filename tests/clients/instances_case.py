"""What the tests of instances and of their groups have in common: a cloud with the calls they make again and again, and traffic."""

import base64
import http.client
import pathlib
import sys
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import botocore.exceptions  # noqa: E402
from reference.dns import query  # noqa: E402
from reference.emulator import Emulator, wait_for  # noqa: E402

IMAGE = "ami-0d10a3a1d10a3a101"


def encoded(text):
    return base64.b64encode(text.encode()).decode()


class Cloud:
    """The calls that these tests make again and again."""

    def __init__(self, *arguments):
        self.emulator = Emulator(*arguments).start()
        self.ec2 = self.emulator.client("ec2")
        self.elbv2 = self.emulator.client("elbv2")
        self.autoscaling = self.emulator.client("autoscaling")
        self.cloudwatch = self.emulator.client("cloudwatch")
        self.subnets = [subnet["SubnetId"] for subnet in self.ec2.describe_subnets()["Subnets"]]
        self.vpc = self.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]

    def launch(self, user_data=None, count=1, **more):
        if user_data is not None:
            more["UserData"] = user_data  # botocore encodes it
        options = {"ImageId": IMAGE, "InstanceType": "t3.micro", **more}
        if "LaunchTemplate" in more:
            options = more
        made = self.ec2.run_instances(MinCount=count, MaxCount=count, **options)["Instances"]
        return [instance["InstanceId"] for instance in made]

    def instance(self, ident):
        return self.ec2.describe_instances(InstanceIds=[ident])["Reservations"][0]["Instances"][0]

    def wait_for_state(self, ident, state):
        return wait_for(
            lambda: (found := self.instance(ident))["State"]["Name"] == state and found, f"{ident} to be {state}", 20
        )

    def address(self, ident, port=80):
        return self.emulator.real_endpoint(self.instance(ident)["PublicIpAddress"], port)

    def target_group(self, name, **more):
        options = {
            "HealthCheckIntervalSeconds": 5,
            "HealthCheckTimeoutSeconds": 2,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 2,
            "HealthCheckPath": "/",
            **more,
        }
        made = self.elbv2.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=self.vpc, **options)
        return made["TargetGroups"][0]["TargetGroupArn"]

    def load_balancer(self, name, target_group):
        made = self.elbv2.create_load_balancer(Name=name, Subnets=self.subnets)["LoadBalancers"][0]
        self.elbv2.create_listener(
            LoadBalancerArn=made["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": target_group}],
        )
        address = query(made["DNSName"], self.emulator.dns_port)[0]
        return made, self.emulator.real_endpoint(address, 80)

    def health(self, target_group):
        described = self.elbv2.describe_target_health(TargetGroupArn=target_group)["TargetHealthDescriptions"]
        return {one["Target"]["Id"]: one["TargetHealth"] for one in described}

    def healthy(self, target_group):
        return {ident for ident, health in self.health(target_group).items() if health["State"] == "healthy"}

    def template(self, name, **settings):
        settings = {"ImageId": IMAGE, "InstanceType": "t3.micro", **settings}
        return self.ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=settings)["LaunchTemplate"]

    def group(self, name, **more):
        options = {
            "MinSize": 1,
            "MaxSize": 6,
            "VPCZoneIdentifier": ",".join(self.subnets),
            "HealthCheckType": "ELB",
            "HealthCheckGracePeriod": 30,
            **more,
        }
        template = {"LaunchTemplateName": name, "Version": "$Latest"}
        self.autoscaling.create_auto_scaling_group(AutoScalingGroupName=name, LaunchTemplate=template, **options)

    def members(self, name, state="InService"):
        group = self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]
        return {one["InstanceId"] for one in group["Instances"] if state in (one["LifecycleState"], None)}


def fetch(endpoint, path="/", timeout=5):
    """(status, headers, body); status 0 if nobody answers."""
    connection = http.client.HTTPConnection(*endpoint, timeout=timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    except (OSError, http.client.HTTPException):
        return 0, {}, b""
    finally:
        connection.close()


class Traffic:
    """Threads that ask over kept connections until stopped, and count the answers."""

    def __init__(self, endpoint, threads=3, path="/whoami", pause=0.0):
        self.endpoint, self.path, self.pause = endpoint, path, pause
        self.statuses, self.failures, self.instances = {}, [], set()
        self._stop = threading.Event()
        self.threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self.threads:
            thread.join(10)

    def _ask(self):
        connection = http.client.HTTPConnection(*self.endpoint, timeout=10)
        while not self._stop.is_set():
            try:
                connection.request("GET", self.path)
                answer = connection.getresponse()
                answer.read()
                self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
                self.instances.add(answer.getheader("X-Instance-Id"))
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                connection.close()
            if self.pause:
                self._stop.wait(self.pause)
        connection.close()


class CloudTest(unittest.TestCase):
    arguments = ("--time-scale", "20")

    @classmethod
    def setUpClass(cls):
        cls.cloud = Cloud(*cls.arguments)
        cls.addClassCleanup(cls.cloud.emulator.stop)

    def run(self, result=None):
        before = len(result.failures) + len(result.errors) if result is not None else 0
        super().run(result)
        if result is not None and len(result.failures) + len(result.errors) > before:
            print(self.cloud.emulator.log_tail(30), file=sys.stderr)

    def assert_refused(self, code, call, *arguments, **more):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(*arguments, **more)
        self.assertEqual(caught.exception.response["Error"]["Code"], code, caught.exception)
