"""boto3 and S3: listings in pages, multipart uploads, tags, exact errors, reading back what was sent, deleting it all again."""

import hashlib
import unittest

from service_case import REGION, ServiceTest


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
            self.s3.get_object_torrent(Bucket="errors", Key="short")
        self.assertEqual(
            self.s3.delete_object(Bucket="errors", Key="missing")["ResponseMetadata"]["HTTPStatusCode"], 204
        )
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
        put = self.s3.put_object(
            Bucket="objects", Key="ein Schlüssel/+ &?.html", Body=b"hello", Tagging="kind=a%20b%2Bc", **sent
        )
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
        self.assertEqual(
            self.s3.get_object_tagging(Bucket="objects", Key="copy")["TagSet"], [{"Key": "x", "Value": "y"}]
        )
        self.s3.delete_object_tagging(Bucket="objects", Key="copy")
        self.assertEqual(self.s3.get_object_tagging(Bucket="objects", Key="copy")["TagSet"], [])
        with self.refused("NoSuchKey", 404):
            self.s3.get_object_tagging(Bucket="objects", Key="missing")
        with self.refused("304", 304):
            self.s3.get_object(Bucket="objects", Key="copy", IfNoneMatch=put["ETag"])
        with self.refused("PreconditionFailed", 412):
            self.s3.get_object(Bucket="objects", Key="copy", IfMatch='"other"')
        deleted = self.s3.delete_objects(
            Bucket="objects",
            Delete={"Objects": [{"Key": "copy"}, {"Key": "missing"}, {"Key": "ein Schlüssel/+ &?.html"}]},
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
            {"PartNumber": n, "ETag": self.s3.upload_part(PartNumber=n, Body=body, **where)["ETag"]}
            for n, body in enumerate(bodies, 1)
        ]
        listed = self.pages(self.s3, "list_parts", "Parts", 2, **where)
        self.assertEqual([(one["PartNumber"], one["Size"]) for one in listed], [(1, 5 << 20), (2, 5 << 20), (3, 1)])
        with self.refused("InvalidPart", 400):
            self.s3.complete_multipart_upload(
                MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": '"wrong"'}]}, **where
            )
        with self.refused("InvalidPartOrder", 400):
            self.s3.complete_multipart_upload(MultipartUpload={"Parts": parts[::-1]}, **where)
        with self.refused("EntityTooSmall", 400):
            self.s3.complete_multipart_upload(
                MultipartUpload={"Parts": [parts[2], {**parts[0], "PartNumber": 4, **self.part(where, 4)}]}, **where
            )
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


if __name__ == "__main__":
    unittest.main()
