// See stacks.hpp.
#include "services/cloudformation/control/stacks.hpp"

#include "services/cloudformation/control/changes.hpp"
#include "services/cloudformation/control/requests.hpp"
#include "services/cloudformation/limits.hpp"

#include <algorithm>

namespace diorama::cloudformation {
namespace {

using aws::validation_error;

bool can_be_updated(const Stack& stack) {
    return stack.status == "CREATE_COMPLETE" || stack.status == "UPDATE_COMPLETE" ||
           stack.status == "UPDATE_ROLLBACK_COMPLETE" || stack.status == "CREATE_FAILED" ||
           stack.status == "UPDATE_FAILED";
}

OnFailure on_failure_of(const api::CreateStackInput& input) {
    if (input.disable_rollback && input.on_failure)
        throw validation_error("You can specify only one of OnFailure and DisableRollback");
    if (input.disable_rollback.value_or(false)) return OnFailure::nothing;
    if (!input.on_failure) return OnFailure::rollback;
    switch (*input.on_failure) {
    case api::OnFailure::DO_NOTHING:
        return OnFailure::nothing;
    case api::OnFailure::DELETE:
        return OnFailure::remove;
    case api::OnFailure::ROLLBACK:
        break;
    }
    return OnFailure::rollback;
}

template <class Input>
void report_ignored_members(const aws::Call& call, const Input& input) {
    if (input.rollback_configuration) call.ignored("RollbackConfiguration");
    if (!input.notification_arns.empty()) call.ignored("NotificationARNs");
    if (!input.resource_types.empty()) call.ignored("ResourceTypes");
    if (input.role_arn) call.ignored("RoleARN");
    if (input.stack_policy_body) call.ignored("StackPolicyBody");
    if (input.stack_policy_url) call.ignored("StackPolicyURL");
}

} // namespace

const Stack& stack_of(const State& state, const aws::Call& call, const std::string& name_or_id) {
    const auto* stack = state.find_stack(place_of(call), name_or_id);
    if (stack == nullptr) throw validation_error("Stack with id {} does not exist", name_or_id);
    return *stack;
}

// AWS: "A stack name can contain only alphanumeric characters (case-sensitive) and hyphens. It must
// start with an alphabetical character and can't be longer than 128 characters."
void check_stack_name(const std::string& name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const bool is_valid = !name.empty() && name.size() <= 128 && is_letter(name[0]) &&
                          std::all_of(name.begin(), name.end(), [&](char c) {
                              return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
                          });
    if (!is_valid)
        throw validation_error(
            "1 validation error detected: Value '{}' at 'stackName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*",
            name
        );
}

Stack new_stack(Surroundings& surroundings, const aws::Call& call, const std::string& name) {
    Stack stack;
    stack.name = name;
    stack.place = place_of(call);
    stack.id = fmt::format(
        "arn:aws:cloudformation:{}:{}:stack/{}/{}",
        call.region,
        call.account,
        name,
        surroundings.random.uuid()
    );
    stack.created = call.now;
    return stack;
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
api::CreateStackOutput
Stacks::create_stack(const aws::Call& call, const api::CreateStackInput& input) {
    check_stack_name(input.stack_name);
    auto& state = surroundings_.state;
    if (const auto* known = state.find_stack(place_of(call), input.stack_name)) {
        // AWS: a request that is repeated with its token is the same request.
        const bool is_repeated = input.client_request_token && !known->token.empty() &&
                                 known->token == *input.client_request_token;
        if (!is_repeated)
            throw api::AlreadyExistsException("Stack [{}] already exists", input.stack_name);
        api::CreateStackOutput output;
        output.stack_id = known->id;
        return output;
    }
    if (state.stacks.size() >= limits::stacks)
        throw api::LimitExceededException("Limit for stack has been exceeded");
    auto stack = new_stack(surroundings_, call, input.stack_name);
    stack.on_failure = on_failure_of(input);
    stack.source.body = template_text({input.template_body, input.template_url}, objects_);
    const auto read = read_template(stack.source.body);
    check_types(read);
    stack.source.parameters = resolve_parameters(read, given_parameters(input.parameters), {});
    stack.source.tags = given_tags(input.tags);
    stack.source.capabilities = given_capabilities(input.capabilities);
    stack.source.notification_arns = input.notification_arns;
    check_capabilities(read, stack.source.capabilities);
    check_conditions(surroundings_, stack);
    stack.timeout_in_minutes = input.timeout_in_minutes;
    stack.is_protected = input.enable_termination_protection.value_or(false);
    stack.role_arn = input.role_arn.value_or("");
    stack.token = input.client_request_token.value_or("");
    report_ignored_members(call, input);
    report_ignored_parts(call, read);
    api::CreateStackOutput output;
    output.stack_id = stack.id;
    operations_.create(state.stacks.put(stack.id, stack));
    return output;
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
api::UpdateStackOutput
Stacks::update_stack(const aws::Call& call, const api::UpdateStackInput& input) {
    auto& state = surroundings_.state;
    const auto* known = state.find_stack(place_of(call), input.stack_name);
    if (known == nullptr || known->is_gone())
        throw validation_error("Stack [{}] does not exist", input.stack_name);
    if (!can_be_updated(*known))
        throw validation_error(
            "Stack:{} is in {} state and can not be updated.",
            known->id,
            known->status
        );
    StackSource source;
    source.body = template_text(
        {input.template_body,
         input.template_url,
         input.use_previous_template.value_or(false) ? &known->source.body : nullptr},
        objects_
    );
    const auto read = read_template(source.body);
    check_types(read);
    source.parameters =
        resolve_parameters(read, given_parameters(input.parameters), known->source.parameters);
    // AWS: "If you don't specify this parameter, then CloudFormation doesn't modify the stack's
    // tags."
    source.tags = input.tags.empty() ? known->source.tags : given_tags(input.tags);
    source.capabilities = given_capabilities(input.capabilities);
    source.notification_arns = input.notification_arns;
    check_capabilities(read, source.capabilities);
    const bool has_failed = known->status.ends_with("_FAILED");
    if (!has_failed && plan_changes(surroundings_, *known, source).is_empty())
        throw validation_error("No updates are to be performed.");
    report_ignored_members(call, input);
    report_ignored_parts(call, read);
    auto& stack = *state.stacks.edit(known->id);
    stack.on_failure =
        input.disable_rollback.value_or(false) ? OnFailure::nothing : OnFailure::rollback;
    stack.token = input.client_request_token.value_or("");
    stack.change_set_id.clear();
    operations_.update(stack, std::move(source));
    api::UpdateStackOutput output;
    output.stack_id = stack.id;
    return output;
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
api::DeleteStackOutput
Stacks::delete_stack(const aws::Call& call, const api::DeleteStackInput& input) {
    auto& state = surroundings_.state;
    const auto* known = state.find_stack(place_of(call), input.stack_name);
    // AWS: a stack that does not exist is deleted.
    if (known == nullptr || known->is_gone() || known->status == "DELETE_IN_PROGRESS") return {};
    if (known->is_protected)
        throw validation_error(
            "Stack [{}] cannot be deleted while TerminationProtection is enabled",
            known->name
        );
    for (const auto& output : known->outputs)
        for (const auto& [id, other] : state.stacks)
            if (!output.export_name.empty() && other.place == known->place && !other.is_gone() &&
                other.imports.contains(output.export_name))
                throw validation_error(
                    "Export {} cannot be deleted as it is in use by {}",
                    output.export_name,
                    other.name
                );
    if (!input.retain_resources.empty() && known->status != "DELETE_FAILED")
        throw validation_error(
            "Invalid operation on stack [{}]. RetainResources can only be specified for stacks in "
            "the DELETE_FAILED state",
            known->id
        );
    if (known->is_busy() && known->status != "CREATE_IN_PROGRESS" &&
        known->status != "ROLLBACK_IN_PROGRESS")
        throw validation_error(
            "Stack [{}] cannot be deleted while in status {}",
            known->name,
            known->status
        );
    auto& stack = *state.stacks.edit(known->id);
    stack.retained.insert(input.retain_resources.begin(), input.retain_resources.end());
    stack.token = input.client_request_token.value_or("");
    operations_.remove(stack);
    return {};
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html
api::CancelUpdateStackOutput
Stacks::cancel_update_stack(const aws::Call& call, const api::CancelUpdateStackInput& input) {
    const auto& known = stack_of(surroundings_.state, call, input.stack_name);
    if (known.status != "UPDATE_IN_PROGRESS")
        throw validation_error(
            "CancelUpdateStack cannot be called from current stack status {}",
            known.status
        );
    auto& stack = *surroundings_.state.stacks.edit(known.id);
    if (input.client_request_token) stack.token = *input.client_request_token;
    operations_.cancel_update(stack);
    return {};
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
api::ContinueUpdateRollbackOutput Stacks::continue_update_rollback(
    const aws::Call& call,
    const api::ContinueUpdateRollbackInput& input
) {
    const auto& known = stack_of(surroundings_.state, call, input.stack_name);
    if (known.status != "UPDATE_ROLLBACK_FAILED")
        throw validation_error(
            "Stack:{} is in {} state and can not continue rollback.",
            known.id,
            known.status
        );
    if (input.role_arn) call.ignored("RoleARN");
    auto& stack = *surroundings_.state.stacks.edit(known.id);
    operations_.continue_rollback(
        stack,
        {input.resources_to_skip.begin(), input.resources_to_skip.end()}
    );
    return {};
}

void Stacks::expire(Timestamp now) {
    std::vector<std::string> old;
    for (const auto& [id, stack] : surroundings_.state.stacks)
        if (stack.deleted && now - *stack.deleted > limits::deleted_stacks_are_kept)
            old.push_back(id);
    for (const auto& id : old) {
        surroundings_.state.forget_stack(id);
        surroundings_.forget_template(id);
    }
}

} // namespace diorama::cloudformation
