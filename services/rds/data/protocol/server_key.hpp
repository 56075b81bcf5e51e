// The RSA key with which clients send a password when there is no TLS (caching_sha2_password).
// Made when it is first asked for; one for all instances of a cloud.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace diorama::rds {

class ServerKey {
public:
    ServerKey();
    ~ServerKey();
    ServerKey(const ServerKey&) = delete;
    ServerKey& operator=(const ServerKey&) = delete;

    const std::string& public_pem();
    // Empty when the bytes are not a message for this key.
    std::string decrypted(std::string_view sealed);

private:
    void make();

    struct Key;
    std::mutex mutex_;
    std::unique_ptr<Key> key_;
    std::string public_pem_;
};

} // namespace diorama::rds
