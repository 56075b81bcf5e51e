// With --verify-signatures: whether a request, and each chunk of its body, was signed with the
// secret of the access key it names.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
#pragma once

#include "emulator/aws/sigv4.hpp"
#include "emulator/time/clock.hpp"
#include "services/s3/data/caller.hpp"
#include "services/s3/data/checksum.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace diorama::s3 {

// The secret of an access key; nothing when there is no such key.
using Secrets = std::function<std::optional<std::string>(std::string_view access_key)>;

// The signatures of an aws-chunked body, each made over the one before.
class ChunkSignatures {
public:
    ChunkSignatures(
        aws::sigv4::Authorization authorization,
        std::string signing_key,
        bool has_trailer
    );

    void update(std::string_view bytes);
    void end_chunk(std::string_view signature);

    // Whether the whole body was signed: so many bytes, and its trailers (names in lower case).
    bool hold(std::uint64_t size, const std::vector<std::pair<std::string, std::string>>& trailers)
        const;

private:
    aws::sigv4::Authorization authorization_;
    std::string signing_key_;
    bool has_trailer_;
    std::string previous_;
    std::unique_ptr<Digest> digest_;
    std::uint64_t unsigned_bytes_ = 0;
    std::uint64_t signed_bytes_ = 0;
    bool has_ended_ = false;
    bool is_broken_ = false;
};

// Throws aws::AWSError unless the request is signed rightly; an unsigned one passes, as nobody's.
// What it returns checks the body; nothing where the head's signature speaks for it.
std::shared_ptr<ChunkSignatures> verify_signature(
    const http::RequestHead& request,
    const std::string& bucket_of_host, // the bucket, if the host name has it
    const Secrets& secrets,
    const Clock& clock
);

aws::AWSError signature_mismatch(std::string_view access_key);

// The signature of version 2 over a text, in base64.
std::string signature_version_2(std::string_view secret, std::string_view text);
// Of a POST form's policy, version 4 (hex).
std::string policy_signature(
    const aws::sigv4::CredentialScope& scope,
    std::string_view secret,
    std::string_view policy
);

} // namespace diorama::s3
