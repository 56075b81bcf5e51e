// See customer_key.hpp.
#include "services/s3/data/customer_key.hpp"

#include "emulator/assert.hpp"
#include "emulator/aws/base64.hpp"
#include "services/s3/data/checksum.hpp"
#include "services/s3/data/errors.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace diorama::s3 {

namespace {

constexpr std::size_t key_size = 32;
constexpr std::size_t block_size = 16;

aws::AWSError refused(std::string message) {
    return aws::AWSError("InvalidArgument", 400, std::move(message))
        .with("ArgumentName", "x-amz-server-side-encryption");
}

std::optional<GivenKey> read_key(const Request& request, std::string_view which) {
    if (request.exchange == nullptr) return std::nullopt; // asked from inside the process
    const bool names_one =
        std::ranges::any_of(request.headers(), [which](const http::Header& header) {
            return header.name.size() > which.size() &&
                   http::equal_ignoring_case({header.name.data(), which.size()}, which);
        });
    if (!names_one) return std::nullopt;
    const std::string prefix(which);
    const auto algorithm = request.header(prefix + "algorithm");
    const auto key = request.header(prefix + "key");
    const auto md5 = request.header(prefix + "key-md5");
    if (algorithm.empty() && key.empty() && md5.empty()) return std::nullopt;
    if (algorithm.empty())
        throw refused("Requests specifying Server Side Encryption with Customer provided keys must "
                      "provide a valid encryption algorithm.");
    if (algorithm != "AES256")
        throw aws::AWSError(
            "InvalidEncryptionAlgorithmError",
            400,
            "The Encryption request you specified is not valid. Supported value: AES256."
        )
            .with("ArgumentName", "x-amz-server-side-encryption")
            .with("ArgumentValue", algorithm);
    if (key.empty())
        throw refused("Requests specifying Server Side Encryption with Customer provided keys must "
                      "provide an appropriate secret key.");
    const auto raw = aws::base64_decode(key);
    if (!raw || raw->size() != key_size)
        throw refused("The secret key was invalid for the specified algorithm.");
    const auto digest = aws::base64_decode(md5);
    if (!digest || *digest != md5_of(*raw))
        throw refused("The calculated MD5 hash of the key did not match the hash that was provided."
        );
    return GivenKey{*raw, md5};
}

std::string hash_of(const std::string& salt, const std::string& key) {
    return digest_of(ChecksumAlgorithm::sha256, salt + key);
}

} // namespace

std::optional<GivenKey> read_customer_key(const Request& request) {
    auto key = read_key(request, "x-amz-server-side-encryption-customer-");
    if (!key) return key;
    const auto managed = request.header("x-amz-server-side-encryption");
    if (!managed.empty())
        throw refused("Server Side Encryption with Customer provided key is incompatible with the "
                      "encryption method specified")
            .with("ArgumentValue", managed);
    return key;
}

std::optional<GivenKey> read_source_customer_key(const Request& request) {
    return read_key(request, "x-amz-copy-source-server-side-encryption-customer-");
}

CustomerKey remember(const GivenKey& key, Random& chance) {
    CustomerKey kept;
    kept.salt = new_nonce(chance);
    kept.hash = hash_of(kept.salt, key.key);
    return kept;
}

bool is_same_key(const CustomerKey& kept, const GivenKey& given) {
    const auto hash = hash_of(kept.salt, given.key);
    return CRYPTO_memcmp(hash.data(), kept.hash.data(), hash.size()) == 0;
}

void check_customer_key(const Object& object, const std::optional<GivenKey>& given) {
    if (!object.customer_key) {
        if (given)
            throw invalid_request("The encryption parameters are not applicable to this object.");
        return;
    }
    if (!given)
        throw invalid_request(
            "The object was stored using a form of Server Side Encryption. The correct parameters "
            "must be provided to retrieve the object."
        );
    if (!is_same_key(*object.customer_key, *given))
        throw aws::AWSError(
            "AccessDenied",
            403,
            "Requests specifying Server Side Encryption with Customer provided keys must provide "
            "the correct secret key."
        );
}

void check_part_key(const MultipartUpload& upload, const std::optional<GivenKey>& given) {
    if (upload.customer_key && !given)
        throw invalid_request("The multipart upload initiate requested encryption. Subsequent part "
                              "requests must include the appropriate encryption parameters.");
    if (!given) return;
    if (!upload.customer_key || !is_same_key(*upload.customer_key, *given))
        throw invalid_request(
            "The provided encryption parameters did not match the ones used originally."
        );
}

void add_customer_key(http::Headers& headers, const GivenKey& key) {
    headers.add("x-amz-server-side-encryption-customer-algorithm", "AES256");
    headers.add("x-amz-server-side-encryption-customer-key-MD5", key.md5);
}

std::string new_nonce(Random& chance) {
    std::string nonce;
    while (nonce.size() < nonce_size) {
        auto word = chance.next();
        for (int i = 0; i < 8; ++i, word >>= 8)
            nonce += static_cast<char>(word & 0xff);
    }
    return nonce;
}

struct KeyStream::Cipher {
    Cipher()
        : context(EVP_CIPHER_CTX_new()) {}

    Cipher(const Cipher&) = delete;
    Cipher& operator=(const Cipher&) = delete;

    ~Cipher() { EVP_CIPHER_CTX_free(context); }

    void apply(unsigned char* bytes, std::size_t length) {
        int written = 0;
        ASSERT(EVP_EncryptUpdate(context, bytes, &written, bytes, static_cast<int>(length)) == 1);
    }

    EVP_CIPHER_CTX* context;
};

KeyStream::KeyStream(std::string_view key, std::string_view nonce)
    : cipher_(std::make_unique<Cipher>())
    , key_(key)
    , nonce_(nonce) {
    ASSERT(key_.size() == key_size && nonce_.size() == nonce_size);
}

KeyStream::~KeyStream() {
    OPENSSL_cleanse(key_.data(), key_.size());
}

// The counter counts blocks, from the nonce on, as one big-endian number.
void KeyStream::seek(std::uint64_t offset) {
    std::array<unsigned char, nonce_size> counter{};
    std::uint64_t carry = offset / block_size;
    for (std::size_t i = nonce_size; i-- > 0;) {
        carry += static_cast<unsigned char>(nonce_[i]);
        counter[i] = static_cast<unsigned char>(carry & 0xff);
        carry >>= 8;
    }
    ASSERT(
        EVP_EncryptInit_ex(
            cipher_->context,
            EVP_aes_256_ctr(),
            nullptr,
            reinterpret_cast<const unsigned char*>(key_.data()),
            counter.data()
        ) == 1
    );
    std::array<unsigned char, block_size> passed{};
    cipher_->apply(passed.data(), offset % block_size);
    position_ = offset;
}

void KeyStream::apply(std::uint64_t offset, std::string& bytes, std::size_t start) {
    if (offset != position_) seek(offset);
    cipher_->apply(reinterpret_cast<unsigned char*>(bytes.data()) + start, bytes.size() - start);
    position_ = offset + bytes.size() - start;
}

} // namespace diorama::s3
