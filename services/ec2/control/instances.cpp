// See instances.hpp.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
#include "services/ec2/control/instances.hpp"

#include "emulator/aws/base64.hpp"
#include "emulator/aws/error.hpp"
#include "emulator/aws/ignored.hpp"
#include "services/ec2/control/images.hpp"
#include "services/ec2/control/placement.hpp"
#include "services/ec2/data/instance_types.hpp"
#include "services/ec2/limits.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace diorama::ec2 {

namespace {

using aws::AWSError;

api::InstanceState describe_state(InstanceState state) {
    api::InstanceState result;
    result.code = code_of(state);
    result.name = api::parse_instance_state_name(name_of(state));
    return result;
}

void report_ignored_parameters(const aws::Call& call, const api::RunInstancesRequest& input) {
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
}

} // namespace

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

Instance InstanceControl::planned_instance(const aws::Call& call, const Plan& plan) {
    Instance instance;
    instance.id = call.random.resource_id("i");
    instance.account = call.account;
    instance.region = call.region;
    instance.image_id = plan.image_id;
    instance.type = plan.type;
    instance.vpc_id = plan.topology->vpc_id;
    instance.subnet_id = plan.subnet->id;
    instance.zone = plan.subnet->zone;
    instance.key_name = plan.key_name;
    instance.security_group_id = plan.topology->security_group_id;
    instance.user_data = plan.user_data;
    instance.launch_template_id = plan.launch_template_id;
    instance.launch_template_version = plan.launch_template_version;
    instance.detailed_monitoring = plan.detailed_monitoring;
    instance.launched = call.now;
    instance.changed = call.now;
    instance.tags = plan.tags;
    return instance;
}

api::Reservation
InstanceControl::run(const aws::Call& call, const api::RunInstancesRequest& input) {
    report_ignored_parameters(call, input);
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
    check_capacity(plan);
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
        Instance instance = planned_instance(call, plan);
        instance.reservation_id = reservation;
        instance.private_ip = addresses[i];
        instance.client_token = input.client_token.value_or("");
        instance.launch_index = static_cast<std::int32_t>(i);
        const std::string id = instance.id;
        launched.push_back(&state_.instances.put(id, std::move(instance)));
        lifecycle_.launched(id);
    }
    return reservation_of(launched);
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
                fmt::format("The instance '{}' is not in a state from which it can be stopped.", id)
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
