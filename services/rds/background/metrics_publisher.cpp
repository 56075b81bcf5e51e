// See metrics_publisher.hpp.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
#include "services/rds/background/metrics_publisher.hpp"

#include "services/rds/control/validation.hpp"
#include "services/rds/limits.hpp"
#include "services/rds/metrics.hpp"

#include <algorithm>

namespace diorama::rds {

MetricsPublisher::MetricsPublisher(
    Environment& environment,
    const State& state,
    const Databases& databases
)
    : environment_(environment)
    , state_(state)
    , databases_(databases) {}

void MetricsPublisher::publish() {
    for (const auto& [key, instance] : state_.instances) {
        const auto activity = databases_.activity(instance.resource_id);
        if (activity) {
            publish(instance, *activity);
        } else {
            seen_.erase(instance.resource_id);
        }
    }
}

void MetricsPublisher::publish(const DBInstance& instance, const DatabaseActivity& activity) {
    const auto now = environment_.clock.now();
    auto [found, is_new] = seen_.try_emplace(instance.resource_id);
    Seen& before = found->second;
    if (is_new) before.when = now - limits::housekeeping_interval;
    // It was started again in between: everything counts from zero.
    if (activity.connections_made < before.activity.connections_made ||
        activity.statements < before.activity.statements)
        before.activity = {};
    const double seconds = std::max(unix_seconds(Timestamp(now - before.when)), 1e-3);
    const auto rate = [seconds](std::uint64_t current, std::uint64_t earlier) {
        return static_cast<double>(current - std::min(earlier, current)) / seconds;
    };
    const auto& last = before.activity;
    add(instance,
        metrics::database_connections,
        "Count",
        static_cast<double>(activity.connections_open));
    add(instance, metrics::read_iops, "Count/Second", rate(activity.rows_read, last.rows_read));
    add(instance,
        metrics::write_iops,
        "Count/Second",
        rate(activity.rows_written, last.rows_written));
    add(instance,
        metrics::network_receive_throughput,
        "Bytes/Second",
        rate(activity.bytes_received, last.bytes_received));
    add(instance,
        metrics::network_transmit_throughput,
        "Bytes/Second",
        rate(activity.bytes_sent, last.bytes_sent));
    const double busy =
        unix_seconds(Timestamp(std::max(activity.busy - last.busy, Duration::zero())));
    const double available = seconds * std::max(processors_of(instance.instance_class), 1);
    add(instance,
        metrics::cpu_utilization,
        "Percent",
        std::clamp(100 * busy / available, 0.0, 100.0));
    constexpr double gibibyte = 1024.0 * 1024 * 1024;
    add(instance,
        metrics::free_storage_space,
        "Bytes",
        std::max(
            instance.allocated_storage * gibibyte - static_cast<double>(activity.size_in_bytes),
            0.0
        ));
    if (activity.replica_lag) {
        add(instance,
            metrics::replica_lag,
            "Seconds",
            unix_seconds(Timestamp(*activity.replica_lag)));
    }
    before = {now, activity};
}

void MetricsPublisher::add(
    const DBInstance& instance,
    const char* name,
    const char* unit,
    double value
) {
    const MetricId id{
        instance.account,
        instance.region,
        metrics::name_space,
        name,
        {{"DBInstanceIdentifier", instance.identifier}},
        unit
    };
    environment_.metrics.add(environment_.metrics.series(id), value);
}

} // namespace diorama::rds
