// See group_metrics.hpp.
#include "services/autoscaling/background/group_metrics.hpp"

#include "services/autoscaling/limits.hpp"
#include "services/autoscaling/metrics.hpp"

#include <algorithm>

namespace diorama::autoscaling {

GroupMetrics::GroupMetrics(Environment& environment, const State& state)
    : environment_(environment)
    , state_(state)
    , ticker_(environment.scheduler, limits::metrics_period, [this] {
        for (const auto& [key, group] : state_.groups)
            publish(group);
    }) {}

void GroupMetrics::publish(const Group& group) {
    const auto count = [&group](MemberState state) {
        return static_cast<double>(std::count_if(
            group.members.begin(),
            group.members.end(),
            [state](const auto& m) { return m.state == state; }
        ));
    };
    const std::map<std::string, double> values{
        {metrics::min_size, group.min_size},
        {metrics::max_size, group.max_size},
        {metrics::desired_capacity, group.desired},
        {metrics::in_service_instances, count(MemberState::in_service)},
        {metrics::pending_instances, count(MemberState::pending)},
        {metrics::terminating_instances, count(MemberState::terminating)},
        {metrics::total_instances, static_cast<double>(group.members.size())},
    };
    for (const auto& name : group.metrics) {
        const auto found = values.find(name);
        if (found == values.end()) continue;
        environment_.metrics.add(
            environment_.metrics.series(
                {group.place.account,
                 group.place.region,
                 metrics::name_space,
                 name,
                 {{"AutoScalingGroupName", group.name}},
                 "None"}
            ),
            found->second
        );
    }
}

} // namespace diorama::autoscaling
