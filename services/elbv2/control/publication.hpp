// Joins what is configured with what is known of the targets, and tells the data plane: after every
// change of configuration or health the load balancers concerned are published anew. Also the place
// that knows the health of a target in full (draining, not running, checked). World thread.
#pragma once

#include "emulator/environment.hpp"
#include "services/elbv2/background/health_checker.hpp"
#include "services/elbv2/control/snapshots.hpp"
#include "services/elbv2/ports.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>

namespace diorama::elbv2 {

class DataPlane;

class Publication final : public TargetDirectory {
public:
    // The data plane is absent where nothing listens (simulations, tests of the control plane).
    struct Surroundings {
        Environment& environment;
        Instances& instances;
        Prober& prober;
        DataPlane* data_plane = nullptr;
        // Where `proper` can really be reached; used for targets given by address.
        std::function<network::Endpoint(const network::Endpoint& proper)> translate;
    };

    Publication(State& state, Surroundings surroundings);

    void load_balancer_changed(const std::string& arn);
    void load_balancer_deleted(const std::string& arn);
    // Settings or targets; `arn` may have been deleted.
    void target_group_changed(const std::string& arn);
    // An instance has started, stopped or moved.
    void instance_changed(const std::string& instance_id);
    // After a restart: everything that the journal held.
    void publish_all();
    // The deregistration delay of a target has elapsed; it is no longer in the record.
    void target_removed(const std::string& target_group_arn, const TargetRecord& target);

    TargetHealth health_of(const TargetGroupRecord& target_group, const TargetRecord& target) const;
    std::uint32_t
    outstanding_requests(const std::string& target_group_arn, const TargetRecord& target);
    std::string zone_of(const TargetGroupRecord& target_group, const TargetRecord& target) const;
    std::string dns_name_of(const LoadBalancerRecord& record) const;
    // What is published now; nothing for an unknown one.
    std::shared_ptr<const LoadBalancer> snapshot_of(const std::string& arn) const;

    // TargetDirectory.
    Entry entry_of(const TargetGroupRecord& target_group, const TargetRecord& target) override;
    std::shared_ptr<LiveTargetGroup> live_group_of(const std::string& target_group_arn) override;

private:
    using TargetKey = std::tuple<std::string, std::string, int>; // group, id, port

    std::shared_ptr<LiveTarget>
    live_target(const std::string& target_group_arn, const TargetRecord&);
    std::optional<network::Endpoint>
    endpoint_of(const TargetGroupRecord& target_group, const TargetRecord& target, int port) const;
    void check_targets(const TargetGroupRecord& target_group);
    void publish_users_of(const std::string& target_group_arn);
    void health_changed(const std::string& target_group_arn, const std::string& id, int port);
    bool has_target_in_full_service(const TargetGroupRecord& target_group, const TargetRecord& but);

    State& state_;
    Surroundings surroundings_;
    HealthChecker health_checker_;
    std::map<TargetKey, std::shared_ptr<LiveTarget>> live_targets_;
    std::map<std::string, std::shared_ptr<LiveTargetGroup>> live_groups_;
    std::map<std::string, std::shared_ptr<const LoadBalancer>> snapshots_;
};

} // namespace diorama::elbv2
