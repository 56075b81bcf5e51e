// See signature.hpp.
// DIFFERS: AWS serves its certificate from sns.<region>.amazonaws.com, signed by a public
// authority; ours signs itself and is served by the emulator. A new process makes a new key.
#include "services/sns/data/signature.hpp"

#include "emulator/assert.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <vector>

namespace diorama::sns {

namespace {

template <class T, void (*Free)(T*)>
struct Freed {
    void operator()(T* pointer) const { Free(pointer); }
};

using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX, EVP_MD_CTX_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO, BIO_free_all>>;

Certificate make_certificate(EVP_PKEY* key) {
    Certificate certificate(X509_new());
    ASSERT(certificate != nullptr);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    // Valid in any emulated time.
    ASN1_TIME_set_string(X509_getm_notBefore(certificate.get()), "20000101000000Z");
    ASN1_TIME_set_string(X509_getm_notAfter(certificate.get()), "20991231235959Z");
    X509_set_pubkey(certificate.get(), key);
    auto* name = X509_get_subject_name(certificate.get());
    const auto* common_name = reinterpret_cast<const unsigned char*>("sns.amazonaws.com");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    ASSERT(X509_sign(certificate.get(), key, EVP_sha256()) != 0);
    return certificate;
}

std::string base64(const std::vector<unsigned char>& bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int length = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()),
        bytes.data(),
        static_cast<int>(bytes.size())
    );
    text.resize(static_cast<std::size_t>(length));
    return text;
}

} // namespace

struct Signer::Key {
    PrivateKey key;
    Certificate certificate;
};

Signer::Signer() = default;
Signer::~Signer() = default;

Signer::Key& Signer::key() {
    const std::lock_guard lock(mutex_);
    if (key_ == nullptr) {
        PrivateKey made(EVP_RSA_gen(2048));
        ASSERT(made != nullptr);
        auto certificate = make_certificate(made.get());
        key_ = std::make_unique<Key>(Key{std::move(made), std::move(certificate)});
    }
    return *key_;
}

std::string Signer::sign(std::string_view text, int signature_version) {
    auto* private_key = key().key.get();
    const DigestContext context(EVP_MD_CTX_new());
    const auto* digest = signature_version == 2 ? EVP_sha256() : EVP_sha1();
    ASSERT(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, private_key) == 1);
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t length = 0;
    ASSERT(EVP_DigestSign(context.get(), nullptr, &length, bytes, text.size()) == 1);
    std::vector<unsigned char> signature(length);
    ASSERT(EVP_DigestSign(context.get(), signature.data(), &length, bytes, text.size()) == 1);
    signature.resize(length);
    return base64(signature);
}

std::string Signer::certificate_pem() {
    const Memory memory(BIO_new(BIO_s_mem()));
    ASSERT(PEM_write_bio_X509(memory.get(), key().certificate.get()) == 1);
    char* bytes = nullptr;
    const auto length = BIO_get_mem_data(memory.get(), &bytes);
    return std::string(bytes, static_cast<std::size_t>(length));
}

} // namespace diorama::sns
