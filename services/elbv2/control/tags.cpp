// Tags of load balancers, target groups, listeners and rules.
#include "services/elbv2/control/control_plane.hpp"
#include "services/elbv2/limits.hpp"

namespace diorama::elbv2 {

const Tags* ControlPlane::find_tags(const aws::Call& call, const std::string& arn) const {
    if (!arn.starts_with(account_prefix(call.account, call.region))) return nullptr;
    if (const auto* record = state_.load_balancers.find(arn)) return &record->tags;
    if (const auto* record = state_.target_groups.find(arn)) return &record->tags;
    if (const auto* record = state_.listeners.find(arn)) return &record->tags;
    if (const auto* record = state_.rules.find(arn)) return &record->tags;
    return nullptr;
}

void ControlPlane::set_tags(const std::string& arn, Tags tags) {
    if (auto* balancer = state_.load_balancers.edit(arn))
        balancer->tags = std::move(tags);
    else if (auto* group = state_.target_groups.edit(arn))
        group->tags = std::move(tags);
    else if (auto* owner = state_.listeners.edit(arn))
        owner->tags = std::move(tags);
    else if (auto* one = state_.rules.edit(arn))
        one->tags = std::move(tags);
}

namespace {

[[noreturn]] void not_found(const std::string& arn) {
    if (arn.find(":targetgroup/") != std::string::npos)
        throw api::TargetGroupNotFoundException("Target groups '{}' not found", arn);
    if (arn.find(":listener/") != std::string::npos)
        throw api::ListenerNotFoundException("One or more listeners not found");
    if (arn.find(":listener-rule/") != std::string::npos)
        throw api::RuleNotFoundException("One or more rules not found");
    if (arn.find(":loadbalancer/") != std::string::npos)
        throw api::LoadBalancerNotFoundException("Load balancer '{}' not found", arn);
    throw aws::validation_error("'{}' is not a valid ARN", arn);
}

} // namespace

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddTags.html
api::AddTagsOutput ControlPlane::add_tags(const aws::Call& call, const api::AddTagsInput& input) {
    const auto added = checked_tags(input.tags);
    for (const auto& arn : input.resource_arns) {
        const auto* tags = find_tags(call, arn);
        if (tags == nullptr) not_found(arn);
        auto merged = *tags;
        for (const auto& [key, value] : added)
            merged[key] = value;
        if (merged.size() > limits::tags_per_resource)
            throw api::TooManyTagsException(
                "The maximum number of tags per resource is {}",
                limits::tags_per_resource
            );
        set_tags(arn, std::move(merged));
    }
    return {};
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RemoveTags.html
api::RemoveTagsOutput
ControlPlane::remove_tags(const aws::Call& call, const api::RemoveTagsInput& input) {
    for (const auto& arn : input.resource_arns) {
        const auto* tags = find_tags(call, arn);
        if (tags == nullptr) not_found(arn);
        auto kept = *tags;
        for (const auto& key : input.tag_keys)
            kept.erase(key);
        set_tags(arn, std::move(kept));
    }
    return {};
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html
api::DescribeTagsOutput
ControlPlane::describe_tags(const aws::Call& call, const api::DescribeTagsInput& input) {
    api::DescribeTagsOutput output;
    for (const auto& arn : input.resource_arns) {
        const auto* tags = find_tags(call, arn);
        if (tags == nullptr) not_found(arn);
        auto& description = output.tag_descriptions.emplace_back();
        description.resource_arn = arn;
        for (const auto& [key, value] : *tags)
            description.tags.push_back({key, value});
    }
    return output;
}

} // namespace diorama::elbv2
