// See instance_types.hpp.
// https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
#include "services/ec2/data/instance_types.hpp"

#include <array>

namespace diorama::ec2 {

namespace {

constexpr std::array types{
    InstanceType{"m1.small", 1, 1740, false}, // AWS: the default of RunInstances
    InstanceType{"t2.nano", 1, 512, true},        InstanceType{"t2.micro", 1, 1024, true},
    InstanceType{"t2.small", 1, 2048, true},      InstanceType{"t2.medium", 2, 4096, true},
    InstanceType{"t2.large", 2, 8192, true},      InstanceType{"t3.nano", 2, 512, true},
    InstanceType{"t3.micro", 2, 1024, true},      InstanceType{"t3.small", 2, 2048, true},
    InstanceType{"t3.medium", 2, 4096, true},     InstanceType{"t3.large", 2, 8192, true},
    InstanceType{"t3.xlarge", 4, 16384, true},    InstanceType{"t3.2xlarge", 8, 32768, true},
    InstanceType{"t3a.micro", 2, 1024, true},     InstanceType{"t3a.small", 2, 2048, true},
    InstanceType{"t3a.medium", 2, 4096, true},    InstanceType{"m5.large", 2, 8192, false},
    InstanceType{"m5.xlarge", 4, 16384, false},   InstanceType{"m5.2xlarge", 8, 32768, false},
    InstanceType{"m5.4xlarge", 16, 65536, false}, InstanceType{"m6i.large", 2, 8192, false},
    InstanceType{"m6i.xlarge", 4, 16384, false},  InstanceType{"m6i.2xlarge", 8, 32768, false},
    InstanceType{"m7i.large", 2, 8192, false},    InstanceType{"m7i.xlarge", 4, 16384, false},
    InstanceType{"c5.large", 2, 4096, false},     InstanceType{"c5.xlarge", 4, 8192, false},
    InstanceType{"c5.2xlarge", 8, 16384, false},  InstanceType{"c6i.large", 2, 4096, false},
    InstanceType{"c6i.xlarge", 4, 8192, false},   InstanceType{"c7i.large", 2, 4096, false},
    InstanceType{"r5.large", 2, 16384, false},    InstanceType{"r6i.large", 2, 16384, false},
};

} // namespace

std::span<const InstanceType> instance_types() {
    return types;
}

const InstanceType* find_instance_type(std::string_view name) {
    for (const auto& type : types) {
        if (type.name == name) return &type;
    }
    return nullptr;
}

} // namespace diorama::ec2
