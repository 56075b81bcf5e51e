// RSA by OpenSSL, whose own source of chance makes the key.
#include "services/rds/data/protocol/server_key.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace diorama::rds {

struct ServerKey::Key {
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair{nullptr, EVP_PKEY_free};
};

ServerKey::ServerKey() = default;
ServerKey::~ServerKey() = default;

void ServerKey::make() {
    if (key_) return;
    key_ = std::make_unique<Key>();
    constexpr unsigned bits = 2048;
    key_->pair.reset(EVP_RSA_gen(bits));
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PUBKEY(out.get(), key_->pair.get());
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    public_pem_.assign(text, static_cast<std::size_t>(size));
}

const std::string& ServerKey::public_pem() {
    const std::lock_guard lock(mutex_);
    make();
    return public_pem_;
}

std::string ServerKey::decrypted(std::string_view sealed) {
    const std::lock_guard lock(mutex_);
    make();
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new(key_->pair.get(), nullptr),
        EVP_PKEY_CTX_free
    );
    if (!context || EVP_PKEY_decrypt_init(context.get()) <= 0 ||
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) <= 0)
        return {};
    const auto* bytes = reinterpret_cast<const unsigned char*>(sealed.data());
    std::size_t size = 0;
    if (EVP_PKEY_decrypt(context.get(), nullptr, &size, bytes, sealed.size()) <= 0) return {};
    std::string text(size, '\0');
    auto* out = reinterpret_cast<unsigned char*>(text.data());
    if (EVP_PKEY_decrypt(context.get(), out, &size, bytes, sealed.size()) <= 0) return {};
    text.resize(size);
    return text;
}

} // namespace diorama::rds
