// See stack_descriptions.hpp.
#include "services/cloudformation/control/stack_descriptions.hpp"

#include "emulator/aws/pages.hpp"
#include "services/cloudformation/control/requests.hpp"
#include "services/cloudformation/control/stacks.hpp"
#include "services/cloudformation/limits.hpp"

#include <algorithm>
#include <tuple>

namespace diorama::cloudformation {
namespace {

using aws::validation_error;

template <class Item>
void page(
    std::vector<Item>& items,
    const std::optional<std::string>& token,
    std::optional<std::string>& next
) {
    if (!aws::keep_page(items, limits::entries_per_page, token, next))
        throw validation_error("Invalid token: {}", token.value_or(""));
}

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

api::StackStatus status_of(const Stack& stack) {
    return api::parse_stack_status(stack.status).value_or(api::StackStatus::CREATE_IN_PROGRESS);
}

api::ResourceStatus status_of(const StackResource& resource) {
    return api::parse_resource_status(resource.status)
        .value_or(api::ResourceStatus::CREATE_IN_PROGRESS);
}

api::StackResource described(const Stack& stack, const StackResource& resource) {
    api::StackResource answer;
    answer.stack_name = stack.name;
    answer.stack_id = stack.id;
    answer.logical_resource_id = resource.logical_id;
    answer.physical_resource_id = unless_empty(resource.physical_id);
    answer.resource_type = resource.type;
    answer.timestamp = resource.changed;
    answer.resource_status = status_of(resource);
    answer.resource_status_reason = unless_empty(resource.reason);
    answer.drift_information.emplace().stack_resource_drift_status =
        api::StackResourceDriftStatus::NOT_CHECKED;
    return answer;
}

std::string metadata_of(const Template& declared, const std::string& logical_id) {
    const auto found = declared.resources.find(logical_id);
    if (found == declared.resources.end() || found->second.metadata.is_null()) return "";
    return found->second.metadata.dump();
}

} // namespace

std::vector<api::Parameter>
described_parameters(const Template& declared, const StackSource& source) {
    std::vector<api::Parameter> answer;
    for (const auto& [name, value] : source.parameters) {
        const auto found = declared.parameters.find(name);
        const bool is_hidden = found != declared.parameters.end() && found->second.no_echo;
        auto& parameter = answer.emplace_back();
        parameter.parameter_key = name;
        // AWS: "If you set the NoEcho attribute to true, CloudFormation returns the parameter value
        // masked as asterisks (*****)".
        parameter.parameter_value = is_hidden ? "****" : value;
    }
    return answer;
}

std::vector<api::Tag> described_tags(const StackSource& source) {
    std::vector<api::Tag> answer;
    for (const auto& [key, value] : source.tags)
        answer.push_back({key, value});
    return answer;
}

std::vector<api::Capability> described_capabilities(const StackSource& source) {
    std::vector<api::Capability> answer;
    for (const auto& name : source.capabilities)
        if (const auto capability = api::parse_capability(name)) answer.push_back(*capability);
    return answer;
}

std::string StackDescriptions::description_of(const Stack& stack) const {
    return stack.source.body.empty() ? "" : surroundings_.template_of(stack).description;
}

api::Stack StackDescriptions::whole(const Stack& stack) const {
    api::Stack answer;
    answer.stack_id = stack.id;
    answer.stack_name = stack.name;
    answer.change_set_id = unless_empty(stack.change_set_id);
    answer.description = unless_empty(description_of(stack));
    if (!stack.source.body.empty())
        answer.parameters = described_parameters(surroundings_.template_of(stack), stack.source);
    answer.creation_time = stack.created;
    answer.deletion_time = stack.deleted;
    answer.last_updated_time = stack.updated;
    answer.rollback_configuration.emplace();
    answer.stack_status = status_of(stack);
    answer.stack_status_reason = unless_empty(stack.reason);
    answer.disable_rollback = stack.on_failure == OnFailure::nothing;
    answer.notification_arns = stack.source.notification_arns;
    answer.timeout_in_minutes = stack.timeout_in_minutes;
    answer.capabilities = described_capabilities(stack.source);
    for (const auto& output : stack.outputs)
        answer.outputs.push_back(
            {output.key,
             output.value,
             unless_empty(output.description),
             unless_empty(output.export_name)}
        );
    answer.role_arn = unless_empty(stack.role_arn);
    answer.tags = described_tags(stack.source);
    answer.enable_termination_protection = stack.is_protected;
    answer.drift_information.emplace().stack_drift_status = api::StackDriftStatus::NOT_CHECKED;
    return answer;
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
// AWS: "If the stack doesn't exist, a ValidationError is returned"; deleted ones only by their id.
api::DescribeStacksOutput StackDescriptions::describe_stacks(
    const aws::Call& call,
    const api::DescribeStacksInput& input
) const {
    api::DescribeStacksOutput output;
    if (input.stack_name) {
        output.stacks.push_back(whole(stack_of(state_, call, *input.stack_name)));
        return output;
    }
    std::vector<const Stack*> found;
    for (const auto& [id, stack] : state_.stacks)
        if (stack.place == place_of(call) && !stack.is_gone()) found.push_back(&stack);
    std::sort(found.begin(), found.end(), [](const Stack* one, const Stack* other) {
        return std::tie(other->created, one->id) < std::tie(one->created, other->id);
    });
    page(found, input.next_token, output.next_token);
    for (const auto* stack : found)
        output.stacks.push_back(whole(*stack));
    return output;
}

api::ListStacksOutput
StackDescriptions::list_stacks(const aws::Call& call, const api::ListStacksInput& input) const {
    api::ListStacksOutput output;
    for (const auto& [id, stack] : state_.stacks) {
        if (stack.place != place_of(call)) continue;
        const auto& filter = input.stack_status_filter;
        if (!filter.empty() &&
            std::find(filter.begin(), filter.end(), status_of(stack)) == filter.end())
            continue;
        api::StackSummary summary;
        summary.stack_id = stack.id;
        summary.stack_name = stack.name;
        summary.template_description = unless_empty(description_of(stack));
        summary.creation_time = stack.created;
        summary.last_updated_time = stack.updated;
        summary.deletion_time = stack.deleted;
        summary.stack_status = status_of(stack);
        summary.stack_status_reason = unless_empty(stack.reason);
        summary.drift_information.emplace().stack_drift_status = api::StackDriftStatus::NOT_CHECKED;
        output.stack_summaries.push_back(std::move(summary));
    }
    std::sort(
        output.stack_summaries.begin(),
        output.stack_summaries.end(),
        [](const auto& one, const auto& other) {
            return std::tie(other.creation_time, one.stack_id) <
                   std::tie(one.creation_time, other.stack_id);
        }
    );
    page(output.stack_summaries, input.next_token, output.next_token);
    return output;
}

api::DescribeStackEventsOutput StackDescriptions::describe_stack_events(
    const aws::Call& call,
    const api::DescribeStackEventsInput& input
) const {
    const auto* stack = state_.find_stack(place_of(call), input.stack_name);
    if (stack == nullptr) throw validation_error("Stack [{}] does not exist", input.stack_name);
    auto events = state_.events_of(stack->id);
    api::DescribeStackEventsOutput output;
    page(events, input.next_token, output.next_token);
    for (const auto* event : events) {
        api::StackEvent answer;
        answer.stack_id = event->stack_id;
        answer.stack_name = event->stack_name;
        answer.event_id = event->id;
        answer.logical_resource_id = event->logical_id;
        answer.physical_resource_id = event->physical_id;
        answer.resource_type = event->type;
        answer.timestamp = event->when;
        answer.resource_status = api::parse_resource_status(event->status);
        answer.resource_status_reason = unless_empty(event->reason);
        answer.resource_properties = unless_empty(event->properties);
        answer.client_request_token = unless_empty(event->token);
        output.stack_events.push_back(std::move(answer));
    }
    return output;
}

api::DescribeStackResourceOutput StackDescriptions::describe_stack_resource(
    const aws::Call& call,
    const api::DescribeStackResourceInput& input
) const {
    const auto* stack = state_.find_stack(place_of(call), input.stack_name);
    if (stack == nullptr) throw validation_error("Stack '{}' does not exist", input.stack_name);
    const auto found = stack->resources.find(input.logical_resource_id);
    if (found == stack->resources.end())
        throw validation_error(
            "Resource {} does not exist for stack {}",
            input.logical_resource_id,
            stack->name
        );
    const auto& resource = found->second;
    api::DescribeStackResourceOutput output;
    auto& answer = output.stack_resource_detail.emplace();
    answer.stack_name = stack->name;
    answer.stack_id = stack->id;
    answer.logical_resource_id = resource.logical_id;
    answer.physical_resource_id = unless_empty(resource.physical_id);
    answer.resource_type = resource.type;
    answer.last_updated_timestamp = resource.changed;
    answer.resource_status = status_of(resource);
    answer.resource_status_reason = unless_empty(resource.reason);
    answer.metadata =
        unless_empty(metadata_of(surroundings_.template_of(*stack), resource.logical_id));
    answer.drift_information.emplace().stack_resource_drift_status =
        api::StackResourceDriftStatus::NOT_CHECKED;
    return output;
}

api::DescribeStackResourcesOutput StackDescriptions::describe_stack_resources(
    const aws::Call& call,
    const api::DescribeStackResourcesInput& input
) const {
    api::DescribeStackResourcesOutput output;
    if (input.stack_name && input.physical_resource_id)
        throw validation_error("You cannot specify both StackName and PhysicalResourceId");
    if (!input.stack_name && !input.physical_resource_id)
        throw validation_error("One of StackName or PhysicalResourceId must be specified");
    const Stack* stack = nullptr;
    if (input.stack_name) {
        stack = &stack_of(state_, call, *input.stack_name);
    } else {
        for (const auto& [id, candidate] : state_.stacks)
            for (const auto& [name, resource] : candidate.resources)
                if (candidate.place == place_of(call) && !candidate.is_gone() &&
                    resource.physical_id == *input.physical_resource_id)
                    stack = &candidate;
        if (stack == nullptr)
            throw validation_error("Stack for {} does not exist", *input.physical_resource_id);
    }
    for (const auto& [name, resource] : stack->resources)
        if (!input.logical_resource_id || *input.logical_resource_id == name)
            output.stack_resources.push_back(described(*stack, resource));
    return output;
}

api::ListStackResourcesOutput StackDescriptions::list_stack_resources(
    const aws::Call& call,
    const api::ListStackResourcesInput& input
) const {
    const auto& stack = stack_of(state_, call, input.stack_name);
    api::ListStackResourcesOutput output;
    for (const auto& [name, resource] : stack.resources) {
        api::StackResourceSummary summary;
        summary.logical_resource_id = resource.logical_id;
        summary.physical_resource_id = unless_empty(resource.physical_id);
        summary.resource_type = resource.type;
        summary.last_updated_timestamp = resource.changed;
        summary.resource_status = status_of(resource);
        summary.resource_status_reason = unless_empty(resource.reason);
        summary.drift_information.emplace().stack_resource_drift_status =
            api::StackResourceDriftStatus::NOT_CHECKED;
        output.stack_resource_summaries.push_back(std::move(summary));
    }
    page(output.stack_resource_summaries, input.next_token, output.next_token);
    return output;
}

api::ListExportsOutput
StackDescriptions::list_exports(const aws::Call& call, const api::ListExportsInput& input) const {
    api::ListExportsOutput output;
    for (const auto& [id, stack] : state_.stacks)
        for (const auto& exported : stack.outputs)
            if (stack.place == place_of(call) && !stack.is_gone() && !exported.export_name.empty())
                output.exports.push_back({stack.id, exported.export_name, exported.value});
    page(output.exports, input.next_token, output.next_token);
    return output;
}

api::ListImportsOutput
StackDescriptions::list_imports(const aws::Call& call, const api::ListImportsInput& input) const {
    if (state_.exporter_of(place_of(call), input.export_name) == nullptr)
        throw validation_error("Export '{}' does not exist", input.export_name);
    api::ListImportsOutput output;
    for (const auto& [id, stack] : state_.stacks)
        if (stack.place == place_of(call) && !stack.is_gone() &&
            stack.imports.contains(input.export_name))
            output.imports.push_back(stack.name);
    if (output.imports.empty())
        throw validation_error("Export '{}' is not imported by any stack.", input.export_name);
    page(output.imports, input.next_token, output.next_token);
    return output;
}

} // namespace diorama::cloudformation
