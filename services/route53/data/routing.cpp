// The policies; see routing.hpp.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html
#include "services/route53/data/routing.hpp"

namespace diorama::route53 {

namespace {

// AWS: "Traffic is sent to a resource in proportion: weight for a record / sum of the weights for
// all records." "To stop sending traffic to a resource, change the weight to 0." "If you set Weight
// to 0 for all of the records in the group, traffic is routed to all resources with equal
// probability."
const RecordSet* choose_weighted(const RecordSet* first, const RecordSet* last, Random& random) {
    std::uint64_t sum = 0;
    for (const auto* set = first; set != last; ++set) {
        sum += set->weight.value_or(0);
    }
    if (sum == 0) return first + random.below(static_cast<std::uint64_t>(last - first));
    auto drawn = random.below(sum);
    for (const auto* set = first; set != last; ++set) {
        const std::uint64_t weight = set->weight.value_or(0);
        if (drawn < weight) return set;
        drawn -= weight;
    }
    return nullptr;
}

} // namespace

const RecordSet*
choose(const RecordSet* first, const RecordSet* last, const Client& /*client*/, Random& random) {
    if (first == last) return nullptr;
    if (first->weight) return choose_weighted(first, last, random);
    return first; // simple: control admits one record set
}

std::vector<const std::string*> in_random_order(const RecordSet& record_set, Random& random) {
    std::vector<const std::string*> values;
    values.reserve(record_set.record_data.size());
    for (const auto& value : record_set.record_data) {
        values.push_back(&value);
    }
    for (std::size_t left = values.size(); left > 1; --left) {
        std::swap(values[left - 1], values[random.below(left)]);
    }
    return values;
}

} // namespace diorama::route53
