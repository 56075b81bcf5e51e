// Instances and their status as the API shows them; part of instances.hpp.
#include "emulator/aws/error.hpp"
#include "emulator/aws/pages.hpp"
#include "services/ec2/control/filters.hpp"
#include "services/ec2/control/instances.hpp"
#include "services/ec2/control/paging.hpp"
#include "services/ec2/data/instance_types.hpp"
#include "services/ec2/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace diorama::ec2 {

namespace {

// DIFFERS: an image here is only a name; the architecture is that of the instance type.
bool is_arm(const Instance& instance) {
    const auto* type = find_instance_type(instance.type);
    return type != nullptr && type->is_arm;
}

api::InstanceState describe_state(InstanceState state) {
    api::InstanceState result;
    result.code = code_of(state);
    result.name = api::parse_instance_state_name(name_of(state));
    return result;
}

std::string dashed(std::string ip) {
    std::replace(ip.begin(), ip.end(), '.', '-');
    return ip;
}

std::string internal_name(const Instance& instance) {
    const std::string suffix =
        instance.region == "us-east-1" ? "ec2" : instance.region + ".compute";
    return fmt::format("ip-{}.{}.internal", dashed(instance.private_ip), suffix);
}

std::string public_name(const Instance& instance, const std::string& address) {
    const std::string domain =
        instance.region == "us-east-1" ? "compute-1" : instance.region + ".compute";
    return fmt::format("ec2-{}.{}.amazonaws.com", dashed(address), domain);
}

std::optional<std::vector<std::string>>
filter_values(const Instance& instance, const api::Instance& described, std::string_view name) {
    const auto values = [](const std::optional<std::string>& value) {
        return value ? std::vector<std::string>{*value} : std::vector<std::string>{};
    };
    if (name == "ip-address") return values(described.public_ip_address);
    if (name == "dns-name") return values(described.public_dns_name);
    if (name == "monitoring-state")
        return {{instance.detailed_monitoring ? "enabled" : "disabled"}};
    if (name == "launch-index") return {{std::to_string(instance.launch_index)}};
    if (name == "launch-time") return {{iso8601_ms(instance.launched)}};
    if (name == "root-device-type") return {{"ebs"}};
    if (name == "virtualization-type") return {{"hvm"}};
    if (name == "hypervisor") return {{"xen"}};
    if (name == "tenancy") return {{"default"}};
    if (name == "instance-id") return {{instance.id}};
    if (name == "instance-state-name") return {{std::string(name_of(instance.state))}};
    if (name == "instance-state-code") return {{std::to_string(code_of(instance.state))}};
    if (name == "instance-type") return {{instance.type}};
    if (name == "image-id") return {{instance.image_id}};
    if (name == "availability-zone") return {{instance.zone}};
    if (name == "subnet-id" || name == "network-interface.subnet-id") return {{instance.subnet_id}};
    if (name == "vpc-id") return {{instance.vpc_id}};
    if (name == "private-ip-address") return {{instance.private_ip}};
    if (name == "private-dns-name") return {{internal_name(instance)}};
    if (name == "key-name") return {{instance.key_name}};
    if (name == "reservation-id") return {{instance.reservation_id}};
    if (name == "owner-id") return {{instance.account}};
    if (name == "client-token") return {{instance.client_token}};
    if (name == "architecture") return {{is_arm(instance) ? "arm64" : "x86_64"}};
    if (name == "instance.group-id" || name == "group-id") return {{instance.security_group_id}};
    if (name == "instance.group-name" || name == "group-name") return {{"default"}};
    return std::nullopt;
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
void check_page(const api::DescribeInstancesRequest& input) {
    if (!input.max_results) return;
    if (!input.instance_ids.empty(
        )) // AWS: "You cannot specify this parameter and the instance IDs"
        throw aws::AWSError(
            "InvalidParameterCombination",
            400,
            "The parameter instancesSet cannot be used with the parameter maxResults"
        );
    if (*input.max_results < limits::results_per_page_min ||
        *input.max_results > limits::results_per_page)
        throw aws::AWSError(
            "InvalidParameterValue",
            400,
            fmt::format(
                "Value ( {} ) for parameter maxResults is invalid. Expecting a value between {} "
                "and {}.",
                *input.max_results,
                limits::results_per_page_min,
                limits::results_per_page
            )
        );
}

// Of an instance that there need not be.
void check_filters(const std::vector<api::Filter>& filters) {
    check_names(filters, [](std::string_view name) { return filter_values({}, {}, name); });
}

} // namespace

api::Instance InstanceControl::describe(const Instance& instance) const {
    api::Instance result;
    result.instance_id = instance.id;
    result.image_id = instance.image_id;
    result.instance_type = instance.type;
    result.state = describe_state(instance.state);
    result.state_transition_reason = instance.transition_reason;
    if (!instance.transition_reason.empty()) {
        api::StateReason reason;
        reason.code = "Client.UserInitiatedShutdown";
        reason.message = "Client.UserInitiatedShutdown: User initiated shutdown";
        result.state_reason = reason;
    }
    if (!instance.key_name.empty()) result.key_name = instance.key_name;
    if (!instance.client_token.empty()) result.client_token = instance.client_token;
    result.ami_launch_index = instance.launch_index;
    result.launch_time = instance.launched;
    api::Placement placement;
    placement.availability_zone = instance.zone;
    placement.group_name = "";
    placement.tenancy = api::Tenancy::default_;
    result.placement = placement;
    api::Monitoring monitoring;
    monitoring.state = instance.detailed_monitoring ? api::MonitoringState::enabled
                                                    : api::MonitoringState::disabled;
    result.monitoring = monitoring;
    result.architecture =
        is_arm(instance) ? api::ArchitectureValues::arm64 : api::ArchitectureValues::x86_64;
    result.hypervisor = api::HypervisorType::xen;
    result.virtualization_type = api::VirtualizationType::hvm;
    result.root_device_type = api::DeviceType::ebs;
    result.root_device_name = "/dev/xvda";
    for (const auto& [key, value] : instance.tags)
        result.tags.push_back({key, value});
    // AWS: a terminated instance has no network any more.
    if (instance.state == InstanceState::terminated) return result;
    result.subnet_id = instance.subnet_id;
    result.vpc_id = instance.vpc_id;
    result.private_ip_address = instance.private_ip;
    result.private_dns_name = internal_name(instance);
    result.source_dest_check = true;
    api::GroupIdentifier group;
    group.group_id = instance.security_group_id;
    group.group_name = "default";
    result.security_groups.push_back(group);
    // DIFFERS: the public address is the loopback address on which the instance really answers.
    if (instance.state == InstanceState::running) {
        result.public_ip_address = lifecycle_.address_of(instance.id).to_string();
        result.public_dns_name = environment_.advertise == Advertise::aws
                                     ? public_name(instance, *result.public_ip_address)
                                     : *result.public_ip_address;
    }
    return result;
}

api::Reservation InstanceControl::reservation_of(const std::vector<const Instance*>& instances
) const {
    api::Reservation reservation;
    reservation.reservation_id = instances.front()->reservation_id;
    reservation.owner_id = instances.front()->account;
    for (const auto* instance : instances)
        reservation.instances.push_back(describe(*instance));
    return reservation;
}

api::DescribeInstancesResult
InstanceControl::describe(const aws::Call& call, const api::DescribeInstancesRequest& input) {
    checked_ids(call, input.instance_ids);
    check_page(input);
    check_filters(input.filters);
    std::vector<const Instance*> found;
    for (const auto& [id, instance] : state_.instances) {
        if (instance.account != call.account || instance.region != call.region) continue;
        const auto& ids = input.instance_ids;
        if (!ids.empty() && std::find(ids.begin(), ids.end(), id) == ids.end()) continue;
        const bool wanted = matches(input.filters, instance.tags, [&](std::string_view name) {
            return filter_values(instance, describe(instance), name);
        });
        if (wanted) found.push_back(&instance);
    }
    std::sort(found.begin(), found.end(), [](const Instance* a, const Instance* b) {
        return std::tie(a->reservation_id, a->id) < std::tie(b->reservation_id, b->id);
    });
    api::DescribeInstancesResult result;
    // AWS: MaxResults counts instances; a reservation may go on on the next page.
    keep_page(input, result, found);
    std::map<std::string, std::vector<const Instance*>> by_reservation;
    for (const auto* instance : found)
        by_reservation[instance->reservation_id].push_back(instance);
    for (const auto& [reservation, instances] : by_reservation)
        result.reservations.push_back(reservation_of(instances));
    return result;
}

api::DescribeInstanceStatusResult InstanceControl::describe_status(
    const aws::Call& call,
    const api::DescribeInstanceStatusRequest& input
) {
    checked_ids(call, input.instance_ids);
    check_filters(input.filters);
    api::DescribeInstanceStatusResult result;
    for (const auto& [id, instance] : state_.instances) {
        if (instance.account != call.account || instance.region != call.region) continue;
        const auto& ids = input.instance_ids;
        if (!ids.empty() && std::find(ids.begin(), ids.end(), id) == ids.end()) continue;
        // AWS: "IncludeAllInstances: [...] When false, includes the health status for running
        // instances only."
        const bool is_running = instance.state == InstanceState::running;
        if (!is_running && !input.include_all_instances.value_or(false)) continue;
        const bool wanted = matches(input.filters, instance.tags, [&](std::string_view name) {
            return filter_values(instance, describe(instance), name);
        });
        if (!wanted) continue;
        const auto* host = lifecycle_.find_host(id);
        const auto summary = [](bool runs, bool passes) {
            api::InstanceStatusSummary status;
            status.status = !runs    ? api::SummaryStatus::not_applicable
                            : passes ? api::SummaryStatus::ok
                                     : api::SummaryStatus::impaired;
            if (!runs) return status;
            api::InstanceStatusDetails reachability;
            reachability.name = api::StatusName::reachability;
            reachability.status = passes ? api::StatusType::passed : api::StatusType::failed;
            status.details.push_back(reachability);
            return status;
        };
        api::InstanceStatus status;
        status.instance_id = id;
        status.availability_zone = instance.zone;
        status.instance_state = describe_state(instance.state);
        status.instance_status = summary(is_running, host != nullptr && host->is_running());
        status.system_status = summary(is_running, true);
        result.instance_statuses.push_back(std::move(status));
    }
    keep_page(input, result, result.instance_statuses);
    return result;
}

} // namespace diorama::ec2
