// SSE-C: bytes encrypted with a key that the client sends along with every request and that is
// forgotten after it. AES-256 in counter mode, so that any stretch can be read by itself.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/state.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::s3 {

// A key as the request brought it.
struct GivenKey {
    std::string key; // raw, 32 bytes
    std::string md5; // base64, as it came: answers repeat it
};

// x-amz-server-side-encryption-customer-*, or of a copy's source
// (x-amz-copy-source-server-side-encryption-customer-*). Throws aws::AWSError for what is
// incomplete or wrong.
std::optional<GivenKey> read_customer_key(const Request& request);
std::optional<GivenKey> read_source_customer_key(const Request& request);

// What is kept to know the key again.
CustomerKey remember(const GivenKey& key, Random& chance);
bool is_same_key(const CustomerKey& kept, const GivenKey& given);

// Throws aws::AWSError unless the key is given that the object needs, and none that it does not.
void check_customer_key(const Object& object, const std::optional<GivenKey>& given);

// AWS: the parts of an upload are encrypted like the upload said.
void check_part_key(const MultipartUpload& upload, const std::optional<GivenKey>& given);

// The customer's algorithm and key MD5 in an answer.
void add_customer_key(http::Headers& headers, const GivenKey& key);

// The key stream of one blob.
class KeyStream {
public:
    // `nonce`: 16 bytes, never the same twice with one key.
    KeyStream(std::string_view key, std::string_view nonce);
    ~KeyStream();

    KeyStream(const KeyStream&) = delete;
    KeyStream& operator=(const KeyStream&) = delete;

    // Encrypts or decrypts in place what lies at this offset. Going on where the last call ended
    // costs least.
    void apply(std::uint64_t offset, std::string& bytes, std::size_t start = 0);

private:
    void seek(std::uint64_t offset);

    struct Cipher;
    std::unique_ptr<Cipher> cipher_;
    std::string key_;
    std::string nonce_;
    std::uint64_t position_ = UINT64_MAX; // of the next byte; none yet
};

inline constexpr std::size_t nonce_size = 16;

// Chance as bytes.
std::string new_nonce(Random& chance);

} // namespace diorama::s3
