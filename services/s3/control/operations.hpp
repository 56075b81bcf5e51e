// The operations whose input and output are documents, by noun. Each is given a parsed and checked
// input and returns its output; the glue that parses, invokes and writes stands in dispatch.cpp.
// Objects' bytes are the business of data/.
#pragma once

#include "services/s3/api.hpp"
#include "services/s3/data/request.hpp"
#include "services/s3/data/store.hpp"

namespace diorama::s3 {

// buckets.cpp
api::CreateBucketOutput
create_bucket(Store& store, const Request& request, const api::CreateBucketRequest& input);
api::HeadBucketOutput
head_bucket(Store& store, const Request& request, const api::HeadBucketRequest& input);
api::ListBucketsOutput
list_buckets(Store& store, const Request& request, const api::ListBucketsRequest& input);
api::DeleteBucketOutput
delete_bucket(Store& store, const Request& request, const api::DeleteBucketRequest& input);
// The whole document: it has no shape of its own.
std::string get_bucket_location(Store& store, const std::string& bucket);

// versioning.cpp
api::PutBucketVersioningOutput put_bucket_versioning(
    Store& store,
    const Request& request,
    const api::PutBucketVersioningRequest& input
);
api::GetBucketVersioningOutput get_bucket_versioning(
    Store& store,
    const Request& request,
    const api::GetBucketVersioningRequest& input
);
// The whole document: the model cannot tell its order.
std::string list_object_versions(
    Store& store,
    const Request& request,
    const api::ListObjectVersionsRequest& input
);

// object_locks.cpp
api::PutObjectLockConfigurationOutput put_object_lock_configuration(
    Store& store,
    const Request& request,
    const api::PutObjectLockConfigurationRequest& input
);
api::GetObjectLockConfigurationOutput get_object_lock_configuration(
    Store& store,
    const Request& request,
    const api::GetObjectLockConfigurationRequest& input
);
api::PutObjectRetentionOutput put_object_retention(
    Store& store,
    const Request& request,
    const api::PutObjectRetentionRequest& input
);
api::GetObjectRetentionOutput get_object_retention(
    Store& store,
    const Request& request,
    const api::GetObjectRetentionRequest& input
);
api::PutObjectLegalHoldOutput put_object_legal_hold(
    Store& store,
    const Request& request,
    const api::PutObjectLegalHoldRequest& input
);
api::GetObjectLegalHoldOutput get_object_legal_hold(
    Store& store,
    const Request& request,
    const api::GetObjectLegalHoldRequest& input
);

// object_attributes.cpp
api::GetObjectAttributesOutput get_object_attributes(
    Store& store,
    const Request& request,
    const api::GetObjectAttributesRequest& input
);
api::RestoreObjectOutput
restore_object(Store& store, const Request& request, const api::RestoreObjectRequest& input);

// tags.cpp
api::PutBucketTaggingOutput
put_bucket_tagging(Store& store, const Request& request, const api::PutBucketTaggingRequest& input);
api::GetBucketTaggingOutput
get_bucket_tagging(Store& store, const Request& request, const api::GetBucketTaggingRequest& input);
api::DeleteBucketTaggingOutput delete_bucket_tagging(
    Store& store,
    const Request& request,
    const api::DeleteBucketTaggingRequest& input
);
api::PutObjectTaggingOutput
put_object_tagging(Store& store, const Request& request, const api::PutObjectTaggingRequest& input);
api::GetObjectTaggingOutput
get_object_tagging(Store& store, const Request& request, const api::GetObjectTaggingRequest& input);
api::DeleteObjectTaggingOutput delete_object_tagging(
    Store& store,
    const Request& request,
    const api::DeleteObjectTaggingRequest& input
);

// bucket_policies.cpp
api::PutBucketPolicyOutput
put_bucket_policy(Store& store, const Request& request, const api::PutBucketPolicyRequest& input);
api::GetBucketPolicyOutput
get_bucket_policy(Store& store, const Request& request, const api::GetBucketPolicyRequest& input);
api::DeleteBucketPolicyOutput delete_bucket_policy(
    Store& store,
    const Request& request,
    const api::DeleteBucketPolicyRequest& input
);

// bucket_websites.cpp
api::PutBucketWebsiteOutput
put_bucket_website(Store& store, const Request& request, const api::PutBucketWebsiteRequest& input);
api::GetBucketWebsiteOutput
get_bucket_website(Store& store, const Request& request, const api::GetBucketWebsiteRequest& input);
api::DeleteBucketWebsiteOutput delete_bucket_website(
    Store& store,
    const Request& request,
    const api::DeleteBucketWebsiteRequest& input
);

// listings.cpp
api::ListObjectsOutput
list_objects(Store& store, const Request& request, const api::ListObjectsRequest& input);
api::ListObjectsV2Output
list_objects_v2(Store& store, const Request& request, const api::ListObjectsV2Request& input);

// deletions.cpp
api::DeleteObjectsOutput
delete_objects(Store& store, const Request& request, const api::DeleteObjectsRequest& input);

// copies.cpp; these may read and write blobs, and so run on a worker when the store blocks.
api::CopyObjectOutput
copy_object(Store& store, const Request& request, const api::CopyObjectRequest& input);
api::UploadPartCopyOutput
upload_part_copy(Store& store, const Request& request, const api::UploadPartCopyRequest& input);

// multipart_uploads.cpp, multipart_listings.cpp
api::CreateMultipartUploadOutput create_multipart_upload(
    Store& store,
    const Request& request,
    const api::CreateMultipartUploadRequest& input
);
api::CompleteMultipartUploadOutput complete_multipart_upload(
    Store& store,
    const Request& request,
    const api::CompleteMultipartUploadRequest& input
);
api::AbortMultipartUploadOutput abort_multipart_upload(
    Store& store,
    const Request& request,
    const api::AbortMultipartUploadRequest& input
);
api::ListPartsOutput
list_parts(Store& store, const Request& request, const api::ListPartsRequest& input);
api::ListMultipartUploadsOutput list_multipart_uploads(
    Store& store,
    const Request& request,
    const api::ListMultipartUploadsRequest& input
);

} // namespace diorama::s3
