// What the control plane tells the data plane: every new snapshot, what was deleted, and which
// target's requests have had their time. Live it is live_data_plane.hpp, which listens on sockets;
// a simulation brings its own. World thread.
#pragma once

#include "services/elbv2/data/snapshot.hpp"

#include <memory>
#include <string>

namespace diorama::elbv2 {

class DataPlane {
public:
    virtual ~DataPlane() = default;
    virtual void publish(const std::shared_ptr<const LoadBalancer>& load_balancer) = 0;
    virtual void withdraw(const std::string& load_balancer_arn) = 0;
    // The deregistration delay of a target has elapsed.
    virtual void cut(const std::shared_ptr<LiveTarget>& target) = 0;
    // Each connection_count_interval.
    virtual void count_active_connections() = 0;
};

} // namespace diorama::elbv2
