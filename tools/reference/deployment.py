"""Deploys the reference architecture, piece by piece, with boto3: what a person would do with the AWS CLI."""

import base64
import json
import mimetypes
import pathlib
import time
import urllib.parse
import urllib.request

from .emulator import ROOT, wait_for

FOLDER = ROOT / "scenarios" / "web-application"


class Deployment:
    def __init__(self, emulator, say=lambda text: None):
        self.emulator = emulator
        self.say = say
        self.plan = json.loads((FOLDER / "architecture.json").read_text())
        client = lambda service: emulator.client(service, self.plan["region"])
        self.s3, self.cloudfront, self.route53, self.rds = map(client, ["s3", "cloudfront", "route53", "rds"])
        self.ec2, self.elbv2, self.autoscaling = map(client, ["ec2", "elbv2", "autoscaling"])
        self.cloudwatch, self.sns, self.sts = map(client, ["cloudwatch", "sns", "sts"])

    def deploy(self):
        self.deploy_site()
        self.deploy_database()
        self.deploy_load_balancer()
        self.deploy_group()
        self.deploy_alarm()
        self.deploy_names()
        self.wait_until_serving()
        return self

    # Static half: S3 and CloudFront.

    def deploy_site(self):
        bucket = self.plan["bucket"]
        self.s3.create_bucket(Bucket=bucket)
        access = self.cloudfront.create_origin_access_control(
            OriginAccessControlConfig={
                "Name": bucket,
                "SigningProtocol": "sigv4",
                "SigningBehavior": "always",
                "OriginAccessControlOriginType": "s3",
            }
        )["OriginAccessControl"]["Id"]
        for path in sorted((FOLDER / "site").iterdir()):
            self.put_file(path.name, path.read_bytes())
        origin = {
            "Id": "site",
            "DomainName": f"{bucket}.s3.{self.plan['region']}.amazonaws.com",
            "S3OriginConfig": {"OriginAccessIdentity": ""},
            "OriginAccessControlId": access,
        }
        behavior = {
            "TargetOriginId": "site",
            "ViewerProtocolPolicy": "allow-all",
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        }
        created = self.cloudfront.create_distribution(
            DistributionConfig={
                "CallerReference": "web-application",
                "Comment": "the static site",
                "Enabled": True,
                "DefaultRootObject": "index.html",
                "Aliases": {"Quantity": 1, "Items": [self.plan["static_name"]]},
                "Origins": {"Quantity": 1, "Items": [origin]},
                "DefaultCacheBehavior": behavior,
            }
        )["Distribution"]
        self.distribution = created["Id"]
        self.distribution_name = created["DomainName"]
        let_in = {
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{bucket}/*",
            "Condition": {"StringEquals": {"AWS:SourceArn": created["ARN"]}},
        }
        # Who may not list a bucket is not told that a key is missing, but that access is denied.
        let_list = {**let_in, "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"}
        policy = {"Version": "2012-10-17", "Statement": [let_in, let_list]}
        self.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
        self.say(f"S3 bucket {bucket} and CloudFront distribution {self.distribution}")

    def put_file(self, name, content):
        kind = mimetypes.guess_type(name)[0] or "binary/octet-stream"
        self.s3.put_object(Bucket=self.plan["bucket"], Key=name, Body=content, ContentType=kind)

    def invalidate(self, *paths):
        batch = {"Paths": {"Quantity": len(paths), "Items": list(paths)}, "CallerReference": str(time.time())}
        made = self.cloudfront.create_invalidation(DistributionId=self.distribution, InvalidationBatch=batch)
        ident = made["Invalidation"]["Id"]
        wait_for(
            lambda: self.cloudfront.get_invalidation(DistributionId=self.distribution, Id=ident)["Invalidation"]["Status"]
            == "Completed",
            "the invalidation",
        )

    # The database.

    def deploy_database(self):
        wanted = self.plan["database"]
        self.rds.create_db_instance(
            DBInstanceIdentifier=wanted["identifier"],
            DBName=wanted["name"],
            Engine="mysql",
            DBInstanceClass=wanted["class"],
            AllocatedStorage=20,
            MasterUsername=wanted["user"],
            MasterUserPassword=wanted["password"],
            MultiAZ=True,
            BackupRetentionPeriod=1,
        )
        self.wait_for_database(wanted["identifier"])
        with self.connect() as connection, connection.cursor() as cursor:
            for statement in (FOLDER / "schema.sql").read_text().split(";"):
                if statement.strip():
                    cursor.execute(statement)
            connection.commit()
        self.say(f"RDS instance {wanted['identifier']} (Multi-AZ), its tables and first rows")

    def describe_database(self, identifier=None):
        identifier = identifier or self.plan["database"]["identifier"]
        return self.rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]

    def wait_for_database(self, identifier=None):
        return wait_for(
            lambda: (found := self.describe_database(identifier))["DBInstanceStatus"] == "available" and found,
            f"the database {identifier or ''}",
        )

    def connect(self, identifier=None, **more):
        """A PyMySQL connection to an instance's endpoint."""
        import pymysql

        wanted = self.plan["database"]
        endpoint = self.describe_database(identifier)["Endpoint"]
        host, port = endpoint["Address"], endpoint["Port"]
        if host != "localhost":
            from .dns import query

            host, port = self.emulator.real_endpoint(query(host, self.emulator.dns_port)[0], port)
        options = dict(user=wanted["user"], password=wanted["password"], database=wanted["name"], connect_timeout=5)
        return pymysql.connect(host=host, port=port, **{**options, **more})

    def deploy_replica(self):
        wanted = self.plan["database"]
        self.rds.create_db_instance_read_replica(
            DBInstanceIdentifier=wanted["replica"], SourceDBInstanceIdentifier=wanted["identifier"]
        )
        self.wait_for_database(wanted["replica"])
        self.say(f"read replica {wanted['replica']}")

    # The dynamic half: load balancer and instances.

    def deploy_load_balancer(self):
        vpc = self.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
        subnets = self.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
        self.subnets = [subnet["SubnetId"] for subnet in subnets]
        check = self.plan["health_check"]
        self.target_group = self.elbv2.create_target_group(
            Name="web",
            Protocol="HTTP",
            Port=80,
            VpcId=vpc,
            HealthCheckPath=check["path"],
            HealthCheckIntervalSeconds=check["interval"],
            HealthCheckTimeoutSeconds=check["timeout"],
            HealthyThresholdCount=check["healthy"],
            UnhealthyThresholdCount=check["unhealthy"],
        )["TargetGroups"][0]["TargetGroupArn"]
        self.elbv2.modify_target_group_attributes(
            TargetGroupArn=self.target_group,
            Attributes=[
                {"Key": "deregistration_delay.timeout_seconds", "Value": str(self.plan["deregistration_delay"])}
            ],
        )
        created = self.elbv2.create_load_balancer(Name="web", Subnets=self.subnets)["LoadBalancers"][0]
        self.load_balancer = created["LoadBalancerArn"]
        self.load_balancer_name = created["DNSName"]
        self.load_balancer_zone = created["CanonicalHostedZoneId"]
        self.listener = self.elbv2.create_listener(
            LoadBalancerArn=self.load_balancer,
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.target_group}],
        )["Listeners"][0]["ListenerArn"]
        self.elbv2.create_rule(
            ListenerArn=self.listener,
            Priority=10,
            Conditions=[{"Field": "path-pattern", "Values": ["/status"]}],
            Actions=[
                {
                    "Type": "fixed-response",
                    "FixedResponseConfig": {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": "up"},
                }
            ],
        )
        self.say("Application Load Balancer web with nodes in three zones")

    def user_data(self):
        endpoint = self.describe_database()["Endpoint"]
        wanted = self.plan["database"]
        text = (FOLDER / "user-data.sh").read_text()
        for name, value in {
            "DB_HOST": endpoint["Address"],
            "DB_PORT": endpoint["Port"],
            "DB_USER": wanted["user"],
            "DB_PASSWORD": wanted["password"],
            "DB_NAME": wanted["name"],
        }.items():
            text = text.replace("{" + name + "}", str(value))
        return base64.b64encode(text.encode()).decode()

    def deploy_group(self):
        wanted = self.plan["group"]
        self.ec2.create_launch_template(
            LaunchTemplateName=wanted["name"],
            LaunchTemplateData={
                "ImageId": wanted["image"],
                "InstanceType": wanted["instance_type"],
                "UserData": self.user_data(),
                "Monitoring": {"Enabled": True},
            },
        )
        self.autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=wanted["name"],
            LaunchTemplate={"LaunchTemplateName": wanted["name"], "Version": "$Latest"},
            MinSize=wanted["min_size"],
            MaxSize=wanted["max_size"],
            VPCZoneIdentifier=",".join(self.subnets),
            TargetGroupARNs=[self.target_group],
            HealthCheckType="ELB",
            HealthCheckGracePeriod=30,
            DefaultInstanceWarmup=60,
        )
        self.autoscaling.enable_metrics_collection(AutoScalingGroupName=wanted["name"], Granularity="1Minute")
        self.say(f"Auto Scaling group {wanted['name']} of {wanted['min_size']} to {wanted['max_size']} instances")

    def group(self):
        name = self.plan["group"]["name"]
        return self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]

    def healthy_targets(self):
        described = self.elbv2.describe_target_health(TargetGroupArn=self.target_group)["TargetHealthDescriptions"]
        return {one["Target"]["Id"] for one in described if one["TargetHealth"]["State"] == "healthy"}

    # CloudWatch, SNS and scaling.

    def deploy_alarm(self):
        self.topic = self.sns.create_topic(Name=self.plan["topic"])["TopicArn"]
        self.sns.subscribe(TopicArn=self.topic, Protocol="email", Endpoint=self.plan["email"])
        self.confirm_email()
        policy = self.autoscaling.put_scaling_policy(
            AutoScalingGroupName=self.plan["group"]["name"],
            PolicyName="scale-out",
            PolicyType="StepScaling",
            AdjustmentType="ChangeInCapacity",
            StepAdjustments=[{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 2}],
        )["PolicyARN"]
        self.cloudwatch.put_metric_alarm(
            AlarmName=self.plan["alarm"]["name"],
            AlarmDescription="each instance serves too many requests",
            Namespace="AWS/ApplicationELB",
            MetricName="RequestCountPerTarget",
            Dimensions=[{"Name": "TargetGroup", "Value": self.target_group.split(":")[-1]}],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=self.plan["alarm"]["requests_per_target_per_minute"],
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=[policy, self.topic],
            OKActions=[self.topic],
        )
        shrink = self.autoscaling.put_scaling_policy(
            AutoScalingGroupName=self.plan["group"]["name"],
            PolicyName="scale-in",
            PolicyType="SimpleScaling",
            AdjustmentType="ChangeInCapacity",
            ScalingAdjustment=-1,
            Cooldown=60,
        )["PolicyARN"]
        self.cloudwatch.put_metric_alarm(
            AlarmName=self.plan["alarm"]["quiet_name"],
            Namespace="AWS/ApplicationELB",
            MetricName="RequestCountPerTarget",
            Dimensions=[{"Name": "TargetGroup", "Value": self.target_group.split(":")[-1]}],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=2,
            Threshold=self.plan["alarm"]["quiet_requests_per_target_per_minute"],
            ComparisonOperator="LessThanThreshold",
            AlarmActions=[shrink],
        )
        self.say("CloudWatch alarms that scale the group and write to the operator")

    def confirm_email(self):
        """Reads the confirmation letter in the local mailbox and follows its link, as a person would."""
        letter = wait_for(
            lambda: next((one for one in self.mailbox() if "onfirm" in one.get("subject", "")), None),
            "the confirmation letter",
        )
        url = urllib.parse.urlsplit(letter["confirmUrl"])
        with urllib.request.urlopen(f"http://127.0.0.1:{self.emulator.port}{url.path}?{url.query}", timeout=10):
            pass

    def mailbox(self):
        letters = self.emulator.page("/_diorama/mailbox")
        return letters["letters"] if isinstance(letters, dict) else letters

    def alarm_state(self):
        found = self.cloudwatch.describe_alarms(AlarmNames=[self.plan["alarm"]["name"]])["MetricAlarms"]
        return found[0]["StateValue"]

    # Route 53.

    def deploy_names(self):
        created = self.route53.create_hosted_zone(Name=self.plan["domain"], CallerReference="web-application")
        self.zone = created["HostedZone"]["Id"].split("/")[-1]
        alias = lambda zone, name: {"HostedZoneId": zone, "DNSName": name, "EvaluateTargetHealth": False}
        records = [
            (self.plan["static_name"], alias("Z2FDTNDATAQYW2", self.distribution_name)),
            (self.plan["dynamic_name"], alias(self.load_balancer_zone, self.load_balancer_name)),
        ]
        change = self.route53.change_resource_record_sets(
            HostedZoneId=self.zone,
            ChangeBatch={
                "Changes": [
                    {"Action": "CREATE", "ResourceRecordSet": {"Name": name, "Type": "A", "AliasTarget": target}}
                    for name, target in records
                ]
            },
        )["ChangeInfo"]["Id"]
        wait_for(
            lambda: self.route53.get_change(Id=change)["ChangeInfo"]["Status"] == "INSYNC", "the change of the zone"
        )
        self.say(f"hosted zone {self.plan['domain']}")

    def wait_until_serving(self):
        wait_for(
            lambda: self.cloudfront.get_distribution(Id=self.distribution)["Distribution"]["Status"] == "Deployed",
            "the distribution",
        )
        wait_for(lambda: len(self.healthy_targets()) >= self.plan["group"]["min_size"], "healthy targets")
