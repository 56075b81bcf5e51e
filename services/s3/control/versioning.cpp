// Versioning of buckets, and the list of their versions. See operations.hpp; the rules of versions
// stand in data/versions.cpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/control/shapes.hpp"
#include "services/s3/data/answer.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/version_listing.hpp"
#include "services/s3/data/versions.hpp"
#include "services/s3/limits.hpp"

#include <algorithm>

namespace diorama::s3 {

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html
api::PutBucketVersioningOutput put_bucket_versioning(
    Store& store,
    const Request& request,
    const api::PutBucketVersioningRequest& input
) {
    const auto& wanted = input.versioning_configuration;
    // DIFFERS: there are no MFA devices here.
    if (request.exchange != nullptr && request.headers().contains("x-amz-mfa"))
        throw header_not_implemented("x-amz-mfa");
    if (wanted.mfa_delete == api::MFADelete::Enabled)
        throw aws::AWSError("NotImplemented", 501, "MfaDelete is not emulated.");
    if (!wanted.status)
        throw aws::AWSError(
            "IllegalVersioningConfigurationException",
            400,
            "The Versioning element must be specified"
        );
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    const bool is_enabled = *wanted.status == api::BucketVersioningStatus::Enabled;
    if (!is_enabled && bucket.object_lock)
        throw aws::AWSError(
            "InvalidBucketState",
            409,
            "An Object Lock configuration is present on this bucket, so the versioning state "
            "cannot be changed."
        );
    bucket.versioning = is_enabled ? Versioning::enabled : Versioning::suspended;
    store.state->bucket_changed(bucket);
    return {};
}

// A bucket that never had versioning has no status.
api::GetBucketVersioningOutput
get_bucket_versioning(Store& store, const Request&, const api::GetBucketVersioningRequest& input) {
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    api::GetBucketVersioningOutput output;
    if (bucket.versioning != Versioning::never)
        output.status = bucket.versioning == Versioning::enabled
                            ? api::BucketVersioningStatus::Enabled
                            : api::BucketVersioningStatus::Suspended;
    return output;
}

namespace {

using Encoding = std::optional<api::EncodingType>;

VersionQuery query_of(const api::ListObjectVersionsRequest& input, int max_keys) {
    VersionQuery query;
    query.keys.prefix = input.prefix.value_or("");
    query.keys.delimiter = input.delimiter.value_or("");
    query.keys.max_keys = static_cast<std::size_t>(max_keys);
    auto& position = query.keys.position;
    position.after = input.key_marker.value_or("");
    if (input.version_id_marker && !input.version_id_marker->empty()) {
        if (position.after.empty())
            throw invalid_argument(
                "A version-id marker cannot be specified without a key marker.",
                "version-id-marker",
                *input.version_id_marker
            );
        query.version_id_marker = read_version_id(*input.version_id_marker, "version-id-marker");
    }
    // The marker of a page that ended with a common prefix is that prefix.
    position.is_common_prefix = !query.version_id_marker && !query.keys.delimiter.empty() &&
                                position.after.size() > query.keys.prefix.size() &&
                                position.after.ends_with(query.keys.delimiter);
    return query;
}

std::string element(std::string_view name, std::string_view text) {
    return fmt::format("<{0}>{1}</{0}>", name, xml_escaped(text));
}

std::string
entry_of(const ListedVersion& listed, const std::string& owner, const Encoding& encoding) {
    const auto& version = *listed.version;
    const std::string_view name = version.is_delete_marker ? "DeleteMarker" : "Version";
    auto xml = fmt::format("<{}>", name) + element("Key", encoded(version.key, encoding)) +
               element("VersionId", shown_version_id(version)) +
               element("IsLatest", listed.is_latest ? "true" : "false") +
               element("LastModified", iso8601_ms(version.last_modified));
    if (!version.is_delete_marker) {
        xml += element("ETag", s3::quoted(version.e_tag));
        if (version.checksum)
            xml += element("ChecksumAlgorithm", name_of(version.checksum->algorithm)) +
                   element("ChecksumType", name_of(version.checksum->type));
        xml += element("Size", std::to_string(version.size)) +
               element("StorageClass", version.headers->storage_class);
    }
    return xml + fmt::format("<Owner>{}</Owner></{}>", element("ID", owner), name);
}

} // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
// Versions and delete markers alternate in the document as they do in time; the model has them in
// two lists, so it is written here.
std::string
list_object_versions(Store& store, const Request&, const api::ListObjectVersionsRequest& input) {
    const int wanted = input.max_keys.value_or(limits::list_keys_max);
    if (wanted < 0)
        throw invalid_argument(
            "Argument max-keys must be an integer between 0 and 2147483647",
            "max-keys",
            std::to_string(wanted)
        );
    const int max_keys = std::min(wanted, limits::list_keys_max);
    const auto query = query_of(input, max_keys);
    const auto& encoding = input.encoding_type;
    VersionPage page;
    std::string owner;
    {
        const std::lock_guard lock(store.state->mutex);
        const auto& bucket = bucket_of(*store.state, input.bucket);
        page = list_versions(bucket, query);
        owner = canonical_user_id(bucket.account);
    }
    std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListVersionsResult "
                      "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    xml += element("Name", input.bucket) + element("Prefix", encoded(query.keys.prefix, encoding)) +
           element("KeyMarker", encoded(query.keys.position.after, encoding)) +
           element("VersionIdMarker", input.version_id_marker.value_or(""));
    if (page.is_truncated) {
        xml += element("NextKeyMarker", encoded(page.last_key, encoding));
        if (page.last_version_id)
            xml += element(
                "NextVersionIdMarker",
                page.last_version_id->empty() ? "null" : *page.last_version_id
            );
    }
    xml += element("MaxKeys", std::to_string(max_keys));
    if (!query.keys.delimiter.empty())
        xml += element("Delimiter", encoded(query.keys.delimiter, encoding));
    if (encoding) xml += element("EncodingType", to_string(*encoding));
    xml += element("IsTruncated", page.is_truncated ? "true" : "false");
    for (const auto& listed : page.versions)
        xml += entry_of(listed, owner, encoding);
    for (const auto& prefix : page.common_prefixes)
        xml +=
            "<CommonPrefixes>" + element("Prefix", encoded(prefix, encoding)) + "</CommonPrefixes>";
    return xml + "</ListVersionsResult>";
}

} // namespace diorama::s3
