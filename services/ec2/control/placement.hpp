// What is to be launched, resolved from the input of RunInstances and its launch template.
#pragma once

#include "services/ec2/control/instances.hpp"

#include <optional>
#include <string>

namespace diorama::ec2 {

struct InstanceControl::Plan {
    const Topology* topology = nullptr;
    const Subnet* subnet = nullptr;
    std::string launch_template_id;
    std::int64_t launch_template_version = 0;
    std::string image_id;
    std::string type;
    std::string key_name;
    std::string user_data;
    std::optional<std::string> zone;
    bool detailed_monitoring = false;
    Tags tags;
};

} // namespace diorama::ec2
