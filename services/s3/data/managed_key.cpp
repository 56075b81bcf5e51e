// See managed_key.hpp.
#include "services/s3/data/managed_key.hpp"

#include "emulator/aws/base64.hpp"
#include "services/s3/data/errors.hpp"

#include <nlohmann/json.hpp>

namespace diorama::s3 {

namespace {

constexpr std::string_view algorithm_header = "x-amz-server-side-encryption";
constexpr std::string_view key_header = "x-amz-server-side-encryption-aws-kms-key-id";
constexpr std::string_view bucket_key_header = "x-amz-server-side-encryption-bucket-key-enabled";

aws::AWSError no_such_key_of_kms(std::string message) {
    return aws::AWSError("KMS.NotFoundException", 400, std::move(message));
}

// "1234abcd-12ab-34cd-56ef-1234567890ab", or with many regions "mrk-" and 32 digits.
bool is_key_id(std::string_view id) {
    const bool is_of_many_regions = id.starts_with("mrk-");
    if (is_of_many_regions) id.remove_prefix(4);
    if (id.size() != (is_of_many_regions ? 32 : 36)) return false;
    for (std::size_t i = 0; i < id.size(); ++i) {
        const bool is_dash = !is_of_many_regions && (i == 8 || i == 13 || i == 18 || i == 23);
        const auto wanted = is_dash ? std::string_view("-") : "0123456789abcdefABCDEF";
        if (wanted.find(id[i]) == std::string_view::npos) return false;
    }
    return true;
}

// The key of the alias aws/s3, which AWS makes for each account and region: always the same.
std::string own_key_id(const Bucket& bucket) {
    const auto digits = aws::hex(md5_of("aws/s3 " + bucket.account + " " + bucket.region));
    return fmt::format(
        "{}-{}-4{}-8{}-{}",
        digits.substr(0, 8),
        digits.substr(8, 4),
        digits.substr(13, 3),
        digits.substr(17, 3),
        digits.substr(20)
    );
}

std::string arn_of(const Bucket& bucket, std::string_view resource) {
    return fmt::format("arn:aws:kms:{}:{}:{}", bucket.region, bucket.account, resource);
}

// "arn:aws:kms:region:account:key/id"
std::string checked_arn(const std::string& arn, const Bucket& bucket) {
    const auto region = arn.substr(std::string_view("arn:aws:kms:").size());
    if (!region.starts_with(bucket.region + ":"))
        throw no_such_key_of_kms("Invalid arn " + region.substr(0, region.find(':')));
    const auto slash = arn.find(":key/");
    const bool is_key = slash != std::string::npos && is_key_id(arn.substr(slash + 5));
    if (!is_key && arn.find(":alias/") == std::string::npos)
        throw no_such_key_of_kms("Invalid keyId '" + arn + "'");
    return arn;
}

void check_context(const std::string& header) {
    const auto text = aws::base64_decode(header);
    const auto context = nlohmann::json::parse(text.value_or(""), nullptr, false);
    if (!context.is_object())
        throw invalid_argument(
            "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 "
            "string holding JSON which represents a string-string map",
            "x-amz-server-side-encryption-context",
            header
        );
}

std::optional<ManagedKey> default_of(const Bucket& bucket) {
    const auto* document = bucket.settings.document("encryption");
    if (document == nullptr) return std::nullopt;
    const auto rule = nlohmann::json::parse(*document).at("Rules").at(0);
    const auto by_default = rule.at("ApplyServerSideEncryptionByDefault");
    const auto algorithm = by_default.value("SSEAlgorithm", "");
    if (!algorithm.starts_with("aws:")) return std::nullopt;
    return ManagedKey{
        algorithm,
        key_arn(by_default.value("KMSMasterKeyID", ""), bucket),
        rule.value("BucketKeyEnabled", false)
    };
}

} // namespace

std::string key_arn(const std::string& named, const Bucket& bucket) {
    if (named.empty() || named == "alias/aws/s3")
        return arn_of(bucket, "key/" + own_key_id(bucket));
    if (named.starts_with("arn:aws:kms:")) return checked_arn(named, bucket);
    // DIFFERS: an alias is not known to be one of a key.
    if (named.starts_with("alias/")) return arn_of(bucket, named);
    if (!is_key_id(named)) throw no_such_key_of_kms("Invalid keyId '" + named + "'");
    return arn_of(bucket, "key/" + named);
}

std::optional<ManagedKey> managed_key_of(const Request& request, const Bucket& bucket) {
    if (request.headers().contains("x-amz-server-side-encryption-customer-algorithm"))
        return std::nullopt;
    const auto algorithm = request.header(algorithm_header);
    const auto bucket_key = request.header(bucket_key_header);
    std::optional<ManagedKey> key;
    if (algorithm.empty()) {
        key = default_of(bucket);
    } else if (algorithm == "aws:kms" || algorithm == "aws:kms:dsse") {
        key = ManagedKey{algorithm, key_arn(request.header(key_header), bucket), false};
        if (const auto context = request.header("x-amz-server-side-encryption-context");
            !context.empty())
            check_context(context);
        // AWS: without the header the bucket's setting decides.
        if (const auto by_default = bucket_key.empty() ? default_of(bucket) : std::nullopt)
            key->has_bucket_key = by_default->has_bucket_key;
    }
    if (key && !bucket_key.empty()) key->has_bucket_key = http::lower_case(bucket_key) == "true";
    return key;
}

void check_reading(const Request& request, const Object& object) {
    if (const auto said = request.header(algorithm_header); !said.empty())
        throw invalid_argument(
            "x-amz-server-side-encryption header is not supported for this operation.",
            algorithm_header,
            said
        );
    // AWS: "All GET and PUT requests for an object protected by AWS KMS fail if you don't make them
    // using […] AWS Signature Version 4." Only that names a region.
    const auto& caller = request.caller;
    if (object.headers->managed_key && caller.service.empty() && caller.region.empty())
        throw invalid_argument(
            "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS "
            "Signature Version 4.",
            "Authorization",
            "null"
        );
}

void add_managed_key(http::Headers& headers, const std::optional<ManagedKey>& key) {
    if (!key) {
        headers.add(std::string(algorithm_header), "AES256");
        return;
    }
    headers.add(std::string(algorithm_header), key->algorithm);
    headers.add(std::string(key_header), key->arn);
    if (key->has_bucket_key) headers.add(std::string(bucket_key_header), "true");
}

} // namespace diorama::s3
