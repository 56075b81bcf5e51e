// The signature itself: canonical request, string to sign, key. See sigv4.hpp.
#include "emulator/aws/sigv4.hpp"

#include "emulator/aws/checksum.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama::aws::sigv4 {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

std::string normalized_path(std::string_view path) {
    std::vector<std::string> kept;
    for (auto& segment : split(path, '/')) {
        if (segment == "..") {
            if (!kept.empty()) kept.pop_back();
        } else if (!segment.empty() && segment != ".") {
            kept.push_back(std::move(segment));
        }
    }
    std::string result;
    for (const auto& segment : kept)
        result += "/" + segment;
    if (result.empty() || path.ends_with('/') || path.ends_with("/.") || path.ends_with("/.."))
        result += '/';
    return result;
}

// AWS: "Do not normalize URI paths for requests to Amazon S3", whose paths are encoded once and not
// twice.
std::string canonical_path(std::string_view path, std::string_view service) {
    if (service == "s3" || service == "s3express")
        return path.empty() ? "/" : http::percent_encode(http::percent_decode(path), true);
    return http::percent_encode(normalized_path(path), true);
}

std::string canonical_query(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> encoded;
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto pair = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        const auto name = http::percent_decode(pair.substr(0, equals));
        if (name == "X-Amz-Signature") continue;
        const auto value =
            equals == std::string_view::npos ? "" : http::percent_decode(pair.substr(equals + 1));
        encoded.emplace_back(http::percent_encode(name), http::percent_encode(value));
    }
    std::ranges::sort(encoded);
    std::string text;
    for (const auto& [name, value] : encoded)
        text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
    return text;
}

// Values trimmed, runs of blanks as one blank, several fields of one name joined by commas.
std::string canonical_header(const http::RequestHead& request, std::string_view name) {
    std::string text;
    bool is_first = true;
    for (const auto& header : request.headers) {
        if (!http::equal_ignoring_case(header.name, name)) continue;
        if (!is_first) text += ',';
        is_first = false;
        bool blank = false;
        for (const char character : trim(header.value)) {
            const bool is_blank = character == ' ';
            if (!is_blank || !blank) text += character;
            blank = is_blank;
        }
    }
    return text;
}

} // namespace

std::string CredentialScope::to_string() const {
    return fmt::format("{}/{}/{}/aws4_request", date, region, service);
}

std::string canonical_request(
    const http::RequestHead& request,
    const Authorization& authorization,
    std::string_view payload_hash
) {
    std::string headers;
    std::string names;
    for (const auto& name : authorization.signed_headers) {
        headers += fmt::format("{}:{}\n", name, canonical_header(request, name));
        names += (names.empty() ? "" : ";") + name;
    }
    return fmt::format(
        "{}\n{}\n{}\n{}\n{}\n{}",
        request.method,
        canonical_path(request.path(), authorization.scope.service),
        canonical_query(request.query()),
        headers,
        names,
        payload_hash
    );
}

std::string string_to_sign(const Authorization& authorization, std::string_view canonical_request) {
    return fmt::format(
        "{}\n{}\n{}\n{}",
        algorithm,
        authorization.timestamp,
        authorization.scope.to_string(),
        hex(sha256(canonical_request))
    );
}

std::string signing_key(const CredentialScope& scope, std::string_view secret) {
    auto key = hmac_sha256("AWS4" + std::string(secret), scope.date);
    key = hmac_sha256(key, scope.region);
    key = hmac_sha256(key, scope.service);
    return hmac_sha256(key, "aws4_request");
}

std::string signature(std::string_view signing_key, std::string_view string_to_sign) {
    return hex(hmac_sha256(signing_key, string_to_sign));
}

std::string payload_hash(
    const http::RequestHead& request,
    const Authorization& authorization,
    std::string_view body
) {
    if (const auto* stated = request.headers.find("X-Amz-Content-Sha256")) return *stated;
    if (authorization.scheme == Scheme::v4_query && authorization.scope.service == "s3")
        return "UNSIGNED-PAYLOAD";
    return hex(sha256(body));
}

std::optional<AWSError> verify(
    const http::RequestHead& request,
    const Authorization& authorization,
    std::string_view body,
    std::string_view secret
) {
    // DIFFERS: SigV2 and SigV4A signatures are taken without looking.
    if ((authorization.scheme != Scheme::v4_header && authorization.scheme != Scheme::v4_query) ||
        authorization.is_sigv4a)
        return std::nullopt;
    const auto canonical =
        canonical_request(request, authorization, payload_hash(request, authorization, body));
    const auto to_sign = string_to_sign(authorization, canonical);
    if (signature(signing_key(authorization.scope, secret), to_sign) == authorization.signature)
        return std::nullopt;
    return AWSError(
        "SignatureDoesNotMatch",
        403,
        "The request signature we calculated does not match the signature you provided. Check "
        "your AWS Secret Access Key and signing method. Consult the service documentation for "
        "details."
    );
}

std::string chunk_signature(
    const Authorization& authorization,
    std::string_view signing_key,
    std::string_view previous_signature,
    std::string_view chunk
) {
    return chunk_signature_of_digest(
        authorization,
        signing_key,
        previous_signature,
        hex(sha256(chunk))
    );
}

std::string chunk_signature_of_digest(
    const Authorization& authorization,
    std::string_view signing_key,
    std::string_view previous_signature,
    std::string_view digest
) {
    return signature(
        signing_key,
        fmt::format(
            "AWS4-HMAC-SHA256-PAYLOAD\n{}\n{}\n{}\n{}\n{}",
            authorization.timestamp,
            authorization.scope.to_string(),
            previous_signature,
            hex(sha256("")),
            digest
        )
    );
}

std::string trailer_signature(
    const Authorization& authorization,
    std::string_view signing_key,
    std::string_view previous_signature,
    std::string_view trailers
) {
    return signature(
        signing_key,
        fmt::format(
            "AWS4-HMAC-SHA256-TRAILER\n{}\n{}\n{}\n{}",
            authorization.timestamp,
            authorization.scope.to_string(),
            previous_signature,
            hex(sha256(trailers))
        )
    );
}

} // namespace diorama::aws::sigv4
