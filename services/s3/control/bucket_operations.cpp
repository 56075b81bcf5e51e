// See bucket_operations.hpp and document_operation.hpp.
#include "services/s3/control/bucket_operations.hpp"

#include "services/s3/control/document_operation.hpp"

#include <array>

namespace diorama::s3 {

std::span<const DocumentOperation> access_operations() {
    using Operation = DocumentOperation;
    constexpr std::string_view list = "AccessControlPolicy";
    static constexpr std::array operations{
        Operation{"GetBucketPolicyStatus", &Erased<&get_bucket_policy_status>::invoke},
        Operation{"PutBucketAcl", &Erased<&put_bucket_acl>::invoke},
        Operation{"GetBucketAcl", &Erased<&get_bucket_acl>::invoke, list},
        Operation{"PutObjectAcl", &Erased<&put_object_acl>::invoke},
        Operation{"GetObjectAcl", &Erased<&get_object_acl>::invoke, list},
        Operation{"PutBucketOwnershipControls", &Erased<&put_bucket_ownership_controls>::invoke},
        Operation{"GetBucketOwnershipControls", &Erased<&get_bucket_ownership_controls>::invoke},
        Operation{
            "DeleteBucketOwnershipControls",
            &Erased<&delete_bucket_ownership_controls>::invoke
        },
        Operation{"PutPublicAccessBlock", &Erased<&put_public_access_block>::invoke},
        Operation{"GetPublicAccessBlock", &Erased<&get_public_access_block>::invoke},
        Operation{"DeletePublicAccessBlock", &Erased<&delete_public_access_block>::invoke},
    };
    return operations;
}

} // namespace diorama::s3
