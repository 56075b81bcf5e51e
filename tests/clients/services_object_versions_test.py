"""boto3 and S3's objects in depth: versions, Object Lock, attributes, customers' keys, checksums, conditions."""

import datetime
import hashlib
import os
import unittest

import boto3
from service_case import ServiceTest

MIB5 = 5 << 20


class ObjectVersions(ServiceTest):
    def setUp(self):
        self.s3 = self.client("s3")
        self.bucket = self.id().rsplit(".", 1)[1].replace("_", "-")[:60]

    def make_bucket(self, **arguments):
        self.s3.create_bucket(Bucket=self.bucket, **arguments)
        if not arguments:
            self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})

    def knows(self, operation, parameter):
        """Whether this boto3 has heard of a parameter."""
        return parameter in self.s3.meta.service_model.operation_model(operation).input_shape.members

    def test_versions_and_delete_markers(self):
        self.make_bucket()
        self.assertEqual(self.s3.get_bucket_versioning(Bucket=self.bucket)["Status"], "Enabled")
        where = {"Bucket": self.bucket, "Key": "k"}
        ids = [self.s3.put_object(**where, Body=body)["VersionId"] for body in (b"one", b"two", b"three")]
        self.assertEqual(self.s3.get_object(**where)["VersionId"], ids[2])
        self.assertEqual(self.s3.get_object(**where, VersionId=ids[0])["Body"].read(), b"one")
        deleted = self.s3.delete_object(**where)
        self.assertTrue(deleted["DeleteMarker"])
        with self.refused("NoSuchKey", 404):
            self.s3.get_object(**where)
        with self.refused("MethodNotAllowed", 405):
            self.s3.get_object(**where, VersionId=deleted["VersionId"])
        pages = self.s3.get_paginator("list_object_versions").paginate(
            Bucket=self.bucket, PaginationConfig={"PageSize": 2}
        )
        found = [version["VersionId"] for page in pages for version in page.get("Versions", [])]
        self.assertEqual(found, ids[::-1])
        copied = self.s3.copy_object(**where, CopySource={**where, "VersionId": ids[0]})
        self.assertEqual(copied["CopySourceVersionId"], ids[0])
        self.assertEqual(self.s3.get_object(**where)["Body"].read(), b"one")
        with self.refused("BucketNotEmpty", 409, "You must delete all versions in the bucket"):
            self.s3.delete_bucket(Bucket=self.bucket)
        resource = boto3.resource(
            "s3",
            endpoint_url=self.s3.meta.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id=self.account,
            aws_secret_access_key="test",
        )
        resource.Bucket(self.bucket).object_versions.delete()
        self.assertNotIn("Versions", self.s3.list_object_versions(Bucket=self.bucket))
        self.s3.delete_bucket(Bucket=self.bucket)

    def test_object_lock(self):
        self.make_bucket(ObjectLockEnabledForBucket=True)
        where = {"Bucket": self.bucket, "Key": "k"}
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=400)
        put = self.s3.put_object(
            **where, Body=b"x", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=until
        )
        version = {**where, "VersionId": put["VersionId"]}
        self.assertEqual(self.s3.get_object_retention(**version)["Retention"]["Mode"], "GOVERNANCE")
        with self.refused("AccessDenied", 403, "object protected by object lock"):
            self.s3.delete_object(**version)
        self.s3.put_object_legal_hold(**version, LegalHold={"Status": "ON"})
        with self.refused("AccessDenied", 403):
            self.s3.delete_object(**version, BypassGovernanceRetention=True)
        self.s3.put_object_legal_hold(**version, LegalHold={"Status": "OFF"})
        self.s3.delete_object(**version, BypassGovernanceRetention=True)
        rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
        self.s3.put_object_lock_configuration(
            Bucket=self.bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
        )
        lock = self.s3.get_object_lock_configuration(Bucket=self.bucket)["ObjectLockConfiguration"]
        self.assertEqual(lock["Rule"], rule)
        self.s3.put_object(**where, Body=b"y")
        self.assertEqual(self.s3.head_object(**where)["ObjectLockMode"], "COMPLIANCE")

    def test_attributes_of_a_multipart_upload(self):
        self.make_bucket()
        where = {"Bucket": self.bucket, "Key": "k"}
        upload = self.s3.create_multipart_upload(**where, ChecksumAlgorithm="SHA256")["UploadId"]
        parts = []
        for number, body in ((1, bytes(MIB5)), (2, b"tail")):
            part = self.s3.upload_part(
                **where, UploadId=upload, PartNumber=number, Body=body, ChecksumAlgorithm="SHA256"
            )
            parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]})
        named = {"UploadId": upload, "MultipartUpload": {"Parts": parts}}
        done = self.s3.complete_multipart_upload(**where, **named)
        self.assertRegex(done["ChecksumSHA256"], "-2$")
        again = self.s3.complete_multipart_upload(**where, **named)
        self.assertEqual((again["ETag"], again["VersionId"]), (done["ETag"], done["VersionId"]))
        wanted = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
        found = self.s3.get_object_attributes(**where, ObjectAttributes=wanted)
        self.assertEqual(found["ObjectSize"], MIB5 + 4)
        self.assertEqual(found["ETag"], done["ETag"].strip('"'))
        self.assertEqual(found["ObjectParts"]["TotalPartsCount"], 2)
        self.assertEqual([part["Size"] for part in found["ObjectParts"]["Parts"]], [MIB5, 4])

    def test_customer_keys(self):
        self.make_bucket()
        where = {"Bucket": self.bucket, "Key": "k"}
        key = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": os.urandom(32)}
        body = os.urandom(300_001)
        put = self.s3.put_object(**where, **key, Body=body)
        self.assertNotEqual(put["ETag"].strip('"'), hashlib.md5(body).hexdigest())
        self.assertEqual(self.s3.get_object(**where, **key)["Body"].read(), body)
        ranged = self.s3.get_object(**where, **key, Range="bytes=17-4242")
        self.assertEqual(ranged["Body"].read(), body[17:4243])
        with self.refused("InvalidRequest", 400, "stored using a form of Server Side Encryption"):
            self.s3.get_object(**where)
        with self.refused("AccessDenied", 403):
            self.s3.get_object(**where, SSECustomerAlgorithm="AES256", SSECustomerKey=os.urandom(32))

    def test_archived_objects(self):
        self.make_bucket()
        where = {"Bucket": self.bucket, "Key": "k"}
        self.s3.put_object(**where, Body=b"cold", StorageClass="DEEP_ARCHIVE")
        with self.refused("InvalidObjectState", 403):
            self.s3.get_object(**where)
        request = {"Days": 1, "GlacierJobParameters": {"Tier": "Bulk"}}
        answer = self.s3.restore_object(**where, RestoreRequest=request)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 202)
        self.assertEqual(self.s3.head_object(**where)["Restore"], 'ongoing-request="true"')
        if self.knows("ListObjectsV2", "OptionalObjectAttributes"):
            listed = self.s3.list_objects_v2(Bucket=self.bucket, OptionalObjectAttributes=["RestoreStatus"])
            self.assertTrue(listed["Contents"][0]["RestoreStatus"]["IsRestoreInProgress"])
        with self.refused("RestoreAlreadyInProgress", 409):
            self.s3.restore_object(**where, RestoreRequest=request)

    def test_conditional_writes(self):
        if not self.knows("DeleteObject", "IfMatch"):
            self.skipTest("this boto3 is older than conditional writes")
        self.make_bucket()
        where = {"Bucket": self.bucket, "Key": "k"}
        tag = self.s3.put_object(**where, Body=b"1", IfNoneMatch="*")["ETag"]
        with self.refused("PreconditionFailed", 412):
            self.s3.put_object(**where, Body=b"2", IfNoneMatch="*")
        self.s3.put_object(**where, Body=b"2", IfMatch=tag)
        with self.refused("PreconditionFailed", 412):
            self.s3.put_object(**where, Body=b"3", IfMatch=tag)
        with self.refused("PreconditionFailed", 412):
            self.s3.delete_object(**where, IfMatch=tag)
        self.s3.delete_object(**where, IfMatch="*")
        with self.refused("NoSuchKey", 404):
            self.s3.put_object(**where, Body=b"3", IfMatch=tag)


if __name__ == "__main__":
    unittest.main()
