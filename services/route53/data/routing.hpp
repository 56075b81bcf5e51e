// Routing policies: which record set of those with one name and type answers this time. Values in,
// value out; chance comes from the caller's Random.
#pragma once

#include "emulator/network/address.hpp"
#include "emulator/random/random.hpp"
#include "services/route53/data/zones.hpp"

#include <optional>

namespace diorama::route53 {

// Who asks: the resolver, or the client behind it when the resolver tells (RFC 7871).
struct Client {
    network::IPAddress address;
    std::optional<ClientSubnet> subnet;
};

// nullptr when the policy has no answer for this client. `first` to `last` are all of one name and
// type.
const RecordSet*
choose(const RecordSet* first, const RecordSet* last, const Client& client, Random& random);

// AWS: with simple routing "Route 53 returns all values to the recursive resolver in a random
// order".
std::vector<const std::string*> in_random_order(const RecordSet& record_set, Random& random);

} // namespace diorama::route53
