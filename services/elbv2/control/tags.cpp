// Tags of load balancers, target groups, listeners and rules.
#include "services/elbv2/control/control_plane.hpp"
#include "services/elbv2/limits.hpp"

namespace diorama::elbv2 {

Tags* ControlPlane::find_tags(const aws::Call& call, const std::string& arn) {
    if (!arn.starts_with(account_prefix(call.account, call.region))) return nullptr;
    if (auto* record = state_.load_balancers.edit(arn)) return &record->tags;
    if (auto* record = state_.target_groups.edit(arn)) return &record->tags;
    if (auto* record = state_.listeners.edit(arn)) return &record->tags;
    if (auto* record = state_.rules.edit(arn)) return &record->tags;
    return nullptr;
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
        auto* tags = find_tags(call, arn);
        if (tags == nullptr) not_found(arn);
        auto merged = *tags;
        for (const auto& [key, value] : added)
            merged[key] = value;
        if (merged.size() > limits::tags_per_resource)
            throw api::TooManyTagsException(
                "The maximum number of tags per resource is {}",
                limits::tags_per_resource
            );
        *tags = std::move(merged);
    }
    return {};
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RemoveTags.html
api::RemoveTagsOutput
ControlPlane::remove_tags(const aws::Call& call, const api::RemoveTagsInput& input) {
    for (const auto& arn : input.resource_arns) {
        auto* tags = find_tags(call, arn);
        if (tags == nullptr) not_found(arn);
        for (const auto& key : input.tag_keys)
            tags->erase(key);
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
