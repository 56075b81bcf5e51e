// Makes the data plane's picture of a load balancer from what the control plane remembers. Pure but
// for registering series; what the picture needs besides the records it asks of a TargetDirectory.
#pragma once

#include "services/elbv2/data/snapshot.hpp"
#include "services/elbv2/data/target_health.hpp"
#include "services/elbv2/state.hpp"

#include <memory>
#include <optional>
#include <string>

namespace diorama::elbv2 {

class TargetDirectory {
public:
    struct Entry {
        TargetHealthState health = TargetHealthState::initial;
        network::Endpoint endpoint;
        std::string zone;
        std::shared_ptr<LiveTarget> live;
    };

    virtual ~TargetDirectory() = default;
    virtual Entry entry_of(const TargetGroupRecord& target_group, const TargetRecord& target) = 0;
    virtual std::shared_ptr<LiveTargetGroup> live_group_of(const std::string& target_group_arn) = 0;
};

std::shared_ptr<const LoadBalancer> make_snapshot(
    const State& state,
    const LoadBalancerRecord& record,
    TargetDirectory& targets,
    Metrics& metrics,
    std::string dns_name
);

// Of the record's condition; its texts have been checked before.
Condition condition_of(const ConditionRecord& record);

} // namespace diorama::elbv2
