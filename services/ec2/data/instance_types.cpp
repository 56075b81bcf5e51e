// See instance_types.hpp. A family gives every vCPU the same memory, with few exceptions.
// https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
#include "services/ec2/data/instance_types.hpp"

#include <array>

namespace diorama::ec2 {

namespace {

struct Size {
    std::string_view name;
    std::int32_t vcpus;
};

constexpr std::array sizes{
    Size{"large", 2},
    Size{"xlarge", 4},
    Size{"2xlarge", 8},
    Size{"4xlarge", 16},
    Size{"8xlarge", 32},
};

struct Family {
    std::string_view name;
    std::int64_t mib_per_vcpu;
    bool is_arm;
};

constexpr std::array families{
    Family{"m5", 4096, false},
    Family{"m5a", 4096, false},
    Family{"m6a", 4096, false},
    Family{"m6g", 4096, true},
    Family{"m6i", 4096, false},
    Family{"m7a", 4096, false},
    Family{"m7g", 4096, true},
    Family{"m7i", 4096, false},
    Family{"c6a", 2048, false},
    Family{"c6g", 2048, true},
    Family{"c6i", 2048, false},
    Family{"c7g", 2048, true},
    Family{"c7i", 2048, false},
    Family{"r5", 8192, false},
    Family{"r6g", 8192, true},
    Family{"r6i", 8192, false},
    Family{"r7g", 8192, true},
    Family{"r7i", 8192, false},
};

const std::array<InstanceType, 7> t_sizes{{
    {"nano", 2, 512, true},
    {"micro", 2, 1024, true},
    {"small", 2, 2048, true},
    {"medium", 2, 4096, true},
    {"large", 2, 8192, true},
    {"xlarge", 4, 16384, true},
    {"2xlarge", 8, 32768, true},
}};

// Those that follow no rule.
const std::array<InstanceType, 10> others{{
    {"m1.small", 1, 1740}, // AWS: the default of RunInstances
    {"t2.nano", 1, 512, true},
    {"t2.micro", 1, 1024, true},
    {"t2.small", 1, 2048, true},
    {"t2.medium", 2, 4096, true},
    {"t2.large", 2, 8192, true},
    {"c5.large", 2, 4096},
    {"c5.xlarge", 4, 8192},
    {"c5.2xlarge", 8, 16384},
    {"c5.4xlarge", 16, 32768},
}};

std::vector<InstanceType> all_types() {
    std::vector<InstanceType> types(others.begin(), others.end());
    for (const std::string family : {"t3", "t3a", "t4g"}) {
        for (const auto& size : t_sizes) {
            types.push_back(
                {family + "." + size.name, size.vcpus, size.memory_mib, true, family == "t4g"}
            );
        }
    }
    for (const auto& family : families) {
        for (const auto& size : sizes) {
            auto name = std::string(family.name) + "." + std::string(size.name);
            types.push_back(
                {std::move(name), size.vcpus, size.vcpus * family.mib_per_vcpu, false, family.is_arm
                }
            );
        }
    }
    return types;
}

} // namespace

std::span<const InstanceType> instance_types() {
    static const auto types = all_types();
    return types;
}

const InstanceType* find_instance_type(std::string_view name) {
    for (const auto& type : instance_types()) {
        if (type.name == name) return &type;
    }
    return nullptr;
}

} // namespace diorama::ec2
