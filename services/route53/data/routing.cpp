// The policies; see routing.hpp. Every policy is a list of candidates, the most wanted first; then
// the healthy ones among them count, and if there are none, all of them do.
#include "services/route53/data/routing.hpp"

#include "services/route53/limits.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace diorama::route53 {

namespace {

// Where latency is measured from when nobody knows where the client is. UNKNOWN: AWS measures.
constexpr Coordinates unknown_place{39.0, -77.5};

template <class Policy>
const Policy* policy_of(const RecordSet& set) {
    return std::get_if<Policy>(&set.policy);
}

// AWS: "If a bias is positive, biased distance = actual distance * [1 - (bias/100)]. If negative,
// biased distance = actual distance / [1 + (bias/100)]."
double biased(double distance, int bias) {
    const double share = bias / 100.0;
    return bias >= 0 ? distance * (1 - share) : distance / (1 + share);
}

// AWS: "priority goes to the smallest geographic region". Nothing when it is elsewhere.
std::optional<int> rank(const GeolocationRouting& location, const Place* place) {
    if (location.country == "*") return 3;
    if (place == nullptr) return std::nullopt;
    if (!location.continent.empty()) {
        return location.continent == place->continent ? std::optional(2) : std::nullopt;
    }
    if (location.country != place->country) return std::nullopt;
    if (location.subdivision.empty()) return 1;
    return location.subdivision == place->subdivision ? std::optional(0) : std::nullopt;
}

template <class Order>
std::vector<const RecordSet*> sorted(std::vector<std::pair<Order, const RecordSet*>> ranked) {
    // Equal ones stay in the order of the node, which is that of their set identifiers: all point
    // into its one array.
    std::sort(ranked.begin(), ranked.end());
    std::vector<const RecordSet*> sets;
    sets.reserve(ranked.size());
    for (const auto& [order, set] : ranked) {
        sets.push_back(set);
    }
    return sets;
}

template <class Element>
void shuffle(std::vector<Element>& elements, Random& random) {
    for (std::size_t left = elements.size(); left > 1; --left) {
        std::swap(elements[left - 1], elements[random.below(left)]);
    }
}

} // namespace

CidrBlock block_of(const Client& client) {
    if (client.subnet && client.subnet->source_prefix > 0) {
        std::array<std::uint8_t, 16> bytes{};
        const auto& known = client.subnet->address;
        std::copy_n(known.begin(), std::min(known.size(), bytes.size()), bytes.begin());
        const bool is_v4 = client.subnet->family == 1;
        const auto address = is_v4 ? network::IPAddress::v4(bytes[0], bytes[1], bytes[2], bytes[3])
                                   : network::IPAddress::v6(bytes);
        const unsigned prefix = std::min<unsigned>(client.subnet->source_prefix, is_v4 ? 32 : 128);
        return CidrBlock{address, prefix}.shortened(prefix);
    }
    return {client.address, client.address.is_v4() ? 32U : 128U};
}

const Place* Routing::place() {
    depends_on_place_ = true;
    if (client_.place != nullptr) return client_.place;
    return places_.find(block_of(client_));
}

// AWS: latency routing: "the Region that has the lowest latency"; geoproximity: the resource that
// is "closest". DIFFERS: light takes as long as the way is long, so the nearest region has the
// lowest latency.
Routing::Candidates Routing::by_distance(const RecordSetRange& sets) {
    const auto* known = place();
    const auto from = known == nullptr ? unknown_place : known->at;
    std::vector<std::pair<double, const RecordSet*>> ranked;
    for (const auto* set = sets.first; set != sets.second; ++set) {
        auto distance = kilometres_between(from, set->at.value_or(unknown_place));
        if (const auto* near = policy_of<GeoproximityRouting>(*set)) {
            distance = biased(distance, near->bias);
        }
        ranked.emplace_back(distance, set);
    }
    return sorted(std::move(ranked));
}

Routing::Candidates Routing::by_location(const RecordSetRange& sets) {
    const auto* known = place();
    std::vector<std::pair<int, const RecordSet*>> ranked;
    for (const auto* set = sets.first; set != sets.second; ++set) {
        const auto* location = policy_of<GeolocationRouting>(*set);
        if (location == nullptr) continue;
        if (const auto order = rank(*location, known)) ranked.emplace_back(*order, set);
    }
    return sorted(std::move(ranked));
}

// AWS: IP-based routing: the location with the longest matching block, else the default "*".
Routing::Candidates Routing::by_block(const RecordSetRange& sets) {
    depends_on_place_ = true;
    const auto where = block_of(client_);
    std::vector<std::pair<int, const RecordSet*>> ranked;
    for (const auto* set = sets.first; set != sets.second; ++set) {
        const auto* routing = policy_of<IPBasedRouting>(*set);
        if (routing == nullptr) continue;
        const auto* location = set->locations == nullptr ? nullptr : set->locations->find(where);
        if (location != nullptr && *location == routing->location) {
            ranked.emplace_back(0, set);
        } else if (routing->location == "*") {
            ranked.emplace_back(1, set);
        }
    }
    return sorted(std::move(ranked));
}

Routing::Candidates Routing::candidates(const RecordSetRange& sets) {
    const auto& policy = sets.first->policy;
    if (std::holds_alternative<LatencyRouting>(policy) ||
        std::holds_alternative<GeoproximityRouting>(policy)) {
        return by_distance(sets);
    }
    if (std::holds_alternative<GeolocationRouting>(policy)) return by_location(sets);
    if (std::holds_alternative<IPBasedRouting>(policy)) return by_block(sets);
    std::vector<std::pair<int, const RecordSet*>> ranked;
    for (const auto* set = sets.first; set != sets.second; ++set) {
        const auto* failover = policy_of<FailoverRouting>(*set);
        ranked.emplace_back(failover == nullptr || failover->is_primary ? 0 : 1, set);
    }
    return sorted(std::move(ranked));
}

// AWS: a record without a health check is always considered healthy; an alias with
// EvaluateTargetHealth is as healthy as what it leads to.
bool Routing::is_healthy(const RecordSet& set, int depth) {
    if (set.health != nullptr && !set.health->is_healthy()) return false;
    if (!set.alias || !set.alias->evaluate_target_health) return true;
    return is_target_healthy(set, depth);
}

// AWS: an alias of another record in the zone is healthy if at least one of the records that it
// could lead to is: "if none is, Route 53 backs out of the branch".
bool Routing::is_target_healthy(const RecordSet& set, int depth) {
    if (set.alias->hosted_zone_id != zone_.id()) {
        return set.target_health == nullptr || set.target_health->is_healthy();
    }
    if (depth >= limits::chain_length_max) return false; // aliases in a circle
    const auto match = find_match(zone_, set.alias->name.wire(), set.type);
    if (match.node == nullptr) return false;
    const auto sets = match.node->of_type(set.type);
    if (sets.first == sets.second) return false;
    const auto possible = candidates(sets);
    return std::any_of(possible.begin(), possible.end(), [&](const RecordSet* one) {
        return is_healthy(*one, depth + 1);
    });
}

// AWS: "Traffic is sent to a resource in proportion: weight for a record / sum of the weights for
// all records." "If all the records that have a weight greater than 0 are unhealthy, then Route 53
// considers the zero-weighted records." "If you set Weight to 0 for all of the records in the
// group, traffic is routed to all resources with equal probability."
const RecordSet* Routing::choose_weighted(const Candidates& healthy) {
    const auto weight_of = [](const RecordSet* set) -> std::uint64_t {
        const auto* weighted = policy_of<WeightedRouting>(*set);
        return weighted == nullptr ? 0 : weighted->weight;
    };
    std::uint64_t sum = 0;
    for (const auto* set : healthy) {
        sum += weight_of(set);
    }
    if (sum == 0) return healthy[random_.below(healthy.size())];
    auto drawn = random_.below(sum);
    for (const auto* set : healthy) {
        if (drawn < weight_of(set)) return set;
        drawn -= weight_of(set);
    }
    return nullptr;
}

std::vector<const RecordSet*> Routing::choose(const RecordSetRange& sets) {
    if (sets.first == sets.second) return {};
    if (sets.first->is_simple()) return {sets.first}; // control admits one record set
    auto possible = candidates(sets);
    if (possible.empty()) return {};
    Candidates healthy;
    for (const auto* set : possible) {
        if (is_healthy(*set, 0)) healthy.push_back(set);
    }
    // AWS: "If none of the records in a group of records are healthy, Route 53 considers all the
    // records in the group to be healthy": with failover routing that is the primary.
    if (healthy.empty()) healthy = std::move(possible);
    const auto& policy = sets.first->policy;
    if (std::holds_alternative<WeightedRouting>(policy)) return {choose_weighted(healthy)};
    if (std::holds_alternative<MultivalueRouting>(policy)) {
        // AWS: "Route 53 responds to DNS queries with up to eight healthy records" at random.
        shuffle(healthy, random_);
        if (healthy.size() > limits::multivalue_answers_max) {
            healthy.resize(limits::multivalue_answers_max);
        }
        return healthy;
    }
    return {healthy.front()};
}

std::vector<const std::string*> in_random_order(const RecordSet& record_set, Random& random) {
    std::vector<const std::string*> values;
    values.reserve(record_set.record_data.size());
    for (const auto& value : record_set.record_data) {
        values.push_back(&value);
    }
    shuffle(values, random);
    return values;
}

} // namespace diorama::route53
