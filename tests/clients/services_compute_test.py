"""boto3 with load balancers, instances and groups: pages, waiters, exact errors, client tokens, the whole life of each."""

import unittest

from service_case import IMAGE, REGION, ServiceTest, wait_for


class Balancing(ServiceTest):
    def setUp(self):
        self.ec2, self.elbv2 = self.client("ec2"), self.client("elbv2")
        self.subnets = [one["SubnetId"] for one in self.ec2.describe_subnets()["Subnets"]]
        self.vpc = self.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]

    def test_errors_of_missing_things(self):
        prefix = f"arn:aws:elasticloadbalancing:{REGION}:{self.account}"
        balancer, group = (
            f"{prefix}:loadbalancer/app/none/50dc6c495c0c9188",
            f"{prefix}:targetgroup/none/50dc6c495c0c9188",
        )
        listener, rule = (
            f"{prefix}:listener/app/none/50dc6c495c0c9188/0467ef3c8400ae65",
            f"{prefix}:listener-rule/app/none/50dc6c495c0c9188/0467ef3c8400ae65/291dfe0a2c9b45b4",
        )
        for code, operation, arguments in (
            ("LoadBalancerNotFound", "describe_load_balancers", dict(Names=["none"])),
            ("LoadBalancerNotFound", "describe_load_balancers", dict(LoadBalancerArns=[balancer])),
            ("LoadBalancerNotFound", "describe_load_balancer_attributes", dict(LoadBalancerArn=balancer)),
            ("LoadBalancerNotFound", "describe_listeners", dict(LoadBalancerArn=balancer)),
            ("TargetGroupNotFound", "describe_target_groups", dict(Names=["none"])),
            ("TargetGroupNotFound", "describe_target_group_attributes", dict(TargetGroupArn=group)),
            ("TargetGroupNotFound", "describe_target_health", dict(TargetGroupArn=group)),
            ("ListenerNotFound", "describe_listeners", dict(ListenerArns=[listener])),
            ("RuleNotFound", "describe_rules", dict(RuleArns=[rule])),
            ("LoadBalancerNotFound", "describe_tags", dict(ResourceArns=[balancer])),
            ("TargetGroupNotFound", "describe_tags", dict(ResourceArns=[group])),
        ):
            with self.subTest(operation, **arguments), self.refused(code, 400):
                getattr(self.elbv2, operation)(**arguments)
        self.elbv2.delete_load_balancer(LoadBalancerArn=balancer)  # AWS: succeeds if it does not exist
        self.elbv2.delete_target_group(TargetGroupArn=group)
        with self.refused("SubnetNotFound"):
            self.elbv2.create_load_balancer(Name="x", Subnets=["subnet-0000000000000000a", self.subnets[0]])
        with self.refused("ValidationError"):
            self.elbv2.create_load_balancer(Name="x", Subnets=self.subnets[:1])
        with self.refused("ValidationError"):
            self.elbv2.create_load_balancer(Name="-not a name", Subnets=self.subnets)

    def test_life_of_a_load_balancer(self):
        tags = [{"Key": "team", "Value": "web"}]
        sent = dict(
            Name="group",
            Protocol="HTTP",
            Port=8080,
            VpcId=self.vpc,
            HealthCheckPath="/ok",
            HealthCheckIntervalSeconds=7,
            HealthCheckTimeoutSeconds=3,
            HealthyThresholdCount=2,
            UnhealthyThresholdCount=4,
            Matcher={"HttpCode": "200-299"},
        )
        group = self.elbv2.create_target_group(**sent, Tags=tags)["TargetGroups"][0]["TargetGroupArn"]
        found = self.elbv2.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]
        self.assert_holds({**found, "Name": found["TargetGroupName"]}, sent)
        self.assertEqual(
            self.elbv2.create_target_group(**sent, Tags=tags)["TargetGroups"][0]["TargetGroupArn"], group
        )
        with self.refused("DuplicateTargetGroupName", 400):
            self.elbv2.create_target_group(**{**sent, "Port": 81})
        made = self.elbv2.create_load_balancer(Name="front", Subnets=self.subnets, Tags=tags)["LoadBalancers"][0]
        balancer = made["LoadBalancerArn"]
        self.assertEqual(
            self.elbv2.create_load_balancer(Name="front", Subnets=self.subnets, Tags=tags)["LoadBalancers"][0][
                "LoadBalancerArn"
            ],
            balancer,
        )
        with self.refused("DuplicateLoadBalancerName", 400):
            self.elbv2.create_load_balancer(Name="front", Subnets=self.subnets[:2])
        self.wait(self.elbv2, "load_balancer_available", LoadBalancerArns=[balancer])
        attributes = [{"Key": "idle_timeout.timeout_seconds", "Value": "30"}]
        self.elbv2.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=attributes)
        self.assertIn(
            attributes[0], self.elbv2.describe_load_balancer_attributes(LoadBalancerArn=balancer)["Attributes"]
        )
        described = self.elbv2.describe_tags(ResourceArns=[balancer, group])["TagDescriptions"]
        self.assertEqual([one["Tags"] for one in described], [tags, tags])
        forward = [{"Type": "forward", "TargetGroupArn": group}]
        arguments = dict(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward)
        listener = self.elbv2.create_listener(**arguments)["Listeners"][0]["ListenerArn"]
        with self.refused("DuplicateListener", 400):
            self.elbv2.create_listener(**{**arguments, "DefaultActions": self.fixed("200")})
        self.check_rules(listener, forward)
        with self.refused("ResourceInUse", 400):
            self.elbv2.delete_target_group(TargetGroupArn=group)
        self.elbv2.delete_listener(ListenerArn=listener)
        self.elbv2.delete_load_balancer(LoadBalancerArn=balancer)
        self.wait(self.elbv2, "load_balancers_deleted", LoadBalancerArns=[balancer])
        self.elbv2.delete_target_group(TargetGroupArn=group)
        self.assertEqual(self.elbv2.describe_target_groups()["TargetGroups"], [])
        self.assertEqual(self.elbv2.describe_load_balancers()["LoadBalancers"], [])

    def fixed(self, status):
        return [
            {
                "Type": "fixed-response",
                "FixedResponseConfig": {"StatusCode": status, "ContentType": "text/plain", "MessageBody": "x"},
            }
        ]

    def check_rules(self, listener, forward):
        conditions = [
            {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com"]}},
            {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Beta", "Values": ["yes"]}},
            {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "2"}]}},
        ]
        rules = []
        for priority in range(1, 6):
            made = self.elbv2.create_rule(
                ListenerArn=listener, Priority=priority, Conditions=conditions, Actions=self.fixed("404")
            )
            rules.append(made["Rules"][0]["RuleArn"])
        found = self.pages(self.elbv2, "describe_rules", "Rules", 2, ListenerArn=listener)
        self.assertEqual([one["Priority"] for one in found], ["1", "2", "3", "4", "5", "default"])
        self.assertEqual([one["Field"] for one in found[0]["Conditions"]], [one["Field"] for one in conditions])
        for sent, got in zip(conditions, found[0]["Conditions"]):
            self.assert_holds(got, sent)
        self.assert_holds(found[0]["Actions"][0], self.fixed("404")[0])
        with self.refused("PriorityInUse", 400):
            self.elbv2.create_rule(ListenerArn=listener, Priority=1, Conditions=conditions, Actions=forward)
        with self.refused("OperationNotPermitted", 400):
            self.elbv2.delete_rule(RuleArn=found[-1]["RuleArn"])
        for rule in rules:
            self.elbv2.delete_rule(RuleArn=rule)

    def test_paging(self):
        groups = [
            self.elbv2.create_target_group(Name=f"page-{n}", Protocol="HTTP", Port=80, VpcId=self.vpc)[
                "TargetGroups"
            ][0]["TargetGroupArn"]
            for n in range(5)
        ]
        found = self.pages(self.elbv2, "describe_target_groups", "TargetGroups", 2)
        self.assertEqual(sorted(one["TargetGroupArn"] for one in found), sorted(groups))
        for group in groups:
            self.elbv2.delete_target_group(TargetGroupArn=group)


class Instances(ServiceTest):
    def setUp(self):
        self.ec2, self.autoscaling = self.client("ec2"), self.client("autoscaling")
        self.subnets = [one["SubnetId"] for one in self.ec2.describe_subnets()["Subnets"]]

    def test_errors_of_missing_things(self):
        missing = "0123456789abcdef0"
        for code, operation, arguments in (
            ("InvalidInstanceID.NotFound", "describe_instances", dict(InstanceIds=[f"i-{missing}"])),
            ("InvalidInstanceID.NotFound", "terminate_instances", dict(InstanceIds=[f"i-{missing}"])),
            ("InvalidInstanceID.Malformed", "describe_instances", dict(InstanceIds=["web-1"])),
            ("InvalidVpcID.NotFound", "describe_vpcs", dict(VpcIds=[f"vpc-{missing}"])),
            ("InvalidSubnetID.NotFound", "describe_subnets", dict(SubnetIds=[f"subnet-{missing}"])),
            ("InvalidGroup.NotFound", "describe_security_groups", dict(GroupIds=[f"sg-{missing}"])),
            (
                "InvalidLaunchTemplateName.NotFoundException",
                "describe_launch_templates",
                dict(LaunchTemplateNames=["none"]),
            ),
            (
                "InvalidLaunchTemplateId.NotFound",
                "describe_launch_templates",
                dict(LaunchTemplateIds=[f"lt-{missing}"]),
            ),
            ("InvalidAMIID.NotFound", "describe_images", dict(ImageIds=[f"ami-{missing[1:]}9"])),
            ("InvalidAMIID.Malformed", "run_instances", dict(ImageId="none", MinCount=1, MaxCount=1)),
            (
                "InvalidSubnetID.NotFound",
                "run_instances",
                dict(ImageId=IMAGE, MinCount=1, MaxCount=1, SubnetId=f"subnet-{missing}"),
            ),
        ):
            with self.subTest(operation, **arguments), self.refused(code, 400):
                getattr(self.ec2, operation)(**arguments)
        with self.refused("DryRunOperation", 412):
            self.ec2.run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1, DryRun=True)

    def test_life_of_instances(self):
        arguments = dict(
            ImageId=IMAGE,
            InstanceType="t3.micro",
            MinCount=3,
            MaxCount=3,
            SubnetId=self.subnets[1],
            ClientToken="once",
            TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "web"}]}],
        )
        made = [one["InstanceId"] for one in self.ec2.run_instances(**arguments)["Instances"]]
        again = [one["InstanceId"] for one in self.ec2.run_instances(**arguments)["Instances"]]
        self.assertEqual(sorted(again), sorted(made))
        with self.refused("IdempotentParameterMismatch", 400):
            self.ec2.run_instances(**{**arguments, "InstanceType": "t3.large"})
        self.wait(self.ec2, "instance_running", InstanceIds=made)
        self.wait(self.ec2, "instance_status_ok", InstanceIds=made)
        found = self.ec2.describe_instances(InstanceIds=made[:1])["Reservations"][0]["Instances"][0]
        self.assert_holds(found, {"ImageId": IMAGE, "InstanceType": "t3.micro", "SubnetId": self.subnets[1]})
        self.assertEqual(found["Tags"], [{"Key": "Name", "Value": "web"}])
        self.ec2.stop_instances(InstanceIds=made[:1])
        self.wait(self.ec2, "instance_stopped", InstanceIds=made[:1])
        self.ec2.start_instances(InstanceIds=made[:1])
        self.wait(self.ec2, "instance_running", InstanceIds=made[:1])
        self.ec2.create_tags(Resources=made, Tags=[{"Key": "n", "Value": "1"}])
        tags = self.ec2.describe_tags(Filters=[{"Name": "key", "Values": ["n"]}])["Tags"]
        self.assertEqual(sorted(one["ResourceId"] for one in tags), sorted(made))
        self.ec2.terminate_instances(InstanceIds=made)
        self.wait(self.ec2, "instance_terminated", InstanceIds=made)
        with self.refused("IncorrectInstanceState", 400):
            self.ec2.start_instances(InstanceIds=made[:1])

    def test_instances_in_pages(self):
        made = [
            self.ec2.run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
            for _ in range(7)
        ]
        pages = list(
            self.ec2.get_paginator("describe_instances").paginate(
                Filters=[{"Name": "instance-id", "Values": made}], PaginationConfig={"PageSize": 5}
            )
        )
        self.assertEqual(len(pages), 2)
        found = [one["InstanceId"] for page in pages for each in page["Reservations"] for one in each["Instances"]]
        self.assertEqual(sorted(found), sorted(made))
        self.ec2.terminate_instances(InstanceIds=made)

    def test_life_of_a_launch_template(self):
        first = {"ImageId": IMAGE, "InstanceType": "t3.micro", "UserData": "UE9SVD04MAo="}
        made = self.ec2.create_launch_template(LaunchTemplateName="small", LaunchTemplateData=first)["LaunchTemplate"]
        with self.refused("InvalidLaunchTemplateName.AlreadyExistsException", 400):
            self.ec2.create_launch_template(LaunchTemplateName="small", LaunchTemplateData=first)
        ident = made["LaunchTemplateId"]
        second = {**first, "InstanceType": "t3.small"}
        self.ec2.create_launch_template_version(
            LaunchTemplateId=ident, LaunchTemplateData=second, VersionDescription="two"
        )
        versions = self.ec2.describe_launch_template_versions(LaunchTemplateId=ident)["LaunchTemplateVersions"]
        self.assertEqual([one["VersionNumber"] for one in versions], [2, 1])
        self.assert_holds(versions[0]["LaunchTemplateData"], second)
        self.ec2.modify_launch_template(LaunchTemplateId=ident, DefaultVersion="2")
        found = self.ec2.describe_launch_templates(LaunchTemplateIds=[ident])["LaunchTemplates"][0]
        self.assertEqual((found["DefaultVersionNumber"], found["LatestVersionNumber"]), (2, 2))
        self.ec2.delete_launch_template(LaunchTemplateId=ident)
        self.assertEqual(self.ec2.describe_launch_templates()["LaunchTemplates"], [])

    def test_life_of_a_group(self):
        self.ec2.create_launch_template(
            LaunchTemplateName="fleet", LaunchTemplateData={"ImageId": IMAGE, "InstanceType": "t3.micro"}
        )
        sent = dict(
            AutoScalingGroupName="fleet",
            MinSize=1,
            MaxSize=4,
            DesiredCapacity=2,
            DefaultCooldown=33,
            HealthCheckType="EC2",
            HealthCheckGracePeriod=11,
            VPCZoneIdentifier=",".join(self.subnets),
            TerminationPolicies=["OldestInstance"],
            NewInstancesProtectedFromScaleIn=False,
        )
        template = {"LaunchTemplateName": "fleet", "Version": "$Latest"}
        tag = {
            "ResourceId": "fleet",
            "ResourceType": "auto-scaling-group",
            "Key": "k",
            "Value": "v",
            "PropagateAtLaunch": True,
        }
        self.autoscaling.create_auto_scaling_group(**sent, LaunchTemplate=template, Tags=[tag])
        with self.refused("AlreadyExists", 400):
            self.autoscaling.create_auto_scaling_group(**sent, LaunchTemplate=template)
        with self.refused("ValidationError", 400):
            self.autoscaling.update_auto_scaling_group(AutoScalingGroupName="fleet", MinSize=5)
        with self.refused("ValidationError", 400):
            self.autoscaling.set_desired_capacity(AutoScalingGroupName="none", DesiredCapacity=1)
        found = self.group()
        self.assert_holds(found, sent)
        self.assertEqual(found["Tags"], [tag])
        self.assert_holds(found["LaunchTemplate"], template)
        wait_for(
            lambda: [one["LifecycleState"] for one in self.group()["Instances"]] == ["InService"] * 2, "two instances"
        )
        instances = [one["InstanceId"] for one in self.group()["Instances"]]
        launched = self.ec2.describe_instances(InstanceIds=instances)["Reservations"][0]["Instances"][0]
        self.assertIn({"Key": "k", "Value": "v"}, launched["Tags"])
        self.assertIn({"Key": "aws:autoscaling:groupName", "Value": "fleet"}, launched["Tags"])
        activities = self.pages(
            self.autoscaling, "describe_scaling_activities", "Activities", 1, AutoScalingGroupName="fleet"
        )
        self.assertEqual({one["StatusCode"] for one in activities}, {"Successful"})
        self.check_policies()
        with self.refused("ResourceInUse", 400):
            self.autoscaling.delete_auto_scaling_group(AutoScalingGroupName="fleet")
        self.autoscaling.update_auto_scaling_group(AutoScalingGroupName="fleet", MinSize=0, DesiredCapacity=0)
        wait_for(lambda: not self.group()["Instances"], "an empty group")
        self.autoscaling.delete_auto_scaling_group(AutoScalingGroupName="fleet")
        wait_for(lambda: not self.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"], "no group")
        self.ec2.delete_launch_template(LaunchTemplateName="fleet")

    def group(self):
        return self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=["fleet"])["AutoScalingGroups"][0]

    def check_policies(self):
        step = dict(
            AutoScalingGroupName="fleet",
            PolicyName="step",
            PolicyType="StepScaling",
            AdjustmentType="PercentChangeInCapacity",
            MinAdjustmentMagnitude=2,
            StepAdjustments=[{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 50}],
        )
        self.autoscaling.put_scaling_policy(**step)
        simple = dict(
            AutoScalingGroupName="fleet",
            PolicyName="simple",
            AdjustmentType="ChangeInCapacity",
            ScalingAdjustment=1,
            Cooldown=5,
        )
        arn = self.autoscaling.put_scaling_policy(**simple)["PolicyARN"]
        self.assertEqual(self.autoscaling.put_scaling_policy(**simple)["PolicyARN"], arn)
        found = {
            one["PolicyName"]: one for one in self.pages(self.autoscaling, "describe_policies", "ScalingPolicies", 1)
        }
        self.assert_holds(found["step"], step)
        self.assert_holds(found["simple"], simple)
        for name in found:
            self.autoscaling.delete_policy(AutoScalingGroupName="fleet", PolicyName=name)


if __name__ == "__main__":
    unittest.main()
