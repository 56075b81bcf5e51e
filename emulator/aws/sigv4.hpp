// Signature Version 4: who signed a request and for what, and whether the signature is right. Any
// credentials are taken unless the operator asks for verification; malformed ones are refused with
// AWS's errors. Pure functions.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include "emulator/aws/error.hpp"
#include "emulator/http/message.hpp"
#include "emulator/time/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::aws::sigv4 {

enum class Scheme {
    unsigned_request,
    v4_header, // Authorization: AWS4-HMAC-SHA256 …
    v4_query,  // presigned: X-Amz-Signature=…
    v2_header, // Authorization: AWS id:signature (S3 only, recognised but not verified)
    v2_query,  // AWSAccessKeyId=…&Signature=…&Expires=…
};

// AWS: presigned URLs are good for less than "a week (in seconds)".
inline constexpr std::int64_t longest_expiry = 604800;

// "AKID/20261122/us-east-1/s3/aws4_request"
struct CredentialScope {
    std::string access_key;
    std::string date;
    std::string region;
    std::string service;
    std::string to_string() const; // without the key
};

struct Authorization {
    Scheme scheme = Scheme::unsigned_request;
    CredentialScope scope; // of v2: the access key only
    std::vector<std::string> signed_headers;
    std::string signature;
    std::string timestamp; // "20261122T120000Z"
    std::string session_token;
    std::optional<Timestamp> expires; // of presigned requests
    bool is_sigv4a = false;
};

// The error is set when what is there is malformed.
struct ParsedAuthorization {
    Authorization authorization;
    std::optional<AWSError> error;
};

ParsedAuthorization parse_authorization(const http::RequestHead& request);

// AWS: "Request has expired". `now` is the time by the client's clock, or what that
// would be had as much time passed there as here.
std::optional<AWSError> check_expiry(const Authorization& authorization, Timestamp now);

std::string canonical_request(
    const http::RequestHead& request,
    const Authorization& authorization,
    std::string_view payload_hash
);
std::string string_to_sign(const Authorization& authorization, std::string_view canonical_request);
std::string signing_key(const CredentialScope& scope, std::string_view secret);
std::string signature(std::string_view signing_key, std::string_view string_to_sign);

// What x-amz-content-sha256 says, or the hash of the body.
std::string
payload_hash(const http::RequestHead& request, const Authorization&, std::string_view body);

// For --verify-signatures. Nothing when the signature was made with `secret`.
std::optional<AWSError> verify(
    const http::RequestHead& request,
    const Authorization& authorization,
    std::string_view body,
    std::string_view secret
);

// The signatures of aws-chunked bodies (STREAMING-AWS4-HMAC-SHA256-PAYLOAD), each made over the one
// before.
std::string chunk_signature(
    const Authorization& authorization,
    std::string_view signing_key,
    std::string_view previous_signature,
    std::string_view chunk
);
// The same of a chunk whose SHA-256 (hex) is known.
std::string chunk_signature_of_digest(
    const Authorization& authorization,
    std::string_view signing_key,
    std::string_view previous_signature,
    std::string_view digest
);
// `trailers` as "name:value\n" lines in order.
std::string trailer_signature(
    const Authorization& authorization,
    std::string_view signing_key,
    std::string_view previous_signature,
    std::string_view trailers
);

} // namespace diorama::aws::sigv4
