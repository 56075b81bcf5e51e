"""boto3 across the services: paging, waiters, exact errors, repeated calls, reading back what was sent, and deleting it all again."""

import contextlib
import datetime
import hashlib
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from botocore.exceptions import ClientError  # noqa: E402
from reference.emulator import Emulator, wait_for  # noqa: E402

REGION = "us-east-1"
IMAGE = "ami-0abcdef1234567890"
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


class ServiceTest(unittest.TestCase):
    """One emulator for all; each class works in an account of its own."""

    emulator = None
    accounts = iter(range(111111111111, 111111112000))

    @classmethod
    def setUpClass(cls):
        if not ServiceTest.emulator:
            ServiceTest.emulator = Emulator("--time-scale", "60").start()
            unittest.addModuleCleanup(ServiceTest.emulator.stop)
        cls.account = str(next(cls.accounts))

    def client(self, service):
        client = self.emulator.client(service, REGION, self.account)
        self.addCleanup(client.close)
        return client

    @contextlib.contextmanager
    def refused(self, code, status=None, message=None):
        with self.assertRaises(ClientError) as raised:
            yield raised
        answer = raised.exception.response
        self.assertEqual(answer["Error"]["Code"], code, answer)
        if status:
            self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], status, answer)
        if message:
            self.assertRegex(answer["Error"]["Message"], message)

    def wait(self, client, name, **arguments):
        client.get_waiter(name).wait(WaiterConfig={"Delay": 0.2, "MaxAttempts": 150}, **arguments)

    def pages(self, client, operation, result, size, key="PageSize", **arguments):
        """All items of a paginated operation, which must have come in more than one page."""
        pages = list(client.get_paginator(operation).paginate(PaginationConfig={"PageSize": size}, **arguments))
        self.assertGreater(len(pages), 1, operation)
        self.assertTrue(all(len(page[result]) <= size for page in pages if isinstance(page[result], list)))
        return [item for page in pages for item in page[result]]

    def assert_holds(self, found, sent):
        """Everything sent is in what was found, whatever else there is."""
        if isinstance(sent, dict):
            for name, value in sent.items():
                self.assertIn(name, found)
                self.assert_holds(found[name], value)
        else:
            self.assertEqual(found, sent)


class Storage(ServiceTest):
    def setUp(self):
        self.s3 = self.client("s3")

    def test_errors_of_missing_things(self):
        with self.refused("NoSuchBucket", 404, "The specified bucket does not exist"):
            self.s3.list_objects_v2(Bucket="missing")
        with self.refused("404", 404):
            self.s3.head_bucket(Bucket="missing")
        self.s3.create_bucket(Bucket="errors")
        with self.refused("NoSuchKey", 404, "The specified key does not exist."):
            self.s3.get_object(Bucket="errors", Key="missing")
        with self.refused("404", 404):
            self.s3.head_object(Bucket="errors", Key="missing")
        for operation, code in (
            ("get_bucket_tagging", "NoSuchTagSet"),
            ("get_bucket_website", "NoSuchWebsiteConfiguration"),
        ):
            with self.refused(code, 404):
                getattr(self.s3, operation)(Bucket="errors")
        with self.refused("NoSuchUpload", 404):
            self.s3.list_parts(Bucket="errors", Key="k", UploadId="missing")
        with self.refused("InvalidBucketName", 400):
            self.s3.create_bucket(Bucket="-not-a-name-")
        with self.refused("InvalidRange", 416):
            self.s3.put_object(Bucket="errors", Key="short", Body=b"abc")
            self.s3.get_object(Bucket="errors", Key="short", Range="bytes=10-20")
        with self.refused("BadDigest", 400):
            self.s3.put_object(Bucket="errors", Key="short", Body=b"abc", ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg==")
        with self.refused("NotImplemented", 501):
            self.s3.put_bucket_accelerate_configuration(Bucket="errors", AccelerateConfiguration={"Status": "Enabled"})
        self.assertEqual(self.s3.delete_object(Bucket="errors", Key="missing")["ResponseMetadata"]["HTTPStatusCode"], 204)
        with self.refused("BucketNotEmpty", 409):
            self.s3.delete_bucket(Bucket="errors")
        self.s3.delete_object(Bucket="errors", Key="short")
        self.s3.delete_bucket(Bucket="errors")
        self.wait(self.s3, "bucket_not_exists", Bucket="errors")

    def test_create_bucket_again(self):
        self.s3.create_bucket(Bucket="again")
        self.s3.create_bucket(Bucket="again")  # AWS: in us-east-1 a second time is fine
        other = self.emulator.client("s3", REGION, "222222222222")
        self.addCleanup(other.close)
        with self.refused("BucketAlreadyExists", 409):
            other.create_bucket(Bucket="again")
        abroad = self.emulator.client("s3", "eu-west-1", self.account)
        self.addCleanup(abroad.close)
        there = {"LocationConstraint": "eu-west-1"}
        abroad.create_bucket(Bucket="abroad", CreateBucketConfiguration=there)
        self.assertEqual(abroad.get_bucket_location(Bucket="abroad")["LocationConstraint"], "eu-west-1")
        with self.refused("BucketAlreadyOwnedByYou", 409):
            abroad.create_bucket(Bucket="abroad", CreateBucketConfiguration=there)
        for bucket in ("again", "abroad"):
            self.s3.delete_bucket(Bucket=bucket)

    def test_objects_read_back(self):
        self.s3.create_bucket(Bucket="objects")
        sent = {
            "ContentType": "text/html; charset=utf-8",
            "CacheControl": "max-age=60",
            "ContentDisposition": "inline",
            "ContentEncoding": "identity",
            "ContentLanguage": "de",
            "Metadata": {"colour": "blue"},
        }
        tags = [{"Key": "kind", "Value": "a b+c"}]
        put = self.s3.put_object(Bucket="objects", Key="ein Schlüssel/+ &?.html", Body=b"hello", Tagging="kind=a%20b%2Bc", **sent)
        self.assertEqual(put["ETag"], f'"{hashlib.md5(b"hello").hexdigest()}"')
        got = self.s3.get_object(Bucket="objects", Key="ein Schlüssel/+ &?.html")
        self.assertEqual(got["Body"].read(), b"hello")
        self.assert_holds(got, sent)
        self.assertEqual(got["TagCount"], 1)
        self.assertEqual(got["ServerSideEncryption"], "AES256")
        where = {"Bucket": "objects", "Key": "ein Schlüssel/+ &?.html"}
        self.assertEqual(self.s3.get_object_tagging(**where)["TagSet"], tags)
        self.s3.copy_object(Bucket="objects", Key="copy", CopySource=where)
        self.assert_holds(self.s3.head_object(Bucket="objects", Key="copy"), sent)
        self.assertEqual(self.s3.get_object_tagging(Bucket="objects", Key="copy")["TagSet"], tags)
        self.s3.put_object_tagging(Bucket="objects", Key="copy", Tagging={"TagSet": [{"Key": "x", "Value": "y"}]})
        self.assertEqual(self.s3.get_object_tagging(Bucket="objects", Key="copy")["TagSet"], [{"Key": "x", "Value": "y"}])
        self.s3.delete_object_tagging(Bucket="objects", Key="copy")
        self.assertEqual(self.s3.get_object_tagging(Bucket="objects", Key="copy")["TagSet"], [])
        with self.refused("NoSuchKey", 404):
            self.s3.get_object_tagging(Bucket="objects", Key="missing")
        with self.refused("304", 304):
            self.s3.get_object(Bucket="objects", Key="copy", IfNoneMatch=put["ETag"])
        with self.refused("PreconditionFailed", 412):
            self.s3.get_object(Bucket="objects", Key="copy", IfMatch='"other"')
        deleted = self.s3.delete_objects(
            Bucket="objects", Delete={"Objects": [{"Key": "copy"}, {"Key": "missing"}, {"Key": "ein Schlüssel/+ &?.html"}]}
        )
        self.assertEqual(len(deleted["Deleted"]), 3)
        self.s3.delete_bucket(Bucket="objects")

    def test_listing(self):
        self.s3.create_bucket(Bucket="listing")
        keys = sorted(f"{folder}/{number:02}" for folder in "abc" for number in range(5))
        for key in keys:
            self.s3.put_object(Bucket="listing", Key=key, Body=b"x")
        for operation in ("list_objects_v2", "list_objects"):
            found = self.pages(self.s3, operation, "Contents", 4, Bucket="listing")
            self.assertEqual([one["Key"] for one in found], keys)
            folders = self.pages(self.s3, operation, "CommonPrefixes", 1, Bucket="listing", Delimiter="/")
            self.assertEqual([one["Prefix"] for one in folders], ["a/", "b/", "c/"])
        after = self.s3.list_objects_v2(Bucket="listing", Prefix="b/", StartAfter="b/02")
        self.assertEqual([one["Key"] for one in after["Contents"]], ["b/03", "b/04"])
        self.s3.delete_objects(Bucket="listing", Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True})
        self.assertEqual(self.s3.list_objects_v2(Bucket="listing")["KeyCount"], 0)
        self.s3.delete_bucket(Bucket="listing")

    def test_multipart(self):
        self.s3.create_bucket(Bucket="parts")
        upload = self.s3.create_multipart_upload(Bucket="parts", Key="k", Metadata={"a": "b"})["UploadId"]
        where = {"Bucket": "parts", "Key": "k", "UploadId": upload}
        bodies = [b"1" * (5 << 20), b"2" * (5 << 20), b"3"]
        parts = [
            {"PartNumber": n, "ETag": self.s3.upload_part(PartNumber=n, Body=body, **where)["ETag"]} for n, body in enumerate(bodies, 1)
        ]
        listed = self.pages(self.s3, "list_parts", "Parts", 2, **where)
        self.assertEqual([(one["PartNumber"], one["Size"]) for one in listed], [(1, 5 << 20), (2, 5 << 20), (3, 1)])
        with self.refused("InvalidPart", 400):
            self.s3.complete_multipart_upload(MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": '"wrong"'}]}, **where)
        with self.refused("InvalidPartOrder", 400):
            self.s3.complete_multipart_upload(MultipartUpload={"Parts": parts[::-1]}, **where)
        with self.refused("EntityTooSmall", 400):
            self.s3.complete_multipart_upload(MultipartUpload={"Parts": [parts[2], {**parts[0], "PartNumber": 4, **self.part(where, 4)}]}, **where)
        done = self.s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **where)
        digest = hashlib.md5(b"".join(hashlib.md5(body).digest() for body in bodies)).hexdigest()
        self.assertEqual(done["ETag"], f'"{digest}-3"')
        got = self.s3.get_object(Bucket="parts", Key="k")
        self.assertEqual(got["Metadata"], {"a": "b"})
        self.assertTrue(got["Body"].read() == b"".join(bodies))
        other = self.s3.create_multipart_upload(Bucket="parts", Key="other")["UploadId"]
        self.s3.abort_multipart_upload(Bucket="parts", Key="other", UploadId=other)
        self.assertNotIn("Uploads", self.s3.list_multipart_uploads(Bucket="parts"))
        self.s3.delete_object(Bucket="parts", Key="k")
        self.s3.delete_bucket(Bucket="parts")

    def part(self, where, number):
        return {"ETag": self.s3.upload_part(PartNumber=number, Body=b"4", **where)["ETag"]}


class Names(ServiceTest):
    def setUp(self):
        self.route53 = self.client("route53")

    def change(self, zone, *changes):
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record} for action, record in changes]}
        return self.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)["ChangeInfo"]

    def test_life_of_a_zone(self):
        arguments = dict(Name="Shop.Test", CallerReference="once", HostedZoneConfig={"Comment": "the shop"})
        made = self.route53.create_hosted_zone(**arguments)
        zone = made["HostedZone"]["Id"].split("/")[-1]
        self.assertEqual(made["HostedZone"]["Name"], "shop.test.")
        self.assertEqual(len(made["DelegationSet"]["NameServers"]), 4)
        with self.refused("HostedZoneAlreadyExists", 409):
            self.route53.create_hosted_zone(**arguments)
        got = self.route53.get_hosted_zone(Id=zone)["HostedZone"]
        self.assert_holds(got, {"CallerReference": "once", "Config": {"Comment": "the shop", "PrivateZone": False}})
        records = [
            {"Name": f"h{n:02}.shop.test.", "Type": "A", "TTL": 60 + n, "ResourceRecords": [{"Value": f"192.0.2.{n}"}, {"Value": "192.0.2.200"}]}
            for n in range(12)
        ]
        weighted = [
            {"Name": "w.shop.test.", "Type": "CNAME", "SetIdentifier": name, "Weight": weight, "TTL": 5, "ResourceRecords": [{"Value": "h01.shop.test"}]}
            for name, weight in (("one", 0), ("two", 255))
        ]
        text = {"Name": "\\052.shop.test.", "Type": "TXT", "TTL": 1, "ResourceRecords": [{"Value": '"a \\"text\\"" "second"'}]}
        alias = {
            "Name": "a.shop.test.",
            "Type": "A",
            "AliasTarget": {"HostedZoneId": zone, "DNSName": "h01.shop.test.", "EvaluateTargetHealth": False},
        }
        everything = [*records, *weighted, text, alias]
        change = self.change(zone, *(("CREATE", record) for record in everything))
        self.wait(self.route53, "resource_record_sets_changed", Id=change["Id"])
        found = self.pages(self.route53, "list_resource_record_sets", "ResourceRecordSets", 5, HostedZoneId=zone)
        by_name = lambda record: (record["Name"], record.get("SetIdentifier", ""))
        self.assertEqual(
            sorted((one for one in found if one["Type"] not in ("NS", "SOA")), key=by_name), sorted(everything, key=by_name)
        )
        with self.refused("HostedZoneNotEmpty", 400):
            self.route53.delete_hosted_zone(Id=zone)
        with self.refused("InvalidChangeBatch", 400, "it already exists"):
            self.change(zone, ("DELETE", text), ("CREATE", records[0]))
        with self.refused("InvalidChangeBatch", 400, "not found|values provided do not match"):
            self.change(zone, ("DELETE", {**records[0], "TTL": 7}))
        self.change(zone, ("UPSERT", {**records[0], "TTL": 7}))
        self.change(zone, ("DELETE", {**records[0], "TTL": 7}), *(("DELETE", record) for record in everything[1:]))
        self.route53.delete_hosted_zone(Id=zone)
        with self.refused("NoSuchHostedZone", 404, f"No hosted zone found with ID: {zone}"):
            self.route53.get_hosted_zone(Id=zone)
        self.assertEqual(self.route53.list_hosted_zones()["HostedZones"], [])

    def test_errors(self):
        for operation, arguments in (
            ("list_resource_record_sets", dict(HostedZoneId="ZMISSING")),
            ("delete_hosted_zone", dict(Id="ZMISSING")),
        ):
            with self.refused("NoSuchHostedZone", 404):
                getattr(self.route53, operation)(**arguments)
        with self.refused("NoSuchChange", 404):
            self.route53.get_change(Id="CMISSING")
        with self.refused("InvalidDomainName", 400):
            self.route53.create_hosted_zone(Name="a..b", CallerReference="x")
        zone = self.route53.create_hosted_zone(Name="errors.test", CallerReference="y")["HostedZone"]["Id"]
        with self.refused("InvalidChangeBatch", 400):
            self.change(zone, ("CREATE", {"Name": "x.errors.test", "Type": "A", "TTL": 1, "ResourceRecords": [{"Value": "not-an-address"}]}))
        with self.refused("InvalidChangeBatch", 400):
            self.change(zone, ("CREATE", {"Name": "x.elsewhere.test", "Type": "A", "TTL": 1, "ResourceRecords": [{"Value": "192.0.2.1"}]}))
        self.route53.delete_hosted_zone(Id=zone)

    def test_zones_in_pages(self):
        zones = [
            self.route53.create_hosted_zone(Name=f"z{n}.test", CallerReference=f"p{n}")["HostedZone"]["Id"] for n in range(5)
        ]
        found = self.pages(self.route53, "list_hosted_zones", "HostedZones", 2)
        self.assertEqual(sorted(one["Id"] for one in found), sorted(zones))
        named = self.route53.list_hosted_zones_by_name(DNSName="z3.test", MaxItems="1")["HostedZones"]
        self.assertEqual([one["Name"] for one in named], ["z3.test."])
        ident = zones[0].split("/")[-1]
        self.route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=ident, AddTags=[{"Key": "a", "Value": "b"}])
        tags = self.route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=ident)["ResourceTagSet"]["Tags"]
        self.assertEqual(tags, [{"Key": "a", "Value": "b"}])
        for zone in zones:
            self.route53.delete_hosted_zone(Id=zone)


class Distributions(ServiceTest):
    def setUp(self):
        self.cloudfront = self.client("cloudfront")

    def config(self, reference, **more):
        origin = {
            "Id": "site",
            "DomainName": "site.s3.us-east-1.amazonaws.com",
            "OriginPath": "/public",
            "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "X-From", "HeaderValue": "edge"}]},
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        }
        application = {
            "Id": "application",
            "DomainName": "app.example.com",
            "CustomOriginConfig": {
                "HTTPPort": 8080,
                "HTTPSPort": 8443,
                "OriginProtocolPolicy": "http-only",
                "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
                "OriginReadTimeout": 20,
                "OriginKeepaliveTimeout": 7,
            },
        }
        methods = {"Quantity": 2, "Items": ["HEAD", "GET"], "CachedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]}}
        behavior = {
            "TargetOriginId": "site",
            "ViewerProtocolPolicy": "redirect-to-https",
            "CachePolicyId": CACHING_OPTIMIZED,
            "AllowedMethods": methods,
            "Compress": True,
        }
        return {
            "CallerReference": reference,
            "Comment": "all of it",
            "Enabled": True,
            "DefaultRootObject": "index.html",
            "PriceClass": "PriceClass_100",
            "Origins": {"Quantity": 2, "Items": [origin, application]},
            "DefaultCacheBehavior": behavior,
            "CacheBehaviors": {"Quantity": 1, "Items": [{**behavior, "PathPattern": "/api/*", "TargetOriginId": "application"}]},
            "CustomErrorResponses": {
                "Quantity": 1,
                "Items": [{"ErrorCode": 404, "ResponsePagePath": "/404.html", "ResponseCode": "200", "ErrorCachingMinTTL": 5}],
            },
            **more,
        }

    def test_life_of_a_distribution(self):
        sent = self.config("life")
        made = self.cloudfront.create_distribution(DistributionConfig=sent)
        ident = made["Distribution"]["Id"]
        self.assertEqual(made["Distribution"]["Status"], "InProgress")
        self.assertEqual(made["Location"], f"https://cloudfront.amazonaws.com/2020-05-31/distribution/{ident}")
        with self.refused("DistributionAlreadyExists", 409):  # AWS: for any reference that was sent before
            self.cloudfront.create_distribution(DistributionConfig=sent)
        self.wait(self.cloudfront, "distribution_deployed", Id=ident)
        got = self.cloudfront.get_distribution_config(Id=ident)
        found = got["DistributionConfig"]
        for name in ("CallerReference", "Comment", "Enabled", "DefaultRootObject", "PriceClass", "CustomErrorResponses"):
            self.assertEqual(found[name], sent[name])
        for number, origin in enumerate(sent["Origins"]["Items"]):
            self.assert_holds(found["Origins"]["Items"][number], origin)
        behavior = found["CacheBehaviors"]["Items"][0]
        self.assert_holds({**behavior, "AllowedMethods": 0}, {**sent["CacheBehaviors"]["Items"][0], "AllowedMethods": 0})
        self.assertEqual(sorted(behavior["AllowedMethods"]["Items"]), ["GET", "HEAD"])
        # What it gave can be sent again unchanged, as Terraform does.
        same = self.cloudfront.update_distribution(Id=ident, IfMatch=got["ETag"], DistributionConfig=found)
        self.assertEqual(same["Distribution"]["DistributionConfig"], found)
        with self.refused("PreconditionFailed", 412):
            self.cloudfront.update_distribution(Id=ident, IfMatch=got["ETag"] + "X", DistributionConfig=found)
        with self.refused("InvalidIfMatchVersion", 400):
            self.cloudfront.delete_distribution(Id=ident)
        with self.refused("DistributionNotDisabled", 409):
            self.cloudfront.delete_distribution(Id=ident, IfMatch=same["ETag"])
        off = self.cloudfront.update_distribution(Id=ident, IfMatch=same["ETag"], DistributionConfig={**found, "Enabled": False})
        self.wait(self.cloudfront, "distribution_deployed", Id=ident)
        self.cloudfront.delete_distribution(Id=ident, IfMatch=off["ETag"])
        with self.refused("NoSuchDistribution", 404, "The specified distribution does not exist."):
            self.cloudfront.get_distribution(Id=ident)
        self.assertEqual(self.cloudfront.list_distributions()["DistributionList"]["Quantity"], 0)

    def test_validation(self):
        cases = (
            ("NoSuchOrigin", {"DefaultCacheBehavior": {**self.config("v")["DefaultCacheBehavior"], "TargetOriginId": "none"}}),
            ("NoSuchCachePolicy", {"DefaultCacheBehavior": {**self.config("v")["DefaultCacheBehavior"], "CachePolicyId": "none"}}),
            ("InconsistentQuantities", {"Origins": {"Quantity": 3, "Items": self.config("v")["Origins"]["Items"]}}),
        )
        for code, more in cases:
            with self.subTest(code), self.refused(code):
                self.cloudfront.create_distribution(DistributionConfig=self.config("v", **more))
        with self.refused("NoSuchCachePolicy", 404):
            self.cloudfront.get_cache_policy(Id="none")
        with self.refused("NoSuchOriginAccessControl", 404):
            self.cloudfront.get_origin_access_control(Id="none")

    def test_policies_and_access_controls(self):
        policy = {
            "Name": "by-language",
            "Comment": "",
            "DefaultTTL": 60,
            "MaxTTL": 600,
            "MinTTL": 1,
            "ParametersInCacheKeyAndForwardedToOrigin": {
                "EnableAcceptEncodingGzip": True,
                "EnableAcceptEncodingBrotli": False,
                "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": {"Quantity": 1, "Items": ["accept-language"]}},
                "CookiesConfig": {"CookieBehavior": "none"},
                "QueryStringsConfig": {"QueryStringBehavior": "all"},
            },
        }
        made = self.cloudfront.create_cache_policy(CachePolicyConfig=policy)
        ident = made["CachePolicy"]["Id"]
        got = self.cloudfront.get_cache_policy(Id=ident)
        self.assertEqual(got["CachePolicy"]["CachePolicyConfig"], policy)
        with self.refused("CachePolicyAlreadyExists", 409):
            self.cloudfront.create_cache_policy(CachePolicyConfig=policy)
        self.cloudfront.delete_cache_policy(Id=ident, IfMatch=got["ETag"])
        control = {
            "Name": "to-the-site",
            "Description": "d",
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
        made = self.cloudfront.create_origin_access_control(OriginAccessControlConfig=control)
        ident = made["OriginAccessControl"]["Id"]
        found = self.cloudfront.get_origin_access_control(Id=ident)
        self.assertEqual(found["OriginAccessControl"]["OriginAccessControlConfig"], control)
        self.cloudfront.delete_origin_access_control(Id=ident, IfMatch=found["ETag"])

    def test_invalidations(self):
        ident = self.cloudfront.create_distribution(DistributionConfig=self.config("inv"))["Distribution"]["Id"]
        batch = lambda n: {"CallerReference": f"i{n}", "Paths": {"Quantity": 1, "Items": ["/*"]}}
        made = [self.cloudfront.create_invalidation(DistributionId=ident, InvalidationBatch=batch(n))["Invalidation"]["Id"] for n in range(3)]
        again = self.cloudfront.create_invalidation(DistributionId=ident, InvalidationBatch=batch(0))["Invalidation"]["Id"]
        self.assertEqual(again, made[0])
        for one in made:
            self.wait(self.cloudfront, "invalidation_completed", DistributionId=ident, Id=one)
        paging = self.cloudfront.get_paginator("list_invalidations").paginate(DistributionId=ident, PaginationConfig={"PageSize": 2})
        found = [item["Id"] for page in paging for item in page["InvalidationList"].get("Items", [])]
        self.assertEqual(sorted(found), sorted(made))
        with self.refused("NoSuchInvalidation", 404):
            self.cloudfront.get_invalidation(DistributionId=ident, Id="none")
        with self.refused("NoSuchDistribution", 404):
            self.cloudfront.create_invalidation(DistributionId="ENONE", InvalidationBatch=batch(9))


class Balancing(ServiceTest):
    def setUp(self):
        self.ec2, self.elbv2 = self.client("ec2"), self.client("elbv2")
        self.subnets = [one["SubnetId"] for one in self.ec2.describe_subnets()["Subnets"]]
        self.vpc = self.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]

    def test_errors_of_missing_things(self):
        prefix = f"arn:aws:elasticloadbalancing:{REGION}:{self.account}"
        balancer, group = f"{prefix}:loadbalancer/app/none/50dc6c495c0c9188", f"{prefix}:targetgroup/none/50dc6c495c0c9188"
        listener, rule = f"{prefix}:listener/app/none/50dc6c495c0c9188/0467ef3c8400ae65", f"{prefix}:listener-rule/app/none/50dc6c495c0c9188/0467ef3c8400ae65/291dfe0a2c9b45b4"
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
        self.assertEqual(self.elbv2.create_target_group(**sent, Tags=tags)["TargetGroups"][0]["TargetGroupArn"], group)
        with self.refused("DuplicateTargetGroupName", 400):
            self.elbv2.create_target_group(**{**sent, "Port": 81})
        made = self.elbv2.create_load_balancer(Name="front", Subnets=self.subnets, Tags=tags)["LoadBalancers"][0]
        balancer = made["LoadBalancerArn"]
        self.assertEqual(self.elbv2.create_load_balancer(Name="front", Subnets=self.subnets, Tags=tags)["LoadBalancers"][0]["LoadBalancerArn"], balancer)
        with self.refused("DuplicateLoadBalancerName", 400):
            self.elbv2.create_load_balancer(Name="front", Subnets=self.subnets[:2])
        self.wait(self.elbv2, "load_balancer_available", LoadBalancerArns=[balancer])
        attributes = [{"Key": "idle_timeout.timeout_seconds", "Value": "30"}]
        self.elbv2.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=attributes)
        self.assertIn(attributes[0], self.elbv2.describe_load_balancer_attributes(LoadBalancerArn=balancer)["Attributes"])
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
        return [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": status, "ContentType": "text/plain", "MessageBody": "x"}}]

    def check_rules(self, listener, forward):
        conditions = [
            {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com"]}},
            {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Beta", "Values": ["yes"]}},
            {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "2"}]}},
        ]
        rules = []
        for priority in range(1, 6):
            made = self.elbv2.create_rule(ListenerArn=listener, Priority=priority, Conditions=conditions, Actions=self.fixed("404"))
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
            self.elbv2.create_target_group(Name=f"page-{n}", Protocol="HTTP", Port=80, VpcId=self.vpc)["TargetGroups"][0]["TargetGroupArn"]
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
            ("InvalidLaunchTemplateName.NotFoundException", "describe_launch_templates", dict(LaunchTemplateNames=["none"])),
            ("InvalidLaunchTemplateId.NotFound", "describe_launch_templates", dict(LaunchTemplateIds=[f"lt-{missing}"])),
            ("InvalidAMIID.NotFound", "describe_images", dict(ImageIds=[f"ami-{missing[1:]}9"])),
            ("InvalidAMIID.Malformed", "run_instances", dict(ImageId="none", MinCount=1, MaxCount=1)),
            ("InvalidSubnetID.NotFound", "run_instances", dict(ImageId=IMAGE, MinCount=1, MaxCount=1, SubnetId=f"subnet-{missing}")),
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
        made = [self.ec2.run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"] for _ in range(7)]
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
        self.ec2.create_launch_template_version(LaunchTemplateId=ident, LaunchTemplateData=second, VersionDescription="two")
        versions = self.ec2.describe_launch_template_versions(LaunchTemplateId=ident)["LaunchTemplateVersions"]
        self.assertEqual([one["VersionNumber"] for one in versions], [2, 1])
        self.assert_holds(versions[0]["LaunchTemplateData"], second)
        self.ec2.modify_launch_template(LaunchTemplateId=ident, DefaultVersion="2")
        found = self.ec2.describe_launch_templates(LaunchTemplateIds=[ident])["LaunchTemplates"][0]
        self.assertEqual((found["DefaultVersionNumber"], found["LatestVersionNumber"]), (2, 2))
        self.ec2.delete_launch_template(LaunchTemplateId=ident)
        self.assertEqual(self.ec2.describe_launch_templates()["LaunchTemplates"], [])

    def test_life_of_a_group(self):
        self.ec2.create_launch_template(LaunchTemplateName="fleet", LaunchTemplateData={"ImageId": IMAGE, "InstanceType": "t3.micro"})
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
        tag = {"ResourceId": "fleet", "ResourceType": "auto-scaling-group", "Key": "k", "Value": "v", "PropagateAtLaunch": True}
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
        wait_for(lambda: [one["LifecycleState"] for one in self.group()["Instances"]] == ["InService"] * 2, "two instances")
        instances = [one["InstanceId"] for one in self.group()["Instances"]]
        launched = self.ec2.describe_instances(InstanceIds=instances)["Reservations"][0]["Instances"][0]
        self.assertIn({"Key": "k", "Value": "v"}, launched["Tags"])
        self.assertIn({"Key": "aws:autoscaling:groupName", "Value": "fleet"}, launched["Tags"])
        activities = self.pages(self.autoscaling, "describe_scaling_activities", "Activities", 1, AutoScalingGroupName="fleet")
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
        simple = dict(AutoScalingGroupName="fleet", PolicyName="simple", AdjustmentType="ChangeInCapacity", ScalingAdjustment=1, Cooldown=5)
        arn = self.autoscaling.put_scaling_policy(**simple)["PolicyARN"]
        self.assertEqual(self.autoscaling.put_scaling_policy(**simple)["PolicyARN"], arn)
        found = {one["PolicyName"]: one for one in self.pages(self.autoscaling, "describe_policies", "ScalingPolicies", 1)}
        self.assert_holds(found["step"], step)
        self.assert_holds(found["simple"], simple)
        for name in found:
            self.autoscaling.delete_policy(AutoScalingGroupName="fleet", PolicyName=name)


class Databases(ServiceTest):
    def setUp(self):
        self.rds = self.client("rds")

    def test_errors_of_missing_things(self):
        for code, operation, arguments in (
            ("DBInstanceNotFound", "describe_db_instances", dict(DBInstanceIdentifier="none")),
            ("DBInstanceNotFound", "delete_db_instance", dict(DBInstanceIdentifier="none", SkipFinalSnapshot=True)),
            ("DBInstanceNotFound", "reboot_db_instance", dict(DBInstanceIdentifier="none")),
            ("DBInstanceNotFound", "create_db_instance_read_replica", dict(DBInstanceIdentifier="r", SourceDBInstanceIdentifier="none")),
            ("DBSnapshotNotFound", "describe_db_snapshots", dict(DBSnapshotIdentifier="none")),
            ("DBSnapshotNotFound", "restore_db_instance_from_db_snapshot", dict(DBInstanceIdentifier="r", DBSnapshotIdentifier="none")),
            ("DBSubnetGroupNotFoundFault", "describe_db_subnet_groups", dict(DBSubnetGroupName="none")),
        ):
            with self.subTest(operation), self.refused(code, 404):
                getattr(self.rds, operation)(**arguments)
        create = dict(Engine="mysql", DBInstanceClass="db.t3.micro", AllocatedStorage=20, MasterUsername="admin", MasterUserPassword="12345678")
        for code, more in (
            ("InvalidParameterValue", dict(DBInstanceIdentifier="ends-with-")),
            ("InvalidParameterValue", dict(DBInstanceIdentifier="short", MasterUserPassword="1234567")),
            ("InvalidParameterValue", dict(DBInstanceIdentifier="word", MasterUserPassword="with a/slash@")),
            ("InvalidParameterValue", dict(DBInstanceIdentifier="klass", DBInstanceClass="t3.micro")),
        ):
            with self.subTest(**more), self.refused(code, 400):
                self.rds.create_db_instance(**{**create, **more})

    def test_life_of_an_instance(self):
        subnets = [one["SubnetId"] for one in self.client("ec2").describe_subnets()["Subnets"]]
        self.rds.create_db_subnet_group(DBSubnetGroupName="Private", DBSubnetGroupDescription="d", SubnetIds=subnets)
        tags = [{"Key": "team", "Value": "shop"}]
        sent = dict(
            DBInstanceIdentifier="life",
            Engine="mysql",
            DBInstanceClass="db.t3.micro",
            AllocatedStorage=25,
            MasterUsername="admin",
            DBName="shop",
            MultiAZ=True,
            BackupRetentionPeriod=3,
            PreferredBackupWindow="03:00-03:30",
            PreferredMaintenanceWindow="mon:04:00-mon:04:30",
            DeletionProtection=True,
            CopyTagsToSnapshot=True,
        )
        self.rds.create_db_instance(**sent, MasterUserPassword="12345678", DBSubnetGroupName="private", Tags=tags)
        self.wait(self.rds, "db_instance_available", DBInstanceIdentifier="life")
        found = self.rds.describe_db_instances(DBInstanceIdentifier="life")["DBInstances"][0]
        self.assert_holds(found, sent)
        self.assertEqual(found["DBSubnetGroup"]["DBSubnetGroupName"], "private")
        self.assertEqual(found["TagList"], tags)
        with self.refused("InvalidParameterCombination", 400, "deletion protection"):
            self.rds.delete_db_instance(DBInstanceIdentifier="life", SkipFinalSnapshot=True)
        with self.refused("InvalidDBSubnetGroupStateFault", 400):
            self.rds.delete_db_subnet_group(DBSubnetGroupName="private")
        self.rds.modify_db_instance(DBInstanceIdentifier="life", DeletionProtection=False, AllocatedStorage=30, ApplyImmediately=True)
        wait_for(lambda: self.rds.describe_db_instances()["DBInstances"][0]["AllocatedStorage"] == 30, "more storage")
        self.wait(self.rds, "db_instance_available", DBInstanceIdentifier="life")
        for name in ("one", "two", "three"):
            self.rds.create_db_snapshot(DBInstanceIdentifier="life", DBSnapshotIdentifier=name)
            self.wait(self.rds, "db_snapshot_available", DBSnapshotIdentifier=name)
        self.check_pages()
        with self.refused("DBSnapshotAlreadyExists", 400):
            self.rds.create_db_snapshot(DBInstanceIdentifier="life", DBSnapshotIdentifier="one")
        self.rds.delete_db_instance(DBInstanceIdentifier="life", FinalDBSnapshotIdentifier="final")
        self.wait(self.rds, "db_instance_deleted", DBInstanceIdentifier="life")
        for name in ("one", "two", "three", "final"):
            self.rds.delete_db_snapshot(DBSnapshotIdentifier=name)
        self.rds.delete_db_subnet_group(DBSubnetGroupName="private")
        for operation, result in (
            ("describe_db_instances", "DBInstances"),
            ("describe_db_snapshots", "DBSnapshots"),
            ("describe_db_subnet_groups", "DBSubnetGroups"),
        ):
            self.assertEqual(getattr(self.rds, operation)()[result], [])

    def check_pages(self):
        """AWS: MaxRecords is 20 at least, so two pages of three snapshots cannot be had; the bound itself is checked."""
        with self.refused("InvalidParameterValue", 400):
            self.rds.describe_db_snapshots(MaxRecords=2)
        found = self.rds.describe_db_snapshots(SnapshotType="manual", MaxRecords=20)["DBSnapshots"]
        self.assertEqual(sorted(one["DBSnapshotIdentifier"] for one in found), ["one", "three", "two"])


class Measuring(ServiceTest):
    def setUp(self):
        self.cloudwatch, self.sns = self.client("cloudwatch"), self.client("sns")

    def test_alarms(self):
        topic = self.sns.create_topic(Name="alarms")["TopicArn"]
        sent = dict(
            AlarmName="busy",
            AlarmDescription="too busy",
            Namespace="Shop",
            MetricName="Orders",
            Dimensions=[{"Name": "Page", "Value": "cart"}],
            Statistic="Sum",
            Unit="Count",
            Period=60,
            EvaluationPeriods=3,
            DatapointsToAlarm=2,
            Threshold=1.5,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="ignore",
            ActionsEnabled=True,
            AlarmActions=[topic],
            OKActions=[topic],
            InsufficientDataActions=[],
        )
        self.cloudwatch.put_metric_alarm(**sent, Tags=[{"Key": "a", "Value": "b"}])
        self.cloudwatch.put_metric_alarm(**sent)
        self.wait(self.cloudwatch, "alarm_exists", AlarmNames=["busy"])
        found = self.cloudwatch.describe_alarms(AlarmNames=["busy"])["MetricAlarms"]
        self.assertEqual(len(found), 1)
        self.assert_holds(found[0], sent)
        tags = self.cloudwatch.list_tags_for_resource(ResourceARN=found[0]["AlarmArn"])["Tags"]
        self.assertEqual(tags, [{"Key": "a", "Value": "b"}])
        for n in range(4):
            self.cloudwatch.put_metric_alarm(**{**sent, "AlarmName": f"busy-{n}"})
        names = [one["AlarmName"] for one in self.pages(self.cloudwatch, "describe_alarms", "MetricAlarms", 2)]
        self.assertEqual(sorted(names), ["busy", "busy-0", "busy-1", "busy-2", "busy-3"])
        with self.refused("ResourceNotFound", 404):
            self.cloudwatch.set_alarm_state(AlarmName="none", StateValue="OK", StateReason="r")
        with self.refused("ValidationError", 400):
            self.cloudwatch.put_metric_alarm(**{**sent, "DatapointsToAlarm": 5})
        self.cloudwatch.delete_alarms(AlarmNames=names)
        self.assertEqual(self.cloudwatch.describe_alarms()["MetricAlarms"], [])
        self.sns.delete_topic(TopicArn=topic)

    def test_metrics_in_pages(self):
        names = [f"m{n:03}" for n in range(600)]
        for first in range(0, 600, 20):
            self.cloudwatch.put_metric_data(
                Namespace="Many", MetricData=[{"MetricName": name, "Values": [1.0, 3.0], "Counts": [2.0, 1.0]} for name in names[first : first + 20]]
            )
        pages = list(self.cloudwatch.get_paginator("list_metrics").paginate(Namespace="Many"))
        self.assertEqual([len(page["Metrics"]) for page in pages], [500, 100])
        self.assertEqual(sorted(one["MetricName"] for page in pages for one in page["Metrics"]), names)
        now = self.cloudwatch.list_metrics(Namespace="Many")["ResponseMetadata"]["HTTPHeaders"]["date"]
        now = datetime.datetime.strptime(now, "%a, %d %b %Y %H:%M:%S %Z").replace(tzinfo=datetime.timezone.utc)
        queries = [
            {"Id": "m", "MetricStat": {"Metric": {"Namespace": "Many", "MetricName": "m000"}, "Period": 60, "Stat": "Average"}},
            {"Id": "twice", "Expression": "m * 2"},
        ]
        around = dict(StartTime=now - datetime.timedelta(minutes=30), EndTime=now + datetime.timedelta(minutes=5))
        found = {one["Id"]: one["Values"] for one in self.cloudwatch.get_metric_data(MetricDataQueries=queries, **around)["MetricDataResults"]}
        self.assertAlmostEqual(found["m"][0], 5 / 3)
        self.assertAlmostEqual(found["twice"][0], 10 / 3)
        with self.refused("InvalidParameterCombination", 400):
            self.cloudwatch.put_metric_data(Namespace="Many", MetricData=[{"MetricName": "x", "Value": 1.0, "Values": [1.0]}])
        with self.refused("InvalidParameterValue", 400):
            self.cloudwatch.put_metric_data(Namespace="AWS/Mine", MetricData=[{"MetricName": "x", "Value": 1.0}])

    def test_topics(self):
        with self.refused("NotFound", 404):
            self.sns.get_topic_attributes(TopicArn=f"arn:aws:sns:{REGION}:{self.account}:none")
        with self.refused("NotFound", 404):
            self.sns.get_subscription_attributes(
                SubscriptionArn=f"arn:aws:sns:{REGION}:{self.account}:none:00000000-0000-0000-0000-000000000000"
            )
        with self.refused("InvalidParameter", 400):
            self.sns.create_topic(Name="not a name")
        topics = [self.sns.create_topic(Name=f"t{n:03}")["TopicArn"] for n in range(120)]
        self.assertEqual(self.sns.create_topic(Name="t000")["TopicArn"], topics[0])
        pages = list(self.sns.get_paginator("list_topics").paginate())
        self.assertEqual([len(page["Topics"]) for page in pages], [100, 20])
        self.sns.set_topic_attributes(TopicArn=topics[0], AttributeName="DisplayName", AttributeValue="First")
        self.assertEqual(self.sns.get_topic_attributes(TopicArn=topics[0])["Attributes"]["DisplayName"], "First")
        with self.refused("InvalidParameter", 400):
            self.sns.subscribe(TopicArn=topics[0], Protocol="pigeon", Endpoint="x")
        self.sns.subscribe(TopicArn=topics[0], Protocol="email", Endpoint="a@example.com")
        listed = self.sns.list_subscriptions_by_topic(TopicArn=topics[0])["Subscriptions"]
        self.assertEqual([one["SubscriptionArn"] for one in listed], ["PendingConfirmation"])
        for topic in topics:
            self.sns.delete_topic(TopicArn=topic)
        self.sns.delete_topic(TopicArn=topics[0])  # AWS: no error for one that does not exist
        self.assertEqual(self.sns.list_topics()["Topics"], [])

    def test_caller(self):
        identity = self.client("sts").get_caller_identity()
        self.assertEqual((identity["Account"], identity["Arn"]), (self.account, f"arn:aws:iam::{self.account}:root"))


if __name__ == "__main__":
    unittest.main()
