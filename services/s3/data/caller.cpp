// See caller.hpp.
#include "services/s3/data/caller.hpp"

#include "emulator/aws/error.hpp"
#include "emulator/aws/service_proof.hpp"
#include "emulator/aws/sigv4.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace diorama::s3 {

namespace {

using aws::AWSError;

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// "AKID/20261122/us-east-1/s3/aws4_request"; the key itself may hold slashes.
std::optional<Caller> parse_credential(std::string_view credential) {
    std::array<std::string_view, 4> scope;
    for (std::size_t i = scope.size(); i-- > 0;) {
        const auto slash = credential.rfind('/');
        if (slash == std::string_view::npos) return std::nullopt;
        scope[i] = credential.substr(slash + 1);
        credential = credential.substr(0, slash);
        if (scope[i].empty()) return std::nullopt;
    }
    if (credential.empty() || scope[3] != "aws4_request" || scope[0].size() != 8)
        return std::nullopt;
    auto caller = caller_with_key(credential);
    caller.region = scope[1];
    return caller;
}

AWSError query_error(std::string message) {
    return AWSError("AuthorizationQueryParametersError", 400, std::move(message));
}

AWSError expired(Timestamp expires, Timestamp now) {
    return AWSError("AccessDenied", 403, "Request has expired")
        .with("Expires", iso8601(expires))
        .with("ServerTime", iso8601(now));
}

Caller from_query_version_4(const Query& query, const Clock& clock) {
    for (const auto name : {
             "X-Amz-Algorithm",
             "X-Amz-Credential",
             "X-Amz-Signature",
             "X-Amz-Date",
             "X-Amz-SignedHeaders",
             "X-Amz-Expires",
         }) {
        if (find_parameter(query, name) == nullptr)
            throw query_error(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, "
                "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
                "X-Amz-Expires parameters."
            );
    }
    const auto& algorithm = *find_parameter(query, "X-Amz-Algorithm");
    if (algorithm != "AWS4-HMAC-SHA256" && algorithm != "AWS4-ECDSA-P256-SHA256")
        throw query_error("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and "
                          "AWS4-ECDSA-P256-SHA256\"");
    auto caller = parse_credential(*find_parameter(query, "X-Amz-Credential"));
    if (!caller)
        throw query_error(
            "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
            "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
        );
    const auto& date = *find_parameter(query, "X-Amz-Date");
    const auto signed_at = parse_iso8601(date);
    if (!signed_at || date.size() != 16)
        throw query_error("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
    const auto& expires_text = *find_parameter(query, "X-Amz-Expires");
    const auto expires = parse_integer(expires_text);
    if (!expires) throw query_error("X-Amz-Expires should be a number");
    if (*expires < 0) throw query_error("X-Amz-Expires must be non-negative");
    if (*expires > aws::sigv4::longest_expiry)
        throw query_error("X-Amz-Expires must be less than a week (in seconds); that is, the given "
                          "X-Amz-Expires must be less than 604800 seconds");
    const auto end = *signed_at + std::chrono::seconds(*expires);
    const auto now = *signed_at + clock.since_client(*signed_at);
    if (now > end)
        throw AWSError("AccessDenied", 403, "Request has expired")
            .with("X-Amz-Expires", expires_text)
            .with("Expires", iso8601(end))
            .with("ServerTime", iso8601(now));
    caller->is_presigned = true;
    return *caller;
}

Caller from_query_version_2(const Query& query, Timestamp now) {
    const auto* key = find_parameter(query, "AWSAccessKeyId");
    const auto* expires_text = find_parameter(query, "Expires");
    if (key == nullptr || expires_text == nullptr || find_parameter(query, "Signature") == nullptr)
        throw AWSError(
            "AccessDenied",
            403,
            "Query-string authentication requires the Signature, Expires and AWSAccessKeyId "
            "parameters"
        );
    const auto expires = parse_integer(*expires_text);
    if (!expires || *expires < 0 || *expires > 9'000'000'000)
        throw AWSError(
            "AccessDenied",
            403,
            fmt::format("Invalid date (should be seconds since epoch): {}", *expires_text)
        );
    const auto end = Timestamp(std::chrono::seconds(*expires));
    if (now > end) throw expired(end, now);
    auto caller = caller_with_key(*key);
    caller.is_presigned = true;
    return caller;
}

Caller from_header(std::string_view authorization) {
    if (authorization.starts_with("AWS ")) {
        authorization.remove_prefix(4);
        const auto colon = authorization.rfind(':');
        if (colon == std::string_view::npos || colon == 0)
            throw AWSError(
                "InvalidArgument",
                400,
                "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature"
            );
        return caller_with_key(authorization.substr(0, colon));
    }
    if (!authorization.starts_with("AWS4-"))
        throw AWSError("InvalidArgument", 400, "Unsupported Authorization Type")
            .with("ArgumentName", "Authorization")
            .with("ArgumentValue", std::string(authorization));
    constexpr std::string_view label = "Credential=";
    if (authorization.find("SignedHeaders=") == authorization.npos ||
        authorization.find("Signature=") == authorization.npos)
        throw AWSError(
            "AuthorizationHeaderMalformed",
            400,
            "The authorization header is malformed; the authorization header requires three "
            "components: Credential, SignedHeaders, and Signature."
        );
    const auto at = authorization.find(label);
    std::optional<Caller> caller;
    if (at != std::string_view::npos) {
        const auto start = at + label.size();
        const auto end = std::min(authorization.find_first_of(", ", start), authorization.size());
        caller = parse_credential(authorization.substr(start, end - start));
    }
    if (!caller)
        throw AWSError(
            "AuthorizationHeaderMalformed",
            400,
            "The authorization header is malformed; the Credential is mal-formed; expecting "
            "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
        );
    return *caller;
}

} // namespace

Caller caller_with_key(std::string_view access_key) {
    Caller caller;
    caller.access_key = access_key;
    if (access_key.size() == 12 && access_key.find_first_not_of("0123456789") == access_key.npos)
        caller.account = access_key;
    return caller;
}

const std::string* find_parameter(const Query& query, std::string_view name) {
    for (const auto& [parameter, value] : query) {
        if (parameter == name) return &value;
    }
    return nullptr;
}

namespace {

// The CDN's requests to origins with an access control carry the distribution's ARN, and what only
// this process knows in place of a signature.
std::optional<Caller> from_service(const http::Headers& headers) {
    const auto* distribution = headers.find("x-diorama-cloudfront");
    if (distribution == nullptr || headers.get("x-diorama-proof") != aws::service_proof())
        return std::nullopt;
    Caller caller;
    caller.service = "cloudfront.amazonaws.com";
    caller.source_arn = *distribution;
    return caller;
}

} // namespace

Caller identify_caller(const http::Headers& headers, const Query& query, const Clock& clock) {
    if (auto service = from_service(headers)) return *service;
    if (const auto* authorization = headers.find("authorization");
        authorization != nullptr && !authorization->empty())
        return from_header(*authorization);
    for (const auto name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"}) {
        if (find_parameter(query, name) != nullptr) return from_query_version_4(query, clock);
    }
    for (const auto name : {"AWSAccessKeyId", "Signature"}) {
        if (find_parameter(query, name) != nullptr)
            return from_query_version_2(query, clock.client_now());
    }
    return {};
}

} // namespace diorama::s3
