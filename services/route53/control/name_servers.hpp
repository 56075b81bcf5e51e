// Which name servers a zone or a reusable delegation set gets.
#pragma once

#include "services/route53/control/control.hpp"

#include <optional>

namespace diorama::route53 {

// One of each of four domains, in any order. AWS: zones with the same name, or one above the other,
// must not share a name server: with an apex none that such a zone of `state` has.
std::vector<std::string>
choose_name_servers(const State& state, const std::optional<DNSName>& apex, Random& random);

// Whether another public zone of that name, or above or below it, has one of the servers.
bool have_conflict(
    const State& state,
    const DNSName& apex,
    const std::vector<std::string>& name_servers
);

// Observed: all private zones have the first of each block.
std::vector<std::string> name_servers_of_private_zones();

} // namespace diorama::route53
