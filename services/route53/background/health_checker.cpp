// See health_checker.hpp.
#include "services/route53/background/health_checker.hpp"

#include "services/route53/limits.hpp"
#include "services/route53/metrics.hpp"

#include <algorithm>

namespace diorama::route53 {

namespace {

// AWS: the Host field is the domain name, with the port unless it is the protocol's own; without a
// domain name it is the address.
std::string host_of(const HealthCheckConfig& config) {
    const auto& name = config.domain_name.empty() ? config.ip_address : config.domain_name;
    const bool is_own_port = config.port == (config.is_tls() ? 443 : 80);
    if (config.domain_name.empty() && name.find(':') != std::string::npos) {
        return is_own_port ? fmt::format("[{}]", name) : fmt::format("[{}]:{}", name, config.port);
    }
    return is_own_port ? name : fmt::format("{}:{}", name, config.port);
}

HealthProbe probe_of(const HealthCheck& health_check, const CheckerBlock& checker) {
    const auto& config = health_check.config;
    HealthProbe probe;
    if (config.type != HealthCheckType::tcp) {
        probe.protocol =
            config.is_tls() ? HealthProbe::Protocol::https : HealthProbe::Protocol::http;
    }
    // AWS: with an IP address checks go there, and the domain name is only the Host field.
    probe.target = config.ip_address.empty() ? config.domain_name : config.ip_address;
    probe.port = config.port;
    probe.host = host_of(config);
    probe.path = config.resource_path;
    if (!probe.path.starts_with('/')) probe.path.insert(0, "/");
    if (config.says_server_name) probe.server_name = config.domain_name;
    if (config.has_search_string()) probe.search_string = config.search_string;
    probe.region = checker.region;
    probe.user_agent = fmt::format(
        "Amazon-Route53-Health-Check-Service (ref {}; report http://amzn.to/1vsZADi)",
        health_check.id
    );
    return probe;
}

} // namespace

HealthChecker::HealthChecker(Environment& environment, const Parts& parts)
    : environment_(environment)
    , parts_(parts) {
    for (const auto& [key, health_check] : parts_.state.health_checks) {
        update(health_check);
    }
}

HealthChecker::~HealthChecker() {
    *alive_ = false;
}

void HealthChecker::update(const HealthCheck& health_check) {
    auto [at, is_new] = checks_.try_emplace(health_check.id);
    auto& checked = at->second;
    const bool was_probed = !is_new && !checked.health_check.config.is_disabled;
    checked.health_check = health_check;
    const auto& config = checked.health_check.config;
    if (is_new) {
        checked.signal = parts_.signals.of(health_check.id);
        register_series(checked);
    }
    if (config.is_endpoint()) {
        const auto checkers = checkers_in(config.regions);
        const bool is_probed = !config.is_disabled;
        if (is_new || checkers != checked.checkers || was_probed != is_probed) {
            checked.checkers = checkers;
            begin_probing(checked);
        }
        settle(checked, is_endpoint_healthy(checked.tracks));
    } else if (config.type == HealthCheckType::calculated) {
        settle_calculated();
    } else {
        settle(checked, checked.last_known);
        // Other services may still be on their way into the world.
        checked.timers.resize(1);
        checked.timers[0] = Timer(environment_.scheduler);
        checked.timers[0].start_after(Duration::zero(), [this, id = health_check.id] {
            if (const auto found = checks_.find(id); found != checks_.end()) {
                look_at_alarm(found->second);
            }
        });
    }
    keep_ticking();
}

void HealthChecker::forget(const std::string& id) {
    const auto found = checks_.find(id);
    if (found == checks_.end()) return;
    // UNKNOWN: what becomes of record sets whose health check is gone; AWS says it cannot be
    // predicted. Here they are healthy.
    found->second.signal->set(true);
    checks_.erase(found);
    settle_calculated();
    keep_ticking();
}

void HealthChecker::begin_probing(Checked& checked) {
    const auto count = checked.checkers.size();
    checked.tracks.assign(count, CheckerTrack{});
    checked.generations.assign(count, 0);
    checked.timers.clear();
    if (parts_.prober == nullptr || checked.health_check.config.is_disabled) return;
    const auto interval = std::chrono::seconds(checked.health_check.config.request_interval_s);
    for (std::size_t i = 0; i < count; ++i) {
        // AWS: "Health checkers in different locations don't coordinate with one another": their
        // probes are spread over the interval.
        const auto offset =
            Duration(interval) * static_cast<Duration::rep>(i) / static_cast<Duration::rep>(count);
        checked.timers.emplace_back(environment_.scheduler);
        checked.timers.back().start_after(offset, [this, id = checked.health_check.id, i] {
            probe_now(id, i);
        });
    }
}

void HealthChecker::probe_now(const std::string& id, std::size_t checker) {
    auto& checked = checks_.at(id); // its timers go with it
    const auto interval = std::chrono::seconds(checked.health_check.config.request_interval_s);
    checked.timers[checker].start_after(interval, [this, id, checker] { probe_now(id, checker); });
    const auto generation = ++last_generation_;
    checked.generations[checker] = generation;
    parts_.prober->probe(
        probe_of(checked.health_check, *checked.checkers[checker]),
        [this, alive = alive_, id, checker, generation](const ProbeResult& result) {
            if (*alive) probed(id, checker, generation, result);
        }
    );
}

void HealthChecker::probed(
    const std::string& id,
    std::size_t checker,
    std::uint64_t generation,
    const ProbeResult& result
) {
    const auto found = checks_.find(id);
    if (found == checks_.end()) return;
    auto& checked = found->second;
    if (checker >= checked.generations.size() || checked.generations[checker] != generation) return;
    checked.generations[checker] = 0;
    const auto& config = checked.health_check.config;
    observe(
        checked.tracks[checker],
        judge(config, result),
        config.failure_threshold,
        environment_.clock.now()
    );
    if (config.measures_latency) emit_latency(checked, *checked.checkers[checker], result);
    settle(checked, is_endpoint_healthy(checked.tracks));
}

void HealthChecker::settle(Checked& checked, bool is_healthy) {
    checked.last_known = is_healthy;
    const bool status = status_of(checked.health_check.config, is_healthy);
    if (checked.signal->is_healthy() == status) return;
    checked.signal->set(status);
    if (checked.health_check.config.type != HealthCheckType::calculated) settle_calculated();
}

std::size_t HealthChecker::healthy_children(const HealthCheckConfig& config) const {
    std::size_t healthy = 0;
    for (const auto& child : config.children) {
        if (parts_.signals.of(child)->is_healthy()) ++healthy;
    }
    return healthy;
}

// Children may be calculated themselves, never in a circle: after as many rounds as there are
// checks all are settled.
void HealthChecker::settle_calculated() {
    for (std::size_t round = 0; round < checks_.size(); ++round) {
        bool is_settled = true;
        for (auto& [id, checked] : checks_) {
            const auto& config = checked.health_check.config;
            if (config.type != HealthCheckType::calculated) continue;
            const bool before = checked.signal->is_healthy();
            settle(
                checked,
                is_calculated_healthy(
                    healthy_children(config),
                    config.children.size(),
                    config.health_threshold
                )
            );
            is_settled = is_settled && before == checked.signal->is_healthy();
        }
        if (is_settled) return;
    }
}

void HealthChecker::look_at_alarm(Checked& checked) {
    const auto& config = checked.health_check.config;
    auto state = AlarmState::insufficient_data;
    if (parts_.alarms != nullptr) {
        state = parts_.alarms
                    ->state_of(checked.health_check.account, config.alarm_region, config.alarm_name)
                    .value_or(AlarmState::insufficient_data);
    }
    settle(checked, is_alarm_healthy(state, config.insufficient_data, checked.last_known));
}

void HealthChecker::look_at_alarms() {
    for (auto& [id, checked] : checks_) {
        if (checked.health_check.config.type == HealthCheckType::cloudwatch_metric) {
            look_at_alarm(checked);
        }
    }
}

void HealthChecker::keep_ticking() {
    const bool has_alarms = std::any_of(checks_.begin(), checks_.end(), [](const auto& entry) {
        return entry.second.health_check.config.type == HealthCheckType::cloudwatch_metric;
    });
    auto& scheduler = environment_.scheduler;
    if (!has_alarms) {
        alarm_ticker_.reset();
    } else if (!alarm_ticker_) {
        alarm_ticker_.emplace(scheduler, limits::alarm_polling_interval, [this] {
            look_at_alarms();
        });
    }
    if (checks_.empty()) {
        metrics_ticker_.reset();
    } else if (!metrics_ticker_) {
        metrics_ticker_.emplace(scheduler, limits::health_metrics_interval, [this] {
            emit_metrics();
        });
    }
}

void HealthChecker::register_series(Checked& checked) {
    const auto& [account, id] = std::tie(checked.health_check.account, checked.health_check.id);
    const auto series = [&](const char* name, const char* unit, const std::string& region = {}) {
        return environment_.metrics.series(metrics::of_health_check(account, id, name, unit, region)
        );
    };
    const auto& config = checked.health_check.config;
    checked.series.status = series("HealthCheckStatus", "None");
    if (config.type == HealthCheckType::calculated) {
        checked.series.healthy_children = series("ChildHealthCheckHealthyCount", "None");
    }
    if (!config.is_endpoint()) return;
    checked.series.percentage = series("HealthCheckPercentageHealthy", "Percent");
    if (!config.measures_latency) return;
    std::vector<std::string> regions{""};
    for (const auto& checker : checker_blocks()) {
        regions.emplace_back(checker.region);
    }
    for (const auto& region : regions) {
        const auto in_region = [&](const char* name) {
            return series(name, "Milliseconds", region);
        };
        checked.series.connection_time[region] = in_region("ConnectionTime");
        if (config.is_tls()) {
            checked.series.tls_handshake_time[region] = in_region("SSLHandshakeTime");
        }
        if (config.type != HealthCheckType::tcp) {
            checked.series.time_to_first_byte[region] = in_region("TimeToFirstByte");
        }
    }
}

void HealthChecker::emit_metrics() {
    for (const auto& [id, checked] : checks_) {
        const auto& config = checked.health_check.config;
        auto& metrics = environment_.metrics;
        metrics.add(checked.series.status, checked.signal->is_healthy() ? 1 : 0);
        if (config.is_endpoint() && !config.is_disabled) {
            metrics.add(checked.series.percentage, percentage_healthy(checked.tracks));
        }
        if (config.type == HealthCheckType::calculated) {
            metrics.add(
                checked.series.healthy_children,
                static_cast<double>(healthy_children(config))
            );
        }
    }
}

void HealthChecker::emit_latency(
    const Checked& checked,
    const CheckerBlock& checker,
    const ProbeResult& result
) {
    const auto emit = [&](const std::map<std::string, SeriesId>& series,
                          const std::optional<Duration>& time) {
        if (!time) return;
        const auto milliseconds = std::chrono::duration<double, std::milli>(*time).count();
        for (const auto& region : {std::string(), std::string(checker.region)}) {
            const auto found = series.find(region);
            if (found != series.end()) environment_.metrics.add(found->second, milliseconds);
        }
    };
    emit(checked.series.connection_time, result.connection_time);
    emit(checked.series.tls_handshake_time, result.tls_handshake_time);
    emit(checked.series.time_to_first_byte, result.time_to_first_byte);
}

std::vector<HealthChecker::Observation> HealthChecker::statuses(const std::string& id) const {
    std::vector<Observation> found;
    const auto at = checks_.find(id);
    if (at == checks_.end()) return found;
    for (std::size_t i = 0; i < at->second.tracks.size(); ++i) {
        const auto& track = at->second.tracks[i];
        if (track.report.empty()) continue;
        found.push_back({at->second.checkers[i], track.report, track.checked_at});
    }
    return found;
}

std::vector<HealthChecker::Observation> HealthChecker::failures(const std::string& id) const {
    std::vector<Observation> found;
    const auto at = checks_.find(id);
    if (at == checks_.end()) return found;
    for (std::size_t i = 0; i < at->second.tracks.size(); ++i) {
        const auto& track = at->second.tracks[i];
        if (track.failure.empty()) continue;
        found.push_back({at->second.checkers[i], track.failure, track.failed_at});
    }
    return found;
}

} // namespace diorama::route53
