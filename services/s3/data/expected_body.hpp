// What a request announces about its body: how it is framed, how long it is, and the digests it
// must have.
#pragma once

#include "emulator/aws/error.hpp"
#include "services/s3/data/checksum.hpp"
#include "services/s3/data/request.hpp"

#include <optional>
#include <string>

namespace diorama::s3 {

struct ExpectedBody {
    std::optional<std::uint64_t> size; // after aws-chunked framing is taken off
    bool is_aws_chunked = false;
    std::string content_md5;    // raw; empty: not announced
    std::string content_sha256; // lower case hex; empty: not announced
    // The checksum to compute; its value is in the header (base64), or comes in the trailer.
    std::optional<ChecksumAlgorithm> algorithm;
    std::string checksum;         // empty: not announced, or in the trailer
    std::string trailer;          // the trailer field that will hold it; empty: none
    bool needs_crc64nvme = false; // whatever the client chose
    // With a customer's key: the key, and where its key stream begins.
    std::string customer_key;
    std::string nonce;
    std::string managed_key; // ARN; empty: none
};

// Throws aws::AWSError on what cannot be.
ExpectedBody read_expected_body(const Request& request);

// The one x-amz-checksum-<algorithm> header of a request, checked for its form.
struct AnnouncedChecksum {
    std::optional<ChecksumAlgorithm> algorithm;
    std::string value;
};

AnnouncedChecksum read_checksum_header(const http::Headers& headers);

// Whether `text` is the base64 of a digest of this algorithm.
bool is_checksum_value(ChecksumAlgorithm algorithm, std::string_view text);

aws::AWSError unsupported_checksum_algorithm();
aws::AWSError checksum_mismatch(ChecksumAlgorithm algorithm);

} // namespace diorama::s3
