// One request and its response on a server connection, as a handler sees it. All calls are made on
// the connection's edge thread, and all callbacks come on it. A handler keeps the shared_ptr as
// long as it has something to say; an Exchange that is dropped without a response answers 500.
#pragma once

#include "emulator/http/desync.hpp"
#include "emulator/http/message.hpp"
#include "emulator/log.hpp"
#include "emulator/network/network.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace diorama::http {

enum class BodyState {
    more,      // bytes, and there may be more
    complete,  // these (perhaps no) bytes are the last
    too_large, // collect_body only: the limit was passed
    malformed, // the framing (chunked coding) is broken
    aborted,   // the client went away
};

// Trailer fields of a chunked body are in `trailers` when the state is complete.
struct BodyPiece {
    BodyState state = BodyState::more;
    std::string_view bytes;
    const Headers* trailers = nullptr;
};

struct Peer {
    network::Endpoint client;
    network::Endpoint local;
    bool is_tls = false;
    std::string server_name;
    std::string tls_version;
    std::string tls_cipher;
};

class Exchange {
public:
    virtual ~Exchange() = default;

    virtual const RequestHead& request() const = 0;
    virtual const Peer& peer() const = 0;
    virtual const Classification& classification() const = 0;
    virtual network::EdgeThread& thread() = 0;
    // When the first byte of the request arrived, by the clock's steady_now().
    virtual Timestamp received_at() const = 0;
    virtual bool has_body() const = 0;
    // The declared length; nothing for a chunked body.
    virtual std::optional<std::uint64_t> content_length() const = 0;

    // The body: call one of the two, once. "Expect: 100-continue" is answered by that call. A body
    // that nobody asked for is read and thrown away before the next request (or the connection
    // closed if it is long).
    using Collected =
        std::function<void(BodyState state, std::string body, const Headers& trailers)>;
    virtual void collect_body(std::size_t limit, Collected done) = 0;
    using Piece = std::function<void(const BodyPiece& piece)>;
    virtual void stream_body(Piece piece) = 0;
    virtual void pause_body() = 0;
    virtual void resume_body() = 0;

    // The whole response. Content-Length, Date, Connection are added where they are missing; no
    // body is sent in answer to HEAD or with 204 and 304.
    virtual void respond(Response response) = 0;
    // Or piece by piece. Without Content-Length or Transfer-Encoding in the head the body is
    // chunked (or, for HTTP/1.0, ends with the connection). send() after the client has gone does
    // nothing.
    virtual void begin_response(ResponseHead head) = 0;
    virtual void send(std::string bytes) = 0;
    virtual void
    send(std::shared_ptr<const std::string> bytes, std::size_t offset, std::size_t length) = 0;
    virtual void end_response() = 0;
    // Informational responses before the final one.
    virtual void send_interim(int status, const Headers& headers) = 0;
    // Bytes accepted by send() that have not left yet, and a call when there are none any more.
    virtual std::size_t unsent_bytes() const = 0;
    virtual void when_drained(std::function<void()> drained) = 0;
    // The connection is closed after this response.
    virtual void close_after() = 0;
    // Breaks the connection off without (further) response.
    virtual void abort() = 0;
    // Called if the client goes away before the response is complete.
    virtual void when_abandoned(std::function<void()> abandoned) = 0;

    // Ends HTTP here (CONNECT, WebSocket): after this head everything belongs to `events`, starting
    // with what was already received.
    virtual void upgrade(ResponseHead head, std::shared_ptr<network::ConnectionEvents> events) = 0;
    virtual network::Connection& connection() = 0;
};

using Handler = std::function<void(std::shared_ptr<Exchange> exchange)>;

struct ServerOptions {
    std::size_t max_request_line = 16 * 1024;
    std::size_t max_header_line = 16 * 1024;
    std::size_t max_head = 64 * 1024;
    Duration idle_timeout = std::chrono::seconds(60);
    DesyncMitigation desync = DesyncMitigation::defensive;
    // A client that finishes sending before it is answered has gone away, rather than only said
    // that nothing more comes.
    bool half_close_abandons = false;
    // What the server itself answers (400, 408, 413, 505 …) before a handler is asked; empty: a
    // plain default. `reason` is a short sentence for the log.
    std::function<Response(int status, std::string_view reason)> error_response;
    // Told of every request refused that way.
    std::function<void(int status, std::string_view reason, const Peer& peer)> refused;
    // Gets a line for everything malformed, under the name of whose listener this is.
    Log* log = nullptr;
    std::string component = "http";
};

// What to hand to Network::listen.
network::Accept serve(Handler handler, ServerOptions options);

} // namespace diorama::http
