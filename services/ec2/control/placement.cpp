// Where instances are launched: subnet, capacity, private address. See instances.hpp.
#include "services/ec2/control/placement.hpp"

#include "emulator/aws/error.hpp"
#include "services/ec2/limits.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

namespace diorama::ec2 {

using aws::AWSError;

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html#troubleshooting-launch-capacity
void InstanceControl::check_capacity(const Plan& plan) const {
    if (!zones_without_capacity_.contains(plan.subnet->zone)) return;
    std::string others;
    for (const auto& subnet : plan.topology->subnets) {
        if (zones_without_capacity_.contains(subnet.zone)) continue;
        if (!others.empty()) others += ", ";
        others += subnet.zone;
    }
    throw AWSError(
        "InsufficientInstanceCapacity",
        500,
        fmt::format(
            "We currently do not have sufficient {} capacity in the Availability Zone you "
            "requested ({}). Our system will be working on provisioning additional capacity. You "
            "can currently get {} capacity by not specifying an Availability Zone in your request "
            "or choosing {}.",
            plan.type,
            plan.subnet->zone,
            plan.type,
            others
        )
    );
}

void InstanceControl::place(
    const aws::Call& call,
    const api::RunInstancesRequest& input,
    Plan& plan
) {
    plan.topology = &topologies_.topology_of(call.account, call.region);
    if (input.subnet_id) {
        plan.subnet = plan.topology->find_subnet(*input.subnet_id);
        if (plan.subnet == nullptr) {
            throw AWSError(
                "InvalidSubnetID.NotFound",
                400,
                fmt::format("The subnet ID '{}' does not exist", *input.subnet_id)
            );
        }
        return;
    }
    if (plan.zone) {
        plan.subnet = plan.topology->find_subnet_in(*plan.zone);
        if (plan.subnet == nullptr) {
            throw AWSError(
                "InvalidParameterValue",
                400,
                fmt::format("Invalid availability zone: [{}]", *plan.zone)
            );
        }
        return;
    }
    plan.subnet = &plan.topology->subnets[call.random.below(plan.topology->subnets.size())];
}

std::vector<std::string>
InstanceControl::free_private_ips(const Subnet& subnet, std::size_t most, Random& random) const {
    std::set<std::string> taken;
    for (const auto& [id, instance] : state_.instances) {
        if (instance.subnet_id == subnet.id && instance.state != InstanceState::terminated)
            taken.insert(instance.private_ip);
    }
    int third = 0;
    std::from_chars(
        subnet.cidr.data() + 7,
        subnet.cidr.data() + subnet.cidr.size(),
        third
    ); // "172.31.<third>.0/20"
    std::vector<std::string> free;
    for (std::size_t i = 0; i < most && taken.size() < limits::subnet_addresses; ++i) {
        // Anywhere, then the next that is free.
        auto host = random.below(limits::subnet_addresses);
        std::string ip;
        do {
            ip = fmt::format(
                "172.31.{}.{}",
                static_cast<std::uint64_t>(third) + (host + 4) / 256,
                (host + 4) % 256
            );
            host = (host + 1) % limits::subnet_addresses;
        } while (!taken.insert(ip).second);
        free.push_back(std::move(ip));
    }
    return free;
}

} // namespace diorama::ec2
