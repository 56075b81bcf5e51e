// Publishes the group metrics that EnableMetricsCollection asked for, each minute.
#pragma once

#include "emulator/environment.hpp"
#include "services/autoscaling/state.hpp"

namespace diorama::autoscaling {

class GroupMetrics {
public:
    GroupMetrics(Environment& environment, const State& state);

private:
    void publish(const Group& group);
    Environment& environment_;
    const State& state_;
    Ticker ticker_;
};

} // namespace diorama::autoscaling
