// The live driver of the data plane: DNS over UDP and TCP on the edge threads. It frames bytes,
// keeps count, and lets nobody use it against others; what the bytes mean is decided in
// respond.hpp.
#pragma once

#include "emulator/log.hpp"
#include "emulator/metrics/metrics.hpp"
#include "emulator/network/network.hpp"
#include "emulator/random/random.hpp"
#include "services/route53/data/published_zones.hpp"
#include "services/route53/data/respond.hpp"
#include "services/route53/data/response_limiter.hpp"
#include "services/route53/data/tcp_session.hpp"
#include "services/route53/data/upstream.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace diorama::route53 {

struct NameServerParts {
    const PublishedZones& zones;
    const AliasTargets& alias_targets;
    const OwnNames& own_names;
    const PlaceTable& places;
    const ClientNetworks* networks; // none: no client is in a VPC
    Metrics& metrics;
    network::Network& network;
    Log& log;
    // Who is asked about names that are not ours; nobody: they are refused.
    std::optional<network::Endpoint> upstream;
};

class NameServer {
public:
    NameServer(const NameServerParts& parts, const Random& random);

    // Serves UDP and TCP there. Throws network::ListenError.
    void listen(const network::Endpoint& endpoint);

    // Where it really listens, one per listen().
    std::vector<network::Endpoint> endpoints() const;

private:
    // What each edge thread has of its own.
    struct Desk {
        Random random;
        std::shared_ptr<const Zones> zones;
        std::uint64_t version = 0;
        ResponseLimiter limiter;
        TCPSessions sessions;
    };

    Response respond_on(
        network::EdgeThread& thread,
        std::string_view request,
        Transport transport,
        const network::Endpoint& client
    );
    std::string answer_datagram(
        network::EdgeThread& thread,
        std::string_view request,
        const network::Endpoint& client
    );
    void answer_stream(
        network::EdgeThread& thread,
        std::string_view request,
        const network::Endpoint& client,
        const TCPSession::Reply& reply
    );

    NameServerParts parts_;
    CookieSecret cookies_;
    std::optional<Upstream> upstream_;
    std::vector<Desk> desks_; // by thread index
    std::vector<std::unique_ptr<network::Listener>> listeners_;
    std::vector<network::Endpoint> endpoints_;
};

} // namespace diorama::route53
