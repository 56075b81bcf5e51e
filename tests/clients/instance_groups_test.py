"""Groups of instances that scale and replace without their clients noticing."""

import http.cookiejar
import pathlib
import sys
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))

from reference.emulator import wait_for  # noqa: E402
from instances_case import CloudTest, Traffic, encoded  # noqa: E402


class Groups(CloudTest):
    arguments = ("--time-scale", "30")

    def make(self, name, size, **more):
        cloud = self.cloud
        cloud.template(name, UserData=encoded("CPU_MS=1"))
        target_group = cloud.target_group(name, HealthCheckPath="/health")
        cloud.elbv2.modify_target_group_attributes(
            TargetGroupArn=target_group, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]
        )
        balancer, endpoint = cloud.load_balancer(name, target_group)
        cloud.group(name, DesiredCapacity=size, TargetGroupARNs=[target_group], **more)
        wait_for(lambda: len(cloud.healthy(target_group)) == size, f"{size} healthy instances", 30)
        return target_group, balancer, endpoint

    def test_scale_in_and_out_without_client_errors(self):
        cloud = self.cloud
        target_group, _, endpoint = self.make("drain", 4)
        self.assertEqual(len({cloud.instance(one)["Placement"]["AvailabilityZone"] for one in cloud.members("drain")}), 3)
        with Traffic(endpoint) as traffic:
            wait_for(lambda: len(traffic.instances) == 4, "traffic on all", 10)
            cloud.autoscaling.set_desired_capacity(AutoScalingGroupName="drain", DesiredCapacity=1)
            wait_for(lambda: len(cloud.members("drain", None)) == 1, "the group to shrink", 30)
            cloud.autoscaling.set_desired_capacity(AutoScalingGroupName="drain", DesiredCapacity=3)
            wait_for(lambda: len(cloud.healthy(target_group)) == 3, "the group to grow", 30)
        self.assertEqual((traffic.failures, set(traffic.statuses)), ([], {200}))
        activities = cloud.autoscaling.describe_scaling_activities(AutoScalingGroupName="drain")["Activities"]
        self.assertEqual(
            sorted(one["Description"].split(":")[0] for one in activities),
            ["Launching a new EC2 instance"] * 6 + ["Terminating EC2 instance"] * 3,
        )

    def test_set_instance_health_replaces(self):
        cloud = self.cloud
        target_group, _, endpoint = self.make("sick", 2)
        victim = sorted(cloud.members("sick"))[0]
        with Traffic(endpoint) as traffic:
            cloud.autoscaling.set_instance_health(
                InstanceId=victim, HealthStatus="Unhealthy", ShouldRespectGracePeriod=False
            )
            wait_for(
                lambda: victim not in cloud.members("sick", None) and len(cloud.healthy(target_group)) == 2,
                "the replacement",
                30,
            )
        self.assertEqual((traffic.failures, set(traffic.statuses)), ([], {200}))
        activities = cloud.autoscaling.describe_scaling_activities(AutoScalingGroupName="sick")["Activities"]
        self.assertTrue(any("user health-check" in one["Cause"] for one in activities))

    def test_a_client_that_keeps_its_cookie_stays_with_its_instance(self):
        cloud = self.cloud
        target_group, _, endpoint = self.make("sticky", 3)
        sticky = [{"Key": "stickiness.enabled", "Value": "true"}]
        cloud.elbv2.modify_target_group_attributes(TargetGroupArn=target_group, Attributes=sticky)
        cookies = http.cookiejar.CookieJar()
        client = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        stranger = urllib.request.build_opener()

        def ask(who):
            with who.open("http://%s:%d/whoami" % endpoint, timeout=5) as answer:
                return answer.headers["X-Instance-Id"]

        own = ask(client)
        self.assertEqual({one.name for one in cookies}, {"AWSALB", "AWSALBCORS"})
        self.assertEqual({ask(client) for _ in range(9)}, {own})
        self.assertEqual(len({ask(stranger) for _ in range(9)}), 3)
        cloud.ec2.terminate_instances(InstanceIds=[own])
        wait_for(lambda: own not in cloud.healthy(target_group), "the instance to be gone", 30)
        other = ask(client)
        self.assertNotEqual(other, own)
        self.assertEqual({ask(client) for _ in range(9)}, {other})

    def test_an_instance_that_dies_is_replaced(self):
        cloud = self.cloud
        target_group, _, _ = self.make("mortal", 2)
        victim = sorted(cloud.members("mortal"))[0]
        cloud.ec2.terminate_instances(InstanceIds=[victim])
        wait_for(
            lambda: victim not in cloud.members("mortal", None) and len(cloud.healthy(target_group)) == 2,
            "the replacement",
            30,
        )

    def test_deleting_a_group_by_force_ends_its_instances(self):
        cloud = self.cloud
        self.make("gone", 2)
        members = cloud.members("gone")
        self.assert_refused(
            "ResourceInUse", cloud.autoscaling.delete_auto_scaling_group, AutoScalingGroupName="gone"
        )
        cloud.autoscaling.delete_auto_scaling_group(AutoScalingGroupName="gone", ForceDelete=True)
        for ident in members:
            cloud.wait_for_state(ident, "terminated")
        wait_for(
            lambda: not cloud.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=["gone"])[
                "AutoScalingGroups"
            ],
            "the group to be gone",
            20,
        )


class Tracking(CloudTest):
    arguments = ("--time-scale", "60")

    def test_target_tracking_on_requests_per_target_scales_out(self):
        cloud = self.cloud
        cloud.template("track", UserData=encoded("CPU_MS=1"))
        target_group = cloud.target_group("track", HealthCheckPath="/health")
        balancer, endpoint = cloud.load_balancer("track", target_group)
        cloud.group("track", DesiredCapacity=1, TargetGroupARNs=[target_group], DefaultInstanceWarmup=30)
        wait_for(lambda: len(cloud.healthy(target_group)) == 1, "a healthy instance", 20)
        label = balancer["LoadBalancerArn"].split("loadbalancer/")[1] + "/" + target_group.split(":")[-1]
        made = cloud.autoscaling.put_scaling_policy(
            AutoScalingGroupName="track",
            PolicyName="requests",
            PolicyType="TargetTrackingScaling",
            TargetTrackingConfiguration={
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "ALBRequestCountPerTarget",
                    "ResourceLabel": label,
                },
                "TargetValue": 3,
            },
        )
        self.assertEqual(len(made["Alarms"]), 2)
        names = [alarm["AlarmName"] for alarm in made["Alarms"]]
        self.assertEqual(len(cloud.cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]), 2)
        with Traffic(endpoint, threads=2, pause=0.02) as traffic:
            wait_for(lambda: len(cloud.healthy(target_group)) >= 3, "the group to grow", 40)
        self.assertEqual((traffic.failures, set(traffic.statuses)), ([], {200}))
        activities = cloud.autoscaling.describe_scaling_activities(AutoScalingGroupName="track")["Activities"]
        self.assertTrue(any("monitor alarm TargetTracking-track-AlarmHigh" in one["Cause"] for one in activities))


if __name__ == "__main__":
    unittest.main()
