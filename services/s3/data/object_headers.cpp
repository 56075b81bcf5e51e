// See object_headers.hpp.
#include "services/s3/data/object_headers.hpp"

#include "services/s3/data/errors.hpp"
#include "services/s3/data/managed_key.hpp"
#include "services/s3/data/metadata_text.hpp"
#include "services/s3/data/object_lock.hpp"
#include "services/s3/limits.hpp"

#include <algorithm>
#include <array>

namespace diorama::s3 {

namespace {

constexpr std::string_view metadata_prefix = "x-amz-meta-";
constexpr std::string_view default_content_type = "binary/octet-stream";

constexpr std::array storage_classes{
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "GLACIER_IR",
};

// "aws-chunked" says how the body travelled, not what it is.
std::string stored_content_encoding(std::string_view header) {
    std::string kept;
    while (!header.empty()) {
        const auto comma = std::min(header.find(','), header.size());
        auto coding = header.substr(0, comma);
        header.remove_prefix(std::min(comma + 1, header.size()));
        while (coding.starts_with(' '))
            coding.remove_prefix(1);
        while (coding.ends_with(' '))
            coding.remove_suffix(1);
        if (coding.empty() || coding == "aws-chunked") continue;
        if (!kept.empty()) kept += ", ";
        kept += coding;
    }
    return kept;
}

void read_metadata(const http::Headers& headers, ObjectHeaders& object) {
    std::size_t size = 0;
    for (const auto& [name, value] : headers) {
        auto lower = http::lower_case(name);
        if (!lower.starts_with(metadata_prefix)) continue;
        lower.erase(0, metadata_prefix.size());
        const auto text = decode_metadata(value);
        size += lower.size() + text.size();
        auto& stored = object.metadata[lower];
        // AWS: if multiple headers have the same name, they are combined.
        stored += stored.empty() ? text : "," + text;
    }
    if (size > limits::metadata_bytes_max)
        throw aws::AWSError(
            "MetadataTooLarge",
            400,
            "Your metadata headers exceed the maximum allowed metadata size"
        )
            .with("Size", std::to_string(size))
            .with("MaxSizeAllowed", std::to_string(limits::metadata_bytes_max));
}

void check_encryption(const Request& request) {
    const auto encryption = request.header("x-amz-server-side-encryption");
    constexpr std::string_view key_id = "x-amz-server-side-encryption-aws-kms-key-id";
    if (request.headers().contains(key_id) && !encryption.starts_with("aws:"))
        throw invalid_argument(
            "Server Side Encryption with AWS KMS managed key requires HTTP header "
            "x-amz-server-side-encryption : aws:kms",
            "x-amz-server-side-encryption",
            encryption
        );
    for (const auto known : {"", "AES256", "aws:kms", "aws:kms:dsse"}) {
        if (encryption == known) return;
    }
    throw aws::AWSError(
        "InvalidEncryptionAlgorithmError",
        400,
        "The Encryption request you specified is not valid. Supported value: AES256."
    )
        .with("ArgumentName", "x-amz-server-side-encryption")
        .with("ArgumentValue", encryption);
}

aws::AWSError invalid_tag(std::string message, const std::string& key) {
    return aws::AWSError("InvalidTag", 400, std::move(message)).with("TagKey", key);
}

bool has_only_tag_characters(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        // Letters of other scripts pass as their bytes do.
        return byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
               (byte >= '0' && byte <= '9') ||
               std::string_view("+-=._:/@ ").find(c) != std::string_view::npos;
    });
}

void set_unless_empty(http::Headers& headers, std::string_view name, const std::string& value) {
    if (!value.empty()) headers.add(std::string(name), value);
}

} // namespace

void check_unsupported_headers(const Request& request) {
    check_encryption(request);
    for (const auto& [name, value] : request.headers()) {
        const auto lower = http::lower_case(name);
        if (!lower.starts_with("x-amz-")) continue;
        for (const auto prefix : {
                 "x-amz-write-offset-bytes",
                 "x-amz-if-match-",
                 "x-amz-mfa",
             }) {
            if (lower.starts_with(prefix)) throw header_not_implemented(name);
        }
    }
}

void check_tag(const std::string& key, const std::string& value) {
    if (key.starts_with("aws:")) throw invalid_tag("Your TagKey cannot be prefixed with aws:", key);
    if (key.empty() || key.size() > 128 || !has_only_tag_characters(key))
        throw invalid_tag("The TagKey you have provided is invalid", key);
    if (value.size() > 256 || !has_only_tag_characters(value))
        throw invalid_tag("The TagValue you have provided is invalid", key).with("TagValue", value);
}

Tags read_tagging_header(const std::string& header) {
    Tags tags;
    for (auto& [key, value] : http::parse_query(header)) {
        check_tag(key, value);
        if (!tags.emplace(key, std::move(value)).second)
            throw invalid_argument(
                "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query "
                "parameters without tag name duplicates.",
                "x-amz-tagging",
                header
            );
    }
    if (tags.size() > limits::object_tags_max)
        throw aws::AWSError("BadRequest", 400, "Object tags cannot be greater than 10");
    return tags;
}

ObjectHeaders read_object_headers(const Request& request) {
    check_unsupported_headers(request);
    ObjectHeaders object;
    object.content_type = request.header("content-type");
    if (object.content_type.empty()) object.content_type = default_content_type;
    object.cache_control = request.header("cache-control");
    object.content_disposition = request.header("content-disposition");
    object.content_encoding = stored_content_encoding(request.headers().joined("content-encoding"));
    object.content_language = request.header("content-language");
    object.expires = request.header("expires");
    object.website_redirect_location = request.header("x-amz-website-redirect-location");
    const auto& location = object.website_redirect_location;
    if (!location.empty() && !location.starts_with("/") && !location.starts_with("http://") &&
        !location.starts_with("https://"))
        throw aws::AWSError(
            "InvalidRedirectLocation",
            400,
            "The website redirect location must have a prefix of 'http://' or 'https://' or '/'."
        );
    if (const auto storage_class = request.header("x-amz-storage-class"); !storage_class.empty()) {
        if (std::find(storage_classes.begin(), storage_classes.end(), storage_class) ==
            storage_classes.end())
            throw aws::AWSError(
                "InvalidStorageClass",
                400,
                "The storage class you specified is not valid"
            )
                .with("StorageClassRequested", storage_class);
        object.storage_class = storage_class;
    }
    read_metadata(request.headers(), object);
    object.tags = read_tagging_header(request.header("x-amz-tagging"));
    object.acl = request.object_list;
    object.managed_key = request.managed_key;
    return object;
}

void add_checksum_headers(http::Headers& headers, const Checksum& checksum) {
    headers.add(std::string(header_of(checksum.algorithm)), checksum.value);
    headers.add("x-amz-checksum-type", std::string(name_of(checksum.type)));
}

http::Headers write_object_headers(const Object& object, const std::optional<Checksum>& checksum) {
    constexpr std::size_t usual = 16; // with those that every answer has
    http::Headers headers;
    headers.reserve(usual);
    headers.add("Last-Modified", http_date(object.last_modified));
    headers.add("ETag", "\"" + object.e_tag + "\"");
    headers.add("Accept-Ranges", "bytes");
    const auto& stored = *object.headers;
    headers.add("Content-Type", stored.content_type);
    set_unless_empty(headers, "Cache-Control", stored.cache_control);
    set_unless_empty(headers, "Content-Disposition", stored.content_disposition);
    set_unless_empty(headers, "Content-Encoding", stored.content_encoding);
    set_unless_empty(headers, "Content-Language", stored.content_language);
    set_unless_empty(headers, "Expires", stored.expires);
    set_unless_empty(headers, "x-amz-website-redirect-location", stored.website_redirect_location);
    // With a customer's key the answer names that, since the request had to bring it.
    if (!object.customer_key) add_managed_key(headers, stored.managed_key);
    // AWS: "Amazon S3 returns this header for all objects except for S3 Standard storage class
    // objects."
    if (stored.storage_class != "STANDARD")
        headers.add("x-amz-storage-class", stored.storage_class);
    for (const auto& [name, value] : stored.metadata)
        headers.add(std::string(metadata_prefix) + name, encode_metadata(value));
    if (!stored.tags.empty())
        headers.add("x-amz-tagging-count", std::to_string(stored.tags.size()));
    add_lock_headers(headers, object.lock);
    if (checksum) add_checksum_headers(headers, *checksum);
    return headers;
}

void apply_overrides(const Request& request, http::Headers& headers) {
    struct Override {
        std::string_view parameter;
        std::string_view header;
    };

    constexpr std::array overrides{
        Override{"response-content-type", "Content-Type"},
        Override{"response-content-language", "Content-Language"},
        Override{"response-expires", "Expires"},
        Override{"response-cache-control", "Cache-Control"},
        Override{"response-content-disposition", "Content-Disposition"},
        Override{"response-content-encoding", "Content-Encoding"},
    };
    for (const auto& [parameter, header] : overrides) {
        const auto* value = find_parameter(request.query, parameter);
        if (value == nullptr) continue;
        // AWS: You must sign the request when using these parameters.
        if (request.caller.access_key.empty())
            throw invalid_request("Request specific response headers cannot be used for anonymous "
                                  "GET requests.");
        const bool is_plain = std::all_of(value->begin(), value->end(), [](char c) {
            return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f;
        });
        if (!is_plain)
            throw invalid_argument(
                "Header value cannot be represented using ISO-8859-1.",
                parameter,
                *value
            );
        headers.set(header, *value);
    }
}

} // namespace diorama::s3
