// The operations that say who may use a bucket. See operations.hpp.
#pragma once

#include "services/s3/api.hpp"
#include "services/s3/data/request.hpp"
#include "services/s3/data/store.hpp"

namespace diorama::s3 {

// bucket_policies.cpp
api::GetBucketPolicyStatusOutput get_bucket_policy_status(
    Store& store,
    const Request& request,
    const api::GetBucketPolicyStatusRequest& input
);

// access_control_lists.cpp
api::PutBucketAclOutput
put_bucket_acl(Store& store, const Request& request, const api::PutBucketAclRequest& input);
api::GetBucketAclOutput
get_bucket_acl(Store& store, const Request& request, const api::GetBucketAclRequest& input);
api::PutObjectAclOutput
put_object_acl(Store& store, const Request& request, const api::PutObjectAclRequest& input);
api::GetObjectAclOutput
get_object_acl(Store& store, const Request& request, const api::GetObjectAclRequest& input);

// public_access.cpp
api::PutBucketOwnershipControlsOutput put_bucket_ownership_controls(
    Store& store,
    const Request& request,
    const api::PutBucketOwnershipControlsRequest& input
);
api::GetBucketOwnershipControlsOutput get_bucket_ownership_controls(
    Store& store,
    const Request& request,
    const api::GetBucketOwnershipControlsRequest& input
);
api::DeleteBucketOwnershipControlsOutput delete_bucket_ownership_controls(
    Store& store,
    const Request& request,
    const api::DeleteBucketOwnershipControlsRequest& input
);
api::PutPublicAccessBlockOutput put_public_access_block(
    Store& store,
    const Request& request,
    const api::PutPublicAccessBlockRequest& input
);
api::GetPublicAccessBlockOutput get_public_access_block(
    Store& store,
    const Request& request,
    const api::GetPublicAccessBlockRequest& input
);
api::DeletePublicAccessBlockOutput delete_public_access_block(
    Store& store,
    const Request& request,
    const api::DeletePublicAccessBlockRequest& input
);

} // namespace diorama::s3
