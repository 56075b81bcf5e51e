// Auto Scaling, as the rest of the emulator sees it. World thread only.
#pragma once

#include "emulator/aws/service.hpp"
#include "emulator/environment.hpp"
#include "services/autoscaling/ports.hpp"

#include <memory>
#include <optional>
#include <string>

namespace diorama::autoscaling {

// An alarm that carries out a policy.
struct AlarmAction {
    std::string policy_arn;
    std::string alarm_name;
    std::string alarm_state; // "ALARM", …
    double threshold = 0;
    std::optional<double> metric_value;
};

class AutoScaling {
public:
    // The ports must outlive this.
    AutoScaling(
        Environment& environment,
        Instances& instances,
        TargetGroups& target_groups,
        Alarms& alarms
    );
    ~AutoScaling();

    const aws::ServiceDescriptor& descriptor() const;
    aws::ServiceApi& api();

    bool has_policy(const std::string& policy_arn) const;
    // What kept the policy from being carried out; empty when it was.
    std::string alarm_acted(const AlarmAction& action);
    // An instance, of whatever group or none, changed its state.
    void instance_changed(const std::string& instance_id);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace diorama::autoscaling
