// What the data plane knows of a load balancer: an immutable picture that the control plane
// publishes after every change of configuration or health. Only LiveTarget and LiveTargetGroup
// change per request; they are shared by all pictures and all threads.
#pragma once

#include "emulator/http/desync.hpp"
#include "emulator/metrics/metrics.hpp"
#include "emulator/network/address.hpp"
#include "services/elbv2/data/rules.hpp"
#include "services/elbv2/data/traffic_series.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace diorama::elbv2 {

enum class Protocol { http, https };

enum class TargetSelection { round_robin, least_outstanding_requests, weighted_random };

struct LiveTarget {
    std::atomic<std::uint32_t> outstanding{0}; // requests sent and not yet answered
    // Since when its share grows; epoch: it takes its full share.
    std::atomic<Timestamp> slow_start_began{epoch};
};

struct Target {
    std::string id; // "i-0123456789abcdef0", "10.0.0.7"
    std::uint16_t port = 0;
    std::string zone;
    network::Endpoint endpoint; // where it can be reached
    std::shared_ptr<LiveTarget> live;
};

// Targets among which requests are spread, after the fail-open rule has been applied.
struct TargetPool {
    std::string zone; // empty: for the nodes of every zone
    std::vector<Target> targets;
};

// AWS: sticky sessions; for how long an answer binds its client to its target.
struct Stickiness {
    Duration duration{};
    std::string application_cookie; // empty: the load balancer's own cookie is enough
};

struct LiveTargetGroup {
    std::atomic<std::uint64_t> turn{0}; // round robin
};

struct TargetGroup {
    std::string arn;
    std::string label; // "targetgroup/name/0123456789abcdef"
    Protocol protocol = Protocol::http;
    TargetSelection selection = TargetSelection::round_robin;
    Duration slow_start{0};
    std::optional<Stickiness> stickiness;
    std::vector<TargetPool> pools; // one, or one for each zone when cross-zone is off
    // RequestCountPerTarget divides by the healthy targets, or by all when none is healthy.
    std::size_t sharing_targets = 0;
    std::shared_ptr<LiveTargetGroup> live;
    // What its traffic is counted under, by the zone of the load balancer node.
    std::map<std::string, TargetGroupSeries> series;
};

struct ForwardAction {
    struct Share {
        std::shared_ptr<const TargetGroup> target_group;
        std::uint32_t weight = 1;
    };

    std::vector<Share> shares;
};

struct RedirectAction {
    std::string protocol = "#{protocol}";
    std::string host = "#{host}";
    std::string port = "#{port}";
    std::string path = "/#{path}";
    std::string query = "#{query}";
    int status = 302;
};

struct FixedResponseAction {
    int status = 200;
    std::string content_type; // as configured; empty: none
    std::string body;
};

using Action = std::variant<ForwardAction, RedirectAction, FixedResponseAction>;

struct Rule {
    int priority = 0; // 0 is the default rule
    std::vector<Condition> conditions;
    Action action;
};

struct Listener {
    std::string arn;
    Protocol protocol = Protocol::http;
    std::uint16_t port = 80;
    std::vector<std::string> certificate_arns;
    std::vector<Rule> rules; // by priority, the default rule last
};

enum class ForwardedForMode { append, preserve, remove };

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#load-balancer-attributes
struct LoadBalancerAttributes {
    Duration idle_timeout = std::chrono::seconds(60);
    http::DesyncMitigation desync = http::DesyncMitigation::defensive;
    ForwardedForMode forwarded_for = ForwardedForMode::append;
    bool forwards_client_port = false;
    bool preserves_host_header = false;
    bool drops_invalid_header_fields = false;
    bool tells_tls_version = false;

    bool operator==(const LoadBalancerAttributes&) const = default;
};

struct LoadBalancer {
    std::string arn;
    std::string name;
    std::string label; // "app/name/0123456789abcdef"
    std::string dns_name;
    std::vector<std::string> host_names; // all names that stand for it, lower case
    LoadBalancerAttributes attributes;
    std::vector<std::string> zones;                   // one node in each
    std::map<std::uint16_t, Listener> listeners;      // by port
    std::map<std::string, LoadBalancerSeries> series; // by zone of the node
};

// The newest picture, for readers on any thread.
template <class Snapshot>
class Published {
public:
    explicit Published(std::shared_ptr<const Snapshot> snapshot)
        : snapshot_(std::move(snapshot)) {}

    std::shared_ptr<const Snapshot> get() const {
        const std::lock_guard lock(mutex_);
        return snapshot_;
    }

    void set(std::shared_ptr<const Snapshot> snapshot) {
        const std::lock_guard lock(mutex_);
        snapshot_.swap(snapshot); // the old one is released after the lock
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Snapshot> snapshot_;
};

} // namespace diorama::elbv2
