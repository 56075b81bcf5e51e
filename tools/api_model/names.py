"""How names of an API become names of C++."""
import re

CLASS_NAMES = {
    "acm": "ACM", "autoscaling": "AutoScaling", "cloudformation": "CloudFormation", "cloudfront": "CloudFront",
    "cloudwatch": "CloudWatch", "dynamodb": "DynamoDB", "ebs": "EBS", "ec2": "EC2", "ecr": "ECR", "ecs": "ECS", "efs": "EFS",
    "eks": "EKS", "elasticache": "ElastiCache", "elb": "ELB", "elbv2": "ELBv2", "iam": "IAM", "kms": "KMS", "rds": "RDS",
    "route53": "Route53", "s3": "S3", "s3control": "S3Control", "secretsmanager": "SecretsManager", "ses": "SES",
    "sns": "SNS", "sqs": "SQS", "ssm": "SSM", "sts": "STS", "wafv2": "WAFv2",
}

# Words of C++, and macros of the standard headers that a compiler may see first.
RESERVED = set("""
alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class compl
concept const consteval constexpr constinit const_cast continue co_await co_return co_yield decltype default delete
do double dynamic_cast else enum explicit export extern false float for friend goto if inline int long mutable
namespace new noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast
requires return short signed sizeof static static_assert static_cast struct switch template this thread_local throw
true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq NULL EOF NAN
INFINITY TRUE FALSE DOMAIN OVERFLOW UNDERFLOW SING PLOSS TLOSS HUGE HUGE_VAL BUFSIZ RAND_MAX errno assert stdin
stdout stderr signbit isnan isinf major minor makedev linux unix offsetof setjmp va_list
""".split())

PREDEFINED = {
    "CreateCachediSCSIVolume": "create_cached_iscsi_volume",
    "DescribeCachediSCSIVolumes": "describe_cached_iscsi_volumes",
    "DescribeStorediSCSIVolumes": "describe_stored_iscsi_volumes",
    "CreateStorediSCSIVolume": "create_stored_iscsi_volume",
    "ListHITsForQualificationType": "list_hits_for_qualification_type",
    "ExecutePartiQLStatement": "execute_partiql_statement",
    "ExecutePartiQLTransaction": "execute_partiql_transaction",
    "ExecutePartiQLBatch": "execute_partiql_batch",
    "StartOTelEnrichment": "start_otel_enrichment",
    "StopOTelEnrichment": "stop_otel_enrichment",
    "GetOTelEnrichment": "get_otel_enrichment",
}


def snake_case(name):
    """botocore's xform_name: HostedZoneId -> hosted_zone_id, LoadBalancerARNs -> load_balancer_arns."""
    if "_" in name:
        return name
    if name in PREDEFINED:
        return PREDEFINED[name]
    plural = re.search("[A-Z]{2,}s$", name)
    if plural:
        name = f"{name[:-len(plural.group())]}_{plural.group().lower()}"
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z0-9])([A-Z])", r"\1_\2", name).lower()


def member_name(name):
    name = re.sub("[^A-Za-z0-9_]", "_", snake_case(name))
    return name + "_" if name in RESERVED else name


def enumerators(values):
    """The values in order as identifiers, each only once."""
    result = []
    for value in values:
        name = re.sub("[^A-Za-z0-9_]", "_", value) or "empty"
        if name[0].isdigit():
            name = "_" + name
        if name in RESERVED:
            name += "_"
        while name in result:
            name += "_"
        result.append(name)
    return result


def class_name(service):
    return CLASS_NAMES.get(service) or "".join(part.capitalize() for part in re.split("[-_.]", service))


def namespace(service):
    name = re.sub("[-.]", "_", service)
    return name + "_" if name in RESERVED else name


def quoted(text):
    """A C++ string literal."""
    result = ""
    for byte in text.encode():
        character = chr(byte)
        if character in '"\\':
            result += "\\" + character
        elif 32 <= byte < 127 and not (character == "?" and result.endswith("?")):
            result += character
        else:
            result += f"\\{byte:03o}"
    return f'"{result}"'
