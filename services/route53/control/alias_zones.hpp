// The hosted zones of AWS itself, which an alias target names to say what kind of resource it is.
#pragma once

#include <optional>
#include <string_view>

namespace diorama::route53 {

struct AliasZone {
    enum class Kind { load_balancer, distribution, bucket_website };
    Kind kind;
    std::string_view region; // empty for distributions, which have none
};

std::optional<AliasZone> find_alias_zone(std::string_view hosted_zone_id);
// The other way round; nothing for a region that is not known.
std::optional<std::string> alias_zone_id(AliasZone::Kind kind, std::string_view region);

// Whether the name (lower case, with last dot) can be one of that zone.
bool lies_within(const AliasZone& zone, std::string_view name);

} // namespace diorama::route53
