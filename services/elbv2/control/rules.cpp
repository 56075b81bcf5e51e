// Rules: create, describe, modify, delete, priorities.
#include "services/elbv2/control/actions.hpp"
#include "services/elbv2/control/conditions.hpp"
#include "services/elbv2/control/control_plane.hpp"
#include "services/elbv2/limits.hpp"

#include <fmt/core.h>

#include <map>

namespace diorama::elbv2 {

namespace {

api::Rule described(const RuleRecord& record) {
    api::Rule rule;
    rule.rule_arn = record.arn;
    rule.priority = record.is_default() ? "default" : std::to_string(record.priority);
    rule.conditions = described(record.conditions);
    rule.actions = described(record.action);
    rule.is_default = record.is_default();
    return rule;
}

void check_priority(int priority) {
    if (priority < limits::priority_min || priority > limits::priority_max)
        throw aws::validation_error(
            "Rule priority '{}' must be between '{}' and '{}' inclusive",
            priority,
            limits::priority_min,
            limits::priority_max
        );
}

} // namespace

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
api::CreateRuleOutput
ControlPlane::create_rule(const aws::Call& call, const api::CreateRuleInput& input) {
    const auto& owner = listener(call, input.listener_arn);
    const auto load_balancer_arn = load_balancer_arn_of(owner.arn);
    check_priority(input.priority);
    if (!input.transforms.empty()) not_implemented("Transforms");
    RuleRecord record;
    record.priority = input.priority;
    record.conditions = checked_conditions(input.conditions);
    record.action = checked_action(input.actions, owner.protocol);
    record.tags = checked_tags(input.tags);
    check_forward(call, record.action, load_balancer_arn);
    for (const auto* other : state_.rules_of(owner.arn))
        if (other->priority == record.priority)
            throw api::PriorityInUseException("Priority '{}' is currently in use", input.priority);
    std::size_t count = 0;
    for (const auto* one : state_.listeners_of(load_balancer_arn))
        count += state_.rules_of(one->arn).size() - 1;
    if (count >= limits::rules_per_load_balancer)
        throw api::TooManyRulesException(
            "The maximum number of rules has been reached on load balancer '{}'",
            load_balancer_arn
        );

    const auto before = state_.target_groups_used_by(load_balancer_arn);
    const auto slash = owner.arn.find('/');
    record.arn = account_prefix(call.account, call.region) + "listener-rule" +
                 owner.arn.substr(slash) + "/" + call.random.hex(16);
    const auto& created = state_.rules.put(record.arn, record);
    rules_changed(load_balancer_arn, before);
    return {{described(created)}};
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html
api::DescribeRulesOutput
ControlPlane::describe_rules(const aws::Call& call, const api::DescribeRulesInput& input) {
    std::vector<api::Rule> all;
    if (input.listener_arn.has_value() == !input.rule_arns.empty())
        throw aws::validation_error("You must specify either listener rule ARNs or a listener ARN");
    if (input.listener_arn)
        for (const auto* record : state_.rules_of(listener(call, *input.listener_arn).arn))
            all.push_back(described(*record));
    for (const auto& arn : input.rule_arns)
        all.push_back(described(rule(call, arn)));
    api::DescribeRulesOutput output;
    output.rules = page_of(std::move(all), input.marker, input.page_size, output.next_marker);
    return output;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyRule.html
api::ModifyRuleOutput
ControlPlane::modify_rule(const aws::Call& call, const api::ModifyRuleInput& input) {
    auto changed = rule(call, input.rule_arn);
    if (changed.is_default())
        throw api::OperationNotPermittedException(
            "Default rule '{}' cannot be modified",
            changed.arn
        );
    if (!input.transforms.empty()) not_implemented("Transforms");
    const auto load_balancer_arn = load_balancer_arn_of(changed.arn);
    if (!input.conditions.empty()) changed.conditions = checked_conditions(input.conditions);
    if (!input.actions.empty()) {
        const auto& owner = listener(call, listener_arn_of(changed.arn));
        changed.action = checked_action(input.actions, owner.protocol);
        check_forward(call, changed.action, load_balancer_arn);
    }
    const auto before = state_.target_groups_used_by(load_balancer_arn);
    const auto& record = state_.rules.put(changed.arn, changed);
    rules_changed(load_balancer_arn, before);
    return {{described(record)}};
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html
// AWS: "You can reorder the rules as long as there are no priority conflicts in the new order. Any
// existing rules that you do not specify retain their current priority."
api::SetRulePrioritiesOutput
ControlPlane::set_rule_priorities(const aws::Call& call, const api::SetRulePrioritiesInput& input) {
    std::map<std::string, int> wanted;
    std::string listener_arn;
    for (const auto& pair : input.rule_priorities) {
        const auto& record = rule(call, pair.rule_arn.value_or(""));
        const auto priority = pair.priority.value_or(0);
        check_priority(priority);
        if (record.is_default())
            throw api::OperationNotPermittedException(
                "Default rule '{}' priority cannot be modified",
                record.arn
            );
        if (!listener_arn.empty() && listener_arn != listener_arn_of(record.arn))
            throw aws::validation_error("All rules must belong to the same listener");
        listener_arn = listener_arn_of(record.arn);
        wanted[record.arn] = priority;
    }
    if (wanted.empty()) throw aws::validation_error("A rule priority must be specified");
    std::map<int, std::string> taken;
    for (const auto* record : state_.rules_of(listener_arn)) {
        if (record->is_default()) continue;
        const auto found = wanted.find(record->arn);
        const auto priority = found == wanted.end() ? record->priority : found->second;
        if (!taken.emplace(priority, record->arn).second)
            throw api::PriorityInUseException("Priority '{}' is currently in use", priority);
    }
    api::SetRulePrioritiesOutput output;
    for (const auto& [arn, priority] : wanted) {
        auto* record = state_.rules.edit(arn);
        record->priority = priority;
        output.rules.push_back(described(*record));
    }
    publication_.load_balancer_changed(load_balancer_arn_of(listener_arn));
    return output;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteRule.html
api::DeleteRuleOutput
ControlPlane::delete_rule(const aws::Call& call, const api::DeleteRuleInput& input) {
    const auto& record = rule(call, input.rule_arn);
    if (record.is_default())
        throw api::OperationNotPermittedException(
            "Default rule '{}' cannot be deleted",
            record.arn
        );
    const auto load_balancer_arn = load_balancer_arn_of(record.arn);
    const auto before = state_.target_groups_used_by(load_balancer_arn);
    state_.rules.erase(input.rule_arn);
    rules_changed(load_balancer_arn, before);
    return {};
}

} // namespace diorama::elbv2
