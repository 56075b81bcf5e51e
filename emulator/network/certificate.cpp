// See certificate.hpp.
#include "emulator/network/certificate.hpp"

#include "emulator/network/address.hpp"

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <fstream>
#include <sys/stat.h>

namespace diorama::network {

namespace {

constexpr long authority_days = 3650;
constexpr long certificate_days = 397; // the most that browsers accept
constexpr std::size_t most_certificates = 1000;

Key make_key() {
    return Key(EVP_EC_gen("P-256"));
}

void set_random_serial(X509* certificate) {
    unsigned char bytes[16];
    RAND_bytes(bytes, sizeof bytes);
    bytes[0] &= 0x7f; // positive
    BIGNUM* number = BN_bin2bn(bytes, sizeof bytes, nullptr);
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
}

void set_validity(X509* certificate, long days) {
    // A day back: clients' clocks are not ours.
    X509_gmtime_adj(X509_getm_notBefore(certificate), -24L * 3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), days * 24 * 3600);
}

void set_common_name(X509_NAME* subject, const std::string& name) {
    X509_NAME_add_entry_by_txt(
        subject,
        "O",
        MBSTRING_UTF8,
        reinterpret_cast<const unsigned char*>("Diorama"),
        -1,
        -1,
        0
    );
    // The common name may have 64 characters at most; clients read the alternative names.
    const std::string short_name = name.substr(0, 64);
    X509_NAME_add_entry_by_txt(
        subject,
        "CN",
        MBSTRING_UTF8,
        reinterpret_cast<const unsigned char*>(short_name.c_str()),
        -1,
        -1,
        0
    );
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    if (extension == nullptr) return;
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

bool is_host_name(const std::string& name) {
    return !name.empty() && name.size() < 254 &&
           name.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._*"
           ) == std::string::npos;
}

template <class Write>
std::string to_pem(Write write) {
    BIO* memory = BIO_new(BIO_s_mem());
    write(memory);
    char* bytes = nullptr;
    const long length = BIO_get_mem_data(memory, &bytes);
    std::string pem(bytes, static_cast<std::size_t>(length));
    BIO_free(memory);
    return pem;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

std::string Issuer::certificate_pem() {
    const std::lock_guard lock(mutex_);
    open();
    return to_pem([this](BIO* memory) { PEM_write_bio_X509(memory, authority_.get()); });
}

bool Issuer::use_for(SSL* ssl, const std::string& name) {
    const std::lock_guard lock(mutex_);
    open();
    const std::string wanted = is_host_name(name) ? name : "localhost";
    auto found = certificates_.find(wanted);
    if (found == certificates_.end()) {
        if (certificates_.size() >= most_certificates) certificates_.clear();
        found = certificates_.emplace(wanted, sign(wanted)).first;
    }
    return SSL_use_certificate(ssl, found->second.get()) == 1 &&
           SSL_use_PrivateKey(ssl, server_key_.get()) == 1;
}

void Issuer::open() {
    if (authority_) return;
    if (!read()) {
        make();
        store();
    }
    server_key_ = make_key();
}

bool Issuer::read() {
    const std::string certificate = read_file(folder_ / "ca.pem");
    const std::string key = read_file(folder_ / "ca.key");
    if (certificate.empty() || key.empty()) return false;
    BIO* memory = BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size()));
    authority_.reset(PEM_read_bio_X509(memory, nullptr, nullptr, nullptr));
    BIO_free(memory);
    memory = BIO_new_mem_buf(key.data(), static_cast<int>(key.size()));
    authority_key_.reset(PEM_read_bio_PrivateKey(memory, nullptr, nullptr, nullptr));
    BIO_free(memory);
    const bool usable = authority_ && authority_key_ &&
                        X509_check_private_key(authority_.get(), authority_key_.get()) == 1;
    if (!usable) authority_.reset();
    return usable;
}

void Issuer::make() {
    authority_key_ = make_key();
    authority_.reset(X509_new());
    X509* certificate = authority_.get();
    X509_set_version(certificate, 2);
    set_random_serial(certificate);
    set_validity(certificate, authority_days);
    set_common_name(X509_get_subject_name(certificate), "Diorama local certificate authority");
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    X509_set_pubkey(certificate, authority_key_.get());
    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
    X509_sign(certificate, authority_key_.get(), EVP_sha256());
}

void Issuer::store() const {
    std::error_code ignored; // a folder that cannot be written leaves the authority in memory
    std::filesystem::create_directories(folder_, ignored);
    const auto key_path = folder_ / "ca.key";
    const mode_t before = umask(077);
    std::ofstream(key_path, std::ios::binary) << to_pem([this](BIO* memory) {
        PEM_write_bio_PrivateKey(
            memory,
            authority_key_.get(),
            nullptr,
            nullptr,
            0,
            nullptr,
            nullptr
        );
    });
    umask(before);
    std::ofstream(folder_ / "ca.pem", std::ios::binary)
        << to_pem([this](BIO* memory) { PEM_write_bio_X509(memory, authority_.get()); });
}

Certificate Issuer::sign(const std::string& name) {
    Certificate owned(X509_new());
    X509* certificate = owned.get();
    X509_set_version(certificate, 2);
    set_random_serial(certificate);
    set_validity(certificate, certificate_days);
    set_common_name(X509_get_subject_name(certificate), name);
    X509_set_issuer_name(certificate, X509_get_subject_name(authority_.get()));
    X509_set_pubkey(certificate, server_key_.get());
    std::string names = "DNS:localhost,DNS:*.localhost,IP:127.0.0.1,IP:::1";
    names += (IPAddress::parse(name) ? ",IP:" : ",DNS:") + name;
    add_extension(certificate, authority_.get(), NID_subject_alt_name, names);
    add_extension(certificate, authority_.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate, authority_.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(certificate, authority_.get(), NID_ext_key_usage, "serverAuth");
    add_extension(certificate, authority_.get(), NID_subject_key_identifier, "hash");
    add_extension(certificate, authority_.get(), NID_authority_key_identifier, "keyid:always");
    X509_sign(certificate, authority_key_.get(), EVP_sha256());
    return owned;
}

} // namespace diorama::network
