// Takes deregistered targets out once they have answered what they were sent, or when their
// deregistration delay has elapsed. World thread.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
#pragma once

#include "emulator/environment.hpp"
#include "services/elbv2/control/publication.hpp"
#include "services/elbv2/state.hpp"

namespace diorama::elbv2 {

class Deregistration {
public:
    Deregistration(State& state, Publication& publication, Environment& environment);

    // Looks after draining targets from now on, until there are none.
    void watch();

private:
    void look();

    State& state_;
    Publication& publication_;
    Environment& environment_;
    Timer timer_;
    bool is_watching_ = false;
};

} // namespace diorama::elbv2
