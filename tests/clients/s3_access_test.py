"""Who may do what with a bucket, as boto3 sees it: other accounts, nobody known, distributions, and with verified signatures."""

import hashlib
import hmac
import json
import pathlib
import sys
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))

from botocore import UNSIGNED  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from reference.emulator import Emulator, make_public, wait_for  # noqa: E402
from wire import send  # noqa: E402

FRIEND = "222222222222"
STRANGER = "333333333333"


def statement(effect, principal, action, resource, **more):
    return {"Effect": effect, "Principal": principal, "Action": action, "Resource": resource, **more}


class Access(unittest.TestCase):
    arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(*cls.arguments).start()
        cls.addClassCleanup(cls.emulator.stop)
        cls.s3 = cls.emulator.client("s3")
        cls.friend = cls.emulator.client("s3", account=FRIEND)
        cls.stranger = cls.emulator.client("s3", account=STRANGER)
        cls.nobody = cls.emulator.client("s3", config=Config(signature_version=UNSIGNED))

    def bucket(self, name, **content):
        self.s3.create_bucket(Bucket=name)
        for key, body in content.items():
            self.s3.put_object(Bucket=name, Key=key, Body=body)
        return name

    def put_policy(self, bucket, *statements):
        self.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))

    def assert_refused(self, code, call, *arguments, **more):
        with self.assertRaises(ClientError) as raised:
            call(*arguments, **more)
        self.assertEqual(raised.exception.response["Error"]["Code"], code, raised.exception.response)
        return raised.exception.response["Error"]


class Policies(Access):
    def test_a_new_bucket_is_its_owners_alone(self):
        name = self.bucket("mine", key=b"x")
        for who in (self.friend, self.nobody):
            self.assert_refused("AccessDenied", who.get_object, Bucket=name, Key="key")
            self.assert_refused("AccessDenied", who.put_object, Bucket=name, Key="key", Body=b"y")
            self.assert_refused("AccessDenied", who.list_objects_v2, Bucket=name)
            self.assert_refused("403", who.head_bucket, Bucket=name)
        block = self.s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
        self.assertEqual(set(block.values()), {True})
        rules = self.s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
        self.assertEqual(rules, [{"ObjectOwnership": "BucketOwnerEnforced"}])
        grants = self.s3.get_bucket_acl(Bucket=name)
        self.assertEqual([grant["Permission"] for grant in grants["Grants"]], ["FULL_CONTROL"])
        self.assertEqual(grants["Grants"][0]["Grantee"]["ID"], grants["Owner"]["ID"])

    def test_a_policy_for_one_account(self):
        name = self.bucket("shared", **{"docs-a": b"a", "docs-b": b"b", "other": b"c"})
        self.put_policy(
            name,
            statement("Allow", {"AWS": FRIEND}, "s3:ListBucket", f"arn:aws:s3:::{name}", Condition={"StringLike": {"s3:prefix": "docs-*"}}),
            statement("Allow", {"AWS": f"arn:aws:iam::{FRIEND}:root"}, ["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{name}/docs-*"),
            statement("Deny", "*", "s3:*", f"arn:aws:s3:::{name}/docs-b"),
        )
        self.assertEqual(self.friend.get_object(Bucket=name, Key="docs-a")["Body"].read(), b"a")
        self.friend.put_object(Bucket=name, Key="docs-c", Body=b"theirs")
        self.assertEqual(self.s3.get_object(Bucket=name, Key="docs-c")["Body"].read(), b"theirs")
        listed = self.friend.list_objects_v2(Bucket=name, Prefix="docs-")
        self.assertEqual(listed["KeyCount"], 3)
        self.assert_refused("AccessDenied", self.friend.list_objects_v2, Bucket=name)
        self.assert_refused("AccessDenied", self.friend.get_object, Bucket=name, Key="other")
        self.assert_refused("AccessDenied", self.friend.get_object, Bucket=name, Key="docs-b")
        self.assert_refused("AccessDenied", self.stranger.get_object, Bucket=name, Key="docs-a")
        self.assert_refused("AccessDenied", self.s3.get_object, Bucket=name, Key="docs-b")
        self.assertFalse(self.s3.get_bucket_policy_status(Bucket=name)["PolicyStatus"]["IsPublic"])
        source = {"Bucket": name, "Key": "other"}
        self.friend.create_bucket(Bucket="friends")
        self.assert_refused("AccessDenied", self.friend.copy_object, Bucket="friends", Key="copy", CopySource=source)

    def test_public_access_is_blocked_until_it_is_not(self):
        name = self.bucket("public", key=b"x")
        policy = statement("Allow", "*", "s3:GetObject", f"arn:aws:s3:::{name}/*")
        self.assert_refused("AccessDenied", self.put_policy, name, policy)
        make_public(self.s3, name)
        self.assertEqual(self.nobody.get_object(Bucket=name, Key="key")["Body"].read(), b"x")
        self.assertTrue(self.s3.get_bucket_policy_status(Bucket=name)["PolicyStatus"]["IsPublic"])
        self.assert_refused("NoSuchKey", self.nobody.get_object, Bucket=name, Key="none")

    def test_lists(self):
        name = self.bucket("listed")
        self.assert_refused("AccessControlListNotSupported", self.s3.put_object, Bucket=name, Key="key", Body=b"x", ACL="public-read")
        self.assert_refused("AccessControlListNotSupported", self.s3.put_bucket_acl, Bucket=name, ACL="public-read")
        self.s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
        self.s3.delete_public_access_block(Bucket=name)
        self.s3.put_object(Bucket=name, Key="key", Body=b"x", ACL="public-read")
        self.assertEqual(self.nobody.get_object(Bucket=name, Key="key")["Body"].read(), b"x")
        friend = self.friend.list_buckets()["Owner"]["ID"]
        self.s3.put_object(Bucket=name, Key="granted", Body=b"y", GrantRead=f'id="{friend}"')
        self.assertEqual(self.friend.get_object(Bucket=name, Key="granted")["Body"].read(), b"y")
        self.assert_refused("AccessDenied", self.stranger.get_object, Bucket=name, Key="granted")
        acl = self.s3.get_object_acl(Bucket=name, Key="granted")
        self.assertEqual([grant["Grantee"]["Type"] for grant in acl["Grants"]], ["CanonicalUser"])
        acl["Grants"].append({"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"})
        self.s3.put_object_acl(Bucket=name, Key="granted", AccessControlPolicy={"Owner": acl["Owner"], "Grants": acl["Grants"]})
        self.assertEqual(self.nobody.get_object(Bucket=name, Key="granted")["Body"].read(), b"y")
        self.assert_refused("BucketAlreadyExists", self.friend.create_bucket, Bucket=name)

    def test_a_distribution_gets_in_by_policy(self):
        name = self.bucket("behind-cdn", page=b"hello")
        cloudfront = self.emulator.client("cloudfront")
        control = {"Name": name, "SigningProtocol": "sigv4", "SigningBehavior": "always", "OriginAccessControlOriginType": "s3"}
        access = cloudfront.create_origin_access_control(OriginAccessControlConfig=control)["OriginAccessControl"]["Id"]
        origin = {
            "Id": "bucket",
            "DomainName": f"{name}.s3.us-east-1.amazonaws.com",
            "S3OriginConfig": {"OriginAccessIdentity": ""},
            "OriginAccessControlId": access,
        }
        behavior = {"TargetOriginId": "bucket", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"}
        config = {
            "CallerReference": name,
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": behavior,
        }
        made = cloudfront.create_distribution(DistributionConfig=config)["Distribution"]
        wait_for(lambda: cloudfront.get_distribution(Id=made["Id"])["Distribution"]["Status"] == "Deployed", "the distribution")
        visit = lambda: send(self.emulator, "GET", "/page", host=made["DomainName"].split(":")[0])
        self.assertEqual(visit().status, 403)
        only = {"StringEquals": {"AWS:SourceArn": made["ARN"]}}
        service = {"Service": "cloudfront.amazonaws.com"}
        self.put_policy(name, statement("Allow", service, "s3:GetObject", f"arn:aws:s3:::{name}/*", Condition=only))
        wait_for(lambda: visit().body == b"hello", "the distribution to be let in")
        forged = {"X-Diorama-CloudFront": made["ARN"]}
        self.assertEqual(send(self.emulator, "GET", f"/{name}/page", forged).status, 403)

    def test_the_website_of_a_private_bucket_is_forbidden(self):
        name = self.bucket("private-site", **{"index.html": b"home"})
        self.s3.put_bucket_website(Bucket=name, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
        visit = lambda path: send(self.emulator, "GET", path, host=f"{name}.s3-website.localhost")
        self.assertEqual(visit("/").status, 403)
        self.assertIn(b"AccessDenied", visit("/none").body)
        make_public(self.s3, name)
        self.assertEqual(visit("/").body, b"home")
        self.assertEqual(visit("/none").status, 404)


def signing_key(secret, date):
    key = f"AWS4{secret}".encode()
    for part in (date, "us-east-1", "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


class Signatures(Access):
    arguments = ("--verify-signatures", "--credentials", "AKIAONE:one/secret", "--credentials", f"{FRIEND}:two")

    def client(self, key, secret, **more):
        import boto3

        client = boto3.client(
            "s3", endpoint_url=self.emulator.url, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret, **more
        )
        self.addCleanup(client.close)
        return client

    def test_a_right_signature_is_needed(self):
        right = self.client("AKIAONE", "one/secret")
        right.create_bucket(Bucket="verified")
        right.put_object(Bucket="verified", Key="a b/ü.txt", Body=b"content", Metadata={"name": "value"})
        self.assertEqual(right.get_object(Bucket="verified", Key="a b/ü.txt")["Body"].read(), b"content")
        self.assertEqual(right.list_objects_v2(Bucket="verified", Prefix="a b/")["KeyCount"], 1)
        error = self.assert_refused("SignatureDoesNotMatch", self.client("AKIAONE", "wrong").list_objects_v2, Bucket="verified")
        self.assertEqual(error["AWSAccessKeyId"], "AKIAONE")
        self.assert_refused("InvalidAccessKeyId", self.client("AKIATWO", "one/secret").list_objects_v2, Bucket="verified")
        self.assert_refused("AccessDenied", self.client(FRIEND, "two").list_objects_v2, Bucket="verified")

    def test_presigned_urls_of_both_versions(self):
        right = self.client("AKIAONE", "one/secret")
        right.create_bucket(Bucket="presigned")
        right.put_object(Bucket="presigned", Key="a b.txt", Body=b"content")
        for version in ("s3v4", "s3"):
            for style in ("path", "virtual"):
                with self.subTest(version=version, style=style):
                    config = Config(signature_version=version, s3={"addressing_style": style})
                    client = self.client("AKIAONE", "one/secret", config=config)
                    fetch = lambda url: send(
                        self.emulator, "GET", f"{url.path}?{url.query}", host=url.netloc
                    )
                    parameters = {"Bucket": "presigned", "Key": "a b.txt", "ResponseContentType": "text/css"}
                    url = urllib.parse.urlsplit(client.generate_presigned_url("get_object", Params=parameters))
                    answer = fetch(url)
                    self.assertEqual((answer.status, answer.body), (200, b"content"), answer)
                    forged = url._replace(query=url.query.replace("css", "html"))
                    self.assertEqual(fetch(forged).status, 403)

    def test_signed_chunks(self):
        right = self.client("AKIAONE", "one/secret")
        right.create_bucket(Bucket="chunks")
        content = b"x" * 70_000

        def put(key, spoil=lambda body: body):
            import datetime

            now = datetime.datetime.now(datetime.timezone.utc)
            stamp, date = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
            scope = f"{date}/us-east-1/s3/aws4_request"
            headers = {
                "host": f"localhost:{self.emulator.port}",
                "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                "x-amz-date": stamp,
                "x-amz-decoded-content-length": str(len(content)),
            }
            names = ";".join(headers)
            canonical = "\n".join(
                ["PUT", f"/chunks/{key}", "", *(f"{name}:{value}" for name, value in headers.items()), "", names, headers["x-amz-content-sha256"]]
            )
            key_bytes = signing_key("one/secret", date)
            sign = lambda text: hmac.new(key_bytes, text.encode(), hashlib.sha256).hexdigest()
            digest = lambda octets: hashlib.sha256(octets).hexdigest()
            previous = seed = sign("\n".join(["AWS4-HMAC-SHA256", stamp, scope, digest(canonical.encode())]))
            body = b""
            for chunk in (content[:65536], content[65536:], b""):
                previous = sign("\n".join(["AWS4-HMAC-SHA256-PAYLOAD", stamp, scope, previous, digest(b""), digest(chunk)]))
                body += b"%x;chunk-signature=%s\r\n%s\r\n" % (len(chunk), previous.encode(), chunk)
            headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential=AKIAONE/{scope}, SignedHeaders={names}, Signature={seed}"
            host = headers.pop("host")
            return send(self.emulator, "PUT", f"/chunks/{key}", headers, spoil(body), host=host)

        answer = put("good")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(right.get_object(Bucket="chunks", Key="good")["Body"].read(), content)
        answer = put("bad", lambda body: body.replace(b"xx", b"xy", 1))
        self.assertEqual(answer.status, 403, answer)
        self.assertIn(b"SignatureDoesNotMatch", answer.body)
        self.assert_refused("404", right.head_object, Bucket="chunks", Key="bad")

    def test_forms_are_signed_too(self):
        right = self.client("AKIAONE", "one/secret")
        right.create_bucket(Bucket="forms")
        for secret, status in (("one/secret", 204), ("wrong", 403)):
            made = self.client("AKIAONE", secret, config=Config(signature_version="s3v4")).generate_presigned_post("forms", "key")
            fields = {**made["fields"], "file": "content"}
            body = "".join(f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
            answer = send(self.emulator, "POST", "/forms", {"Content-Type": "multipart/form-data; boundary=edge"}, body + "--edge--\r\n")
            self.assertEqual(answer.status, status, answer)
        self.assertEqual(right.get_object(Bucket="forms", Key="key")["Body"].read(), b"content")

    def test_other_services_verify_too(self):
        import boto3

        for secret, is_right in (("one/secret", True), ("wrong", False)):
            sts = boto3.client(
                "sts", endpoint_url=self.emulator.url, region_name="us-east-1", aws_access_key_id="AKIAONE", aws_secret_access_key=secret
            )
            self.addCleanup(sts.close)
            if is_right:
                self.assertEqual(sts.get_caller_identity()["Account"], "000000000000")
            else:
                self.assert_refused("SignatureDoesNotMatch", sts.get_caller_identity)
        self.assertEqual(send(self.emulator, "GET", "/2013-04-01/hostedzone").status, 403)


if __name__ == "__main__":
    unittest.main()
