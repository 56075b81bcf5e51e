"""A plugin of pytest with which tools/conformance runs the suite.

The suite was written when a new bucket took access control lists and public policies. AWS: "Starting in April 2023, all new
buckets […] have S3 Block Public Access enabled and ACLs disabled." Whoever wants such a bucket today opens it after making it,
which is what this does for the suite, with the calls AWS documents for it; the tests then say something about lists and
policies. A bucket whose test chooses its ownership itself is left as it is.
"""

import botocore.client

make_call = botocore.client.BaseClient._make_api_call


def call(client, operation, parameters):
    if client.meta.service_model.service_name != "s3" or operation != "CreateBucket" or "ObjectOwnership" in parameters:
        return make_call(client, operation, parameters)
    given = dict(parameters)
    lists = {name: given.pop(name) for name in list(parameters) if name == "ACL" or name.startswith("Grant")}
    made = make_call(client, operation, {**given, "ObjectOwnership": "ObjectWriter"})
    bucket = {"Bucket": parameters.get("Bucket")}
    make_call(client, "DeletePublicAccessBlock", bucket)
    if lists:
        make_call(client, "PutBucketAcl", {**bucket, **lists})
    return made


botocore.client.BaseClient._make_api_call = call
