// The keys and certificates behind tls.cpp: a certificate authority kept in two files, and
// certificates for single names signed by it.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace diorama::network {

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

struct FreeCertificate {
    void operator()(X509* certificate) const { X509_free(certificate); }
};

using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;

class Issuer {
public:
    explicit Issuer(std::filesystem::path folder)
        : folder_(std::move(folder)) {}

    std::string certificate_pem();
    // Gives the connection a certificate for `name` and its key.
    bool use_for(SSL* ssl, const std::string& name);

private:
    void open(); // with mutex_ held
    bool read();
    void make();
    void store() const;
    Certificate sign(const std::string& name);

    std::filesystem::path folder_;
    std::mutex mutex_;
    Key authority_key_;
    Certificate authority_;
    Key server_key_;
    std::map<std::string, Certificate> certificates_;
};

} // namespace diorama::network
