// Outbound HTTP: a pool of connections per edge thread, requests sent over them, responses streamed
// back. Used by load balancers towards targets, CloudFront towards origins, health checks, SNS
// deliveries and the forward proxy.
#pragma once

#include "emulator/http/message.hpp"
#include "emulator/network/network.hpp"

#include <functional>
#include <memory>
#include <string>

namespace diorama::http {

enum class UpstreamFailure {
    none,
    connect_refused,
    connect_timeout,
    tls_failed,
    reset,            // closed before or during the response head
    response_timeout, // nothing came within the response timeout, or nothing of the request left
    malformed,        // not HTTP, or a head over 32 KiB
    body_cut,         // closed before the end of the body
};

struct OutboundRequest {
    network::Endpoint target;
    bool tls = false;
    std::string server_name; // for TLS
    RequestHead head;        // sent as it is; Host must be in it
    std::string body;        // sent with Content-Length unless streaming
    bool streams_body =
        false; // the body follows by Call::send_body; the head says how it is framed
    Duration connect_timeout = std::chrono::seconds(10);
    Duration response_timeout = std::chrono::seconds(60); // without a byte
    Duration keep_alive = std::chrono::seconds(5);        // idle life in the pool; zero: no reuse
    bool from_pool = true; // may use a pooled connection; false: always a new one
};

// Callbacks come on the calling edge thread: head once, body any number of times, then done; or
// done alone with a failure. Nothing comes after done, nor after cancel.
struct ResponseEvents {
    std::function<void(ResponseHead head)> head;
    std::function<void(std::string_view bytes)> body;
    std::function<void(UpstreamFailure failure)> done;
};

class OutboundCall {
public:
    virtual ~OutboundCall() = default; // cancels if not done
    virtual void send_body(std::string bytes) = 0;
    virtual void end_body() = 0;
    virtual std::size_t unsent_bytes() const = 0;
    virtual void when_drained(std::function<void()> drained) = 0;
    // Flow control: stop and go on reading the response.
    virtual void pause() = 0;
    virtual void resume() = 0;
    // Informational responses are skipped. After 101 (and 2xx to CONNECT) the call is a tunnel:
    // body() brings what the peer sends, send_body() sends as it is, done comes with the end.
    virtual void cancel() = 0;
    virtual const network::Endpoint& target() const = 0;
    // Whether the request went over a connection that had been used before.
    virtual bool reused_connection() const = 0;
};

class Client {
public:
    virtual ~Client() = default;
    // On an edge thread of the network the client was made for. The body of a chunked upstream
    // response is delivered decoded; body bytes are delivered as they come. A request that finds
    // its pooled connection closed by the peer before any byte of the response is repeated once on
    // a new one if its method is idempotent (RFC 9110 9.2.2) and its body was not streamed.
    virtual std::shared_ptr<OutboundCall>
    start(network::EdgeThread& thread, OutboundRequest request, ResponseEvents events) = 0;

    // The simple form: the whole response, up to `limit` bytes of body; what is longer is cut there
    // and the rest not read.
    using Fetched = std::function<void(UpstreamFailure failure, Response response)>;
    virtual std::shared_ptr<OutboundCall> fetch(
        network::EdgeThread& thread,
        OutboundRequest request,
        std::size_t limit,
        Fetched done
    ) = 0;
};

// `tls` is for requests that want TLS; without it they fail.
std::unique_ptr<Client>
make_client(network::Network& network, std::shared_ptr<network::TLSContext> tls = {});

} // namespace diorama::http
