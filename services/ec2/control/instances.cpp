// See instances.hpp.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
#include "services/ec2/control/instances.hpp"

#include "emulator/aws/base64.hpp"
#include "emulator/aws/error.hpp"
#include "emulator/aws/ignored.hpp"
#include "emulator/aws/pages.hpp"
#include "services/ec2/control/filters.hpp"
#include "services/ec2/control/images.hpp"
#include "services/ec2/data/instance_types.hpp"
#include "services/ec2/limits.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

namespace diorama::ec2 {

namespace {

using aws::AWSError;

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
    if (name == "architecture") return {{"x86_64"}};
    if (name == "instance.group-id" || name == "group-id") return {{instance.security_group_id}};
    if (name == "instance.group-name" || name == "group-name") return {{"default"}};
    return std::nullopt;
}

} // namespace

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

InstanceControl::Plan
InstanceControl::plan_for(const aws::Call& call, const api::RunInstancesRequest& input) {
    Plan plan;
    LaunchSettings settings;
    if (input.launch_template) {
        const LaunchTemplate* owner = nullptr;
        const auto& version =
            launch_templates_.version_of(call.account, call.region, *input.launch_template, &owner);
        settings = version.settings;
        plan.launch_template_id = owner->id;
        plan.launch_template_version = version.number;
    }
    // AWS: "Any parameters that you specify in RunInstances override the same parameters in the
    // launch template."
    const auto image = input.image_id ? input.image_id : settings.image_id;
    if (!image)
        throw AWSError("MissingParameter", 400, "The request must contain the parameter ImageId");
    check_image(*image);
    plan.image_id = *image;
    plan.type =
        input.instance_type ? *input.instance_type : settings.instance_type.value_or("m1.small");
    if (find_instance_type(plan.type) == nullptr) {
        throw AWSError(
            "InvalidParameterValue",
            400,
            fmt::format("Invalid value '{}' for InstanceType.", plan.type)
        );
    }
    plan.key_name = input.key_name ? *input.key_name : settings.key_name.value_or("");
    plan.user_data = input.user_data ? *input.user_data : settings.user_data.value_or("");
    const auto decoded = aws::base64_decode(plan.user_data);
    if (!decoded)
        throw AWSError("InvalidUserData.Malformed", 400, "Invalid BASE64 encoding of user data.");
    if (decoded->size() > limits::user_data_bytes) {
        throw AWSError("InvalidParameterValue", 400, "User data is limited to 16384 bytes");
    }
    plan.detailed_monitoring =
        input.monitoring ? input.monitoring->enabled : settings.detailed_monitoring.value_or(false);
    plan.tags = settings.instance_tags;
    for (const auto& specification : input.tag_specifications) {
        if (specification.resource_type != "instance") {
            call.ignored("TagSpecifications." + specification.resource_type.value_or(""));
            continue;
        }
        for (const auto& tag : specification.tags)
            plan.tags[tag.key.value_or("")] = tag.value.value_or("");
    }
    plan.zone = input.placement && input.placement->availability_zone
                    ? input.placement->availability_zone
                    : settings.zone;
    place(call, input, plan);
    const auto& groups =
        input.security_group_ids.empty() ? settings.security_group_ids : input.security_group_ids;
    for (const auto& group : groups) {
        if (group == plan.topology->security_group_id) continue;
        throw AWSError(
            "InvalidGroup.NotFound",
            400,
            fmt::format("The security group '{}' does not exist", group)
        );
    }
    return plan;
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

std::vector<std::string> InstanceControl::free_private_ips(
    const Subnet& subnet,
    std::size_t most,
    Random& random
) const {
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

// AWS: a repeated token answers with the instances of the first request.
std::vector<const Instance*> InstanceControl::launched_with(
    const aws::Call& call,
    const std::optional<std::string>& client_token
) const {
    std::vector<const Instance*> launched;
    if (!client_token) return launched;
    for (const auto& [id, instance] : state_.instances) {
        if (instance.account == call.account && instance.region == call.region &&
            instance.client_token == *client_token)
            launched.push_back(&instance);
    }
    return launched;
}

// AWS: a client token is good for the same parameters only.
void InstanceControl::check_repetition(
    const Plan& plan,
    const api::RunInstancesRequest& input,
    const std::vector<const Instance*>& launched
) {
    const auto& first = *launched.front();
    const bool is_same = plan.image_id == first.image_id && plan.type == first.type &&
                         plan.key_name == first.key_name && plan.user_data == first.user_data &&
                         (!input.subnet_id || *input.subnet_id == first.subnet_id) &&
                         launched.size() == static_cast<std::size_t>(input.max_count);
    if (!is_same)
        throw AWSError(
            "IdempotentParameterMismatch",
            400,
            "Arguments on this idempotent request are inconsistent with arguments used in previous "
            "request(s)."
        );
}

api::Reservation
InstanceControl::run(const aws::Call& call, const api::RunInstancesRequest& input) {
    aws::report_ignored(
        call,
        *api::descriptor().find_operation("RunInstances")->input,
        &input,
        {"ImageId",
         "InstanceType",
         "KeyName",
         "MaxCount",
         "MinCount",
         "Monitoring",
         "Placement",
         "SecurityGroupIds",
         "SubnetId",
         "UserData",
         "TagSpecifications",
         "LaunchTemplate",
         "DryRun",
         "ClientToken"}
    );
    if (input.min_count < 1 || input.max_count < input.min_count) {
        throw AWSError(
            "InvalidParameterValue",
            400,
            fmt::format(
                "Value ({}) for parameter minCount is invalid. Minimum count must be at least 1 "
                "and not more than the maximum count.",
                input.min_count
            )
        );
    }
    auto launched = launched_with(call, input.client_token);
    const Plan plan = plan_for(call, input);
    if (!launched.empty()) {
        check_repetition(plan, input, launched);
        return reservation_of(launched);
    }
    // AWS: "If you specify more instances than Amazon EC2 can launch in the target Availability
    // Zone, [it] launches the largest possible number of instances above MinCount."
    const auto addresses =
        free_private_ips(*plan.subnet, static_cast<std::size_t>(input.max_count), call.random);
    if (addresses.size() < static_cast<std::size_t>(input.min_count)) {
        throw AWSError(
            "InsufficientFreeAddressesInSubnet",
            400,
            "The specified subnet does not have enough free addresses to satisfy the request."
        );
    }
    const std::string reservation = call.random.resource_id("r");
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        Instance instance;
        instance.id = call.random.resource_id("i");
        instance.reservation_id = reservation;
        instance.account = call.account;
        instance.region = call.region;
        instance.image_id = plan.image_id;
        instance.type = plan.type;
        instance.vpc_id = plan.topology->vpc_id;
        instance.subnet_id = plan.subnet->id;
        instance.zone = plan.subnet->zone;
        instance.private_ip = addresses[i];
        instance.key_name = plan.key_name;
        instance.client_token = input.client_token.value_or("");
        instance.security_group_id = plan.topology->security_group_id;
        instance.user_data = plan.user_data;
        instance.launch_template_id = plan.launch_template_id;
        instance.launch_template_version = plan.launch_template_version;
        instance.launch_index = static_cast<std::int32_t>(i);
        instance.detailed_monitoring = plan.detailed_monitoring;
        instance.launched = call.now;
        instance.changed = call.now;
        instance.tags = plan.tags;
        const std::string id = instance.id;
        launched.push_back(&state_.instances.put(id, std::move(instance)));
        lifecycle_.launched(id);
    }
    return reservation_of(launched);
}

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
    result.architecture = api::ArchitectureValues::x86_64;
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

std::vector<std::string>
InstanceControl::checked_ids(const aws::Call& call, const std::vector<std::string>& ids) const {
    for (const auto& id : ids) {
        if (!id.starts_with("i-") || id.size() < 10 ||
            id.find_first_not_of("0123456789abcdef", 2) != std::string::npos) {
            throw AWSError(
                "InvalidInstanceID.Malformed",
                400,
                fmt::format("Invalid id: \"{}\"", id)
            );
        }
        const auto* instance = state_.instances.find(id);
        if (instance == nullptr || instance->account != call.account ||
            instance->region != call.region) {
            throw AWSError(
                "InvalidInstanceID.NotFound",
                400,
                fmt::format("The instance ID '{}' does not exist", id)
            );
        }
    }
    return ids;
}

namespace {

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
void check_page(const api::DescribeInstancesRequest& input) {
    if (!input.max_results) return;
    if (!input.instance_ids.empty(
        )) // AWS: "You cannot specify this parameter and the instance IDs"
        throw AWSError(
            "InvalidParameterCombination",
            400,
            "The parameter instancesSet cannot be used with the parameter maxResults"
        );
    if (*input.max_results < limits::results_per_page_min ||
        *input.max_results > limits::results_per_page)
        throw AWSError(
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

} // namespace

api::DescribeInstancesResult
InstanceControl::describe(const aws::Call& call, const api::DescribeInstancesRequest& input) {
    checked_ids(call, input.instance_ids);
    check_page(input);
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
    const auto most =
        static_cast<std::size_t>(input.max_results.value_or(limits::results_per_page));
    if (!aws::keep_page(found, most, input.next_token, result.next_token))
        throw AWSError(
            "InvalidNextToken",
            400,
            fmt::format("The token '{}' is invalid.", *input.next_token)
        );
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
    return result;
}

api::TerminateInstancesResult
InstanceControl::terminate(const aws::Call& call, const api::TerminateInstancesRequest& input) {
    api::TerminateInstancesResult result;
    for (const auto& id : checked_ids(call, input.instance_ids)) {
        api::InstanceStateChange change;
        change.instance_id = id;
        const auto before = state_.instances.find(id)->state;
        change.previous_state = describe_state(before);
        if (state_.instances.find(id)->is_alive()) lifecycle_.terminate(id);
        change.current_state = describe_state(state_.instances.find(id)->state);
        result.terminating_instances.push_back(std::move(change));
    }
    return result;
}

api::StopInstancesResult
InstanceControl::stop(const aws::Call& call, const api::StopInstancesRequest& input) {
    api::StopInstancesResult result;
    for (const auto& id : checked_ids(call, input.instance_ids)) {
        const auto state = state_.instances.find(id)->state;
        if (state == InstanceState::terminated || state == InstanceState::shutting_down) {
            throw AWSError(
                "IncorrectInstanceState",
                400,
                fmt::format(
                    "This instance '{}' is not in a state from which it can be stopped.",
                    id
                )
            );
        }
        api::InstanceStateChange change;
        change.instance_id = id;
        change.previous_state = describe_state(state);
        if (state == InstanceState::running || state == InstanceState::pending) lifecycle_.stop(id);
        change.current_state = describe_state(state_.instances.find(id)->state);
        result.stopping_instances.push_back(std::move(change));
    }
    return result;
}

api::StartInstancesResult
InstanceControl::start(const aws::Call& call, const api::StartInstancesRequest& input) {
    api::StartInstancesResult result;
    for (const auto& id : checked_ids(call, input.instance_ids)) {
        const auto state = state_.instances.find(id)->state;
        if (state != InstanceState::stopped && state != InstanceState::running &&
            state != InstanceState::pending) {
            throw AWSError(
                "IncorrectInstanceState",
                400,
                fmt::format("The instance '{}' is not in a state from which it can be started.", id)
            );
        }
        api::InstanceStateChange change;
        change.instance_id = id;
        change.previous_state = describe_state(state);
        if (state == InstanceState::stopped) lifecycle_.start(id);
        change.current_state = describe_state(state_.instances.find(id)->state);
        result.starting_instances.push_back(std::move(change));
    }
    return result;
}

api::RebootInstancesOutput
InstanceControl::reboot(const aws::Call& call, const api::RebootInstancesRequest& input) {
    for (const auto& id : checked_ids(call, input.instance_ids))
        lifecycle_.reboot(id);
    return {};
}

api::GetConsoleOutputResult
InstanceControl::console_output(const aws::Call& call, const api::GetConsoleOutputRequest& input) {
    checked_ids(call, {input.instance_id});
    api::GetConsoleOutputResult result;
    result.instance_id = input.instance_id;
    result.timestamp = call.now;
    if (const auto* host = lifecycle_.find_host(input.instance_id)) {
        result.output = aws::base64_encode(host->console_output());
    }
    return result;
}

} // namespace diorama::ec2
