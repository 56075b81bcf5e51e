// The scrambles of mysql_native_password and caching_sha2_password.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html
#include "emulator/mysql/scramble.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>

namespace diorama::mysql {

namespace {

std::string digest(const EVP_MD* algorithm, std::string_view a, std::string_view b = {}) {
    std::string out(static_cast<std::size_t>(EVP_MD_get_size(algorithm)), '\0');
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
        EVP_MD_CTX_new(),
        EVP_MD_CTX_free
    );
    EVP_DigestInit_ex(context.get(), algorithm, nullptr);
    EVP_DigestUpdate(context.get(), a.data(), a.size());
    EVP_DigestUpdate(context.get(), b.data(), b.size());
    EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr);
    return out;
}

std::string exclusive_or(std::string a, std::string_view b) {
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
        a[i] = static_cast<char>(a[i] ^ b[i]);
    return a;
}

} // namespace

std::string native_verifier(std::string_view password) {
    if (password.empty()) return {};
    return digest(EVP_sha1(), digest(EVP_sha1(), password));
}

std::string sha2_verifier(std::string_view password) {
    if (password.empty()) return {};
    return digest(EVP_sha256(), digest(EVP_sha256(), password));
}

// SHA1(password) XOR SHA1(nonce + SHA1(SHA1(password)))
std::string native_scramble(std::string_view password, std::string_view nonce) {
    if (password.empty()) return {};
    const auto once = digest(EVP_sha1(), password);
    return exclusive_or(once, digest(EVP_sha1(), nonce, digest(EVP_sha1(), once)));
}

// SHA256(password) XOR SHA256(SHA256(SHA256(password)) + nonce)
std::string sha2_scramble(std::string_view password, std::string_view nonce) {
    if (password.empty()) return {};
    const auto once = digest(EVP_sha256(), password);
    return exclusive_or(once, digest(EVP_sha256(), digest(EVP_sha256(), once), nonce));
}

bool native_scramble_matches(
    std::string_view scramble,
    std::string_view nonce,
    std::string_view verifier
) {
    if (scramble.empty() || verifier.empty()) return scramble.empty() && verifier.empty();
    if (scramble.size() != verifier.size()) return false;
    const auto once = exclusive_or(std::string(scramble), digest(EVP_sha1(), nonce, verifier));
    return equal_in_constant_time(digest(EVP_sha1(), once), verifier);
}

bool sha2_scramble_matches(
    std::string_view scramble,
    std::string_view nonce,
    std::string_view verifier
) {
    if (scramble.empty() || verifier.empty()) return scramble.empty() && verifier.empty();
    if (scramble.size() != verifier.size()) return false;
    const auto once = exclusive_or(std::string(scramble), digest(EVP_sha256(), verifier, nonce));
    return equal_in_constant_time(digest(EVP_sha256(), once), verifier);
}

std::string mixed_with_nonce(std::string_view text, std::string_view nonce) {
    std::string mixed(text);
    for (std::size_t i = 0; i < mixed.size() && !nonce.empty(); ++i)
        mixed[i] = static_cast<char>(mixed[i] ^ nonce[i % nonce.size()]);
    return mixed;
}

std::string rsa_encrypted(std::string_view text, std::string_view public_key_pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> source(
        BIO_new_mem_buf(public_key_pem.data(), static_cast<int>(public_key_pem.size())),
        BIO_free
    );
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, nullptr),
        EVP_PKEY_free
    );
    if (!key) return {};
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new(key.get(), nullptr),
        EVP_PKEY_CTX_free
    );
    if (!context || EVP_PKEY_encrypt_init(context.get()) <= 0 ||
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) <= 0)
        return {};
    const auto* plain = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t length = 0;
    if (EVP_PKEY_encrypt(context.get(), nullptr, &length, plain, text.size()) <= 0) return {};
    std::string sealed(length, '\0');
    auto* out = reinterpret_cast<unsigned char*>(sealed.data());
    if (EVP_PKEY_encrypt(context.get(), out, &length, plain, text.size()) <= 0) return {};
    sealed.resize(length);
    return sealed;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace diorama::mysql
