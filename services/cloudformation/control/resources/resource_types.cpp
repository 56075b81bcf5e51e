// Every resource type there is, and those of AWS's that a template may name but that cannot be
// made here. See resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

#include <array>

namespace diorama::cloudformation {
namespace {

// A type whose service lacks the operations.
struct UnavailableType {
    std::string_view name;
    std::string_view reason;
};

constexpr std::string_view only_default_vpc =
    "not emulated: EC2 has the default VPC with its subnets and its security group only";
constexpr std::string_view no_operations = "not emulated: Auto Scaling has no operations for it";

constexpr std::array unavailable{
    UnavailableType{"AWS::EC2::VPC", only_default_vpc},
    UnavailableType{"AWS::EC2::Subnet", only_default_vpc},
    UnavailableType{"AWS::EC2::SecurityGroup", only_default_vpc},
    UnavailableType{"AWS::EC2::SecurityGroupIngress", only_default_vpc},
    UnavailableType{"AWS::EC2::SecurityGroupEgress", only_default_vpc},
    UnavailableType{"AWS::EC2::InternetGateway", only_default_vpc},
    UnavailableType{"AWS::EC2::VPCGatewayAttachment", only_default_vpc},
    UnavailableType{"AWS::EC2::RouteTable", only_default_vpc},
    UnavailableType{"AWS::EC2::Route", only_default_vpc},
    UnavailableType{"AWS::EC2::SubnetRouteTableAssociation", only_default_vpc},
    UnavailableType{"AWS::AutoScaling::LifecycleHook", no_operations},
    UnavailableType{"AWS::AutoScaling::ScheduledAction", no_operations},
};

using TypeFunction = const ResourceType& (*)();

constexpr TypeFunction emulated[] = {
    &auto_scaling_group_type,
    &scaling_policy_type,
    &wait_condition_handle_type,
    &distribution_type,
    &origin_access_control_type,
    &cache_policy_type,
    &alarm_type,
    &launch_template_type,
    &instance_type,
    &load_balancer_type,
    &target_group_type,
    &listener_type,
    &listener_rule_type,
    &db_instance_type,
    &db_subnet_group_type,
    &hosted_zone_type,
    &record_set_type,
    &record_set_group_type,
    &health_check_type,
    &cidr_collection_type,
    &bucket_type,
    &bucket_policy_type,
    &topic_type,
    &subscription_type,
    &topic_policy_type
};

} // namespace

const ResourceType* find_resource_type(std::string_view name) {
    for (const auto type : emulated)
        if (type().name() == name) return &type();
    return nullptr;
}

std::string_view why_unavailable(std::string_view name) {
    for (const auto& type : unavailable)
        if (type.name == name) return type.reason;
    return {};
}

} // namespace diorama::cloudformation
