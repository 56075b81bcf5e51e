// Routing policies: which record sets of those with one name and type answer this client this time.
// Values in, value out; chance comes from the caller's Random, health from the signals that the
// snapshot holds.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
#pragma once

#include "emulator/network/address.hpp"
#include "emulator/random/random.hpp"
#include "services/route53/data/zones.hpp"

#include <optional>
#include <vector>

namespace diorama::route53 {

// Who asks: the resolver, or the client behind it when the resolver tells (RFC 7871).
struct Client {
    network::IPAddress address;
    std::optional<ClientSubnet> subnet;
    const Place* place = nullptr; // when it is known otherwise than by its address
    std::string_view vpc = {};    // that it is in; empty: none
};

// AWS: "Route 53 uses the EDNS0 client subnet … if it's there, else the source IP address of the
// DNS resolver": all of its address, or as much as the resolver told.
CidrBlock block_of(const Client& client);

class Routing {
public:
    Routing(const Zone& zone, const Client& client, const PlaceTable& places, Random& random)
        : zone_(zone)
        , client_(client)
        , places_(places)
        , random_(random) {}

    // Which answer: one, with multivalue routing up to eight, none when the policy has nothing for
    // this client. All are of one name and type.
    std::vector<const RecordSet*> choose(const RecordSetRange& sets);

    // Whether the answer would be another one for a client elsewhere.
    bool depends_on_place() const { return depends_on_place_; }

private:
    using Candidates = std::vector<const RecordSet*>;

    Candidates candidates(const RecordSetRange& sets);
    Candidates by_distance(const RecordSetRange& sets);
    Candidates by_location(const RecordSetRange& sets);
    Candidates by_block(const RecordSetRange& sets);
    bool is_healthy(const RecordSet& set, int depth);
    bool is_target_healthy(const RecordSet& set, int depth);
    const RecordSet* choose_weighted(const Candidates& healthy);
    const Place* place();

    const Zone& zone_;
    const Client& client_;
    const PlaceTable& places_;
    Random& random_;
    bool depends_on_place_ = false;
};

// AWS: with simple routing "Route 53 returns all values to the recursive resolver in a random
// order".
std::vector<const std::string*> in_random_order(const RecordSet& record_set, Random& random);

} // namespace diorama::route53
