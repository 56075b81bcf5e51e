// See expected_body.hpp.
#include "services/s3/data/expected_body.hpp"

#include "emulator/aws/aws_chunked.hpp"
#include "emulator/aws/base64.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/limits.hpp"

#include <charconv>

namespace diorama::s3 {

namespace {

std::optional<std::uint64_t> parse_size(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

aws::AWSError missing_length() {
    return aws::AWSError(
        "MissingContentLength",
        411,
        "You must provide the Content-Length HTTP header."
    );
}

// AWS: For all other chunked uploads S3 needs x-amz-decoded-content-length; a body in HTTP
// chunks without it is refused.
void read_size(const Request& request, ExpectedBody& expected) {
    if (expected.is_aws_chunked) {
        expected.size = parse_size(request.headers().get("x-amz-decoded-content-length"));
        if (!expected.size) throw missing_length();
    } else if (request.exchange->content_length()) {
        expected.size = request.exchange->content_length();
    } else if (request.headers().contains("transfer-encoding")) {
        throw header_not_implemented("Transfer-Encoding");
    } else {
        throw missing_length();
    }
    if (*expected.size > limits::upload_bytes_max)
        throw entity_too_large(*expected.size, limits::upload_bytes_max);
}

void read_content_md5(const Request& request, ExpectedBody& expected) {
    const auto* header = request.headers().find("content-md5");
    if (header == nullptr) return;
    const auto bytes = aws::base64_decode(*header);
    if (!bytes || bytes->size() != 16)
        throw aws::AWSError("InvalidDigest", 400, "The Content-MD5 you specified was invalid.")
            .with("Content-MD5", *header);
    expected.content_md5 = *bytes;
}

void read_content_sha256(const Request& request, ExpectedBody& expected) {
    const auto header = request.headers().get("x-amz-content-sha256");
    // Content-Encoding alone is only a word: AWS takes such a body as it is.
    const bool may_be_chunked = header.starts_with("STREAMING-") ||
                                request.headers().contains("x-amz-decoded-content-length");
    expected.is_aws_chunked =
        may_be_chunked && aws::is_aws_chunked(header, request.headers().joined("content-encoding"));
    const bool has_digest = !header.empty() && !header.starts_with("STREAMING-");
    if (!has_digest || header == "UNSIGNED-PAYLOAD") return;
    if (header.size() != 64 || !bytes_of_hex(header))
        throw invalid_argument(
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, "
            "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
            "x-amz-content-sha256",
            header
        );
    expected.content_sha256 = header;
}

} // namespace

aws::AWSError unsupported_checksum_algorithm() {
    return invalid_request("Checksum algorithm provided is unsupported. Please try again with any "
                           "of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
}

aws::AWSError checksum_mismatch(ChecksumAlgorithm algorithm) {
    return aws::AWSError(
        "BadDigest",
        400,
        fmt::format(
            "The {} you specified did not match the calculated checksum.",
            name_of(algorithm)
        )
    );
}

bool is_checksum_value(ChecksumAlgorithm algorithm, std::string_view text) {
    const auto bytes = aws::base64_decode(text);
    return bytes && bytes->size() == digest_size(algorithm);
}

AnnouncedChecksum read_checksum_header(const http::Headers& headers) {
    AnnouncedChecksum announced;
    for (const auto algorithm : all_checksum_algorithms) {
        const auto* value = headers.find(header_of(algorithm));
        if (value == nullptr) continue;
        if (announced.algorithm)
            throw invalid_request("Expecting a single x-amz-checksum- header. Multiple checksum "
                                  "Types are not allowed.");
        announced.algorithm = algorithm;
        announced.value = *value;
    }
    return announced;
}

ExpectedBody read_expected_body(const Request& request) {
    ExpectedBody expected;
    read_content_sha256(request, expected);
    read_size(request, expected);
    read_content_md5(request, expected);

    auto announced = read_checksum_header(request.headers());
    if (announced.algorithm && !is_checksum_value(*announced.algorithm, announced.value))
        throw invalid_request(
            fmt::format("Value for {} header is invalid.", header_of(*announced.algorithm))
        );
    expected.algorithm = announced.algorithm;
    expected.checksum = std::move(announced.value);

    if (const auto trailer = request.header("x-amz-trailer"); !trailer.empty()) {
        expected.trailer = http::lower_case(trailer);
        for (const auto algorithm : all_checksum_algorithms) {
            if (expected.trailer == header_of(algorithm)) expected.algorithm = algorithm;
        }
        if (!expected.algorithm || !expected.is_aws_chunked)
            throw invalid_request("The value specified in the x-amz-trailer header is not "
                                  "supported");
    }
    if (const auto* name = request.headers().find("x-amz-sdk-checksum-algorithm")) {
        const auto algorithm = parse_checksum_algorithm(*name);
        if (!algorithm) throw unsupported_checksum_algorithm();
        if (!expected.algorithm) expected.algorithm = algorithm;
        if (expected.algorithm != algorithm)
            throw invalid_request("Value for x-amz-sdk-checksum-algorithm header is invalid.");
    }
    return expected;
}

} // namespace diorama::s3
