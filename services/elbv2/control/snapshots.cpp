// See snapshots.hpp.
#include "services/elbv2/control/snapshots.hpp"

#include "emulator/assert.hpp"
#include "services/elbv2/data/target_selection.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace diorama::elbv2 {

namespace {

Duration seconds_of(const std::string& text) {
    return std::chrono::seconds(std::stol(text));
}

LoadBalancerAttributes attributes_of(const LoadBalancerRecord& record) {
    const auto value = [&](std::string_view key) { return load_balancer_attribute(record, key); };
    const auto is_on = [&](std::string_view key) { return value(key) == "true"; };
    LoadBalancerAttributes attributes;
    attributes.idle_timeout = seconds_of(value("idle_timeout.timeout_seconds"));
    const auto desync = value("routing.http.desync_mitigation_mode");
    attributes.desync = desync == "monitor"     ? http::DesyncMitigation::monitor
                        : desync == "strictest" ? http::DesyncMitigation::strictest
                                                : http::DesyncMitigation::defensive;
    const auto mode = value("routing.http.xff_header_processing.mode");
    attributes.forwarded_for = mode == "preserve" ? ForwardedForMode::preserve
                               : mode == "remove" ? ForwardedForMode::remove
                                                  : ForwardedForMode::append;
    attributes.forwards_client_port = is_on("routing.http.xff_client_port.enabled");
    attributes.preserves_host_header = is_on("routing.http.preserve_host_header.enabled");
    attributes.drops_invalid_header_fields =
        is_on("routing.http.drop_invalid_header_fields.enabled");
    attributes.tells_tls_version =
        is_on("routing.http.x_amzn_tls_version_and_cipher_suite.enabled");
    return attributes;
}

Protocol protocol_of(std::string_view text) {
    return text == "HTTPS" ? Protocol::https : Protocol::http;
}

HealthyTargetsRequired healthy_targets_required(const TargetGroupRecord& record) {
    const std::string prefix =
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets";
    const auto number = [&](const std::string& text) -> std::size_t {
        return text == "off" ? 0 : std::stoul(text);
    };
    return {
        number(target_group_attribute(record, prefix + ".count")),
        number(target_group_attribute(record, prefix + ".percentage")),
    };
}

class SnapshotMaker {
public:
    SnapshotMaker(
        const State& state,
        const LoadBalancerRecord& record,
        TargetDirectory& targets,
        Metrics& metrics
    )
        : state_(state)
        , record_(record)
        , targets_(targets)
        , metrics_(metrics) {}

    std::shared_ptr<const LoadBalancer> make(std::string dns_name) {
        auto made = std::make_shared<LoadBalancer>();
        made->arn = record_.arn;
        made->name = record_.name;
        made->label = label_of(record_.arn);
        made->dns_name = std::move(dns_name);
        made->host_names = {record_.aws_dns_name, record_.local_dns_name};
        made->attributes = attributes_of(record_);
        for (const auto& node : record_.nodes) {
            made->zones.push_back(node.zone);
            made->series[node.zone] = load_balancer_series(metrics_, owner_in(node.zone));
        }
        for (const auto* listener : state_.listeners_of(record_.arn)) {
            const auto port = static_cast<std::uint16_t>(listener->port);
            made->listeners[port] = listener_of(*listener);
        }
        return made;
    }

private:
    SeriesOwner owner_in(const std::string& zone) const {
        return {account_of(record_.arn), region_of(record_.arn), label_of(record_.arn), zone};
    }

    Listener listener_of(const ListenerRecord& record) {
        Listener listener;
        listener.arn = record.arn;
        listener.protocol = protocol_of(record.protocol);
        listener.port = static_cast<std::uint16_t>(record.port);
        listener.certificate_arns = record.certificate_arns;
        for (const auto* rule : state_.rules_of(record.arn)) {
            auto& made = listener.rules.emplace_back();
            made.priority = rule->priority;
            for (const auto& condition : rule->conditions)
                made.conditions.push_back(condition_of(condition));
            made.action = action_of(rule->action);
        }
        return listener;
    }

    Action action_of(const ActionRecord& record) {
        if (const auto& redirect = record.redirect)
            return RedirectAction{
                redirect->protocol,
                redirect->host,
                redirect->port,
                redirect->path,
                redirect->query,
                redirect->status,
            };
        if (const auto& fixed = record.fixed_response)
            return FixedResponseAction{fixed->status, fixed->content_type, fixed->body};
        ForwardAction forward;
        for (const auto& share : record.forward)
            forward.shares.push_back(
                {target_group(share.target_group_arn), static_cast<std::uint32_t>(share.weight)}
            );
        return forward;
    }

    // Several rules may share a target group: one object for all of them.
    std::shared_ptr<const TargetGroup> target_group(const std::string& arn) {
        auto& made = made_[arn];
        if (made == nullptr) {
            const auto* record = state_.target_groups.find(arn);
            ASSERT(record != nullptr);
            made = make_target_group(*record);
        }
        return made;
    }

    std::shared_ptr<const TargetGroup> make_target_group(const TargetGroupRecord& record) {
        const auto value = [&](std::string_view key) {
            return target_group_attribute(record, key);
        };
        auto made = std::make_shared<TargetGroup>();
        made->arn = record.arn;
        made->label = label_of(record.arn);
        made->protocol = protocol_of(record.protocol);
        const auto algorithm = value("load_balancing.algorithm.type");
        made->selection = algorithm == "least_outstanding_requests"
                              ? TargetSelection::least_outstanding_requests
                          : algorithm == "weighted_random" ? TargetSelection::weighted_random
                                                           : TargetSelection::round_robin;
        made->slow_start = seconds_of(value("slow_start.duration_seconds"));
        if (value("stickiness.enabled") == "true") {
            const bool by_application = value("stickiness.type") == "app_cookie";
            const std::string kind = by_application ? "app_cookie" : "lb_cookie";
            made->stickiness = Stickiness{
                seconds_of(value("stickiness." + kind + ".duration_seconds")),
                by_application ? value("stickiness.app_cookie.cookie_name") : "",
            };
        }
        made->live = targets_.live_group_of(record.arn);
        add_pools(*made, record);
        for (const auto& node : record_.nodes)
            made->series[node.zone] =
                target_group_series(metrics_, owner_in(node.zone), made->label);
        return made;
    }

    void add_pools(TargetGroup& made, const TargetGroupRecord& record) {
        std::vector<RegisteredTarget> registered;
        std::size_t healthy = 0;
        for (const auto& target : record.targets) {
            auto entry = targets_.entry_of(record, target);
            if (entry.health == TargetHealthState::healthy) ++healthy;
            registered.push_back({
                {target.id,
                 static_cast<std::uint16_t>(target.port),
                 std::move(entry.zone),
                 entry.endpoint,
                 std::move(entry.live)},
                entry.health,
            });
        }
        made.sharing_targets = healthy > 0 ? healthy : registered.size();
        const auto required = healthy_targets_required(record);
        // AWS: cross-zone load balancing is always on at an application load balancer; a target
        // group may turn it off for itself.
        if (target_group_attribute(record, "load_balancing.cross_zone.enabled") != "false") {
            made.pools.push_back({"", routable_targets(registered, required)});
            return;
        }
        std::map<std::string, std::vector<RegisteredTarget>> by_zone;
        for (auto& target : registered)
            by_zone[target.target.zone].push_back(target);
        for (const auto& [zone, of_zone] : by_zone)
            made.pools.push_back({zone, routable_targets(of_zone, required)});
    }

    const State& state_;
    const LoadBalancerRecord& record_;
    TargetDirectory& targets_;
    Metrics& metrics_;
    std::map<std::string, std::shared_ptr<const TargetGroup>> made_;
};

} // namespace

Condition condition_of(const ConditionRecord& record) {
    if (record.field == "host-header") return HostHeaderCondition{record.values};
    if (record.field == "path-pattern") return PathPatternCondition{record.values};
    if (record.field == "http-header")
        return HTTPHeaderCondition{record.header_name, record.values};
    if (record.field == "http-request-method") return HTTPRequestMethodCondition{record.values};
    if (record.field == "query-string") {
        QueryStringCondition condition;
        for (const auto& [key, value] : record.query_values)
            condition.values.push_back({key, value});
        return condition;
    }
    ASSERT(record.field == "source-ip");
    SourceIPCondition condition;
    for (const auto& value : record.values) {
        const auto block = CIDR::parse(value);
        ASSERT(block.has_value());
        condition.values.push_back(*block);
    }
    return condition;
}

std::shared_ptr<const LoadBalancer> make_snapshot(
    const State& state,
    const LoadBalancerRecord& record,
    TargetDirectory& targets,
    Metrics& metrics,
    std::string dns_name
) {
    return SnapshotMaker(state, record, targets, metrics).make(std::move(dns_name));
}

} // namespace diorama::elbv2
