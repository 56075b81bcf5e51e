// The requests of a live run: names resolved by the emulator's DNS, real TCP and TLS connections to
// the addresses it answered, HTTP over them. What clients decide stays in simulation/clients.hpp.
// All functions are for the thread of the run; sockets live on an edge thread of their own.
#pragma once

#include "emulator/http/client.hpp"
#include "emulator/simulation/cloud.hpp"
#include "emulator/world/live/cookies.hpp"
#include "emulator/world/live/resolver.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace diorama {

// What of the cloud the answers told of.
struct LiveCounts {
    std::uint64_t edge_requests = 0;
    std::uint64_t edge_hits = 0;
    std::uint64_t edge_misses = 0;
    double edge_bytes = 0;
    std::uint64_t other_requests = 0; // to load balancers, buckets, instances
    double other_bytes = 0;
    std::map<std::string, std::uint64_t> by_instance;
};

class LiveTraffic final : public simulation::Cloud {
public:
    using Dial = std::function<network::Endpoint(const network::Endpoint& proper)>;

    // So many requests at once; more of them wait for their turn, as their clients' patience does.
    LiveTraffic(
        network::Network& network,
        LiveResolver& resolver,
        Dial dial,
        std::size_t most_under_way
    );

    struct Answer {
        Timestamp at;
        std::uint32_t token = 0;
        simulation::Reply reply;
        std::uint64_t call = 0;
    };

    // What was answered meanwhile, by time; waits for it as long as that.
    std::vector<Answer> wait(std::chrono::microseconds longest);

    // Whether its client still waits for it: it may have lost its patience since wait() returned.
    bool is_awaited(const Answer& answer);

    const LiveCounts& counts() const { return counts_; }

    // simulation::Cloud
    simulation::Resolution resolve(const std::string& host, simulation::PlaceId from) override;
    Duration distance(simulation::PlaceId from, simulation::DestinationId to) override;
    void send(const simulation::Sending& sending) override;
    void abandoned(std::uint32_t token) override;

private:
    using CallId = std::uint64_t;

    struct Outgoing {
        CallId id = 0;
        http::OutboundRequest request;
    };

    // How a request ended, as the edge thread saw it.
    struct Ending {
        Timestamp at;
        CallId id = 0;
        http::UpstreamFailure failure = http::UpstreamFailure::none;
        std::uint16_t status = 0;
        std::uint64_t bytes = 0;
        std::string x_cache;
        std::string instance;
        std::string cookies; // that the client has from now on
        bool is_cancelled = false;
    };

    void begin(std::shared_ptr<Outgoing> outgoing);
    void start(const Outgoing& outgoing); // on the edge thread
    void end(Ending ending);              // likewise
    void count(const Ending& ending);
    std::shared_ptr<Outgoing> outgoing_of(const simulation::Sending& sending);

    network::EdgeThread& thread_;
    std::unique_ptr<http::Client> client_;
    LiveResolver& resolver_;
    Dial dial_;
    std::size_t most_under_way_;

    std::vector<network::IPAddress> destinations_;
    std::map<network::IPAddress, simulation::DestinationId> destination_ids_;
    CallId last_id_ = 0;
    std::map<CallId, std::uint32_t> tokens_;       // of those that are awaited
    std::map<std::uint32_t, CallId> ids_by_token_; // likewise
    std::deque<std::shared_ptr<Outgoing>> queue_;
    std::size_t under_way_ = 0;
    LiveCounts counts_;
    CookieBook cookies_;

    // Of the edge thread.
    std::map<CallId, std::shared_ptr<http::OutboundCall>> calls_;

    std::mutex mutex_; // guards endings_
    std::condition_variable ended_;
    std::vector<Ending> endings_;
};

} // namespace diorama
