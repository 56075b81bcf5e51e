// An instance as a queue: requests take CPU time on one of its vCPUs, first come first served. This
// is what makes an emulated instance slow when it is busy, and its CPUUtilization true.
#pragma once

#include "emulator/time/time.hpp"

#include <vector>

namespace diorama::ec2 {

class InstanceQueue {
public:
    explicit InstanceQueue(std::size_t vcpus)
        : free_at_(vcpus) {}

    // Work of `cpu` arrives; returns when it will be completed.
    Timestamp arrive(Duration cpu, Timestamp now);

    // CPU time spent from the beginning until `now` (not in the future of the last call).
    Duration busy_until(Timestamp now) const;

    std::size_t vcpus() const { return free_at_.size(); }

private:
    std::vector<Timestamp> free_at_; // per vCPU: when it has done all it was given
    Duration assigned_{};
};

} // namespace diorama::ec2
