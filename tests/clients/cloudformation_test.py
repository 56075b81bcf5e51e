"""boto3 and `aws cloudformation deploy` with CloudFormation: the reference architecture from its template, and stacks that fail."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from service_case import REGION, ROOT, ServiceTest, wait_for

TEMPLATE = ROOT / "scenarios" / "web-application" / "template.yaml"

TOPICS = """
Parameters:
  Greeting: {Type: String, Default: hello}
Resources:
  First: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Greeting}}
  Second: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt First.TopicName}}
Outputs:
  First: {Value: !Ref First}
"""

BROKEN = """
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Network: {Type: AWS::EC2::VPC, DependsOn: Topic}
"""


class Stacks(ServiceTest):
    def setUp(self):
        self.cloudformation = self.client("cloudformation")

    def described(self, name):
        return self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]

    def outputs(self, name):
        return {one["OutputKey"]: one["OutputValue"] for one in self.described(name)["Outputs"]}

    def get(self, url):
        """What a client sees that knows only the proxy; empty when that is no answer of 200."""
        proxy = urllib.request.ProxyHandler({"http": self.emulator.url})
        try:
            with urllib.request.build_opener(proxy).open(url, timeout=10) as answer:
                return answer.read()
        except urllib.error.HTTPError:
            return b""

    def finished(self, name):
        wait_for(lambda: not self.described(name)["StackStatus"].endswith("_IN_PROGRESS"), f"stack {name}", 120)
        found = self.described(name)
        if "ROLLBACK" in found["StackStatus"] or "FAILED" in found["StackStatus"]:
            self.last_events = [
                (one["LogicalResourceId"], one["ResourceStatus"], one.get("ResourceStatusReason"))
                for one in self.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
            ]
        return found["StackStatus"]

    def test_reference_architecture(self):
        ec2, s3, route53 = self.client("ec2"), self.client("s3"), self.client("route53")
        autoscaling, rds = self.client("autoscaling"), self.client("rds")
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        subnets = ",".join(one["SubnetId"] for one in ec2.describe_subnets()["Subnets"])
        parameters = {
            "DomainName": "stack.test",
            "VpcId": vpc,
            "SubnetIds": subnets,
            "DBPassword": "correct-horse",
            "OperatorEmail": "operator@stack.test",
        }
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
        body = TEMPLATE.read_text()
        keys = {one["ParameterKey"] for one in self.cloudformation.validate_template(TemplateBody=body)["Parameters"]}
        self.assertLessEqual(set(parameters), keys)
        self.cloudformation.create_stack(StackName="web", TemplateBody=body, Parameters=given)
        self.assertEqual(self.finished("web"), "CREATE_COMPLETE", getattr(self, "last_events", ""))
        outputs = self.outputs("web")
        told = {one["ParameterKey"]: one["ParameterValue"] for one in self.described("web")["Parameters"]}
        self.assertEqual(told["DBPassword"], "****")

        # Static files through CloudFront, pages through the load balancer, both by their names.
        s3.put_object(Bucket=outputs["BucketName"], Key="index.html", Body=b"assets", ContentType="text/html")
        self.assertEqual(self.get("http://static.stack.test/index.html"), b"assets")
        wait_for(lambda: self.get("http://www.stack.test/health"), "the instances", 60)
        self.assertEqual(self.get("http://www.stack.test/status"), b"up")
        records = route53.list_resource_record_sets(HostedZoneId=outputs["HostedZoneId"])["ResourceRecordSets"]
        self.assertEqual(len([one for one in records if one["Type"] == "A"]), 2)
        database = rds.describe_db_instances(DBInstanceIdentifier=outputs["DatabaseIdentifier"])["DBInstances"][0]
        self.assertTrue(database["MultiAZ"])
        self.assertEqual(database["ReadReplicaDBInstanceIdentifiers"], [outputs["ReplicaIdentifier"]])

        # An update in place.
        more = [{"ParameterKey": key, "UsePreviousValue": True} for key in parameters]
        more.append({"ParameterKey": "MaxSize", "ParameterValue": "9"})
        update = dict(StackName="web", UsePreviousTemplate=True, Parameters=more)
        self.cloudformation.update_stack(**update)
        self.assertEqual(self.finished("web"), "UPDATE_COMPLETE", getattr(self, "last_events", ""))
        groups = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[outputs["GroupName"]])
        self.assertEqual(groups["AutoScalingGroups"][0]["MaxSize"], 9)
        with self.refused("ValidationError", 400, "No updates are to be performed."):
            self.cloudformation.update_stack(**update)

        # And everything goes.
        s3.delete_object(Bucket=outputs["BucketName"], Key="index.html")
        stack = self.described("web")["StackId"]
        self.cloudformation.delete_stack(StackName="web")
        self.assertEqual(self.finished(stack), "DELETE_COMPLETE", getattr(self, "last_events", ""))
        self.assertEqual(rds.describe_db_instances()["DBInstances"], [])
        self.assertEqual(route53.list_hosted_zones()["HostedZones"], [])
        self.assertNotIn(outputs["BucketName"], [one["Name"] for one in s3.list_buckets()["Buckets"]])
        self.assertEqual(self.client("elbv2").describe_load_balancers()["LoadBalancers"], [])
        with self.refused("ValidationError", 400, "Stack with id web does not exist"):
            self.cloudformation.describe_stacks(StackName="web")

    def test_failing_stack_rolls_back(self):
        self.cloudformation.create_stack(StackName="broken", TemplateBody=BROKEN)
        self.assertEqual(self.finished("broken"), "ROLLBACK_COMPLETE")
        failed = [one for one in self.last_events if one[1] == "CREATE_FAILED"]
        self.assertEqual([one[0] for one in failed], ["Network"])
        self.assertIn("AWS::EC2::VPC is not emulated", failed[0][2])
        topics = [one["TopicArn"] for one in self.client("sns").list_topics()["Topics"]]
        self.assertEqual([one for one in topics if "broken-" in one], [])
        self.cloudformation.delete_stack(StackName="broken")
        self.wait(self.cloudformation, "stack_delete_complete", StackName="broken")

    def test_waiters_and_pages(self):
        self.cloudformation.create_stack(StackName="topics", TemplateBody=TOPICS, Tags=[{"Key": "a", "Value": "b"}])
        self.wait(self.cloudformation, "stack_create_complete", StackName="topics")
        arn = self.outputs("topics")["First"]
        tags = self.client("sns").list_tags_for_resource(ResourceArn=arn)["Tags"]
        self.assertEqual(tags, [{"Key": "a", "Value": "b"}])
        resources = self.cloudformation.describe_stack_resources(StackName="topics")["StackResources"]
        self.assertEqual([one["ResourceStatus"] for one in resources], ["CREATE_COMPLETE"] * 2)
        self.assertEqual(self.cloudformation.get_template(StackName="topics")["TemplateBody"], TOPICS)
        listed = self.cloudformation.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"]
        self.assertIn("topics", [one["StackName"] for one in listed])
        self.cloudformation.delete_stack(StackName="topics")
        self.wait(self.cloudformation, "stack_delete_complete", StackName="topics")

    def test_template_in_s3(self):
        s3 = self.client("s3")
        s3.create_bucket(Bucket="templates-of-stacks")
        s3.put_object(Bucket="templates-of-stacks", Key="topics.yaml", Body=TOPICS.encode())
        url = f"{self.emulator.url}/templates-of-stacks/topics.yaml"
        summary = self.cloudformation.get_template_summary(TemplateURL=url)
        self.assertEqual(summary["ResourceTypes"], ["AWS::SNS::Topic"])

    @unittest.skipUnless(shutil.which("aws"), "the AWS CLI is not installed")
    def test_aws_cli_deploys(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "topics.yaml"
            path.write_text(TOPICS)
            deploy = ["deploy", "--stack-name", "cli", "--template-file", str(path)]
            self.aws(*deploy)
            self.assertEqual(self.described("cli")["StackStatus"], "CREATE_COMPLETE")
            time.sleep(1.1)  # the CLI names change sets by the second
            self.aws(*deploy, "--parameter-overrides", "Greeting=bye")
            self.assertEqual(self.described("cli")["StackStatus"], "UPDATE_COMPLETE")
            time.sleep(1.1)
            self.assertIn("No changes to deploy", self.aws(*deploy, "--no-fail-on-empty-changeset"))

    def aws(self, *arguments):
        environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
        }
        command = ["aws", "--endpoint-url", self.emulator.url, "cloudformation", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, json.dumps([done.stdout, done.stderr]))
        return done.stdout + done.stderr


if __name__ == "__main__":
    unittest.main()
