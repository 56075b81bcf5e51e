// The instance types that can be launched: vCPUs and memory.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace diorama::ec2 {

struct InstanceType {
    std::string_view name;
    std::int32_t vcpus;
    std::int64_t memory_mib;
    bool is_burstable;
};

std::span<const InstanceType> instance_types();
const InstanceType* find_instance_type(std::string_view name);

} // namespace diorama::ec2
