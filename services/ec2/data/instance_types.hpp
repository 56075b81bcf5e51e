// The instance types that can be launched: vCPUs and memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::ec2 {

struct InstanceType {
    std::string name;
    std::int32_t vcpus = 0;
    std::int64_t memory_mib = 0;
    bool is_burstable = false;
    bool is_arm = false; // Graviton
};

std::span<const InstanceType> instance_types();
const InstanceType* find_instance_type(std::string_view name);

} // namespace diorama::ec2
