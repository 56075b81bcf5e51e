// See placement.hpp.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-instance-termination.html
#include "services/autoscaling/data/placement.hpp"

#include <algorithm>
#include <map>

namespace diorama::autoscaling {

namespace {

using Candidates = std::vector<Placed>;

std::map<std::string, std::size_t> count_by_zone(const Candidates& instances) {
    std::map<std::string, std::size_t> counts;
    for (const auto& instance : instances)
        ++counts[instance.zone];
    return counts;
}

// Keeps those for which `measure` is least.
template <class Measure>
void keep_least(Candidates& candidates, Measure measure) {
    const auto best =
        std::min_element(candidates.begin(), candidates.end(), [&](const auto& a, const auto& b) {
            return measure(a) < measure(b);
        });
    const auto least = measure(*best);
    std::erase_if(candidates, [&](const auto& candidate) { return measure(candidate) != least; });
}

Duration until_next_hour(const Placed& instance, Timestamp now) {
    const auto age = now - instance.launched;
    return std::chrono::hours(1) - age % std::chrono::hours(1);
}

void apply(TerminationPolicy policy, Candidates& candidates, Timestamp now) {
    switch (policy) {
    case TerminationPolicy::oldest_instance:
        return keep_least(candidates, [](const auto& c) { return c.launched; });
    case TerminationPolicy::newest_instance:
        return keep_least(candidates, [](const auto& c) { return -c.launched.time_since_epoch(); });
    case TerminationPolicy::oldest_launch_template:
        return keep_least(candidates, [](const auto& c) { return c.template_version; });
    case TerminationPolicy::closest_to_next_hour:
        return keep_least(candidates, [now](const auto& c) { return until_next_hour(c, now); });
    case TerminationPolicy::default_:
        // AWS: "Determine whether any of the instances eligible for termination use the oldest
        // launch template [...] determine which instances are closest to the next billing hour."
        apply(TerminationPolicy::oldest_launch_template, candidates, now);
        apply(TerminationPolicy::closest_to_next_hour, candidates, now);
    }
}

} // namespace

std::string
zone_for_launch(const std::vector<std::string>& zones, const std::vector<Placed>& instances) {
    const auto counts = count_by_zone(instances);
    const auto count_of = [&](const std::string& zone) {
        const auto found = counts.find(zone);
        return found == counts.end() ? std::size_t{0} : found->second;
    };
    return *std::min_element(zones.begin(), zones.end(), [&](const auto& a, const auto& b) {
        return count_of(a) < count_of(b);
    });
}

std::optional<std::string> instance_to_terminate(
    const std::vector<Placed>& instances,
    const std::vector<TerminationPolicy>& policies,
    Timestamp now,
    double draw
) {
    Candidates candidates;
    for (const auto& instance : instances) {
        if (!instance.is_protected) candidates.push_back(instance);
    }
    if (candidates.empty()) return std::nullopt;
    // AWS: "Find the Availability Zones with the most instances, and at least one instance that is
    // not protected".
    const auto counts = count_by_zone(instances);
    keep_least(candidates, [&](const auto& c) {
        return -static_cast<std::int64_t>(counts.at(c.zone));
    });
    if (policies.empty()) apply(TerminationPolicy::default_, candidates, now);
    for (const auto policy : policies)
        apply(policy, candidates, now);
    // AWS: "If there are multiple unprotected instances to terminate, [...] select one at random."
    return candidates[static_cast<std::size_t>(draw * static_cast<double>(candidates.size()))]
        .instance_id;
}

} // namespace diorama::autoscaling
