// The live driver of the data plane: DNS over UDP and TCP on the edge threads. It frames bytes,
// keeps count, and lets nobody use it against others; what the bytes mean is decided in
// respond.hpp.
#pragma once

#include "emulator/log.hpp"
#include "emulator/metrics/metrics.hpp"
#include "emulator/network/network.hpp"
#include "emulator/random/random.hpp"
#include "services/route53/data/prepared_answers.hpp"
#include "services/route53/data/published_zones.hpp"
#include "services/route53/data/query_log.hpp"
#include "services/route53/data/respond.hpp"
#include "services/route53/data/response_limiter.hpp"
#include "services/route53/data/tcp_session.hpp"
#include "services/route53/data/upstream.hpp"

#include <atomic>
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
    QueryLog* query_log = nullptr; // none: queries are not logged
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
        PreparedAnswers prepared; // of those zones
        ResponseLimiter limiter;
        TCPSessions sessions;
    };

    // Where the datagrams of one endpoint come in, once that is known.
    using Door = std::atomic<network::DatagramListener*>;

    Desk& desk_of(network::EdgeThread& thread);
    // The response's bytes are written where `memory` was.
    Response respond_on(
        network::EdgeThread& thread,
        std::string_view request,
        Transport transport,
        const network::Endpoint& client,
        std::string memory = {}
    );
    void answer_datagram(
        network::EdgeThread& thread,
        std::string_view request,
        const network::Endpoint& client,
        const Door& door,
        std::string& answer
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
