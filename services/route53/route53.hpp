// The front door of Route 53: name servers and their control plane. Other code includes only this.
#pragma once

#include "emulator/aws/service.hpp"
#include "emulator/environment.hpp"
#include "emulator/network/network.hpp"
#include "services/route53/data/place.hpp"
#include "services/route53/ports.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::route53 {

struct Ports {
    const AliasTargets& alias_targets;
    const OwnNames& own_names;
    HealthProber* prober = nullptr;           // none: endpoints are not probed
    TargetHealth* target_health = nullptr;    // none: every load balancer is healthy
    Alarms* alarms = nullptr;                 // none: alarms have insufficient data
    VPCs* vpcs = nullptr;                     // none: every VPC exists
    const ClientNetworks* networks = nullptr; // none: no client is in a VPC
    // Who is asked about names that are not ours; nobody: they are refused.
    std::optional<network::Endpoint> upstream = {};
    std::string places = {}; // a table as PlaceTable reads it; empty: its own
    // The folder of query logs; empty: nothing is logged.
    std::string query_logs = {};
};

// Probes over real connections. `dial` says where a name or an address and a port are really to be
// reached; it is asked on the world thread.
using Dial = std::function<std::vector<network::Endpoint>(std::string_view, std::uint16_t)>;
std::unique_ptr<HealthProber>
make_live_prober(network::Network& network, Scheduler& world, Dial dial);

class Route53 {
public:
    // Without a network (in a simulation) nothing listens; resolve() answers all the same.
    Route53(Environment& environment, const Ports& ports, network::Network* network);
    ~Route53();

    // Serves DNS over UDP and TCP at each endpoint, throwing network::ListenError; and at the
    // others where they are to be had.
    void start(
        const std::vector<network::Endpoint>& endpoints,
        const std::vector<network::Endpoint>& if_possible = {}
    );

    // Where DNS is really served: what start() was given, with port 0 resolved.
    std::vector<network::Endpoint> endpoints() const;

    // For the gateway.
    const aws::ServiceDescriptor& descriptor() const;
    aws::ServiceApi& api();

    // What a resolver would find for the name: addresses after all CNAMEs, aliases and routing
    // policies, IPv4 before IPv6; empty when there are none. Any thread.
    std::vector<network::IPAddress> resolve(std::string_view name) const;

    // A record set that a routing policy chose on the way to an answer.
    struct Choice {
        std::string set_identifier;
        // Weighted ones: what each of them weighs, if all of them are healthy; else empty.
        std::vector<std::pair<std::string, unsigned>> weights;
    };

    struct Lookup {
        std::vector<network::IPAddress> addresses;
        Duration ttl{};              // how long a resolver may remember them
        std::vector<Choice> choices; // of IPv4 addresses
    };

    // Who asks; with a place when that is known otherwise than by the address.
    struct Asker {
        network::IPAddress address;
        std::optional<Place> place;
        std::string vpc = {}; // that it is in; empty: none
    };

    // The same for that client, with what its resolver would remember.
    Lookup look_up(std::string_view name, const Asker& asker) const;

    // Whether the name lies in a hosted zone of any account, so that resolve() is its authority.
    // Any thread.
    bool is_authority_for(std::string_view name) const;

private:
    struct Rooms;
    std::unique_ptr<Rooms> rooms_;
};

// For clients that ask name servers themselves: the question for the IPv4 addresses of a name, of a
// resolver that tells where its client is (RFC 7871). Nothing for what is no name.
std::optional<std::string>
address_question(std::string_view name, std::uint16_t id, const network::IPAddress& client);

struct AddressAnswer {
    std::vector<network::IPAddress> addresses; // after all CNAMEs; empty: none
    Duration ttl{};                            // the shortest on the way
};

// Nothing for bytes that are no answer to the question with that id.
std::optional<AddressAnswer> read_address_answer(std::string_view bytes, std::uint16_t id);

} // namespace diorama::route53
