// Signs messages as SNS does: RSA with SHA-1 (SignatureVersion 1) or SHA-256 (2), under a
// certificate of our own.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace diorama::sns {

class Signer {
public:
    Signer();
    ~Signer();

    // Base64. The first call makes the key, which takes a while: not on the world thread. Any
    // thread.
    std::string sign(std::string_view text, int signature_version);
    std::string certificate_pem();

private:
    struct Key;
    Key& key();

    std::mutex mutex_;
    std::unique_ptr<Key> key_;
};

} // namespace diorama::sns
