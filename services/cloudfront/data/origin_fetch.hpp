// One fetch from an origin, live: connects, retries, streams the response to whoever listens and
// fills the cache with it. A viewer's request drives one; a refresh behind the viewer's back runs
// without listener.
#pragma once

#include "emulator/http/client.hpp"
#include "emulator/log.hpp"
#include "services/cloudfront/data/edge_location.hpp"
#include "services/cloudfront/ports.hpp"

#include <functional>
#include <memory>

namespace diorama::cloudfront {

// What the live data plane stands on.
struct EdgePlace {
    EdgeLocation& edge;
    http::Client& client;
    OriginAddresses& origins;
    Log& log;
};

// Either `serve` alone, or `deliver`, any number of `body`, and `done`.
struct OriginFetchEvents {
    std::function<void(const Serve& serve)> serve;
    std::function<void(const Deliver& delivery)> deliver;
    std::function<void(std::string_view bytes)> body;
    std::function<void(bool is_complete)> done;
};

class OriginFetch : public std::enable_shared_from_this<OriginFetch> {
public:
    OriginFetch(
        const EdgePlace& place,
        network::EdgeThread& thread,
        EdgeIdentity identity,
        Fetch fetch,
        OriginFetchEvents events
    );

    // `streams_body`: the request has a body, which follows by send_body().
    void start(bool streams_body);

    void send_body(std::string bytes);
    void end_body();
    std::size_t unsent_bytes() const;
    void when_sent(std::function<void()> sent);

    void pause();
    void resume();
    // The viewer has gone: nothing more is reported, and the fetch goes on only for the cache.
    void leave();

private:
    void try_next();
    void connect(const network::Endpoint& endpoint);
    void answered(http::ResponseHead head);
    void received(std::string_view bytes);
    void finished(http::UpstreamFailure failure);
    void failed(OriginFailure failure);
    void act_on(OriginVerdict verdict);
    void stop();

    EdgePlace place_;
    network::EdgeThread& thread_;
    EdgeIdentity identity_;
    Fetch fetch_;
    OriginFetchEvents events_;

    enum class Phase {
        asking,     // no response yet
        delivering, // the head has been passed on
        ignoring    // answered otherwise: the rest is read and thrown away
    };
    Phase phase_ = Phase::asking;
    std::shared_ptr<http::OutboundCall> call_;
    std::shared_ptr<OriginFetch> successor_; // fetches the error page in this one's place
    std::vector<network::Endpoint> endpoints_;
    std::size_t attempts_ = 0;
    bool streams_body_ = false;
    bool is_storing_ = false;
    std::string body_;
};

} // namespace diorama::cloudfront
