// What a request says about its signature: the Authorization header, or the query string of a
// presigned URL. See sigv4.hpp.
#include "emulator/aws/sigv4.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>

namespace diorama::aws::sigv4 {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view asymmetric_algorithm = "AWS4-ECDSA-P256-SHA256";

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

const std::string* find(const Query& query, std::string_view name) {
    for (const auto& [key, value] : query)
        if (key == name) return &value;
    return nullptr;
}

// An access key may itself contain slashes; the scope is what stands behind it.
bool parse_scope(std::string_view text, bool has_region, CredentialScope& scope) {
    auto parts = split(text, '/');
    const std::size_t behind = has_region ? 4 : 3;
    if (parts.size() <= behind || parts.back() != "aws4_request") return false;
    const auto first = parts.size() - behind;
    scope.date = parts[first];
    scope.region = has_region ? parts[first + 1] : "";
    scope.service = parts[parts.size() - 2];
    scope.access_key = parts[0];
    for (std::size_t i = 1; i < first; ++i)
        scope.access_key += "/" + parts[i];
    return scope.date.size() == 8 && !scope.access_key.empty() && !scope.service.empty();
}

AWSError incomplete(std::string message) {
    return AWSError("IncompleteSignature", 400, std::move(message));
}

AWSError query_error(std::string message) {
    return AWSError("AuthorizationQueryParametersError", 400, std::move(message));
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// "Credential=…, SignedHeaders=…, Signature=…"
std::map<std::string, std::string, std::less<>> parameters_of(std::string_view text) {
    std::map<std::string, std::string, std::less<>> parameters;
    for (const auto& part : split(text, ',')) {
        const auto trimmed = trim(part);
        const auto equals = trimmed.find('=');
        if (equals != std::string_view::npos)
            parameters.emplace(trimmed.substr(0, equals), trimmed.substr(equals + 1));
    }
    return parameters;
}

std::string header_timestamp(const http::RequestHead& request) {
    if (const auto* date = request.headers.find("X-Amz-Date")) return *date;
    const auto* date = request.headers.find("Date");
    if (date == nullptr) return {};
    // RFC 5322 3.3 knows the zone as digits too; botocore writes "-0000".
    auto in_gmt = *date;
    if (in_gmt.ends_with(" -0000") || in_gmt.ends_with(" +0000"))
        in_gmt.replace(in_gmt.size() - 5, 5, "GMT");
    if (const auto when = parse_http_date(in_gmt)) return iso8601_basic(*when);
    return *date;
}

ParsedAuthorization parse_v4_header(const http::RequestHead& request, std::string_view header) {
    ParsedAuthorization result;
    auto& authorization = result.authorization;
    authorization.scheme = Scheme::v4_header;
    authorization.is_sigv4a = header.starts_with(asymmetric_algorithm);
    const auto space = header.find(' ');
    const auto parameters =
        parameters_of(space == std::string_view::npos ? "" : header.substr(space + 1));
    authorization.timestamp = header_timestamp(request);
    std::string missing;
    for (const auto* name : {"Credential", "Signature", "SignedHeaders"})
        if (!parameters.contains(std::string_view(name)))
            missing += fmt::format("Authorization header requires '{}' parameter. ", name);
    if (authorization.timestamp.empty())
        missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
                   "header. ";
    if (!missing.empty()) {
        result.error = incomplete(fmt::format("{}Authorization={}", missing, header));
        return result;
    }
    const auto& credential = parameters.find("Credential")->second;
    if (!parse_scope(credential, !authorization.is_sigv4a, authorization.scope)) {
        result.error = incomplete(fmt::format(
            "Credential must have exactly 5 slash-delimited elements, e.g. "
            "keyid/date/region/service/term, got '{}'",
            credential
        ));
        return result;
    }
    authorization.signed_headers = split(parameters.find("SignedHeaders")->second, ';');
    authorization.signature = parameters.find("Signature")->second;
    authorization.session_token = request.headers.get("X-Amz-Security-Token");
    return result;
}

std::optional<AWSError>
parse_expiry(const std::string& text, Timestamp begin, Authorization& authorization) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size())
        return query_error("X-Amz-Expires should be a number");
    if (seconds < 0) return query_error("X-Amz-Expires must be non-negative");
    if (seconds > longest_expiry)
        return query_error(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires "
            "must be less than 604800 seconds"
        );
    authorization.expires = begin + std::chrono::seconds(seconds);
    return std::nullopt;
}

ParsedAuthorization parse_v4_query(const Query& query) {
    ParsedAuthorization result;
    auto& authorization = result.authorization;
    authorization.scheme = Scheme::v4_query;
    const auto* kind = find(query, "X-Amz-Algorithm");
    const auto* credential = find(query, "X-Amz-Credential");
    const auto* signed_with = find(query, "X-Amz-Signature");
    const auto* date = find(query, "X-Amz-Date");
    const auto* headers = find(query, "X-Amz-SignedHeaders");
    const auto* expires = find(query, "X-Amz-Expires");
    const bool is_s3 = credential == nullptr || credential->ends_with("/s3/aws4_request");
    if (!kind || !credential || !signed_with || !date || !headers || (is_s3 && !expires)) {
        result.error =
            query_error("Query-string authentication version 4 requires the X-Amz-Algorithm, "
                        "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
                        "X-Amz-Expires parameters.");
        return result;
    }
    authorization.is_sigv4a = *kind == asymmetric_algorithm;
    if (*kind != algorithm && !authorization.is_sigv4a) {
        result.error = query_error(
            "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\""
        );
        return result;
    }
    if (!parse_scope(*credential, !authorization.is_sigv4a, authorization.scope)) {
        result.error = query_error(
            "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; "
            "expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
        );
        return result;
    }
    const auto begin = parse_iso8601(*date);
    if (!begin || date->size() != 16 || (*date)[8] != 'T') {
        result.error =
            query_error("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
        return result;
    }
    if (expires != nullptr) result.error = parse_expiry(*expires, *begin, authorization);
    authorization.timestamp = *date;
    authorization.signature = *signed_with;
    authorization.signed_headers = split(*headers, ';');
    if (const auto* token = find(query, "X-Amz-Security-Token"))
        authorization.session_token = *token;
    return result;
}

ParsedAuthorization parse_v2_query(const Query& query) {
    ParsedAuthorization result;
    auto& authorization = result.authorization;
    authorization.scheme = Scheme::v2_query;
    authorization.scope.access_key = *find(query, "AWSAccessKeyId");
    authorization.signature = *find(query, "Signature");
    const auto* expires = find(query, "Expires");
    std::int64_t seconds = 0;
    if (expires == nullptr) {
        result.error = AWSError(
            "AccessDenied",
            403,
            "Query-string authentication requires the Signature, Expires and AWSAccessKeyId "
            "parameters"
        );
        return result;
    }
    const auto [end, error] =
        std::from_chars(expires->data(), expires->data() + expires->size(), seconds);
    if (error != std::errc() || end != expires->data() + expires->size() || seconds < 0 ||
        seconds > 9'000'000'000) {
        result.error = AWSError(
            "AccessDenied",
            403,
            fmt::format("Invalid date (should be seconds since epoch): {}", *expires)
        );
        return result;
    }
    authorization.expires = epoch + std::chrono::seconds(seconds);
    return result;
}

} // namespace

ParsedAuthorization parse_authorization(const http::RequestHead& request) {
    if (const auto* header = request.headers.find("Authorization")) {
        if (header->starts_with("AWS4-")) return parse_v4_header(request, *header);
        ParsedAuthorization result;
        if (header->starts_with("AWS ")) {
            const auto colon = header->find(':');
            result.authorization.scheme = Scheme::v2_header;
            result.authorization.scope.access_key =
                trim(std::string_view(*header).substr(4, colon == std::string::npos ? 0 : colon - 4)
                );
            if (colon == std::string::npos)
                result.error = AWSError(
                    "InvalidArgument",
                    400,
                    "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature"
                );
        }
        // Anything else ("Basic", "Bearer") is not meant for the API.
        return result;
    }
    if (request.query().find("Signature") == std::string_view::npos &&
        request.query().find("X-Amz-") == std::string_view::npos)
        return {};
    const auto query = http::parse_query(request.query());
    if (find(query, "X-Amz-Algorithm") != nullptr || find(query, "X-Amz-Credential") != nullptr)
        return parse_v4_query(query);
    if (find(query, "AWSAccessKeyId") != nullptr && find(query, "Signature") != nullptr)
        return parse_v2_query(query);
    return {};
}

std::optional<AWSError> check_expiry(const Authorization& authorization, Timestamp now) {
    if (!authorization.expires || now <= *authorization.expires) return std::nullopt;
    return AWSError("AccessDenied", 403, "Request has expired")
        .with("Expires", iso8601(*authorization.expires))
        .with("ServerTime", iso8601(now));
}

} // namespace diorama::aws::sigv4
