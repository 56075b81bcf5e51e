"""Instances as their users see them: user data as a process of its own or never executed, the states of an instance, launch templates."""

import os
import pathlib
import socket
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))

import botocore.exceptions  # noqa: E402
from reference.emulator import wait_for  # noqa: E402
from instances_case import Cloud, CloudTest, encoded, fetch  # noqa: E402

# A web server of the user's own that says what it finds in its environment. A line to the console first; a child beside it.
SERVER = """#!/bin/sh
echo "hello from the user data of $INSTANCE_ID"
sleep 1000 &
echo "$! $$" > {folder}/pids
{python} - <<'END'
import http.server, json, os
class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        names = ("PORT", "HOST", "INSTANCE_ID", "AVAILABILITY_ZONE", "AWS_ENDPOINT_URL", "AWS_REGION")
        body = json.dumps({{name: os.environ.get(name) for name in names}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Page).serve_forever()
END
"""


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class UserDataExecuted(CloudTest):
    arguments = ("--time-scale", "20", "--allow-exec")

    def test_a_server_in_user_data_answers_through_the_load_balancer(self):
        import json

        cloud = self.cloud
        with tempfile.TemporaryDirectory() as folder:
            ident = cloud.launch(SERVER.format(folder=folder, python="/usr/bin/python3"))[0]
            group = cloud.target_group("own")
            balancer, endpoint = cloud.load_balancer("own", group)
            cloud.wait_for_state(ident, "running")
            cloud.elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": ident}])
            wait_for(lambda: cloud.healthy(group) == {ident}, "the server to be healthy", 20)
            status, _, body = fetch(endpoint)
            self.assertEqual(status, 200)
            seen, described = json.loads(body), cloud.instance(ident)
            self.assertEqual(seen["INSTANCE_ID"], ident)
            self.assertEqual(seen["HOST"], described["PublicIpAddress"])
            self.assertEqual(seen["AVAILABILITY_ZONE"], described["Placement"]["AvailabilityZone"])
            self.assertEqual(seen["AWS_REGION"], "us-east-1")
            self.assertEqual(seen["AWS_ENDPOINT_URL"], cloud.emulator.url)
            console = cloud.ec2.get_console_output(InstanceId=ident)["Output"]
            self.assertIn(f"hello from the user data of {ident}", console)

            pids = [int(one) for one in (pathlib.Path(folder) / "pids").read_text().split()]
            self.assertTrue(all(map(is_alive, pids)))
            cloud.ec2.terminate_instances(InstanceIds=[ident])
            wait_for(lambda: not any(map(is_alive, pids)), "the process and its child to be gone", 5)
            wait_for(lambda: fetch(endpoint)[0] in (502, 503, 504), "the load balancer to have no target", 5)
            cloud.elbv2.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])

    def test_what_it_started_ends_with_the_emulator_however_that_ends(self):
        for end in ("stop", "kill"):
            with self.subTest(end), tempfile.TemporaryDirectory() as folder:
                cloud = Cloud("--time-scale", "20", "--allow-exec")
                file = pathlib.Path(folder) / "pids"
                try:
                    cloud.launch(f"#!/bin/sh\nsleep 1000 &\necho $! $$ > {file}.new; mv {file}.new {file}; wait\n")
                    wait_for(file.exists, "the user data to run", 10)
                finally:
                    getattr(cloud.emulator, end)()
                pids = [int(one) for one in file.read_text().split()]
                wait_for(lambda: not any(map(is_alive, pids)), "the processes to be gone", 5)

    def test_terminate_does_not_wait_for_a_daemon_that_left_its_session(self):
        cloud = self.cloud
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "pid"
            ident = cloud.launch(f"#!/bin/sh\nsetsid sleep 1000 &\necho $! > {file}.new; mv {file}.new {file}\n")[0]
            wait_for(file.exists, "the user data to run", 10)
            began = time.monotonic()
            try:
                cloud.ec2.terminate_instances(InstanceIds=[ident])
                cloud.wait_for_state(ident, "terminated")
                self.assertLess(time.monotonic() - began, 10)
            finally:
                try:
                    os.kill(int(file.read_text()), 9)
                except ProcessLookupError:
                    pass

    def test_a_command_that_fails_says_so_on_the_console(self):
        ident = self.cloud.launch("#!/no/such/interpreter\nhello\n")[0]
        self.cloud.wait_for_state(ident, "running")
        self.assertIn("/no/such/interpreter", self.cloud.ec2.get_console_output(InstanceId=ident)["Output"])


class States(CloudTest):
    def test_user_data_is_never_executed_without_the_flag(self):
        cloud = self.cloud
        with tempfile.TemporaryDirectory() as folder:
            marker = pathlib.Path(folder) / "executed"
            ident = cloud.launch(f"#!/bin/sh\nexport MESSAGE='not run'\ntouch {marker}\n")[0]
            cloud.wait_for_state(ident, "running")
            status, headers, body = fetch(cloud.address(ident))
            self.assertEqual((status, headers["X-Instance-Id"]), (200, ident))
            self.assertIn(b"not run", body)
            cloud.ec2.reboot_instances(InstanceIds=[ident])
            self.assertEqual(fetch(cloud.address(ident))[0], 200)
            self.assertFalse(marker.exists())

    def test_stop_start_reboot_terminate(self):
        cloud = self.cloud
        ident = cloud.launch()[0]
        before = cloud.wait_for_state(ident, "running")
        endpoint = cloud.address(ident)
        self.assertEqual(fetch(endpoint)[0], 200)

        change = cloud.ec2.stop_instances(InstanceIds=[ident])["StoppingInstances"][0]
        self.assertEqual((change["PreviousState"]["Name"], change["CurrentState"]["Name"]), ("running", "stopping"))
        self.assertEqual(fetch(endpoint)[0], 0)
        stopped = cloud.wait_for_state(ident, "stopped")
        self.assertEqual(stopped["StateReason"]["Code"], "Client.UserInitiatedShutdown")
        self.assertNotIn("PublicIpAddress", stopped)
        self.assertEqual(stopped["PrivateIpAddress"], before["PrivateIpAddress"])

        change = cloud.ec2.start_instances(InstanceIds=[ident])["StartingInstances"][0]
        self.assertEqual((change["PreviousState"]["Name"], change["CurrentState"]["Name"]), ("stopped", "pending"))
        self.assertNotIn("StateReason", cloud.wait_for_state(ident, "running"))
        self.assertEqual(fetch(cloud.address(ident))[1]["X-Instance-Id"], ident)

        cloud.ec2.reboot_instances(InstanceIds=[ident])
        self.assertEqual(cloud.instance(ident)["State"]["Name"], "running")
        self.assertEqual(fetch(cloud.address(ident))[0], 200)

        change = cloud.ec2.terminate_instances(InstanceIds=[ident])["TerminatingInstances"][0]
        self.assertEqual(change["CurrentState"]["Name"], "shutting-down")
        cloud.wait_for_state(ident, "terminated")
        self.assert_refused("IncorrectInstanceState", cloud.ec2.start_instances, InstanceIds=[ident])
        self.assert_refused("IncorrectInstanceState", cloud.ec2.stop_instances, InstanceIds=[ident])
        again = cloud.ec2.terminate_instances(InstanceIds=[ident])["TerminatingInstances"][0]
        self.assertEqual(again["CurrentState"]["Name"], "terminated")

    def test_terminate_breaks_connections_at_once(self):
        cloud = self.cloud
        ident = cloud.launch()[0]
        cloud.wait_for_state(ident, "running")
        with socket.create_connection(cloud.address(ident), timeout=5) as idle:
            idle.sendall(b"GET /whoami HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertTrue(idle.recv(65536).startswith(b"HTTP/1.1 200"))
            cloud.ec2.terminate_instances(InstanceIds=[ident])
            try:
                self.assertEqual(idle.recv(10), b"")
            except ConnectionResetError:
                pass

    def test_unknown_and_malformed_ids_are_refused(self):
        cloud = self.cloud
        self.assert_refused("InvalidInstanceID.NotFound", cloud.instance, "i-0123456789abcdef0")
        self.assert_refused("InvalidInstanceID.Malformed", cloud.instance, "web-1")
        self.assert_refused("InvalidAMIID.Malformed", cloud.launch, ImageId="debian")
        self.assert_refused("InvalidParameterValue", cloud.launch, InstanceType="t3.enormous")
        self.assert_refused("InvalidSubnetID.NotFound", cloud.launch, SubnetId="subnet-0123456789abcdef0")

    def test_user_data_that_is_malformed_or_too_large_is_refused(self):
        cloud = self.cloud
        self.assert_refused("InvalidParameterValue", cloud.launch, "x" * 16385)
        self.assertEqual(len(cloud.launch("x" * 16384)), 1)
        # botocore encodes UserData of RunInstances, but not that of a launch template.
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            cloud.template("malformed", UserData="#!/bin/sh ???")
            cloud.launch(LaunchTemplate={"LaunchTemplateName": "malformed"})
        self.assertEqual(caught.exception.response["Error"]["Code"], "InvalidUserData.Malformed")

    def test_describe_instances_filters(self):
        cloud = self.cloud
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "filtered"}, {"Key": "of", "Value": "a"}]}]
        first = cloud.launch(SubnetId=cloud.subnets[0], TagSpecifications=tags)[0]
        second = cloud.launch(SubnetId=cloud.subnets[1], InstanceType="t3.large", TagSpecifications=tags)[0]
        for ident in (first, second):
            cloud.wait_for_state(ident, "running")
        described = cloud.instance(first)

        def found(**filters):
            wanted = [{"Name": "tag:Name", "Values": ["filtered"]}]
            wanted += [
                {"Name": name.replace("_", "-").replace("--", ":"), "Values": values} for name, values in filters.items()
            ]
            pages = cloud.ec2.describe_instances(Filters=wanted)["Reservations"]
            return {instance["InstanceId"] for page in pages for instance in page["Instances"]}

        self.assertEqual(found(), {first, second})
        self.assertEqual(found(instance_type=["t3.large"]), {second})
        self.assertEqual(found(instance_type=["t3.*"]), {first, second})
        self.assertEqual(found(subnet_id=[cloud.subnets[0]]), {first})
        self.assertEqual(found(availability_zone=[described["Placement"]["AvailabilityZone"]]), {first})
        self.assertEqual(found(private_ip_address=[described["PrivateIpAddress"]]), {first})
        self.assertEqual(found(ip_address=[described["PublicIpAddress"]]), {first})
        self.assertEqual(found(tag_key=["of"]), {first, second})
        self.assertEqual(found(tag__of=["a", "b"]), {first, second})
        self.assertEqual(found(tag__of=["b"]), set())
        cloud.ec2.stop_instances(InstanceIds=[second])
        self.assertEqual(found(instance_state_name=["running"]), {first})
        self.assertEqual(found(instance_state_name=["stopping", "stopped"]), {second})
        self.assert_refused(
            "InvalidParameterValue", cloud.ec2.describe_instances, Filters=[{"Name": "colour", "Values": ["red"]}]
        )
        other = cloud.emulator.client("ec2", region="eu-west-1")
        self.assertEqual(other.describe_instances()["Reservations"], [])

    def test_launch_template_versions(self):
        cloud = self.cloud
        made = cloud.template("versions", UserData=encoded("MESSAGE=one"))
        self.assertEqual((made["DefaultVersionNumber"], made["LatestVersionNumber"]), (1, 1))
        second = cloud.ec2.create_launch_template_version(
            LaunchTemplateName="versions",
            SourceVersion="1",
            LaunchTemplateData={"UserData": encoded("MESSAGE=two")},
        )["LaunchTemplateVersion"]
        self.assertEqual((second["VersionNumber"], second["LaunchTemplateData"]["InstanceType"]), (2, "t3.micro"))

        def message(version):
            ident = cloud.launch(LaunchTemplate={"LaunchTemplateName": "versions", "Version": version})[0]
            cloud.wait_for_state(ident, "running")
            return next(word for word in (b"one", b"two") if word in fetch(cloud.address(ident))[2])

        self.assertEqual((message("1"), message("$Latest"), message("$Default")), (b"one", b"two", b"one"))
        cloud.ec2.modify_launch_template(LaunchTemplateName="versions", DefaultVersion="2")
        self.assertEqual(message("$Default"), b"two")
        self.assert_refused(
            "InvalidLaunchTemplateId.VersionNotFound",
            cloud.launch,
            LaunchTemplate={"LaunchTemplateName": "versions", "Version": "9"},
        )
        self.assert_refused(
            "InvalidLaunchTemplateName.NotFoundException", cloud.launch, LaunchTemplate={"LaunchTemplateName": "none"}
        )
        self.assert_refused("InvalidLaunchTemplateName.AlreadyExistsException", cloud.template, "versions")

    def test_target_health_says_why(self):
        cloud = self.cloud
        fine, silent = cloud.launch(count=2)
        for ident in (fine, silent):
            cloud.wait_for_state(ident, "running")
        group = cloud.target_group("reasons", HealthCheckPath="/no-such-page")
        cloud.elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": fine}, {"Id": silent}])
        self.assertEqual({one["Reason"] for one in cloud.health(group).values()}, {"Target.NotInUse"})
        balancer, endpoint = cloud.load_balancer("reasons", group)

        def reason(ident):
            health = cloud.health(group)[ident]
            return health["State"], health.get("Reason")

        wait_for(lambda: reason(fine) == ("unhealthy", "Target.ResponseCodeMismatch"), "a mismatch", 20)
        self.assertIn("404", cloud.health(group)[fine]["Description"])
        cloud.elbv2.modify_target_group(TargetGroupArn=group, HealthCheckPath="/health")
        wait_for(lambda: cloud.healthy(group) == {fine, silent}, "both to be healthy", 20)
        cloud.ec2.stop_instances(InstanceIds=[silent])
        wait_for(lambda: reason(silent) == ("unused", "Target.InvalidState"), "the stopped one to be unused", 20)
        self.assertEqual(fetch(endpoint, "/health")[0], 200)
        cloud.elbv2.deregister_targets(TargetGroupArn=group, Targets=[{"Id": fine}])
        self.assertEqual(reason(fine), ("draining", "Target.DeregistrationInProgress"))
        cloud.elbv2.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])

    def test_a_target_that_answers_nothing_fails_its_checks(self):
        cloud = self.cloud
        ident = cloud.launch()[0]
        cloud.wait_for_state(ident, "running")
        group = cloud.target_group("closed-port")
        cloud.load_balancer("closed-port", group)
        cloud.elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": ident, "Port": 8081}])
        wait_for(lambda: cloud.health(group)[ident]["State"] == "unhealthy", "the closed port to be noticed", 20)
        self.assertIn(cloud.health(group)[ident]["Reason"], ("Target.FailedHealthChecks", "Target.Timeout"))


if __name__ == "__main__":
    unittest.main()
