// See tls.hpp. Keys are P-256: quick to make and accepted everywhere. Everything is made on first
// use, so that a process that never speaks TLS pays nothing for it.
#include "emulator/network/tls.hpp"

#include "emulator/network/certificate.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <mutex>

namespace diorama::network {

namespace {

using Byte = unsigned char;

class OpenSSLSession final : public TLSSession {
public:
    OpenSSLSession(SSL_CTX* context, bool is_server, const std::string& server_name)
        : ssl_(SSL_new(context)) {
        SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        if (is_server) {
            SSL_set_accept_state(ssl_);
        } else {
            SSL_set_connect_state(ssl_);
            if (!server_name.empty()) SSL_set_tlsext_host_name(ssl_, server_name.c_str());
            advance();
        }
    }

    ~OpenSSLSession() override { SSL_free(ssl_); }

    OpenSSLSession(const OpenSSLSession&) = delete;
    OpenSSLSession& operator=(const OpenSSLSession&) = delete;

    State received(std::string_view ciphertext, std::string& plaintext) override {
        BIO_write(SSL_get_rbio(ssl_), ciphertext.data(), static_cast<int>(ciphertext.size()));
        if (state_ == State::handshaking) advance();
        if (state_ == State::established) read_into(plaintext);
        return state_;
    }

    void send(std::string_view plaintext) override {
        while (!plaintext.empty()) {
            std::size_t written = 0;
            ERR_clear_error();
            if (SSL_write_ex(ssl_, plaintext.data(), plaintext.size(), &written) != 1) {
                state_ = State::failed;
                return;
            }
            plaintext.remove_prefix(written);
        }
    }

    void finish() override {
        ERR_clear_error();
        if (state_ == State::established) SSL_shutdown(ssl_);
    }

    std::string take_output() override {
        BIO* output = SSL_get_wbio(ssl_);
        std::string bytes(BIO_ctrl_pending(output), '\0');
        if (!bytes.empty()) BIO_read(output, bytes.data(), static_cast<int>(bytes.size()));
        return bytes;
    }

    State state() const override { return state_; }

    std::string server_name() const override {
        const char* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
        return name == nullptr ? std::string() : std::string(name);
    }

    std::string version() const override { return SSL_get_version(ssl_); }

    std::string cipher() const override { return SSL_get_cipher_name(ssl_); }

private:
    void advance() {
        ERR_clear_error();
        const int result = SSL_do_handshake(ssl_);
        if (result == 1) {
            state_ = State::established;
        } else if (SSL_get_error(ssl_, result) != SSL_ERROR_WANT_READ) {
            state_ = State::failed;
        }
    }

    void read_into(std::string& plaintext) {
        char buffer[16 * 1024];
        while (true) {
            std::size_t count = 0;
            ERR_clear_error();
            const int result = SSL_read_ex(ssl_, buffer, sizeof buffer, &count);
            if (result == 1) {
                plaintext.append(buffer, count);
                continue;
            }
            const int error = SSL_get_error(ssl_, result);
            if (error == SSL_ERROR_ZERO_RETURN)
                state_ = State::closed;
            else if (error != SSL_ERROR_WANT_READ)
                state_ = State::failed;
            return;
        }
    }

    SSL* ssl_;
    State state_ = State::handshaking;
};

struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

using ContextPointer = std::unique_ptr<SSL_CTX, FreeContext>;

class ClientContext final : public TLSContext {
public:
    ClientContext()
        : context_(SSL_CTX_new(TLS_client_method())) {
        SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr);
    }

    std::unique_ptr<TLSSession> session(const std::string& server_name) override {
        return std::make_unique<OpenSSLSession>(context_.get(), false, server_name);
    }

private:
    ContextPointer context_;
};

// Finds (or signs) the certificate when the client hello tells the name.
class ServerContext final : public TLSContext {
public:
    explicit ServerContext(Issuer& issuer)
        : issuer_(issuer)
        , context_(SSL_CTX_new(TLS_server_method())) {
        SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
        SSL_CTX_set_cert_cb(context_.get(), choose_certificate, this);
        SSL_CTX_set_alpn_select_cb(context_.get(), choose_protocol, nullptr);
        SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
    }

    std::unique_ptr<TLSSession> session(const std::string&) override {
        return std::make_unique<OpenSSLSession>(context_.get(), true, "");
    }

private:
    static int choose_certificate(SSL* ssl, void* self) {
        const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        return static_cast<ServerContext*>(self)->issuer_.use_for(
                   ssl,
                   name == nullptr ? "localhost" : name
               )
                   ? 1
                   : 0;
    }

    // HTTP/1.1 is what the HTTP server speaks; others (MySQL) offer no protocol.
    static int
    choose_protocol(SSL*, const Byte** out, Byte* out_size, const Byte* in, unsigned size, void*) {
        static constexpr Byte http11[] = "\x08http/1.1";
        Byte* chosen = nullptr;
        if (SSL_select_next_proto(&chosen, out_size, http11, sizeof http11 - 1, in, size) !=
            OPENSSL_NPN_NEGOTIATED) {
            return SSL_TLSEXT_ERR_NOACK;
        }
        *out = chosen;
        return SSL_TLSEXT_ERR_OK;
    }

    Issuer& issuer_;
    ContextPointer context_;
};

class StoredAuthority final : public CertificateAuthority {
public:
    explicit StoredAuthority(std::filesystem::path folder)
        : issuer_(std::move(folder)) {}

    std::string certificate_pem() override { return issuer_.certificate_pem(); }

    std::shared_ptr<TLSContext> server_context() override {
        if (!context_) context_ = std::make_shared<LazyContext>(issuer_);
        return context_;
    }

private:
    // Makes the OpenSSL context at the first handshake.
    class LazyContext final : public TLSContext {
    public:
        explicit LazyContext(Issuer& issuer)
            : issuer_(issuer) {}

        std::unique_ptr<TLSSession> session(const std::string& server_name) override {
            std::call_once(once_, [this] { context_ = std::make_unique<ServerContext>(issuer_); });
            return context_->session(server_name);
        }

    private:
        Issuer& issuer_;
        std::once_flag once_;
        std::unique_ptr<ServerContext> context_;
    };

    Issuer issuer_;
    std::shared_ptr<LazyContext> context_;
};

} // namespace

std::unique_ptr<CertificateAuthority> CertificateAuthority::open(const std::filesystem::path& folder
) {
    return std::make_unique<StoredAuthority>(folder);
}

std::shared_ptr<TLSContext> trusting_client_context() {
    static const auto context = std::make_shared<ClientContext>();
    return context;
}

} // namespace diorama::network
