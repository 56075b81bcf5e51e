// The live driver of the data plane: DNS over UDP and TCP on the edge threads. All it decides is
// how bytes are framed; what they mean is decided in respond.hpp.
#pragma once

#include "emulator/log.hpp"
#include "emulator/metrics/metrics.hpp"
#include "emulator/network/network.hpp"
#include "emulator/random/random.hpp"
#include "services/route53/data/published_zones.hpp"
#include "services/route53/data/respond.hpp"

#include <memory>
#include <vector>

namespace diorama::route53 {

struct NameServerParts {
    const PublishedZones& zones;
    const AliasTargets& alias_targets;
    const OwnNames& own_names;
    const PlaceTable& places;
    Metrics& metrics;
    network::Network& network;
    Log& log;
};

class NameServer {
public:
    NameServer(const NameServerParts& parts, const Random& random);

    // Serves UDP and TCP there. Throws network::ListenError.
    void listen(const network::Endpoint& endpoint);

    // Where it really listens, one per listen().
    std::vector<network::Endpoint> endpoints() const;

    // On the edge thread with this index.
    std::string respond_on(
        std::size_t thread,
        std::string_view request,
        Transport transport,
        const network::Endpoint& client
    );

private:
    // What each edge thread has of its own.
    struct Desk {
        Random random;
        std::shared_ptr<const Zones> zones;
        std::uint64_t version = 0;
    };

    NameServerParts parts_;
    std::vector<Desk> desks_; // by thread index
    std::vector<std::unique_ptr<network::Listener>> listeners_;
    std::vector<network::Endpoint> endpoints_;
};

} // namespace diorama::route53
