// See actions.hpp.
#include "services/s3/data/actions.hpp"

#include <array>

namespace diorama::s3 {

namespace {

constexpr NeededAction
on_object(std::string_view operation, std::string_view action, std::string_view of_version = {}) {
    return {operation, action, of_version, true, {}, {}};
}

constexpr NeededAction reading(
    std::string_view operation,
    std::string_view action,
    std::string_view of_version,
    Permission permission = Permission::read
) {
    return {operation, action, of_version, true, permission, {}};
}

constexpr NeededAction
writing(std::string_view operation, std::string_view action, std::string_view of_version = {}) {
    return {operation, action, of_version, true, {}, Permission::write};
}

constexpr NeededAction on_bucket(
    std::string_view operation,
    std::string_view action,
    std::optional<Permission> permission = {}
) {
    return {operation, action, {}, false, {}, permission};
}

constexpr std::array objects{
    reading("GetObject", "s3:GetObject", "s3:GetObjectVersion"),
    reading("HeadObject", "s3:GetObject", "s3:GetObjectVersion"),
    reading("GetObjectAttributes", "s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"),
    reading("GetObjectTorrent", "s3:GetObjectTorrent", "s3:GetObjectVersionTorrent"),
    reading("SelectObjectContent", "s3:GetObject", {}),
    reading("GetObjectAcl", "s3:GetObjectAcl", "s3:GetObjectVersionAcl", Permission::read_acp),
    reading("PutObjectAcl", "s3:PutObjectAcl", "s3:PutObjectVersionAcl", Permission::write_acp),
    on_object("GetObjectTagging", "s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
    on_object("PutObjectTagging", "s3:PutObjectTagging", "s3:PutObjectVersionTagging"),
    on_object("DeleteObjectTagging", "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"),
    on_object("GetObjectLegalHold", "s3:GetObjectLegalHold"),
    on_object("PutObjectLegalHold", "s3:PutObjectLegalHold"),
    on_object("GetObjectRetention", "s3:GetObjectRetention"),
    on_object("PutObjectRetention", "s3:PutObjectRetention"),
    on_object("RestoreObject", "s3:RestoreObject"),
    on_object("ListParts", "s3:ListMultipartUploadParts"),
    on_object("AbortMultipartUpload", "s3:AbortMultipartUpload"),
    writing("PutObject", "s3:PutObject"),
    writing("PostObject", "s3:PutObject"),
    writing("CopyObject", "s3:PutObject"),
    writing("CreateMultipartUpload", "s3:PutObject"),
    writing("CompleteMultipartUpload", "s3:PutObject"),
    writing("UploadPart", "s3:PutObject"),
    writing("UploadPartCopy", "s3:PutObject"),
    writing("DeleteObject", "s3:DeleteObject", "s3:DeleteObjectVersion"),
};

constexpr std::array buckets{
    on_bucket("HeadBucket", "s3:ListBucket", Permission::read),
    on_bucket("ListObjects", "s3:ListBucket", Permission::read),
    on_bucket("ListObjectsV2", "s3:ListBucket", Permission::read),
    on_bucket("ListObjectVersions", "s3:ListBucketVersions", Permission::read),
    on_bucket("ListMultipartUploads", "s3:ListBucketMultipartUploads", Permission::read),
    on_bucket("GetBucketAcl", "s3:GetBucketAcl", Permission::read_acp),
    on_bucket("PutBucketAcl", "s3:PutBucketAcl", Permission::write_acp),
    on_bucket("DeleteBucket", "s3:DeleteBucket"),
    on_bucket("GetBucketLocation", "s3:GetBucketLocation"),
    on_bucket("GetBucketPolicy", "s3:GetBucketPolicy"),
    on_bucket("PutBucketPolicy", "s3:PutBucketPolicy"),
    on_bucket("DeleteBucketPolicy", "s3:DeleteBucketPolicy"),
    on_bucket("GetBucketPolicyStatus", "s3:GetBucketPolicyStatus"),
    on_bucket("GetBucketTagging", "s3:GetBucketTagging"),
    on_bucket("PutBucketTagging", "s3:PutBucketTagging"),
    on_bucket("DeleteBucketTagging", "s3:PutBucketTagging"),
    on_bucket("GetBucketVersioning", "s3:GetBucketVersioning"),
    on_bucket("PutBucketVersioning", "s3:PutBucketVersioning"),
    on_bucket("GetBucketWebsite", "s3:GetBucketWebsite"),
    on_bucket("PutBucketWebsite", "s3:PutBucketWebsite"),
    on_bucket("DeleteBucketWebsite", "s3:DeleteBucketWebsite"),
    on_bucket("GetBucketCors", "s3:GetBucketCORS"),
    on_bucket("PutBucketCors", "s3:PutBucketCORS"),
    on_bucket("DeleteBucketCors", "s3:PutBucketCORS"),
    on_bucket("GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
    on_bucket("PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
    on_bucket("DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"),
    on_bucket("GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    on_bucket("PutBucketEncryption", "s3:PutEncryptionConfiguration"),
    on_bucket("DeleteBucketEncryption", "s3:PutEncryptionConfiguration"),
    on_bucket("GetBucketLogging", "s3:GetBucketLogging"),
    on_bucket("PutBucketLogging", "s3:PutBucketLogging"),
    on_bucket("GetBucketNotificationConfiguration", "s3:GetBucketNotification"),
    on_bucket("PutBucketNotificationConfiguration", "s3:PutBucketNotification"),
    on_bucket("GetBucketMetricsConfiguration", "s3:GetMetricsConfiguration"),
    on_bucket("ListBucketMetricsConfigurations", "s3:GetMetricsConfiguration"),
    on_bucket("PutBucketMetricsConfiguration", "s3:PutMetricsConfiguration"),
    on_bucket("DeleteBucketMetricsConfiguration", "s3:PutMetricsConfiguration"),
    on_bucket("GetBucketAnalyticsConfiguration", "s3:GetAnalyticsConfiguration"),
    on_bucket("ListBucketAnalyticsConfigurations", "s3:GetAnalyticsConfiguration"),
    on_bucket("PutBucketAnalyticsConfiguration", "s3:PutAnalyticsConfiguration"),
    on_bucket("DeleteBucketAnalyticsConfiguration", "s3:PutAnalyticsConfiguration"),
    on_bucket("GetBucketInventoryConfiguration", "s3:GetInventoryConfiguration"),
    on_bucket("ListBucketInventoryConfigurations", "s3:GetInventoryConfiguration"),
    on_bucket("PutBucketInventoryConfiguration", "s3:PutInventoryConfiguration"),
    on_bucket("DeleteBucketInventoryConfiguration", "s3:PutInventoryConfiguration"),
    on_bucket("GetBucketIntelligentTieringConfiguration", "s3:GetIntelligentTieringConfiguration"),
    on_bucket(
        "ListBucketIntelligentTieringConfigurations",
        "s3:GetIntelligentTieringConfiguration"
    ),
    on_bucket("PutBucketIntelligentTieringConfiguration", "s3:PutIntelligentTieringConfiguration"),
    on_bucket(
        "DeleteBucketIntelligentTieringConfiguration",
        "s3:PutIntelligentTieringConfiguration"
    ),
    on_bucket("GetBucketAccelerateConfiguration", "s3:GetAccelerateConfiguration"),
    on_bucket("PutBucketAccelerateConfiguration", "s3:PutAccelerateConfiguration"),
    on_bucket("GetBucketRequestPayment", "s3:GetBucketRequestPayment"),
    on_bucket("PutBucketRequestPayment", "s3:PutBucketRequestPayment"),
    on_bucket("GetBucketReplication", "s3:GetReplicationConfiguration"),
    on_bucket("PutBucketReplication", "s3:PutReplicationConfiguration"),
    on_bucket("DeleteBucketReplication", "s3:PutReplicationConfiguration"),
    on_bucket("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
    on_bucket("PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    on_bucket("DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    on_bucket("GetBucketOwnershipControls", "s3:GetBucketOwnershipControls"),
    on_bucket("PutBucketOwnershipControls", "s3:PutBucketOwnershipControls"),
    on_bucket("DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls"),
    on_bucket("GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration"),
    on_bucket("PutObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration"),
};

} // namespace

const NeededAction* find_needed_action(std::string_view operation) {
    for (const auto& needed : objects) {
        if (needed.operation == operation) return &needed;
    }
    for (const auto& needed : buckets) {
        if (needed.operation == operation) return &needed;
    }
    return nullptr;
}

} // namespace diorama::s3
