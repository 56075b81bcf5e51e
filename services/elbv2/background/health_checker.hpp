// Probes the targets of all target groups on the clock and keeps what is known of their health.
// Lives on the world thread; the probe itself is made by a Prober.
#pragma once

#include "emulator/network/address.hpp"
#include "emulator/time/clock.hpp"
#include "services/elbv2/background/health_transitions.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace diorama::elbv2 {

struct Probe {
    network::Endpoint endpoint; // where to connect
    std::string host;           // the Host field: address and port of the target
    std::string path;
    bool tls = false;
    Duration timeout{};
};

class Prober {
public:
    virtual ~Prober() = default;
    // One GET. `done` is called once, on the world thread, never inside this call.
    virtual void probe(const Probe& probe, std::function<void(ProbeResult result)> done) = 0;
};

struct HealthCheckSettings {
    bool tls = false;
    std::string path = "/";
    Duration interval = std::chrono::seconds(30);
    Duration timeout = std::chrono::seconds(5);
    HealthThresholds thresholds;
    Matcher matcher;
};

struct CheckedTarget {
    std::string id;
    int port = 0;
    // Where it can be probed; nothing when the target is not running.
    std::optional<network::Endpoint> endpoint;
    std::string host;
};

class HealthChecker {
public:
    // Told after every change of a target's health.
    using Changed =
        std::function<void(const std::string& target_group_arn, const std::string& id, int port)>;

    HealthChecker(Scheduler& scheduler, Prober& prober, Changed changed);
    ~HealthChecker();

    // The targets of a group as they are now: new ones begin as initial and are probed at once,
    // those that are gone are forgotten. A group that no load balancer uses is not probed.
    void update(
        const std::string& target_group_arn,
        HealthCheckSettings settings,
        const std::vector<CheckedTarget>& targets,
        bool is_in_use
    );
    void forget(const std::string& target_group_arn);

    TargetHealth
    health_of(const std::string& target_group_arn, const std::string& id, int port) const;

private:
    using TargetKey = std::pair<std::string, int>;

    struct Checked {
        CheckedTarget target;
        HealthTrack track;
        Timer timer;
        std::uint64_t generation = 0; // of the probe under way; older answers are ignored
    };

    struct Group {
        HealthCheckSettings settings;
        bool is_in_use = false;
        std::map<TargetKey, Checked> targets;
    };

    void begin(const std::string& target_group_arn, Checked& checked);
    void probe_now(const std::string& target_group_arn, const TargetKey& key);
    void probed(
        const std::string& target_group_arn,
        const TargetKey& key,
        std::uint64_t generation,
        const ProbeResult& result
    );
    Checked* find(const std::string& target_group_arn, const TargetKey& key);

    Scheduler& scheduler_;
    Prober& prober_;
    Changed changed_;
    std::map<std::string, Group> groups_;
    std::uint64_t last_generation_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace diorama::elbv2
