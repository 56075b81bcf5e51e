"""The calls of the API golden files: what is sent, byte for byte, in order; later ones see what earlier ones made."""

import json
import urllib.parse

FORM = "application/x-www-form-urlencoded; charset=utf-8"


class Case:
    """One HTTP request; its answer is kept in golden/<name>.txt."""

    def __init__(self, name, service, method, path, headers=None, body=b"", region="us-east-1"):
        self.name = name
        self.method = method
        self.path = path
        self.body = body
        self.scope = f"{region}/{service}/aws4_request"
        self.headers = headers or {}

    def signed(self, when):
        """The headers with an Authorization for the moment: any signature will do, its scope counts."""
        credential = f"test/{when:%Y%m%d}/{self.scope}"
        authorization = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host;x-amz-date, Signature=0"
        return {"Authorization": authorization, "X-Amz-Date": f"{when:%Y%m%dT%H%M%SZ}", **self.headers}


def query(name, service, version, action, *, region="us-east-1", **parameters):
    """A call in the protocols query and ec2: a form."""
    fields = {"Action": action, "Version": version}
    fields.update({key.replace("__", "."): value for key, value in parameters.items()})
    body = urllib.parse.urlencode(fields).encode()
    return Case(name, service, "POST", "/", {"Content-Type": FORM}, body, region)


def json_call(name, service, target, payload):
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target}
    return Case(name, service, "POST", "/", headers, json.dumps(payload).encode())


def cbor_call(name, operation, body):
    headers = {"Content-Type": "application/cbor", "Smithy-Protocol": "rpc-v2-cbor", "Accept": "application/cbor"}
    path = f"/service/GraniteServiceVersion20100801/operation/{operation}"
    return Case(name, "monitoring", "POST", path, headers, body)


ZONE = b"""<?xml version="1.0" encoding="UTF-8"?>
<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/">
<Name>example.com</Name><CallerReference>one</CallerReference></CreateHostedZoneRequest>"""

STS, SNS, ASG, EC2, ELB, RDS, CW = (
    "2011-06-15",
    "2010-03-31",
    "2011-01-01",
    "2016-11-15",
    "2015-12-01",
    "2014-10-31",
    "2010-08-01",
)
TOPIC = "arn:aws:sns:us-east-1:000000000000:news"
METRIC = [{"MetricName": "Orders", "Value": 3, "Unit": "Count"}]

CASES = [
    # query
    query("sts_get_caller_identity", "sts", STS, "GetCallerIdentity"),
    query("sts_unknown_operation", "sts", STS, "GetSessionToken"),
    query("sns_create_topic", "sns", SNS, "CreateTopic", Name="news"),
    query("sns_publish", "sns", SNS, "Publish", TopicArn=TOPIC, Message="hello"),
    query("sns_publish_no_topic", "sns", SNS, "Publish", TopicArn=TOPIC + "-no", Message="hello"),
    query("sns_invalid_parameter", "sns", SNS, "CreateTopic", Name="not a name"),
    query("autoscaling_describe_empty", "autoscaling", ASG, "DescribeAutoScalingGroups"),
    query(
        "autoscaling_no_group", "autoscaling", ASG, "SetDesiredCapacity", AutoScalingGroupName="no",
        DesiredCapacity="1",
    ),
    query("autoscaling_missing_parameter", "autoscaling", ASG, "SetDesiredCapacity", AutoScalingGroupName="no"),
    query(
        "elbv2_no_vpc", "elasticloadbalancing", ELB, "CreateTargetGroup", Name="web", Protocol="HTTP", Port="80",
        TargetType="ip", VpcId="vpc-00000000",
    ),
    query("elbv2_no_load_balancer", "elasticloadbalancing", ELB, "DescribeLoadBalancers", Names__member__1="no"),
    query("rds_no_instance", "rds", RDS, "DescribeDBInstances", DBInstanceIdentifier="no"),
    query("rds_describe_empty", "rds", RDS, "DescribeDBInstances"),
    query("cloudwatch_query_list_metrics", "monitoring", CW, "ListMetrics", Namespace="None"),
    query(
        "cloudwatch_query_invalid", "monitoring", CW, "SetAlarmState", AlarmName="no", StateValue="OK",
        StateReason="none",
    ),
    # ec2
    query("ec2_describe_zones", "ec2", EC2, "DescribeAvailabilityZones", region="eu-west-1"),
    query("ec2_describe_vpcs", "ec2", EC2, "DescribeVpcs"),
    query(
        "ec2_create_launch_template", "ec2", EC2, "CreateLaunchTemplate", LaunchTemplateName="web",
        LaunchTemplateData__ImageId="ami-0d10a3a1d10a3a101", LaunchTemplateData__InstanceType="t3.micro",
    ),
    query(
        "ec2_launch_template_exists", "ec2", EC2, "CreateLaunchTemplate", LaunchTemplateName="web",
        LaunchTemplateData__ImageId="ami-0d10a3a1d10a3a101",
    ),
    query("ec2_no_instance", "ec2", EC2, "DescribeInstances", InstanceId__1="i-00000000000000000"),
    query("ec2_unknown_operation", "ec2", EC2, "CreateVolume"),
    # json 1.0 and rpc-v2-cbor
    json_call(
        "cloudwatch_json_put", "monitoring", "GraniteServiceVersion20100801.PutMetricData",
        {"Namespace": "Shop", "MetricData": METRIC},
    ),
    json_call("cloudwatch_json_list", "monitoring", "GraniteServiceVersion20100801.ListMetrics", {"Namespace": "Shop"}),
    json_call(
        "cloudwatch_json_no_alarm", "monitoring", "GraniteServiceVersion20100801.SetAlarmState",
        {"AlarmName": "no", "StateValue": "OK", "StateReason": "none"},
    ),
    json_call("cloudwatch_json_missing", "monitoring", "GraniteServiceVersion20100801.PutMetricData", {}),
    cbor_call("cloudwatch_cbor_list", "ListMetrics", b"\xa1\x69Namespace\x64Shop"),
    cbor_call("cloudwatch_cbor_missing", "SetAlarmState", b"\xa0"),
    # rest-xml
    Case("route53_create_zone", "route53", "POST", "/2013-04-01/hostedzone", {"Content-Type": "application/xml"}, ZONE),
    Case("route53_zone_again", "route53", "POST", "/2013-04-01/hostedzone", {"Content-Type": "application/xml"}, ZONE),
    Case("route53_no_zone", "route53", "GET", "/2013-04-01/hostedzone/ZNOTHERE"),
    Case("cloudfront_list_empty", "cloudfront", "GET", "/2020-05-31/distribution"),
    Case("cloudfront_no_distribution", "cloudfront", "GET", "/2020-05-31/distribution/ENOTHERE"),
    # S3
    Case("s3_create_bucket", "s3", "PUT", "/shelf"),
    Case("s3_put_object", "s3", "PUT", "/shelf/a%20b.txt", {"Content-Type": "text/plain"}, b"hello"),
    Case("s3_get_object", "s3", "GET", "/shelf/a%20b.txt"),
    Case("s3_get_range", "s3", "GET", "/shelf/a%20b.txt", {"Range": "bytes=1-2"}),
    Case("s3_list_objects", "s3", "GET", "/shelf?list-type=2&encoding-type=url"),
    Case("s3_no_key", "s3", "GET", "/shelf/none"),
    Case("s3_no_bucket", "s3", "GET", "/no-shelf"),
    Case("s3_bucket_not_empty", "s3", "DELETE", "/shelf"),
]
