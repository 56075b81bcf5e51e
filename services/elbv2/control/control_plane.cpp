// What the operations of control_plane.hpp have in common: finding records, names, tags.
#include "services/elbv2/control/control_plane.hpp"

#include "services/elbv2/limits.hpp"

#include <algorithm>

namespace diorama::elbv2 {

namespace {

template <class Record>
const Record* find_own(const Table<Record>& table, const aws::Call& call, const std::string& arn) {
    return arn.starts_with(account_prefix(call.account, call.region)) ? table.find(arn) : nullptr;
}

} // namespace

ControlPlane::ControlPlane(
    State& state,
    Publication& publication,
    Deregistration& deregistration,
    Surroundings surroundings
)
    : state_(state)
    , publication_(publication)
    , deregistration_(deregistration)
    , surroundings_(surroundings) {}

const LoadBalancerRecord&
ControlPlane::load_balancer(const aws::Call& call, const std::string& arn) const {
    const auto* record = find_own(state_.load_balancers, call, arn);
    if (record == nullptr)
        throw api::LoadBalancerNotFoundException("Load balancer '{}' not found", arn);
    return *record;
}

const TargetGroupRecord&
ControlPlane::target_group(const aws::Call& call, const std::string& arn) const {
    const auto* record = find_own(state_.target_groups, call, arn);
    if (record == nullptr)
        throw api::TargetGroupNotFoundException("Target group '{}' not found", arn);
    return *record;
}

const ListenerRecord& ControlPlane::listener(const aws::Call& call, const std::string& arn) const {
    const auto* record = find_own(state_.listeners, call, arn);
    if (record == nullptr) throw api::ListenerNotFoundException("One or more listeners not found");
    return *record;
}

const RuleRecord& ControlPlane::rule(const aws::Call& call, const std::string& arn) const {
    const auto* record = find_own(state_.rules, call, arn);
    if (record == nullptr) throw api::RuleNotFoundException("One or more rules not found");
    return *record;
}

void ControlPlane::rules_changed(
    const std::string& load_balancer_arn,
    const std::vector<std::string>& target_groups_before
) {
    const auto now = state_.target_groups_used_by(load_balancer_arn);
    // Health checks begin for target groups that came into use and end for those that fell out.
    for (const auto& arn : target_groups_before)
        if (!std::binary_search(now.begin(), now.end(), arn))
            publication_.target_group_changed(arn);
    for (const auto& arn : now)
        if (!std::binary_search(target_groups_before.begin(), target_groups_before.end(), arn))
            publication_.target_group_changed(arn);
    if (state_.load_balancers.contains(load_balancer_arn))
        publication_.load_balancer_changed(load_balancer_arn);
}

void check_name(const std::string& name, std::string_view kind) {
    if (name.empty() || name.size() > 32)
        throw aws::validation_error(
            "{} name '{}' cannot be longer than '32' characters",
            kind,
            name
        );
    const bool allowed = std::all_of(name.begin(), name.end(), [](char c) {
        return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
               (c >= 'A' && c <= 'Z');
    });
    if (!allowed)
        throw aws::validation_error(
            "{} name '{}' can only contain characters that are alphanumeric characters or "
            "hyphens(-)",
            kind,
            name
        );
    if (name.front() == '-' || name.back() == '-')
        throw aws::validation_error("{} name '{}' cannot begin or end with hyphens(-)", kind, name);
}

Tags checked_tags(const std::vector<api::Tag>& tags) {
    Tags checked;
    for (const auto& tag : tags)
        if (!checked.emplace(tag.key, tag.value.value_or("")).second)
            throw api::DuplicateTagKeysException("Duplicate tag keys are not permitted");
    if (checked.size() > limits::tags_per_resource)
        throw api::TooManyTagsException(
            "The maximum number of tags per resource is {}",
            limits::tags_per_resource
        );
    return checked;
}

void not_implemented(const std::string& what) {
    throw aws::AWSError(
        "NotImplemented",
        501,
        what + " is not emulated by Diorama's elbv2.",
        aws::Fault::receiver
    );
}

} // namespace diorama::elbv2
