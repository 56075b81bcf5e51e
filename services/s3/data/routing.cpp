// See routing.hpp.
#include "services/s3/data/routing.hpp"

#include <fmt/core.h>

#include <array>

namespace diorama::s3 {

namespace {

// A subresource of a bucket or an object, and the noun of its operations: Get, Put, Delete in
// front.
struct Subresource {
    std::string_view parameter;
    std::string_view bucket_noun; // empty: not one of buckets
    std::string_view object_noun = {};
};

constexpr std::array subresources{
    Subresource{"accelerate", "BucketAccelerateConfiguration"},
    Subresource{"acl", "BucketAcl", "ObjectAcl"},
    Subresource{"analytics", "BucketAnalyticsConfiguration"},
    Subresource{"attributes", "", "ObjectAttributes"},
    Subresource{"cors", "BucketCors"},
    Subresource{"encryption", "BucketEncryption"},
    Subresource{"intelligent-tiering", "BucketIntelligentTieringConfiguration"},
    Subresource{"inventory", "BucketInventoryConfiguration"},
    Subresource{"legal-hold", "", "ObjectLegalHold"},
    Subresource{"lifecycle", "BucketLifecycleConfiguration"},
    Subresource{"location", "BucketLocation"},
    Subresource{"logging", "BucketLogging"},
    Subresource{"metrics", "BucketMetricsConfiguration"},
    Subresource{"notification", "BucketNotificationConfiguration"},
    Subresource{"object-lock", "ObjectLockConfiguration"},
    Subresource{"ownershipControls", "BucketOwnershipControls"},
    Subresource{"policy", "BucketPolicy"},
    Subresource{"policyStatus", "BucketPolicyStatus"},
    Subresource{"publicAccessBlock", "PublicAccessBlock"},
    Subresource{"replication", "BucketReplication"},
    Subresource{"requestPayment", "BucketRequestPayment"},
    Subresource{"retention", "", "ObjectRetention"},
    Subresource{"tagging", "BucketTagging", "ObjectTagging"},
    Subresource{"torrent", "", "ObjectTorrent"},
    Subresource{"versioning", "BucketVersioning"},
    Subresource{"website", "BucketWebsite"},
};

std::string_view verb_of(std::string_view method) {
    if (method == "GET" || method == "HEAD") return "Get";
    if (method == "PUT") return "Put";
    if (method == "DELETE") return "Delete";
    return {};
}

// The few whose names are not just verb and noun.
std::string name_of(std::string_view verb, std::string_view noun, const Query& query) {
    if (noun == "BucketLifecycleConfiguration" && verb == "Delete") return "DeleteBucketLifecycle";
    const bool has_id =
        noun == "BucketAnalyticsConfiguration" || noun == "BucketIntelligentTieringConfiguration" ||
        noun == "BucketInventoryConfiguration" || noun == "BucketMetricsConfiguration";
    if (has_id && verb == "Get" && find_parameter(query, "id") == nullptr)
        return fmt::format("List{}s", noun);
    return fmt::format("{}{}", verb, noun);
}

std::string bucket_operation(std::string_view method, const Query& query) {
    const auto has = [&](std::string_view name) { return find_parameter(query, name) != nullptr; };
    if (method == "PUT") return "CreateBucket";
    if (method == "HEAD") return "HeadBucket";
    if (method == "DELETE") return "DeleteBucket";
    if (method == "POST") return has("delete") ? "DeleteObjects" : "PostObject";
    if (method != "GET") return {};
    if (has("uploads")) return "ListMultipartUploads";
    if (has("versions")) return "ListObjectVersions";
    const auto* list_type = find_parameter(query, "list-type");
    return list_type != nullptr && *list_type == "2" ? "ListObjectsV2" : "ListObjects";
}

std::string object_operation(const Request& request) {
    const auto& method = request.head().method;
    const auto has = [&](std::string_view name) {
        return find_parameter(request.query, name) != nullptr;
    };
    const bool is_copy = request.headers().contains("x-amz-copy-source");
    if (method == "GET") return has("uploadId") ? "ListParts" : "GetObject";
    if (method == "HEAD") return "HeadObject";
    if (method == "DELETE") return has("uploadId") ? "AbortMultipartUpload" : "DeleteObject";
    if (method == "PUT" && has("uploadId") && has("partNumber"))
        return is_copy ? "UploadPartCopy" : "UploadPart";
    if (method == "PUT") return is_copy ? "CopyObject" : "PutObject";
    if (method != "POST") return {};
    if (has("uploads")) return "CreateMultipartUpload";
    if (has("uploadId")) return "CompleteMultipartUpload";
    if (has("restore")) return "RestoreObject";
    if (has("select")) return "SelectObjectContent";
    return {};
}

// Nothing if the query names no subresource.
std::string subresource_operation(const Request& request, bool is_object) {
    const auto verb = verb_of(request.head().method);
    if (request.query.empty() || verb.empty()) return {};
    for (const auto& subresource : subresources) {
        const auto noun = is_object ? subresource.object_noun : subresource.bucket_noun;
        if (noun.empty()) continue;
        if (find_parameter(request.query, subresource.parameter) == nullptr) continue;
        return name_of(verb, noun, request.query);
    }
    return {};
}

} // namespace

std::string operation_of(const Request& request) {
    const auto& method = request.head().method;
    if (request.target.bucket.empty()) return method == "GET" ? "ListBuckets" : "";
    const bool is_object = !request.target.key.empty();
    if (auto operation = subresource_operation(request, is_object); !operation.empty())
        return operation;
    return is_object ? object_operation(request) : bucket_operation(method, request.query);
}

} // namespace diorama::s3
