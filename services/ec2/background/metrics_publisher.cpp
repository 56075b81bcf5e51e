// See metrics_publisher.hpp.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
#include "services/ec2/background/metrics_publisher.hpp"

#include "services/ec2/data/instance_types.hpp"
#include "services/ec2/limits.hpp"
#include "services/ec2/metrics.hpp"

#include <algorithm>

namespace diorama::ec2 {

MetricsPublisher::MetricsPublisher(
    Environment& environment,
    const State& state,
    const Lifecycle& lifecycle
)
    : environment_(environment)
    , state_(state)
    , lifecycle_(lifecycle)
    , ticker_(environment.scheduler, limits::detailed_monitoring_period, [this] { publish(); }) {}

void MetricsPublisher::publish() {
    for (const auto& [id, instance] : state_.instances) {
        const auto* host = lifecycle_.find_host(id);
        if (host == nullptr) {
            seen_.erase(id);
            continue;
        }
        const double failed = host->is_running() ? 0 : 1;
        add(instance, metrics::status_check_failed, "Count", failed);
        add(instance, metrics::status_check_failed_instance, "Count", failed);
        add(instance, metrics::status_check_failed_system, "Count", 0);
        publish_work(instance, *host);
    }
}

void MetricsPublisher::publish_work(const Instance& instance, const InstanceHost& host) {
    const Timestamp now = environment_.clock.now();
    auto [found, is_new] = seen_.try_emplace(instance.id);
    Seen& before = found->second;
    if (is_new) before.when = instance.changed; // when it began to run
    const Duration period = instance.detailed_monitoring ? limits::detailed_monitoring_period
                                                         : limits::basic_monitoring_period;
    // Ticks come once a minute; half of one forgives their jitter.
    if (now - before.when < period - limits::detailed_monitoring_period / 2) return;
    const auto* type = find_instance_type(instance.type);
    const double available =
        unix_seconds(Timestamp(now - before.when)) * (type == nullptr ? 1 : type->vcpus);
    const Seen current{now, host.cpu_time(now), host.bytes_received(), host.bytes_sent()};
    const double busy =
        unix_seconds(Timestamp(std::max(current.cpu_time - before.cpu_time, Duration::zero())));
    add(instance,
        metrics::cpu_utilization,
        "Percent",
        std::clamp(100 * busy / available, 0.0, 100.0));
    add(instance, metrics::network_in, "Bytes", std::max(current.received - before.received, 0.0));
    add(instance, metrics::network_out, "Bytes", std::max(current.sent - before.sent, 0.0));
    before = current;
}

void MetricsPublisher::add(
    const Instance& instance,
    const char* name,
    const char* unit,
    double value
) {
    MetricId id{
        instance.account,
        instance.region,
        metrics::name_space,
        name,
        {{"InstanceId", instance.id}},
        unit
    };
    environment_.metrics.add(environment_.metrics.series(id), value);
    const std::string group = instance.group();
    if (group.empty()) return;
    id.dimensions = {{"AutoScalingGroupName", group}};
    environment_.metrics.add(environment_.metrics.series(id), value);
}

} // namespace diorama::ec2
