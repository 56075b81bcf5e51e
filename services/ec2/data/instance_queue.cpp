// See instance_queue.hpp.
#include "services/ec2/data/instance_queue.hpp"

#include <algorithm>

namespace diorama::ec2 {

Timestamp InstanceQueue::arrive(Duration cpu, Timestamp now) {
    auto& vcpu = *std::min_element(free_at_.begin(), free_at_.end());
    vcpu = std::max(vcpu, now) + cpu;
    assigned_ += cpu;
    return vcpu;
}

Duration InstanceQueue::busy_until(Timestamp now) const {
    Duration done = assigned_;
    // A vCPU works without a pause until it is free, so what lies beyond `now` is all still to be
    // done.
    for (const Timestamp free_at : free_at_)
        done -= std::max(free_at - now, Duration::zero());
    return done;
}

} // namespace diorama::ec2
