// TLS: the emulator's own certificate authority, contexts made by it, and a session that turns
// ciphertext into plaintext and back without knowing of sockets. OpenSSL stays inside tls.cpp.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::network {

// What a handshake needs: certificates on the server side, trust on the client side. Shared by
// connections of all threads.
class TLSContext {
public:
    virtual ~TLSContext() = default;
    // `server_name` is what a client asks for; ignored by servers.
    virtual std::unique_ptr<class TLSSession> session(const std::string& server_name) = 0;
};

// One TLS connection as a machine of bytes.
class TLSSession {
public:
    virtual ~TLSSession() = default;
    enum class State { handshaking, established, closed, failed };

    // Takes what the peer sent; plaintext is appended to `plaintext`.
    virtual State received(std::string_view ciphertext, std::string& plaintext) = 0;
    // Encrypts; only when established.
    virtual void send(std::string_view plaintext) = 0;
    // Says close_notify.
    virtual void finish() = 0;
    // Begins the handshake (clients) and takes what is to be sent to the peer.
    virtual std::string take_output() = 0;

    virtual State state() const = 0;
    virtual std::string server_name() const = 0; // as the client asked
    virtual std::string version() const = 0;     // "TLSv1.3"
    virtual std::string cipher() const = 0;
};

// Signs a certificate for whatever name a client asks for. Made once and kept in a folder, so that
// people can trust it once (`diorama ca` prints it).
class CertificateAuthority {
public:
    virtual ~CertificateAuthority() = default;
    // Reads the authority from `folder`, or makes one there (in memory only if the folder cannot be
    // written).
    static std::unique_ptr<CertificateAuthority> open(const std::filesystem::path& folder);

    virtual std::string certificate_pem() = 0;
    // For servers: answers with a certificate for the name in the client hello, else for localhost.
    virtual std::shared_ptr<TLSContext> server_context() = 0;
};

// For outbound connections: certificates are not checked.
std::shared_ptr<TLSContext> trusting_client_context();

} // namespace diorama::network
