// See change_sets.hpp.
#include "services/cloudformation/control/change_sets.hpp"

#include "emulator/aws/pages.hpp"
#include "services/cloudformation/control/changes.hpp"
#include "services/cloudformation/control/requests.hpp"
#include "services/cloudformation/control/stack_descriptions.hpp"
#include "services/cloudformation/control/stacks.hpp"
#include "services/cloudformation/limits.hpp"

namespace diorama::cloudformation {
namespace {

using aws::validation_error;

api::Change described(const ResourceChange& change) {
    api::Change answer;
    answer.type = api::ChangeType::Resource;
    auto& resource = answer.resource_change.emplace();
    resource.action = api::parse_change_action(change.action);
    resource.logical_resource_id = change.logical_id;
    if (!change.physical_id.empty()) resource.physical_resource_id = change.physical_id;
    resource.resource_type = change.type;
    if (change.action != "Modify") return answer;
    resource.replacement = api::parse_replacement(change.replacement);
    resource.scope = {api::ResourceAttribute::Properties};
    for (const auto& property : change.properties) {
        auto& detail = resource.details.emplace_back();
        auto& target = detail.target.emplace();
        target.attribute = api::ResourceAttribute::Properties;
        target.name = property;
        target.requires_recreation = change.replacement == "True"
                                         ? api::RequiresRecreation::Conditionally
                                         : api::RequiresRecreation::Never;
        detail.evaluation = api::EvaluationType::Static;
        detail.change_source = api::ChangeSource::DirectModification;
    }
    return answer;
}

void report_ignored_members(const aws::Call& call, const api::CreateChangeSetInput& input) {
    if (input.rollback_configuration) call.ignored("RollbackConfiguration");
    if (!input.notification_arns.empty()) call.ignored("NotificationARNs");
    if (!input.resource_types.empty()) call.ignored("ResourceTypes");
    if (input.role_arn) call.ignored("RoleARN");
    if (input.include_nested_stacks.value_or(false)) call.ignored("IncludeNestedStacks");
    if (input.import_existing_resources.value_or(false)) call.ignored("ImportExistingResources");
}

OnFailure on_failure_of(const std::optional<api::OnStackFailure>& given) {
    if (given == api::OnStackFailure::DO_NOTHING) return OnFailure::nothing;
    if (given == api::OnStackFailure::DELETE) return OnFailure::remove;
    return OnFailure::rollback;
}

} // namespace

StackSource ChangeSets::source_of(
    const aws::Call& call,
    const api::CreateChangeSetInput& input,
    const Stack& stack
) const {
    StackSource source;
    source.body = template_text(
        {input.template_body,
         input.template_url,
         input.use_previous_template.value_or(false) ? &stack.source.body : nullptr},
        objects_
    );
    const auto read = read_template(source.body);
    check_types(read);
    source.parameters =
        resolve_parameters(read, given_parameters(input.parameters), stack.source.parameters);
    source.tags = input.tags.empty() ? stack.source.tags : given_tags(input.tags);
    source.capabilities = given_capabilities(input.capabilities);
    source.notification_arns = input.notification_arns;
    check_capabilities(read, source.capabilities);
    report_ignored_parts(call, read);
    return source;
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
// DIFFERS: a change set is ready when this returns.
api::CreateChangeSetOutput
ChangeSets::create_change_set(const aws::Call& call, const api::CreateChangeSetInput& input) {
    if (!input.resources_to_import.empty() || input.change_set_type == api::ChangeSetType::IMPORT)
        throw aws::AWSError("NotImplemented", 501, "Importing resources is not emulated");
    auto& state = surroundings_.state;
    const auto* known = state.find_stack(place_of(call), input.stack_name);
    const bool creates = input.change_set_type == api::ChangeSetType::CREATE;
    if (creates && known != nullptr && !known->is_review())
        throw validation_error(
            "Stack [{}] already exists and cannot be created again with the changeSet [{}].",
            input.stack_name,
            input.change_set_name
        );
    if (!creates && known == nullptr)
        throw validation_error("Stack [{}] does not exist", input.stack_name);
    if (known != nullptr && known->is_busy())
        throw validation_error(
            "Stack:{} is in {} state and can not be updated.",
            known->id,
            known->status
        );
    if (known != nullptr && state.find_change_set(*known, input.change_set_name) != nullptr)
        throw api::AlreadyExistsException("ChangeSet {} already exists", input.change_set_name);
    if (known == nullptr) check_stack_name(input.stack_name);
    auto stack = known != nullptr ? *known : new_stack(surroundings_, call, input.stack_name);
    ChangeSet set;
    set.source = source_of(call, input, stack);
    set.name = input.change_set_name;
    set.id = fmt::format(
        "arn:aws:cloudformation:{}:{}:changeSet/{}/{}",
        call.region,
        call.account,
        set.name,
        surroundings_.random.uuid()
    );
    set.stack_id = stack.id;
    set.stack_name = stack.name;
    set.type = creates ? "CREATE" : "UPDATE";
    set.description = input.description.value_or("");
    set.on_failure = on_failure_of(input.on_stack_failure);
    set.created = call.now;
    report_ignored_members(call, input);
    if (known == nullptr) {
        auto& kept = state.stacks.put(stack.id, stack);
        surroundings_.set_status(kept, "REVIEW_IN_PROGRESS", "User Initiated");
    }
    plan(set, stack);
    api::CreateChangeSetOutput output{set.id, set.stack_id};
    const auto id = set.id;
    state.change_sets.put(id, std::move(set));
    return output;
}

void ChangeSets::plan(ChangeSet& set, const Stack& stack) {
    set.status = "FAILED";
    set.execution_status = "UNAVAILABLE";
    try {
        const auto planned = plan_changes(surroundings_, stack, set.source);
        set.changes = planned.changes;
        if (planned.is_empty()) {
            set.reason = "The submitted information didn't contain changes. Submit different "
                         "information to create a change set.";
            return;
        }
    } catch (const aws::AWSError& error) {
        set.reason = error.message();
        return;
    }
    set.status = "CREATE_COMPLETE";
    set.execution_status = "AVAILABLE";
}

const ChangeSet& ChangeSets::find(
    const aws::Call& call,
    const std::string& name,
    const std::optional<std::string>& stack_name
) const {
    const auto& state = surroundings_.state;
    if (name.starts_with("arn:")) {
        if (const auto* set = state.change_sets.find(name)) return *set;
    } else if (!stack_name) {
        throw validation_error(
            "StackName must be specified if ChangeSetName is not specified as an ARN."
        );
    } else {
        const auto* stack = state.find_stack(place_of(call), *stack_name);
        if (stack == nullptr) throw validation_error("Stack [{}] does not exist", *stack_name);
        if (const auto* set = state.find_change_set(*stack, name)) return *set;
    }
    throw api::ChangeSetNotFoundException("ChangeSet [{}] does not exist", name);
}

api::DescribeChangeSetOutput ChangeSets::describe_change_set(
    const aws::Call& call,
    const api::DescribeChangeSetInput& input
) const {
    const auto& set = find(call, input.change_set_name, input.stack_name);
    api::DescribeChangeSetOutput output;
    output.change_set_name = set.name;
    output.change_set_id = set.id;
    output.stack_id = set.stack_id;
    output.stack_name = set.stack_name;
    if (!set.description.empty()) output.description = set.description;
    output.parameters = described_parameters(read_template(set.source.body), set.source);
    output.creation_time = set.created;
    output.execution_status = api::parse_execution_status(set.execution_status);
    output.status = api::parse_change_set_status(set.status);
    if (!set.reason.empty()) output.status_reason = set.reason;
    output.notification_arns = set.source.notification_arns;
    output.rollback_configuration.emplace();
    output.capabilities = described_capabilities(set.source);
    output.tags = described_tags(set.source);
    output.include_nested_stacks = false;
    auto changes = set.changes;
    if (!aws::keep_page(changes, limits::entries_per_page, input.next_token, output.next_token))
        throw validation_error("Invalid token: {}", input.next_token.value_or(""));
    for (const auto& change : changes)
        output.changes.push_back(described(change));
    return output;
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
api::ExecuteChangeSetOutput
ChangeSets::execute_change_set(const aws::Call& call, const api::ExecuteChangeSetInput& input) {
    auto& state = surroundings_.state;
    const auto found = find(call, input.change_set_name, input.stack_name);
    if (found.execution_status != "AVAILABLE")
        throw api::InvalidChangeSetStatusException(
            "ChangeSet [{}] cannot be executed in its current status of [{}]",
            found.id,
            found.status
        );
    auto& stack = *state.stacks.edit(found.stack_id);
    if (stack.is_busy())
        throw validation_error(
            "Stack:{} is in {} state and can not be updated.",
            stack.id,
            stack.status
        );
    // AWS: "CloudFormation deletes all change sets that are associated with the stack because they
    // aren't valid for the updated stack."
    for (const auto* other : state.change_sets_of(stack.id))
        if (other->id != found.id && other->execution_status == "AVAILABLE")
            state.change_sets.edit(other->id)->execution_status = "OBSOLETE";
    state.change_sets.edit(found.id)->execution_status = "EXECUTE_IN_PROGRESS";
    stack.change_set_id = found.id;
    stack.token = input.client_request_token.value_or("");
    stack.on_failure =
        input.disable_rollback.value_or(false) ? OnFailure::nothing : found.on_failure;
    if (found.type == "CREATE") {
        stack.source = found.source;
        operations_.create(stack);
    } else {
        operations_.update(stack, found.source);
    }
    return {};
}

// UNKNOWN: AWS keeps a stack under review when its last change set goes; so does this.
api::DeleteChangeSetOutput
ChangeSets::delete_change_set(const aws::Call& call, const api::DeleteChangeSetInput& input) {
    try {
        const auto id = find(call, input.change_set_name, input.stack_name).id;
        surroundings_.state.change_sets.erase(id);
    } catch (const api::ChangeSetNotFoundException&) {
        // AWS: "If the call successfully completes, CloudFormation successfully deleted the change
        // set", also when there was none.
    }
    return {};
}

api::ListChangeSetsOutput
ChangeSets::list_change_sets(const aws::Call& call, const api::ListChangeSetsInput& input) const {
    const auto& stack = stack_of(surroundings_.state, call, input.stack_name);
    api::ListChangeSetsOutput output;
    for (const auto* set : surroundings_.state.change_sets_of(stack.id)) {
        auto& summary = output.summaries.emplace_back();
        summary.stack_id = set->stack_id;
        summary.stack_name = set->stack_name;
        summary.change_set_id = set->id;
        summary.change_set_name = set->name;
        summary.execution_status = api::parse_execution_status(set->execution_status);
        summary.status = api::parse_change_set_status(set->status);
        if (!set->reason.empty()) summary.status_reason = set->reason;
        summary.creation_time = set->created;
        if (!set->description.empty()) summary.description = set->description;
    }
    if (!aws::keep_page(
            output.summaries,
            limits::entries_per_page,
            input.next_token,
            output.next_token
        ))
        throw validation_error("Invalid token: {}", input.next_token.value_or(""));
    return output;
}

} // namespace diorama::cloudformation
