// See signature.hpp.
#include "services/s3/data/signature.hpp"

#include "emulator/aws/base64.hpp"
#include "emulator/aws/checksum.hpp"
#include "services/s3/data/errors.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <map>

namespace diorama::s3 {

namespace {

namespace sigv4 = aws::sigv4;

constexpr std::string_view signed_chunks = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";

// AWS: the request timestamp must be within 15 minutes of the AWS system time.
constexpr auto longest_skew = std::chrono::minutes(15);

std::string secret_of(const Secrets& secrets, const std::string& access_key) {
    const auto secret = secrets(access_key);
    if (!secret)
        throw aws::AWSError(
            "InvalidAccessKeyId",
            403,
            "The AWS Access Key Id you provided does not exist in our records."
        )
            .with("AWSAccessKeyId", access_key);
    return *secret;
}

void check_time(const sigv4::Authorization& authorization, const Clock& clock) {
    const auto signed_at = parse_iso8601(authorization.timestamp);
    if (!signed_at)
        throw aws::AWSError(
            "AccessDenied",
            403,
            "AWS authentication requires a valid Date or x-amz-date header"
        );
    const auto now = clock.client_now();
    const auto skew = now > *signed_at ? now - *signed_at : *signed_at - now;
    if (skew > longest_skew)
        throw aws::AWSError(
            "RequestTimeTooSkewed",
            403,
            "The difference between the request time and the current time is too large."
        )
            .with("RequestTime", authorization.timestamp)
            .with("ServerTime", iso8601(now))
            .with("MaxAllowedSkewMilliseconds", "900000");
}

// AWS: the CanonicalHeaders list must include any x-amz-* headers.
void check_signed_headers(
    const http::RequestHead& request,
    const sigv4::Authorization& authorization
) {
    const auto& names = authorization.signed_headers;
    std::string missing;
    for (const auto& [name, value] : request.headers) {
        const auto lower = http::lower_case(name);
        if (lower != "host" && !lower.starts_with("x-amz-")) continue;
        // What a presigned URL may be used with unsigned.
        if (authorization.scheme == sigv4::Scheme::v4_query && lower == "x-amz-content-sha256")
            continue;
        if (std::find(names.begin(), names.end(), lower) != names.end()) continue;
        missing += (missing.empty() ? "" : ", ") + lower;
    }
    if (missing.empty()) return;
    throw aws::AWSError(
        "AccessDenied",
        403,
        "There were headers present in the request which were not signed"
    )
        .with("HeadersNotSigned", missing);
}

std::shared_ptr<ChunkSignatures> verify_version_4(
    const http::RequestHead& request,
    const sigv4::Authorization& authorization,
    const std::string& secret,
    const Clock& clock
) {
    const auto content = request.headers.get("x-amz-content-sha256");
    if (authorization.is_sigv4a)
        throw aws::AWSError("NotImplemented", 501, "Signatures of version 4a cannot be verified.");
    if (authorization.scheme == sigv4::Scheme::v4_header) {
        if (content.empty())
            throw invalid_request("Missing required header for this request: x-amz-content-sha256");
        check_time(authorization, clock);
    }
    check_signed_headers(request, authorization);
    const auto canonical = sigv4::canonical_request(
        request,
        authorization,
        sigv4::payload_hash(request, authorization, "")
    );
    const auto to_sign = sigv4::string_to_sign(authorization, canonical);
    auto key = sigv4::signing_key(authorization.scope, secret);
    if (sigv4::signature(key, to_sign) != authorization.signature)
        throw signature_mismatch(authorization.scope.access_key)
            .with("StringToSign", to_sign)
            .with("SignatureProvided", authorization.signature)
            .with("CanonicalRequest", canonical);
    if (!content.starts_with(signed_chunks)) return nullptr;
    return std::make_shared<ChunkSignatures>(
        authorization,
        std::move(key),
        content.ends_with("-TRAILER")
    );
}

// The subresources that are part of what version 2 signs; those that came after it are not.
bool is_signed_parameter(const std::string& name) {
    constexpr std::array<std::string_view, 25> signed_parameters{
        "acl",          "accelerate", "analytics", "cors",        "delete",
        "inventory",    "lifecycle",  "location",  "logging",     "metrics",
        "notification", "partNumber", "policy",    "replication", "requestPayment",
        "restore",      "tagging",    "torrent",   "uploadId",    "uploads",
        "versionId",    "versioning", "versions",  "website",     "object-lock"
    };
    return name.starts_with("response-") ||
           std::find(signed_parameters.begin(), signed_parameters.end(), name) !=
               signed_parameters.end();
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
std::string canonical_resource(const http::RequestHead& request, std::string text) {
    std::map<std::string, std::string> parameters;
    for (auto& [name, value] : http::parse_query(request.query())) {
        if (is_signed_parameter(name)) parameters.emplace(name, std::move(value));
    }
    char separator = '?';
    for (const auto& [name, value] : parameters) {
        text += separator + name;
        if (!value.empty()) text += "=" + value;
        separator = '&';
    }
    return text;
}

std::string text_of_version_2(
    const http::RequestHead& request,
    const std::string& path,
    const std::string& date
) {
    std::map<std::string, std::string> amz;
    for (const auto& [name, value] : request.headers) {
        const auto lower = http::lower_case(name);
        if (!lower.starts_with("x-amz-")) continue;
        auto& joined = amz[lower];
        joined += (joined.empty() ? "" : ",") + value;
    }
    std::string headers;
    for (const auto& [name, value] : amz)
        headers += name + ":" + value + "\n";
    return fmt::format(
        "{}\n{}\n{}\n{}\n{}{}",
        request.method,
        request.headers.get("content-md5"),
        request.headers.get("content-type"),
        date,
        headers,
        canonical_resource(request, path)
    );
}

// As HTTP has it, or with the zone that AWS's examples have.
std::optional<Timestamp> parse_date(std::string_view text) {
    if (!text.ends_with(" +0000") && !text.ends_with(" -0000")) return parse_http_date(text);
    text.remove_suffix(5);
    return parse_http_date(std::string(text) + "GMT");
}

// AWS: "A valid time stamp (using either the HTTP Date header or an x-amz-date alternative) is
// mandatory", and "must be within 15 minutes of the Amazon S3 system time".
void check_date(const http::Headers& headers, const Clock& clock) {
    const auto* date = headers.find("x-amz-date");
    if (date == nullptr) date = headers.find("date");
    const auto when = date == nullptr ? std::nullopt : parse_date(*date);
    if (!when || *when < Timestamp())
        throw aws::AWSError(
            "AccessDenied",
            403,
            "AWS authentication requires a valid Date or x-amz-date header"
        );
    const auto now = clock.client_now();
    const auto apart = now > *when ? now - *when : *when - now;
    if (apart > std::chrono::minutes(15))
        throw aws::AWSError(
            "RequestTimeTooSkewed",
            403,
            "The difference between the request time and the current time is too large."
        )
            .with("RequestTime", *date)
            .with("ServerTime", iso8601(now))
            .with("MaxAllowedSkewMilliseconds", "900000");
}

void verify_version_2(
    const http::RequestHead& request,
    const sigv4::Authorization& authorization,
    const std::string& bucket_of_host,
    const std::string& secret,
    const Clock& clock
) {
    const auto query = http::parse_query(request.query());
    const bool is_presigned = authorization.scheme == sigv4::Scheme::v2_query;
    std::string date;
    std::string provided = authorization.signature;
    if (is_presigned) {
        date = *find_parameter(query, "Expires");
    } else {
        check_date(request.headers, clock);
        const auto header = request.headers.get("authorization");
        provided = header.substr(header.rfind(':') + 1);
        // AWS: "If you include the x-amz-date header, use the empty string for the Date".
        if (!request.headers.contains("x-amz-date")) date = request.headers.get("date");
    }
    const auto path =
        (bucket_of_host.empty() ? "" : "/" + bucket_of_host) + std::string(request.path());
    const auto text = text_of_version_2(request, path, date);
    if (signature_version_2(secret, text) == provided) return;
    // botocore signs a bucket's path with a slash that it does not send.
    const auto longer = text_of_version_2(request, path + "/", date);
    if (signature_version_2(secret, longer) == provided) return;
    throw signature_mismatch(authorization.scope.access_key)
        .with("StringToSign", text)
        .with("SignatureProvided", provided);
}

} // namespace

ChunkSignatures::ChunkSignatures(
    sigv4::Authorization authorization,
    std::string signing_key,
    bool has_trailer
)
    : authorization_(std::move(authorization))
    , signing_key_(std::move(signing_key))
    , has_trailer_(has_trailer)
    , previous_(authorization_.signature)
    , digest_(make_digest(ChecksumAlgorithm::sha256)) {}

void ChunkSignatures::update(std::string_view bytes) {
    digest_->update(bytes);
    unsigned_bytes_ += bytes.size();
}

void ChunkSignatures::end_chunk(std::string_view signature) {
    previous_ = sigv4::chunk_signature_of_digest(
        authorization_,
        signing_key_,
        previous_,
        aws::hex(digest_->finish())
    );
    if (previous_ != signature) is_broken_ = true;
    // AWS: the last chunk is empty, and signed too.
    has_ended_ = unsigned_bytes_ == 0;
    signed_bytes_ += std::exchange(unsigned_bytes_, 0);
    digest_ = make_digest(ChecksumAlgorithm::sha256);
}

bool ChunkSignatures::hold(
    std::uint64_t size,
    const std::vector<std::pair<std::string, std::string>>& trailers
) const {
    if (is_broken_ || !has_ended_ || signed_bytes_ != size) return false;
    if (!has_trailer_) return true;
    constexpr std::string_view name_of_signature = "x-amz-trailer-signature";
    std::string lines;
    std::string provided;
    for (const auto& [name, value] : trailers) {
        if (name == name_of_signature)
            provided = value;
        else
            lines += name + ":" + value + "\n";
    }
    return provided == sigv4::trailer_signature(authorization_, signing_key_, previous_, lines);
}

std::shared_ptr<ChunkSignatures> verify_signature(
    const http::RequestHead& request,
    const std::string& bucket_of_host,
    const Secrets& secrets,
    const Clock& clock
) {
    const auto parsed = sigv4::parse_authorization(request);
    if (parsed.error) throw *parsed.error;
    const auto& authorization = parsed.authorization;
    if (authorization.scheme == sigv4::Scheme::unsigned_request) return nullptr;
    const auto secret = secret_of(secrets, authorization.scope.access_key);
    if (authorization.scheme == sigv4::Scheme::v4_header ||
        authorization.scheme == sigv4::Scheme::v4_query)
        return verify_version_4(request, authorization, secret, clock);
    verify_version_2(request, authorization, bucket_of_host, secret, clock);
    return nullptr;
}

aws::AWSError signature_mismatch(std::string_view access_key) {
    return aws::AWSError(
               "SignatureDoesNotMatch",
               403,
               "The request signature we calculated does not match the signature you provided. "
               "Check your key and signing method."
    )
        .with("AWSAccessKeyId", std::string(access_key));
}

std::string signature_version_2(std::string_view secret, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(
        EVP_sha1(),
        secret.data(),
        static_cast<int>(secret.size()),
        reinterpret_cast<const unsigned char*>(text.data()),
        text.size(),
        digest.data(),
        &size
    );
    return aws::base64_encode({reinterpret_cast<const char*>(digest.data()), size});
}

std::string policy_signature(
    const sigv4::CredentialScope& scope,
    std::string_view secret,
    std::string_view policy
) {
    return sigv4::signature(sigv4::signing_key(scope, secret), policy);
}

} // namespace diorama::s3
