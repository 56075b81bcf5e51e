// What Route 53 asks of the other services: the health of alias targets, alarms behind health
// checks, VPCs of private zones, and which instance a question comes from. See world/ports.hpp.
#include "emulator/aws/error.hpp"
#include "emulator/world/ports.hpp"

#include <nlohmann/json.hpp>

namespace diorama {

std::optional<bool> TargetHealthOfELB::is_healthy(std::string_view name) {
    if (elbv2_ == nullptr) return std::nullopt;
    // AWS: the console puts "dualstack." before a load balancer's name.
    constexpr std::string_view dualstack = "dualstack.";
    if (name.starts_with(dualstack)) name.remove_prefix(dualstack.size());
    return elbv2_->is_healthy(name);
}

std::optional<route53::AlarmState> AlarmsOfHealthChecks::state_of(
    const std::string& account,
    const std::string& region,
    const std::string& name
) {
    if (calls_ == nullptr) return std::nullopt;
    const auto found = calls_->call(
        {account, region, true},
        "cloudwatch",
        "DescribeAlarms",
        {{"AlarmNames", {name}}, {"AlarmTypes", {"MetricAlarm"}}}
    );
    for (const auto& alarm : found.value("MetricAlarms", nlohmann::json::array())) {
        const auto state = alarm.value("StateValue", "");
        if (state == "OK") return route53::AlarmState::ok;
        if (state == "ALARM") return route53::AlarmState::alarm;
        return route53::AlarmState::insufficient_data;
    }
    return std::nullopt;
}

bool VPCsOfEC2::exists(
    const std::string& account,
    const std::string& region,
    const std::string& vpc_id
) {
    if (calls_ == nullptr) return false;
    try {
        const auto found =
            calls_->call({account, region, true}, "ec2", "DescribeVpcs", {{"VpcIds", {vpc_id}}});
        return !found.value("Vpcs", nlohmann::json::array()).empty();
    } catch (const aws::AWSError&) {
        return false; // InvalidVpcID.NotFound
    }
}

void NetworksOfInstances::instance_changed(const ec2::EC2& ec2, const ec2::InstanceView& instance) {
    const auto address = ec2.address_of(instance.id);
    const std::unique_lock lock(mutex_);
    const auto known = addresses_.find(instance.id);
    if (known != addresses_.end()) {
        vpcs_.erase(known->second);
        addresses_.erase(known);
    }
    if (!address) return;
    addresses_[instance.id] = *address;
    vpcs_[*address] = instance.vpc_id;
}

std::string NetworksOfInstances::vpc_of(const network::IPAddress& client) const {
    const std::shared_lock lock(mutex_);
    const auto found = vpcs_.find(client);
    return found == vpcs_.end() ? std::string() : found->second;
}

} // namespace diorama
