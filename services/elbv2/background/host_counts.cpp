// See host_counts.hpp.
#include "services/elbv2/background/host_counts.hpp"

#include "services/elbv2/metrics.hpp"

#include <map>

namespace diorama::elbv2 {

namespace {

struct Counts {
    int healthy = 0;
    int unhealthy = 0;
};

void report(
    Metrics& metrics,
    const std::string& load_balancer_arn,
    std::vector<Dimension> dimensions,
    Counts counts
) {
    const auto add = [&](const metrics::Metric& metric, int value) {
        const auto series = metrics.series({
            account_of(load_balancer_arn),
            region_of(load_balancer_arn),
            std::string(metrics::metric_namespace),
            std::string(metric.name),
            dimensions,
            std::string(metric.unit),
        });
        metrics.add(series, value);
    };
    add(metrics::healthy_host_count, counts.healthy);
    add(metrics::unhealthy_host_count, counts.unhealthy);
}

} // namespace

// AWS: reported if there are registered targets. UNKNOWN: the zone is taken to be the target's.
void count_hosts(const State& state, const Publication& publication, Metrics& metrics) {
    for (const auto& [arn, record] : state.load_balancers) {
        for (const auto& target_group_arn : state.target_groups_used_by(arn)) {
            const auto* target_group = state.target_groups.find(target_group_arn);
            if (target_group == nullptr || target_group->targets.empty()) continue;
            Counts all;
            std::map<std::string, Counts> by_zone;
            for (const auto& target : target_group->targets) {
                const auto health = publication.health_of(*target_group, target).state;
                auto& of_zone = by_zone[publication.zone_of(*target_group, target)];
                const int healthy = health == TargetHealthState::healthy ? 1 : 0;
                const int unhealthy = health == TargetHealthState::unhealthy ? 1 : 0;
                all.healthy += healthy;
                all.unhealthy += unhealthy;
                of_zone.healthy += healthy;
                of_zone.unhealthy += unhealthy;
            }
            const Dimension load_balancer{"LoadBalancer", label_of(arn)};
            const Dimension group{"TargetGroup", label_of(target_group_arn)};
            report(metrics, arn, {load_balancer, group}, all);
            for (const auto& [zone, counts] : by_zone)
                if (!zone.empty() && zone != "all")
                    report(
                        metrics,
                        arn,
                        {{"AvailabilityZone", zone}, load_balancer, group},
                        counts
                    );
        }
    }
}

} // namespace diorama::elbv2
