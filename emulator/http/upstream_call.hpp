// One request to an upstream as its caller sees it. Outlives the connection it began on if the
// request has to be repeated on another one.
#pragma once

#include "emulator/http/client.hpp"
#include "emulator/http/upstream_connection.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace diorama::http {

// Finds or makes connections for calls; the client's part for one thread.
class UpstreamRoutes {
public:
    UpstreamRoutes(
        network::Network& network,
        network::EdgeThread& thread,
        std::shared_ptr<network::TLSContext> tls
    );

    network::EdgeThread& thread() { return thread_; }

    // From the pool, or null.
    std::shared_ptr<UpstreamConnection> reuse(const OutboundRequest& request);
    // Null if TLS is wanted but not to be had.
    std::shared_ptr<UpstreamConnection> open(const OutboundRequest& request);

private:
    network::Network& network_;
    network::EdgeThread& thread_;
    std::shared_ptr<network::TLSContext> tls_;
    std::shared_ptr<UpstreamPool> pool_;
};

class UpstreamCall final : public OutboundCall, public std::enable_shared_from_this<UpstreamCall> {
public:
    UpstreamCall(
        std::shared_ptr<UpstreamRoutes> routes,
        OutboundRequest request,
        ResponseEvents events
    );
    UpstreamCall(const UpstreamCall&) = delete;
    UpstreamCall& operator=(const UpstreamCall&) = delete;
    ~UpstreamCall() override;

    void start();

    void send_body(std::string bytes) override;
    void end_body() override;
    std::size_t unsent_bytes() const override;
    void when_drained(std::function<void()> drained) override;
    void pause() override;
    void resume() override;
    void cancel() override;

    const network::Endpoint& target() const override { return request_.target; }

    bool reused_connection() const override { return is_reused_; }

    // For the connection.

    const OutboundRequest& request() const { return request_; }

    // Writes the request, and what of its body has been given so far.
    void write_request(UpstreamConnection& connection);

    bool is_request_sent() const { return !request_.streams_body || has_body_ended_; }

    void take_head(ResponseHead head);
    void take_body(std::string_view bytes);
    void drained();
    // The connection has let go of the call. `may_repeat`: it ended before any byte of the
    // response.
    void finish(UpstreamFailure failure, bool may_repeat);

private:
    bool is_repeatable() const;
    void finish_later(UpstreamFailure failure);
    void write_or_keep(std::string bytes);
    template <class Deliver>
    void guarded(Deliver deliver);

    std::shared_ptr<UpstreamRoutes> routes_;
    OutboundRequest request_;
    std::shared_ptr<const std::string> body_; // request_.body, shared for writing without copies
    ResponseEvents events_;
    std::shared_ptr<UpstreamConnection> connection_;
    std::string unwritten_; // streamed before the connection was established
    bool is_written_ = false;
    bool is_chunked_ = false;
    bool has_body_ended_ = false;
    bool is_reused_ = false;
    bool is_repeated_ = false;
    bool is_done_ = false;
    bool is_paused_ = false;
    int delivering_ = 0;
    std::function<void()> drained_;
};

} // namespace diorama::http
